package store

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"privacybot/ticket"
)

// full fills a database with one of everything, with marker wherever personal data can stand.
func (w *world) full(s *Store, marker string) (mailID int64) {
	w.t.Helper()
	address := marker + "@example.test"
	w.save(s, w.inbound("From: "+address+"\r\nSubject: "+marker+"\r\n\r\nI am "+marker))
	mail := w.claim(s, 1)[0]
	t := w.example("PB-1", address)
	t.Parties[0].Address.Name, t.NeedsHuman, t.Silent, t.HoldWhy, t.Assignee = marker, marker, marker, marker, marker
	t.Thread, t.Flags, t.Undeliverable = []string{marker + "@mail.example"}, []string{marker}, marker
	t.Requests[0].Evidence = []ticket.Evidence{{Right: ticket.Access, Quote: marker, Rule: "r"}}
	t.Verification = &ticket.Verification{Address: address, AskedAt: w.now}
	l := ticket.Letter{Kind: ticket.LetterAnswer, Key: "answer/" + address, Ref: "PB-1", To: address, MessageID: marker + "@example.com", Raw: []byte("Dear " + marker), Hold: marker}
	d := ticket.Letter{Kind: ticket.LetterSorting, Key: "sorting/" + address, To: address, MessageID: marker + ".2@example.com", Raw: []byte("Mail of " + marker)}
	w.tx(s, func(tx *Tx) error {
		return errors.Join(
			tx.SaveTicket(t, []ticket.Event{{At: w.now, Kind: ticket.EventOpened, Actor: "staff:" + marker, Text: marker}}),
			tx.QueueLetters([]ticket.Letter{l, d}),
			tx.FinishMail(MailResult{ID: mail.ID, Disposition: ticket.DispTicket, Reason: "wrote: " + marker, Ref: "PB-1", MessageID: marker + "@mail.example", CopyKey: marker}))
	})
	return mail.ID
}

// DESIGN.md 5.8: the files of the database hold no address, name, subject or text.
func testNoClearText(t *testing.T, w *world) {
	s := w.open("one")
	const marker = "Zebrafinch"
	w.full(s, marker)
	found := func(where string, data []byte) {
		t.Helper()
		data = bytes.ToLower(data)
		for _, form := range []string{marker, hex.EncodeToString([]byte(marker)), hex.EncodeToString([]byte(strings.ToLower(marker)))} {
			if bytes.Contains(data, []byte(strings.ToLower(form))) {
				t.Errorf("%s holds the text %q", where, form)
			}
		}
		if where != "" && len(data) == 0 {
			t.Errorf("%s is empty: nothing was looked at", where)
		}
	}
	if path, ok := strings.CutPrefix(w.url, "sqlite:"); ok {
		for _, name := range []string{path, path + "-wal", path + "-shm"} {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %o", name, info.Mode().Perm())
			}
			found(name, must[[]byte](t)(os.ReadFile(name)))
		}
		w.exec(s, "PRAGMA wal_checkpoint(TRUNCATE)")
		found(path, must[[]byte](t)(os.ReadFile(path)))
		return
	}
	var tables []string
	if err := s.db.Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()").Scan(&tables).Error; err != nil {
		t.Fatal(err)
	}
	dump := ""
	for _, table := range tables {
		var rows []string
		if err := s.db.Raw("SELECT CAST(x AS text) FROM " + table + " x").Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		dump += strings.Join(rows, "\n")
	}
	found("the dump", []byte(dump))
}

