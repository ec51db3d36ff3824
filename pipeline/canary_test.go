package pipeline_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"privacybot/pipeline"
	"privacybot/ticket"
)

// BEHAVIOURS 40: the daily mail goes out, comes back and leaves nothing but a row on the ledger; one that
// does not come back wakes people, again and again, and is in the digest and the exit status.
func TestCanary(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		alarms := filepath.Join(t.TempDir(), "alarms")
		o.config.Canary = pipeline.CanaryConfig{Enabled: true, Hour: 6, Minute: 30, Within: 30 * time.Minute}
		o.config.Policy.Alarm, o.config.Alarm = true, []string{"/bin/sh", "-c", "echo $0 >>" + alarms}
		// In the past: what waits is claimed by the database's clock.
		day := time.Now().In(o.config.Policy.Zone).AddDate(0, 0, -5)
		o.now = time.Date(day.Year(), day.Month(), day.Day(), 6, 0, 0, 0, day.Location()).UTC()
		o.open()
		o.once()
		if n := len(o.smtp.Mails()); n != 0 {
			t.Fatalf("%d mails before the hour", n)
		}
		o.later(time.Hour)
		o.once()
		o.once()
		sent := o.one(privacy, ticket.LetterCanary)
		o.imap.Deliver("INBOX", sent.Raw, o.clock())
		o.later(40 * time.Minute)
		o.once()
		if got := o.dispositions(); got[ticket.DispReceipt] != 1 || len(got) != 1 || len(o.tickets()) != 0 {
			t.Errorf("the canary became %v", got)
		}
		h, err := o.pipeline.Health(t.Context())
		if err != nil || len(h.Alarms) != 0 || h.Canary.BackAt.IsZero() || len(o.pipeline.Ready(h)) != 0 {
			t.Fatalf("health %+v, %v", h, err)
		}

		// The next day's is lost; a forged one with a wrong token does not do.
		o.later(24 * time.Hour)
		o.once()
		next := day.AddDate(0, 0, 1).Format(time.DateOnly)
		forged := strings.Replace(string(o.all(privacy, ticket.LetterCanary)[1].Raw), "Canary: "+next+".", "Canary: "+next+".0", 1)
		o.imap.Deliver("INBOX", []byte(forged), o.clock())
		o.later(31 * time.Minute)
		if err := o.pipeline.Once(t.Context()); !errors.Is(err, pipeline.ErrUnwell) {
			t.Errorf("exit status %v", err)
		}
		o.later(time.Hour)
		_ = o.pipeline.Once(t.Context())
		letters := o.all("manager@corp.example.com", ticket.LetterHealth)
		if got, _ := os.ReadFile(alarms); string(got) != "canary\n" || len(letters) != 1 || !strings.Contains(text(letters[0]), "has not come back") {
			t.Errorf("alarms %q, %d letters", got, len(letters))
		}
		o.later(4 * time.Hour)
		_ = o.pipeline.Once(t.Context())
		if got, _ := os.ReadFile(alarms); string(got) != "canary\ncanary\n" {
			t.Errorf("repeated: %q", got)
		}
		digest, err := o.pipeline.DigestLetters(t.Context(), o.clock().In(o.config.Policy.Zone))
		if err != nil || !strings.Contains(string(digest[0].Raw), "daily test mail") {
			t.Errorf("the digest is silent: %v", err)
		}

		// It comes after all: quiet again.
		o.imap.Deliver("INBOX", o.all(privacy, ticket.LetterCanary)[1].Raw, o.clock())
		o.once()
		if h, err := o.pipeline.Health(t.Context()); err != nil || len(h.Alarms) != 0 {
			t.Errorf("after it came: %+v, %v", h.Alarms, err)
		}
	})
}

// A canary in the junk folder says that our mail is taken for junk.
func TestCanaryInJunk(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "office.db"))
	o.config.Canary = pipeline.CanaryConfig{Enabled: true, Within: 30 * time.Minute}
	o.open()
	o.once()
	o.imap.Deliver("Junk", o.one(privacy, ticket.LetterCanary).Raw, o.clock())
	if err := o.pipeline.Once(t.Context()); !errors.Is(err, pipeline.ErrUnwell) {
		t.Errorf("exit status %v", err)
	}
	if l := o.one("manager@corp.example.com", ticket.LetterHealth); !strings.Contains(text(l), "junk folder") {
		t.Errorf("the letter reads\n%s", text(l))
	}
}

// BEHAVIOURS 7: a folder that is not read for too long is an alarm, and the program is not ready.
func TestFolderNotRead(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "office.db"))
	o.once()
	o.later(time.Hour)
	h, err := o.pipeline.Health(t.Context())
	if err != nil || len(h.Alarms) != 1 || h.Alarms[0].What != ticket.AlarmPolls || len(o.pipeline.Ready(h)) != 2 {
		t.Fatalf("health %+v, %v", h, err)
	}
	if err := o.pipeline.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.pipeline.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.one("manager@corp.example.com", ticket.LetterHealth)
	o.once()
	if h, err = o.pipeline.Health(t.Context()); err != nil || len(h.Alarms) != 0 {
		t.Errorf("after a look: %+v, %v", h.Alarms, err)
	}
}
