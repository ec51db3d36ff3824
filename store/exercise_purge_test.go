package store

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

// closed fills a database as full does and closes its ticket.
func (w *world) closed(s *Store, marker string) (mail int64) {
	w.t.Helper()
	id := w.full(s, marker)
	w.tx(s, func(tx *Tx) error {
		t, err := tx.Ticket("PB-1")
		if err != nil {
			return err
		}
		t.Version++
		t.Requests[0].State, t.Requests[0].Outcome, t.Requests[0].ClosedAt = ticket.Answered, ticket.OutcomePartly, w.now
		return tx.SaveTicket(t, []ticket.Event{{At: w.now, Kind: ticket.EventClosed, Actor: "operator", Text: marker}})
	})
	return id
}

// CASES D57, D59: what is erased cannot be opened, its record stays, the same mail is not taken in
// again, and every step is on the chain and on the erasure list.
func testPurge(t *testing.T, w *world) {
	w.erasures = filepath.Join(t.TempDir(), "erasures")
	s, ctx := w.open("one"), t.Context()
	id := w.closed(s, "Zebrafinch")
	var wrapped [][]byte
	if err := s.db.Raw("SELECT wrapped FROM data_keys").Scan(&wrapped).Error; err != nil || len(wrapped) != 3 {
		t.Fatalf("%d keys, %v", len(wrapped), err)
	}
	later := w.now.Add(time.Hour)
	kept := must[[]KeptMail](t)(s.KeptMails(ctx, later, 0, 9))
	if len(kept) != 1 || kept[0].ID != id || kept[0].Ref != "PB-1" || len(kept[0].Rights) != 1 || !kept[0].ClosedAt.Equal(w.now.Truncate(time.Microsecond)) {
		t.Errorf("kept %+v", kept)
	}
	if early := must[[]KeptMail](t)(s.KeptMails(ctx, w.now.Add(-time.Hour), 0, 9)); len(early) != 0 {
		t.Errorf("an hour before: %+v", early)
	}

	w.tx(s, func(tx *Tx) error { return tx.StripMail(id, []byte("the text alone")) })
	w.tx(s, func(tx *Tx) error {
		m, err := tx.Mail(id)
		if string(m.Raw) != "the text alone" || m.Unreadable != nil {
			t.Errorf("stripped mail %q, %v", m.Raw, m.Unreadable)
		}
		return err
	})
	if why := must[string](t)(s.Reason(ctx, id)); why != "wrote: Zebrafinch" {
		t.Errorf("reason %q", why)
	}
	w.tx(s, func(tx *Tx) error { return errors.Join(tx.ShredMail(id), tx.ShredMail(id), tx.ShredTicket("PB-1")) })
	letters := must[[]int64](t)(s.EndedLetters(ctx, later, 0, 9))
	if len(letters) != 0 {
		t.Errorf("a waiting letter counts as ended: %v", letters)
	}
	w.exec(s, "UPDATE letters SET state = 'sent', sent_at = created_at WHERE ticket_id IS NULL")
	for _, l := range must[[]int64](t)(s.EndedLetters(ctx, later, 0, 9)) {
		w.tx(s, func(tx *Tx) error { return tx.ShredLetter(l) })
	}
	if n := w.count(s, "data_keys") + w.count(s, "mail_contents") + w.count(s, "letter_contents"); n != 0 {
		t.Errorf("%d keys and contents are left", n)
	}
	if n := w.count(s, "requests WHERE outcome = 'partly' AND state = 'answered'") + w.count(s, "parties") + w.count(s, "tickets WHERE ref = 'PB-1'"); n != 3 {
		t.Errorf("the record is not whole: %d rows", n)
	}
	_, err := s.Ticket(ctx, "PB-1")
	wantErr(t, err, ErrErased)

	w.uid = 0
	again := w.inbound("From: Zebrafinch@example.test\r\nSubject: Zebrafinch\r\n\r\nI am Zebrafinch")
	again.UIDValidity = 99 // C26: the server renumbered the folder
	w.save(s, again)
	if n := w.count(s, "mails WHERE state = 'pending'") + w.count(s, "mail_contents"); n != 0 {
		t.Error("a rescan revived what was erased")
	}
	w.tx(s, func(tx *Tx) error { return tx.DropTicket("PB-1") })
	if n := w.count(s, "tickets") + w.count(s, "requests") + w.count(s, "parties") + w.count(s, "events") + w.count(s, "letters WHERE ticket_id IS NOT NULL"); n != 0 {
		t.Errorf("%d rows of a deleted record", n)
	}
	if r := w.audit(s); len(r.Problems) != 0 || r.Erased != 2 {
		t.Errorf("audit %+v", r)
	}
	list := string(must[[]byte](t)(os.ReadFile(w.erasures)))
	for _, want := range []string{"mail_shredded ", "personal_shredded PB-1\n", "letter_shredded ", "record_deleted PB-1\n"} {
		if strings.Count(list, want) != 1 {
			t.Errorf("the erasure list has not one %q:\n%s", want, list)
		}
	}
	if strings.Contains(strings.ToLower(list), "zebrafinch") {
		t.Error("the erasure list holds a name")
	}
	w.scrubbed(s, wrapped)
}

