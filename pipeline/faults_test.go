package pipeline_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"privacybot/ticket"
)

// Where the faults of the mailbox are tested (CASES part C):
//
//	C21 silent server            ingest/mailbox TestSilentServer, TestIdle; TestMailboxGone
//	C22 drop within a literal    ingest/mailbox TestConnectionDrops
//	C23 drop before the OK       ingest/mailbox TestConnectionDrops
//	C24 BYE, busy, throttled     ingest/mailbox TestSignInAnswers; cmd/privacybot run_test
//	C25 sign-in refused          TestRefusedSignInIsToldAndNotHammered; ingest/mailbox TestSignInRefused, TestSignInWithToken
//	C26 UIDVALIDITY changed      TestRenumberedFolderAndMovedMail; store Intake
//	C27 no UIDVALIDITY           ingest/mailbox TestNoUIDValidity
//	C28 UIDNEXT below the cursor TestMailServerRestored
//	C29 holes, the last UID      ingest/mailbox TestUnaskedMails; store Cursor
//	C30 n:*                      ingest/mailbox TestStarRange
//	C31 gone while fetching      ingest/mailbox TestExpungedWhileFetching; TestMailTakenAway
//	C32 \Seen                    ingest/mailbox TestReadsBytesAndDatesInOrder
//	C33 moved out and back       TestRenumberedFolderAndMovedMail, TestHandledMailIsMoved
//	C34 junk folder              ingest/mailbox TestFolders; ticket TestLettersThatWait
//	C35 folder gone              TestMissingFolder; ingest/mailbox TestFolders
//	C38 backlog at first start   cmd/privacybot TestFirstStart
//	C56 odd dates                TestReceiptTimeThatCannotBeRead
//	C63 database restored        TestDatabaseRestored
//	C64 mailbox restored         TestMailServerRestored, TestRenumberedFolderAndMovedMail
//	C68 network partition        ingest/mailbox TestServerDies, TestSilentServer
//	C69 session older than 29 m  ingest/mailbox TestIdle (IdleTimeout, 9 minutes)
//	C70 clock that runs ahead    TestReceiptTimeThatCannotBeRead

// line is between the program and Dovecot: it counts commands and changes what the server says.
type line struct {
	addr   string
	change func(string) string

	mu       sync.Mutex
	commands []string
}

func (o *office) through(change func(string) string) *line {
	o.t.Helper()
	l := &line{change: change}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		o.t.Fatal(err)
	}
	l.addr = listener.Addr().String()
	var wg sync.WaitGroup
	o.t.Cleanup(func() { listener.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { l.serve(client, o.imap.Addr) })
		}
	})
	o.config.Mailbox.Server = "imap://" + l.addr
	o.open()
	return l
}

func (l *line) serve(client net.Conn, addr string) {
	defer client.Close()
	server, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	go func() {
		defer server.Close()
		for in := bufio.NewReader(client); ; {
			said, err := in.ReadString('\n')
			if _, command, ok := strings.Cut(strings.TrimSpace(said), " "); ok {
				l.mu.Lock()
				l.commands = append(l.commands, command)
				l.mu.Unlock()
			}
			if _, werr := server.Write([]byte(said)); err != nil || werr != nil {
				return
			}
		}
	}()
	for out := bufio.NewReader(server); ; {
		said, err := out.ReadString('\n')
		if _, werr := client.Write([]byte(l.change(said))); err != nil || werr != nil {
			return
		}
	}
}

// asked gives the commands since the last time, without their arguments but for FETCH.
func (l *line) asked() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	got := l.commands
	l.commands = nil
	return got
}

var fetchedDate = regexp.MustCompile(`INTERNALDATE "[^"]*"`)

// A receipt time that nobody can read stops neither its own mail nor the others, also when the program is
// started anew each time; that of the header counts then. One in the future is cut to now (C56, C70).
func TestReceiptTimeThatCannotBeRead(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.through(func(said string) string {
		if strings.Contains(said, " FETCH (UID 2 ") || strings.Contains(said, "(UID 2 ") {
			return fetchedDate.ReplaceAllString(said, `INTERNALDATE "32-Foo-2026 99:99:99 +0000"`)
		}
		return said
	})
	yesterday := o.clock().Add(-26 * time.Hour)
	o.imap.Deliver("INBOX", o.raw("one@people.example.org", "a", "Please delete my account."), yesterday)
	o.imap.Deliver("INBOX", o.raw("two@people.example.org", "b", "Please delete my account.", "Received: from mx by here; "+yesterday.Format(time.RFC1123Z)), yesterday)
	o.imap.Deliver("INBOX", o.raw("three@people.example.org", "c", "Please delete my account."), o.clock().Add(48*time.Hour))
	o.once()
	o.receive("four@people.example.org", "d", "Please delete my account.")
	o.once()
	got := map[string]time.Time{}
	for _, tk := range o.tickets() {
		got[strings.Split(tk.Requester().Address.Address, "@")[0]] = tk.ReceivedAt
	}
	if len(got) != 4 || !got["one"].Equal(yesterday) || !got["two"].Equal(yesterday) || got["three"].After(o.clock().Add(time.Hour)) {
		t.Errorf("received %v, want one and two at %v", got, yesterday)
	}
	if n := strings.Count(o.log.String(), "a receipt time that cannot be read"); n != 1 {
		t.Errorf("told %d times", n)
	}
	o.dispositions()
}

