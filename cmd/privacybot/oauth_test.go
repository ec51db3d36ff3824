package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

// An operator whose providers want OAuth 2.0: the whole way with tokens, mail moved when it was handled, and
// a client secret that has run out told by exit status, in words, without the secret (C25, A70).
func TestOfficeWithTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	oauth := mailtest.OAuth(t)
	h.imap = mailtest.IMAPWithOAuth(t, oauth)
	h.smtp = mailtest.SMTP(t, mailtest.NoTLS(), mailtest.TakeTokens(oauth))
	secret := filepath.Join(h.dir, "secret")
	if err := os.WriteFile(secret, []byte(oauth.ClientSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.env = append(h.env, "REFRESH="+oauth.RefreshToken())
	h.secrets = append(h.secrets, oauth.ClientSecret, oauth.RefreshToken())
	h.set("imap", fmt.Sprintf(`{server: "imap://%s", username: "%s", folders: [INBOX], move: {ticket: Privacy/Handled},
  oauth: {flow: client_credentials, token_url: "%s/token", client_id: %s, client_secret_file: secret, scopes: ["https://mail.example.com/.default"]}}`,
		h.imap.Addr, h.imap.Username, oauth.URL, oauth.ClientID))
	h.set("smtp", fmt.Sprintf(`{server: "smtp://%s", username: "%s",
  oauth: {flow: refresh_token, token_url: "%s/token", client_id: %s, client_secret_file: secret, refresh_token: "${REFRESH}"}}`,
		h.smtp.Addr, h.imap.Username, oauth.URL, oauth.ClientID))
	h.receive("jane@people.example.org", "Kontofrage", "Please delete my account.")
	h.once()
	h.one("jane@people.example.org", ticket.LetterAcknowledgement)
	if n := len(h.imap.UIDs("Privacy/Handled")); n != 1 || len(h.imap.UIDs("INBOX")) != 0 {
		t.Errorf("%d mails were moved", n)
	}
	if got := fmt.Sprint(h.ledger().became()); got != "map[ticket:1]" {
		t.Errorf("ledger %s", got)
	}

	oauth.Fail(401, "invalid_client")
	asked := len(oauth.Asked())
	for range 3 {
		if r := h.run("once"); r.code != 1 || !strings.Contains(r.err, "sign-in") {
			t.Errorf("a secret that has run out: %v", r)
		}
	}
	if n := len(oauth.Asked()) - asked; n > 2 { // one for each server
		t.Errorf("asked %d times for a token", n)
	}
	if r := h.run("check", "--probe", "--wait", "1s"); r.code != 1 || !strings.Contains(r.err, "invalid_client") {
		t.Errorf("check: %v", r)
	}
}
