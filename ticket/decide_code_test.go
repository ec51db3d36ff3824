package ticket_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

// DESIGN.md 5.1: a number in a mail is not taken for the whole of it. What the requester writes
// beside a code, or after the address was confirmed, is read by staff.
func TestNumbersDoNotHideAMail(t *testing.T) {
	jane := "jane@example.org"
	tk := opened(t, from(jane, "send me my data"), asks(ticket.Access))
	verified := onTicket(t, tk, noon.Add(time.Hour), from(jane, "1234-5678"), other()).Changes[0].Ticket
	locked := tk
	v := *tk.Verification
	v.LockedAt = noon
	locked.Verification = &v

	for name, c := range map[string]struct {
		tk   ticket.Ticket
		text string
		at   time.Duration
	}{
		"after the code":      {verified, "My invoice number is 20261124, that is the one I mean.", time.Hour},
		"number and words":    {tk, "My customer number is 8765 4321. Why did you call me at night?", time.Hour},
		"while locked":        {locked, "My customer number is 8765 4321. Why did you call me at night?", time.Hour},
		"expired, with words": {tk, "1234-5678. And tell me where you have my address from, please.", 15 * 24 * time.Hour},
	} {
		d := onTicket(t, c.tk, noon.Add(c.at), from(jane, c.text), other())
		if l := letter(t, d, ticket.LetterStaffFollowup); l.Data.Notice.Text != c.text {
			t.Errorf("%s: staff read %q", name, l.Data.Notice.Text)
		}
	}
	d := onTicket(t, verified, noon.Add(time.Hour), from(jane, "1234-5678"), other()) // A23
	if d.Disposition != ticket.DispVerification || len(d.Letters) != 0 {
		t.Errorf("the same code again: %s, %v", d.Disposition, sent(d))
	}
}

// A24: an absence note that repeats all of our letter without any sign of a quote confirms nothing.
// A person who typed the code above such a copy has confirmed.
func TestCodeInAnUnmarkedCopy(t *testing.T) {
	jane := "jane@example.org"
	tk := opened(t, from(jane, "send me my data"), asks(ticket.Access))
	copied := "Hello,\nThank you for your mail.\nReference: " + strings.ToLower(tk.Ref) + "\nCode: 1234-5678\nThe code is valid until Monday." + strings.Repeat(" And so on, as our letters do.", 15)
	named := "I have your letter with the reference " + tk.Ref + ". The code that you ask for is 1234-5678. Best regards, Jane"
	if d := onTicket(t, tk, noon.Add(time.Hour), from(jane, named), other()); d.Changes[0].Ticket.Requester().Verified.IsZero() {
		t.Error("a person who names the reference did not confirm")
	}
	d := onTicket(t, tk, noon.Add(time.Hour), from(jane, "Back on Monday.\n\n"+copied), other())
	if !d.Changes[0].Ticket.Requester().Verified.IsZero() || len(external(d)) != 0 {
		t.Errorf("a copy of our letter confirmed the address: %v", sent(d))
	}
	letter(t, d, ticket.LetterStaffFollowup)
	for _, text := range []string{"I am out of the office until Monday.\nYour message:\nCode: 1234-5678", "Ich bin im Urlaub.\n1234-5678"} {
		d = onTicket(t, tk, noon.Add(time.Hour), from(jane, text), other())
		if !d.Changes[0].Ticket.Requester().Verified.IsZero() || len(external(d)) != 0 {
			t.Errorf("%q confirmed the address: %v", text, sent(d))
		}
	}
	d = onTicket(t, tk, noon.Add(time.Hour), from(jane, "1234 5678\n\n"+copied), other())
	if d.Changes[0].Ticket.Requester().Verified.IsZero() {
		t.Error("a typed code above a copy did not confirm")
	}
}

// B3, B6, B7, B8, A24: mail that must not be answered by a machine neither confirms nor gets a
// letter about its code; staff see it.
func TestCodeInMailThatGetsNoAutomaticLetter(t *testing.T) {
	jane := "jane@example.org"
	tk := opened(t, from(jane, "send me my data"), asks(ticket.Access))
	for _, text := range []string{"1234-5678", "8765-4321"} {
		noReply, null := from(jane, text), from(jane, text)
		noReply.NoAutoReply, null.NullSender = true, true
		for _, m := range []ticket.Message{noReply, null} {
			d := onTicket(t, tk, noon.Add(time.Hour), m, other())
			wantLetters(t, sent(d), "staff_followup desk@example.com")
			if !d.Changes[0].Ticket.Requester().Verified.IsZero() || d.Changes[0].Ticket.Verification.Wrong != 0 {
				t.Error("it counted")
			}
		}
	}
}

// C34: letters that answer mail found in the junk folder wait for approval, on a thread too.
func TestCodeFromTheJunkFolderWaits(t *testing.T) {
	jane := "jane@example.org"
	tk := opened(t, from(jane, "send me my data"), asks(ticket.Access))
	f := facts(t)
	f.Ticket = &tk
	for _, c := range []ticket.MailCause{
		{Message: from(jane, "1234-5678"), Verdict: other()}, {Message: from(jane, "8765-4321"), Verdict: other()},
		{Message: from(jane, "also delete it all"), Verdict: asks(ticket.Deletion)},
	} {
		c.ID, c.Junk = 9, true
		d := ticket.Decide(noon.Add(time.Hour), f, c)
		for _, l := range d.Letters {
			if l.Kind.External() && l.Hold == "" {
				t.Errorf("%s goes out at once", l.Kind)
			}
		}
	}
}
