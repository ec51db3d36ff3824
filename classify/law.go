package classify

import (
	"strings"

	"privacybot/ticket"
)

// lawPrefix begins the names of concepts that name a law; what follows is its code.
const lawPrefix = "law."

// lawOfPhone is the law of a telephone country code. +1 is left out: it does not tell states apart.
var lawOfPhone = map[string]string{"44": "uk-gdpr", "41": "ch-fadp", "55": "br-lgpd", "81": "jp-appi", "82": "kr-pipa", "86": "cn-pipl", "886": "tw-pdpa",
	"90": "tr-kvkk", "91": "in-dpdp", "61": "au-privacy", "30": "eu-gdpr", "31": "eu-gdpr", "32": "eu-gdpr", "33": "eu-gdpr", "34": "eu-gdpr", "36": "eu-gdpr",
	"39": "eu-gdpr", "40": "eu-gdpr", "43": "eu-gdpr", "45": "eu-gdpr", "46": "eu-gdpr", "47": "eu-gdpr", "48": "eu-gdpr", "49": "eu-gdpr", "351": "eu-gdpr",
	"352": "eu-gdpr", "353": "eu-gdpr", "354": "eu-gdpr", "356": "eu-gdpr", "357": "eu-gdpr", "358": "eu-gdpr", "359": "eu-gdpr", "370": "eu-gdpr",
	"371": "eu-gdpr", "372": "eu-gdpr", "385": "eu-gdpr", "386": "eu-gdpr", "420": "eu-gdpr", "421": "eu-gdpr", "423": "eu-gdpr"}

// lawOfTLD is the law of a country's top-level domain.
var lawOfTLD = map[string]string{"uk": "uk-gdpr", "ch": "ch-fadp", "br": "br-lgpd", "jp": "jp-appi", "kr": "kr-pipa", "cn": "cn-pipl", "tw": "tw-pdpa", "tr": "tr-kvkk",
	"in": "in-dpdp", "au": "au-privacy", "ca": "ca-pipeda", "at": "eu-gdpr", "be": "eu-gdpr", "bg": "eu-gdpr", "cy": "eu-gdpr", "cz": "eu-gdpr", "de": "eu-gdpr",
	"dk": "eu-gdpr", "ee": "eu-gdpr", "es": "eu-gdpr", "fi": "eu-gdpr", "fr": "eu-gdpr", "gr": "eu-gdpr", "hr": "eu-gdpr", "hu": "eu-gdpr", "ie": "eu-gdpr",
	"it": "eu-gdpr", "lt": "eu-gdpr", "lu": "eu-gdpr", "lv": "eu-gdpr", "mt": "eu-gdpr", "nl": "eu-gdpr", "pl": "eu-gdpr", "pt": "eu-gdpr", "ro": "eu-gdpr",
	"se": "eu-gdpr", "si": "eu-gdpr", "sk": "eu-gdpr", "no": "eu-gdpr", "is": "eu-gdpr", "li": "eu-gdpr", "eu": "eu-gdpr"}

// specific laws win over the general one that is often named beside them ("UK GDPR", "COPPA and CCPA").
var lawOrder = []string{"us-coppa", "us-ca-ccpa", "us-state", "uk-gdpr", "ch-fadp", "cn-pipl", "tw-pdpa", "br-lgpd", "ca-quebec", "ca-pipeda", "jp-appi", "kr-pipa", "tr-kvkk", "in-dpdp", "au-privacy", "eu-gdpr"}

// suggestLaw names the law that a mail points to, with evidence: a law named, else a place, else a
// telephone number, else an article, else the sender's country domain. It gives "" when nothing does.
func (c *Classifier) suggestLaw(a *analysis, m ticket.Message) (string, []ticket.Evidence) {
	named := map[string]ticket.Evidence{}
	for si, hits := range a.hits {
		s := a.doc.sents[si]
		if s.ignored == "quoted text" || s.ignored == "footer" {
			continue
		}
		for _, h := range hits {
			name := c.lex.names[h.concept]
			if code, ok := strings.CutPrefix(name, lawPrefix); ok && named[code].Quote == "" {
				named[code] = ticket.Evidence{Quote: short(a.doc.quote(s, h.from, h.to)), Rule: ticket.RuleLawNamed}
			}
		}
	}
	for _, code := range lawOrder {
		if e, ok := named[code]; ok {
			return code, []ticket.Evidence{e}
		}
	}
	if code, quote := phoneLaw(a.doc.text[partBody]); code != "" {
		return code, []ticket.Evidence{{Quote: quote, Rule: "telephone country code"}}
	}
	for _, art := range []string{"art15", "art16", "art17", "art18", "art20", "art21"} {
		if p := a.first(c, art); p != nil && !strings.HasPrefix(a.doc.quote(a.doc.sents[p.sent], p.from, p.to), "1798") {
			return "eu-gdpr", []ticket.Evidence{{Quote: short(a.doc.quote(a.doc.sents[p.sent], p.from, p.to)), Rule: "article cited"}}
		}
	}
	domain := m.From.Domain()
	if tld := domain[strings.LastIndexByte(domain, '.')+1:]; lawOfTLD[tld] != "" && strings.Contains(domain, ".") {
		return lawOfTLD[tld], []ticket.Evidence{{Quote: "." + tld, Rule: "sender's domain"}}
	}
	return "", nil
}

// phoneLaw finds the first telephone number with a country code in text.
func phoneLaw(text string) (law, quote string) {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '+')
		if i < 0 {
			return "", ""
		}
		at += i + 1
		end, digits := at, 0
		for end < len(text) && end < at+18 && (text[end] >= '0' && text[end] <= '9' || strings.IndexByte(" -()/.", text[end]) >= 0) {
			if text[end] >= '0' && text[end] <= '9' {
				digits++
			}
			end++
		}
		if digits < 7 {
			continue
		}
		number := strings.TrimRight(text[at:end], " -()/.")
		plain := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(number)
		for n := 3; n >= 2; n-- {
			if law := lawOfPhone[plain[:min(n, len(plain))]]; law != "" {
				return law, "+" + number
			}
		}
	}
}
