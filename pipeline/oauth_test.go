package pipeline

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/internal/mailtest"
	"privacybot/responder"
)

// tokenWorld is an authorization server, what asks it, and the time.
type tokenWorld struct {
	server *mailtest.OAuthServer
	tokens *tokens
	now    time.Time
}

func newTokenWorld(t *testing.T, refresh bool) *tokenWorld {
	w := &tokenWorld{server: mailtest.OAuth(t), now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	c := OAuth{TokenURL: w.server.URL + "/token", ClientID: w.server.ClientID, ClientSecret: w.server.ClientSecret, Scopes: []string{"https://outlook.office365.com/.default"}}
	if refresh {
		c.RefreshToken, c.Scopes = w.server.RefreshToken(), nil
	}
	w.tokens = newTokens(c, func() time.Time { return w.now })
	return w
}

func (w *tokenWorld) get(t *testing.T, refused string) string {
	t.Helper()
	token, err := w.tokens.get(t.Context(), refused)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// A token is asked for once, kept, renewed before it ends, and replaced when a server refuses it, but
// not when it is new: that would hammer (C25).
func TestTokensAreRenewed(t *testing.T) {
	for _, refresh := range []bool{false, true} {
		t.Run(fmt.Sprintf("refresh=%v", refresh), func(t *testing.T) {
			w := newTokenWorld(t, refresh)
			first := w.get(t, "")
			if again := w.get(t, ""); again != first || len(w.server.Asked()) != 1 {
				t.Errorf("asked %d times", len(w.server.Asked()))
			}
			form := w.server.Asked()[0]
			grant := map[bool]string{false: "client_credentials", true: "refresh_token"}[refresh]
			if form.Get("grant_type") != grant || !refresh && form.Get("scope") != "https://outlook.office365.com/.default" {
				t.Errorf("asked with %v", form)
			}
			if same := w.get(t, first); same != first || len(w.server.Asked()) != 1 {
				t.Error("a token made just now was replaced")
			}
			w.now = w.now.Add(10 * time.Minute)
			second := w.get(t, first)
			if second == first || len(w.server.Asked()) != 2 {
				t.Error("a refused token was kept")
			}
			if third := w.get(t, first); third != second || len(w.server.Asked()) != 2 {
				t.Error("a token was replaced for the sake of an older one")
			}
			w.now = w.now.Add(56 * time.Minute)
			if next := w.get(t, ""); next == second || len(w.server.Asked()) != 3 {
				t.Error("a token that ends in four minutes was kept")
			}
			w.server.Life(0) // nothing is said about its end: it serves until it is refused
			w.now = w.now.Add(time.Hour)
			endless := w.get(t, "")
			w.now = w.now.Add(100 * time.Hour)
			if w.get(t, "") != endless {
				t.Error("a token without an end was replaced")
			}
		})
	}
}

// Trouble that passes by itself is told from a refusal, and no error holds a secret or the server's words.
func TestTokenErrors(t *testing.T) {
	w := newTokenWorld(t, true)
	for _, c := range []struct {
		status  int
		code    string
		refused bool
	}{
		{400, "invalid_grant", true}, {401, "invalid_client", true}, {400, "unauthorized_client", true}, {400, "invalid_scope", true},
		{403, "", true}, {400, "temporarily_unavailable", false}, {429, "invalid_grant", false}, {500, "server_error", false},
		{503, "", false}, {302, "", false},
	} {
		w.server.Fail(c.status, c.code)
		_, err := w.tokens.get(t.Context(), "")
		if err == nil || errors.Is(err, errToken) != c.refused {
			t.Errorf("%d %s: %v", c.status, c.code, err)
			continue
		}
		_, atMailbox := w.tokens.forMailbox(t.Context(), "")
		_, atSMTP := w.tokens.forSMTP(t.Context(), "")
		if errors.Is(atMailbox, mailbox.ErrAuth) != c.refused || errors.Is(atSMTP, responder.ErrSignIn) != c.refused {
			t.Errorf("%d %s: %v, %v", c.status, c.code, atMailbox, atSMTP)
		}
		for _, secret := range []string{w.server.ClientSecret, w.server.RefreshToken(), "about"} {
			if text := fmt.Sprintf("%v %+v %#v %v %#v", err, err, err, w.tokens.cfg, w.tokens.cfg); strings.Contains(text, secret) {
				t.Errorf("%d %s: %q is told: %s", c.status, c.code, secret, text)
			}
		}
	}
	page := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, "<html>log in here") }))
	w.tokens.cfg.TokenURL = page.URL
	if _, err := w.tokens.get(t.Context(), ""); err == nil || errors.Is(err, errToken) || strings.Contains(err.Error(), "html") {
		t.Errorf("a page instead of a token: %v", err)
	}
	page.Close()
	if _, err := w.tokens.get(t.Context(), ""); err == nil || errors.Is(err, errToken) || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("nobody there: %v", err)
	}
}

// While the server is in trouble the token at hand serves until its end.
func TestTokenOutlivesTrouble(t *testing.T) {
	w := newTokenWorld(t, false)
	token := w.get(t, "")
	w.server.Fail(503, "server_error")
	w.now = w.now.Add(57 * time.Minute)
	if w.get(t, "") != token {
		t.Error("another token")
	}
	w.now = w.now.Add(4 * time.Minute)
	if _, err := w.tokens.get(t.Context(), ""); err == nil {
		t.Error("a token that has ended was given")
	}
}

// A server that gives a new refresh token with each access token is asked with the newest.
func TestRefreshTokenRotates(t *testing.T) {
	w := newTokenWorld(t, true)
	w.server.Rotate()
	for range 3 {
		w.get(t, "")
		w.now = w.now.Add(time.Hour)
	}
	if n := len(w.server.Asked()); n != 3 {
		t.Errorf("asked %d times", n)
	}
}
