package responder_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/responder"
	"privacybot/ticket"
)

// A folded subject unfolds to itself, wherever its words fall on the lines (RFC 5322 2.2.3).
func TestFoldedSubjectKeepsItsBlanks(t *testing.T) {
	org := ticket.Organisation{Name: "Example", Address: ticket.Address{Address: "privacy@example.com"}}
	c, err := responder.NewComposer(responder.Config{Organisation: org, Zone: time.UTC, Token: func(_, _ string) string { return "0123456789" }})
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 1, 9, 9, 0, 0, 0, time.UTC)
	for range 365 { // months and days of every length
		l, err := c.Compose(ticket.LetterOrder{Kind: ticket.LetterQuarantine, Language: "en", To: ticket.Address{Address: "desk@example.com"},
			Data: ticket.LetterData{ReceivedAt: day, Due: day, Lines: []string{"x"}}}, "id", day)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(string(l.Raw), "\r\n\r\n")
		if want := "due " + day.Format("2 January 2006") + "\r\n"; !strings.Contains(strings.ReplaceAll(head, "\r\n ", " "), want) {
			t.Fatalf("no %q in\n%s", want, head)
		}
		day = day.AddDate(0, 0, 1)
	}
}
