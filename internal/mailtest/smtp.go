package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mail is one mail the SMTP server was given to the last byte.
type Mail struct {
	From string   // envelope sender without brackets, "" for the null sender <>
	To   []string // envelope recipients that were accepted
	// Notify is what the recipients' NOTIFY asks for (RFC 3461), such as FAILURE.
	Notify []string
	Raw    []byte // as sent, dot-unstuffed, CRLF
	Reply  int    // our answer to the data: 250, a failure's code, 0 when the connection was dropped without one
}

// SMTPServer is a real SMTP conversation on the loopback interface that keeps what it is given.
// Its methods may be used from any goroutine.
type SMTPServer struct {
	Addr string         // 127.0.0.1:port
	Pool *x509.CertPool // trusts the server's certificate, issued to 127.0.0.1 and localhost

	t testing.TB

	mu       sync.Mutex
	faults   faults
	mails    []Mail
	sessions int
	arrived  chan struct{} // closed and replaced at each arrival
	server   *smtp.Server
	listener net.Listener
	served   chan struct{}
}

// SMTP starts an SMTP server for the test and stops it when the test ends. Without options it
// accepts everything, offers STARTTLS, 8BITMIME, SMTPUTF8 and DSN, and asks for no password.
func SMTP(t testing.TB, opts ...SMTPOption) *SMTPServer {
	t.Helper()
	id, err := serverIdentity()
	if err != nil {
		t.Fatalf("mailtest: certificate: %v", err)
	}
	s := &SMTPServer{t: t, Pool: id.pool, arrived: make(chan struct{}), Addr: "127.0.0.1:0"}
	s.Configure(opts...)
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Configure replaces all options given before; it holds for the next command of every session,
// except TLS, which holds from the next Start.
func (s *SMTPServer) Configure(opts ...SMTPOption) {
	f := faults{rcpt: map[string]*smtp.SMTPError{}}
	for _, opt := range opts {
		opt(&f)
	}
	s.mu.Lock()
	s.faults = f
	s.mu.Unlock()
}

// Start listens again on the same port after Stop.
func (s *SMTPServer) Start() {
	s.t.Helper()
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		s.t.Fatalf("mailtest: smtp: %v", err)
	}
	id, err := serverIdentity()
	if err != nil {
		s.t.Fatalf("mailtest: certificate: %v", err)
	}
	server := smtp.NewServer(smtp.BackendFunc(s.session))
	server.Domain = "mx.example.test"
	server.AllowInsecureAuth = true
	server.EnableSMTPUTF8, server.EnableDSN = true, true
	server.ErrorLog = log.New(io.Discard, "", 0)
	config := &tls.Config{Certificates: []tls.Certificate{id.certificate}}
	server.TLSConfig = config
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.noTLS {
		server.TLSConfig = nil
	}
	s.Addr = listener.Addr().String()
	var l net.Listener = droppingListener{listener}
	if s.faults.tls {
		l = tls.NewListener(l, config)
	}
	served := make(chan struct{})
	s.server, s.listener, s.served = server, l, served
	go func() { defer close(served); server.Serve(l) }()
}

// Stop closes the port and all connections at once; mails and options are kept.
func (s *SMTPServer) Stop() {
	s.mu.Lock()
	server, listener, served := s.server, s.listener, s.served
	s.server = nil
	s.mu.Unlock()
	if server != nil {
		server.Close()
		listener.Close() // Close misses a listener that Serve has not registered yet
		<-served
	}
}

// Mails gives every mail that arrived, in order, refused and dropped ones too; see [Mail.Reply].
func (s *SMTPServer) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// To gives the mails that arrived for one envelope recipient, compared without case.
func (s *SMTPServer) To(address string) []Mail {
	var out []Mail
	for _, mail := range s.Mails() {
		for _, to := range mail.To {
			if strings.EqualFold(to, address) {
				out = append(out, mail)
				break
			}
		}
	}
	return out
}

// Sessions counts the SMTP sessions that said EHLO.
func (s *SMTPServer) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// Reset forgets the mails that arrived so far.
func (s *SMTPServer) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = nil
}

// Wait returns all mails as soon as n arrived, and fails the test when that takes longer than
// timeout.
func (s *SMTPServer) Wait(n int, timeout time.Duration) []Mail {
	s.t.Helper()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		s.mu.Lock()
		mails, arrived := append([]Mail(nil), s.mails...), s.arrived
		s.mu.Unlock()
		if len(mails) >= n {
			return mails
		}
		select {
		case <-arrived:
		case <-timer.C:
			s.t.Fatalf("mailtest: %d mails arrived in %v, want %d", len(mails), timeout, n)
		}
	}
}

