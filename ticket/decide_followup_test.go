package ticket_test

import (
	"testing"
	"time"

	"privacybot/ticket"
)

func other() ticket.Verdict {
	return ticket.Verdict{Route: ticket.RouteFollowup, Rights: []ticket.Right{ticket.Other}, Language: "en"}
}

// onTicket runs a mail on t's thread at a time after it was opened.
func onTicket(t *testing.T, tk ticket.Ticket, at time.Time, m ticket.Message, v ticket.Verdict) ticket.Decision {
	t.Helper()
	f := facts(t)
	f.Supply = supply("PB-TEST-0002")
	f.Ticket = &tk
	f.Answer = &ticket.SentLetter{Kind: ticket.LetterAcknowledgement, Ref: tk.Ref, To: tk.Requester().Address.Address}
	m.ReceivedAt = at
	return ticket.Decide(at, f, ticket.MailCause{ID: 99, Message: m, Verdict: v})
}

// A22 to A28: what confirms an address, and what never does.
func TestCode(t *testing.T) {
	jane := "jane@example.org"
	tk := opened(t, from(jane, "send me my data"), asks(ticket.Access))
	later := noon.Add(time.Hour)
	forwarded := from(jane, "1234-5678")
	forwarded.Forwarded = "Code: 1234-5678"
	auto := from(jane, "I am away. 1234-5678")
	auto.Automatic = ticket.AutoReply
	quoting := from(jane, "yes that is me")
	quoting.Text = "yes that is me\n> Code: 1234-5678"

	cases := []struct {
		name     string
		m        ticket.Message
		at       time.Time
		verified bool
		disp     ticket.Disposition
	}{
		{"typed", from(jane, "1234-5678"), later, true, ticket.DispVerification},
		{"typed in a sentence", from(jane, "Hi, the code is 1234 5678. Bye"), later, true, ticket.DispVerification},
		{"run together", from(jane, "12345678"), later, true, ticket.DispVerification},
		{"full-width digits", from(jane, "１２３４-５６７８"), later, true, ticket.DispVerification},
		{"A24 out of office with the code", auto, later, false, ticket.DispAutoReply},
		{"A24 only in the quote", quoting, later, false, ticket.DispFollowup},
		{"A28 from another address", from("mallory@example.net", "1234-5678"), later, false, ticket.DispFollowup},
		{"forwarded mail", forwarded, later, false, ticket.DispFollowup},
		{"wrong code", from(jane, "8765-4321"), later, false, ticket.DispVerification},
		{"A23 expired", from(jane, "1234-5678"), noon.Add(15 * 24 * time.Hour), false, ticket.DispVerification},
		{"part of a longer number", from(jane, "call 0012345678"), later, false, ticket.DispFollowup},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := onTicket(t, tk, c.at, c.m, other())
			if d.Disposition != c.disp {
				t.Errorf("disposition %s, want %s", d.Disposition, c.disp)
			}
			verified := len(d.Changes) > 0 && !d.Changes[0].Ticket.Requester().Verified.IsZero()
			if verified != c.verified {
				t.Errorf("verified %v", verified)
			}
		})
	}
}

func TestWrongCodesLockButNeverStop(t *testing.T) {
	jane := "jane@example.org"
	tk := opened(t, from(jane, "send me my data"), asks(ticket.Access))
	for i := range 5 {
		d := onTicket(t, tk, noon.Add(time.Hour), from(jane, "0000-0000"), other())
		if got := letter(t, d, ticket.LetterNotVerified).Data.TriesLeft; got != 4-i {
			t.Errorf("try %d: %d left", i+1, got)
		}
		tk = d.Changes[0].Ticket
	}
	if tk.Verification.LockedAt.IsZero() || tk.Closed() {
		t.Error("five wrong codes must lock the codes and leave the request open")
	}
	d := onTicket(t, tk, noon.Add(2*time.Hour), from(jane, "1234-5678"), other())
	if !d.Changes[0].Ticket.Requester().Verified.IsZero() {
		t.Error("a locked code was accepted")
	}
	wantLetters(t, external(d))
}

