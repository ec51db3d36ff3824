package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/internal/mailtest"
	"privacybot/pipeline"
	"privacybot/store"
	"privacybot/ticket"
)

// childOrder tells a child process which office to work in, and at which look at the clock to
// kill itself. Every step of the pipeline looks at the clock, so this is a kill between any two.
type childOrder struct {
	IMAP, Username, Password, SMTP string
	Database, Key                  string
	KillAt                         int // 0 = never
	Rounds                         int
}

const childEnv = "PIPELINE_TEST_CHILD"

func TestMain(m *testing.M) {
	if order := os.Getenv(childEnv); order != "" {
		os.Exit(child(order))
	}
	os.Exit(m.Run())
}

func child(text string) int {
	var order childOrder
	if err := json.Unmarshal([]byte(text), &order); err != nil {
		return 3
	}
	var mu sync.Mutex
	looks := 0
	now := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		if looks++; looks == order.KillAt {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		return time.Now()
	}
	cfg := settings(plainTB{}, &mailtest.IMAPServer{Addr: order.IMAP, Username: order.Username, Password: order.Password}, &mailtest.SMTPServer{Addr: order.SMTP})
	s, err := store.Open(context.Background(), store.Config{URL: order.Database, KeyFile: order.Key, Migrate: true, Now: now})
	if err != nil {
		return 4
	}
	defer s.Close()
	p, err := pipeline.New(cfg, s, slog.New(slog.NewTextHandler(io.Discard, nil)), pipeline.WithClock(now))
	if err != nil {
		return 5
	}
	defer p.Close()
	for range max(1, order.Rounds) {
		if err := p.Once(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 6
		}
	}
	return 0
}

// plainTB lets settings be used outside a test.
type plainTB struct{ testing.TB }

func (plainTB) Helper() {}

func (o *office) order() childOrder {
	return childOrder{IMAP: o.imap.Addr, Username: o.imap.Username, Password: o.imap.Password, SMTP: o.smtp.Addr, Database: o.database.URL, Key: o.database.KeyFile}
}

// runChild works in the office as a process of its own and reports whether it was killed.
func (o *office) runChild(order childOrder) (killed bool) {
	o.t.Helper()
	text, err := json.Marshal(order)
	if err != nil {
		o.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return true
		}
	}
	if err != nil {
		o.t.Fatalf("child: %v\n%s", err, out)
	}
	return false
}

// C1 to C5, DESIGN.md 5.2: kill -9 between any two steps leaves one ticket and one letter; only a
// letter whose acceptance was not recorded may come again, with the same bytes.
func TestKillBetweenAnyTwoSteps(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		o.store.Close()
		people := []string{"jane@people.example.org", "max@people.example.org", "parent@people.example.org"}
		o.receive(people[0], "my data", "Please send me a copy of all personal data you hold about me.")
		o.receive(people[1], "account", "Please delete my account.")
		o.receive(people[2], "my daughter", "My daughter is nine years old and made an account. Please delete it.")
		kills := 0
		for at := 1; ; at++ {
			order := o.order()
			order.KillAt = at
			if !o.runChild(order) {
				break // it came to its end before the n-th look at the clock
			}
			kills++
			if at > 500 {
				t.Fatal("the work never ends")
			}
		}
		if kills < 5 {
			t.Errorf("only %d kills: the failpoints are gone", kills)
		}
		o.runChild(o.order())
		o.open()
		if n := len(o.tickets()); n != len(people) {
			t.Errorf("%d tickets, want %d", n, len(people))
		}
		if d := o.dispositions(); d[ticket.DispTicket] != len(people) {
			t.Errorf("ledger %v", d)
		}
		o.wantEachLetterOnce()
		for _, p := range people {
			if len(o.smtp.To(p)) == 0 {
				t.Errorf("no letter to %s", p)
			}
		}
		t.Logf("%d kills, %d mails at SMTP", kills, len(o.smtp.Mails()))
	})
}

// wantEachLetterOnce checks that mails with one Message-ID are the same bytes, and that nobody got
// two different letters of a kind.
func (o *office) wantEachLetterOnce() {
	o.t.Helper()
	bytesOf, idOf := map[string]string{}, map[string]string{}
	for _, m := range o.smtp.Mails() {
		id, what := header(m.Raw, "Message-ID"), header(m.Raw, "X-Privacybot")+" to "+strings.Join(m.To, ",")+header(m.Raw, "Subject")
		if before, seen := bytesOf[id]; seen && before != string(m.Raw) {
			o.t.Errorf("%s was repeated with other bytes", what)
		}
		if before, seen := idOf[what]; seen && before != id {
			o.t.Errorf("%s was sent as two letters", what)
		}
		bytesOf[id], idOf[what] = string(m.Raw), id
	}
}

