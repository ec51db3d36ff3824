package main_test

import (
	"bytes"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every letter in every language as a mail and a page, with an index; a machine without a browser
// says that pictures are left out (issue 6 point 6).
func TestLettersPreview(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new", "letters")
	r := call{args: []string{"letters", "--out", folder}, env: []string{"PATH=" + t.TempDir()}}.run(t)
	if r.code != 0 || !strings.Contains(r.err, "pictures are left out") || !strings.Contains(r.out, "12 languages") || !strings.Contains(r.out, filepath.Join(folder, "index.html")) {
		t.Fatal(r)
	}
	index, err := os.ReadFile(filepath.Join(folder, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "tr", "zh-Hans"} {
		names, err := filepath.Glob(filepath.Join(folder, lang, "*.eml"))
		if err != nil || len(names) < 30 {
			t.Fatalf("%s: %d letters, %v", lang, len(names), err)
		}
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mail.ReadMessage(bytes.NewReader(raw))
			if err != nil || m.Header.Get("Content-Language") != lang {
				t.Errorf("%s: %v, in %s", name, err, m.Header.Get("Content-Language"))
			}
			page, err := os.ReadFile(strings.TrimSuffix(name, ".eml") + ".html")
			if err != nil || !bytes.Contains(page, []byte(`<html lang="`+lang+`"`)) {
				t.Errorf("%s: page: %v, %.80s", name, err, page)
			}
			if shown := `src="` + lang + "/" + strings.TrimSuffix(filepath.Base(name), ".eml") + `.html"`; strings.Count(string(index), shown) != 2 {
				t.Errorf("the index does not show %s on phone and desk", shown)
			}
		}
	}
}

// A browser that cannot be started is an error, a language without letters a wrong use; the
// operator's own letters are shown with the configuration.
func TestLettersPreviewChoices(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	templates := filepath.Join(h.dir, "own", "de")
	if err := os.MkdirAll(templates, 0o755); err != nil {
		t.Fatal(err)
	}
	writeFiles(t, map[string]string{filepath.Join(templates, "stopped.txt"): "Subject: Schluss damit\n\nFertig, sagt {{.Organisation}}.\n"})
	h.set("letters", `{templates: "`+filepath.Join(h.dir, "own")+`"}`)
	out := filepath.Join(h.dir, "out")
	env := append([]string{"PATH=" + t.TempDir()}, h.env...)
	r := call{args: []string{"letters", "--out", out, "--lang", "de", "--config", h.path("office.yaml")}, env: env}.run(t)
	page, err := os.ReadFile(filepath.Join(out, "de", "stopped.html"))
	if r.code != 0 || err != nil || !bytes.Contains(page, []byte("Fertig, sagt Corp.")) {
		t.Errorf("%v %v", r, err)
	}
	if _, err := os.Stat(filepath.Join(out, "fr")); err == nil {
		t.Error("a language that was not asked for was written")
	}
	if r := (call{args: []string{"letters", "--out", out, "--lang", "tlh"}}).run(t); r.code != 2 || !strings.Contains(r.err, "zh-Hans") {
		t.Error(r)
	}
	if r := (call{args: []string{"letters", "--out", out, "--lang", "en", "--browser", filepath.Join(h.dir, "none")}}).run(t); r.code != 1 {
		t.Error(r)
	}
}
