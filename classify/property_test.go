package classify

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"privacybot/classify/corpus"
	"privacybot/ticket"
)

// check tests what must hold of every verdict.
func check(t interface{ Errorf(string, ...any) }, c *Classifier, m ticket.Message, ctx Context) {
	v := c.Classify(m, ctx)
	if again := c.Classify(m, ctx); !reflect.DeepEqual(v, again) {
		t.Errorf("two verdicts on %q", short(m.NewText))
	}
	if len(v.Rights) == 0 || v.Has(ticket.Other) && len(v.Rights) > 1 {
		t.Errorf("rights %v", v.Rights)
	}
	if !slices.Equal(v.Rights, ticket.SortRights(v.Rights)) {
		t.Errorf("order of %v", v.Rights)
	}
	for _, r := range v.Rights {
		if p, ok := v.Confidence[r]; !ok || p < 0 || p > 1 {
			t.Errorf("confidence of %s: %v", r, p)
		}
	}
	if v.NeedsHuman != (v.HumanWhy != "") {
		t.Errorf("needs human without a reason, or the other way round")
	}
	for _, e := range slices.Concat(v.Evidence, v.UrgentWhy, v.WriterWhy, v.LawWhy) {
		in := strings.Contains(cut(m.NewText), e.Quote) || strings.Contains(m.Subject, e.Quote) || strings.HasPrefix(e.Rule, "sender")
		if !in || !utf8.ValidString(e.Quote) || e.Rule == "" {
			t.Errorf("evidence %q (%s) is not in the mail", e.Quote, e.Rule)
		}
	}
	if v.Route == "" || v.Language == "" {
		t.Errorf("route %q, language %q", v.Route, v.Language)
	}
}

func TestCorpusProperties(t *testing.T) {
	c := load(t)
	mails, err := corpus.Load("testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		check(t, c, m.Message(), Context{ReceivedAt: received, DefaultLaw: "eu-gdpr"})
	}
}

func TestAnyTextProperties(t *testing.T) {
	c := load(t)
	words := []string{"delete", "my", "account", "не", "удалите", "请", "删除", "我的", "账号", "?", ".", "\n", "\n\n", "> ", "9", "years", "old", "daughter", "-- \n", "not", "daß", "Art.", "17", "+49 30 1234567", "a@b.example", "\u200b"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(words), rapid.StringN(0, 12, 40)), 0, 60).Draw(t, "text"), " ")
		check(t, c, ticket.Message{Subject: rapid.StringN(0, 20, 80).Draw(t, "subject"), NewText: text}, Context{ReceivedAt: received})
	})
}

func FuzzClassify(f *testing.F) {
	c := load(f)
	for _, s := range []string{"Please delete my account", "请删除我的账号", "My daughter is 9", "\x00\xff", "Re: ", "'''''", "a@", "www.", "１２歳"} {
		f.Add("subject", s)
	}
	f.Fuzz(func(t *testing.T, subject, text string) {
		if utf8.ValidString(subject) && utf8.ValidString(text) {
			check(t, c, ticket.Message{Subject: subject, NewText: text}, Context{ReceivedAt: received})
		}
	})
}

// A48, A40: hostile text takes bounded time, and what it asks is still found.
func TestHostileText(t *testing.T) {
	c := load(t)
	stuffed := strings.Repeat("delete account unsubscribe access copy of my data object complaint restrict correct export csv not never ", 20000)
	for name, text := range map[string]string{
		"one word":     strings.Repeat("a", 1<<20),
		"one wide run": strings.Repeat("删", 1<<18),
		"stuffed":      stuffed,
		"negations":    strings.Repeat("not ", 1<<18),
		"addresses":    strings.Repeat("a@b.example ", 1<<16),
		"quotes":       strings.Repeat("> ", 1<<19),
		"newlines":     strings.Repeat("\n", 1<<20),
		"questions":    strings.Repeat("?", 1<<20),
		"numbers":      strings.Repeat("9 ", 1<<19),
		"marks":        "a" + strings.Repeat("\u0301", 1<<19),
	} {
		start := time.Now()
		c.Classify(ticket.Message{NewText: text + "\n\nPlease delete my account."}, Context{ReceivedAt: received})
		// A bound far above what it takes (about 50 ms), so that only unbounded growth fails.
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s: %v", name, d)
		}
	}
	v := c.Classify(ticket.Message{NewText: strings.Repeat("x ", 1<<20) + "\n\nPlease delete my account."}, Context{ReceivedAt: received})
	if !v.Has(ticket.Deletion) {
		t.Error("the request at the end of a long mail is lost")
	}
}
