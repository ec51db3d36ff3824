package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Exit codes, streams and hints (DESIGN.md section 6).
func TestUsage(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct {
		name, args string
		code       int
		out, err   string // patterns; "" = nothing at all
	}{
		{"version", "version", 0, `^privacybot \S+\n$`, ""},
		{"nothing", "", 0, `(?s)^Usage: privacybot.*demo.*ticket list.*Try|(?s)^Usage: privacybot.*demo.*digest`, ""},
		{"help", "--help", 0, `(?s)^Usage: privacybot.*demo.*run.*once.*check.*migrate.*parse.*classify.*ticket.*ledger.*digest.*version`, ""},
		{"help of a command", "once --help", 0, `(?s)^Usage: privacybot once.*--config`, ""},
		{"unknown command", "frobnicate", 2, "", `(?s)frobnicate.*--help`},
		{"nearly a command", "ledgr", 2, "", `(?s)ledger.*--help`},
		{"unknown flag", "version --loud", 2, "", `(?s)--loud.*--help`},
		{"no configuration named", "once", 2, "", `(?s)--config.*--help`},
		{"no file named", "parse", 2, "", `(?s)file.*--help`},
		{"half a command", "ticket", 2, "", `(?s)list.*show.*--help`},
		{"no such configuration", "once --config nowhere.yaml", 2, "", `no such file .*nowhere\.yaml`},
		{"no such mail", "parse nowhere.eml", 1, "", `nowhere\.eml`},
		{"bad outcome", "ticket close PB-0000-0000 maybe --config x.yaml", 2, "", `(?s)done.*partly.*refused.*withdrawn.*none`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := call{args: strings.Fields(c.args), dir: folder}.run(t)
			if r.code != c.code || !matches(c.out, r.out) || !matches(c.err, r.err) {
				t.Errorf("want exit %d, stdout %q, stderr %q, got %v", c.code, c.out, c.err, r)
			}
		})
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("wrong use left %v behind", left)
	}
}

func matches(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	return regexp.MustCompile(pattern).MatchString(text)
}

const sample = "From: =?utf-8?q?J=C3=B6rg?= <jane@people.example.org>\r\nTo: Privacy <privacy@corp.example.com>\r\nCc: b@people.example.org\r\n" +
	"Subject: =?utf-8?q?my_=3Cdata=3E?=\r\nDate: Mon, 23 Nov 2026 09:00:00 +0100\r\nMessage-ID: <a1@people.example.org>\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
	"Please send me a copy of all my personal data, and delete my account.\r\n\r\nOn Sun, 22 Nov 2026 Corp <privacy@corp.example.com> wrote:\r\n> Welcome to the shop.\r\n" +
	"--x\r\nContent-Type: application/pdf; name=\"form.pdf\"\r\nContent-Disposition: attachment; filename=\"form.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--x--\r\n"

