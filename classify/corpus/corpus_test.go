package corpus

import (
	"strings"
	"testing"

	"privacybot/ticket"
)

func TestParse(t *testing.T) {
	mails, err := Parse("zh_2.txt", "=== a\nrights: unsubscribe\nsubject: unsubscribe\n\n=== b\nrights: deletion, access\nflags: child, urgent\nlang: zh-Hant\ngroup: g\nfrom: Jo <jo@example.org>\n\nHello\n--- forwarded ---\nold\n")
	if err != nil || len(mails) != 2 {
		t.Fatal(mails, err)
	}
	if m := mails[0]; m.Lang != "zh" || m.Group != "a" || m.Body != "" {
		t.Errorf("%+v", m)
	}
	m := mails[1]
	if m.Lang != "zh-Hant" || m.Group != "g" || !m.Has("urgent") || m.Rights[0] != ticket.Access || m.Forwarded != "old" || m.Message().From.Address != "jo@example.org" {
		t.Errorf("%+v", m)
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"=== a\n\ntext":                       "no rights",
		"=== a\nrights: erasure\n\ntext":      "unknown right",
		"=== a\nright: deletion\n\ntext":      "unknown key",
		"=== a\nrights deletion\n\nbody text": "is not",
	} {
		if _, err := Parse("en.txt", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// The corpus itself: it loads, about three tenths are held out, and other stands alone.
func TestCorpus(t *testing.T) {
	mails, err := Load("../testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, m := range mails {
		if m.Held() {
			held++
		}
		if m.Has("child") != (len(m.Rights) > 0 && m.Rights[0] == ticket.Child) {
			t.Errorf("%s: flag and right child disagree", m.ID)
		}
	}
	if share := float64(held) / float64(len(mails)); share < 0.25 || share > 0.35 {
		t.Errorf("%.2f of %d held out", share, len(mails))
	}
}
