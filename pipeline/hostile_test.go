package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"privacybot/pipeline"
	"privacybot/ticket"
)

// A15, A46, DESIGN.md 5.6: an address that no letter can be sent to stops neither the ticket nor
// the alarm; staff are told that the requester cannot be written to.
func TestAddressThatCannotBeWrittenTo(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	for _, from := range []string{"jane@localhost", strings.Repeat("j", 80) + "@people.example.org", "ja..ne@people.example.org"} {
		o.receive(from, "my daughter", "My daughter is nine years old and made an account. Please delete it.")
	}
	o.once()
	ts := o.tickets()
	if len(ts) != 3 {
		t.Fatalf("%d tickets, want 3; ledger %v", len(ts), o.dispositions())
	}
	for _, tk := range ts {
		if tk.Child == nil || tk.Undeliverable == "" {
			t.Errorf("%s: child %v, undeliverable %q", tk.Ref, tk.Child != nil, tk.Undeliverable)
		}
	}
	if e, u := len(o.all("oncall@corp.example.com", ticket.LetterEscalation)), len(o.all(deskAt, ticket.LetterUndelivered)); e != 3 || u != 3 {
		t.Errorf("%d alarms and %d notes that a letter did not arrive, want 3 and 3", e, u)
	}
}

// DESIGN.md 5.2: several agents answer the same sorting mail; a mail opens one ticket.
func TestSortedTwiceIsOneTicket(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	bert := "bert@corp.example.com"
	o.config.Schedule.Hour, o.config.Schedule.Days = 0, []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	o.config.Policy.Staff = append(o.config.Policy.Staff, ticket.Staff{Name: "Bert", Address: bert, Roles: []ticket.StaffRole{ticket.RoleAgentDesk}})
	o.open()
	o.receive("jane@people.example.org", "hello", "Nice weather today, is it not?")
	o.once()
	o.later(24 * time.Hour)
	o.once()
	for _, who := range []string{deskAt, bert} {
		m := o.one(who, ticket.LetterSorting)
		o.reply(who, m, "#ticket "+sortingLabel.FindString(text(m))+" deletion", proven(who))
	}
	o.once()
	if n := len(o.tickets()); n != 1 {
		t.Errorf("%d tickets, want 1", n)
	}
}

// A54: a desk whose own ticket system answers every mail, without any mark of a machine, neither
// keeps the requester busy nor goes on for ever, on a ticket and outside of all.
func TestTwoProgramsOfTheHouse(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	jane, answered := "jane@people.example.org", 0
	o.receive(jane, "my data", "Please send me a copy of all personal data you hold about me.", proven(jane))
	o.receive(deskAt, "lunch", "Lunch at twelve?", proven(deskAt))
	o.once()
	for range 25 {
		mails := o.smtp.To(deskAt)
		for _, m := range mails[answered:] {
			o.receive(deskAt, "[4711] we have your mail", "Our service desk has your mail and comes back to you.", proven(deskAt), "In-Reply-To: "+header(m.Raw, "Message-ID"))
			o.receive(deskAt, "[4712] we have your mail", "Our service desk has your mail and comes back to you.", proven(deskAt))
		}
		if answered = len(mails); len(mails) > 200 {
			break
		}
		o.once()
	}
	if n := len(o.smtp.To(deskAt)); n > 60 {
		t.Errorf("%d letters to the desk in an hour", n)
	}
	if n := len(o.smtp.To(jane)); n > 17 {
		t.Errorf("%d letters to the requester", n)
	}
	settled := len(o.smtp.Mails())
	o.once()
	if n := len(o.smtp.Mails()); n != settled {
		t.Errorf("it goes on: %d letters, then %d", settled, n)
	}
}

// DESIGN.md section 6: in shadow mode mail goes to staff only, letters written before it included.
func TestShadowModeHoldsWhatWasQueued(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	jane := "jane@people.example.org"
	o.smtp.Stop()
	o.receive(jane, "account", "Please delete my account.")
	_ = o.pipeline.Once(context.Background())
	o.smtp.Start()
	o.config.Policy.Shadow = true
	o.open()
	for range 8 {
		o.later(24 * time.Hour)
		o.once()
	}
	if n := len(o.smtp.To(jane)); n != 0 {
		t.Fatalf("%d letters to the requester in shadow mode", n)
	}
	o.config.Policy.Shadow = false
	o.open()
	o.later(24 * time.Hour)
	o.once()
	o.one(jane, ticket.LetterAcknowledgement)
}

// C52: a clock in 1970 stops everything, with a reason; one that ran ahead for a while neither
// silences the digest of the days between nor hides mails from the sorting mail.
func TestClockJumps(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.config.Schedule.Hour, o.config.Schedule.Days = 0, []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	o.open()
	o.once()
	o.later(72 * time.Hour)
	o.once()
	o.later(-72*time.Hour + time.Minute)
	o.receive("jane@people.example.org", "hello", "Nice weather today, is it not?")
	o.once()
	digests := len(o.all("manager@corp.example.com", ticket.LetterDigest))
	o.later(24 * time.Hour)
	o.once()
	o.once()
	if n := len(o.all("manager@corp.example.com", ticket.LetterDigest)) - digests; n != 1 {
		t.Errorf("%d digests on the day after, want 1", n)
	}
	o.one(deskAt, ticket.LetterSorting)

	o.receive("jane@people.example.org", "account", "Please delete my account.")
	o.later(time.Until(time.Unix(0, 0)))
	if err := o.pipeline.Once(context.Background()); !errors.Is(err, pipeline.ErrClock) {
		t.Errorf("in 1970: %v", err)
	}
	if n := len(o.tickets()); n != 0 {
		t.Errorf("%d tickets with a clock of 1970", n)
	}
}