// record keeps a mail and wakes everyone in Wait.
func (s *SMTPServer) record(mail Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, mail)
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// now gives the options in force.
func (s *SMTPServer) now() faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// smtpSession is one connection's conversation.
type smtpSession struct {
	server *SMTPServer
	conn   net.Conn
	signed bool
	from   string
	to     []string
	notify []string
}

func (s *SMTPServer) session(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	s.sessions++
	s.mu.Unlock()
	session := &smtpSession{server: s, conn: c.Conn()}
	if f := s.now(); f.password != "" || f.oauth != nil {
		return &authSession{session}, nil
	}
	return session, nil
}

func (m *smtpSession) Reset() { m.from, m.to, m.notify = "", nil, nil }

func (m *smtpSession) Logout() error { return nil }

func (m *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	f := m.server.now()
	if (f.password != "" || f.oauth != nil) && !m.signed {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "authentication required"}
	}
	if f.mail != nil || f.sender != "" && !strings.EqualFold(from, f.sender) {
		if f.mail != nil {
			return f.mail
		}
		return refusal(550, "not your address")
	}
	m.from = from
	return nil
}

func (m *smtpSession) Rcpt(to string, opts *smtp.RcptOptions) error {
	if refusal := m.server.now().rcpt[strings.ToLower(to)]; refusal != nil {
		return refusal
	}
	m.to = append(m.to, to)
	if opts != nil {
		for _, notify := range opts.Notify {
			m.notify = append(m.notify, string(notify))
		}
	}
	return nil
}

func (m *smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	f := m.server.now()
	if f.slow > 0 {
		timer := time.NewTimer(f.slow)
		defer timer.Stop()
		<-timer.C
	}
	mail := Mail{From: m.from, To: m.to, Notify: m.notify, Raw: raw, Reply: 250}
	switch {
	case f.dropAfterData.take():
		mail.Reply = 0
		m.conn.Close()
	case f.data != nil:
		mail.Reply = f.data.Code
		defer m.server.record(mail)
		return f.data
	case f.dropAfterReply.take():
		dropAfterWrite(m.conn)
	}
	m.server.record(mail)
	return nil
}

// authSession is an smtpSession that offers AUTH.
type authSession struct{ *smtpSession }

func (m *authSession) AuthMechanisms() []string {
	if o := m.server.now().oauth; o != nil {
		return strings.Fields(strings.ToUpper(o.Mechanisms))
	}
	return []string{sasl.Plain, sasl.Login}
}

func (m *authSession) Auth(mechanism string) (sasl.Server, error) {
	f := m.server.now()
	check := func(username, password string) error {
		if username != f.username || password != f.password {
			return smtp.ErrAuthFailed
		}
		m.signed = true
		return nil
	}
	switch mechanism {
	case "XOAUTH2", sasl.OAuthBearer:
		if f.oauth != nil {
			return &tokenServer{good: func(token string) bool { m.signed = f.oauth.Good(token); return m.signed }}, nil
		}
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, username, password string) error { return check(username, password) }), nil
	case sasl.Login:
		return &loginServer{check: check}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

// tokenServer is the server's side of XOAUTH2 and OAUTHBEARER: a refusal is told in a challenge first.
type tokenServer struct {
	good    func(token string) bool
	refused bool
}

// Next takes the token, or the answer to the challenge.
func (s *tokenServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if s.refused {
		return nil, true, smtp.ErrAuthFailed
	}
	if response == nil {
		return []byte{}, false, nil
	}
	_, token, _ := strings.Cut(string(response), "auth=Bearer ")
	token, _, _ = strings.Cut(token, "\x01")
	if s.good(token) {
		return nil, true, nil
	}
	s.refused = true
	return []byte(`{"status":"401","schemes":"Bearer"}`), false, nil
}

// loginServer is the server's side of the LOGIN mechanism, which go-sasl has no more.
type loginServer struct {
	check    func(username, password string) error
	username string
	step     int
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch {
	case l.step == 1 && response == nil:
		return []byte("Username:"), false, nil
	case l.username == "" && len(response) > 0:
		l.username = string(response)
		return []byte("Password:"), false, nil
	case l.username != "":
		return nil, true, l.check(l.username, string(response))
	}
	return nil, false, errors.New("unexpected answer")
}

// droppingListener hands out connections that can be told to close after the next write.
type droppingListener struct{ net.Listener }

func (l droppingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &droppingConn{Conn: conn}, nil
}

type droppingConn struct {
	net.Conn
	drop atomic.Bool
}

func (c *droppingConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if c.drop.Load() {
		c.Conn.Close()
	}
	return n, err
}

// dropAfterWrite closes conn as soon as the next bytes are written to it.
func dropAfterWrite(conn net.Conn) {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	if d, ok := conn.(*droppingConn); ok {
		d.drop.Store(true)
	}
}
