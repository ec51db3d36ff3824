package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"privacybot/ingest"
	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

const (
	privacy    = "privacy@corp.example.com"
	border     = "mx.corp.example.com"
	deskAt     = "desk@corp.example.com"
	onCallAt   = "oncall@corp.example.com"
	managerAt  = "manager@corp.example.com"
	smtpSecret = "smtp-geheim-4711"
)

// house is an office as an operator sets it up: a mailbox, a mail server, a configuration file in
// a folder of its own, and a program that is called with it.
type house struct {
	t        *testing.T
	dir      string
	imap     *mailtest.IMAPServer
	smtp     *mailtest.SMTPServer
	settings map[string]string // top-level keys of the configuration
	env      []string

	told    []string // what commands told that must not tell anything personal
	secrets []string
	mails   int
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), imap: mailtest.IMAP(t)}
	h.smtp = mailtest.SMTP(t, mailtest.NoTLS(), mailtest.RequireAuth("mailer", smtpSecret))
	h.settings = map[string]string{
		"organisation":   `{name: Corp, address: "` + privacy + `", timezone: Europe/Berlin, law: eu-gdpr, holidays: DE}`,
		"imap":           fmt.Sprintf(`{server: "imap://%s", username: "%s", password: "${IMAP_PASSWORD}", folders: [INBOX]}`, h.imap.Addr, h.imap.Username),
		"smtp":           fmt.Sprintf(`{server: "smtp://%s", username: mailer, password: "${SMTP_PASSWORD}"}`, h.smtp.Addr),
		"database":       `"sqlite:office.db"`,
		"keys":           `{file: office.key}`,
		"authentication": `{authserv_id: ` + border + `}`,
		"staff": `[{name: Desk, address: "` + deskAt + `", roles: [agent]}, {name: Olivia, address: "` + onCallAt +
			`", roles: [oncall]}, {name: Mona, address: "` + managerAt + `", roles: [manager, legal]}]`,
		// A day on which the test does not run: the daily mails have tests of their own.
		"digest": `{at: "08:00", days: [` + strings.ToLower(time.Now().AddDate(0, 0, 3).Weekday().String()[:3]) + `]}`,
	}
	h.env = []string{"IMAP_PASSWORD=" + h.imap.Password, "SMTP_PASSWORD=" + smtpSecret, "TZ=America/New_York", "HOME=" + h.dir}
	h.secrets = []string{h.imap.Password, smtpSecret, "people.example.org", "corp.example.com", "Roe"}
	t.Cleanup(h.checkSilence)
	h.write()
	return h
}

func (h *house) path(name string) string { return filepath.Join(h.dir, name) }

// set changes a top-level key of the configuration; "" takes it away.
func (h *house) set(key, value string) {
	h.t.Helper()
	if h.settings[key] = value; value == "" {
		delete(h.settings, key)
	}
	h.write()
}

