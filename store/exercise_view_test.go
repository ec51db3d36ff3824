package store

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"privacybot/ticket"
)

// finish decides the claimed mails with these dispositions.
func (w *world) finish(s *Store, mails []Mail, as ...ticket.Disposition) {
	w.t.Helper()
	w.tx(s, func(tx *Tx) error {
		var err error
		for i, m := range mails {
			err = errors.Join(err, tx.FinishMail(MailResult{ID: m.ID, Disposition: as[i]}))
		}
		return err
	})
}

func testViews(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	start := w.now
	w.save(s, w.inbound("a"), w.inbound("b"), w.inbound("c"), w.inbound("d"))
	mails := w.claim(s, 4)
	w.finish(s, mails[:3], ticket.DispOther, ticket.DispBulk, ticket.DispSpam)
	if n, _, _, err := s.Pending(ctx); n != 1 || err != nil {
		t.Errorf("%d pending, %v", n, err)
	}
	sorting := must[[]Mail](t)(s.Sorting(ctx, start.Add(-time.Second), 0, start, 10))
	if len(sorting) != 2 || string(sorting[0].Raw) != "a" || sorting[1].Disposition != ticket.DispSpam {
		t.Errorf("sorting %+v", sorting)
	}
	if got := must[[]Mail](t)(s.Sorting(ctx, start, sorting[0].ID, start, 10)); len(got) != len(sorting)-1 {
		t.Errorf("the page behind the first mail holds %d", len(got))
	}
	if got := must[[]Mail](t)(s.Sorting(ctx, start, math.MaxInt64, start.Add(time.Hour), 10)); len(got) != 0 {
		t.Errorf("what was decided at the limit is shown twice: %+v", got)
	}

	alarm := func(ref string, in time.Duration) ticket.Ticket {
		c := w.example(ref, "jane@example.test")
		c.Child = &ticket.ChildAlert{RaisedAt: w.now, NextAlarm: w.now.Add(in)}
		return c
	}
	closed := alarm("PB-3", -time.Hour)
	closed.Requests[0].State, closed.Requests[0].ClosedAt = ticket.NoRequest, w.now
	w.tx(s, func(tx *Tx) error {
		return errors.Join(tx.SaveTicket(alarm("PB-1", 0), nil), tx.SaveTicket(alarm("PB-2", -time.Minute), nil),
			tx.SaveTicket(closed, nil), tx.SaveTicket(alarm("PB-4", time.Microsecond), nil), tx.SaveTicket(w.example("PB-5", "x@example.test"), nil))
	})
	for _, c := range []struct {
		at   time.Time
		n    int
		want []string
	}{
		{w.now, 9, []string{"PB-2", "PB-1"}},
		{w.now, 1, []string{"PB-2"}},
		{w.now.Add(-time.Second), 9, []string{"PB-2"}},
		{w.now.Add(time.Microsecond), 9, []string{"PB-2", "PB-1", "PB-4"}},
	} {
		if got := must[[]string](t)(s.DueTickets(ctx, c.at, c.n)); !slices.Equal(got, c.want) {
			t.Errorf("due at %v: %v, want %v", c.at, got, c.want)
		}
	}
	for _, c := range []struct {
		filter Filter
		want   string
	}{
		{Filter{}, "[PB-1 PB-2 PB-3 PB-4 PB-5]"},
		{Filter{OpenOnly: true}, "[PB-1 PB-2 PB-4 PB-5]"},
		{Filter{State: "closed"}, "[PB-3]"},
		{Filter{State: "closed", OpenOnly: true}, "[]"},
	} {
		refs := []string{}
		for _, tk := range must[[]ticket.Ticket](t)(s.Tickets(ctx, c.filter)) {
			refs = append(refs, tk.Ref)
		}
		if fmt.Sprint(refs) != c.want {
			t.Errorf("%+v: %v, want %s", c.filter, refs, c.want)
		}
	}
	stop := errors.New("stop")
	seen := 0
	wantErr(t, s.Ledger(ctx, func(LedgerRow) error { seen++; return stop }), stop)
	if seen != 1 {
		t.Errorf("went on after an error: %d", seen)
	}
}

