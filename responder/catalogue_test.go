package responder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"privacybot/responder"
	"privacybot/ticket"
)

// folder writes an operator's folder of templates.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A broken template stops the start and is named with its line (C59).
func TestBrokenTemplatesStopTheStart(t *testing.T) {
	for _, one := range []struct {
		name, file, content string
		want                []string
	}{
		{"syntax", "en/verified.txt", "Subject: Hello\n\n{{if .Ref}}\nno end", []string{"en/verified.txt:4"}},
		{"unknown field", "en/verified.txt", "Subject: Hello\n\n\n{{.Secret}}", []string{"en/verified.txt:4", "Secret"}},
		{"unknown function", "de/verified.txt", "Subject: Hallo\n\n{{shell}}", []string{"de/verified.txt:3", "shell"}},
		{"staff's data in a letter to the outside", "en/acknowledgement.txt", "Subject: Hello\n\n{{.Notice.Subject}}", []string{"en/acknowledgement.txt:3"}},
		{"no subject", "en/verified.txt", "Hello\n", []string{"en/verified.txt", "line 1", "Subject"}},
		{"no text", "en/verified.txt", "Subject: Hello\n", []string{"en/verified.txt", "no text"}},
		{"bad row", "en/verified.txt", "Subject: Hello\n\n| alone", []string{"en/verified.txt", "two cells"}},
		{"layout", "layout.html", "<p>{{.Title</p>", []string{"layout.html:1"}},
		{"layout field", "layout.html", "<p>\n{{.Password}}</p>", []string{"layout.html:2"}},
		{"words", "en/words.yaml", "language: en\nnonsense: 1\n", []string{"en/words.yaml", "nonsense"}},
		{"words incomplete", "en/words.yaml", "language: en\n", []string{"en/words.yaml", "months"}},
		{"new language without letters", "xx/words.yaml", "language: xx\n", []string{"xx/words.yaml"}},
	} {
		t.Run(one.name, func(t *testing.T) {
			c := testConfig(t)
			c.Templates = folder(t, map[string]string{one.file: one.content})
			_, err := responder.NewComposer(c)
			if err == nil {
				t.Fatal("started")
			}
			for _, want := range one.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
		})
	}
	c := testConfig(t)
	c.Templates = folder(t, map[string]string{"en/verified.txt": "Subject: {{.No}}", "en/answer.txt": "Subject: {{.Such}}"})
	if _, err := responder.NewComposer(c); err == nil || !strings.Contains(err.Error(), "verified.txt") || !strings.Contains(err.Error(), "answer.txt") {
		t.Errorf("not all problems are named: %v", err)
	}
	c.Templates = filepath.Join(t.TempDir(), "missing")
	if _, err := responder.NewComposer(c); err == nil {
		t.Error("a missing folder was accepted")
	}
}

// One file in the operator's folder replaces one letter; the rest stays.
func TestOverride(t *testing.T) {
	c := newComposer(t, func(c *responder.Config) {
		c.Templates = folder(t, map[string]string{"en/verified.txt": "Subject: All right\r\n\r\nThank you from {{.Organisation}}.\r\n"})
	})
	s := sample(t, "verified")
	h, text, _ := parts(t, compose(t, c, s.Order, s.Now).Raw)
	if !strings.HasPrefix(h.Get("Subject"), "All right") || text != "Thank you from Example Audio.\n" {
		t.Errorf("%q %q", h.Get("Subject"), text)
	}
	s = sample(t, "answer")
	if _, text, _ := parts(t, compose(t, c, s.Order, s.Now).Raw); !strings.Contains(text, "Mira Lund") {
		t.Errorf("%q", text)
	}
}

// A further language is a folder of files (issue 6 point 6), also one that is written from right
// to left: then the page turns round, and only references, codes and addresses do not.
func TestFurtherLanguage(t *testing.T) {
	files := map[string]string{}
	for _, kind := range ticket.LetterKinds() {
		if kind.External() {
			files["ar/"+string(kind)+".txt"] = "Subject: رسالة\n\n| المرجع | {{.Ref}}\n\n{{.Answer}}\n\nCode: {{.Code}}\n"
		}
	}
	for _, name := range []string{"ar/words.yaml", "ar/acknowledgement.txt"} {
		src, err := os.ReadFile(filepath.FromSlash("testdata/rtl/" + name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(src)
	}
	c := newComposer(t, func(c *responder.Config) { c.Templates = folder(t, files) })
	s := sample(t, "acknowledgement-code")
	s.Order.Language = "ar-EG"
	h, text, html := parts(t, compose(t, c, s.Order, s.Now).Raw)
	if h.Get("Content-Language") != "ar" || !strings.Contains(text, "\nCode: 4821-0937\n") {
		t.Errorf("%s: %s", h.Get("Content-Language"), text)
	}
	for _, must := range []string{`<html lang="ar" dir="rtl"`, `lang="ar" dir="rtl">`, `text-align:right`, `align="right"`, "border-right:4px", `<span dir="ltr">PB-7K3M-Q9XD</span>`, `dir="ltr" style="padding:18px`} {
		if !strings.Contains(html, must) {
			t.Errorf("the page lacks %s", must)
		}
	}
	if strings.Contains(html, "border-left:4px") {
		t.Error("the warning's bar stands at the wrong side")
	}
	golden(t, "rtl/acknowledgement-code.html", []byte(html))
	s.Order.Language = "en"
	if _, _, html := parts(t, compose(t, c, s.Order, s.Now).Raw); strings.Contains(html, `text-align:right;font-weight`) {
		t.Error("another language's blocks stand in an English page")
	}
}

func TestLanguageOfALetter(t *testing.T) {
	c := newComposer(t, nil)
	if got := strings.Join(c.Languages(), " "); got != strings.Join(firstClass, " ") {
		t.Errorf("languages: %s", got)
	}
	for tag, want := range map[string]string{
		"en": "en", "en-GB": "en", "de": "de", "de-AT": "de", "DE_ch": "de", "zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-Hans": "zh-Hans",
		"zh-hans-cn": "zh-Hans", "zh-Hant": "zh-Hans", "zh-TW": "zh-Hans", "und": "en", "": "en", "tlh": "en", "../../etc": "en", "den": "en", "zho": "en",
		"pt-BR": "pt", "pt_PT": "pt", "fr-CA": "fr", "es-419": "es", "nl-BE": "nl", "ja-JP": "ja", "tr-TR": "tr", "ru-KZ": "ru", "pl": "pl", "it-CH": "it",
		"yue": "zh-Hans", "yue-Hant": "zh-Hans", "ca": "es", "gl-ES": "es", "gsw": "de", "lb": "de", "fy": "nl",
		"uk": "en", "be": "en", "ko": "en", "ar": "en", "cs": "en", "sv": "en", "af": "en", "ro": "en", // not their neighbours' language
	} {
		s := sample(t, "verified")
		s.Order.Language = tag
		h, _, html := parts(t, compose(t, c, s.Order, s.Now).Raw)
		if got := h.Get("Content-Language"); got != want || !strings.Contains(html, `<html lang="`+want+`"`) {
			t.Errorf("%q: %s, want %s", tag, got, want)
		}
	}
	s := sample(t, "digest") // within the house: English for now
	s.Order.Language = "de"
	if h, _, _ := parts(t, compose(t, c, s.Order, s.Now).Raw); h.Get("Content-Language") != "en" {
		t.Errorf("digest in %s", h.Get("Content-Language"))
	}
}
