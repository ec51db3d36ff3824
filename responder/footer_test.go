package responder_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/responder"
	"privacybot/ticket"
)

// letters.footer stands below every letter to a requester, in text and HTML, and in none to staff.
func TestFooter(t *testing.T) {
	org := ticket.Organisation{Name: "Example", Address: ticket.Address{Address: "privacy@example.com"}}
	c, err := responder.NewComposer(responder.Config{Organisation: org, Zone: time.UTC, Footer: "Example Ltd, registered in Utopia\n\n# 12 <b>Court</b>",
		Token: func(_, _ string) string { return "0123456789" }})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range responder.Samples() {
		for _, lang := range c.Languages() {
			o := s.Order
			o.Language = lang
			l, err := c.Compose(o, "id", s.Now)
			if err != nil {
				t.Fatal(err)
			}
			_, text, html := parts(t, l.Raw)
			has := strings.Count(text+html, "registered in Utopia")
			want := 0
			if o.Kind.External() {
				want = 2
			}
			if has != want {
				t.Errorf("%s %s: the footer stands %d times, want %d", s.Name, lang, has, want)
			}
		}
	}
}