func testDigest(t *testing.T, w *world) {
	s := w.open("one")
	day := 24 * time.Hour
	with := func(ref string, change func(*ticket.Ticket)) ticket.Ticket {
		c := w.example(ref, "jane@example.test")
		change(&c)
		return c
	}
	due := func(in time.Duration) func(*ticket.Ticket) {
		return func(c *ticket.Ticket) {
			c.Requests[0].Deadline = ticket.Deadline{Legal: w.now.Add(in), Target: w.now.Add(in)}
		}
	}
	before := w.now.Add(-2 * day)
	old := with("PB-old", func(c *ticket.Ticket) { c.Requests[0].State, c.Requests[0].ClosedAt = ticket.Answered, before })
	for _, tk := range []ticket.Ticket{
		old, with("PB-overdue", due(-time.Second)), with("PB-soon", due(7*day)), with("PB-later", due(7*day+time.Second)),
		with("PB-child", func(c *ticket.Ticket) {
			c.Requests[0].Right, c.Child = ticket.Child, &ticket.ChildAlert{RaisedAt: w.now}
		}),
		with("PB-code", func(c *ticket.Ticket) { c.Verification = &ticket.Verification{AskedAt: w.now} }),
		with("PB-lost", func(c *ticket.Ticket) { c.Undeliverable = "5.1.1" }),
		with("PB-human", func(c *ticket.Ticket) {
			c.NeedsHuman = "contradictory"
			c.Requests = append(c.Requests, ticket.Request{Right: ticket.Complaint, State: ticket.Refused, ReceivedAt: w.now, ClosedAt: w.now})
		}),
	} {
		now := w.now
		if tk.Ref == "PB-old" {
			w.now = before
		}
		w.tx(s, func(tx *Tx) error { return tx.SaveTicket(tk, nil) })
		w.now = now
	}
	heldLetter := letter(ticket.LetterAnswer, "held", "PB-later")
	heldLetter.Hold = "why"
	w.tx(s, func(tx *Tx) error {
		return tx.QueueLetters([]ticket.Letter{heldLetter, letter(ticket.LetterAnswer, "wait", "PB-later"), letter(ticket.LetterAnswer, "fail", "PB-later"), letter(ticket.LetterAnswer, "new", "PB-later")})
	})
	claimed := w.claimLetters(s, 2, BrakeLimit{})
	w.tx(s, func(tx *Tx) error {
		return errors.Join(tx.LetterRetry(claimed[0], w.now.Add(day), 421), tx.LetterFailed(claimed[1], 550))
	})
	baseline := w.inbound("")
	baseline.Baseline = true
	first := w.inbound("1")
	again := w.inbound("1")
	w.save(s, first, again, baseline, w.inbound("2"), w.inbound("3"), w.inbound("4"))
	w.finish(s, w.claim(s, 3), ticket.DispBounce, ticket.DispQuarantine, ticket.DispTicket)
	if err := s.Polled(t.Context(), w.lease(s), "privacy@example.com", "INBOX", w.now); err != nil {
		t.Fatal(err)
	}

	access := []ticket.Right{ticket.Access}
	month := w.now.Add(30 * day)
	want := ticket.Digest{
		Children:      []ticket.DigestRow{{Ref: "PB-child", Rights: []ticket.Right{ticket.Child}, Due: month, State: "received"}},
		Overdue:       []ticket.DigestRow{{Ref: "PB-overdue", Rights: access, Due: w.now.Add(-time.Second), State: "received"}},
		DueSoon:       []ticket.DigestRow{{Ref: "PB-soon", Rights: access, Due: w.now.Add(7 * day), State: "received"}},
		Unverified:    []ticket.DigestRow{{Ref: "PB-code", Rights: access, Due: month, State: "verifying"}},
		Undeliverable: []ticket.DigestRow{{Ref: "PB-lost", Rights: access, Due: month, State: "received"}},
		NeedsHuman:    []ticket.DigestRow{{Ref: "PB-human", Rights: []ticket.Right{ticket.Access, ticket.Complaint}, Due: month, State: "received"}},
		Quarantined:   1, LettersWait: 1, LettersHeld: 1, LettersFailed: 1, UnmatchedDSN: 1,
		New: 7, Closed: 0, Open: 7, OpenByRight: map[ticket.Right]int{ticket.Access: 6, ticket.Child: 1},
		Mails: 6, Pending: 1, Dispositions: map[string]int{"bounce": 1, "quarantine": 1, "ticket": 1, "duplicate": 1, "baseline": 1},
		LastPoll: map[string]time.Time{"INBOX": w.now}, LedgerDiffer: -1,
	}
	want.AuditEntry = must[AuditHead](t)(s.AuditHead(t.Context())).String()
	if diff := cmp.Diff(want, must[ticket.Digest](t)(s.Digest(t.Context(), w.now.Add(-day), w.now))); diff != "" {
		t.Error(diff)
	}
	if got := must[ticket.Digest](t)(s.Digest(t.Context(), before.Add(-time.Second), w.now)); got.New != 8 || got.Closed != 1 {
		t.Errorf("over three days: %d new, %d closed", got.New, got.Closed)
	}
	if got := must[ticket.Digest](t)(s.Digest(t.Context(), before.Add(-time.Second), before)); got.New != 1 || got.Closed != 1 || len(got.Dispositions) != 0 {
		t.Errorf("up to two days ago: %d new, %d closed, %v", got.New, got.Closed, got.Dispositions)
	}
	// The last days: what was closed then was open before, by right and by law.
	var trends ticket.Digest
	today := time.Date(w.now.UTC().Year(), w.now.UTC().Month(), w.now.UTC().Day(), 0, 0, 0, 0, time.UTC)
	if err := s.DigestTrends(t.Context(), &trends, today, w.now.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	opened, closed := 0, 0
	for _, d := range trends.Month {
		opened, closed = opened+d.New, closed+d.Closed
	}
	if last := trends.Month[len(trends.Month)-1]; len(trends.Month) != 30 || opened != 8 || closed != 1 || last.Open != 7 {
		t.Errorf("%d days, %d opened, %d closed, %d open at the end", len(trends.Month), opened, closed, last.Open)
	}
	if len(trends.Laws) == 0 || trends.Laws[0].Name != "eu-gdpr" || trends.Laws[0].Overdue != 1 || trends.Ages[0].Open == 0 || trends.Closing.Count == 0 {
		t.Errorf("laws %+v, ages %+v, closing %+v", trends.Laws, trends.Ages, trends.Closing)
	}
	then := must[ticket.Digest](t)(s.Digest(t.Context(), before.Add(-time.Hour), before.Add(-time.Millisecond)))
	if then.Open != 0 {
		t.Errorf("%d were open before the first was opened", then.Open)
	}
}

// Times come back to the microsecond, whatever their zone, and order as instants.
func testTimes(t *testing.T, w *world) {
	s := w.open("one")
	lisbon, kiritimati := time.FixedZone("", 0), time.FixedZone("", 14*3600)
	times := []time.Time{
		{}, time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Unix(0, 0),
		time.Date(2026, 10, 25, 2, 30, 0, 1000, kiritimati), time.Date(2026, 10, 25, 2, 30, 0, 1000, lisbon),
		time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC),
	}
	var in []Inbound
	for i, at := range times {
		m := w.inbound(fmt.Sprint(i))
		m.ReceivedAt = at
		in = append(in, m)
	}
	w.save(s, in...)
	for i, m := range w.claim(s, 10) {
		if !m.ReceivedAt.Equal(times[i]) || m.ReceivedAt.Location() != time.UTC || string(m.Raw) != fmt.Sprint(i) {
			t.Errorf("%d: %v came back as %v", i, times[i], m.ReceivedAt)
		}
	}
	for _, at := range times {
		if got := fromNullable(microsOrNull(at)); !got.Equal(at) {
			t.Errorf("%v came back as %v", at, got)
		}
	}
}
