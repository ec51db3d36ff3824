package responder

import "strings"

// fallback is the language of letters to people whose language we do not have, and of all
// letters within the house.
const fallback = "en"

// kin names, for languages without letters of their own, the one that nearly everybody who writes
// them reads with ease. Where that is not so, or where it would give offence, English is sent.
var kin = map[string]string{
	"zh": "zh-hans", "yue": "zh-hans", "wuu": "zh-hans", "nan": "zh-hans", "hak": "zh-hans",
	"gsw": "de", "lb": "de", "nds": "de", "bar": "de",
	"ca": "es", "gl": "es", "eu": "es", "ast": "es",
	"oc": "fr", "br": "fr", "co": "fr",
	"fy": "nl", "li": "nl",
	"sc": "it", "fur": "it", "scn": "it", "vec": "it", "nap": "it",
	"csb": "pl", "szl": "pl",
}

// matchLanguage picks the language for a BCP 47 tag out of those there are: the tag itself,
// the tag without its last parts, its kin, else English.
func matchLanguage(tag string, have func(string) (name string, ok bool)) string {
	tag = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"))
	for t := tag; t != ""; {
		if name, ok := have(t); ok {
			return name
		}
		i := strings.LastIndexByte(t, '-')
		if i < 0 {
			break
		}
		t = t[:i]
	}
	primary, _, _ := strings.Cut(tag, "-")
	if name, ok := have(kin[primary]); ok {
		return name
	}
	return fallback
}
