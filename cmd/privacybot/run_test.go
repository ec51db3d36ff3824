package main_test

import (
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"privacybot/ticket"
)

// The daemon answers what arrives within seconds, survives a hang-up, a mailbox that dies and
// comes back, and ends when it is told to.
func TestRun(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.set("imap", strings.Replace(h.settings["imap"], "folders:", "poll: 1h, folders:", 1)) // so that only IDLE can be that fast
	h.receive("first@people.example.org", "Kontofrage", "Please delete my account.")
	p := h.daemon()
	h.smtp.Wait(2, patience)
	h.receive(jane, "Loeschwunsch", "Please delete my account.") // the first round is over: this one must be announced
	began := time.Now()
	h.smtp.Wait(4, patience)
	t.Logf("acknowledged %v after delivery", time.Since(began).Round(time.Millisecond))
	h.one(jane, ticket.LetterAcknowledgement)

	p.signal(syscall.SIGHUP) // C10
	h.imap.Kill()
	until(t, "the daemon notices that the mailbox is gone", patience, func() bool { return strings.Contains(p.errs.String(), "connecting again") })
	h.imap.Restart()
	h.receive("second@people.example.org", "Kontofrage", "Please delete my account.")
	h.smtp.Wait(6, patience)
	h.one("second@people.example.org", ticket.LetterAcknowledgement)

	began = time.Now()
	p.signal(syscall.SIGTERM)
	if code := p.endsWithin(10 * time.Second); code != 0 {
		t.Errorf("exit %d after SIGTERM", code)
	}
	if took := time.Since(began); took > 5*time.Second { // C9 says 1 s; this machine may be busy
		t.Errorf("idle, and took %v to end", took)
	}
	if out := p.out.String(); out != "" {
		t.Errorf("the daemon printed %q", out)
	}
	if got := h.ledger().became()["ticket"]; got != 3 || len(h.smtp.Mails()) != 6 {
		t.Errorf("%d tickets, sent %v", got, h.sent())
	}
}

// C9, C24: with no mailbox to be reached the daemon stays, and ends at once when told.
func TestRunWithoutMailbox(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.imap.Kill()
	p := h.daemon()
	until(t, "the daemon says that it cannot read the mailbox", patience, func() bool { return strings.Contains(p.errs.String(), "mailbox cannot be read") })
	p.signal(os.Interrupt)
	if code := p.endsWithin(10 * time.Second); code != 0 {
		t.Errorf("exit %d", code)
	}
}

// C8: SIGTERM in the middle of a delivery; the letter is sent once, now or by the next process.
func TestStopWhileSending(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stuck := newStuckServer(t)
	right := h.settings["smtp"]
	h.set("smtp", `{server: "smtp://`+stuck.addr+`"}`)
	h.receive(jane, "Loeschwunsch", "Please delete my account.")
	p := h.daemon()
	select {
	case <-stuck.met:
	case <-time.After(patience):
		t.Fatal("nothing was sent")
	}
	p.signal(syscall.SIGTERM)
	if code := p.endsWithin(10 * time.Second); code != 0 {
		t.Errorf("exit %d", code)
	}
	h.set("smtp", right)
	until(t, "the next process sends the letters", patience, func() bool { h.once(); return len(h.smtp.Mails()) == 2 })
	h.one(jane, ticket.LetterAcknowledgement)
}

// stuckServer takes a connection, says nothing and keeps it.
type stuckServer struct {
	addr string
	met  chan struct{}
}

func newStuckServer(t *testing.T) stuckServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := stuckServer{l.Addr().String(), make(chan struct{})}
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		close(s.met)
		_, _ = io.Copy(io.Discard, conn)
		conn.Close()
	}()
	t.Cleanup(func() { l.Close() })
	return s
}

// C60: whoever reads the log goes away; the work goes on.
func TestRunWithClosedLog(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := h.call("run").command(t.Context())
	cmd.Stderr = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	r.Close()
	h.receive(jane, "Loeschwunsch", "Please delete my account.")
	h.smtp.Wait(2, patience)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
}
