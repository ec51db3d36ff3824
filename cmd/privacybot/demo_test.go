package main_test

import (
	"encoding/json"
	"net/smtp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The demo plays the main job and ends by itself; what it leaves are the letters.
func TestDemo(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	r := call{args: []string{"demo"}, dir: folder}.run(t)
	if r.code != 0 || r.err != "" {
		t.Fatalf("demo: %v", r)
	}
	if strings.Contains(r.out, "\x1b") {
		t.Error("colours although nobody looks")
	}
	for _, want := range []string{"asks for a code", "child", "alarm", "auto reply", "bounce", "verification", "answer to", "closing to", "digest", "none lost", "PB-"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("the story does not tell of %q", want)
		}
	}
	album := regexp.MustCompile(`(\S+)/index\.html`).FindStringSubmatch(r.out)
	if album == nil {
		t.Fatalf("the folder of letters is not named:\n%s", r.out)
	}
	if !filepath.IsAbs(album[1]) {
		album[1] = filepath.Join(folder, album[1])
	}
	wantAlbum(t, album[1])
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("the demo left %v", left)
	}
}

// wantAlbum checks that each letter is there as .eml and as a page, and is in the index.
func wantAlbum(t *testing.T, folder string) {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(folder, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	letters, _ := filepath.Glob(filepath.Join(folder, "*.eml"))
	if len(letters) < 30 {
		t.Errorf("%d letters", len(letters))
	}
	for _, eml := range letters {
		page := strings.TrimSuffix(eml, ".eml") + ".html"
		if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "<html") {
			t.Errorf("%s is no page (%v)", filepath.Base(page), err)
		}
		for _, file := range []string{eml, page} {
			if !strings.Contains(string(index), `href="`+filepath.Base(file)+`"`) {
				t.Errorf("%s is not in the index", filepath.Base(file))
			}
		}
	}
}

func TestDemoForMachines(t *testing.T) {
	t.Parallel()
	letters := filepath.Join(t.TempDir(), "letters")
	r := call{args: []string{"demo", "--json", "--letters", letters}}.run(t)
	if r.code != 0 || r.err != "" {
		t.Fatalf("demo: %v", r)
	}
	var kinds, rights []string
	for line := range strings.Lines(r.out) {
		var event struct {
			Event, Kind string
			Rights      []string
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil || event.Event == "" {
			t.Fatalf("%q: %v", line, err)
		}
		kinds, rights = append(kinds, event.Kind), append(rights, event.Rights...)
	}
	for _, right := range []string{"access", "portability", "correction", "deletion", "restriction", "objection", "unsubscribe", "complaint", "child", "question"} {
		if !slices.Contains(rights, right) {
			t.Errorf("no mail asks for %s", right)
		}
	}
	for _, kind := range []string{"acknowledgement", "staff_notice", "escalation", "verified", "answer", "closing", "digest", "sorting"} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("no letter %s", kind)
		}
	}
	wantAlbum(t, letters)
}

// With --stay the servers answer whoever writes, until they are told to end.
func TestDemoStays(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	p := call{args: []string{"demo", "--stay", "--letters", filepath.Join(folder, "letters")}, dir: folder}.start(t)
	server := regexp.MustCompile(`smtp://(127\.0\.0\.1:\d+)`)
	until(t, "the demo tells how to write to it", 2*patience, func() bool { return server.MatchString(p.out.String()) || !p.running() })
	if !p.running() {
		t.Fatalf("ended:\n%s%s", p.out.String(), p.errs.String())
	}
	mail := "From: New Person <new.person@example.org>\r\nTo: privacy@demo.example\r\nSubject: hello\r\nMessage-ID: <new1@example.org>\r\n\r\nPlease delete my account.\r\n"
	if err := smtp.SendMail(server.FindStringSubmatch(p.out.String())[1], nil, "new.person@example.org", []string{"privacy@demo.example"}, []byte(mail)); err != nil {
		t.Fatal(err)
	}
	answered := func() bool {
		letters, _ := filepath.Glob(filepath.Join(folder, "letters", "*.eml"))
		return slices.ContainsFunc(letters, func(path string) bool {
			text, err := os.ReadFile(path)
			return err == nil && strings.EqualFold(addressIn(headerOf(text, "To")), "new.person@example.org")
		})
	}
	until(t, "an answer lies in the folder", patience, answered)
	p.signal(os.Interrupt)
	if code := p.endsWithin(10 * time.Second); code != 0 {
		t.Errorf("exit %d\n%s", code, p.errs.String())
	}
	if index, err := os.ReadFile(filepath.Join(folder, "letters", "index.html")); err != nil || !strings.Contains(string(index), "new.person@example.org") {
		t.Errorf("the answer is not in the index (%v)", err)
	}
}

// addressIn takes the address out of "Name <address>".
func addressIn(s string) string {
	if _, after, ok := strings.Cut(s, "<"); ok {
		s, _, _ = strings.Cut(after, ">")
	}
	return strings.TrimSpace(s)
}
