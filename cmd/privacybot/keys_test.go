package main_test

import (
	"encoding/base64"
	"os"
	"strings"
	"syscall"
	"testing"

	"privacybot/ticket"
)

// The operator's key is rotated while the daemon works: mail in flight is decided, an answer to a letter
// that went out before finds its ticket after, and neither the old key nor a foreign one touches the
// mailbox.
func TestKeysRotateWhileRunning(t *testing.T) {
	h := newHouse(t)
	daemon := h.daemon()
	const early, late = "early@people.example.org", "late@people.example.org"
	h.receive(early, "My data", "Please send me a copy of all data you hold about me.", proven(early))
	until(t, "the early request is acknowledged", patience, func() bool { return len(h.letters(early, ticket.LetterAcknowledgement)) == 1 })
	old, err := os.ReadFile(h.path("office.key"))
	if err != nil {
		t.Fatal(err)
	}
	before := h.fine("keys", "show")
	out := h.fine("keys", "rotate")
	after := h.fine("keys", "show")
	if !strings.Contains(out, "is in use") || before == after || strings.Count(after, "\n") != 2 {
		t.Errorf("rotate:\n%s\nbefore:\n%s\nafter:\n%s", out, before, after)
	}
	for _, said := range []string{out, before, after} {
		for _, line := range strings.Split(string(old), "\n") {
			if _, secret, ok := strings.Cut(line, `": "`); ok && len(secret) > 30 && strings.Contains(said, strings.Trim(secret, `",`)) {
				t.Error("a key was printed")
			}
		}
	}
	h.receive(late, "My data too", "Please send me a copy of all data you hold about me.", proven(late))
	until(t, "the late request is acknowledged", patience, func() bool { return len(h.letters(late, ticket.LetterAcknowledgement)) == 1 })
	// The mark of the thread in an old letter still counts, without any mail header.
	subject := headerOf(h.one(early, ticket.LetterAcknowledgement).Raw, "Subject")
	h.receive(early, "Re: "+subject, "I also want the data of my second account.", proven(early))
	until(t, "the answer is on the old ticket", patience, func() bool { return len(h.letters(deskAt, ticket.LetterStaffFollowup)) == 1 })
	daemon.signal(syscall.SIGKILL)
	daemon.endsWithin(patience)

	rotated, err := os.ReadFile(h.path("office.key"))
	if err != nil {
		t.Fatal(err)
	}
	read := len(h.ledger().Mails)
	h.receive(late, "Hello", "Please delete my account.", proven(late))
	for name, key := range map[string][]byte{"the old key": old, "no key": nil, "half a key": rotated[:len(rotated)/2]} {
		if err := os.Remove(h.path("office.key")); err != nil {
			t.Fatal(err)
		}
		if key != nil {
			if err := os.WriteFile(h.path("office.key"), key, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if r := h.run("once"); r.code == 0 || !strings.Contains(r.err, "key") {
			t.Errorf("%s: %v", name, r)
		}
		if err := os.WriteFile(h.path("office.key"), rotated, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var l ledgerForm
	decode(t, h.run("ledger", "--json").out, &l)
	if len(l.Mails) != read || len(l.Missing) != 1 {
		t.Error("the mailbox was read with a wrong key")
	}
	// The same keys out of the environment.
	h.set("keys", `{value: "${PRIVACYBOT_KEYS}"}`)
	h.env = append(h.env, "PRIVACYBOT_KEYS="+base64.StdEncoding.EncodeToString(rotated))
	if err := os.Remove(h.path("office.key")); err != nil {
		t.Fatal(err)
	}
	h.once()
	if n := len(h.ledger().Mails); n != read+1 {
		t.Errorf("%d mails on the ledger", n)
	}
	if r := h.run("keys", "rotate"); r.code != 2 {
		t.Errorf("rotate keys of the environment: %v", r)
	}
}
