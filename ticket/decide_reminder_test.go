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
