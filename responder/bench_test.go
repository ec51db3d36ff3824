package responder_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/responder"
	"privacybot/ticket"
)

// BenchmarkCompose shows what one letter costs: the two that a fresh request brings about, and
// the longest.
//
//	go test ./responder -run '^$' -bench Compose -benchmem
func BenchmarkCompose(b *testing.B) {
	c := newComposer(b, nil)
	seen := map[ticket.LetterKind]bool{}
	for _, s := range responder.Samples() {
		switch s.Order.Kind {
		case ticket.LetterAcknowledgement, ticket.LetterStaffNotice, ticket.LetterDigest:
		default:
			continue
		}
		if seen[s.Order.Kind] {
			continue
		}
		seen[s.Order.Kind] = true
		o, now := deep(s.Order), s.Now.Add(100*time.Hour)
		o.Ref, o.To.Address, o.Data.Code = "PB-BCDF-GHJK", "someone.else@example.net", "1234-0987"
		o.Data.ReceivedAt, o.Data.Due, o.Data.CodeUntil = now, now.AddDate(0, 1, 0), now.AddDate(0, 0, 14)
		if n := o.Data.Notice; n != nil { // nothing of it is as in the samples that were rehearsed
			n.From, n.Subject, n.Text = o.To, "another subject", strings.Repeat("Other words than those of the sample. ", 60)
			for i := range n.Ticket.Requests {
				r := &n.Ticket.Requests[i]
				r.ReceivedAt, r.Deadline.Legal, r.Deadline.Target = now, now.AddDate(0, 1, 0), now.AddDate(0, 0, 20)
				r.Deadline.Proof = []string{"counted from " + now.String(), "to the end of the day"}
				r.Evidence = []ticket.Evidence{{Quote: "another quote", Rule: "another rule"}}
			}
		}
		b.Run(string(s.Order.Kind), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Compose(o, "letter-1", now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
