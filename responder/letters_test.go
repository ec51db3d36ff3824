package responder_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"privacybot/responder"
	"privacybot/ticket"
)

var tags = regexp.MustCompile(`(?s)<style>.*?</style>|<!--.*?-->|<[^>]*>`)

var nameOrAddress = regexp.MustCompile(`(?i)\b(jane|doe|dear)\b`)

// letters leaves of s what is read aloud.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// each composes every sample in every language that has it.
func each(t *testing.T, f func(t *testing.T, s responder.Sample, lang, subject, text, page string)) {
	c := newComposer(t, nil)
	for _, lang := range c.Languages() {
		for _, s := range responder.Samples() {
			if lang != "en" && !s.Order.Kind.External() {
				continue
			}
			t.Run(lang+"/"+s.Name, func(t *testing.T) {
				s.Order.Language = lang
				h, text, page := parts(t, compose(t, c, s.Order, s.Now).Raw)
				subject, err := h.Text("Subject")
				if err != nil {
					t.Fatal(err)
				}
				f(t, s, lang, subject, text, page)
			})
		}
	}
}

// Text and HTML say the same, in the same order (RFC 2046 5.1.4).
func TestTextAndPageSayTheSame(t *testing.T) {
	each(t, func(t *testing.T, _ responder.Sample, _, _, text, page string) {
		if got := letters(html.UnescapeString(tags.ReplaceAllString(page, " "))); !strings.Contains(got, letters(text)) {
			t.Errorf("the page lacks something of the text:\n%s\n%s", got, letters(text))
		}
	})
}

// No remote content, no pictures, no scripts, no links but the policy (B21, A37, A38); lines of
// text fit a terminal.
func TestPagesAreInert(t *testing.T) {
	links := regexp.MustCompile(`(?i)(href|src|background|action)\s*=\s*"([^"]*)"`)
	each(t, func(t *testing.T, s responder.Sample, lang, _, text, page string) {
		for _, m := range links.FindAllStringSubmatch(page, -1) {
			if m[1] == "src" && strings.HasPrefix(m[2], "cid:") && s.Order.Kind == ticket.LetterDigest {
				page = strings.Replace(page, "<img", "<p", 1) // the digest's one picture comes with the mail
				continue
			}
			if m[1] != "href" || m[2] != "https://www.example.com/privacy" {
				t.Errorf("%s", m[0])
			}
		}
		for _, never := range []string{"<script", "<img", "<form", "<link", "<base", "@import", "url(", "http-equiv", "javascript:", "<iframe", "<svg", "<object", "ZgotmplZ"} {
			if strings.Contains(strings.ToLower(page), strings.ToLower(never)) {
				t.Errorf("the page has %s", never)
			}
		}
		for _, must := range []string{`<html lang="` + lang + `" dir="ltr"`, `name="color-scheme"`, "prefers-color-scheme: dark", "<title>", "<h1"} {
			if !strings.Contains(page, must) {
				t.Errorf("the page lacks %s", must)
			}
		}
		for _, l := range strings.Split(text, "\n") {
			if len([]rune(l)) > 78 && strings.Contains(strings.TrimSpace(l), " ") && !strings.HasPrefix(l, "PB-") {
				t.Errorf("a line of %d letters: %s", len([]rune(l)), l)
			}
		}
	})
}

// D27: what an acknowledgement must say, and what it must not.
func TestAcknowledgement(t *testing.T) {
	must := map[string][]string{
		"en":      {"PB-7K3M-Q9XD", "20 November 2026", "21 December 2026", "Information about your data", "Deleting your data", "\nCode: 4821-0937\n", "4 December 2026, 09:48 (UTC+1)", "reply", "complain", "GDPR"},
		"de":      {"PB-7K3M-Q9XD", "20. November 2026", "21. Dezember 2026", "Auskunft über Ihre Daten", "Löschung Ihrer Daten", "\nCode: 4821-0937\n", "4. Dezember 2026, 09:48 Uhr (UTC+1)", "ntworten Sie", "beschweren", "DSGVO"},
		"zh-Hans": {"PB-7K3M-Q9XD", "2026年11月20日", "2026年12月21日", "查阅您的个人信息", "删除您的个人信息", "\nCode: 4821-0937\n", "2026年12月4日 09:48（UTC+1）", "回复", "投诉", "GDPR"},
	}
	each(t, func(t *testing.T, s responder.Sample, lang, _, text, page string) {
		if s.Name == "acknowledgement-code" {
			flat := strings.Join(strings.Fields(text), " ")
			for _, w := range must[lang] {
				if !strings.Contains(text, w) && !strings.Contains(flat, w) {
					t.Errorf("%q is missing in:\n%s", w, text)
				}
			}
		}
		if !s.Order.Kind.External() {
			return
		}
		if name := nameOrAddress.FindString(text); name != "" && s.Order.Data.ShadowFor == "" { // D27, A1: no name, no address
			t.Errorf("holds %q:\n%s", name, text)
		}
		if s.Order.Data.Code == "" && strings.Contains(text, "Code:") || s.Order.Data.Code != "" && !strings.Contains("\n"+text, "\nCode: "+s.Order.Data.Code+"\n") {
			t.Errorf("the code is wrong:\n%s", text)
		}
		if s.Order.Data.Due.IsZero() && (strings.Contains(text, "GDPR") || strings.Contains(text, "DSGVO")) {
			t.Errorf("names a law without a date:\n%s", text)
		}
	})
}