// A deleted data key takes the content with it; rows, states and hashes stay.
func testErase(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	id := w.full(s, "marker")
	w.save(s, w.inbound("erased before it was decided"), w.inbound("the next"))
	w.exec(s, "DELETE FROM data_keys WHERE id IN (SELECT key_id FROM mails WHERE id <> (SELECT max(id) FROM mails) UNION SELECT key_id FROM tickets)")

	_, err := s.Ticket(ctx, "PB-1")
	wantErr(t, err, ErrErased)
	_, err = s.Events(ctx, "PB-1")
	wantErr(t, err, ErrErased)
	_, err = s.Reason(ctx, id)
	wantErr(t, err, ErrErased)
	wantErr(t, s.InTx(ctx, func(tx *Tx) error {
		changed := w.example("PB-1", "jane@example.test")
		changed.Version = 2
		return tx.SaveTicket(changed, nil)
	}), ErrErased)
	if got, err := s.Tickets(ctx, Filter{}); len(got) != 0 || err != nil {
		t.Errorf("tickets %v, %v", got, err)
	}
	if got := must[[]LetterState](t)(s.Letters(ctx, "PB-1")); len(got) != 1 || !errors.Is(got[0].Unreadable, ErrErased) || got[0].To != "" {
		t.Errorf("letters %+v", got)
	}
	w.tx(s, func(tx *Tx) error {
		mail, err := tx.Mail(id)
		if !errors.Is(mail.Unreadable, ErrErased) || mail.Raw != nil || mail.Disposition != ticket.DispTicket {
			t.Errorf("mail %+v", mail)
		}
		found, err2 := tx.LettersByMessageID([]string{"marker@example.com", "marker.2@example.com"})
		if len(found) != 1 || found[0].Kind != ticket.LetterSorting {
			t.Errorf("letters %+v", found)
		}
		return errors.Join(err, err2)
	})
	w.exec(s, "UPDATE letters SET state = 'ready'")
	due := w.claimLetters(s, 9, BrakeLimit{})
	if len(due) != 2 || !errors.Is(due[0].Unreadable, ErrErased) || due[1].Unreadable != nil {
		t.Errorf("due %+v", due)
	}
	// Mail that does not open stops nobody, and can be finished.
	mails := w.claim(s, 9)
	if len(mails) != 2 || !errors.Is(mails[0].Unreadable, ErrErased) || string(mails[1].Raw) != "the next" {
		t.Fatalf("mails %+v", mails)
	}
	w.tx(s, func(tx *Tx) error {
		return tx.FinishMail(MailResult{ID: mails[0].ID, Disposition: ticket.DispQuarantine, Reason: "erased"})
	})
	// The content is still recognised: a rescan does not bring it back.
	w.uid = 0
	again := w.inbound("From: marker@example.test\r\nSubject: marker\r\n\r\nI am marker")
	again.Folder = "Archive"
	w.save(s, again)
	if got := w.ledger(s)[0]; got.Folder != "Archive" || got.Disposition != ticket.DispDuplicate || got.Mail != id {
		t.Errorf("ledger %+v", got)
	}
}

