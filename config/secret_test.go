package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const (
	imapSecret = "s3cret-imap"
	smtpSecret = "s3cret-smtp"
	dbSecret   = "s3cret-db"
)

// printed gives c in every way that a program may print or encode it by accident.
func printed(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		fmt.Fprintf(&out, verb+"\n", v)
	}
	private := struct{ v any }{v}
	fmt.Fprintf(&out, "%v %+v %#v\n", private, private, private)
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, func(v any) ([]byte, error) { return yaml.Marshal(v) }} {
		data, err := marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(data)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("config", "config", v)
	slog.New(slog.NewTextHandler(&out, nil)).Info("config", "config", v)
	return out.String()
}

func TestSecretsAreNeverPrinted(t *testing.T) { // A70
	c := mustLoad(t, edit(
		`imap: {server: "imaps://imap.example.com", password: `+imapSecret+`}`,
		`smtp: {server: "smtps://smtp.example.com", password: `+smtpSecret+`}`,
		`database: "postgres://u:`+dbSecret+`@db.example.com/privacybot?sslpassword=`+dbSecret+`"`))
	if c.IMAP.Password.Reveal() != imapSecret || c.SMTP.Password.Reveal() != smtpSecret || !strings.Contains(c.Database.URL.Reveal(), dbSecret) {
		t.Fatalf("not read: %v", c)
	}
	type private struct{ password Secret }
	for name, v := range map[string]any{
		"pointer": c, "value": *c, "imap": c.IMAP, "secret": c.IMAP.Password, "pointer to secret": &c.IMAP.Password,
		"database": c.Database, "list": []Secret{c.IMAP.Password}, "map": map[string]Secret{"a": c.SMTP.Password},
		"private field": private{c.SMTP.Password},
	} {
		text := printed(t, v)
		for _, secret := range []string{imapSecret, smtpSecret, dbSecret, fmt.Sprintf("%x", imapSecret), fmt.Sprintf("%X", imapSecret)} {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows %s:\n%s", name, secret, text)
			}
		}
	}
	if got := fmt.Sprintf("%v|%s|%q|%#v", c.IMAP.Password, c.IMAP.Password, c.IMAP.Password, c.IMAP.Password); got != "***|***|***|***" {
		t.Errorf("printed as %s", got)
	}
	if got := c.Database.String(); got != "postgres://u:***@db.example.com/privacybot" {
		t.Errorf("database printed as %s", got)
	}
	if !(Secret{}).IsZero() || (Secret{}).String() != "" || (Secret{}).Reveal() != "" {
		t.Error("the zero secret is not empty")
	}
}

// A secret that is written where it does not belong is not repeated either.
func TestProblemsNeverShowSecrets(t *testing.T) {
	for name, text := range map[string]string{
		"in the server":     edit(`smtp: {server: "smtps://u:s3cret@smtp.example.com:x"}`),
		"instead of server": edit(`smtp: {server: "s3cret"}`),
		"in the database":   edit(`database: "postgres://u:s3cret%zz@h/x"`),
		"bad database":      edit(`database: "s3cret"`),
		"as key file":       edit(`database: "sqlite:s3cret?x"`),
		"with line break":   edit(`smtp: {server: "smtps://smtp.example.com", password: "s3cret\n"}`),
		"as a list":         edit(`smtp: {server: "smtps://smtp.example.com", password: [s3cret]}`),
		"near bad syntax":   "imap:\n  password: s3cret\n bad: indentation\n",
		"in bad syntax":     "imap:\n  password: \"s3cret\n",
		"as alias":          "imap:\n  password: *s3cret\n",
		"from environment":  edit(`mode: "${SECRET}"`, `organisation: {address: "${SECRET}", law: "${SECRET}", holidays: "${SECRET}", timezone: "${SECRET}"}`, `log: {level: "${SECRET}"}`),
		"twice from there":  edit(`imap: {server: "imaps://imap.example.com", password: x, folders: ["${SECRET}", "${SECRET}"]}`),
	} {
		w := newWorld()
		w.env["SECRET"] = "s3cret"
		c, problems := w.load(text)
		if c != nil || len(problems) == 0 {
			t.Errorf("%s: accepted", name)
		}
		for _, p := range problems {
			if strings.Contains(p.String(), "s3cret") {
				t.Errorf("%s: %s", name, p)
			}
		}
	}
}
