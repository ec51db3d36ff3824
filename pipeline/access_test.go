package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/internal/mailtest"
	"privacybot/pipeline"
	"privacybot/store"
	"privacybot/ticket"
)

// tokenOffice is an office that signs in to both servers with tokens, and writes its alarms to a file.
func tokenOffice(t *testing.T) (o *office, server *mailtest.OAuthServer, alarms func() []string) {
	t.Helper()
	server = mailtest.OAuth(t)
	o = &office{t: t, imap: mailtest.IMAPWithOAuth(t, server), smtp: mailtest.SMTP(t, mailtest.NoTLS(), mailtest.TakeTokens(server)), log: &bytes.Buffer{}}
	o.now = time.Now().UTC().Truncate(time.Second)
	o.config = settings(t, o.imap, o.smtp)
	o.config.Mailbox.Password = ""
	o.config.SMTP.Username = o.imap.Username
	use := pipeline.OAuth{TokenURL: server.URL + "/token", ClientID: server.ClientID, ClientSecret: server.ClientSecret}
	withRefresh := use
	withRefresh.RefreshToken = server.RefreshToken()
	o.config.MailboxOAuth, o.config.SMTPOAuth = &use, &withRefresh
	file := filepath.Join(t.TempDir(), "alarms")
	script := filepath.Join(t.TempDir(), "alarm.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$1\" >>'"+file+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	o.config.Alarm, o.config.Policy.Alarm = []string{script}, true
	o.database = store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "office.db"), Now: o.clock, KeyFile: filepath.Join(t.TempDir(), "office.key"), Migrate: true}
	o.open()
	return o, server, func() []string {
		data, _ := os.ReadFile(file)
		return strings.Fields(string(data))
	}
}

// A refused sign-in is told at once by exit status, alarm.command and mail, and again after hours; it is
// tried once in 15 minutes, by all processes together, and at once with other credentials (C25, BEHAVIOURS 7).
func TestRefusedSignInIsToldAndNotHammered(t *testing.T) {
	o, server, alarms := tokenOffice(t)
	o.receive("jane@people.example.org", "My account", "Please delete my account.")
	if err := o.pipeline.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(o.smtp.To("jane@people.example.org")); n != 1 {
		t.Fatalf("%d letters before the trouble", n)
	}
	o.later(2 * time.Hour) // the token at hand is over
	server.Fail(400, "invalid_grant")
	asked := len(server.Asked())
	for range 3 {
		o.open() // a program that cron starts
		if err := o.pipeline.Once(t.Context()); !errors.Is(err, mailbox.ErrAuth) || strings.Contains(err.Error(), server.ClientSecret) {
			t.Fatalf("once: %v", err)
		}
		o.later(4 * time.Minute)
	}
	// One for the mailbox; one for the mail server, because a mail to the manager is waiting.
	if n := len(server.Asked()) - asked; n != 2 {
		t.Errorf("%d requests for a token in 12 minutes, want 2", n)
	}
	if got := strings.Join(alarms(), " "); got != "mailbox mail-server" {
		t.Errorf("alarms: %q", got)
	}

	o.config.MailboxOAuth.ClientSecret += "x"
	asked = len(server.Asked())
	o.open()
	_ = o.pipeline.Once(t.Context())
	if n := len(server.Asked()) - asked; n != 1 {
		t.Errorf("other credentials: %d requests, want 1", n)
	}
	o.config.MailboxOAuth.ClientSecret = server.ClientSecret

	o.later(4 * time.Hour)
	o.open()
	if err := o.pipeline.Once(t.Context()); !errors.Is(err, mailbox.ErrAuth) || !errors.Is(err, pipeline.ErrMailServer) {
		t.Errorf("still refused: %v", err)
	}
	if got := strings.Join(alarms(), " "); got != "mailbox mail-server mailbox mail-server" {
		t.Errorf("alarms after four hours: %q", got)
	}

	server.Fail(0, "")
	o.later(16 * time.Minute)
	o.receive("joe@people.example.org", "My account", "Please delete my account.")
	if err := o.pipeline.Once(t.Context()); err != nil {
		t.Fatalf("mended: %v", err)
	}
	if n := len(o.all("manager@corp.example.com", ticket.LetterTrouble)); n != 2 {
		t.Errorf("%d mails to the manager, want 2", n)
	}
	if len(o.smtp.To("joe@people.example.org")) != 1 {
		t.Error("nothing is answered after the trouble")
	}
	o.later(5 * time.Hour)
	if err := o.pipeline.Once(t.Context()); err != nil || len(alarms()) != 4 {
		t.Errorf("after it was mended: %v, alarms %q", err, alarms())
	}
}

// A server that is out of reach is told after an hour; letters wait without a try being counted for the
// ones that the mail server refuses to anybody (C42).
func TestUnreachableMailboxIsTold(t *testing.T) {
	o, _, alarms := tokenOffice(t)
	o.receive("jane@people.example.org", "My account", "Please delete my account.")
	o.imap.Kill()
	if err := o.pipeline.Once(t.Context()); err == nil || errors.Is(err, mailbox.ErrAuth) {
		t.Fatalf("got %v", err)
	}
	if got := alarms(); len(got) != 0 {
		t.Errorf("told at once: %q", got)
	}
	o.later(61 * time.Minute)
	_ = o.pipeline.Once(t.Context())
	if got := strings.Join(alarms(), " "); got != "mailbox" || len(o.all("manager@corp.example.com", ticket.LetterTrouble)) != 1 {
		t.Errorf("alarms %q", got)
	}
	o.imap.Restart()
	if err := o.pipeline.Once(t.Context()); err != nil || len(o.smtp.To("jane@people.example.org")) != 1 {
		t.Errorf("mended: %v", err)
	}

	o.smtp.Configure(mailtest.NoTLS(), mailtest.FailMail(550, "you are blocked"))
	o.receive("joe@people.example.org", "My account", "Please delete my account.")
	for range 8 {
		if err := o.pipeline.Once(t.Context()); !errors.Is(err, pipeline.ErrMailServer) {
			t.Fatalf("sender refused: %v", err)
		}
		o.later(2 * time.Minute)
	}
	due, err := o.store.ClaimLetters(context.Background(), o.clock(), time.Minute, 10, store.BrakeLimit{})
	if err != nil || len(due) == 0 {
		t.Fatalf("%d letters wait, %v", len(due), err)
	}
	for _, l := range due {
		if l.Attempt != 1 {
			t.Errorf("%s: try %d", l.Kind, l.Attempt)
		}
	}
	if got := alarms(); len(got) != 2 || got[1] != "mail-server" {
		t.Errorf("alarms %q", got)
	}
}
