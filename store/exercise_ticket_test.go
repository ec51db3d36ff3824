package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"privacybot/ticket"
)

func testTicket(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	want := w.example("PB-1", "jane@example.test")
	opened := ticket.Event{At: w.now, Kind: ticket.EventOpened, Actor: "bot", Mail: 3, Text: "asks for a copy"}
	w.tx(s, func(tx *Tx) error {
		if _, err := tx.Ticket("PB-1"); !errors.Is(err, ticket.ErrNotFound) {
			t.Errorf("before: %v", err)
		}
		if err := tx.SaveTicket(want, []ticket.Event{opened}); err != nil {
			return err
		}
		got, err := tx.Ticket("PB-1") // its own writes are seen
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in the transaction: %s", diff)
		}
		return err
	})
	want.Version, want.Assignee = 2, "Ann"
	want.Requests = append(want.Requests, ticket.Request{Right: ticket.Deletion, State: ticket.InWork, ReceivedAt: w.now.Add(time.Hour)})
	want.Parties[0].Verified = w.now
	taken := ticket.Event{At: w.now.Add(time.Hour), Kind: ticket.EventTaken, Actor: "staff:Ann"}
	w.tx(s, func(tx *Tx) error { return tx.SaveTicket(want, []ticket.Event{taken, taken}) })

	if diff := cmp.Diff(want, must[ticket.Ticket](t)(s.Ticket(ctx, "PB-1"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]ticket.Event{opened, taken, taken}, must[[]ticket.Event](t)(s.Events(ctx, "PB-1"))); diff != "" {
		t.Error(diff)
	}
	if n := w.count(s, "requests"); n != 2 {
		t.Errorf("%d requests", n)
	}
	if n := w.count(s, "data_keys"); n != 1 {
		t.Errorf("%d data keys for one ticket", n)
	}
	_, err := s.Ticket(ctx, "PB-2")
	wantErr(t, err, ticket.ErrNotFound)
	_, err = s.Events(ctx, "PB-2")
	wantErr(t, err, ticket.ErrNotFound)
}

// A ticket that somebody else changed is decided again on fresh facts, and a reference that is
// taken is drawn again.
func testTicketConflict(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	w.tx(s, func(tx *Tx) error { return tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil) })

	tries := 0
	w.tx(s, func(tx *Tx) error {
		tries++
		ref := "PB-1" // taken
		if tries > 1 {
			ref = "PB-2"
		}
		return tx.SaveTicket(w.example(ref, "jane@example.test"), nil)
	})
	if tries != 2 {
		t.Errorf("%d tries", tries)
	}
	tries = 0
	err := s.InTx(ctx, func(tx *Tx) error {
		tries++
		stale := w.example("PB-1", "jane@example.test")
		stale.Version = 3
		return tx.SaveTicket(stale, nil)
	})
	wantErr(t, err, ErrConflict)
	if tries != writeTries {
		t.Errorf("%d tries, want %d", tries, writeTries)
	}
	unsaved := w.example("PB-3", "jane@example.test")
	unsaved.Version = 0
	if err := s.InTx(ctx, func(tx *Tx) error { return tx.SaveTicket(unsaved, nil) }); err == nil {
		t.Error("version 0 was stored")
	}
	unsaved.Version = 2
	wantErr(t, s.InTx(ctx, func(tx *Tx) error { return tx.SaveTicket(unsaved, nil) }), ticket.ErrNotFound)
}

