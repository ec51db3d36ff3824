package responder

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// SMTPConfig says how mail leaves the house.
type SMTPConfig struct {
	Server   string // smtps://host:465, smtp+starttls://host:587, or smtp://127.0.0.1:25 to a loopback address only
	Username string // "" = do not sign in
	Password string

	// Token, when set, gives the OAuth 2.0 access token to sign in with instead of the password. It is
	// asked for each connection, and once more with the token that the server has just refused; the
	// same token again means that there is no newer one. Its error is [ErrSignIn] when only people can help.
	Token func(ctx context.Context, refused string) (string, error)

	TLS      *tls.Config // nil = the system's roots, TLS 1.2 and newer
	From     string      // envelope sender; "<>" is the null sender
	Hello    string      // name in EHLO; "" = the local address as a literal (RFC 5321 4.1.3)
	Timeouts Timeouts
}

// String hides what must not be printed.
func (c SMTPConfig) String() string { return c.Server }

// GoString hides what must not be printed.
func (c SMTPConfig) GoString() string { return c.Server }

// Timeouts of a conversation; zero fields take those of RFC 5321 4.5.3.2.
type Timeouts struct {
	Connect time.Duration // until signed in: 1 min
	Command time.Duration // for each command: 5 min
	Block   time.Duration // for each 32 kB of the mail: 3 min
	Final   time.Duration // for the answer to the mail: 10 min (CASES M16)
	Idle    time.Duration // a connection unused for longer is not used again: 30 s
}

func (t Timeouts) orDefault() Timeouts {
	for _, d := range []struct {
		have *time.Duration
		want time.Duration
	}{{&t.Connect, time.Minute}, {&t.Command, 5 * time.Minute}, {&t.Block, 3 * time.Minute}, {&t.Final, 10 * time.Minute}, {&t.Idle, 30 * time.Second}} {
		if *d.have <= 0 {
			*d.have = d.want
		}
	}
	return t
}

// Sender sends letters, one after the other over one connection, which it opens when it is
// needed and opens again when it is lost. It is safe for use by several goroutines; they wait
// for each other.
type Sender struct {
	config   SMTPConfig
	host     string // for the certificate
	address  string // host:port
	security string // "tls", "starttls" or "none"
	from     string // with angle brackets

	mu     sync.Mutex
	line   *connection
	closed bool
}

// connection is an open conversation, signed in.
type connection struct {
	conn   net.Conn
	client *smtp.Client
	used   time.Time
}

// NewSender checks the configuration. It does not connect.
func NewSender(c SMTPConfig) (*Sender, error) {
	u, err := url.Parse(c.Server)
	if err != nil || u.Hostname() == "" || u.User != nil || (u.Path != "" && u.Path != "/") {
		return nil, errors.New("smtp server: not of the form smtps://host:port")
	}
	s := &Sender{config: c, host: u.Hostname()}
	s.config.Timeouts = c.Timeouts.orDefault()
	port := ""
	switch u.Scheme {
	case "smtps":
		s.security, port = "tls", "465"
	case "smtp+starttls":
		s.security, port = "starttls", "587"
	case "smtp":
		if !loopback(s.host) {
			return nil, errors.New("smtp server: smtp:// is not encrypted and goes to a loopback address only; use smtps:// or smtp+starttls://")
		}
		s.security, port = "none", "25"
	default:
		return nil, fmt.Errorf("smtp server: %q is none of smtps, smtp+starttls and smtp", u.Scheme)
	}
	if u.Port() != "" {
		port = u.Port()
	}
	s.address = net.JoinHostPort(s.host, port)
	if strings.ContainsAny(c.Username+c.Password, "\x00\r\n") {
		return nil, errors.New("smtp: user name and password must be single lines")
	}
	if strings.ContainsAny(c.Hello, " \t\r\n") {
		return nil, errors.New("smtp: the name for EHLO must be one word")
	}
	if c.From == "<>" {
		s.from = "<>"
		return s, nil
	}
	from, unicode, err := recipient(c.From)
	if err != nil || unicode {
		return nil, errors.New("smtp: the envelope sender is not an address that mail can be sent from")
	}
	s.from = "<" + from + ">"
	return s, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Close says goodbye to the server. Send must not be called after it.
func (s *Sender) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.line != nil {
		s.line.conn.SetDeadline(time.Now().Add(2 * time.Second))
		s.line.client.Quit() // the mails are settled: what the server says now changes nothing (C44)
		s.drop()
	}
	return nil
}

