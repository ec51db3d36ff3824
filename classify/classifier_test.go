package classify

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

var received = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func load(t testing.TB) *Classifier {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func rights(v ticket.Verdict) string {
	var out []string
	for _, r := range v.Rights {
		out = append(out, string(r))
	}
	return strings.Join(out, " ")
}

func TestRights(t *testing.T) {
	c := load(t)
	for _, tt := range []struct{ subject, text, want string }{
		{"", "Please delete my account.", "deletion"},
		{"", "Please do not delete my account.", "other"},
		{"", "I do not want you to delete my account, only the reset link was broken.", "other"},
		{"", "How do I delete the call log on my phone?", "other"},
		{"", "How can I delete my account?", "question"},
		{"", "what data do you have about me?", "access"},
		{"", "How long do you keep voicemails?", "question"},
		{"unsubscribe", "", "unsubscribe"}, // B22
		{"Re: unsubscribe", "", "unsubscribe"},
		{"Re: Please delete my account", "Thank you, that was quick.", "other"},
		{"", "Please remove me from your mailing list.", "unsubscribe"},
		{"", "> please delete my account\nThanks, it works now.", "other"},
		{"", "Thanks!\n\n-- \nPlease delete my account", "other"},
		{"", "Nice to meet you.\n\nIf you are not the intended recipient, please delete this e-mail and all its data.", "other"},
		{"", "Bitte löschen Sie mein Konto nicht.", "other"},
		{"", "Bitte loeschen sie mein konto", "deletion"},
		{"", "请删除我的账号", "deletion"},
		{"", "請刪除我的帳號", "deletion"},
		{"", "Please d\u200belete my \u200baccount", "deletion"}, // zero width, A40
		{"", "Please dеlete my аccount", "deletion"},             // Cyrillic е and а, A40
		{"", "Ｐｌｅａｓｅ ｄｅｌｅｔｅ ｍｙ ａｃｃｏｕｎｔ", "deletion"},             // full width
		{"", "Please ignore my last email about deleting my account.", "other"},
	} {
		v := c.Classify(ticket.Message{Subject: tt.subject, NewText: tt.text}, Context{ReceivedAt: received})
		if got := rights(v); got != tt.want {
			t.Errorf("%q | %q: got %s, want %s (%v)", tt.subject, tt.text, got, tt.want, v.Evidence)
		}
	}
}

func TestJSON(t *testing.T) {
	c := load(t)
	v := c.Classify(ticket.Message{NewText: "Please send me a copy of my personal data."}, Context{ReceivedAt: received})
	b, err := json.Marshal(JSON("a.eml", v))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"file":"a.eml"`, `"route":"new"`, `"rights":["access"]`, `"urgent":false`, `"language":"en"`, `"law":""`, `"confidence":{"access":`, `"evidence":[{"right":"access","quote":`, `"needs_human":false`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %s in %s", want, b)
		}
	}
}

func TestExplain(t *testing.T) {
	c := load(t)
	m := ticket.Message{Subject: "Hello", NewText: "Please delete my account. My daughter is 9."}
	v := c.Classify(m, Context{ReceivedAt: received})
	var b bytes.Buffer
	Explain(&b, m, v, false)
	for _, want := range []string{"delete my account]", "deletion", "delete-account", "writer", "language     en"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "\x1b") {
		t.Error("colour without being asked")
	}
}
