package store

import (
	"fmt"
	"testing"
	"time"

	"privacybot/ticket"
)

// A52, A53, DESIGN.md 5.4: letters above the bound of their address, domain or thread are put off and told
// so, never dropped; the bounds hold over restarts and instances; others are not touched.
func testBrakesPutOff(t *testing.T, w *world) {
	one, two := w.open("one"), w.open("two")
	limit := BrakeLimit{PerAddressPerDay: 2, PerDomainPerHour: 3, PerThreadPerDay: 4}
	queue := func(kind ticket.LetterKind, key, ref, to string) {
		w.now = w.now.Add(time.Second)
		l := letter(kind, key, ref)
		l.To = to
		w.tx(one, func(tx *Tx) error { return tx.QueueLetters([]ticket.Letter{l}) })
	}
	send := func(s *Store, ds []Delivery) {
		w.tx(s, func(tx *Tx) error {
			for _, d := range ds {
				if err := tx.LetterSent(d, w.now); err != nil {
					return err
				}
			}
			return nil
		})
	}
	w.tx(one, func(tx *Tx) error {
		if err := tx.SaveTicket(w.example("PB-1", "a@example.test"), nil); err != nil {
			return err
		}
		return tx.SaveTicket(w.example("PB-2", "b@example.test"), nil)
	})
	for i := range 4 { // to one address: two go, two wait
		queue(ticket.LetterAcknowledgement, fmt.Sprint("address ", i), "PB-1", "a@one.test")
	}
	queue(ticket.LetterAnswer, "answer", "PB-1", "a@one.test")
	queue(ticket.LetterEscalation, "alarm", "PB-1", "a@one.test")
	got := w.claimLetters(one, 10, limit)
	wantKeys(t, got, "alarm", "address 0", "address 1", "answer")
	wantKeys(t, w.claimLetters(two, 10, limit)) // also while they are being sent
	send(one, got)
	for _, l := range must[[]LetterState](t)(one.Letters(t.Context(), "PB-1")) {
		if put := l.State == LetterReady; put != (l.Brake == brakeAddress) || put && !l.NextAt.After(w.now.Add(23*time.Hour)) {
			t.Errorf("%s: %s, brake %q, next %s", l.Key, l.State, l.Brake, l.NextAt)
		}
	}

	for i := range 8 { // to one domain: three an hour; a provider of mailboxes is no domain
		queue(ticket.LetterNeutral, fmt.Sprint("domain ", i), "", fmt.Sprintf("p%d@two.test", i))
		queue(ticket.LetterNeutral, fmt.Sprint("webmail ", i), "", fmt.Sprintf("p%d@gmail.com", i))
	}
	got = w.claimLetters(one, 30, limit)
	wantKeys(t, got, "domain 0", "webmail 0", "domain 1", "webmail 1", "domain 2", "webmail 2", "webmail 3", "webmail 4", "webmail 5", "webmail 6", "webmail 7")
	send(one, got)
	if held := must[Braked](t)(one.Braked(t.Context(), w.now)); held.Letters != 7 || held.Oldest.IsZero() || !held.Last.After(w.now) {
		t.Errorf("held back: %+v", held)
	}
	w.now = w.now.Add(61 * time.Minute)
	got = w.claimLetters(two, 30, limit)
	wantKeys(t, got, "domain 3", "domain 4", "domain 5")
	send(two, got)
	w.now = w.now.Add(61 * time.Minute)
	got = w.claimLetters(one, 30, limit)
	wantKeys(t, got, "domain 6", "domain 7")
	send(one, got)

	for i := range 6 { // about one ticket, to whomever
		queue(ticket.LetterNotVerified, fmt.Sprint("thread ", i), "PB-2", fmt.Sprintf("t%d@t%d.test", i, i))
	}
	got = w.claimLetters(one, 30, limit)
	wantKeys(t, got, "thread 0", "thread 1", "thread 2", "thread 3")
	send(one, got)
	w.now = w.now.Add(24 * time.Hour)
	got = w.claimLetters(one, 30, limit)
	wantKeys(t, got, "address 2", "address 3", "thread 4", "thread 5")
	send(one, got)
	if held := must[Braked](t)(one.Braked(t.Context(), w.now)); held.Letters != 0 {
		t.Errorf("held back in the end: %+v", held)
	}
	free := letter(ticket.LetterAcknowledgement, "shadow", "PB-1") // in shadow mode it goes to staff
	free.To, free.Unbraked = "a@one.test", true
	w.tx(one, func(tx *Tx) error { return tx.QueueLetters([]ticket.Letter{free}) })
	wantKeys(t, w.claimLetters(one, 10, limit), "shadow")
}

// Many letters that a brake holds do not stand in the way of the others.
func testBrakeLetsOthersPass(t *testing.T, w *world) {
	s := w.open("one")
	w.tx(s, func(tx *Tx) error {
		var letters []ticket.Letter
		for i := range 300 {
			l := letter(ticket.LetterNeutral, fmt.Sprint("flood ", i), "")
			l.To = "victim@one.test"
			letters = append(letters, l)
		}
		return tx.QueueLetters(letters)
	})
	w.now = w.now.Add(time.Second)
	w.tx(s, func(tx *Tx) error { return tx.QueueLetters([]ticket.Letter{letter(ticket.LetterNeutral, "other", "")}) })
	limit := BrakeLimit{PerAddressPerDay: 1}
	wantKeys(t, w.claimLetters(s, 20, limit), "flood 0")
	wantKeys(t, w.claimLetters(s, 20, limit), "other")
	if n := w.count(s, "letters WHERE state = 'ready' AND brake = 'address'"); n != 299 {
		t.Errorf("%d letters put off", n)
	}
}

// The notices that were saved are counted for each ticket and taken once.
func testBundle(t *testing.T, w *world) {
	s := w.open("one")
	if since := must[time.Time](t)(s.BundledSince(t.Context())); !since.IsZero() {
		t.Errorf("something waits since %s", since)
	}
	began := w.now
	w.tx(s, func(tx *Tx) error { return tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil) })
	for range 3 {
		w.tx(s, func(tx *Tx) error { return tx.Bundle("PB-1") })
		w.now = w.now.Add(time.Minute)
	}
	w.tx(s, func(tx *Tx) error { return tx.Bundle("PB-GONE") })
	if since := must[time.Time](t)(s.BundledSince(t.Context())); !since.Equal(began) {
		t.Errorf("waits since %s, want %s", since, began)
	}
	w.tx(s, func(tx *Tx) error {
		rows, err := tx.TakeBundle(10)
		if len(rows) != 1 || rows[0].Ref != "PB-1" || rows[0].Mails != 3 || len(rows[0].Rights) == 0 {
			t.Errorf("took %+v", rows)
		}
		if again, err := tx.TakeBundle(10); len(again) != 0 || err != nil {
			t.Errorf("took again %+v, %v", again, err)
		}
		n, err2 := tx.Noticed("jane@example.test", "", w.now.Add(-24*time.Hour), 5)
		if n != 1 {
			t.Errorf("%d notices about the sender", n)
		}
		if err == nil {
			err = err2
		}
		return err
	})
}
