package ticket_test

import (
	"strings"
	"testing"

	"privacybot/ticket"
)

func TestRouting(t *testing.T) {
	run := func(v ticket.Verdict, language string) []string {
		f := facts(t)
		f.Policy.Routes = []ticket.Responsible{
			{Rights: []ticket.Right{ticket.Complaint}, To: []string{"mona@example.com"}},
			{Languages: []string{"zh"}, To: []string{"lee@example.com", "desk@example.com"}},
		}
		v.Language = language
		var to []string
		for _, l := range sent(ticket.Decide(noon, f, ticket.MailCause{ID: 1, Message: proven(from("jane@example.org", "x")), Verdict: v})) {
			if who, ok := strings.CutPrefix(l, "staff_notice "); ok {
				to = append(to, who)
			}
		}
		return to
	}
	wantLetters(t, run(asks(ticket.Access), "en"), "desk@example.com")
	wantLetters(t, run(asks(ticket.Access, ticket.Complaint), "en"), "mona@example.com")
	wantLetters(t, run(asks(ticket.Access), "zh-Hans"), "lee@example.com", "desk@example.com")
	wantLetters(t, run(asks(ticket.Child), "zh-Hans"), "lee@example.com", "desk@example.com", "olivia@example.com", "mona@example.com")
	official := asks(ticket.Complaint)
	official.Writer = ticket.WriterAuthority
	wantLetters(t, run(official, "en"), "lee@example.com")
}

// GDPR art. 33(1): legal sees until when the authority must be told.
func TestBreachIsShownToLegal(t *testing.T) {
	v := asks(ticket.Complaint)
	v.Urgent, v.UrgentWhy = true, []ticket.Evidence{{Quote: "data leak", Rule: "breach"}}
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: proven(from("jane@example.org", "x")), Verdict: v})
	for _, l := range d.Letters {
		if l.Kind != ticket.LetterStaffNotice || l.To.Address != "lee@example.com" {
			continue
		}
		if what := l.Data.Notice.What; !strings.Contains(what, "72 hours") || !strings.Contains(what, "Thu 2026-11-26 12:00") {
			t.Errorf("legal reads %q", what)
		}
		return
	}
	t.Errorf("legal gets no notice: %v", sent(d))
}

// A complaint that says nothing is asked for details and evidence; one that has them is not.
func TestComplaintIsAskedForDetails(t *testing.T) {
	long := proven(from("jane@example.org", strings.Repeat("On 3 March your shop sent my order to my neighbour. ", 6)))
	file := proven(from("jane@example.org", "I complain."))
	file.Attachments = []ticket.Attachment{{Name: "proof.pdf", Type: "application/pdf", Size: 90000}}
	for name, c := range map[string]struct {
		m    ticket.Message
		v    ticket.Verdict
		asks bool
	}{
		"bare":          {proven(from("jane@example.org", "I complain about you.")), asks(ticket.Complaint), true},
		"with details":  {long, asks(ticket.Complaint), false},
		"with evidence": {file, asks(ticket.Complaint), false},
		"no complaint":  {proven(from("jane@example.org", "My data.")), asks(ticket.Access), false},
	} {
		d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: c.m, Verdict: c.v})
		if got := letter(t, d, ticket.LetterAcknowledgement).Data.AskDetails; got != c.asks {
			t.Errorf("%s: asked %v", name, got)
		}
	}
}
