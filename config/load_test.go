package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

var known = Known{
	Laws:     []string{"eu-gdpr", "uk-gdpr", "us-ca-ccpa", "unknown"},
	Holidays: []string{"none", "DE", "FR", "GB", "GB-SCT"},
}

// minimal is the shortest file that works.
const minimal = `organisation: {address: privacy@example.com}
imap: {server: "imaps://imap.example.com", password: "${IMAP_PASSWORD}"}
smtp: {server: "smtps://smtp.example.com"}
staff: [{address: desk@example.com}]
`

// world is the environment and the files that a test's configuration sees.
type world struct {
	env   map[string]string
	files fstest.MapFS
}

func newWorld() world {
	return world{
		env:   map[string]string{"IMAP_PASSWORD": "imap-secret", "SMTP_PASSWORD": "smtp-secret", "EMPTY": ""},
		files: fstest.MapFS{},
	}
}

func (w world) sources() Sources {
	name := func(path string) string { return strings.TrimPrefix(filepath.ToSlash(path), "/") }
	return Sources{
		Env:      func(n string) (string, bool) { v, ok := w.env[n]; return v, ok },
		ReadFile: func(path string) ([]byte, error) { return w.files.ReadFile(name(path)) },
		Stat:     func(path string) (fs.FileInfo, error) { return w.files.Stat(name(path)) },
	}
}

// load reads text as /etc/privacybot/privacybot.yaml.
func (w world) load(text string) (*Config, []Problem) {
	w.files["etc/privacybot/privacybot.yaml"] = &fstest.MapFile{Data: []byte(text), Mode: 0o600}
	return Load("/etc/privacybot/privacybot.yaml", w.sources(), known)
}

func mustLoad(t *testing.T, text string) *Config {
	t.Helper()
	c, problems := newWorld().load(text)
	for _, p := range problems {
		t.Errorf("problem: %s", p)
	}
	if c == nil {
		t.FailNow()
	}
	return c
}

func TestMinimalGetsDefaults(t *testing.T) {
	c := mustLoad(t, minimal)
	for what, ok := range map[string]bool{
		"name from the domain":     c.Organisation.Name == "example.com",
		"zone UTC":                 c.Organisation.Timezone == time.UTC,
		"law":                      c.Organisation.Law == "eu-gdpr",
		"holidays":                 c.Organisation.Holidays == "none",
		"mode":                     c.Mode == Live,
		"imap user":                c.IMAP.Username == "privacy@example.com",
		"imap password":            c.IMAP.Password.Reveal() == "imap-secret",
		"imap port":                c.IMAP.Server == Server{"imaps", "imap.example.com", 993},
		"no smtp login":            c.SMTP.Username == "" && c.SMTP.Password.IsZero(),
		"staff name":               c.Staff[0].Name == "desk@example.com",
		"staff roles":              fmt.Sprint(c.Staff[0].Roles) == "[agent]",
		"database beside the file": c.Database.Path == "/etc/privacybot/privacybot.db",
		"key beside the file":      c.Keys.File == "/etc/privacybot/privacybot.key",
		"child":                    c.Child == Child{4 * time.Hour, 24 * time.Hour, 72 * time.Hour, 30 * time.Minute},
		"relay on, files held":     c.Relay.Enabled && c.Relay.Attachments == "hold",
		"subject":                  c.Addressing == Subject,
		"codes":                    c.Verification == Verification{14 * 24 * time.Hour, 5},
	} {
		if !ok {
			t.Errorf("%s is not so: %+v", what, c)
		}
	}
}

// The block that the agreement shows, with everything in flow style.
func TestEverythingInFlowStyle(t *testing.T) {
	c := mustLoad(t, `
organisation: {name: Example, address: privacy@example.com, timezone: Asia/Shanghai, law: eu-gdpr, holidays: DE, policy_url: "https://www.example.com/news_167.html"}
mode: shadow                                # or live
imap: {server: "imaps://imap.example.com:993", username: privacy@example.com, password: "${IMAP_PASSWORD}", folders: [INBOX, Junk]}
smtp: {server: "smtps://smtp.example.com:465", username: privacy@example.com, password: "${SMTP_PASSWORD}"}
intake: {answer_since: 72h}
database: "sqlite:privacybot.db"
keys: {file: privacybot.key}
staff:    [{name: Privacy Desk, address: desk@example.com, aliases: [], roles: [agent, manager, oncall, legal]}]
digest:   {at: "08:00", days: [mon, tue, wed, thu, fri]}
child:    {look: 4h, block: 24h, done: 72h, repeat: 30m}
alarm:    {command: ""}
`)
	if c.Organisation.Timezone.String() != "Asia/Shanghai" || c.Mode != Shadow || len(c.IMAP.Folders) != 2 ||
		c.SMTP.Password.Reveal() != "smtp-secret" || len(c.Staff[0].Roles) != 4 || c.Digest.At.String() != "08:00" {
		t.Errorf("read as %+v", c)
	}
}

