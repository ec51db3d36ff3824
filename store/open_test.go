package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged.db")
	if err := os.WriteFile(damaged, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, want string }{
		{"mysql://root@localhost/x", "neither sqlite:PATH nor postgres"},
		{"privacybot.db", "neither sqlite:PATH nor postgres"},
		{"sqlite:", "needs a file"},
		{"sqlite::memory:", "needs a file"},
		{"sqlite:" + filepath.Join(dir, "no such folder", "x.db"), "no such file"},
		{"sqlite:" + damaged, ErrDamaged.Error()}, // C17
		{"postgres://user:geheim@localhost:port/x", "cannot be read"},
		{"postgres:///x?host=" + dir, "no such file"}, // C13
	} {
		_, err := Open(t.Context(), Config{URL: c.url, KeyFile: filepath.Join(dir, "key"), Migrate: true})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: got %v, want %q", c.url, err, c.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "key")); err == nil {
		t.Error("a key was made for a database that did not open")
	}
}

// A database file that others can read is closed to them.
func TestSQLiteFileBecomesPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "open.db")
	if err := errors.Join(os.WriteFile(path, nil, 0o644), os.Chmod(path, 0o644)); err != nil {
		t.Fatal(err)
	}
	newWorld(t, "sqlite:"+path).open("one")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// CASES C15: when the disk is full nothing is half written, and it goes on when there is room.
func TestSQLiteFull(t *testing.T) {
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "full.db"))
	s := w.open("one")
	s.sql.SetMaxOpenConns(1) // the limit is the connection's
	var pages int
	if err := s.db.Raw("PRAGMA page_count").Scan(&pages).Error; err != nil {
		t.Fatal(err)
	}
	w.exec(s, fmt.Sprint("PRAGMA max_page_count = ", pages))
	l := w.lease(s)
	big := w.inbound(strings.Repeat("x", 100_000))
	if _, err := s.SaveInbound(t.Context(), l, []Inbound{w.inbound("small"), big}, Cursor{Account: "a", Folder: "INBOX", LastUID: 2}); err == nil {
		t.Fatal("a full disk is no error")
	}
	if n := w.count(s, "mails") + w.count(s, "locations") + w.count(s, "data_keys") + w.count(s, "cursors"); n != 0 {
		t.Errorf("%d rows on a full disk", n)
	}
	w.exec(s, "PRAGMA max_page_count = 1000000")
	if n := w.save(s, big); n != 1 {
		t.Errorf("saved %d when there is room again", n)
	}
}

// CASES C11: the server is stopped in mid-transaction; nothing of it stays and work goes on
// when the server is back.
func TestPostgresStops(t *testing.T) {
	server := mailtest.PostgresServer(t, mailtest.Fsync())
	w := newWorld(t, server.Database())
	s := w.open("one")
	w.save(s, w.inbound("kept"))
	mail := w.claim(s, 1)[0]
	decide := func(stop func()) error {
		return s.InTx(t.Context(), func(tx *Tx) error {
			if err := tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil); err != nil {
				return err
			}
			stop()
			return tx.FinishMail(MailResult{ID: mail.ID, Disposition: ticket.DispTicket, Ref: "PB-1"})
		})
	}
	if err := decide(server.Stop); err == nil {
		t.Fatal("a transaction on a stopped server succeeded")
	}
	if _, err := s.ClaimMails(t.Context(), 0, 1, 1); err == nil {
		t.Error("a stopped server answers")
	}
	server.Start()
	if n := w.count(s, "tickets"); n != 0 {
		t.Errorf("%d tickets of a broken transaction", n)
	}
	if err := decide(func() {}); err != nil {
		t.Error(err)
	}
	if got := w.ledger(s); len(got) != 1 || got[0].Disposition != ticket.DispTicket {
		t.Errorf("ledger %+v", got)
	}
}

// CASES C14: a database that cannot be written says so; nothing is handed out.
func TestPostgresReadOnly(t *testing.T) {
	w := newWorld(t, mailtest.Postgres(t))
	s := w.open("one")
	w.save(s, w.inbound("mail"))
	l := w.lease(s)
	w.url += "&options=" + "-c%20default_transaction_read_only%3Don"
	barred := w.open("one")
	_, err := barred.SaveInbound(t.Context(), l, []Inbound{w.inbound("new")}, Cursor{})
	if err == nil {
		t.Error("wrote into a read-only database")
	}
	if got, err := barred.ClaimMails(t.Context(), 0, 1, 1); err == nil || len(got) != 0 {
		t.Errorf("handed out %d, %v", len(got), err)
	}
}

// A commit is on the disk when it is confirmed, whatever the server's default.
func TestPostgresCommitIsDurable(t *testing.T) {
	w := newWorld(t, mailtest.Postgres(t)+"&options=-c%20synchronous_commit%3Doff")
	var got string
	if err := w.open("one").db.Raw("SHOW synchronous_commit").Scan(&got).Error; err != nil || got != "on" {
		t.Errorf("synchronous_commit is %s, %v", got, err)
	}
}

// A cancelled transaction stops at once and holds nothing.
func TestCancelled(t *testing.T) {
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	s := w.open("one")
	ctx, cancel := context.WithCancel(t.Context())
	err := s.InTx(ctx, func(tx *Tx) error {
		cancel()
		return tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil)
	})
	wantErr(t, err, context.Canceled)
	w.tx(s, func(tx *Tx) error { return tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil) })
}
