package pipeline

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"privacybot/ingest/mailbox"
	"privacybot/responder"
)

// OAuth says how to get access tokens for a mail server (RFC 6749).
type OAuth struct {
	TokenURL               string // https; http to a loopback address only
	ClientID, ClientSecret string
	RefreshToken           string // "" = the client's own credentials (RFC 6749 section 4.4), as Microsoft 365 has them
	Scopes                 []string
}

// String hides what must not be printed.
func (o OAuth) String() string { return o.TokenURL }

// GoString hides what must not be printed.
func (o OAuth) GoString() string { return o.TokenURL }

const (
	tokenTimeout = 30 * time.Second
	tokenSpare   = 5 * time.Minute // a token is renewed so long before it ends
	tokenYoung   = time.Minute     // a token refused so soon after it was made is not to blame
)

// errToken says that the authorization server refuses to give tokens until people act.
var errToken = errors.New("the authorization server refuses a token")

// tokens gives access tokens and keeps the current one. It is safe for use by several goroutines.
type tokens struct {
	cfg    OAuth
	client *http.Client

	mu      sync.Mutex
	now     func() time.Time
	current *oauth2.Token
	made    time.Time
	refresh string // the newest refresh token: some servers give a new one with each access token
}

func newTokens(c OAuth, now func() time.Time) *tokens {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	transport.DisableKeepAlives = true // one question an hour
	return &tokens{cfg: c, now: now, refresh: c.RefreshToken, client: &http.Client{Timeout: tokenTimeout, Transport: transport,
		// A redirected request would take the secret along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// get gives a token that is good for some minutes. A token that a server has refused is replaced,
// unless it is new: then it is not the token's age, and the same one is given again.
func (t *tokens) get(ctx context.Context, refused string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	have := t.current != nil && t.current.AccessToken != ""
	switch {
	case have && refused == t.current.AccessToken:
		if age := now.Sub(t.made); age >= 0 && age < tokenYoung {
			return refused, nil
		}
		t.current, have = nil, false
	case have && (t.current.Expiry.IsZero() || now.Add(tokenSpare).Before(t.current.Expiry)):
		return t.current.AccessToken, nil
	}
	token, err := t.ask(ctx)
	if err != nil {
		if have && !errors.Is(err, errToken) && now.Before(t.current.Expiry) { // renewed early so that this is no trouble yet
			return t.current.AccessToken, nil
		}
		return "", err
	}
	if !token.Expiry.IsZero() { // by the computer's clock; ours may be another one in a simulation
		token.Expiry = now.Add(time.Until(token.Expiry))
	}
	if token.RefreshToken != "" && t.cfg.RefreshToken != "" {
		t.refresh = token.RefreshToken
	}
	t.current, t.made = token, now
	return token.AccessToken, nil
}

// ask makes one request for a token. Its errors hold no text of the server's but the error code.
func (t *tokens) ask(ctx context.Context) (*oauth2.Token, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, t.client)
	var token *oauth2.Token
	var err error
	if t.cfg.RefreshToken == "" {
		c := clientcredentials.Config{ClientID: t.cfg.ClientID, ClientSecret: t.cfg.ClientSecret, TokenURL: t.cfg.TokenURL,
			Scopes: t.cfg.Scopes, AuthStyle: oauth2.AuthStyleInParams} // guessing the style would ask twice
		token, err = c.Token(ctx)
	} else {
		c := oauth2.Config{ClientID: t.cfg.ClientID, ClientSecret: t.cfg.ClientSecret, Scopes: t.cfg.Scopes,
			Endpoint: oauth2.Endpoint{TokenURL: t.cfg.TokenURL, AuthStyle: oauth2.AuthStyleInParams}}
		token, err = c.TokenSource(ctx, &oauth2.Token{RefreshToken: t.refresh}).Token()
	}
	if err != nil {
		return nil, tokenError(err)
	}
	return token, nil
}

var oauthCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// tokenError tells a refusal (RFC 6749 section 5.2), which only people can mend, from trouble that
// passes by itself.
func tokenError(err error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) || answer.Response == nil {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || os.IsTimeout(err) {
			return errors.New("the authorization server did not answer in time")
		}
		return errors.New("the authorization server cannot be reached or gave no token")
	}
	code, status := answer.ErrorCode, answer.Response.StatusCode
	if !oauthCode.MatchString(code) {
		code = fmt.Sprintf("status %d", status)
	}
	switch {
	case code == "temporarily_unavailable" || code == "server_error" || code == "slow_down",
		status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500, status < 400:
		return fmt.Errorf("the authorization server gave no token for now: %s", code)
	}
	return fmt.Errorf("%w: %s", errToken, code)
}

// useTokens makes both servers be signed in to with tokens, where so configured.
func (c *Config) useTokens(now func() time.Time) {
	if c.MailboxOAuth != nil {
		c.Mailbox.Token = newTokens(*c.MailboxOAuth, now).forMailbox
	}
	if c.SMTPOAuth != nil {
		c.SMTP.Token = newTokens(*c.SMTPOAuth, now).forSMTP
	}
}

// forMailbox gives tokens as package mailbox asks for them.
func (t *tokens) forMailbox(ctx context.Context, refused string) (string, error) {
	token, err := t.get(ctx, refused)
	if errors.Is(err, errToken) {
		err = fmt.Errorf("%w: %w", mailbox.ErrAuth, err)
	}
	return token, err
}

// forSMTP gives tokens as package responder asks for them.
func (t *tokens) forSMTP(ctx context.Context, refused string) (string, error) {
	token, err := t.get(ctx, refused)
	if errors.Is(err, errToken) {
		err = fmt.Errorf("%w: %w", responder.ErrSignIn, err)
	}
	return token, err
}
