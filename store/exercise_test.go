package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

// Every behaviour is shown on both databases.
func TestSQLite(t *testing.T) {
	exercise(t, func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "mail ?#%.db") })
}

func TestPostgres(t *testing.T) { exercise(t, mailtest.Postgres) }

func exercise(t *testing.T, database func(testing.TB) string) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, *world)
	}{
		{"Intake", testIntake},
		{"IntakeLarge", testIntakeLarge},
		{"Cursor", testCursor},
		{"Lease", testLease},
		{"LeaseStale", testLeaseStale},
		{"ClaimMails", testClaimMails},
		{"ClaimSuspects", testClaimSuspects},
		{"ClaimStale", testClaimStale},
		{"NothingTwice", testNothingTwice},
		{"Ticket", testTicket},
		{"TicketConflict", testTicketConflict},
		{"TicketRace", testTicketRace},
		{"OpenTickets", testOpenTickets},
		{"AllOrNothing", testAllOrNothing},
		{"Letters", testLetters},
		{"Outbox", testOutbox},
		{"OutboxStale", testOutboxStale},
		{"Brake", testBrake},
		{"BrakeByAddress", testBrakeByAddress},
		{"BrakesPutOff", testBrakesPutOff}, {"BrakeLetsOthersPass", testBrakeLetsOthersPass}, {"Bundle", testBundle},
		{"Copies", testCopies},
		{"Traces", testTraces},
		{"PutOff", testPutOff},
		{"Views", testViews},
		{"Digest", testDigest},
		{"Erase", testErase},
		{"Swap", testSwap},
		{"NoClearText", testNoClearText},
		{"Times", testTimes},
		{"KeyFile", testKeyFile},
		{"Schema", testSchema},
		{"FirstStart", testFirstStart},
		{"Crash", testCrash},
		{"Purge", testPurge},
		{"PurgeHold", testPurgeHold},
		{"EraseTicket", testEraseTicket},
		{"Audit", testAudit},
		{"AuditTruncated", testAuditTruncated},
		{"AuditConcurrent", testAuditConcurrent},
		{"BackupWhileRunning", testBackupWhileRunning},
		{"Outdated", testOutdated},
		{"Rotate", testRotate},
		{"RotateResumed", testRotateResumed},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, newWorld(t, database(t))) })
	}
}

// world is one database, a clock that stands still until it is moved, and the stores opened on
// it as if by several processes.
type world struct {
	t   testing.TB
	url string
	key string
	now time.Time
	uid uint32

	erasures string
}

func newWorld(t testing.TB, url string) *world {
	return &world{t: t, url: url, key: filepath.Join(t.TempDir(), "privacybot.key"),
		now: time.Date(2026, 11, 23, 9, 0, 0, 123456000, time.UTC)}
}

func (w *world) config(holder string) Config {
	return Config{URL: w.url, KeyFile: w.key, Holder: holder, Now: func() time.Time { return w.now }, Erasures: w.erasures, Migrate: true}
}

func (w *world) open(holder string) *Store {
	w.t.Helper()
	s, err := Open(w.t.Context(), w.config(holder))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { s.Close() })
	return s
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (w *world) lease(s *Store) Lease {
	w.t.Helper()
	l, ok, err := s.Acquire(w.t.Context(), "reader", time.Minute)
	if err != nil || !ok {
		w.t.Fatalf("lease: %v, %v", ok, err)
	}
	return l
}

// inbound makes a mail at the next UID, received a minute after the one before.
func (w *world) inbound(raw string) Inbound {
	w.uid++
	return Inbound{Location: Location{"privacy@example.com", "INBOX", 7, w.uid}, Raw: []byte(raw), Size: int64(len(raw)),
		ReceivedAt: w.now.Add(time.Duration(w.uid) * time.Minute)}
}

