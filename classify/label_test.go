package classify

import (
	"testing"
	"time"

	"privacybot/ticket"
)

// The reference and token that our letters put into the subject are no words: a token such as "4jr" is
// nobody's age.
func TestOwnLabelsSayNothing(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, label := range []string{"[PB-22AE-5MXM.4jr9j3yo8j]", "[PB-7JRX-9JAH]", "PB-9J9J-4YRS", "[PB-3THD-FXG3.k9j09yo8yr]"} {
		for _, text := range []string{"Here is the code: 1234-5678", "Thank you.\nReference: " + label} {
			v := c.Classify(ticket.Message{Subject: "Re: We have received your request " + label, NewText: text, Text: text, From: ticket.Address{Address: "jane@example.org"}, Authors: 1}, Context{ReceivedAt: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
			if v.Has(ticket.Child) || v.Urgent {
				t.Errorf("%s, %q: %v", label, text, v.Evidence)
			}
		}
	}
}
