package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"
)

// The mailbox of the demo and the name under which its border server signs its findings.
const (
	Mailbox  = "privacy@demo.example"
	Password = "demo"
	Border   = "mx.demo.example"
	domain   = "demo.example"
)

// World is a running IMAP server with one mailbox and an SMTP server in front of it.
type World struct {
	IMAP, SMTP string // host:port on the loopback address

	now     func() time.Time
	user    *imapmemserver.User
	imap    *imapserver.Server
	smtp    *smtp.Server
	onSent  func(Sent)
	closing sync.Once

	mu      sync.Mutex
	sent    []Sent
	arrived int
}

// Sent is a letter that privacybot handed to the mail server.
type Sent struct {
	To  string
	Raw []byte
}

// NewWorld starts both servers on free ports. now gives the receipt time of mail that arrives by
// SMTP; onSent, if not nil, is told of each letter.
func NewWorld(now func() time.Time, onSent func(Sent)) (*World, error) {
	w := &World{now: now, onSent: onSent, user: imapmemserver.NewUser(Mailbox, Password)}
	for name, use := range map[string][]imap.MailboxAttr{"INBOX": nil, "Junk": {imap.MailboxAttrJunk}} {
		if err := w.user.Create(name, &imap.CreateOptions{SpecialUse: use}); err != nil {
			return nil, fmt.Errorf("demo mailbox: %w", err)
		}
	}
	mem := imapmemserver.New()
	mem.AddUser(w.user)
	quiet := log.New(io.Discard, "", 0)
	w.imap = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		InsecureAuth: true, Logger: quiet,
	})
	w.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{world: w}, nil }))
	w.smtp.Domain, w.smtp.ErrorLog = Border, quiet
	w.smtp.MaxMessageBytes = 32 << 20

	il, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo imap: %w", err)
	}
	sl, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		il.Close()
		return nil, fmt.Errorf("demo smtp: %w", err)
	}
	w.IMAP, w.SMTP = il.Addr().String(), sl.Addr().String()
	go func() { _ = w.imap.Serve(il) }()
	go func() { _ = w.smtp.Serve(sl) }()
	return w, nil
}

// Close stops both servers.
func (w *World) Close() error {
	var err error
	w.closing.Do(func() { err = errors.Join(w.smtp.Close(), w.imap.Close()) })
	return err
}

// Deliver puts a mail into the inbox as received at a given time.
func (w *World) Deliver(raw []byte, at time.Time) error {
	w.mu.Lock()
	w.arrived++
	w.mu.Unlock()
	_, err := w.user.Append("INBOX", literal{bytes.NewReader(raw), int64(len(raw))}, &imap.AppendOptions{Time: at})
	return err
}

// Letters gives every letter sent so far.
func (w *World) Letters() []Sent {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Sent(nil), w.sent...)
}

// delivered is how many mails were put into the mailbox.
func (w *World) delivered() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.arrived
}

// accept takes a mail from the SMTP server: to the mailbox, or out into the world.
func (w *World) accept(from, to string, raw []byte) error {
	if local, host, _ := strings.Cut(strings.ToLower(to), "@"); host == domain && (local == "privacy" || strings.HasPrefix(local, "privacy+")) {
		// The border server removes what others claim in its name (RFC 8601 section 5) and states
		// what it found: nothing, for a mail typed into a terminal; a pass for its own mailbox.
		result := "none"
		if strings.EqualFold(from, Mailbox) {
			result = "pass header.from=" + domain
		}
		head := "Return-Path: <" + from + ">\r\nAuthentication-Results: " + Border + "; dmarc=" + result + "\r\n"
		return w.Deliver(append([]byte(head), withoutResults(raw)...), w.now())
	}
	s := Sent{To: to, Raw: raw}
	w.mu.Lock()
	w.sent = append(w.sent, s)
	w.mu.Unlock()
	if w.onSent != nil {
		w.onSent(s)
	}
	return nil
}

// withoutResults drops Authentication-Results fields of the header.
func withoutResults(raw []byte) []byte {
	head, body, found := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !found {
		return raw
	}
	var kept []string
	dropping := false
	for _, line := range strings.Split(string(head), "\r\n") {
		if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			dropping = strings.HasPrefix(strings.ToLower(line), "authentication-results:")
		}
		if !dropping {
			kept = append(kept, line)
		}
	}
	return append([]byte(strings.Join(kept, "\r\n")+"\r\n\r\n"), body...)
}

type literal struct {
	*bytes.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

// session is one SMTP conversation.
type session struct {
	world *World
	from  string
	to    []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }
func (s *session) Reset()                                      { s.from, s.to = "", nil }
func (s *session) Logout() error                               { return nil }

// Rcpt takes every address but those of our own domain that nobody has.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	local, host, _ := strings.Cut(strings.ToLower(to), "@")
	local, _, _ = strings.Cut(local, "+")
	if host == domain && !slices.Contains([]string{"privacy", "desk", "oncall", "manager", "legal"}, local) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody has this address"}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		if err := s.world.accept(s.from, to, raw); err != nil {
			return err
		}
	}
	return nil
}
