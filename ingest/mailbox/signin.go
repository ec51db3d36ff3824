package mailbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
)

// signIn authenticates and, where the server knows ID, says who we are: some providers open no
// folder for a client that does not.
func (c *Conn) signIn(ctx context.Context, host string) error {
	bearer := &bearerClient{username: c.cfg.Username, token: c.token, host: host}
	err := c.do(ctx, "sign-in", c.cfg.Timeout, smallAnswer, func() error {
		caps := c.client.Caps()
		switch {
		case c.token != "" && !bearer.choose(caps):
			return fmt.Errorf("%w: server offers neither XOAUTH2 nor OAUTHBEARER", ErrAuth)
		case c.token != "":
			return c.client.Authenticate(bearer)
		case caps.Has(imap.AuthCap(sasl.Plain)):
			return c.client.Authenticate(sasl.NewPlainClient("", c.cfg.Username, c.cfg.Password))
		case caps.Has(imap.CapLoginDisabled):
			return fmt.Errorf("%w: server takes no password on this connection", ErrAuth)
		}
		return c.client.Login(c.cfg.Username, c.cfg.Password).Wait()
	})
	if errors.Is(err, ErrAuth) && bearer.status != "" {
		return fmt.Errorf("%w (status %s)", err, bearer.status)
	}
	if err != nil {
		return err
	}
	return c.do(ctx, "capabilities", c.cfg.Timeout, smallAnswer, func() error {
		caps := c.client.Caps()
		c.noIdle = !caps.Has(imap.CapIdle) && !caps.Has(imap.CapIMAP4rev2)
		if caps.Has(imap.CapID) {
			if _, err := c.client.ID(&imap.IDData{Name: "privacybot"}).Wait(); err != nil && !refused(err) {
				return err
			}
		}
		return nil
	})
}

// bearerClient is the client's side of OAUTHBEARER (RFC 7628) and of XOAUTH2, its forerunner. The
// reason of a refusal comes as a challenge, which must be answered before the server ends the command.
type bearerClient struct {
	mechanism, username, token, host string
	status                           string // of a refusal, such as "401"
}

// choose picks the mechanism among what the server offers, and reports whether there is one. Of both,
// the older one is used: all large providers know it, Microsoft no other.
func (b *bearerClient) choose(caps imap.CapSet) bool {
	switch {
	case caps.Has(imap.AuthCap("XOAUTH2")):
		b.mechanism = "XOAUTH2"
	case caps.Has(imap.AuthCap(sasl.OAuthBearer)):
		b.mechanism = sasl.OAuthBearer
	}
	return b.mechanism != ""
}

// Start gives the mechanism and the token.
func (b *bearerClient) Start() (string, []byte, error) {
	if b.mechanism == "XOAUTH2" {
		return b.mechanism, []byte("user=" + b.username + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
	}
	name := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(b.username) // RFC 5801 section 4
	return b.mechanism, []byte("n,a=" + name + ",\x01host=" + b.host + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

var plainStatus = regexp.MustCompile(`^[0-9A-Za-z_-]{1,40}$`)

// Next answers the challenge that holds a refusal (RFC 7628 section 3.2.3). Nothing of it is kept but
// its status.
func (b *bearerClient) Next(challenge []byte) ([]byte, error) {
	var refusal struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(challenge, &refusal) == nil && plainStatus.MatchString(refusal.Status) {
		b.status = refusal.Status
	}
	if b.mechanism == "XOAUTH2" {
		return []byte{}, nil
	}
	return []byte{1}, nil
}

// secrets are the strings that no error may hold, in the forms in which they travel.
func (c *Conn) secrets() []string {
	encode := base64.StdEncoding.EncodeToString
	plain := "\x00" + c.cfg.Username + "\x00" + c.cfg.Password
	return []string{encode([]byte(plain)), encode([]byte(c.cfg.Password)), c.cfg.Password, c.token, c.cfg.Username}
}