// Sealed bytes moved to another row or column do not open.
func testSwap(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	w.save(s, w.inbound("one"), w.inbound("two"))
	mails := w.claim(s, 2)
	w.tx(s, func(tx *Tx) error {
		event := ticket.Event{At: w.now, Kind: ticket.EventNote, Text: "text"}
		return errors.Join(
			tx.SaveTicket(w.example("PB-1", "jane@example.test"), []ticket.Event{event, event}),
			tx.SaveTicket(w.example("PB-2", "john@example.test"), []ticket.Event{event}),
			tx.QueueLetters([]ticket.Letter{letter(ticket.LetterAnswer, "a", "PB-1"), letter(ticket.LetterAnswer, "b", "PB-1")}))
	})
	// Each statement puts sealed bytes where they do not belong; read must notice.
	unreadableMail := func(id int64) func() error {
		return func() (err error) {
			w.tx(s, func(tx *Tx) error {
				m, e := tx.Mail(id)
				err = m.Unreadable
				return e
			})
			return err
		}
	}
	unreadableLetter := func() error {
		states, err := s.Letters(ctx, "PB-1")
		return errors.Join(err, states[0].Unreadable)
	}
	first := fmt.Sprint(mails[0].ID)
	second := fmt.Sprint(mails[1].ID)
	for _, c := range []struct {
		name, statement string
		read            func() error
	}{
		{"content of another mail", "UPDATE mail_contents SET sealed = (SELECT sealed FROM mail_contents WHERE mail_id = " + second + ") WHERE mail_id = " + first, unreadableMail(mails[0].ID)},
		{"data key of another mail", "UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE id = (SELECT key_id FROM mails WHERE id = " + first + ")) WHERE id = (SELECT key_id FROM mails WHERE id = " + second + ")", unreadableMail(mails[1].ID)},
		{"letter content of another letter", "UPDATE letter_contents SET sealed = (SELECT sealed FROM letter_contents WHERE letter_id = 1) WHERE letter_id = 2", func() error {
			return must[[]Delivery](t)(s.ClaimLetters(ctx, w.now, -time.Second, 2, BrakeLimit{}))[1].Unreadable
		}},
		{"letter parts of another letter", "UPDATE letters SET sealed = (SELECT sealed FROM letters WHERE id = 2) WHERE id = 1", unreadableLetter},
		{"event of another place", "UPDATE events SET sealed = (SELECT sealed FROM events WHERE ticket_id = 1 AND seq = 1) WHERE ticket_id = 1 AND seq = 2", func() error {
			_, err := s.Events(ctx, "PB-1")
			return err
		}},
		{"another ticket", "UPDATE tickets SET sealed = (SELECT sealed FROM tickets WHERE id = 2), key_id = (SELECT key_id FROM tickets WHERE id = 2) WHERE id = 1", func() error {
			_, err := s.Ticket(ctx, "PB-1")
			return err
		}},
		{"earlier state", "UPDATE tickets SET version = 2 WHERE id = 2", func() error {
			_, err := s.Ticket(ctx, "PB-2")
			return err
		}},
	} {
		if err := c.read(); err != nil {
			t.Errorf("%s: unreadable before: %v", c.name, err)
		}
		w.exec(s, c.statement)
		if err := c.read(); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

// The key file is made once, for a fresh database, and never again.
func testKeyFile(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	w.full(s, "marker")
	lookup := s.Keys().Lookup("address", "a")
	s.Close()

	again := w.open("two")
	if !bytes.Equal(again.Keys().Lookup("address", "a"), lookup) {
		t.Error("other keys on the second start")
	}
	if kept := must[string](t)(again.SetMetaOnce(ctx, "first_start", "monday")); kept != "monday" {
		t.Errorf("kept %q", kept)
	}
	if kept := must[string](t)(again.SetMetaOnce(ctx, "first_start", "tuesday")); kept != "monday" {
		t.Errorf("kept %q on repetition", kept)
	}
	w.tx(again, func(tx *Tx) error {
		err := errors.Join(tx.SetMeta("daily", "1"), tx.SetMeta("daily", "2"))
		if got, ok, err := tx.Meta("daily"); got != "2" || !ok || err != nil {
			t.Errorf("daily is %q, %v, %v", got, ok, err)
		}
		return err
	})
	if _, ok, err := again.Meta(ctx, "unknown"); ok || err != nil {
		t.Errorf("unknown meta: %v, %v", ok, err)
	}

	missing := w.config("three")
	missing.KeyFile = filepath.Join(t.TempDir(), "gone.key")
	_, err := Open(ctx, missing)
	wantErr(t, err, ErrNoKey)
	if _, err := os.Stat(missing.KeyFile); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a key was made for a database that has one")
	}
	must[*Keys](t)(CreateKeys(missing.KeyFile))
	_, err = Open(ctx, missing)
	wantErr(t, err, ErrWrongKey)

	w.exec(again, "DELETE FROM meta WHERE name = ?", metaKeyCheck)
	_, err = Open(ctx, missing) // content, but no check: not fresh
	wantErr(t, err, ErrWrongKey)
}

func testSchema(t *testing.T, w *world) {
	ctx := t.Context()
	readOnly := w.config("one")
	readOnly.Migrate = false
	_, err := Open(ctx, readOnly)
	wantErr(t, err, ErrOlderSchema)
	if _, err := os.Stat(w.key); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a key was made although migrating was not allowed")
	}

	s := w.open("one")
	if _, err := Open(ctx, readOnly); err != nil {
		t.Errorf("a current schema is refused: %v", err)
	}
	w.exec(s, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, "+map[bool]string{true: "TRUE", false: "1"}[s.engine.migrations.dialect == goose.DialectPostgres]+")")
	for _, migrate := range []bool{true, false} {
		c := w.config("two")
		c.Migrate = migrate
		_, err := Open(ctx, c)
		wantErr(t, err, ErrNewerSchema)
	}
	w.exec(s, "DELETE FROM goose_db_version")
	if _, err := Open(ctx, w.config("three")); err == nil || errors.Is(err, ErrOlderSchema) || !strings.Contains(err.Error(), "read schema version") {
		t.Errorf("an unreadable version: %v", err)
	}
}

// CASES C7, C50: several processes start on an empty database at once; one migrates and makes the
// key, the others wait.
func testFirstStart(t *testing.T, w *world) {
	var starts sync.WaitGroup
	for i := range 4 {
		starts.Go(func() {
			s, err := Open(t.Context(), w.config(fmt.Sprint(i)))
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		})
	}
	starts.Wait()
	w.full(w.open("after"), "marker")
	left, err := filepath.Glob(filepath.Join(filepath.Dir(w.key), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the key: %v, %v", left, err)
	}
}