// scrubbed checks that the wrapped keys are no more in the database's files.
func (w *world) scrubbed(s *Store, wrapped [][]byte) {
	w.t.Helper()
	if err := s.Scrub(w.t.Context()); err != nil {
		w.t.Error(err)
	}
	path, ok := strings.CutPrefix(w.url, "sqlite:")
	if !ok {
		return // its files belong to the server
	}
	for _, name := range []string{path, path + "-wal"} {
		data, err := os.ReadFile(name)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, k := range wrapped {
			if bytes.Contains(data, k) {
				w.t.Errorf("%s still holds the key %s…", filepath.Base(name), hex.EncodeToString(k[:8]))
			}
		}
	}
}

// CASES D60: neither the schedule nor a person erases what is on hold or open.
func testPurgeHold(t *testing.T, w *world) {
	s := w.open("one")
	id := w.full(s, "marker")
	wantErr(t, s.InTx(t.Context(), func(tx *Tx) error { return tx.ShredTicket("PB-1") }), ErrOpen)
	w.tx(s, func(tx *Tx) error {
		t, err := tx.Ticket("PB-1")
		if err != nil {
			return err
		}
		t.Version++
		t.LegalHold = "a court asked for it"
		t.Requests[0].State, t.Requests[0].ClosedAt = ticket.Answered, w.now
		return tx.SaveTicket(t, nil)
	})
	for name, erase := range map[string]func(*Tx) error{
		"shred": func(tx *Tx) error { return tx.ShredTicket("PB-1") },
		"drop":  func(tx *Tx) error { return tx.DropTicket("PB-1") },
		"erase": func(tx *Tx) error { return tx.EraseTicket("PB-1") },
	} {
		if err := s.InTx(t.Context(), erase); !errors.Is(err, ErrHeld) {
			t.Errorf("%s of a held ticket: %v", name, err)
		}
	}
	if k := must[[]KeptMail](t)(s.KeptMails(t.Context(), w.now.Add(time.Hour), 0, 9)); len(k) != 1 || k[0].ID != id || !k[0].Held {
		t.Errorf("kept %+v", k)
	}
}

// CASES D58: one ticket is erased at once, with its mails and letters.
func testEraseTicket(t *testing.T, w *world) {
	s := w.open("one")
	w.closed(s, "marker")
	w.tx(s, func(tx *Tx) error { return tx.EraseTicket("PB-1") })
	if n := w.count(s, "data_keys"); n != 1 { // the sorting mail's own
		t.Errorf("%d keys are left", n)
	}
	if n := w.count(s, "letters WHERE ticket_id IS NOT NULL AND state = 'failed'"); n != 1 {
		t.Error("a letter without content still waits")
	}
	if r := w.audit(s); len(r.Problems) != 0 {
		t.Error(r.Problems)
	}
}