func TestForms(t *testing.T) { // CRLF, BOM, block style, no newline at the end
	for name, text := range map[string]string{
		"crlf":       strings.ReplaceAll(minimal, "\n", "\r\n"),
		"bom":        "\xef\xbb\xbf" + minimal,
		"no newline": strings.TrimSuffix(minimal, "\n"),
		"document":   "---\n# comment\n" + minimal,
		"block":      "organisation:\n  address: 'privacy@example.com'\nimap:\n  server: imaps://imap.example.com\n  password: ${IMAP_PASSWORD}\nsmtp:\n  server: smtps://smtp.example.com\nstaff:\n- address: desk@example.com\n",
	} {
		t.Run(name, func(t *testing.T) { mustLoad(t, text) })
	}
}

func TestOSSourcesReadBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "privacybot.yaml")
	if err := os.WriteFile(path, bytes.Repeat([]byte("# long\n"), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	data, err := OS().ReadFile(path)
	if err != nil || len(data) != maxFile+1 {
		t.Errorf("read %d bytes, %v", len(data), err)
	}
	if _, err := OS().ReadFile(path + ".none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	_, problems := Load(path, OS(), known)
	if len(problems) != 1 || !strings.Contains(problems[0].Text, "larger than 128 KiB") {
		t.Errorf("problems: %v", problems)
	}
}

func TestSecretFiles(t *testing.T) {
	w := newWorld()
	w.files["run/imap"] = &fstest.MapFile{Data: []byte("p#ss: \"w0rd\" \r\n"), Mode: 0o600}
	w.files["etc/privacybot/db"] = &fstest.MapFile{Data: []byte("postgres://u:secret@db.example.com/privacybot\n"), Mode: 0o600}
	c, problems := w.load(strings.ReplaceAll(minimal, `password: "${IMAP_PASSWORD}"`, "password_file: /run/imap") + "database_file: db\n")
	if c == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := c.IMAP.Password.Reveal(); got != `p#ss: "w0rd" ` {
		t.Errorf("password %q", got)
	}
	if got := c.Database.String(); got != "postgres://u:***@db.example.com/privacybot" {
		t.Errorf("database %s", got)
	}
}

func TestEnvironmentIsReadAfterTheYAML(t *testing.T) {
	w := newWorld()
	w.env["IMAP_PASSWORD"] = "a\": ${X} #{[}*&"
	w.env["NAME"] = "Example"
	c, problems := w.load(strings.ReplaceAll(minimal, "{address:", "{name: \"The ${NAME} $${NAME} $5 Company\", address:"))
	if c == nil {
		t.Fatal(problems)
	}
	if c.IMAP.Password.Reveal() != w.env["IMAP_PASSWORD"] || c.Organisation.Name != "The Example ${NAME} $5 Company" {
		t.Errorf("read %q, %q", c.IMAP.Password.Reveal(), c.Organisation.Name)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(minimal)
	f.Add("a: [1\n")
	f.Add("imap: {password: hunter2, server: \"imaps://u:hunter2@x\"}\ndatabase: \"postgres://u:hunter2@:x/\"\n")
	f.Add("organisation:\n  address: \"${IMAP_PASSWORD}\"\n  law: \"${IMAP_PASSWORD}\"\nmode: \"${IMAP_PASSWORD}\"\n")
	f.Add("? a\n: b\n")
	f.Add(strings.Repeat("[", 4000))
	f.Fuzz(func(t *testing.T, text string) {
		c, problems := newWorld().load(text)
		failed := false
		for _, p := range problems {
			failed = failed || !p.Warning
			if strings.Contains(p.String(), "imap-secret") {
				t.Errorf("problem shows the environment: %s", p)
			}
		}
		if (c == nil) != failed {
			t.Errorf("config %v with problems %v", c, problems)
		}
	})
}
