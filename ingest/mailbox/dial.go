package mailbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// Config says which mailbox to read. Zero numbers and durations mean the defaults.
type Config struct {
	Server             string // imaps://, imap+starttls:// or imap://host[:port]; whether imap:// is allowed is for the caller to check
	Username, Password string
	Folders            []string // names as the server shows them; none means INBOX and the junk folder

	// Token, when set, gives the OAuth 2.0 access token to sign in with instead of the password. It is
	// asked for each connection, and once more with the token that the server has just refused; the same
	// token again means that there is no newer one. Its error is [ErrAuth] when only people can help.
	Token func(ctx context.Context, refused string) (string, error)

	TLS *tls.Config // nil: the system's roots, the server's host name, TLS 1.2 or newer

	Timeout     time.Duration // for each command, beside the time its bytes need; 1 minute
	IdleTimeout time.Duration // longest wait in one IDLE; 9 minutes, many routers forget a connection after 10
	MaxMailSize int64         // of larger mail only the beginning is fetched; 64 MiB
	BatchBytes  int64         // bytes held at a time while fetching, a larger mail alone; 8 MiB
}

func (c Config) withDefaults() Config {
	if c.Timeout <= 0 {
		c.Timeout = time.Minute
	}
	if c.IdleTimeout <= 0 {
		c.IdleTimeout = 9 * time.Minute
	}
	if c.MaxMailSize <= 0 {
		c.MaxMailSize = 64 << 20
	}
	if c.BatchBytes <= 0 {
		c.BatchBytes = 8 << 20
	}
	return c
}

// Conn is a signed-in connection. It is used by one goroutine; cancel a call's context to end it.
type Conn struct {
	cfg    Config
	token  string // to sign in with instead of the password, "" = none
	client *imapclient.Client
	guard  *guardConn
	noIdle bool // the server cannot or will not IDLE

	selected bool
	folder   string
	opened   time.Time
	status   Status

	mu      sync.Mutex
	count   uint32        // mails in the folder as last told
	grown   bool          // the server announced mail since the folder was opened
	changed chan struct{} // holds one token while an announcement has not been waited for
}

const (
	smallAnswer = 1 << 20 // bytes that any command but a fetch, search or list may send
	goodbye     = 5 * time.Second
)

// Dial connects and signs in. The error is [ErrAuth] when the server refused the sign-in; anything
// else is temporary or a matter of configuration (host name, certificate). A refused token is tried
// anew once, over a fresh connection.
func Dial(ctx context.Context, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	if cfg.Token == nil {
		return connect(ctx, cfg, "")
	}
	token, err := cfg.Token(ctx, "")
	if err != nil {
		return nil, err
	}
	c, err := connect(ctx, cfg, token)
	if !errors.Is(err, ErrAuth) {
		return c, err
	}
	fresh, tokenErr := cfg.Token(ctx, token)
	switch {
	case tokenErr != nil:
		return nil, tokenErr
	case fresh == token:
		return nil, err
	}
	return connect(ctx, cfg, fresh)
}

// connect makes one connection and signs in, with token when there is one.
func connect(ctx context.Context, cfg Config, token string) (*Conn, error) {
	scheme, addr, host, err := splitServer(cfg.Server)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: min(cfg.Timeout, 30*time.Second)}
	raw, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	c := &Conn{cfg: cfg, token: token, changed: make(chan struct{}, 1), guard: &guardConn{Conn: raw, raw: raw}}
	err = c.do(ctx, "connect", cfg.Timeout, smallAnswer, func() error { return c.handshake(scheme, host) })
	if err == nil {
		err = c.signIn(ctx, host)
	}
	if err != nil {
		c.end()
		return nil, err
	}
	return c, nil
}

// splitServer reads a server URL.
func splitServer(server string) (scheme, addr, host string, err error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" {
		return "", "", "", errors.New("imap server is not a URL such as imaps://imap.example.com:993")
	}
	port := u.Port()
	switch u.Scheme {
	case "imaps":
		port = or(port, "993")
	case "imap", "imap+starttls":
		port = or(port, "143")
	default:
		return "", "", "", fmt.Errorf("imap server: unknown scheme %q", u.Scheme)
	}
	return u.Scheme, net.JoinHostPort(u.Hostname(), port), u.Hostname(), nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// handshake brings TLS up and waits for the greeting.
