package main_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An operator's look at what is kept: the purge is shown before it is done, a ticket can be erased at
// once, the chain over it all holds, and nothing that is printed is personal (D57 to D59).
func TestPurgeAndAudit(t *testing.T) {
	h := newHouse(t)
	h.set("retention", `{attachments: 0s, mail: 0s, rights: []}`)
	h.receive("jane@people.example.org", "Delete my account", "Please delete my account and all my data.", proven("jane@people.example.org"))
	h.once()
	if out := h.fine("purge", "--dry-run"); out != "0 items due to be erased\n" {
		t.Errorf("dry run: %q", out)
	}
	ref := h.ticket().Ref
	if r := h.run("ticket", "erase", ref, "--yes"); r.code != 2 || !strings.Contains(r.err, "not closed") {
		t.Errorf("erase an open ticket: %v", r)
	}
	h.fine("ticket", "close", ref, "done", "It is deleted.")
	out := h.fine("purge", "--dry-run")
	if !strings.Contains(out, "mail         "+ref) && !strings.Contains(out, "mail   "+ref) || !strings.Contains(out, "1 item due") {
		t.Errorf("dry run:\n%s", out)
	}
	if again := h.fine("purge", "--dry-run"); again != out {
		t.Error(cmp.Diff(out, again))
	}
	if out := h.fine("purge", "--now"); !strings.Contains(out, "1 item erased") {
		t.Errorf("purge:\n%s", out)
	}
	h.told = append(h.told, out)
	if r := h.run("ticket", "erase", ref); r.code != 2 || !strings.Contains(r.err, "--yes") {
		t.Errorf("erase without a word: %v", r)
	}
	h.told = append(h.told, h.fine("ticket", "erase", ref, "--yes"))
	if n := len(h.tickets()); n != 0 {
		t.Errorf("%d tickets are left", n)
	}
	h.once()
	out = h.fine("audit", "verify")
	h.told = append(h.told, out)
	if !strings.Contains(out, "events of tickets") || strings.Contains(out, "no earlier entry") {
		t.Errorf("audit:\n%s", out)
	}
	if r := h.run("purge"); r.code != 2 {
		t.Errorf("purge without a word: %v", r)
	}
	if r := h.run("audit", "verify", "--head", "1:0000000000000000"); r.code != 1 || !strings.Contains(r.out, "not the one that stood there") {
		t.Errorf("a foreign entry: %v", r)
	}
	for _, name := range []string{"privacybot.erasures", "privacybot.audit"} {
		data, err := os.ReadFile(h.path(name))
		if err != nil || len(data) == 0 {
			t.Errorf("%s: %v", name, err)
		}
		h.told = append(h.told, string(data))
	}
}
