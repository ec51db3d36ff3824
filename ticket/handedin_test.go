package ticket_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

func forwarded(text string) ticket.Message {
	m := proven(from("desk@example.com", text))
	m.Forwarded = "From: Jane Roe <jane@example.org>\nplease delete my account"
	m.Original = ticket.Original{From: ticket.Address{Name: "Jane Roe", Address: "jane@example.org"}, Date: noon.Add(-5 * 24 * time.Hour)}
	return m
}

// BEHAVIOURS 35: what a colleague forwards opens a ticket; the author of the forwarded mail is proposed,
// nobody is written to, and the date on which the house had it counts once staff have confirmed.
func TestForwardedByAColleague(t *testing.T) {
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 3, Message: forwarded("see below"), Verdict: asks(ticket.Deletion)})
	wantLetters(t, external(d))
	tk := d.Changes[0].Ticket
	if !tk.Requester().Address.IsZero() || tk.Proposed == nil {
		t.Fatalf("the requester was guessed: %+v", tk.Parties)
	}
	if n := letter(t, d, ticket.LetterStaffNotice).Data.Notice; !strings.Contains(strings.Join(n.Warnings, "\n"), "jane@example.org of 2026-11-18 13:00") {
		t.Errorf("the notice proposes %q", n.Warnings)
	}
	before := tk.Requests[0].Deadline.Legal
	d = staffReply(t, tk, ticket.LetterStaffNotice, desk("#requester"))
	wantLetters(t, sent(d), "acknowledgement jane@example.org", "staff_receipt desk@example.com")
	if a := letter(t, d, ticket.LetterAcknowledgement); a.Data.Code == "" || a.InReplyTo != "" || len(a.References) != 0 {
		t.Errorf("the acknowledgement: %+v", a)
	}
	got := d.Changes[0].Ticket
	if got.Requester().Address.Address != "jane@example.org" || !got.Requester().Verified.IsZero() || got.Proposed != nil {
		t.Errorf("requester %+v", got.Requester())
	}
	if want := noon.Add(-5 * 24 * time.Hour); !got.ReceivedAt.Equal(want) || !got.Requests[0].ReceivedAt.Equal(want) || !got.Requests[0].Deadline.Legal.Before(before) {
		t.Errorf("received %s, due %s; it was due %s", got.ReceivedAt, got.Requests[0].Deadline.Legal, before)
	}
	d = staffReply(t, tk, ticket.LetterStaffNotice, desk("#requester max@example.org"))
	if got := d.Changes[0].Ticket; got.Requester().Address.Address != "max@example.org" {
		t.Errorf("staff's word counts: %+v", got.Requester())
	}
}

// A colleague may name the requester in the very mail; an unproven one opens the ticket, no more.
func TestForwardedWithItsRequester(t *testing.T) {
	c := ticket.MailCause{ID: 3, Message: forwarded("#requester jane@example.org\n#right +access\nsee below"), Verdict: other()}
	d := ticket.Decide(noon, facts(t), c)
	wantLetters(t, external(d), "acknowledgement jane@example.org")
	if tk := d.Changes[0].Ticket; tk.Requester().Address.Address != "jane@example.org" || !tk.ReceivedAt.Equal(noon.Add(-5*24*time.Hour)) || !tk.Verifying() {
		t.Errorf("ticket %+v", tk)
	}
	letter(t, d, ticket.LetterStaffReceipt)
	c.Message.Authentication, c.Verdict = ticket.Authentication{}, asks(ticket.Access) // A9
	d = ticket.Decide(noon, facts(t), c)
	wantLetters(t, external(d))
	if tk := d.Changes[0].Ticket; !tk.Requester().Address.IsZero() {
		t.Errorf("an unproven mail named %+v", tk.Requester())
	}
}

// What a forwarded mail claims is bounded: no date of tomorrow or of years ago moves a clock, no
// colleague is proposed, and a requester's own forwarded mail proposes nobody (A50).
func TestProposalIsBounded(t *testing.T) {
	for _, at := range []time.Time{noon.Add(time.Hour), noon.Add(-500 * 24 * time.Hour), {}} {
		m := forwarded("see below")
		m.Original.Date = at
		tk := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 3, Message: m, Verdict: asks(ticket.Deletion)}).Changes[0].Ticket
		if got := staffReply(t, tk, ticket.LetterStaffNotice, desk("#requester")).Changes[0].Ticket; !got.ReceivedAt.Equal(tk.ReceivedAt) {
			t.Errorf("a date of %s moved the clock to %s", at, got.ReceivedAt)
		}
	}
	m := forwarded("see below")
	m.Original.From.Address = "mona@example.com"
	if tk := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 3, Message: m, Verdict: asks(ticket.Deletion)}).Changes[0].Ticket; tk.Proposed != nil {
		t.Error("a colleague is proposed")
	}
	m = forwarded("see below")
	m.From.Address = "max@example.org"
	tk := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 3, Message: m, Verdict: asks(ticket.Deletion)}).Changes[0].Ticket
	if tk.Proposed != nil || tk.Requester().Address.Address != "max@example.org" {
		t.Errorf("A50: requester %+v, proposed %+v", tk.Requester(), tk.Proposed)
	}
}
