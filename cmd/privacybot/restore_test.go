package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

// CASES C63, C64: the office is backed up while the daemon runs, goes on, is killed, and comes back
// with yesterday's rows and today's mailbox: every mail of the server is on the ledger again, nothing
// erased came back, and nobody gets a second letter without somebody's approval. On both databases.
func TestRestoreAndReconcile(t *testing.T) {
	lite := func(*testing.T) string { return "sqlite:office.db" }
	post := func(t *testing.T) string { return mailtest.Postgres(t) }
	for name, to := range map[string][2]func(*testing.T) string{"sqlite": {lite, lite}, "postgres": {post, post}} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			before, after := to[0](t), to[1](t)
			h.set("database", fmt.Sprintf("%q", before))
			h.receive("erased@people.example.org", "Delete me", "Please delete my account and all my data.", proven("erased@people.example.org"))
			h.once()
			gone := h.ticket().Ref
			h.fine("ticket", "close", gone, "done", "It is deleted.")
			h.receive("early@people.example.org", "My data", "Please send me a copy of all data you hold about me.", proven("early@people.example.org"))
			daemon := h.daemon()
			until(t, "the early request is acknowledged", patience, func() bool { return len(h.letters("early@people.example.org", ticket.LetterAcknowledgement)) == 1 })
			backup := filepath.Join(t.TempDir(), "backup")
			h.fine("backup", "--out", backup)
			late := h.raw("late@people.example.org", "My data too", "Please send me a copy of all data you hold about me.", proven("late@people.example.org"))
			h.imap.Deliver("INBOX", late, time.Now())
			until(t, "the late request is acknowledged", patience, func() bool { return len(h.letters("late@people.example.org", ticket.LetterAcknowledgement)) == 1 })
			h.fine("ticket", "erase", gone, "--yes")
			if r := h.run("restore", "--in", backup, "--force"); r.code != 2 && before == after {
				t.Errorf("restored under a running daemon: %v", r)
			}
			daemon.signal(syscall.SIGKILL)
			daemon.endsWithin(patience)

			h.set("database", fmt.Sprintf("%q", after))
			if r := h.run("restore", "--in", backup); r.code != 2 && before == after {
				t.Errorf("restored over rows: %v", r)
			}
			h.told = append(h.told, h.fine("restore", "--in", backup, "--force"))
			h.once()
			l := h.ledger()
			if len(l.Missing) != 0 || len(l.Mails) != 3 {
				t.Errorf("ledger %+v", l)
			}
			var refs []string
			for _, tk := range h.tickets() {
				refs = append(refs, tk.Requester)
				if tk.Ref == gone {
					t.Error("the erased ticket came back")
				}
			}
			if len(refs) != 2 {
				t.Errorf("tickets of %v", refs)
			}
			for _, who := range []string{"early@people.example.org", "late@people.example.org"} {
				if n := len(h.letters(who, ticket.LetterAcknowledgement)); n != 1 {
					t.Errorf("%d acknowledgements to %s", n, who)
				}
			}
			h.told = append(h.told, h.fine("audit", "verify"))
			// C64: mail put back under new UIDs is known by its content.
			h.imap.Deliver("INBOX", late, time.Now())
			h.once()
			if got := h.ledger().became()["duplicate"]; got != 1 {
				t.Errorf("%d duplicates on the ledger", got)
			}
			if _, err := os.Stat(backup); err != nil {
				t.Error(err)
			}
		})
	}
}