func (h *house) write() {
	h.t.Helper()
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(h.settings)) {
		fmt.Fprintf(&b, "%s: %s\n", key, h.settings[key])
	}
	if err := os.WriteFile(h.path("office.yaml"), []byte(b.String()), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// call is a command line with the configuration, run from another folder.
func (h *house) call(args ...string) call {
	return call{args: append(args, "--config", h.path("office.yaml")), env: h.env, dir: os.TempDir()}
}

// run runs a command to its end. Whatever it says beside its result must not be personal.
func (h *house) run(args ...string) result {
	h.t.Helper()
	r := h.call(args...).run(h.t)
	h.told = append(h.told, r.err)
	return r
}

// fine runs a command that must succeed and gives its result.
func (h *house) fine(args ...string) string {
	h.t.Helper()
	r := h.run(args...)
	if r.code != 0 {
		h.t.Fatalf("%s: %v", strings.Join(args, " "), r)
	}
	return r.out
}

// once does all that is due; it has no result to print.
func (h *house) once() {
	h.t.Helper()
	if out := h.fine("once"); out != "" {
		h.t.Errorf("once printed %q", out)
	}
}

// daemon starts run and waits until it is at work.
func (h *house) daemon() *process {
	h.t.Helper()
	p := h.call("run").start(h.t)
	h.t.Cleanup(func() { h.told = append(h.told, p.out.String(), p.errs.String()) })
	until(h.t, "the daemon says that it watches", patience, func() bool { return strings.Contains(p.errs.String(), "watching") || !p.running() })
	if !p.running() {
		h.t.Fatalf("run ended at once:\n%s", p.errs.String())
	}
	return p
}

// checkSilence looks through everything that was logged for what must not be there (DESIGN.md 5.8,
// CASES A70, D61).
func (h *house) checkSilence() {
	all := strings.ToLower(strings.Join(h.told, "\n"))
	for _, secret := range h.secrets {
		if at := strings.Index(all, strings.ToLower(secret)); at >= 0 {
			h.t.Errorf("the log holds %q: …%s…", secret, all[max(0, at-120):min(len(all), at+120)])
		}
	}
}

// raw writes a plain mail; extra stands above its own header, as trace fields do.
func (h *house) raw(from, subject, text string, extra ...string) []byte {
	h.mails++
	_, domain, _ := strings.Cut(from, "@")
	if !strings.HasPrefix(subject, "Re: ") {
		h.secrets = append(h.secrets, subject)
	}
	head := append(extra,
		"From: Jane Roe <"+from+">", "To: <"+privacy+">", "Subject: "+subject, "Date: "+time.Now().Format(time.RFC1123Z),
		fmt.Sprintf("Message-ID: <m%d@%s>", h.mails, domain), "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8")
	return []byte(strings.Join(head, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(text, "\n", "\r\n") + "\r\n")
}

// receive delivers a mail to the inbox now.
func (h *house) receive(from, subject, text string, extra ...string) {
	h.t.Helper()
	h.imap.Deliver("INBOX", h.raw(from, subject, text, extra...), time.Now())
}

// reply answers a letter as mail programs do, quote included.
func (h *house) reply(from string, to mailtest.Mail, text string, extra ...string) {
	h.t.Helper()
	m := ingest.Parse(to.Raw, ingest.Options{})
	quoted := "\n\nOn Mon, Nov 23, 2026 at 9:00 AM Corp <" + privacy + "> wrote:\n> " + strings.ReplaceAll(m.Text, "\n", "\n> ")
	h.receive(from, "Re: "+m.Subject, text+quoted, append(extra, "In-Reply-To: <"+m.MessageID+">", "References: <"+m.MessageID+">")...)
}

// proven is what the border server states about mail of a domain that signs.
func proven(from string) string {
	_, domain, _ := strings.Cut(from, "@")
	return "Authentication-Results: " + border + "; dmarc=pass header.from=" + domain
}

// letters gives what was accepted for an address, of one kind.
func (h *house) letters(to string, kind ticket.LetterKind) []mailtest.Mail {
	var found []mailtest.Mail
	for _, m := range h.smtp.To(to) {
		if kindOf(m) == string(kind) {
			found = append(found, m)
		}
	}
	return found
}

// one gives the only letter of a kind to an address.
func (h *house) one(to string, kind ticket.LetterKind) mailtest.Mail {
	h.t.Helper()
	found := h.letters(to, kind)
	if len(found) != 1 {
		h.t.Fatalf("%d letters %s to %s, want 1; sent were %v", len(found), kind, to, h.sent())
	}
	return found[0]
}

// sent lists all letters.
func (h *house) sent() []string {
	list := []string{}
	for _, m := range h.smtp.Mails() {
		list = append(list, kindOf(m)+" to "+strings.Join(m.To, ","))
	}
	slices.Sort(list)
	return list
}

func kindOf(m mailtest.Mail) string { return headerOf(m.Raw, "X-Privacybot") }

func headerOf(raw []byte, name string) string {
	head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if n, v, ok := strings.Cut(line, ": "); ok && strings.EqualFold(n, name) {
			return v
		}
	}
	return ""
}

func textOf(m mailtest.Mail) string { return ingest.Parse(m.Raw, ingest.Options{}).Text }

// The published JSON forms (DESIGN.md section 6), as a script would read them.
type (
	ticketLine struct {
		Ref, State, Requester string
		Verified, Urgent      bool
		ReceivedAt            string `json:"received_at"`
		Due                   string
		DueTarget             string `json:"due_target"`
		Requests              []struct{ Right, State, Law, Due string }
	}
	location struct {
		Folder           string
		UIDValidity, UID uint32
	}
	ledgerForm struct {
		Mails []struct {
			location
			ReceivedAt          string `json:"received_at"`
			Disposition, Ticket string
		}
		OnServer         map[string]int `json:"on_server"`
		Missing, Unknown []location
	}
)

func (h *house) tickets() []ticketLine {
	h.t.Helper()
	var list []ticketLine
	decode(h.t, h.fine("ticket", "list", "--json"), &list)
	return list
}

// ticket gives the only ticket.
func (h *house) ticket() ticketLine {
	h.t.Helper()
	list := h.tickets()
	if len(list) != 1 {
		h.t.Fatalf("%d tickets, want 1: %+v", len(list), list)
	}
	return list[0]
}

func (h *house) ledger() ledgerForm {
	h.t.Helper()
	var l ledgerForm
	decode(h.t, h.fine("ledger", "--json"), &l)
	return l
}

// became counts the dispositions on the ledger.
func (l ledgerForm) became() map[string]int {
	n := map[string]int{}
	for _, m := range l.Mails {
		n[m.Disposition]++
	}
	return n
}

func decode(t testing.TB, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
}
