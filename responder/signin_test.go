package responder_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"privacybot/internal/mailtest"
	"privacybot/responder"
)

func freshToken(t *testing.T, o *mailtest.OAuthServer) string {
	t.Helper()
	answer, err := http.PostForm(o.URL+"/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {o.ClientID}, "client_secret": {o.ClientSecret}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	hit := regexp.MustCompile(`"access_token":"(\w+)"`).FindSubmatch(body)
	if hit == nil {
		t.Fatalf("no token: %s", body)
	}
	return string(hit[1])
}

// The token is sent by either mechanism; a refused one is asked for anew, once, over a new connection.
func TestSendWithToken(t *testing.T) {
	for _, mechanism := range []string{"xoauth2", "oauthbearer", "xoauth2 oauthbearer"} {
		t.Run(mechanism, func(t *testing.T) {
			o := mailtest.OAuth(t)
			o.Mechanisms = mechanism
			server := mailtest.SMTP(t, mailtest.TakeTokens(o))
			token := freshToken(t, o)
			var asked []string
			give := func(_ context.Context, refused string) (string, error) {
				asked = append(asked, refused)
				return token, nil
			}
			sender := func() *responder.Sender {
				asked = nil
				return newSender(t, "smtp://"+server.Addr, func(c *responder.SMTPConfig) { c.Username, c.Token = "privacy@example.com", give })
			}
			want(t, sender().Send(t.Context(), "jane@example.org", rawLetter), responder.Delivered, responder.StageFinal, 250)

			o.Revoke()
			r := sender().Send(t.Context(), "jane@example.org", rawLetter) // the same token again: no second try (C25, C42)
			want(t, r, responder.Configuration, responder.StageAuth, 535)
			if len(asked) != 2 || asked[1] != token || strings.Contains(fmt.Sprint(r), token) {
				t.Errorf("asked with %q, told %v", asked, r)
			}

			stale := token
			give = func(_ context.Context, refused string) (string, error) {
				if refused == stale {
					return freshToken(t, o), nil
				}
				return stale, nil
			}
			want(t, sender().Send(t.Context(), "jane@example.org", rawLetter), responder.Delivered, responder.StageFinal, 250)

			give = func(context.Context, string) (string, error) { return "", errors.New("token endpoint: time-out") }
			want(t, sender().Send(t.Context(), "jane@example.org", rawLetter), responder.Temporary, responder.StageAuth, 0)
			give = func(context.Context, string) (string, error) {
				return "", fmt.Errorf("%w: invalid_grant", responder.ErrSignIn)
			}
			want(t, sender().Send(t.Context(), "jane@example.org", rawLetter), responder.Configuration, responder.StageAuth, 0)
		})
	}
	server := mailtest.SMTP(t, mailtest.RequireAuth("privacy@example.com", "hunter2"))
	s := newSender(t, "smtp://"+server.Addr, func(c *responder.SMTPConfig) {
		c.Username, c.Token = "privacy@example.com", func(context.Context, string) (string, error) { return "tok", nil }
	})
	want(t, s.Send(t.Context(), "jane@example.org", rawLetter), responder.Configuration, responder.StageAuth, 0) // neither mechanism
}
