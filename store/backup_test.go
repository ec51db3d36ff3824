package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

// dump gives all rows of a database as text, times of the restore left out.
func (w *world) dump(s *Store) string {
	w.t.Helper()
	var file bytes.Buffer
	must[BackupReport](w.t)(s.Backup(w.t.Context(), &file))
	zip := must[*gzip.Reader](w.t)(gzip.NewReader(&file))
	var out []string
	for line := range strings.Lines(string(must[[]byte](w.t)(io.ReadAll(zip)))) {
		line = strings.ReplaceAll(strings.ReplaceAll(line, "true", "1"), "false", "0") // SQLite has no truth
		out = append(out, line)
	}
	return strings.Join(out[1:len(out)-1], "")
}

// CASES C63: a backup made of one database is restored into another, of the same and of the other
// engine; everything opens, erasures are done again, letters that may be out already wait.
func TestBackupAndRestore(t *testing.T) {
	lite := func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "mail ?#%.db") }
	for name, engines := range map[string][2]func(testing.TB) string{
		"sqlite": {lite, lite}, "postgres": {mailtest.Postgres, mailtest.Postgres},
		"sqlite to postgres": {lite, mailtest.Postgres}, "postgres to sqlite": {mailtest.Postgres, lite},
	} {
		t.Run(name, func(t *testing.T) { testRestore(t, engines[0](t), engines[1](t)) })
	}
}

func testRestore(t *testing.T, from, to string) {
	w := newWorld(t, from)
	w.erasures = filepath.Join(t.TempDir(), "erasures")
	s, ctx := w.open("one"), t.Context()
	w.closed(s, "Zebrafinch")
	w.tx(s, func(tx *Tx) error {
		return errors.Join(tx.SaveTicket(w.example("PB-2", "john@example.test"), []ticket.Event{{At: w.now, Kind: ticket.EventOpened}}),
			tx.QueueLetters([]ticket.Letter{letter(ticket.LetterAcknowledgement, "ack", "PB-2"), letter(ticket.LetterEscalation, "wake", "PB-2")}))
	})
	w.save(s, w.inbound("erased before the backup"), w.inbound("pending"))
	w.tx(s, func(tx *Tx) error { return tx.ShredMail(2) })
	w.lease(s)
	var file bytes.Buffer
	made := must[BackupReport](t)(s.Backup(ctx, &file))
	if made.Rows < 20 || made.Tables < 10 {
		t.Errorf("backup %+v", made)
	}
	w.tx(s, func(tx *Tx) error { return tx.EraseTicket("PB-1") }) // after the backup

	there := newWorld(t, to)
	there.key, there.erasures, there.now = w.key, w.erasures, w.now
	head := filepath.Join(t.TempDir(), "head")
	if err := writeAuditHead(head, must[AuditHead](t)(s.AuditHead(ctx))); err != nil {
		t.Fatal(err)
	}
	r := must[RestoreReport](t)(Restore(ctx, there.config("restore"), bytes.NewReader(file.Bytes()), RestoreOptions{AuditHead: head}))
	if r.Rows != made.Rows || r.Erased != 2 || r.Held != 1 {
		t.Errorf("restored %+v of %+v", r, made)
	}
	back := there.open("two")
	if _, err := back.Ticket(ctx, "PB-1"); !errors.Is(err, ErrErased) {
		t.Errorf("an erased ticket came back: %v", err)
	}
	if got := must[ticket.Ticket](t)(back.Ticket(ctx, "PB-2")); got.Requester().Address.Address != "john@example.test" {
		t.Errorf("ticket %+v", got)
	}
	held := must[[]LetterState](t)(back.Held(ctx, ""))
	if len(held) != 1 || held[0].Kind != ticket.LetterAcknowledgement || held[0].Hold != holdRestored {
		t.Errorf("held %+v", held)
	}
	if due := there.claimLetters(back, 9, BrakeLimit{}); len(due) != 2 || due[0].Kind != ticket.LetterEscalation || due[0].Unreadable != nil {
		t.Errorf("due %+v", due)
	}
	if at := must[time.Time](t)(back.RestoredAt(ctx)); at.IsZero() {
		t.Error("nobody knows of the restore")
	}
	known := must[AuditHead](t)(ReadAuditHead(head))
	if a := there.audit(back, known); len(a.Problems) != 0 {
		t.Errorf("audit %v", a.Problems)
	}
	// New rows get new ids, and the same mail is known.
	if n := there.save(back, there.inbound("erased before the backup")); n != 0 && there.count(back, "mails") != 3 {
		t.Errorf("an erased mail was taken in again: %d, %d", n, there.count(back, "mails"))
	}
	there.uid = 50
	there.save(back, there.inbound("new"))
	if n := there.count(back, "mails WHERE id = 4"); n != 1 {
		t.Error("an id was given out twice, or left out")
	}
}

