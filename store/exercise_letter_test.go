package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"privacybot/ticket"
)

func (w *world) claimLetters(s *Store, n int, brake BrakeLimit) []Delivery {
	w.t.Helper()
	return must[[]Delivery](w.t)(s.ClaimLetters(w.t.Context(), w.now, time.Minute, n, brake))
}

func keysOf(ds []Delivery) (keys []string) {
	for _, d := range ds {
		keys = append(keys, d.Key)
	}
	return keys
}

func wantKeys(t testing.TB, got []Delivery, want ...string) {
	t.Helper()
	if keys := keysOf(got); !slices.Equal(keys, want) {
		t.Errorf("letters %q, want %q", keys, want)
	}
}

func testLetters(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	ack := letter(ticket.LetterAcknowledgement, "ack", "PB-1")
	held := letter(ticket.LetterAnswer, "held", "PB-1")
	held.Hold = "received before the first start"
	sorting := letter(ticket.LetterSorting, "sorting", "")
	sorting.Mails = []int64{5, 3}
	alarm := ticket.Letter{Kind: ticket.LetterAlarm, Key: "alarm 1", Ref: "PB-1"}
	alarm2 := ticket.Letter{Kind: ticket.LetterAlarm, Key: "alarm 2", Ref: "PB-1"} // no Message-ID either
	w.tx(s, func(tx *Tx) error {
		return errors.Join(tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil),
			tx.QueueLetters([]ticket.Letter{ack, held, sorting, alarm, alarm2, ack}))
	})
	w.tx(s, func(tx *Tx) error { // a second order with the same key, whatever its bytes
		again := ack
		again.MessageID, again.Raw = "another@example.com", []byte("other")
		return tx.QueueLetters([]ticket.Letter{again})
	})
	if n := w.count(s, "letters"); n != 5 {
		t.Errorf("%d letters, want 5", n)
	}
	if err := s.InTx(ctx, func(tx *Tx) error {
		return tx.QueueLetters([]ticket.Letter{letter(ticket.LetterAnswer, "x", "PB-9")})
	}); !errors.Is(err, ticket.ErrNotFound) {
		t.Errorf("a letter of no ticket: %v", err)
	}
	w.tx(s, func(tx *Tx) error {
		got, err := tx.LettersByMessageID([]string{"sorting@example.com", "unknown@example.com", "", "ack@example.com"})
		slices.SortFunc(got, func(a, b ticket.SentLetter) int { return int(a.ID - b.ID) })
		want := []ticket.SentLetter{
			{ID: 1, Kind: ticket.LetterAcknowledgement, Key: "ack", Ref: "PB-1", To: "jane@example.test", MessageID: "ack@example.com"},
			{ID: 3, Kind: ticket.LetterSorting, Key: "sorting", To: "jane@example.test", MessageID: "sorting@example.com", Mails: []int64{5, 3}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
	got := w.claimLetters(s, 10, BrakeLimit{})
	wantKeys(t, got, "alarm 1", "alarm 2", "ack", "sorting")
	if !bytes.Equal(got[2].Raw, ack.Raw) || got[2].To != ack.To || got[2].MessageID != ack.MessageID || got[2].Ref != "PB-1" || got[2].Attempt != 1 {
		t.Errorf("delivery %+v", got[2])
	}
	if waiting := must[[]LetterState](t)(s.Held(ctx, "")); len(waiting) != 1 || waiting[0].Hold != held.Hold || waiting[0].State != LetterHeld {
		t.Errorf("held %+v", waiting)
	}
	w.tx(s, func(tx *Tx) error {
		n, err := tx.ReleaseHeld("PB-1")
		if n != 1 {
			t.Errorf("released %d", n)
		}
		return err
	})
	wantKeys(t, w.claimLetters(s, 10, BrakeLimit{}), "held")
	if waiting := must[[]LetterState](t)(s.Held(ctx, "PB-1")); len(waiting) != 0 {
		t.Errorf("still held: %+v", waiting)
	}
	if all := must[[]LetterState](t)(s.Letters(ctx, "PB-1")); len(all) != 4 || all[0].Key != "ack" || all[0].Attempts != 1 {
		t.Errorf("letters %+v", all)
	}
}

// Claim, retry with backoff, give up; child alerts first (CASES C39 to C41, C49).
func testOutbox(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	later := letter(ticket.LetterDigest, "later", "")
	later.NotBefore = w.now.Add(time.Hour)
	w.tx(s, func(tx *Tx) error {
		return errors.Join(tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil),
			tx.QueueLetters([]ticket.Letter{letter(ticket.LetterAnswer, "first", "PB-1"), letter(ticket.LetterAnswer, "second", "PB-1"), later,
				letter(ticket.LetterEscalation, "child", "PB-1")}))
	})
	child := w.claimLetters(s, 1, BrakeLimit{})
	wantKeys(t, child, "child")
	rest := w.claimLetters(s, 10, BrakeLimit{})
	wantKeys(t, rest, "first", "second")
	retry := w.now.Add(5 * time.Minute)
	w.tx(s, func(tx *Tx) error {
		return errors.Join(tx.LetterSent(child[0], w.now), tx.LetterRetry(rest[0], retry, 451), tx.LetterFailed(rest[1], 550))
	})
	_, letters, next, err := s.Pending(ctx)
	if err != nil || letters != 2 || !next.Equal(retry) {
		t.Errorf("pending %d at %v, %v; want 2 at %v", letters, next, err, retry)
	}
	wantKeys(t, w.claimLetters(s, 10, BrakeLimit{}))
	w.now = retry
	again := w.claimLetters(s, 10, BrakeLimit{})
	wantKeys(t, again, "first")
	if again[0].Attempt != 2 || !bytes.Equal(again[0].Raw, rest[0].Raw) {
		t.Errorf("second try %+v", again[0])
	}
	w.now = later.NotBefore
	wantKeys(t, w.claimLetters(s, 10, BrakeLimit{}), "later")
	var states []string
	for _, l := range must[[]LetterState](t)(s.Letters(ctx, "PB-1")) {
		states = append(states, fmt.Sprintf("%s %s %d", l.Key, l.State, l.Code))
	}
	if want := []string{"first ready 451", "second failed 550", "child sent 0"}; !slices.Equal(states, want) {
		t.Errorf("states %q, want %q", states, want)
	}
}

// CASES C4, C5, C51: after a crash between DATA and our commit the same bytes go again under the
// same Message-ID, and only who holds the newest claim has the last word.
func testOutboxStale(t *testing.T, w *world) {
	one, two, ctx := w.open("one"), w.open("two"), t.Context()
	w.tx(one, func(tx *Tx) error {
		return tx.QueueLetters([]ticket.Letter{letter(ticket.LetterDigest, "k", "")})
	})
	stale := must[[]Delivery](t)(one.ClaimLetters(ctx, w.now, -time.Second, 1, BrakeLimit{}))
	if err := one.RenewLetters(ctx, stale, time.Minute); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, w.claimLetters(two, 1, BrakeLimit{})) // renewed: still the first's
	if err := one.RenewLetters(ctx, stale, -time.Second); err != nil {
		t.Fatal(err)
	}
	fresh := w.claimLetters(two, 1, BrakeLimit{})
	if len(fresh) != 1 || fresh[0].Attempt != 2 || fresh[0].MessageID != stale[0].MessageID || !bytes.Equal(fresh[0].Raw, stale[0].Raw) {
		t.Fatalf("got %+v after %+v", fresh, stale)
	}
	for _, end := range []func(*Tx, Delivery) error{
		func(tx *Tx, d Delivery) error { return tx.LetterSent(d, w.now) },
		func(tx *Tx, d Delivery) error { return tx.LetterRetry(d, w.now, 0) },
		func(tx *Tx, d Delivery) error { return tx.LetterFailed(d, 550) },
	} {
		wantErr(t, one.InTx(ctx, func(tx *Tx) error { return end(tx, stale[0]) }), ErrLeaseLost)
		wantErr(t, two.InTx(ctx, func(tx *Tx) error { return end(tx, stale[0]) }), ErrLeaseLost)
	}
	if err := one.RenewLetters(ctx, stale, -time.Second); err != nil { // must not take it from the other
		t.Fatal(err)
	}
	wantKeys(t, w.claimLetters(one, 1, BrakeLimit{}))
	w.tx(two, func(tx *Tx) error { return tx.LetterSent(fresh[0], w.now) })
	wantErr(t, two.InTx(ctx, func(tx *Tx) error { return tx.LetterSent(fresh[0], w.now) }), ErrLeaseLost)
}

// DESIGN.md 5.4: the brake holds acknowledgements, never child alerts or staff's answers.
func testBrake(t *testing.T, w *world) {
	one, two := w.open("one"), w.open("two")
	w.tx(one, func(tx *Tx) error {
		if err := tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil); err != nil {
			return err
		}
		for i := range 5 {
			if err := tx.QueueLetters([]ticket.Letter{letter(ticket.LetterAcknowledgement, fmt.Sprint("ack ", i), "PB-1")}); err != nil {
				return err
			}
		}
		return tx.QueueLetters([]ticket.Letter{letter(ticket.LetterAnswer, "answer", "PB-1"), letter(ticket.LetterEscalation, "child", "PB-1")})
	})
	limit := BrakeLimit{PerHour: 3}
	first := w.claimLetters(one, 3, limit)
	wantKeys(t, first, "child", "ack 0", "ack 1")
	second := w.claimLetters(two, 3, limit) // what the other instance is sending counts
	wantKeys(t, second, "ack 2")
	third := w.claimLetters(two, 4, limit)
	wantKeys(t, third, "answer")
	w.tx(one, func(tx *Tx) error {
		return errors.Join(tx.LetterSent(first[0], w.now), tx.LetterSent(first[1], w.now), tx.LetterSent(first[2], w.now))
	})
	w.tx(two, func(tx *Tx) error {
		return errors.Join(tx.LetterSent(second[0], w.now), tx.LetterSent(third[0], w.now))
	})
	wantKeys(t, w.claimLetters(one, 10, limit))
	w.now = w.now.Add(time.Hour)
	wantKeys(t, w.claimLetters(one, 10, limit), "ack 3", "ack 4")
}
