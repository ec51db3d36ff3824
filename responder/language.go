package responder

import "strings"

// fallback is the language of letters to people whose language we do not have, and of all
// letters within the house.
const fallback = "en"

// matchLanguage picks the language for a BCP 47 tag out of those there are: the tag itself,
// the tag without its last parts, Chinese in any script, else English.
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
	if tag == "zh" || strings.HasPrefix(tag, "zh-") {
		if name, ok := have("zh-hans"); ok {
			return name
		}
	}
	return fallback
}
