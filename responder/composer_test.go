package responder_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/emersion/go-message"
	"github.com/google/go-cmp/cmp"
	"privacybot/responder"
	"privacybot/ticket"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// testConfig is an office in Berlin. The token names its arguments, so that tests see them.
func testConfig(t testing.TB) responder.Config {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return responder.Config{
		Organisation: ticket.Organisation{Name: "Example Audio", Address: ticket.Address{Address: "privacy@example.com"},
			PolicyURL: "https://www.example.com/privacy", Postal: "Example Street 1, 10115 Berlin, Germany"},
		Zone: berlin, Relay: true,
		Token: func(ref, address string) string { return "t8d2kx4m7w" },
	}
}

func newComposer(t testing.TB, change func(*responder.Config)) *responder.Composer {
	t.Helper()
	c := testConfig(t)
	if change != nil {
		change(&c)
	}
	composer, err := responder.NewComposer(c)
	if err != nil {
		t.Fatal(err)
	}
	return composer
}

func compose(t testing.TB, c *responder.Composer, o ticket.LetterOrder, now time.Time) ticket.Letter {
	t.Helper()
	letter, err := c.Compose(o, "letter-1.0f3a", now)
	if err != nil {
		t.Fatalf("%s: %v", o.Kind, err)
	}
	return letter
}

// parts reads a letter back as a mail program would.
func parts(t testing.TB, raw []byte) (header message.Header, text, html string) {
	t.Helper()
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	err = e.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil {
			return err
		}
		mediaType, _, _ := part.Header.ContentType()
		if strings.HasPrefix(mediaType, "multipart/") || mediaType == "image/png" {
			return nil
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			return err
		}
		s := strings.ReplaceAll(string(body), "\r\n", "\n")
		if mediaType == "text/html" {
			html = s
		} else {
			text = s
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return e.Header, text, html
}

// golden compares got with a file under testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./responder -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (go test ./responder -update rewrites it):\n%s", path, diff)
	}
}

// Every letter in every language, as bytes and as the page and the text that people see.
func TestGolden(t *testing.T) {
	c := newComposer(t, nil)
	for _, lang := range c.Languages() {
		for _, s := range responder.Samples() {
			if lang != "en" && !s.Order.Kind.External() {
				continue
			}
			name := lang + "/" + s.Name
			t.Run(name, func(t *testing.T) {
				o := s.Order
				o.Language = lang
				raw := compose(t, c, o, s.Now).Raw
				h, text, html := parts(t, raw)
				subject, err := h.Text("Subject")
				if err != nil {
					t.Fatal(err)
				}
				golden(t, name+".txt", []byte("Subject: "+subject+"\n\n"+text))
				if lang == "en" || s.Name == "acknowledgement-code" { // the bytes and the page around differ by words alone
					golden(t, name+".eml", raw)
					golden(t, name+".html", []byte(html))
				}
			})
		}
	}
}