// All rows come back as they were, whichever engine they come from.
func TestRestoreIsExact(t *testing.T) {
	a := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	one := a.open("one")
	a.full(one, "marker")
	var file bytes.Buffer
	must[BackupReport](t)(one.Backup(t.Context(), &file))
	keys := one.keys
	fill := func(url string, in []byte) *Store {
		p, err := openSite(t.Context(), url, false)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.close)
		if err := p.fill(t.Context(), keys, bytes.NewReader(in), &RestoreReport{}); err != nil {
			t.Fatal(err)
		}
		s := &Store{sql: p.db, engine: p.engine, keys: keys, now: a.config("").Now}
		if _, err := p.db.Exec("DELETE FROM meta WHERE name = '" + metaRestoring + "'"); err != nil {
			t.Fatal(err)
		}
		return s
	}
	pg := fill(mailtest.Postgres(t), file.Bytes())
	if diff := cmp.Diff(a.dump(one), a.dump(pg)); diff != "" {
		t.Errorf("in PostgreSQL: %s", diff)
	}
	var second bytes.Buffer
	must[BackupReport](t)(pg.Backup(t.Context(), &second))
	lite := fill("sqlite:"+filepath.Join(t.TempDir(), "b.db"), second.Bytes())
	if diff := cmp.Diff(a.dump(one), a.dump(lite)); diff != "" {
		t.Errorf("and back: %s", diff)
	}
}

// A restore never goes over what is there, never takes a file that is not whole or not ours, and
// leaves the database as it was when it fails.
func TestRestoreRefuses(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{
		"sqlite": func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "x.db") }, "postgres": mailtest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			w, ctx := newWorld(t, database(t)), t.Context()
			s := w.open("one")
			w.full(s, "marker")
			var file bytes.Buffer
			must[BackupReport](t)(s.Backup(ctx, &file))
			_, err := Restore(ctx, w.config("r"), bytes.NewReader(file.Bytes()), RestoreOptions{})
			wantErr(t, err, ErrNotEmpty)
			leave := must[func() error](t)(s.Attend(ctx, func() {}))
			w.lease(s)
			_, err = Restore(ctx, w.config("r"), bytes.NewReader(file.Bytes()), RestoreOptions{Force: true})
			wantErr(t, err, ErrAtWork)
			if err := leave(); err != nil {
				t.Fatal(err)
			}
			plain := unzip(t, file.Bytes())
			for what, in := range map[string][]byte{
				"cut off":      zipped(t, plain[:len(plain)-200]),
				"cut in zip":   file.Bytes()[:file.Len()/2],
				"changed":      zipped(t, bytes.Replace(plain, []byte(`"PB-1"`), []byte(`"PB-2"`), 1)),
				"another file": []byte("hello"),
				"other table":  zipped(t, bytes.Replace(plain, []byte(`"table":"meta"`), []byte(`"table":"sqlite_master"`), 1)),
				"other column": zipped(t, bytes.Replace(plain, []byte(`"columns":["name"`), []byte(`"columns":["name\") VALUES (1); --"`), 1)),
			} {
				if _, err := Restore(ctx, w.config("r"), bytes.NewReader(in), RestoreOptions{Force: true}); !errors.Is(err, ErrNoBackup) {
					t.Errorf("%s: %v", what, err)
				}
			}
			foreign := w.config("r")
			foreign.KeyFile = filepath.Join(t.TempDir(), "other.key")
			_, err = Restore(ctx, foreign, bytes.NewReader(file.Bytes()), RestoreOptions{Force: true})
			wantErr(t, err, ErrNoKey)
			must[*Keys](t)(CreateKeys(foreign.KeyFile))
			if _, err = Restore(ctx, foreign, bytes.NewReader(file.Bytes()), RestoreOptions{Force: true}); err == nil {
				t.Error("restored with another key")
			}
			again := w.open("after") // nothing was touched by all that
			if got := must[ticket.Ticket](t)(again.Ticket(ctx, "PB-1")); got.Assignee != "marker" {
				t.Errorf("ticket %+v", got)
			}
			again.Close()
			s.Close()
			if _, err := Restore(ctx, w.config("r"), bytes.NewReader(file.Bytes()), RestoreOptions{Force: true}); err != nil {
				t.Errorf("by force: %v", err)
			}
		})
	}
}

func unzip(t testing.TB, data []byte) []byte {
	t.Helper()
	return must[[]byte](t)(io.ReadAll(must[*gzip.Reader](t)(gzip.NewReader(bytes.NewReader(data)))))
}

func zipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A backup that is made while others write is one moment: no ticket without its events, no chain
// with a gap. It holds no key.
func testBackupWhileRunning(t *testing.T, w *world) {
	s, busy := w.open("one"), w.open("two")
	var stop atomic.Bool
	ended := make(chan error, 1)
	go func() {
		var err error
		for i := 0; err == nil && !stop.Load() && i < 200; i++ {
			err = busy.InTx(context.Background(), func(tx *Tx) error {
				tk := w.example("PB-"+string(rune('A'+i%26))+string(rune('A'+i/26%26))+string(rune('A'+i/676)), "jane@example.test")
				return tx.SaveTicket(tk, []ticket.Event{{At: w.now, Kind: ticket.EventOpened}})
			})
		}
		ended <- err
	}()
	for range 5 {
		var file bytes.Buffer
		must[BackupReport](t)(s.Backup(t.Context(), &file))
		key := must[[]byte](t)(os.ReadFile(w.key))
		if plain := unzip(t, file.Bytes()); bytes.Contains(plain, key[40:80]) {
			t.Error("the backup holds the key")
		}
		there := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "there.db"))
		there.key = w.key
		must[RestoreReport](t)(Restore(t.Context(), there.config("r"), &file, RestoreOptions{}))
		back := there.open("back")
		if a := there.audit(back); len(a.Problems) != 0 || a.Events != int64(there.count(back, "tickets")) {
			t.Errorf("audit %+v, %d tickets", a, there.count(back, "tickets"))
		}
		back.Close()
	}
	stop.Store(true)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