// save takes mails in and gives how many were new.
func (w *world) save(s *Store, in ...Inbound) int {
	w.t.Helper()
	l := w.lease(s)
	defer s.Release(w.t.Context(), l)
	return must[int](w.t)(s.SaveInbound(w.t.Context(), l, in, Cursor{Account: "privacy@example.com", Folder: "INBOX", UIDValidity: 7, LastUID: w.uid}))
}

func (w *world) claim(s *Store, n int) []Mail {
	w.t.Helper()
	return must[[]Mail](w.t)(s.ClaimMails(w.t.Context(), time.Minute, n, 1<<20))
}

func (w *world) tx(s *Store, fn func(*Tx) error) {
	w.t.Helper()
	if err := s.InTx(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) count(s *Store, from string) (n int) {
	w.t.Helper()
	if err := count(s.db, &n, from); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) exec(s *Store, statement string, values ...any) {
	w.t.Helper()
	if err := s.db.Exec(statement, values...).Error; err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) ledger(s *Store) (rows []LedgerRow) {
	w.t.Helper()
	if err := s.Ledger(w.t.Context(), func(r LedgerRow) error { rows = append(rows, r); return nil }); err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

// example is a new ticket of one request.
func (w *world) example(ref, address string) ticket.Ticket {
	return ticket.Ticket{Ref: ref, Version: 1, ReceivedAt: w.now, OpenedBy: 1, Language: "en",
		Parties: []ticket.Party{{Role: ticket.RoleRequester, Address: ticket.Address{Name: "Jane", Address: address}}},
		Requests: []ticket.Request{{Right: ticket.Access, State: ticket.Received, ReceivedAt: w.now, Law: "eu-gdpr",
			Deadline: ticket.Deadline{Legal: w.now.Add(30 * 24 * time.Hour), Target: w.now.Add(28 * 24 * time.Hour)}}}}
}

func letter(kind ticket.LetterKind, key, ref string) ticket.Letter {
	return ticket.Letter{Kind: kind, Key: key, Ref: ref, To: "jane@example.test", MessageID: key + "@example.com", Raw: []byte("Subject: " + key + "\r\n\r\nHello")}
}

// CASES C1, C2, C26, C33, C64: what is read again is recognised by its place or its content.
func testIntake(t *testing.T, w *world) {
	s := w.open("one")
	first, second := w.inbound("one"), w.inbound("two")
	twin := w.inbound("one") // the same bytes once more within the batch
	old := w.inbound("")
	old.Baseline = true
	if n := w.save(s, first, second, twin, old); n != 4 {
		t.Errorf("saved %d, want 4", n)
	}
	if n := w.save(s, first, second, twin, old); n != 0 {
		t.Errorf("saved %d on repetition, want 0", n)
	}
	moved := w.inbound("two") // at a new UID, as after a move out and back
	rebuilt := first
	rebuilt.UIDValidity = 8
	junk := first
	junk.Folder = "Junk"
	if n := w.save(s, moved, rebuilt, junk, first); n != 3 {
		t.Errorf("saved %d, want 3", n)
	}
	if n := w.count(s, "mails"); n != 2 {
		t.Errorf("%d mails, want 2", n)
	}
	if n := w.count(s, "data_keys"); n != 2 {
		t.Errorf("%d data keys, want 2", n)
	}
	var got []string
	for _, r := range w.ledger(s) {
		got = append(got, fmt.Sprintf("%s/%d/%d=%s", r.Folder, r.UIDValidity, r.UID, r.Disposition))
	}
	want := []string{"INBOX/7/1=pending", "INBOX/7/2=pending", "INBOX/7/3=duplicate", "INBOX/7/4=baseline", "INBOX/7/5=duplicate", "INBOX/8/1=duplicate", "Junk/7/1=duplicate"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("ledger:\n got %v\nwant %v", got, want)
	}
	mails := w.claim(s, 10)
	if len(mails) != 2 || string(mails[0].Raw) != "one" || string(mails[1].Raw) != "two" {
		t.Fatalf("claimed %+v", mails)
	}
	if !mails[0].ReceivedAt.Equal(first.ReceivedAt) {
		t.Errorf("received at %v, want %v", mails[0].ReceivedAt, first.ReceivedAt)
	}
}

// More rows than one statement takes, and large mails that begin alike.
func testIntakeLarge(t *testing.T, w *world) {
	s := w.open("one")
	var in []Inbound
	for i := range 2*chunk + 7 {
		in = append(in, w.inbound(fmt.Sprint("mail ", i)))
	}
	a, b := w.inbound("the same beginning"), w.inbound("the same beginning")
	a.Partial, a.Size, b.Partial, b.Size = true, 90<<20, true, 91<<20
	if n := w.save(s, append(in, a, b)...); n != len(in)+2 {
		t.Errorf("saved %d, want %d", n, len(in)+2)
	}
	if n := w.count(s, "mails"); n != len(in)+2 {
		t.Errorf("%d mails, want %d", n, len(in)+2)
	}
	// A mail above the limit of a batch comes alone.
	w.exec(s, "UPDATE mails SET state = 'done' WHERE NOT partial")
	for _, want := range []int64{a.Size, b.Size} {
		if got := w.claim(s, 10); len(got) != 1 || got[0].Size != want || !got[0].Partial {
			t.Errorf("claimed %+v", got)
		}
	}
}

func testCursor(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	l := w.lease(s)
	get := func(folder string) Cursor {
		return must[Cursor](t)(s.Cursor(ctx, "a", folder))
	}
	if got := get("INBOX"); got != (Cursor{Account: "a", Folder: "INBOX"}) {
		t.Errorf("unknown cursor is %+v", got)
	}
	want := Cursor{Account: "a", Folder: "INBOX", UIDValidity: 4294967295, LastUID: 4294967295, PolledAt: w.now} // C29
	must[int](t)(s.SaveInbound(ctx, l, nil, want))
	if got := get("INBOX"); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	want.PolledAt = w.now.Add(time.Hour)
	if err := s.Polled(ctx, l, "a", "INBOX", want.PolledAt); err != nil {
		t.Fatal(err)
	}
	if got := get("INBOX"); got != want {
		t.Errorf("after a poll: got %+v, want %+v", got, want)
	}
	if err := s.Polled(ctx, l, "a", "Junk", w.now); err != nil {
		t.Fatal(err)
	}
	if got := get("Junk"); got.LastUID != 0 || !got.PolledAt.Equal(w.now) {
		t.Errorf("polled without mail: %+v", got)
	}
}

// CASES C50: one holder at a time; another takes over when the lease is given back or runs out.
func testLease(t *testing.T, w *world) {
	one, two, ctx := w.open("one"), w.open("two"), t.Context()
	acquire := func(s *Store, ttl time.Duration) (Lease, bool) {
		t.Helper()
		l, ok, err := s.Acquire(ctx, "sweep", ttl)
		if err != nil {
			t.Fatal(err)
		}
		return l, ok
	}
	l1, ok := acquire(one, time.Minute)
	if !ok {
		t.Fatal("a free lease is refused")
	}
	if _, ok := acquire(two, time.Minute); ok {
		t.Fatal("two holders at once")
	}
	if err := one.Renew(ctx, l1, time.Minute); err != nil {
		t.Error(err)
	}
	if err := one.Release(ctx, l1); err != nil {
		t.Error(err)
	}
	l2, ok := acquire(two, -time.Second) // runs out at once
	if !ok || l2.Token <= l1.Token {
		t.Fatalf("got %+v, %v after %+v", l2, ok, l1)
	}
	wantErr(t, two.Renew(ctx, l2, time.Minute), ErrLeaseLost)
	wantErr(t, one.Renew(ctx, l1, time.Minute), ErrLeaseLost)
	l3, ok := acquire(one, time.Minute)
	if !ok || l3.Token <= l2.Token {
		t.Fatalf("got %+v, %v after %+v", l3, ok, l2)
	}
	wantErr(t, two.Release(ctx, l2), ErrLeaseLost)
	if again, ok := acquire(one, time.Minute); !ok || again.Token <= l3.Token {
		t.Errorf("the holder itself is refused: %+v, %v", again, ok)
	}
	wantErr(t, one.Renew(ctx, l3, time.Minute), ErrLeaseLost)
}

// CASES C51: a reader that was stopped and goes on writes nothing.
func testLeaseStale(t *testing.T, w *world) {
	one, two, ctx := w.open("one"), w.open("two"), t.Context()
	stale, _, err := one.Acquire(ctx, "reader", -time.Second)
	if err != nil {
		t.Fatal(err)
	}
	w.lease(two)
	_, err = one.SaveInbound(ctx, stale, []Inbound{w.inbound("late")}, Cursor{Account: "a", Folder: "INBOX", LastUID: 9})
	wantErr(t, err, ErrLeaseLost)
	wantErr(t, one.Polled(ctx, stale, "a", "INBOX", w.now), ErrLeaseLost)
	if n := w.count(two, "mails") + w.count(two, "locations") + w.count(two, "cursors") + w.count(two, "data_keys"); n != 0 {
		t.Errorf("%d rows were written", n)
	}
}

func testClaimMails(t *testing.T, w *world) {
	one, two, ctx := w.open("one"), w.open("two"), t.Context()
	in := []Inbound{w.inbound("1234567890"), w.inbound("abcdefghij"), w.inbound("ABCDEFGHIJ"), w.inbound("0987654321")}
	in[0].ReceivedAt = w.now.Add(time.Hour) // the last, although its UID is the first
	w.save(one, in...)
	if got := must[[]Mail](t)(one.ClaimMails(ctx, time.Minute, 10, 25)); len(got) != 2 || string(got[0].Raw) != "abcdefghij" || string(got[1].Raw) != "ABCDEFGHIJ" {
		t.Errorf("first batch %+v", got)
	}
	if got := must[[]Mail](t)(two.ClaimMails(ctx, time.Minute, 1, 1<<20)); len(got) != 1 || string(got[0].Raw) != "0987654321" || got[0].Attempts != 0 {
		t.Errorf("second batch %+v", got)
	}
	if got := w.claim(one, 10); len(got) != 1 || string(got[0].Raw) != "1234567890" || got[0].Disposition != ticket.DispPending {
		t.Errorf("third batch %+v", got)
	}
	if got := w.claim(two, 10); len(got) != 0 {
		t.Errorf("nothing should be left, got %+v", got)
	}
}

// CASES C36, C37: the attempt is on the disk before the mail is handed out, so that a mail that
// kills the process is counted; the mails beside it are not.
func testClaimSuspects(t *testing.T, w *world) {
	one, ctx := w.open("one"), t.Context()
	w.save(one, w.inbound("poison"), w.inbound("good"))
	if got := must[[]Mail](t)(one.ClaimMails(ctx, -time.Second, 10, 1<<20)); len(got) != 2 || got[0].Attempts != 0 {
		t.Fatalf("batch %+v", got)
	}
	// The process dies here, three times over.
	for attempt := 1; attempt <= 3; attempt++ {
		s := w.open(fmt.Sprint("after crash ", attempt))
		got := must[[]Mail](t)(s.ClaimMails(ctx, -time.Second, 10, 1<<20))
		if len(got) != 1 || string(got[0].Raw) != "poison" || got[0].Attempts != attempt {
			t.Fatalf("attempt %d: %+v", attempt, got)
		}
	}
	s := w.open("last")
	poison := w.claim(s, 10)
	w.tx(s, func(tx *Tx) error {
		return tx.FinishMail(MailResult{ID: poison[0].ID, Disposition: ticket.DispQuarantine, Reason: "killed the process"})
	})
	good := w.claim(s, 10)
	if len(good) != 1 || string(good[0].Raw) != "good" || good[0].Attempts != 1 {
		t.Fatalf("the mail beside it: %+v", good)
	}
	w.save(s, w.inbound("new 1"), w.inbound("new 2"))
	if err := s.ReleaseMails(ctx, []int64{good[0].ID}); err != nil {
		t.Fatal(err)
	}
	if got := w.claim(s, 10); len(got) != 1 || got[0].Attempts != 2 {
		t.Errorf("released: %+v", got)
	}
	if got := w.claim(s, 10); len(got) != 2 || got[0].Attempts != 0 {
		t.Errorf("the next batch: %+v", got)
	}
}

// CASES C51: who lost a claim finishes nothing.
func testClaimStale(t *testing.T, w *world) {
	one, two, ctx := w.open("one"), w.open("two"), t.Context()
	w.save(one, w.inbound("mail"))
	stale := must[[]Mail](t)(one.ClaimMails(ctx, -time.Second, 1, 100))
	fresh := w.claim(two, 1)
	result := MailResult{ID: stale[0].ID, Disposition: ticket.DispTicket, Ref: "PB-1"}
	wantErr(t, one.InTx(ctx, func(tx *Tx) error {
		if err := tx.SaveTicket(w.example("PB-1", "jane@example.test"), nil); err != nil {
			return err
		}
		return tx.FinishMail(result)
	}), ErrLeaseLost)
	if err := one.ReleaseMails(ctx, []int64{stale[0].ID}); err != nil { // must not take it from the other
		t.Fatal(err)
	}
	if n := w.count(one, "tickets"); n != 0 {
		t.Errorf("%d tickets of a lost claim", n)
	}
	result.ID = fresh[0].ID
	w.tx(two, func(tx *Tx) error { return tx.FinishMail(result) })
	wantErr(t, two.InTx(ctx, func(tx *Tx) error { return tx.FinishMail(result) }), ErrLeaseLost)
}

// Two instances, four workers each: every mail and letter is handed out once, one holds the lease.
func testNothingTwice(t *testing.T, w *world) {
	stores := []*Store{w.open("one"), w.open("two")}
	const n = 120
	var in []Inbound
	for i := range n {
		in = append(in, w.inbound(fmt.Sprint("mail ", i)))
	}
	w.save(stores[0], in...)
	w.tx(stores[0], func(tx *Tx) error {
		for i := range n {
			if err := tx.QueueLetters([]ticket.Letter{letter(ticket.LetterDigest, fmt.Sprint("k", i), "")}); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	mails, letters, holders := map[int64]int{}, map[int64]int{}, 0
	var workers sync.WaitGroup
	for i := range 8 {
		workers.Go(func() {
			s, ctx := stores[i%2], context.Background()
			_, ok, err := s.Acquire(ctx, "sweep", time.Minute)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			if ok && i < 2 {
				holders++
			}
			mu.Unlock()
			for {
				got, err := s.ClaimMails(ctx, time.Minute, 7, 1<<20)
				due, err2 := s.ClaimLetters(ctx, w.now, time.Minute, 7, BrakeLimit{})
				if err := errors.Join(err, err2); err != nil {
					t.Error(err)
					return
				}
				if len(got)+len(due) == 0 {
					return
				}
				mu.Lock()
				for _, m := range got {
					mails[m.ID]++
				}
				for _, d := range due {
					letters[d.ID]++
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	if holders > 1 {
		t.Errorf("%d holders of one lease", holders)
	}
	for name, handed := range map[string]map[int64]int{"mails": mails, "letters": letters} {
		if len(handed) != n {
			t.Errorf("%d of %d %s were handed out", len(handed), n, name)
		}
		for id, times := range handed {
			if times != 1 {
				t.Errorf("%s: %d was handed out %d times", name, id, times)
			}
		}
	}
}
