package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The questions, answered on standard input; the probe runs over real servers, and the secret is for the
// owner's eyes only.
func TestInitAsks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	out := filepath.Join(t.TempDir(), "office", "privacybot.yaml")
	lines := []string{
		"privacy", privacy, // the first is no address and is asked again
		"Corp Ltd", "Europe/Berln", "Europe/Berlin", "", "de", "", "mail", "other",
		"imap.corp.example.com", "imap://" + h.imap.Addr, "smtp://" + h.smtp.Addr, h.imap.Username, border, h.imap.Password,
		privacy, deskAt, onCallAt, "",
	}
	r := call{args: []string{"init", "--out", out, "--wait", "10ms"}, env: []string{"HOME=" + h.dir}, stdin: strings.Join(lines, "\n") + "\n"}.run(t)
	if r.code != 1 || !strings.Contains(r.err, "privacybot check --config") { // the mail server knows another password: the probe says so
		t.Fatalf("%v", r)
	}
	for _, want := range []string{"is not a mail address", "is not a time zone", "must be microsoft365, google or other", "needs its protocol in front", "is the privacy mailbox itself", "trying it"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in\n%s", want, r.out)
		}
	}
	secret := filepath.Join(filepath.Dir(out), "mail.password")
	for _, path := range []string{out, secret} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if held, _ := os.ReadFile(secret); string(held) != h.imap.Password+"\n" || strings.Contains(string(text), h.imap.Password) || strings.Contains(r.out+r.err, h.imap.Password) {
		t.Errorf("the password is %q, or stands elsewhere", held)
	}
	if r := (call{args: []string{"check", "--config", out}}).run(t); r.code != 0 || r.err != "" {
		t.Errorf("what was written is not fine: %v\n%s", r, text)
	}
	if r := (call{args: []string{"init", "--out", out, "--yes"}}).run(t); r.code != 2 || !strings.Contains(r.err, "is there already") {
		t.Errorf("again: %v", r)
	}
}

// Without a person: flags and variables; the servers of the known providers, and their OAuth keys.
func TestInitProviders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		provider string
		args     []string
		env      []string
		want     []string
	}{
		{"microsoft365", []string{"--tenant", "0000-tenant", "--client", "1111-client"}, []string{"PRIVACYBOT_CLIENT_SECRET=geheim"},
			[]string{`"imaps://outlook.office365.com:993"`, `"smtp+starttls://smtp.office365.com:587"`, "/0000-tenant/oauth2", "client_credentials", ".default", "dkim_lookup: true"}},
		{"google", []string{"--client", "1111-client"}, []string{"PRIVACYBOT_CLIENT_SECRET=geheim", "PRIVACYBOT_REFRESH_TOKEN=frisch"},
			[]string{`"imaps://imap.gmail.com:993"`, `"smtps://smtp.gmail.com:465"`, "refresh_token_file: refresh.token", `authserv_id: "mx.google.com"`}},
		{"other", nil, []string{"PRIVACYBOT_PASSWORD=geheim"}, []string{`"imaps://imap.corp.example.com"`, "password_file: mail.password"}},
	} {
		out := filepath.Join(t.TempDir(), "privacybot.yaml")
		args := append([]string{"init", "--yes", "--no-probe", "--out", out, "--provider", c.provider, "--address", privacy, "--desk", deskAt}, c.args...)
		r := call{args: args, env: c.env}.run(t)
		text, _ := os.ReadFile(out)
		if r.code != 0 || !strings.Contains(r.out, "the configuration is fine") {
			t.Errorf("%s: %v\n%s", c.provider, r, text)
		}
		for _, want := range append(c.want, "mode: shadow", "canary: {enabled: true", "roles: [agent, manager, legal, oncall]") {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %q in\n%s", c.provider, want, text)
			}
		}
		if strings.Contains(string(text), "geheim") || strings.Contains(string(text), "frisch") {
			t.Errorf("%s: a secret stands in the configuration", c.provider)
		}
		if r := (call{args: slices.Concat(args, []string{"--force"})}).run(t); r.code != 2 || !strings.Contains(r.err, "PRIVACYBOT_") {
			t.Errorf("%s without secret: %v", c.provider, r)
		}
	}
	if r := (call{args: []string{"init", "--out", filepath.Join(t.TempDir(), "x.yaml")}}).run(t); r.code != 2 || !strings.Contains(r.err, "nobody answers") {
		t.Errorf("nobody there: %v", r)
	}
}
