package classify

import (
	"slices"
	"strings"
	"testing"

	"privacybot/ticket"
)

// A law that is suggested and does not exist would fall to the office's own in silence.
func TestEveryLawThatIsSuggestedExists(t *testing.T) {
	laws := ticket.Laws()
	for from, code := range lawOfPhone {
		if _, ok := laws[code]; !ok {
			t.Errorf("+%s points to %q", from, code)
		}
	}
	for from, code := range lawOfTLD {
		if _, ok := laws[code]; !ok {
			t.Errorf(".%s points to %q", from, code)
		}
	}
	c := load(t)
	for _, name := range c.lex.names {
		if code, ok := strings.CutPrefix(name, lawPrefix); ok && (!slices.Contains(lawOrder, code) || laws[code].Code == "") {
			t.Errorf("the lexicon names %q, which is no law or has no place in the order", code)
		}
	}
	for code := range laws {
		if code != ticket.LawUnknown && !slices.Contains(lawOrder, code) {
			t.Errorf("nothing in a mail points to %s", code)
		}
	}
}
