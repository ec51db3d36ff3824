package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/internal/mailtest"
	"privacybot/pipeline"
	"privacybot/ticket"
)

var sortingLabel = regexp.MustCompile(`M-\d+`)

func TestWholeWay(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		jane := "jane@people.example.org"
		o.receive(jane, "my data", "Hello, please send me a copy of all personal data you hold about me.")
		o.once()

		ack := o.one(jane, ticket.LetterAcknowledgement)
		if got := o.tickets(); len(got) != 1 || got[0].State() != "verifying" {
			t.Fatalf("tickets %+v", got)
		}
		o.one(deskAt, ticket.LetterStaffNotice)

		o.once()
		o.once()
		if n := len(o.smtp.Mails()); n != 2 {
			t.Fatalf("doing it again sent %d letters in all, want 2\n%s", n, o.listing())
		}

		// A24: an absence note that quotes the code confirms nothing.
		o.reply(jane, ack, "I am out of the office until Monday.", "Auto-Submitted: auto-replied")
		o.once()
		if !o.tickets()[0].Requester().Verified.IsZero() {
			t.Fatal("an absence note confirmed the address")
		}
		o.reply(jane, ack, "Here it is: "+code(t, ack))
		o.once()
		o.one(jane, ticket.LetterVerified)
		if o.tickets()[0].Requester().How != "code" {
			t.Fatal("the code did not confirm the address")
		}

		notice := o.one(deskAt, ticket.LetterStaffNotice)
		o.reply(deskAt, notice, "Dear Jane, we hold your name and your invoice address.")
		o.once()
		o.one(deskAt, ticket.LetterStaffCode) // A9: not proven to be from the desk
		o.reply(deskAt, notice, "Dear Jane, we hold your name and your invoice address.", proven(deskAt))
		o.once()
		answer := o.one(jane, ticket.LetterAnswer)
		if got := text(answer); !strings.Contains(got, "we hold your name") || strings.Contains(got, ticket.InternalMark) {
			t.Errorf("the answer reads\n%s", got)
		}
		o.reply(deskAt, notice, "#close done\nThat is all we hold.", proven(deskAt))
		o.once()
		o.one(jane, ticket.LetterClosing)
		if !o.tickets()[0].Closed() {
			t.Error("the ticket is open")
		}
		want := map[ticket.Disposition]int{ticket.DispTicket: 1, ticket.DispAutoReply: 1, ticket.DispVerification: 1, ticket.DispStaff: 3}
		if got := o.dispositions(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("ledger %v, want %v", got, want)
		}
	})
}

func TestChildAlert(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		parent, oncall, manager := "parent@people.example.org", "oncall@corp.example.com", "manager@corp.example.com"
		o.receive(parent, "my daughter", "My daughter is nine years old and made an account with her name. Please delete it.")
		o.once()
		o.one(parent, ticket.LetterChild)
		o.one(oncall, ticket.LetterEscalation)
		o.later(31 * time.Minute)
		o.once()
		second := o.one(manager, ticket.LetterEscalation) // D48: up the line
		o.later(31 * time.Minute)
		o.once()
		if n := len(o.all(oncall, ticket.LetterEscalation)); n != 2 {
			t.Fatalf("%d alarms to on-call, want 2", n)
		}
		o.reply(manager, second, "I am looking at it.")
		o.once()
		o.later(2 * time.Hour)
		o.once()
		if n := len(o.all(oncall, ticket.LetterEscalation)) + len(o.all(manager, ticket.LetterEscalation)); n != 3 {
			t.Errorf("%d alarms after somebody answered, want 3", n)
		}
		if a := o.tickets()[0].Child; a.AcknowledgedBy != "staff:Mona" {
			t.Errorf("acknowledged by %q", a.AcknowledgedBy)
		}
		if n := len(o.smtp.To(parent)); n != 1 {
			t.Errorf("the parent got %d letters", n)
		}
	})
}

// C26, C33, C64: the same mail at another place is no second request.
func TestRenumberedFolderAndMovedMail(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	for i := range 5 {
		o.receive(fmt.Sprintf("p%d@people.example.org", i), "account", "Please delete my account.")
	}
	o.once()
	sent := len(o.smtp.Mails())
	o.imap.ResetUIDValidity("INBOX")
	o.once()
	uids := o.imap.UIDs("INBOX")
	back := o.imap.MoveMail("INBOX", "Junk", uids[0])
	o.once()
	o.imap.MoveMail("Junk", "INBOX", back)
	o.once()
	if n := len(o.tickets()); n != 5 {
		t.Errorf("%d tickets, want 5", n)
	}
	if n := len(o.smtp.Mails()); n != sent {
		t.Errorf("%d letters, want %d", n, sent)
	}
	if d := o.dispositions(); d[ticket.DispTicket] != 5 || d[ticket.DispDuplicate] != 7 {
		t.Errorf("ledger %v", d)
	}
}