// drop forgets the connection.
func (s *Sender) drop() {
	if s.line != nil {
		s.line.conn.Close()
		s.line = nil
	}
}

// dial opens a conversation as far as the first MAIL command. A refused token is tried anew once, over
// a fresh connection.
func (s *Sender) dial(ctx context.Context) (*connection, Result) {
	if s.config.Token == nil {
		return s.connect(ctx, "")
	}
	token, err := s.config.Token(ctx, "")
	if err != nil {
		return nil, noToken(err)
	}
	line, r := s.connect(ctx, token)
	if line != nil || r.Stage != StageAuth || r.Outcome != Configuration {
		return line, r
	}
	fresh, err := s.config.Token(ctx, token)
	switch {
	case err != nil:
		return nil, noToken(err)
	case fresh == token:
		return nil, r
	}
	return s.connect(ctx, fresh)
}

// noToken judges that there is no token to sign in with. Its error was made for a log.
func noToken(err error) Result {
	r := Result{Stage: StageAuth, Outcome: Temporary, Err: fmt.Errorf("smtp %s: %w", StageAuth, err)}
	if errors.Is(err, ErrSignIn) {
		r.Outcome = Configuration
	}
	return r
}

// connect makes one connection and signs in, with token when there is one.
func (s *Sender) connect(ctx context.Context, token string) (*connection, Result) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeouts.Connect)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, failed(StageConnect, err)
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	deadline, _ := ctx.Deadline()
	conn.SetDeadline(deadline)
	client, stage, err := s.greet(ctx, conn, token)
	if err != nil {
		conn.Close()
		return nil, failed(stage, errors.Join(err, context.Cause(ctx)))
	}
	return &connection{conn: conn, client: client}, Result{}
}

// greet goes through greeting, EHLO, TLS and AUTH, and says where it failed.
func (s *Sender) greet(ctx context.Context, conn net.Conn, token string) (*smtp.Client, string, error) {
	if s.security == "tls" {
		secure := tls.Client(conn, s.tls())
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, StageTLS, err
		}
		conn = secure
	}
	client, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return nil, StageConnect, err
	}
	client.SkipSMTPUTF8(true)
	client.SetDSNMailReturnOption("HDRS") // a bounce needs the Message-ID, not the text
	client.SetDSNRcptNotifyOption("FAILURE")
	if s.from == "<>" {
		client.SetDSNRcptNotifyOption("NEVER") // nobody would get the report (CASES B18)
	}
	if err := client.Hello(s.hello(conn)); err != nil {
		return nil, StageConnect, err
	}
	if s.security == "starttls" {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return nil, StageTLS, errors.New("the server does not offer STARTTLS")
		}
		if err := client.StartTLS(s.tls()); err != nil {
			return nil, StageTLS, err
		}
	}
	if s.config.Username == "" {
		return client, "", nil
	}
	auth, err := s.auth(client, token)
	if err != nil {
		return nil, StageAuth, err
	}
	if err := client.Auth(auth); err != nil {
		return nil, StageAuth, err
	}
	return client, "", nil
}

func (s *Sender) tls() *tls.Config {
	c := s.config.TLS.Clone()
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if c.ServerName == "" {
		c.ServerName = s.host
	}
	return c
}

func (s *Sender) hello(conn net.Conn) string {
	if s.config.Hello != "" {
		return s.config.Hello
	}
	if a, ok := conn.LocalAddr().(*net.TCPAddr); ok {
		if ip4 := a.IP.To4(); ip4 != nil {
			return "[" + ip4.String() + "]"
		}
		return "[IPv6:" + a.IP.String() + "]"
	}
	return "localhost"
}
