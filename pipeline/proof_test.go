package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

// verified is an office with one ticket of a requester whose address is confirmed, and its notice.
func verified(t *testing.T, url string) (*office, string, mailtest.Mail) {
	t.Helper()
	o := newOffice(t, url)
	jane := "jane@people.example.org"
	o.receive(jane, "my data", "Hello, please send me a copy of all personal data you hold about me.", proven(jane))
	o.once()
	return o, jane, o.one(deskAt, ticket.LetterStaffNotice)
}

// Issue 5.6, A9: without a signing mail server a member of staff answers a code once; the mail that was
// held goes out then, once, and the next one of the day needs no code.
func TestStaffProveThemselvesByCode(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o, jane, notice := verified(t, url)
		o.reply(deskAt, notice, "Dear Jane, we hold your name.")
		o.once()
		if n := len(o.all(jane, ticket.LetterAnswer)); n != 0 {
			t.Fatalf("%d unproven answers left", n)
		}
		question := o.one(deskAt, ticket.LetterStaffCode)
		o.one("manager@corp.example.com", ticket.LetterStaffWarning)
		if got := text(question); !strings.Contains(got, "Dear Jane, we hold your name.") {
			t.Errorf("the question does not show the mail:\n%s", got)
		}
		o.reply(deskAt, question, "I am away.", "Auto-Submitted: auto-replied") // quotes the code
		o.reply(deskAt, question, "Yes that is from me.")                       // so does this
		o.once()
		if n := len(o.all(jane, ticket.LetterAnswer)); n != 0 {
			t.Fatal("a quote confirmed a staff mail")
		}
		o.reply(deskAt, question, code(t, question))
		o.once()
		if got := text(o.one(jane, ticket.LetterAnswer)); !strings.Contains(got, "we hold your name") {
			t.Errorf("the answer reads\n%s", got)
		}
		o.one(deskAt, ticket.LetterStaffReceipt)
		if got := text(o.one(deskAt, ticket.LetterStaffSent)); !strings.Contains(got, "To write back, just reply to this mail.") {
			t.Errorf("the copy of what left reads\n%s", got)
		}
		o.reply(deskAt, question, code(t, question))
		o.reply(deskAt, notice, "Dear Jane, and your invoice address.")
		o.once()
		if n := len(o.all(jane, ticket.LetterAnswer)); n != 2 {
			t.Errorf("%d answers, want 2\n%s", n, o.listing())
		}
		o.later(24 * time.Hour)
		o.reply(deskAt, notice, "Dear Jane, one more.")
		o.once()
		if n := len(o.all(jane, ticket.LetterAnswer)); n != 2 {
			t.Error("the code of yesterday still counts")
		}
		if d := o.dispositions(); d[ticket.DispStaff] != 6 || d[ticket.DispAutoReply] != 1 {
			t.Errorf("ledger %v", d)
		}
	})
}

// A9, A20: the thread that leaked by a copy, or another's From, gets nothing out and changes nothing.
func TestLeakedStaffThread(t *testing.T) {
	o, jane, notice := verified(t, "sqlite:"+t.TempDir()+"/office.db")
	before := o.tickets()[0]
	o.reply(deskAt, notice, "#close done\nAll is deleted.")
	o.reply("mallory@evil.example.net", notice, "#close done\nAll is fine.", proven("mallory@evil.example.net"))
	o.reply("oncall@corp.example.com", notice, "Please send it to me.")
	o.once()
	if n := len(o.smtp.To(jane)); n != 1 {
		t.Errorf("%d letters to the requester, want the acknowledgement\n%s", n, o.listing())
	}
	if n := len(o.smtp.To("mallory@evil.example.net")); n != 0 {
		t.Errorf("%d letters to a stranger", n)
	}
	if got := o.tickets()[0]; got.State() != before.State() || got.Requester() != before.Requester() {
		t.Errorf("the ticket changed to %+v", got)
	}
}

// The sorting mail is worked with by a code as well, where no border server states anything.
func TestSortingByCode(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.config.Schedule.Hour, o.config.Schedule.Days = 0, []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	o.open()
	o.receive("jane@people.example.org", "hello", "Nice weather today, is it not?")
	o.once()
	o.later(24 * time.Hour)
	o.once()
	m := o.one(deskAt, ticket.LetterSorting)
	o.reply(deskAt, m, "#ticket "+sortingLabel.FindString(text(m))+" deletion")
	o.once()
	if n := len(o.tickets()); n != 0 {
		t.Fatalf("%d tickets by an unproven mail", n)
	}
	question := o.one(deskAt, ticket.LetterStaffCode)
	o.reply(deskAt, question, code(t, question))
	o.once()
	if n := len(o.tickets()); n != 1 {
		t.Errorf("%d tickets, want 1\n%s", n, o.listing())
	}
}