// Everything that is logged over a whole run, failures included, holds no personal data (A70, D61).
func TestLogHoldsNothingPersonal(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	jane := "jane.secretname@people.example.org"
	o.receive(jane, "Sonderwunsch", "Please delete my account, I am Jane Secretname of Geheimgasse 7.")
	o.receive("parent.secretname@people.example.org", "Tochter", "My daughter is nine and has an account. Kinderlein.")
	o.smtp.Configure(mailtest.NoTLS(), mailtest.FailRcpt(jane, 451, "4.7.1 later "+jane))
	_ = o.pipeline.Once(context.Background())
	o.smtp.Configure(mailtest.NoTLS(), mailtest.FailRcpt(jane, 550, "5.1.1 no such user "+jane))
	o.later(24 * time.Hour)
	_ = o.pipeline.Once(context.Background())
	o.imap.Kill()
	_ = o.pipeline.Once(context.Background())
	logged := strings.ToLower(o.log.String())
	if !strings.Contains(logged, "disposition=ticket") {
		t.Fatalf("the run left no log to look at:\n%s", logged)
	}
	for _, secret := range []string{"secretname", "people.example.org", "sonderwunsch", "geheimgasse", "kinderlein", "tochter", "jane", deskAt, o.imap.Password} {
		if strings.Contains(logged, strings.ToLower(secret)) {
			t.Errorf("the log holds %q:\n%s", secret, logged)
		}
	}
}

// D63, C6, C53: one digest a day through rounds and restarts, also when all is zero.
func TestDailyMail(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		o.config.Schedule.Days = []time.Weekday{0, 1, 2, 3, 4, 5, 6}
		o.config.Schedule.Zone = time.UTC
		o.mu.Lock()
		o.now = time.Date(o.now.Year(), o.now.Month(), o.now.Day(), 7, 0, 0, 0, time.UTC).AddDate(0, 0, -2)
		o.mu.Unlock()
		o.open()
		manager := "manager@corp.example.com"
		o.receive("happy@people.example.org", "thanks", "Thank you very much for your help last week, the phone works again now.")
		o.once()
		if n := len(o.smtp.Mails()); n != 0 {
			t.Fatalf("%d letters before eight\n%s", n, o.listing())
		}
		o.later(3 * time.Hour)
		o.once()
		o.open()
		o.once()
		o.one(manager, ticket.LetterDigest)
		sorting := o.one(deskAt, ticket.LetterSorting)

		label := sortingLabel.FindString(text(sorting))
		o.reply(deskAt, sorting, "#ticket "+label+" objection", proven(deskAt))
		o.once()
		if got := o.tickets(); len(got) != 1 || got[0].Rights()[0] != ticket.Objection || !got[0].ReceivedAt.Equal(o.clock().Add(-3*time.Hour)) {
			t.Errorf("the sorting mail opened %+v", got)
		}
		o.later(24 * time.Hour)
		o.once()
		if n := len(o.all(manager, ticket.LetterDigest)); n != 2 {
			t.Errorf("%d digests after two days", n)
		}
		if n := len(o.all(deskAt, ticket.LetterSorting)); n != 1 {
			t.Errorf("%d sorting mails, one was needed", n)
		}
	})
}

// DESIGN.md section 6: alarm.command gets the reference and nothing else, and runs also when the mail
// server refuses everything.
func TestAlarmCommand(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	out := filepath.Join(t.TempDir(), "alarm")
	t.Setenv("IMAP_PASSWORD", "geheim")
	o.config.Policy.Alarm, o.config.Alarm = true, []string{"/bin/sh", "-c", "echo \"$0 $*\" >>" + out + "; env >>" + out}
	o.open()
	o.smtp.Configure(mailtest.NoTLS(), mailtest.FailMail(550, "5.7.1 not you"))
	o.receive("parent@people.example.org", "my daughter", "My daughter is nine years old and has an account.")
	if err := o.pipeline.Once(context.Background()); !errors.Is(err, pipeline.ErrMailServer) {
		t.Errorf("error %v", err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(string(got), "\n"); first != o.tickets()[0].Ref+" " {
		t.Errorf("the command was given %q", first)
	}
	if strings.Contains(string(got), "geheim") || strings.Contains(string(got), "parent@") {
		t.Errorf("the command sees\n%s", got)
	}
	o.smtp.Configure(mailtest.NoTLS())
	o.later(2 * time.Minute)
	o.once()
	o.one("oncall@corp.example.com", ticket.LetterEscalation)
}

// C35: a configured folder that is gone is told, and the others are read.
func TestMissingFolder(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.config.Mailbox.Folders = []string{"INBOX", "Requests"}
	o.open()
	o.receive("max@people.example.org", "account", "Please delete my account.")
	if err := o.pipeline.Once(context.Background()); !errors.Is(err, mailbox.ErrNoFolder) {
		t.Errorf("error %v", err)
	}
	o.one("max@people.example.org", ticket.LetterAcknowledgement)
}