// C4, C43: the server takes the mail and the connection breaks before its answer. The same bytes
// go out again.
func TestUnknownOutcomeRepeatsTheSameBytes(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.smtp.Configure(mailtest.NoTLS(), mailtest.DropAfterData(1))
	o.receive("max@people.example.org", "account", "Please delete my account.")
	_ = o.pipeline.Once(context.Background())
	o.later(2 * time.Minute)
	o.once()
	o.wantEachLetterOnce()
	if n := len(o.smtp.Mails()); n != 3 {
		t.Errorf("%d mails at SMTP, want 3: the first letter twice\n%s", n, o.listing())
	}
}

// C39 to C42 and C44: what is retried, what is given up and told, what holds everything.
func TestMailServerFailures(t *testing.T) {
	jane := "jane@people.example.org"
	start := func(t *testing.T, fault mailtest.SMTPOption) *office {
		o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
		o.smtp.Configure(mailtest.NoTLS(), fault)
		o.receive(jane, "account", "Please delete my account.")
		return o
	}
	recover := func(o *office) {
		o.smtp.Configure(mailtest.NoTLS())
		o.later(24 * time.Hour)
		o.once()
	}
	t.Run("C40 temporary", func(t *testing.T) {
		o := start(t, mailtest.FailRcpt(jane, 451, "4.7.1 later"))
		o.once()
		if len(o.all(jane, ticket.LetterAcknowledgement)) != 0 {
			t.Fatal("sent in spite of the refusal")
		}
		recover(o)
		o.one(jane, ticket.LetterAcknowledgement)
	})
	t.Run("C41 permanent", func(t *testing.T) {
		o := start(t, mailtest.FailRcpt(jane, 550, "5.1.1 unknown"))
		o.once()
		o.one(deskAt, ticket.LetterUndelivered)
		recover(o)
		if len(o.smtp.To(jane)) != 0 || o.tickets()[0].Undeliverable == "" {
			t.Error("a permanent refusal was tried again, or is not shown")
		}
	})
	t.Run("C42 the sender is refused", func(t *testing.T) {
		o := start(t, mailtest.FailMail(553, "5.7.1 not allowed"))
		if err := o.pipeline.Once(context.Background()); !errors.Is(err, pipeline.ErrMailServer) {
			t.Errorf("error %v", err)
		}
		recover(o)
		o.one(jane, ticket.LetterAcknowledgement)
		o.one(deskAt, ticket.LetterStaffNotice)
	})
	t.Run("C44 accepted, then the line breaks", func(t *testing.T) {
		o := start(t, mailtest.DropAfterReply(1))
		_ = o.pipeline.Once(context.Background())
		recover(o)
		o.one(jane, ticket.LetterAcknowledgement)
	})
	t.Run("C39 nobody answers", func(t *testing.T) {
		o := start(t, mailtest.NoTLS())
		o.smtp.Stop()
		o.once()
		o.smtp.Start()
		recover(o)
		o.one(jane, ticket.LetterAcknowledgement)
	})
}

// C50: two instances on one PostgreSQL do everything once.
func TestTwoInstances(t *testing.T) {
	a := newOffice(t, mailtest.Postgres(t))
	b := &office{t: t, imap: a.imap, smtp: a.smtp, log: a.log, now: a.now, config: a.config, database: a.database}
	b.open()
	const people = 40
	for i := range people {
		a.receive(fmt.Sprintf("p%d@people.example.org", i), "account", "Please delete my account.")
	}
	var wg sync.WaitGroup
	for range 4 {
		for _, p := range []*pipeline.Pipeline{a.pipeline, b.pipeline} {
			wg.Go(func() {
				if err := p.Once(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	if n := len(a.tickets()); n != people {
		t.Errorf("%d tickets, want %d", n, people)
	}
	a.wantEachLetterOnce()
	if n := len(a.smtp.Mails()); n != 2*people {
		t.Errorf("%d letters, want %d", n, 2*people)
	}
}

// C21, C24: a mailbox that cannot be reached is an error, and what was fetched before is worked.
func TestMailboxGone(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.receive("max@people.example.org", "account", "Please delete my account.")
	if _, err := o.pipeline.Receive(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.imap.Kill()
	if err := o.pipeline.Once(context.Background()); err == nil || errors.Is(err, mailbox.ErrAuth) {
		t.Errorf("error %v", err)
	}
	o.one("max@people.example.org", ticket.LetterAcknowledgement)
}