// A look at a folder without news costs no listing, however many mails lie there.
func TestPollWithoutNewsIsCheap(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	l := o.through(func(said string) string { return said })
	for range 3 {
		o.receive("jane@people.example.org", "x", "Please delete my account.")
	}
	o.once()
	l.asked()
	o.once()
	for _, command := range l.asked() {
		word, _, _ := strings.Cut(command, " ")
		switch strings.ToUpper(word) {
		case "CAPABILITY", "LOGIN", "AUTHENTICATE", "ID", "LIST", "EXAMINE", "NOOP", "LOGOUT":
		default:
			if !strings.HasPrefix(command, "AUTHENTICATE") {
				t.Errorf("asked %s", command)
			}
		}
	}
}

// C28, C64: a mail server that was restored from a backup uses UIDs again. What comes under them is no known
// mail; what was known is not answered again.
func TestMailServerRestored(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		o.receive("one@people.example.org", "a", "Please delete my account.")
		o.once()
		restore := o.imap.Backup()
		o.receive("two@people.example.org", "b", "Please delete my account.")
		o.receive("three@people.example.org", "c", "Please delete my account.")
		o.once()
		restore()
		o.once()
		o.receive("four@people.example.org", "d", "Please delete my account.") // under the UID that "two" had
		o.once()
		if n := len(o.tickets()); n != 4 {
			t.Errorf("%d tickets, want 4", n)
		}
		for _, who := range []string{"one", "two", "three", "four"} {
			if n := len(o.all(who+"@people.example.org", ticket.LetterAcknowledgement)); n != 1 {
				t.Errorf("%s got %d acknowledgements", who, n)
			}
		}
		o.dispositions()
		if !strings.Contains(o.log.String(), "fewer mails than were read") {
			t.Error("nobody is told")
		}
	})
}

// C63: a database restored from a backup reads again what came in since, but nobody gets a second letter
// without people's approval; what comes after is answered at once.
func TestDatabaseRestored(t *testing.T) {
	dir := t.TempDir()
	o := newOffice(t, "sqlite:"+filepath.Join(dir, "office.db"))
	shut := func() { o.pipeline.Close(); o.store.Close() }
	shut()
	o.config.AuditHead = filepath.Join(dir, "audit.head")
	o.open()
	o.receive("one@people.example.org", "a", "Please delete my account.")
	o.once()
	shut()
	backup, err := os.ReadFile(filepath.Join(dir, "office.db"))
	if err != nil {
		t.Fatal(err)
	}
	o.open()
	o.receive("two@people.example.org", "b", "Please delete my account.")
	o.later(time.Minute)
	o.once()
	shut()
	os.Remove(filepath.Join(dir, "office.db-wal"))
	os.Remove(filepath.Join(dir, "office.db-shm"))
	if err := os.WriteFile(filepath.Join(dir, "office.db"), backup, 0o600); err != nil {
		t.Fatal(err)
	}
	o.open()
	o.later(time.Hour)
	_ = o.pipeline.Once(context.Background()) // also says that the audit chain lost its end
	if n := len(o.tickets()); n != 2 {
		t.Errorf("%d tickets", n)
	}
	if n := len(o.smtp.To("two@people.example.org")); n != 1 {
		t.Errorf("two got %d letters", n)
	}
	held, err := o.store.Held(t.Context(), "")
	if err != nil || len(held) != 1 {
		t.Errorf("%d letters wait for approval, %v", len(held), err)
	}
	o.later(time.Minute)
	o.receive("three@people.example.org", "c", "Please delete my account.")
	shut()
	o.open()
	_ = o.pipeline.Once(context.Background())
	if n := len(o.smtp.To("three@people.example.org")); n != 1 {
		t.Errorf("three got %d letters\n%s", n, o.listing())
	}
}

// A mail that the server did not list when it was read by is found by the daily comparison: the digest
// shows it, and it is taken in (DESIGN.md 5.1, BEHAVIOURS 8).
func TestMailPassedByIsFound(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		var hide atomic.Bool
		hide.Store(true)
		o.through(func(said string) string {
			if hide.Load() && strings.Contains(said, "(UID 2 ") && strings.Contains(said, "RFC822.SIZE") {
				return ""
			}
			return said
		})
		for i := range 3 {
			o.receive(fmt.Sprintf("p%d@people.example.org", i), "a", "Please delete my account.")
		}
		o.once()
		hide.Store(false)
		o.once()
		if n := len(o.tickets()); n != 2 {
			t.Fatalf("%d tickets while one mail is hidden", n)
		}
		o.pipeline.Close()
		o.config.Schedule.Hour = 0
		o.config.Schedule.Days = []time.Weekday{time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday}
		o.open()
		o.later(24 * time.Hour)
		o.once()
		digest := text(o.one("manager@corp.example.com", ticket.LetterDigest))
		if !strings.Contains(digest, "1 on the server only") {
			t.Errorf("the digest does not show it:\n%s", digest)
		}
		o.once()
		if n := len(o.tickets()); n != 3 {
			t.Errorf("%d tickets, want 3", n)
		}
		o.dispositions()
		o.later(24 * time.Hour)
		o.once()
		all := o.all("manager@corp.example.com", ticket.LetterDigest)
		if last := text(all[len(all)-1]); !strings.Contains(last, "the same") {
			t.Errorf("the next digest:\n%s", last)
		}
	})
}

// C31: mail that people take away while a backlog is read stops nothing.
func TestMailTakenAway(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	var once sync.Once
	o.through(func(said string) string {
		if strings.Contains(said, "RFC822.SIZE") {
			once.Do(func() { o.imap.Expunge("INBOX", 2) })
		}
		return said
	})
	for i := range 3 {
		o.receive(fmt.Sprintf("p%d@people.example.org", i), "a", "Please delete my account.")
	}
	o.once()
	if n := len(o.tickets()); n != 2 {
		t.Errorf("%d tickets", n)
	}
	o.dispositions()
}