func (c *Conn) handshake(scheme, host string) error {
	config := &tls.Config{}
	if c.cfg.TLS != nil {
		config = c.cfg.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = host
	}
	if scheme == "imaps" {
		config.NextProtos = []string{"imap"}
		secure := tls.Client(c.guard.raw, config)
		if err := secure.Handshake(); err != nil {
			return fmt.Errorf("tls: %w", err)
		}
		c.guard.Conn = secure
	}
	if err := c.greeting(); err != nil {
		return err
	}
	opts := &imapclient.Options{TLSConfig: config, UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				c.exists(*data.NumMessages)
			}
		},
		Expunge: func(uint32) { c.expunged() },
	}}
	if scheme == "imap+starttls" {
		client, err := imapclient.NewStartTLS(c.guard, opts)
		if err != nil {
			return fmt.Errorf("starttls: %w", err)
		}
		c.client = client
		return nil
	}
	c.client = imapclient.New(c.guard, opts)
	return c.client.WaitGreeting()
}

// greeting reads the server's first line ahead of the client, which would hang on a server that
// claims we were signed in already and so cannot start TLS (RFC 9051 7.1.4: close; CASES M7, A67).
func (c *Conn) greeting() error {
	line := make([]byte, 0, 512)
	for one := make([]byte, 1); !bytes.HasSuffix(line, []byte("\n")); {
		n, err := c.guard.Read(one)
		if err != nil {
			return fmt.Errorf("greeting: %w", err)
		}
		if line = append(line, one[:n]...); len(line) > 8192 {
			return errors.New("greeting is too long")
		}
	}
	switch word := strings.ToUpper(string(line)); {
	case strings.HasPrefix(word, "* OK"):
		c.guard.prefix = line
		return nil
	case strings.HasPrefix(word, "* PREAUTH"):
		return errors.New("server claims that we are signed in already")
	case strings.HasPrefix(word, "* BYE"):
		return errors.New("server is not available: " + strings.TrimSpace(string(line[5:])))
	}
	return errors.New("not an imap server")
}

// do runs one command under the watchdog: it ends with ctx, after limit, or when more than budget
// bytes arrive, whatever the server does (M1). A refusal leaves the connection usable; every other
// error closes it.
func (c *Conn) do(ctx context.Context, what string, limit time.Duration, budget int64, command func() error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if c.lost() {
		return fmt.Errorf("%s: %w", what, ErrLost)
	}
	c.guard.allow(min(limit, c.cfg.Timeout), budget)
	watched, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stop := context.AfterFunc(watched, func() { c.guard.Close() })
	err := command()
	inTime := stop()
	c.guard.allow(0, smallAnswer) // between commands the server need not speak
	switch {
	case !inTime && ctx.Err() != nil:
		c.end()
		return fmt.Errorf("%s: %w", what, ctx.Err())
	case !inTime:
		c.end()
		return fmt.Errorf("%s: no answer within %v: %w", what, limit, ErrLost)
	case err == nil:
		return nil
	case errors.Is(err, ErrAuth):
		return fmt.Errorf("%s: %w", what, err)
	case refused(err):
		safe := clean(err, c.secrets()...)
		if what == "sign-in" && !busy(err) && code(err) != "SERVERBUG" {
			return fmt.Errorf("%w: %w", ErrAuth, safe)
		}
		return &refusal{what: what, text: safe, answer: err}
	}
	if why := c.guard.reason(); why != nil && !errors.Is(err, errTooLarge) {
		err = why // the client reports what it could not parse, not that the connection broke
	}
	c.end()
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) { // names the mistake and our own configuration only
		return fmt.Errorf("%s: %w: %w", what, certificate, ErrLost)
	}
	return fmt.Errorf("%s: %w: %w", what, clean(err, c.secrets()...), ErrLost)
}

// refusal is a NO or BAD whose text is fit for a log.
type refusal struct {
	what   string
	text   error
	answer error
}

func (r *refusal) Error() string { return r.what + ": " + r.text.Error() }

func (r *refusal) Unwrap() error { return r.answer }

// lost reports whether the connection is closed.
func (c *Conn) lost() bool {
	if c.client == nil {
		return false
	}
	select {
	case <-c.client.Closed():
		return true
	default:
		return false
	}
}

// end closes the connection at once and waits until its reader is gone. The wait is bounded: what
// a hostile server has packed behind a literal that was given up can block the client's reader.
func (c *Conn) end() {
	c.guard.Close()
	if c.client == nil {
		return
	}
	timer := time.NewTimer(goodbye)
	defer timer.Stop()
	select {
	case <-c.client.Closed():
	case <-timer.C:
	}
}

// Close says goodbye, briefly, and closes the connection. It is safe to call it twice.
func (c *Conn) Close() error {
	if !c.lost() {
		_ = c.do(context.Background(), "logout", goodbye, smallAnswer, func() error { return c.client.Logout().Wait() })
	}
	c.end()
	return nil
}
