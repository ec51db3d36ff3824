package classify

import (
	"fmt"
	"testing"

	"privacybot/classify/corpus"
	"privacybot/ticket"
)

// Least figures on the held part of the corpus, a little under what was measured last; raise them
// when the measure rises, never look at the held mails to reach them.
const (
	leastMicroF1     = 0.82
	leastExactSet    = 0.75
	leastChildRecall = 0.90
)

func TestHeldPart(t *testing.T) {
	c := load(t)
	mails, err := corpus.Load("testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	tp, fp, fn, exact, held, child, found := 0, 0, 0, 0, 0, 0, 0
	for _, m := range mails {
		if !m.Held() {
			continue
		}
		held++
		law := m.Default
		if law == "" {
			law = "eu-gdpr"
		}
		v := c.Classify(m.Message(), Context{ReceivedAt: corpus.Received, DefaultLaw: law, Followup: m.Has("followup")})
		want := ticket.Verdict{Rights: m.Rights}
		for _, r := range ticket.Rights() {
			switch {
			case want.Has(r) && v.Has(r):
				tp++
			case want.Has(r):
				fn++
			case v.Has(r):
				fp++
			}
		}
		if fmt.Sprint(m.Rights) == fmt.Sprint(v.Rights) {
			exact++
		}
		if want.Has(ticket.Child) {
			child++
			if v.Has(ticket.Child) {
				found++
			}
		}
	}
	f1, set, recall := 2*float64(tp)/float64(2*tp+fp+fn), float64(exact)/float64(held), float64(found)/float64(child)
	t.Logf("held part, %d mails: micro F1 %.3f, exact set %.3f, child recall %.3f of %d", held, f1, set, recall, child)
	if f1 < leastMicroF1 || set < leastExactSet || recall < leastChildRecall {
		t.Error("worse than the least figures")
	}
}
