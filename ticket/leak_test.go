package ticket_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"privacybot/ticket"
)

// A52, A21, DESIGN.md 5.3: over random sequences of mails and staff actions no letter that leaves
// the house carries text, subject or names of inbound mail, staff notes or other addresses than
// the one it is written to; and it is written to nobody but a party.
func TestNothingInboundLeaves(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		people := []string{"jane@example.org", "max@example.org", "mallory@example.net"}
		var current *ticket.Ticket
		now := noon
		for i := range rapid.IntRange(1, 12).Draw(r, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 3000).Draw(r, "minutes")) * time.Minute)
			f := facts(t)
			f.Supply = supply("PB-TEST-000" + string(rune('1'+i%9)))
			f.Ticket = current
			f.Policy.Shadow = rapid.IntRange(0, 9).Draw(r, "shadow") == 0
			m, v := drawMail(r, rapid.SampledFrom(people).Draw(r, "who"))
			if current != nil && rapid.Bool().Draw(r, "staff writes") {
				m.From = ticket.Address{Name: "MARKER-staff-name", Address: "desk@example.com"}
				m.Authentication.DMARC = ticket.Pass
				m.NewText = rapid.SampledFrom([]string{"#note MARKER-note", "#take", "#close none", "#right +access", "#verified MARKER-how", "#ack", "#blocked", "#help", "#nonsense MARKER"}).Draw(r, "command")
				f.Answer = &ticket.SentLetter{Kind: ticket.LetterStaffNotice, Ref: current.Ref, To: "desk@example.com"}
			}
			m.ReceivedAt = now
			d := ticket.Decide(now, f, ticket.MailCause{ID: int64(i + 1), Message: m, Verdict: v})
			if d.Disposition == "" {
				r.Fatal("a mail without a disposition")
			}
			checkLeaving(r, f, d, m)
			for _, ch := range d.Changes {
				tk := ch.Ticket
				current = &tk
			}
		}
	})
}

func drawMail(r *rapid.T, who string) (ticket.Message, ticket.Verdict) {
	m := from(who, "MARKER-text "+rapid.SampledFrom([]string{"", "1234-5678", "0000-1111"}).Draw(r, "code"))
	m.From.Name, m.Subject = "MARKER-name", "MARKER-subject"
	m.ReplyTo = []ticket.Address{{Name: "MARKER-reply-to", Address: "marker-reply@example.net"}}
	m.Cc = []ticket.Address{{Address: "marker-cc@example.net"}}
	m.Automatic = rapid.SampledFrom([]ticket.Automatic{ticket.NotAutomatic, ticket.NotAutomatic, ticket.NotAutomatic, ticket.AutoReply, ticket.Bulk, ticket.Bounce, ticket.Receipt}).Draw(r, "automatic")
	m.Authentication.DMARC = rapid.SampledFrom([]ticket.Result{ticket.Unknown, ticket.Pass, ticket.Fail}).Draw(r, "dmarc")
	rights := rapid.SliceOfNDistinct(rapid.SampledFrom(ticket.Rights()), 1, 3, rapid.ID).Draw(r, "rights")
	v := asks(ticket.SortRights(rights)...)
	for i := range v.Evidence {
		v.Evidence[i].Quote = "MARKER-evidence"
	}
	v.NeedsHuman = rapid.Bool().Draw(r, "unsure")
	v.HumanWhy = "MARKER-why"
	v.Writer = rapid.SampledFrom([]ticket.Writer{ticket.WriterPerson, ticket.WriterParent, ticket.WriterChild, ticket.WriterAgent, ticket.WriterLawyer}).Draw(r, "writer")
	return m, v
}

func checkLeaving(r *rapid.T, f ticket.Facts, d ticket.Decision, m ticket.Message) {
	for _, l := range d.Letters {
		if !l.Kind.External() {
			if _, staff := f.Policy.StaffByAddress(l.To.Address); !staff && l.Kind != ticket.LetterAlarm {
				r.Fatalf("%s goes to %s", l.Kind, l.To.Address)
			}
			continue
		}
		if m.Automatic != ticket.NotAutomatic {
			r.Fatalf("automatic mail (%s) was answered with %s", m.Automatic, l.Kind)
		}
		to := l.Data.ShadowFor
		if !f.Policy.Shadow {
			to = l.To.Address
		}
		l.Data.ShadowFor, l.To.Address = "", ""
		text, err := json.Marshal(l)
		if err != nil {
			r.Fatal(err)
		}
		if strings.Contains(strings.ToLower(string(text)), "marker") {
			r.Fatalf("%s carries inbound text: %s", l.Kind, text)
		}
		party := false
		for _, ch := range d.Changes {
			p, ok := ch.Ticket.Party(to)
			party = party || (ok && p.Role != ticket.RoleReporter && p.Role != ticket.RoleThirdParty)
		}
		if !party {
			r.Fatalf("%s goes to %s, who is no party", l.Kind, to)
		}
	}
}