// A5, A8, A20: somebody else on the thread changes nothing and hears nothing about it.
func TestStrangerOnThread(t *testing.T) {
	tk := opened(t, from("jane@example.org", "send me my data"), asks(ticket.Access))
	d := onTicket(t, tk, noon.Add(time.Hour), from("mallory@example.net", "close this please"), other())
	got := d.Changes[0].Ticket
	if len(got.Parties) != 1 || got.Requester().Address.Address != "jane@example.org" || got.State() != tk.State() {
		t.Error("the ticket changed")
	}
	wantLetters(t, sent(d), "staff_followup desk@example.com")

	d = onTicket(t, tk, noon.Add(time.Hour), from("mallory@example.net", "my 9 year old has an account"), asks(ticket.Child))
	if len(d.Changes) != 2 || d.Ref != "PB-TEST-0002" || d.Changes[1].Ticket.Linked[0] != tk.Ref {
		t.Errorf("a child alert from a stranger must open a linked ticket: %d changes, ref %s", len(d.Changes), d.Ref)
	}
	letter(t, d, ticket.LetterEscalation)
}

// BEHAVIOURS 18: a new right in a reply has its own clock and acknowledgement.
func TestNewRightInReply(t *testing.T) {
	jane := "jane@example.org"
	tk := opened(t, proven(from(jane, "correct my name")), asks(ticket.Correction))
	at := noon.Add(10 * 24 * time.Hour)
	d := onTicket(t, tk, at, proven(from(jane, "and delete the rest")), asks(ticket.Deletion, ticket.Correction))
	got := d.Changes[0].Ticket
	if len(got.Requests) != 2 {
		t.Fatalf("%d requests", len(got.Requests))
	}
	if a, b := got.Requests[0].Deadline.Legal, got.Requests[1].Deadline.Legal; !b.After(a) {
		t.Errorf("clocks %s and %s", a, b)
	}
	ack := letter(t, d, ticket.LetterAcknowledgement)
	if len(ack.Data.Rights) != 1 || ack.Data.Rights[0] != ticket.Deletion {
		t.Errorf("acknowledged %v", ack.Data.Rights)
	}
}

// A child alert wins over every doubt (DESIGN.md 5.6).
func TestDoubtfulReplyAddsNoRightButAChildsAlarm(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "a question")), asks(ticket.Question))
	v := asks(ticket.Child, ticket.Portability)
	v.NeedsHuman = true
	d := onTicket(t, tk, noon.Add(time.Hour), from("jane@example.org", "she is nine"), v)
	letter(t, d, ticket.LetterEscalation)
	if got := d.Changes[0].Ticket.Rights(); len(got) != 2 || got[0] != ticket.Child || got[1] != ticket.Question {
		t.Errorf("rights %v", got)
	}
}

func TestChildInReplyAlarms(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "a question")), asks(ticket.Question))
	d := onTicket(t, tk, noon.Add(time.Hour), from("jane@example.org", "she is nine"), asks(ticket.Child))
	letter(t, d, ticket.LetterEscalation)
	letter(t, d, ticket.LetterChild)
	if tk := d.Changes[0].Ticket; tk.Child == nil || !tk.Urgent || tk.Child.Alarms != 1 {
		t.Errorf("child alert %+v", tk.Child)
	}
}

// B34, C57: thanks for a closed ticket keeps it closed, a new wish opens it again.
func TestReopen(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Correction))
	tk.Requests[0].State = ticket.Answered
	d := onTicket(t, tk, noon.Add(time.Hour), from("jane@example.org", "thank you"), other())
	if !d.Changes[0].Ticket.Closed() {
		t.Error("thanks reopened the ticket")
	}
	d = onTicket(t, tk, noon.Add(time.Hour), from("jane@example.org", "you did not do it"), asks(ticket.Complaint))
	if d.Changes[0].Ticket.Closed() {
		t.Error("a complaint left the ticket closed")
	}
}