// CASES C16, C18: many transactions that read and then write the same ticket; none is lost.
func testTicketRace(t *testing.T, w *world) {
	stores := []*Store{w.open("one"), w.open("two")}
	w.tx(stores[0], func(tx *Tx) error { return tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil) })
	var workers sync.WaitGroup
	for i := range 8 {
		workers.Go(func() {
			for range 10 {
				err := stores[i%2].InTx(context.Background(), func(tx *Tx) error {
					got, err := tx.Ticket("PB-1")
					if err != nil {
						return err
					}
					got.Version++
					got.Flags = append(got.Flags, fmt.Sprint(i))
					return tx.SaveTicket(got, []ticket.Event{{At: w.now, Kind: ticket.EventNote}})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	got := must[ticket.Ticket](t)(stores[0].Ticket(t.Context(), "PB-1"))
	if got.Version != 81 || len(got.Flags) != 80 {
		t.Errorf("version %d with %d changes, want 81 with 80", got.Version, len(got.Flags))
	}
	if n := w.count(stores[0], "events"); n != 80 {
		t.Errorf("%d events, want 80", n)
	}
}

func testOpenTickets(t *testing.T, w *world) {
	s := w.open("one")
	w.tx(s, func(tx *Tx) error {
		for i := range 25 {
			if err := tx.SaveTicket(w.example(fmt.Sprint("PB-", i), "Jane@Example.test"), nil); err != nil {
				return err
			}
		}
		closed := w.example("PB-closed", "jane@example.test")
		closed.Requests[0].State, closed.Requests[0].ClosedAt = ticket.Answered, w.now
		return errors.Join(tx.SaveTicket(closed, nil), tx.SaveTicket(w.example("PB-other", "john@example.test"), nil))
	})
	w.exec(s, "UPDATE tickets SET sealed = ? WHERE ref = 'PB-23'", []byte("damaged"))
	w.tx(s, func(tx *Tx) error {
		got, err := tx.OpenTickets("jane@example.TEST")
		if len(got) != openTickets-1 || got[0].Ref != "PB-24" || got[1].Ref != "PB-22" {
			t.Errorf("%d tickets, the first %+v", len(got), got)
		}
		none, err2 := tx.OpenTickets("jane+x@example.test") // A16
		if len(none) != 0 {
			t.Errorf("somebody else's tickets: %d", len(none))
		}
		return errors.Join(err, err2)
	})
	// The address changes hands: the index follows.
	w.tx(s, func(tx *Tx) error {
		changed := w.example("PB-24", "new@example.test")
		changed.Version = 2
		return tx.SaveTicket(changed, nil)
	})
	w.tx(s, func(tx *Tx) error {
		got, err := tx.OpenTickets("new@example.test")
		if len(got) != 1 {
			t.Errorf("%d tickets under the new address", len(got))
		}
		return err
	})
	all, err := s.Tickets(t.Context(), Filter{})
	if len(all) != 26 || !errors.Is(err, ErrUnreadable) {
		t.Errorf("%d tickets, %v: the damaged one must be named and stop no other", len(all), err)
	}
}

// CASES C3: a decision is written as a whole or not at all.
func testAllOrNothing(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	w.save(s, w.inbound("mail"))
	mail := w.claim(s, 1)[0]
	broken := errors.New("broken")
	err := s.InTx(ctx, func(tx *Tx) error {
		return errors.Join(
			tx.SaveTicket(w.example("PB-1", "jane@example.test"), []ticket.Event{{At: w.now, Kind: ticket.EventOpened}}),
			tx.QueueLetters([]ticket.Letter{letter(ticket.LetterAcknowledgement, "k", "PB-1"), letter(ticket.LetterDigest, "d", "")}),
			tx.FinishMail(MailResult{ID: mail.ID, Disposition: ticket.DispTicket, Ref: "PB-1"}),
			broken)
	})
	if !errors.Is(err, broken) || err.Error() != "broken" {
		t.Errorf("got %v", err)
	}
	for _, table := range []string{"tickets", "requests", "parties", "events", "letters", "letter_contents", "mails WHERE state <> 'pending'"} {
		if n := w.count(s, table); n != 0 {
			t.Errorf("%s: %d rows", table, n)
		}
	}
	if n := w.count(s, "data_keys"); n != 1 {
		t.Errorf("%d data keys, want the mail's", n)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		s.InTx(ctx, func(tx *Tx) error {
			tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil)
			panic("in a decision")
		})
	}()
	w.tx(s, func(tx *Tx) error { // the lock is free and nothing was written
		_, err := tx.Ticket("PB-1")
		wantErr(t, err, ticket.ErrNotFound)
		return nil
	})
}

// The rate brake by address counts what was ordered and knows what it was about.
func testBrakeByAddress(t *testing.T, w *world) {
	s := w.open("one")
	w.tx(s, func(tx *Tx) error {
		two := w.example("PB-1", "jane@example.test")
		two.Requests = append(two.Requests, ticket.Request{Right: ticket.Complaint, State: ticket.Received, ReceivedAt: w.now})
		other := letter(ticket.LetterAcknowledgement, "to another", "PB-1")
		other.To = "john@example.test"
		return errors.Join(tx.SaveTicket(two, nil), tx.QueueLetters([]ticket.Letter{
			letter(ticket.LetterAcknowledgement, "a", "PB-1"), letter(ticket.LetterVerification, "b", "PB-1"),
			letter(ticket.LetterAnswer, "not braked", "PB-1"), other}))
	})
	check := func(address string, since time.Time, want int, wantRights ...ticket.Right) {
		t.Helper()
		w.tx(s, func(tx *Tx) error {
			n, rights, err := tx.Acknowledged(address, since)
			if n != want || !slices.Equal(rights, wantRights) {
				t.Errorf("got %d %v, want %d %v", n, rights, want, wantRights)
			}
			return err
		})
	}
	check("JANE@example.test", w.now, 2, ticket.Access, ticket.Complaint)
	check("jane@example.test", w.now.Add(time.Microsecond), 0)
	check("nobody@example.test", w.now.Add(-time.Hour), 0)
}

// The same mail delivered twice is recognised, another one under its Message-ID is not.
func testCopies(t *testing.T, w *world) {
	s := w.open("one")
	w.save(s, w.inbound("direct"), w.inbound("through a list"), w.inbound("without id"))
	mails := w.claim(s, 3)
	w.tx(s, func(tx *Tx) error {
		return errors.Join(
			tx.FinishMail(MailResult{ID: mails[0].ID, Disposition: ticket.DispTicket, Ref: "PB-1", MessageID: "m1", CopyKey: "k1"}),
			tx.FinishMail(MailResult{ID: mails[2].ID, Disposition: ticket.DispOther, Reason: "small talk", CopyKey: "k2"}))
	})
	check := func(messageID, key string, not, want int64, wantRef string) {
		t.Helper()
		w.tx(s, func(tx *Tx) error {
			id, ref, ok, err := tx.SameMail(messageID, key, not)
			if id != want || ref != wantRef || ok != (want != 0) {
				t.Errorf("got %d %q %v, want %d %q", id, ref, ok, want, wantRef)
			}
			return err
		})
	}
	check("m1", "k1", mails[1].ID, mails[0].ID, "PB-1")
	check("m1", "k1", mails[0].ID, 0, "")
	check("m1", "other text", mails[1].ID, 0, "")
	check("m2", "k1", mails[1].ID, 0, "")
	check("", "k2", mails[1].ID, 0, "")

	// A mail judged other is opened by people later; one that is pending is not.
	w.tx(s, func(tx *Tx) error {
		got, err := tx.Mail(mails[2].ID)
		if string(got.Raw) != "without id" || got.Disposition != ticket.DispOther {
			t.Errorf("mail %+v", got)
		}
		return errors.Join(err, tx.RejudgeMail(mails[2].ID, ticket.DispTicket, "PB-2", "opened by Ann"))
	})
	if got := must[string](t)(s.Reason(t.Context(), mails[2].ID)); got != "opened by Ann" {
		t.Errorf("reason %q", got)
	}
	if err := s.InTx(t.Context(), func(tx *Tx) error { return tx.RejudgeMail(mails[1].ID, ticket.DispTicket, "PB-2", "") }); err == nil {
		t.Error("a pending mail was rejudged")
	}
	w.tx(s, func(tx *Tx) error {
		_, err := tx.Mail(999)
		wantErr(t, err, ticket.ErrNotFound)
		return nil
	})
	if got := w.ledger(s)[2]; got.Disposition != ticket.DispTicket || got.Ref != "PB-2" {
		t.Errorf("ledger %+v", got)
	}
}