// Neutral and children's letters name no right, no law and ask for no code (DESIGN.md 2, D47).
func TestQuietLetters(t *testing.T) {
	c := newComposer(t, nil)
	for _, s := range responder.Samples() {
		switch s.Order.Kind {
		case ticket.LetterNeutral, ticket.LetterChild, ticket.LetterChildSelf:
		default:
			continue
		}
		s.Order.Data.Rights, s.Order.Data.Due = ticket.Rights(), s.Now
		s.Order.Data.LawName, s.Order.Data.Code = "EU General Data Protection Regulation", "4821-0937"
		_, text, _ := parts(t, compose(t, c, s.Order, s.Now).Raw)
		for _, never := range []string{"GDPR", "Regulation", "4821", "Information about your data", "Your complaint", "Answer at the latest"} {
			if strings.Contains(text, never) {
				t.Errorf("%s holds %q:\n%s", s.Name, never, text)
			}
		}
	}
}

// A refusal names the ways to complain and to sue (GDPR art. 12(4), D26).
func TestRefusalNamesTheWaysOn(t *testing.T) {
	want := map[string][]string{"en": {"supervisory authority", "court"}, "de": {"Aufsichtsbehörde", "Gericht"}, "zh-Hans": {"主管部门", "法院"},
		"fr": {"autorité de protection des données", "justice"}, "es": {"autoridad de protección de datos", "tribunales"}, "it": {"autorità per la protezione", "giudice"},
		"pt": {"autoridade de proteção de dados", "tribunais"}, "nl": {"toezichthouder", "rechter"}, "pl": {"organu ochrony danych", "sądu"}, "tr": {"veri koruma kurumu", "ahkemeye"},
		"ru": {"орган по защите персональных данных", "суд"}, "ja": {"監督機関", "裁判所"}}
	each(t, func(t *testing.T, s responder.Sample, lang, _, text, _ string) {
		if s.Order.Kind != ticket.LetterClosing {
			return
		}
		if len(want[lang]) == 0 {
			t.Error("no words to look for")
		}
		for _, w := range want[lang] {
			if !strings.Contains(letters(text), letters(w)) {
				t.Errorf("%s lacks %q:\n%s", s.Name, w, text)
			}
		}
		if !strings.Contains(letters(text), letters(s.Order.Data.Answer)) {
			t.Errorf("staff's words are missing:\n%s", text)
		}
	})
}

// A law that has no name for people is not named.
func TestUnsettledLaw(t *testing.T) {
	c := newComposer(t, nil)
	s := sample(t, "acknowledgement-code")
	s.Order.Data.LawName = "no law settled yet"
	if _, text, _ := parts(t, compose(t, c, s.Order, s.Now).Raw); strings.Contains(text, "settled") || strings.Contains(text, "Law:") {
		t.Errorf("%s", text)
	}
}

// With relaying off, the notice does not promise that a reply is passed on.
func TestNoticeWithoutRelay(t *testing.T) {
	s := sample(t, "staff_notice")
	for relay, want := range map[bool]string{true: "as the company's answer", false: "not passed on"} {
		c := newComposer(t, func(c *responder.Config) { c.Relay = relay })
		_, text, _ := parts(t, compose(t, c, s.Order, s.Now).Raw)
		flat := strings.Join(strings.Fields(strings.Split(text, "How the date")[0]), " ")
		if !strings.Contains(flat, want) {
			t.Errorf("relay %v: %s", relay, flat)
		}
	}
}

// A name shown is a claim; the address is always printed beside it (A11).
func TestNoticePrintsTheAddress(t *testing.T) {
	c := newComposer(t, nil)
	s := sample(t, "staff_notice")
	n := *s.Order.Data.Notice
	n.From = ticket.Address{Name: "privacy@example.com", Address: "other@example.net"}
	s.Order.Data.Notice = &n
	if _, text, _ := parts(t, compose(t, c, s.Order, s.Now).Raw); !strings.Contains(text, "privacy@example.com <other@example.net>") {
		t.Errorf("%s", text)
	}
}
