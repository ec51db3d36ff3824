package config

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

const tokens = `organisation: {address: privacy@example.com}
imap:
  server: "imaps://outlook.office365.com"
  oauth: {flow: client_credentials, token_url: "https://login.example.com/token", client_id: abc, client_secret: "${IMAP_PASSWORD}", scopes: ["https://mail.example.com/.default"]}
smtp:
  server: "smtps://smtp.example.com"
  oauth: {flow: refresh_token, token_url: "http://127.0.0.1:9/token", client_id: abc, refresh_token_file: refresh}
staff: [{address: desk@example.com}]
`

func TestOAuth(t *testing.T) {
	w := newWorld()
	w.files["etc/privacybot/refresh"] = &fstest.MapFile{Data: []byte("r-secret\n"), Mode: 0o600}
	c, problems := w.load(tokens)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if o := c.IMAP.OAuth; o.Flow != ClientCredentials || o.ClientSecret.Reveal() != "imap-secret" || len(o.Scopes) != 1 || c.IMAP.Username != "privacy@example.com" {
		t.Errorf("imap %+v", c.IMAP)
	}
	if o := c.SMTP.OAuth; o.RefreshToken.Reveal() != "r-secret" || c.SMTP.Username != "privacy@example.com" {
		t.Errorf("smtp %+v", c.SMTP)
	}
	if text := fmt.Sprintf("%v %+v %#v", c.IMAP, c.SMTP, c.SMTP.OAuth); strings.Contains(text, "secret") {
		t.Error("a secret is printed")
	}
	if !(OAuth{}).IsZero() || mustLoad(t, minimal).IMAP.OAuth.Flow != "" {
		t.Error("without the section there is something")
	}
}

func TestOAuthProblems(t *testing.T) { // C58
	for _, c := range []struct{ old, new, want string }{
		{`flow: client_credentials, `, ``, `imap.oauth.flow: is needed`},
		{`flow: client_credentials`, `flow: client`, `imap.oauth.flow: "client" must be one of client_credentials, refresh_token`},
		{`token_url: "https://login.example.com/token", `, ``, `imap.oauth.token_url: is needed`},
		{`https://login`, `http://login`, `imap.oauth.token_url: is unencrypted`},
		{`https://login.example.com/token`, `login`, `imap.oauth.token_url: "login" is not a web address`},
		{`client_id: abc, client_secret`, `client_secret`, `imap.oauth.client_id: is needed`},
		{`client_secret: "${IMAP_PASSWORD}", `, ``, `imap.oauth.client_secret: is needed`},
		{`client_secret: "${IMAP_PASSWORD}"`, `client_secrets: "${IMAP_PASSWORD}"`, `did you mean client_secret?`},
		{`, scopes: ["https://mail.example.com/.default"]`, ``, `imap.oauth.scopes: is needed`},
		{`["https://mail.example.com/.default"]`, `["a b"]`, `imap.oauth.scopes: each scope is one word`},
		{`client_secret: "${IMAP_PASSWORD}"`, `client_secret: "${IMAP_PASSWORD}", refresh_token: "${IMAP_PASSWORD}"`, `imap.oauth.refresh_token: is not used`},
		{`  oauth: {flow: client_c`, "  password: \"${IMAP_PASSWORD}\"\n  oauth: {flow: client_c", `only one of imap.password and imap.oauth`},
		{`, refresh_token_file: refresh`, ``, `smtp.oauth.refresh_token: is needed`},
		{`refresh_token_file: refresh`, `refresh_token_file: lost`, `smtp.oauth.refresh_token_file: no such file`},
		{`  oauth: {flow: client_c`, "  oauth:\n  poll: 1m\n  # {flow: client_c", `imap.oauth.token_url: is needed`},
	} {
		w := newWorld()
		w.files["etc/privacybot/refresh"] = &fstest.MapFile{Data: []byte("r-secret"), Mode: 0o600}
		text := strings.Replace(tokens, c.old, c.new, 1)
		if text == tokens {
			t.Fatalf("%q is not in the file", c.old)
		}
		_, problems := w.load(text)
		said := ""
		for _, p := range problems {
			said += p.String() + "\n"
		}
		if !strings.Contains(said, c.want) || strings.Contains(said, "secret\n") || strings.Contains(said, "imap-secret") {
			t.Errorf("%q: want %q, got\n%s", c.new, c.want, said)
		}
	}
}
