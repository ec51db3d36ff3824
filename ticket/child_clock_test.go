package ticket_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

// A child alert that somebody looks at is followed to "blocked" and "deleted": one reminder before each,
// then calls up the line until it is recorded (D42 to D48, issue 5.9).
func TestChildClocks(t *testing.T) {
	parent := asks(ticket.Child, ticket.Deletion)
	parent.Writer = ticket.WriterParent
	f := facts(t)
	f.Policy.Alarm = true
	tk := opened(t, from("mum@example.org", "my daughter is nine"), parent)
	command := func(now time.Time, name string) {
		t.Helper()
		f.Ticket = &tk
		d := ticket.Decide(now, f, ticket.CommandCause{Actor: "staff:Olivia", Command: ticket.Command{Name: name}})
		if len(d.Changes) != 1 {
			t.Fatalf("#%s: %v", name, d.Refused)
		}
		tk = d.Changes[0].Ticket
	}
	due := func(want ...string) ticket.Decision {
		t.Helper()
		f.Ticket = &tk
		at := tk.NextAt()
		if at.IsZero() {
			t.Fatal("nothing is due")
		}
		if d := ticket.Decide(at.Add(-time.Second), f, ticket.DueCause{}); len(d.Letters) != 0 {
			t.Errorf("%v before its time", sent(d))
		}
		d := ticket.Decide(at, f, ticket.DueCause{})
		wantLetters(t, sent(d), want...)
		tk = d.Changes[0].Ticket
		return d
	}
	received := tk.Child.RaisedAt
	command(noon, ticket.CmdAck)
	if got := tk.NextAt().Sub(received); got != 18*time.Hour {
		t.Errorf("the reminder comes after %s", got)
	}
	d := due("staff_followup desk@example.com", "staff_followup olivia@example.com", "staff_followup mona@example.com")
	if what := d.Letters[0].Data.Notice.What; !strings.Contains(what, "#blocked") {
		t.Errorf("the reminder says %q", what)
	}
	if got := tk.NextAt().Sub(received); got != 24*time.Hour {
		t.Errorf("the first call comes after %s", got)
	}
	first := due("escalation mona@example.com", "alarm ")
	if what := first.Letters[0].Data.Notice.What; !strings.Contains(what, "to be blocked") {
		t.Errorf("the call says %q", what)
	}
	second := due("escalation olivia@example.com", "alarm ")
	if first.Letters[0].Key == second.Letters[0].Key {
		t.Error("both calls are one letter")
	}
	// A call that does not arrive goes to the next person at once (C66), but not round and round (A54).
	lost := ticket.DeliveryCause{Letter: ticket.SentLetter{Kind: ticket.LetterEscalation, To: "olivia@example.com", Key: second.Letters[0].Key}, Result: ticket.DeliveryBounced}
	f.Ticket = &tk
	d = ticket.Decide(received.Add(29*time.Hour), f, lost)
	wantLetters(t, sent(d), "escalation mona@example.com", "alarm ")
	tk = d.Changes[0].Ticket
	f.Ticket = &tk
	if d = ticket.Decide(received.Add(29*time.Hour), f, lost); len(d.Letters) != 0 {
		t.Errorf("absent people call each other: %v", sent(d))
	}
	command(received.Add(30*time.Hour), ticket.CmdBlocked)
	if got := tk.NextAt().Sub(received); got != 54*time.Hour {
		t.Errorf("the reminder to delete comes after %s", got)
	}
	due("staff_followup desk@example.com", "staff_followup olivia@example.com", "staff_followup mona@example.com")
	due("escalation olivia@example.com", "alarm ")
	command(received.Add(80*time.Hour), ticket.CmdDeleted)
	if at := tk.NextAt(); !at.IsZero() {
		t.Errorf("something is due at %s after the end", at)
	}
}

// A mail in which a child seems to be in danger wakes people at once, and no machine writes to anybody
// outside: not to the child's address, which its parents may read, and not later on the thread.
func TestChildInDanger(t *testing.T) {
	child := asks(ticket.Child, ticket.Deletion, ticket.Unsubscribe)
	child.Writer = ticket.WriterChild
	child.Danger = []ticket.Evidence{{Right: ticket.Child, Quote: "my dad hits me", Rule: "danger"}}
	kid := "kid@example.org"
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: from(kid, "my dad hits me"), Verdict: child})
	wantLetters(t, sent(d), "escalation olivia@example.com", "staff_notice desk@example.com", "staff_notice olivia@example.com", "staff_notice mona@example.com")
	if what := letter(t, d, ticket.LetterEscalation).Data.Notice.What; !strings.Contains(what, "danger") {
		t.Errorf("the call says %q", what)
	}
	tk := d.Changes[0].Ticket
	f := facts(t)
	f.Ticket = &tk
	later := from(kid, "where is my request?")
	later.MessageID = "m2@mail.example.test"
	for _, v := range []ticket.Verdict{asks(ticket.Access), asks(ticket.Other), asks(ticket.Unsubscribe)} {
		wantLetters(t, external(ticket.Decide(noon, f, ticket.MailCause{ID: 2, Message: later, Verdict: v})))
	}

	// On a thread that was answered before, letters stop with that mail.
	tk = opened(t, from(kid, "delete my account"), asks(ticket.Deletion))
	f.Ticket = &tk
	d = ticket.Decide(noon, f, ticket.MailCause{ID: 3, Message: later, Verdict: child})
	wantLetters(t, external(d))
	letter(t, d, ticket.LetterEscalation)
	tk = d.Changes[0].Ticket
	f.Ticket = &tk
	for range 3 {
		at := tk.NextAt()
		d = ticket.Decide(at, f, ticket.DueCause{})
		wantLetters(t, external(d))
		tk = d.Changes[0].Ticket
	}
}
