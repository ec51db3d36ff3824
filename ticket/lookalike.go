package ticket

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// LookAlike gives the one of known that domain imitates, "" when none. Known are full domains that people
// trust: a domain that is one of them, or lies below one, imitates nothing. It is a hint for people's eyes
// and decides nothing (CASES A14).
func LookAlike(domain string, known []string) string {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	for _, k := range known {
		if k = strings.ToLower(k); domain == k || strings.HasSuffix(domain, "."+k) || strings.HasSuffix(k, "."+domain) {
			return ""
		}
	}
	if domain == "" || Webmail(domain) {
		return ""
	}
	for _, k := range known {
		if k = strings.ToLower(k); k != "" && alike(domain, k) {
			return k
		}
	}
	return ""
}

// trustedDomains are those whose names people believe: ours, colleagues', and of the people on the ticket.
func (d *draft) trustedDomains() []string {
	known := []string{d.facts.Policy.Organisation.Address.Domain()}
	for _, s := range d.facts.Policy.Staff {
		for _, address := range append([]string{s.Address}, s.Aliases...) {
			known = append(known, Address{Address: address}.Domain())
		}
	}
	if t := d.facts.Ticket; t != nil {
		for _, p := range t.Parties {
			known = append(known, p.Address.Domain())
		}
	}
	return known
}

// shortestName is the least number of letters of a domain's name for which one changed letter counts:
// shorter names of strangers are like one another by chance.
const shortestName = 5

// alike compares two different domains as an eye does: letters that look the same, one letter wrong, the
// name under another ending or with a word tied to it.
func alike(a, b string) bool {
	if sa, sb := skeleton(a), skeleton(b); sa == sb {
		return true
	}
	nameA, nameB := name(a), name(b)
	if len([]rune(nameB)) < shortestName {
		return false
	}
	if sa, sb := skeleton(nameA), skeleton(nameB); sa == sb || oneEdit([]rune(sa), []rune(sb)) {
		return true
	}
	for _, part := range strings.Split(strings.TrimSuffix(a, "."+ending(a)), ".") {
		for _, word := range strings.Split(part, "-") {
			if skeleton(word) == skeleton(nameB) && part != word { // corp-privacy.example for corp.example
				return true
			}
		}
	}
	return strings.Contains(a, b) // corp.example.com.evil.example
}

// ending is what a registry gives under: the last label, or two where the last but one is short (co.uk).
func ending(domain string) string {
	labels := strings.Split(domain, ".")
	n := len(labels)
	if n > 2 && len(labels[n-1]) == 2 && len(labels[n-2]) <= 3 {
		return strings.Join(labels[n-2:], ".")
	}
	return labels[n-1]
}

// name is the label before the ending: what people read of a domain.
func name(domain string) string {
	rest := strings.TrimSuffix(strings.TrimSuffix(domain, ending(domain)), ".")
	return rest[strings.LastIndexByte(rest, '.')+1:]
}

// lookAlikes maps letters to the Latin ones that they are taken for. From the Unicode consortium's
// confusables (UTS 39), those of host names that occur in domains.
var lookAlikes = func() *strings.Replacer {
	pairs := []string{"rn", "m", "vv", "w", "cl", "d"}
	for latin, others := range map[string]string{
		"a": "аάαạàáâãäåā", "b": "ьƅ", "c": "сϲçć", "d": "ԁɗ", "e": "еёєéèêëēẹ", "g": "ɡ9", "h": "һ", "i": "іïíìîιı1lӏ|", "j": "ј", "k": "кκ",
		"m": "м", "n": "ոпñń", "o": "оοօöóòôõø0ọ", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕꜱśş5", "t": "тτ", "u": "υսüúùûū", "v": "νѵ", "w": "ԝшω", "x": "хχ", "y": "уүýγ", "z": "ʐźż2",
	} {
		for _, r := range others {
			pairs = append(pairs, string(r), latin)
		}
	}
	return strings.NewReplacer(pairs...)
}()

// skeleton is how a domain looks.
func skeleton(domain string) string {
	shown, err := idna.ToUnicode(domain)
	if err != nil {
		shown = domain
	}
	return lookAlikes.Replace(lookAlikes.Replace(strings.ToLower(shown))) // twice: what looks like rn looks like m
}

// MixedScript reports whether a label of the domain mixes Latin letters with others that look like them,
// as no house names itself.
func MixedScript(domain string) bool {
	shown, err := idna.ToUnicode(domain)
	if err != nil {
		return false
	}
	for _, label := range strings.Split(shown, ".") {
		var latin, other bool
		for _, r := range label {
			latin = latin || unicode.Is(unicode.Latin, r)
			other = other || unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee)
		}
		if latin && other {
			return true
		}
	}
	return false
}

// oneEdit reports whether one letter more, less, other, or two swapped make b of a.
func oneEdit(a, b []rune) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	restA, restB := a[i:], b[i:]
	switch {
	case len(a) > len(b):
		return string(restA[1:]) == string(restB)
	case len(restA) == 0:
		return true
	case string(restA[1:]) == string(restB[1:]):
		return true
	}
	return len(restA) > 1 && restA[0] == restB[1] && restA[1] == restB[0] && string(restA[2:]) == string(restB[2:])
}
