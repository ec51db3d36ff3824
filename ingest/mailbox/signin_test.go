package mailbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"privacybot/ingest/mailbox"
	"privacybot/internal/mailtest"
)

// freshToken asks the authorization server for an access token.
func freshToken(t *testing.T, o *mailtest.OAuthServer) string {
	t.Helper()
	answer, err := http.PostForm(o.URL+"/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {o.ClientID}, "client_secret": {o.ClientSecret}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	body, _ := io.ReadAll(answer.Body)
	hit := regexp.MustCompile(`"access_token":"(\w+)"`).FindSubmatch(body)
	if hit == nil {
		t.Fatalf("no token: %s", body)
	}
	return string(hit[1])
}

// Dovecot takes the token by either mechanism; a refused one is asked for anew, once.
func TestSignInWithToken(t *testing.T) {
	for _, mechanism := range []string{"xoauth2", "oauthbearer", "xoauth2 oauthbearer"} {
		t.Run(mechanism, func(t *testing.T) {
			o := mailtest.OAuth(t)
			o.Mechanisms = mechanism
			s := mailtest.IMAPWithOAuth(t, o)
			cfg := config(s)
			cfg.Password = ""
			var refused []string
			token := freshToken(t, o)
			cfg.Token = func(_ context.Context, old string) (string, error) {
				refused = append(refused, old)
				return token, nil
			}
			choose(t, dial(t, cfg), "INBOX")

			stale := token
			o.Revoke()
			refused = nil
			cfg.Token = func(_ context.Context, old string) (string, error) {
				refused = append(refused, old)
				if old == stale {
					return freshToken(t, o), nil
				}
				return stale, nil
			}
			choose(t, dial(t, cfg), "INBOX")
			if len(refused) != 2 || refused[0] != "" || refused[1] != stale {
				t.Errorf("asked with %q", refused)
			}

			tries := 0
			cfg.Token = func(context.Context, string) (string, error) { tries++; return stale, nil }
			_, err := mailbox.Dial(t.Context(), cfg) // the same token again: no second try (C25)
			if !errors.Is(err, mailbox.ErrAuth) || errors.Is(err, mailbox.ErrLost) || tries != 2 {
				t.Errorf("got %v after %d tokens", err, tries)
			}
			if err != nil && (strings.Contains(err.Error(), stale) || strings.Contains(err.Error(), "eyJ")) {
				t.Errorf("the error holds the token or the challenge: %v", err)
			}
			cfg.Token = func(context.Context, string) (string, error) { return "", errors.New("no token") }
			if _, err := mailbox.Dial(t.Context(), cfg); err == nil || errors.Is(err, mailbox.ErrAuth) {
				t.Errorf("without a token: %v", err)
			}
		})
	}
}

// The refusal comes as a challenge in JSON, which must be answered (RFC 7628 section 3.2.3); its status is told.
func TestTokenRefusalIsAnswered(t *testing.T) {
	for mechanism, want := range map[string]string{"XOAUTH2": "=", "OAUTHBEARER": "AQ=="} {
		var answered, command string
		cfg := fakeServer(t, script{
			"CAPABILITY": says("* CAPABILITY IMAP4rev1 SASL-IR AUTH=" + mechanism + "\r\n" + okLine),
			"AUTHENTICATE": func(w io.Writer, tag, _ string) error {
				command = tag
				_, err := io.WriteString(w, "+ eyJzdGF0dXMiOiI0MDEiLCJzY29wZSI6Imh1c2gtaHVzaCJ9\r\n") // {"status":"401","scope":"hush-hush"}
				return err
			},
			"REPLY": func(w io.Writer, _, reply string) error {
				answered = reply
				_, err := io.WriteString(w, command+" NO [AUTHENTICATIONFAILED] no\r\n")
				return err
			},
		})
		cfg.Token = func(context.Context, string) (string, error) { return "hush-hush", nil }
		_, err := mailbox.Dial(t.Context(), cfg)
		if !errors.Is(err, mailbox.ErrAuth) || !strings.Contains(err.Error(), "status 401") || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", mechanism, err)
		}
		if answered != want {
			t.Errorf("%s: the challenge was answered with %q", mechanism, answered)
		}
	}
	cfg := fakeServer(t, script{})
	cfg.Token = func(context.Context, string) (string, error) { return "hush-hush", nil }
	if _, err := mailbox.Dial(t.Context(), cfg); !errors.Is(err, mailbox.ErrAuth) {
		t.Errorf("server without either mechanism: %v", err)
	}
}