func TestParse(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, broken := filepath.Join(folder, "a.eml"), filepath.Join(folder, "b.eml")
	writeFiles(t, map[string]string{file: sample, broken: "\x00\xff no mail at all"})

	r := call{args: []string{"parse", file, "-", broken}, stdin: sample}.run(t)
	lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
	if r.code != 0 || r.err != "" || len(lines) != 3 {
		t.Fatalf("got %v", r)
	}
	for i, name := range []string{file, "-", broken} {
		var m map[string]any
		decode(t, lines[i], &m)
		if m["file"] != name {
			t.Errorf("file is %v, want %s", m["file"], name)
		}
		wantShape(t, m, `{"file":"","message_id":"","from":{"name":"","address":""},"to":[{"name":"","address":""}],"cc":[{"name":"","address":""}],"subject":"","date":"",`+
			`"new_text":"","text":"","attachments":[{"name":"","type":"","size":0}],"automatic":"","damage":[""]}`)
	}
	var m struct {
		MessageID   string `json:"message_id"`
		From        struct{ Name, Address string }
		To, Cc      []struct{ Name, Address string }
		Subject     string
		Date        string
		NewText     string `json:"new_text"`
		Text        string
		Attachments []struct {
			Name, Type string
			Size       int
		}
		Automatic string
		Damage    []string
	}
	decode(t, lines[0], &m)
	if m.MessageID != "a1@people.example.org" && m.MessageID != "<a1@people.example.org>" || m.From.Name != "Jörg" || m.From.Address != "jane@people.example.org" ||
		len(m.To) != 1 || len(m.Cc) != 1 || m.Subject != "my <data>" || m.Date != "2026-11-23T09:00:00+01:00" || m.Automatic != "no" || len(m.Damage) != 0 {
		t.Errorf("parsed %+v", m)
	}
	if !strings.Contains(m.NewText, "copy of all") || strings.Contains(m.NewText, "Welcome") || !strings.Contains(m.Text, "Welcome") {
		t.Errorf("new_text %q, text %q", m.NewText, m.Text)
	}
	if len(m.Attachments) != 1 || m.Attachments[0].Name != "form.pdf" || m.Attachments[0].Size != 5 {
		t.Errorf("attachments %+v", m.Attachments)
	}
	if !strings.Contains(lines[0], "<data>") {
		t.Error("< and > are escaped as for a web page")
	}

	// A file that is not there does not stop the others.
	r = call{args: []string{"parse", filepath.Join(folder, "no.eml"), file}}.run(t)
	if r.code != 1 || strings.Count(r.out, "\n") != 1 || !strings.Contains(r.err, "no.eml") {
		t.Errorf("got %v", r)
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, staff := filepath.Join(folder, "a.eml"), filepath.Join(folder, "staff.eml")
	writeFiles(t, map[string]string{file: sample, staff: strings.Replace(sample, "jane@people.example.org", deskAt, 1)})

	r := call{args: []string{"classify", "--json", file, staff, "-"}, stdin: "Subject: hello\r\nFrom: a@people.example.org\r\n\r\nWe sell chairs.\r\n"}.run(t)
	lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
	if r.code != 0 || r.err != "" || len(lines) != 3 {
		t.Fatalf("got %v", r)
	}
	type verdict struct {
		File, Route string
		Rights      []string
		Confidence  map[string]float64
		Evidence    []struct{ Right, Quote, Rule string }
		Law         string
	}
	read := func(line string) (v verdict) {
		t.Helper()
		var m map[string]any
		decode(t, line, &m)
		wantShape(t, m, `{"file":"","route":"","rights":[""],"urgent":false,"language":"","law":"","confidence":{},"evidence":[{"right":"","quote":"","rule":""}],"needs_human":false}`)
		decode(t, line, &v)
		return v
	}
	v := read(lines[0])
	if v.Route != "new" || strings.Join(v.Rights, " ") != "access deletion" || v.Law != "eu-gdpr" || v.Confidence["access"] <= 0 || v.Confidence["access"] > 1 || len(v.Evidence) < 2 {
		t.Errorf("verdict %+v", v)
	}
	if v := read(lines[1]); v.Route != "new" {
		t.Errorf("%s without a configuration that names staff", v.Route)
	}
	if v := read(lines[2]); v.File != "-" || strings.Join(v.Rights, " ") != "other" {
		t.Errorf("verdict %+v", v)
	}

	r = call{args: []string{"classify", file, staff}}.run(t)
	if r.code != 0 || !strings.Contains(r.out, "access") || !strings.Contains(r.out, staff) || strings.Contains(r.out, "\x1b") {
		t.Errorf("explanation %v", r)
	}
}

// wantShape compares names and kinds of values, whatever the values: no field is missing, none is
// more, no list and no text is null. A list in the form shows its element.
func wantShape(t *testing.T, got any, form string) {
	t.Helper()
	var want any
	if err := json.Unmarshal([]byte(form), &want); err != nil {
		t.Fatal(err)
	}
	compareShape(t, "", got, want)
}

func compareShape(t *testing.T, at string, got, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			t.Errorf("%s is %v, want an object", at, got)
			return
		}
		if len(w) == 0 {
			return // an object with names of its own
		}
		for name, value := range w {
			if _, ok := g[name]; !ok {
				t.Errorf("%s.%s is missing", at, name)
				continue
			}
			compareShape(t, at+"."+name, g[name], value)
		}
		for name := range g {
			if _, ok := w[name]; !ok {
				t.Errorf("%s.%s is more than was agreed", at, name)
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok {
			t.Errorf("%s is %v, want a list", at, got)
			return
		}
		for _, element := range g {
			compareShape(t, at+"[]", element, w[0])
		}
	case string:
		if _, ok := got.(string); !ok {
			t.Errorf("%s is %v, want a text", at, got)
		}
	case float64:
		if _, ok := got.(float64); !ok {
			t.Errorf("%s is %v, want a number", at, got)
		}
	case bool:
		if _, ok := got.(bool); !ok {
			t.Errorf("%s is %v, want true or false", at, got)
		}
	}
}

func writeFiles(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
