package store

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

// old makes a database as a released program left it: testdata/schema-NNNN.jsonl are its rows, as a
// backup has them, and the .key beside it their key. Neither is ever made anew.
func old(t *testing.T, url, schema string) *world {
	t.Helper()
	w := newWorld(t, url)
	key := must[[]byte](t)(os.ReadFile("testdata/schema-" + schema + ".keyfile"))
	if err := os.WriteFile(w.key, key, 0o600); err != nil {
		t.Fatal(err)
	}
	rows := must[[]byte](t)(os.ReadFile("testdata/schema-" + schema + ".jsonl"))
	db, e, err := openEngine(url, true)
	if err != nil {
		t.Fatal(err)
	}
	at := &site{db: db, engine: e}
	defer at.close()
	if err := at.fill(t.Context(), must[*Keys](t)(LoadKeys(w.key)), strings.NewReader(string(zipped(t, rows))), &RestoreReport{}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("DELETE FROM meta WHERE name = '" + metaRestoring + "'"); err != nil {
		t.Fatal(err)
	}
	return w
}

// CASES C65: a database of every released schema, with rows in it, comes to this program's: tickets
// and histories open, the outbox is drained with the same bytes and ids, the marks in letters that
// are out still count, and earlier events are on the audit chain.
func TestUpgrade(t *testing.T) {
	for _, schema := range []string{"0001"} {
		for name, database := range map[string]func(testing.TB) string{
			"sqlite": func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "x.db") }, "postgres": mailtest.Postgres,
		} {
			t.Run(schema+"/"+name, func(t *testing.T) { testUpgrade(t, old(t, database(t), schema)) })
		}
	}
}

func testUpgrade(t *testing.T, w *world) {
	ctx := t.Context()
	look := w.config("look")
	look.Migrate = false
	_, err := Open(ctx, look)
	wantErr(t, err, ErrOlderSchema)
	s := w.open("new")
	if tickets := must[[]ticket.Ticket](t)(s.Tickets(ctx, Filter{})); len(tickets) != 3 || tickets[1].Requester().Address.Address != "john@example.test" {
		t.Errorf("tickets %+v", tickets)
	}
	if events := must[[]ticket.Event](t)(s.Events(ctx, "PB-2")); len(events) != 2 || events[0].Text != "first" || events[1].Text != "second" {
		t.Errorf("events %+v", events)
	}
	if got := hex.EncodeToString(s.Keys().Token("thread", "PB-2", "john@example.test")[:8]); got != "526d51d7fb1f8d99" {
		t.Errorf("the mark of a letter that is out became %s", got)
	}
	w.tx(s, func(tx *Tx) error {
		found, err := tx.LettersByMessageID([]string{"sent@example.com"})
		if len(found) != 1 || found[0].Ref != "PB-2" || found[0].SentAt.IsZero() {
			t.Errorf("the letter that was sent: %+v", found)
		}
		return err
	})
	w.now = w.now.Add(time.Hour)
	due := w.claimLetters(s, 9, BrakeLimit{})
	ids := map[string]string{}
	for _, d := range due {
		ids[d.MessageID] = string(d.Raw)
		if d.Attempt != 2 || d.Unreadable != nil {
			t.Errorf("letter %+v", d)
		}
	}
	if len(due) != 2 || ids["ack@example.com"] != "Subject: ack\r\n\r\nHello" || ids["marker.2@example.com"] != "Mail of marker" {
		t.Errorf("outbox %v", ids)
	}
	if mails := w.claim(s, 9); len(mails) != 1 || string(mails[0].Raw) != "pending when the program was replaced" {
		t.Errorf("mails %+v", mails)
	}
	if r := w.audit(s); len(r.Problems) != 0 || r.Events != 4 {
		t.Errorf("audit %+v", r)
	}
	if kept := must[[]KeptTicket](t)(s.KeptTickets(ctx, w.now, 0, 9)); len(kept) != 1 || kept[0].Ref != "PB-3" {
		t.Errorf("closed tickets %+v", kept)
	}
	if r := must[RotateReport](t)(s.RotateKeys(ctx, false, false)); r.Rewrapped != 6 {
		t.Errorf("rotation %+v", r)
	}
	w.open("again").Close()
}

// A program that knows less than the database by now changes nothing: one of this kind notices by the
// version, one of the first schema by what the database refuses (SQLite: it is waited for).
func testOutdated(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	w.save(s, w.inbound("mail"))
	l := w.lease(s)
	if w.url[:6] != "sqlite" {
		for _, claim := range []string{"UPDATE mails SET claimed_by = 'old', claimed_until = 1", "INSERT INTO leases (name, holder, token, expires_at) VALUES ('x', 'old', 1, 1)"} {
			if err := s.db.Exec(claim).Error; err == nil {
				t.Errorf("a process of the first schema could: %s", claim)
			}
		}
	}
	s.schema-- // as if a newer program had migrated meanwhile
	for _, write := range map[string]func() error{
		"decide":       func() error { return s.InTx(ctx, func(*Tx) error { return nil }) },
		"claim mail":   func() error { _, err := s.ClaimMails(ctx, time.Minute, 1, 1); return err },
		"claim letter": func() error { _, err := s.ClaimLetters(ctx, w.now, time.Minute, 1, BrakeLimit{}); return err },
		"renew":        func() error { return s.Renew(ctx, l, time.Minute) },
		"acquire":      func() error { _, _, err := s.Acquire(ctx, "other", time.Minute); return err },
		"take in":      func() error { _, err := s.SaveInbound(ctx, l, []Inbound{w.inbound("x")}, Cursor{}); return err },
	} {
		wantErr(t, write(), ErrNewerSchema)
	}
}
