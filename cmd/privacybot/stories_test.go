package main_test

import (
	"strings"
	"testing"

	"privacybot/ticket"
)

// A child in danger: people are called, nobody outside is written to, not even when the thread goes on
// (D42 to D48, A75).
func TestStoryChildInDanger(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.receive("kid@people.example.org", "Hilferuf", "I am 11 and I have an account. My dad hits me when he reads my chats. Please delete my messages.")
	h.once()
	h.once()
	if sent := h.smtp.To("kid@people.example.org"); len(sent) != 0 {
		t.Fatalf("the child's address got %v", h.sent())
	}
	alarm, notice := h.one(onCallAt, ticket.LetterEscalation), h.one(deskAt, ticket.LetterStaffNotice)
	if text := textOf(alarm); !strings.Contains(text, "in danger") || strings.Contains(text, "hits me") {
		t.Errorf("the alarm reads\n%s", text)
	}
	if text := textOf(notice); !strings.Contains(text, "hits me") || !strings.Contains(text, "do not turn to the parents") {
		t.Errorf("the notice reads\n%s", text)
	}
	if x := h.ticket(); !x.Urgent || x.State == "closed" {
		t.Errorf("ticket %+v", x)
	}
	h.reply(onCallAt, alarm, "I look at it.")
	h.once()
	if show := h.fine("ticket", "show", h.ticket().Ref); !strings.Contains(show, "looks at the child alert") {
		t.Errorf("the answer did not stop the alarm:\n%s", show)
	}
}

// Where things stand: told to the one who asks on the thread, and to nobody else (issue 5.10, A5).
func TestStoryStatus(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.receive(jane, "Loeschwunsch", "Please delete my account.", proven(jane))
	h.once()
	ack := h.one(jane, ticket.LetterAcknowledgement)
	h.reply(jane, ack, "Hello, is there any news about it?", proven(jane))
	h.reply("eve@people.example.org", ack, "Hello, what is the status of my request?", proven("eve@people.example.org"))
	h.once()
	status := textOf(h.one(jane, ticket.LetterStatus))
	if x := h.ticket(); !strings.Contains(status, x.Ref) || !strings.Contains(status, "latest by") || strings.Contains(status, "any news") {
		t.Errorf("the letter reads\n%s", status)
	}
	if n := len(h.smtp.To("eve@people.example.org")); n != 0 {
		t.Errorf("a stranger got %d letters: %v", n, h.sent())
	}
}
