package responder

import (
	"errors"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

var (
	// ErrSignIn says that signing in fails until people act: trying again soon may lock the account.
	ErrSignIn = errors.New("sign-in refused")

	// errNoAuth says that the server offers no way to sign in that we know.
	errNoAuth = errors.New("the server offers no way to sign in that is known (SCRAM-SHA-256, PLAIN, LOGIN; with OAuth 2.0 XOAUTH2, OAUTHBEARER)")
)

// auth picks the strongest way to sign in that the server offers. The password is sent in clear
// over TLS or to a loopback address only.
func (s *Sender) auth(client *smtp.Client, token string) (smtp.Auth, error) {
	_, offered := client.Extension("AUTH")
	if token != "" {
		return s.bearer(strings.Fields(strings.ToUpper(offered)), token)
	}
	user, password := s.config.Username, s.config.Password
	clear := s.security == "none"
	for _, mechanism := range strings.Fields(strings.ToUpper(offered)) {
		if mechanism == "SCRAM-SHA-256" {
			return smtp.ScramSHA256Auth(user, password), nil
		}
	}
	for _, mechanism := range strings.Fields(strings.ToUpper(offered)) {
		switch mechanism {
		case "PLAIN":
			return smtp.PlainAuth("", user, password, s.host, clear), nil
		case "LOGIN":
			return smtp.LoginAuth(user, password, s.host, clear), nil
		}
	}
	// As if the server had said it: nobody can sign in, so no letter is to be burnt.
	return nil, errNoAuth
}

// bearer picks the mechanism for an OAuth 2.0 token. Of both, the older one is used: all large
// providers know it, Microsoft no other.
func (s *Sender) bearer(offered []string, token string) (smtp.Auth, error) {
	switch {
	case slices.Contains(offered, "XOAUTH2"):
		return smtp.XOAuth2Auth(s.config.Username, token), nil
	case slices.Contains(offered, "OAUTHBEARER"):
		return oauthBearer{username: s.config.Username, token: token, host: s.host}, nil
	}
	return nil, errNoAuth
}

// oauthBearer is the client's side of OAUTHBEARER (RFC 7628).
type oauthBearer struct{ username, token, host string }

// Start gives the mechanism and the token.
func (b oauthBearer) Start(*smtp.ServerInfo) (string, []byte, error) {
	name := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(b.username) // RFC 5801 section 4
	return "OAUTHBEARER", []byte("n,a=" + name + ",\x01host=" + b.host + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

// Next answers the challenge that holds the reason of a refusal, before the server tells the refusal
// itself (RFC 7628 section 3.2.3).
func (oauthBearer) Next(_ []byte, more bool) ([]byte, error) {
	if more {
		return []byte{1}, nil
	}
	return nil, nil
}
