package store

import (
	"errors"
	"testing"

	"privacybot/ticket"
)

// Traces finds what the single questions would find, also in the transaction that writes it.
func testTraces(t *testing.T, w *world) {
	s := w.open("one")
	w.save(s, w.inbound("first"), w.inbound("second"))
	mails := w.claim(s, 2)
	check := func(tx *Tx, address, messageID, key string, want Traces) {
		t.Helper()
		if got, err := tx.Traces(address, messageID, key, mails[1].ID); err != nil || got != want {
			t.Errorf("%+v %v, want %+v", got, err, want)
		}
	}
	w.tx(s, func(tx *Tx) error {
		check(tx, "jane@example.test", "m1", "k1", Traces{})
		braked, free := letter(ticket.LetterAcknowledgement, "l1", ""), letter(ticket.LetterDigest, "l2", "")
		braked.To, free.To = "ann@example.test", "bob@example.test"
		err := errors.Join(tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil), tx.QueueLetters([]ticket.Letter{braked, free}),
			tx.FinishMail(MailResult{ID: mails[0].ID, Disposition: ticket.DispTicket, Ref: "PB-1", MessageID: "m1", CopyKey: "k1"}))
		check(tx, "JANE@example.test", "", "", Traces{Writer: true})
		check(tx, "ann@example.test", "m1", "other", Traces{Writer: true})
		check(tx, "bob@example.test", "m1", "k1", Traces{Copy: true})
		return err
	})
}

// What is put off to the end of a transaction keeps its order and is written once.
func testPutOff(t *testing.T, w *world) {
	s := w.open("one")
	w.tx(s, func(tx *Tx) error {
		one := w.example("PB-1", "jane@example.test")
		two := one
		two.Version = 2
		twice := letter(ticket.LetterAcknowledgement, "same", "PB-1")
		return errors.Join(
			tx.SaveTicket(one, []ticket.Event{{At: w.now, Kind: ticket.EventOpened, Text: "a"}, {At: w.now, Kind: ticket.EventOpened, Text: "b"}}),
			tx.QueueLetters([]ticket.Letter{twice, twice}), tx.QueueLetters([]ticket.Letter{twice}),
			tx.SaveTicket(two, []ticket.Event{{At: w.now, Kind: ticket.EventOpened, Text: "c"}}))
	})
	text := ""
	for _, e := range must[[]ticket.Event](t)(s.Events(t.Context(), "PB-1")) {
		text += e.Text
	}
	if text != "abc" {
		t.Errorf("events %q", text)
	}
	if n, contents := w.count(s, "letters"), w.count(s, "letter_contents"); n != 1 || contents != 1 {
		t.Errorf("%d letters with %d contents", n, contents)
	}
}
