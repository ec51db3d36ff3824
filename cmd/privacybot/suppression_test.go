package main_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"privacybot/ticket"
)

const unsubscribe = "Please unsubscribe me from your newsletter."

// Without a hook people stop the mailings: the wish is recorded, and "stopped" is written when they say
// so. D17: no code, no question.
func TestUnsubscribeByPeople(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.receive(jane, "Abmeldewunsch", unsubscribe)
	h.once()
	recorded, notice := textOf(h.one(jane, ticket.LetterRecorded)), h.one(deskAt, ticket.LetterStaffNotice)
	if strings.Contains(recorded, "Code:") || len(h.smtp.To(jane)) != 1 {
		t.Errorf("sent %v, and\n%s", h.sent(), recorded)
	}
	if text := textOf(notice); !strings.Contains(text, "#close done unsubscribe") || !strings.Contains(text, "suppression list") {
		t.Errorf("the desk is not told what to do:\n%s", text)
	}
	if out := h.fine("suppression", "export"); out != jane+"\n" {
		t.Errorf("the list is %q", out)
	}
	h.reply(deskAt, notice, "#close done unsubscribe", proven(deskAt))
	h.once()
	h.once()
	h.one(jane, ticket.LetterStopped)
	if x := h.ticket(); x.State != "closed" {
		t.Errorf("ticket %+v", x)
	}
	var list []struct{ Address, Reference, StoppedAt string }
	decode(t, strings.ReplaceAll(h.fine("suppression", "export", "--json"), "stopped_at", "stoppedat"), &list)
	if len(list) != 1 || list[0].Address != jane || list[0].Reference != h.ticket().Ref || list[0].StoppedAt == "" {
		t.Errorf("list %+v", list)
	}
	h.fine("suppression", "remove", strings.ToUpper(jane[:1])+jane[1:])
	if out := h.fine("suppression", "export"); out != "" {
		t.Errorf("the list is %q after it was emptied", out)
	}
	if r := h.run("suppression", "remove", "nobody@example.net"); r.code != 1 {
		t.Errorf("%v", r)
	}
}

// A service stops the mailings: "stopped" is written after its word only, the address goes nowhere
// else, and a second right goes its own way.
func TestUnsubscribeByService(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var mu sync.Mutex
	status, asked := http.StatusServiceUnavailable, []string{}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+" "+r.Header.Get("Authorization")+" "+string(body))
		w.Header().Set("Location", "http://127.0.0.1:9/elsewhere")
		w.WriteHeader(status)
	}))
	t.Cleanup(service.Close)
	answer := func(code int) { mu.Lock(); status = code; mu.Unlock() }
	h.set("suppression", fmt.Sprintf(`{url: "%s/stop", token: secret-4711}`, service.URL))
	h.secrets = append(h.secrets, "secret-4711")

	answer(http.StatusFound) // a redirection is no success
	h.receive(jane, "Abmeldewunsch", unsubscribe)
	h.once()
	h.one(jane, ticket.LetterRecorded)
	if text := textOf(h.one(deskAt, ticket.LetterStaffFollowup)); !strings.Contains(text, "hook failed") || !strings.Contains(text, "#close done unsubscribe") {
		t.Errorf("the desk reads\n%s", text)
	}
	answer(http.StatusOK)
	h.receive("joe@people.example.org", "Zweitwunsch", unsubscribe+" And please send me a copy of all personal data you hold about me.")
	h.once()
	h.once()
	h.one("joe@people.example.org", ticket.LetterStopped)
	h.one("joe@people.example.org", ticket.LetterAcknowledgement)
	if n := len(h.letters(jane, ticket.LetterStopped)); n != 0 {
		t.Errorf("%d letters say that mailings have stopped before it is known", n)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(asked) != 2 || !strings.Contains(asked[0], `POST Bearer secret-4711 {"address":"`+jane+`","reference":"PB-`) {
		t.Errorf("the service was asked %q", asked)
	}
	for _, x := range h.tickets() {
		if x.Requester == jane && x.State == "closed" {
			t.Errorf("closed before it was done: %+v", x)
		}
	}
}

// A program gets the address on its standard input. Nobody's mailings stop by a machine's mail, by a
// doubtful sender, or by somebody else's word (A2, D38, B1).
func TestUnsubscribeByProgram(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	writeFiles(t, map[string]string{h.path("stop.sh"): "#!/bin/sh\nread address; echo \"$1 $address\" >> " + h.path("stopped") + "\n"})
	if err := os.Chmod(h.path("stop.sh"), 0o700); err != nil {
		t.Fatal(err)
	}
	h.set("suppression", `{command: "`+h.path("stop.sh")+`"}`)
	h.receive(jane, "Abmeldewunsch", unsubscribe)
	h.receive("forged@people.example.org", "Faelschung", unsubscribe, "Authentication-Results: "+border+"; dmarc=fail header.from=people.example.org")
	h.receive("away@people.example.org", "Abwesend", unsubscribe, "Auto-Submitted: auto-replied")
	h.once()
	stopped, err := os.ReadFile(h.path("stopped"))
	if err != nil || !matches(`^PB-....-.... `+jane+`\n$`, string(stopped)) {
		t.Errorf("stopped %q, %v", stopped, err)
	}
	h.one(jane, ticket.LetterStopped)
	if n := len(h.smtp.To(jane)); n != 1 {
		t.Errorf("%d letters to one who unsubscribed: %v", n, h.sent())
	}
	h.receive(jane, "Nochmals", unsubscribe)
	h.once()
	if n := len(h.smtp.To(jane)); n != 1 {
		t.Errorf("the same wish within a day was answered again: %v", h.sent())
	}
}
