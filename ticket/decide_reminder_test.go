package ticket_test

import (
	"testing"
	"time"

	"privacybot/ticket"
)

// B25: an address that returned a letter gets no reminders.
func TestNoReminderToADeadAddress(t *testing.T) {
	tk := opened(t, from("jane@example.org", "x"), asks(ticket.Access))
	if tk.NextAt().IsZero() {
		t.Fatal("no reminder is planned")
	}
	f := facts(t)
	f.Ticket = &tk
	tk = ticket.Decide(noon, f, ticket.DeliveryCause{Letter: ticket.SentLetter{Kind: ticket.LetterAcknowledgement, Ref: tk.Ref}, Result: ticket.DeliveryBounced, Status: "5.1.1"}).Changes[0].Ticket
	if !tk.NextAt().IsZero() {
		t.Errorf("next at %s", tk.NextAt())
	}
	if d := ticket.Decide(noon.Add(4*24*time.Hour), f, ticket.DueCause{}); len(d.Letters) != 0 {
		t.Errorf("letters %v", sent(d))
	}
}

// BEHAVIOURS 28: the letter says until when its code is valid; a reminder with another code does not
// break that promise.
func TestEarlierCodeStaysValid(t *testing.T) {
	jane := "jane@example.org"
	tk := opened(t, from(jane, "x"), asks(ticket.Access))
	f := facts(t)
	f.Ticket, f.Supply.Code = &tk, "8765-4321"
	day := 24 * time.Hour
	tk = ticket.Decide(noon.Add(3*day), f, ticket.DueCause{}).Changes[0].Ticket
	for code, at := range map[string]time.Duration{"1234-5678": 4 * day, "8765-4321": 16 * day} {
		if d := onTicket(t, tk, noon.Add(at), from(jane, code), other()); d.Changes[0].Ticket.Requester().Verified.IsZero() {
			t.Errorf("%s after %s did not confirm", code, at)
		}
	}
	for code, at := range map[string]time.Duration{"1234-5678": 15 * day, "8765-4321": 18 * day, "1111-1111": 4 * day} {
		if d := onTicket(t, tk, noon.Add(at), from(jane, code), other()); !d.Changes[0].Ticket.Requester().Verified.IsZero() {
			t.Errorf("%s after %s confirmed", code, at)
		}
	}
}
