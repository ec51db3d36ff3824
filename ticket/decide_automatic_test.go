package ticket_test

import (
	"fmt"
	"testing"
	"time"

	"privacybot/ticket"
)

// DESIGN.md 5.1: the rules about automatic mail withhold answers, never tickets, clocks or alerts.
func TestRightsInMailThatLooksAutomatic(t *testing.T) {
	jane := "jane@example.org"
	tk := opened(t, from(jane, "send me my data"), asks(ticket.Access))
	vague := asks(ticket.Child)
	vague.NeedsHuman, vague.HumanWhy = true, "not clearly enough"
	vagueAccess := asks(ticket.Access)
	vagueAccess.NeedsHuman = true
	machine := func(kind ticket.Automatic, text string) ticket.Message {
		m := from(jane, text)
		m.Automatic, m.NoAutoReply = kind, true
		return m
	}
	copied := "I am away.\nReference: " + tk.Ref + "\nYou asked us to delete your data."
	for name, c := range map[string]struct {
		m    ticket.Message
		v    ticket.Verdict
		on   *ticket.Ticket
		want ticket.Disposition
	}{
		"a person's words under a report's subject": {machine(ticket.Bounce, "delete my account"), asks(ticket.Deletion), nil, ticket.DispTicket},
		"a report about none of our letters":        {machine(ticket.Bounce, "550"), other(), nil, ticket.DispBounce},
		"a vague child alert in a notification":     {machine(ticket.Bulk, "my son is 8"), vague, nil, ticket.DispTicket},
		"a vague hint in a newsletter":              {machine(ticket.Bulk, "your data"), vagueAccess, nil, ticket.DispBulk},
		"unsubscribing in a newsletter":             {machine(ticket.Bulk, "unsubscribe"), asks(ticket.Unsubscribe), nil, ticket.DispBulk},
		"a child alert on a thread":                 {machine(ticket.AutoReply, "my son is 8"), vague, &tk, ticket.DispTicket},
		"a further right on a thread":               {machine(ticket.AutoReply, "delete it"), asks(ticket.Deletion), &tk, ticket.DispTicket},
		"the right of the thread again":             {machine(ticket.AutoReply, "my data"), asks(ticket.Access), &tk, ticket.DispAutoReply},
		"a copy of our letter":                      {machine(ticket.AutoReply, copied), asks(ticket.Deletion), &tk, ticket.DispAutoReply},
	} {
		f := facts(t)
		f.Supply, f.Ticket = supply("PB-TEST-0002"), c.on
		d := ticket.Decide(noon.Add(time.Hour), f, ticket.MailCause{ID: 9, Message: c.m, Verdict: c.v})
		if d.Disposition != c.want {
			t.Errorf("%s: %s (%s), want %s", name, d.Disposition, d.Reason, c.want)
		}
		wantLetters(t, external(d))
		if c.v.Has(ticket.Child) {
			letter(t, d, ticket.LetterEscalation)
		}
		for _, ch := range d.Changes {
			if ch.Ticket.Ref == tk.Ref {
				t.Errorf("%s: changed the ticket of the thread", name)
			}
		}
	}
}

// A52: reports about children in somebody's name bring him one letter a day; people are alarmed
// about every one.
func TestForgedChildReportsAreBraked(t *testing.T) {
	f := facts(t)
	f.AckCount, f.AckedRights = 1, []ticket.Right{ticket.Child}
	report := ticket.MailCause{ID: 9, Message: from("jane@example.org", "my daughter is nine"), Verdict: asks(ticket.Child)}
	d := ticket.Decide(noon, f, report)
	wantLetters(t, external(d))
	letter(t, d, ticket.LetterEscalation)
	f.AckCount, f.AckedRights = 5, []ticket.Right{ticket.Access, ticket.Deletion}
	d = ticket.Decide(noon, f, report)
	wantLetters(t, external(d), "child_acknowledgement jane@example.org")
	if !ticket.LetterChild.Braked() || ticket.LetterEscalation.Braked() {
		t.Error("the hourly brake holds acknowledgements and no alarms (A53)")
	}
}

// BEHAVIOURS 12: a letter that is only attached may be a request, so people read it and its clock
// runs; a mail with a calendar entry or a small picture and nothing else is no letter.
func TestOnlyAnAttachment(t *testing.T) {
	for _, c := range []struct {
		a    ticket.Attachment
		want ticket.Disposition
	}{
		{ticket.Attachment{Name: "letter.pdf", Type: "application/pdf", Size: 9000}, ticket.DispTicket},
		{ticket.Attachment{Name: "scan.jpg", Type: "image/jpeg", Size: 900000}, ticket.DispTicket},
		{ticket.Attachment{Type: "message/rfc822", Size: 900}, ticket.DispTicket},
		{ticket.Attachment{Name: "logo.png", Type: "image/png", Size: 900}, ticket.DispOther},
		{ticket.Attachment{Name: "invite.ics", Type: "text/calendar", Size: 900}, ticket.DispOther},
	} {
		m := from("jane@example.org", "")
		m.Attachments = []ticket.Attachment{c.a}
		d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 3, Message: m, Verdict: other()})
		if d.Disposition != c.want {
			t.Errorf("%s: %s, want %s", c.a.Type, d.Disposition, c.want)
		}
		if c.want == ticket.DispTicket && d.Changes[0].Ticket.Requests[0].Deadline.Legal.IsZero() {
			t.Errorf("%s: no clock", c.a.Type)
		}
	}
}

// A33, A55: the mailbox never writes to itself, at a plus address neither.
func TestOwnAddress(t *testing.T) {
	for _, a := range []string{"privacy@example.com", "Privacy@Example.com", "privacy+pb-test-0001.abcdefghjk@example.com"} {
		d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 3, Message: from(a, "delete my data"), Verdict: asks(ticket.Deletion)})
		if fmt.Sprint(sent(d)) != "[staff_notice desk@example.com]" {
			t.Errorf("%s: %s, %v", a, d.Disposition, sent(d))
		}
	}
}
