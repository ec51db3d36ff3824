package main_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to change a database behind the program's back

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

const jane = "jane@people.example.org"

var codeLine = regexp.MustCompile(`(?m)^Code: (\d{4}-\d{4})$`)

// The whole way through the binary, on both databases: once, again, a code, an answer, the closing
// letter; and the published JSON forms on the way.
func TestOnce(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { testOnce(t, newHouse(t)) })
	t.Run("postgres", func(t *testing.T) {
		h := newHouse(t)
		h.set("database", `"`+mailtest.Postgres(t)+`"`)
		testOnce(t, h)
	})
}

func testOnce(t *testing.T, h *house) {
	t.Parallel()
	h.receive(jane, "Auskunftswunsch", "Hello, please send me a copy of all personal data you hold about me.")
	h.once()
	h.once() // nothing happens twice
	if got := h.sent(); !slices.Equal(got, []string{"acknowledgement to " + jane, "staff_notice to " + deskAt}) {
		t.Fatalf("sent %v", got)
	}
	ack, notice := h.one(jane, ticket.LetterAcknowledgement), h.one(deskAt, ticket.LetterStaffNotice)
	h.wantTicketForm()
	h.wantLedgerForm()

	code := codeLine.FindStringSubmatch(textOf(ack))
	if code == nil {
		t.Fatalf("no line with a code in\n%s", textOf(ack))
	}
	h.secrets = append(h.secrets, code[1])
	h.reply(jane, ack, "Here it is: "+code[1])
	h.reply(deskAt, notice, "Dear Jane, we hold your name and your invoice address.", proven(deskAt))
	h.once()
	if !h.ticket().Verified {
		t.Error("the code did not confirm the address")
	}
	answer := textOf(h.one(jane, ticket.LetterAnswer))
	if !strings.Contains(answer, "we hold your name") || strings.Contains(answer, ticket.InternalMark) {
		t.Errorf("the answer reads\n%s", answer)
	}
	due := h.ticket().Due
	h.reply(deskAt, notice, "#close done\nThat is all we hold.", proven(deskAt))
	h.once()
	h.one(jane, ticket.LetterClosing)
	if x := h.ticket(); x.State != "closed" || x.Due != due {
		t.Errorf("state %s, due %s; it was due %s while it was open", x.State, x.Due, due)
	}
	if out := h.fine("ticket", "list", "--open"); !strings.Contains(out, "no tickets") {
		t.Errorf("open tickets:\n%s", out)
	}
}

// wantTicketForm checks the form of ticket list --json on the only ticket.
func (h *house) wantTicketForm() {
	h.t.Helper()
	var form any
	decode(h.t, h.fine("ticket", "list", "--json"), &form)
	wantShape(h.t, form, `[{"ref":"","state":"","requester":"","verified":false,"urgent":false,"received_at":"","due":"","due_target":"","requests":[{"right":"","state":"","law":"","due":""}]}]`)
	got := h.ticket()
	if got.Requester != jane || got.Verified || got.Urgent || len(got.Requests) != 1 || got.Requests[0].Right != "access" || got.Requests[0].Law != "eu-gdpr" ||
		!matches(`^PB-[0-9A-Z]{4}-[0-9A-Z]{4}$`, got.Ref) || got.State != "verifying" || got.Requests[0].State == "" || got.Due != got.Requests[0].Due {
		h.t.Errorf("ticket %+v", got)
	}
	h.recent(got.ReceivedAt)
	due, err := time.Parse(time.RFC3339, got.Due)
	if _, target := time.Parse(time.RFC3339, got.DueTarget); err != nil || target != nil || due.Format(time.TimeOnly) != "23:59:59" || due.Nanosecond() != 0 {
		h.t.Errorf("due %s, target %s: want the last second of a local day", got.Due, got.DueTarget)
	}
	if _, offset := due.Zone(); offset != 3600 && offset != 7200 {
		h.t.Errorf("due %s is not in the office's zone", got.Due)
	}
	if days := time.Until(due).Hours() / 24; days < 27 || days > 36 {
		h.t.Errorf("due %s, in %.0f days", got.Due, days)
	}
}

// recent checks a time of now, in Berlin.
func (h *house) recent(text string) {
	h.t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || time.Since(at) > 5*time.Minute || time.Since(at) < -time.Minute {
		h.t.Errorf("time %q (%v)", text, err)
	}
	if _, offset := at.Zone(); offset != 3600 && offset != 7200 {
		h.t.Errorf("%s is not in the office's zone", text)
	}
}

// wantLedgerForm checks the form of ledger --json with one mail, and the exit code when the server
// holds a mail that is not on it.
func (h *house) wantLedgerForm() {
	h.t.Helper()
	const shape = `{"mails":[{"folder":"","uidvalidity":0,"uid":0,"received_at":"","disposition":"","ticket":""}],"on_server":{},` +
		`"missing":[{"folder":"","uidvalidity":0,"uid":0}],"unknown":[{"folder":"","uidvalidity":0,"uid":0}]}`
	var form any
	decode(h.t, h.fine("ledger", "--json"), &form)
	wantShape(h.t, form, shape)
	l := h.ledger()
	if len(l.Mails) != 1 || l.Mails[0].Folder != "INBOX" || l.Mails[0].UID != 1 || l.Mails[0].Disposition != "ticket" || l.Mails[0].Ticket != h.ticket().Ref ||
		l.OnServer["INBOX"] != 1 || l.OnServer["Junk"] != 0 || len(l.Missing)+len(l.Unknown) != 0 {
		h.t.Errorf("ledger %+v", l)
	}
	h.recent(l.Mails[0].ReceivedAt)
	if out := h.fine("ledger"); !strings.Contains(out, "INBOX") || !strings.Contains(out, "1 mail on the ledger, 1 on the server") {
		h.t.Errorf("ledger:\n%s", out)
	}

	h.imap.Deliver("Junk", h.raw("vendor@people.example.org", "Stuehle", "We sell chairs."), time.Now())
	r := h.run("ledger", "--json")
	decode(h.t, r.out, &form)
	wantShape(h.t, form, shape)
	decode(h.t, r.out, &l)
	if r.code != 1 || len(l.Missing) != 1 || l.Missing[0].Folder != "Junk" || l.Missing[0].UID != 1 || l.Missing[0].UIDValidity == 0 || !strings.Contains(r.err, "1 mail") {
		h.t.Errorf("a mail that nobody has read: %v", r)
	}
	h.once()
	h.imap.Expunge("Junk", 1)
	if l := h.ledger(); len(l.Missing) != 0 || len(l.Unknown) != 1 || l.OnServer["Junk"] != 0 || l.became()["ticket"] != 1 {
		h.t.Errorf("a mail that is gone from the server: %+v", l)
	}
}

func TestEmptyOffice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	// Looking at a house that was never opened makes nothing, and says what to do.
	for _, args := range [][]string{{"ticket", "list"}, {"ledger"}, {"digest", "--print"}} {
		if r := h.run(args...); r.code != 1 || r.out != "" || !strings.Contains(r.err, "privacybot migrate") {
			t.Errorf("%v: %v", args, r)
		}
	}
	for _, file := range []string{"office.key", "office.db"} {
		if _, err := os.Stat(h.path(file)); err == nil {
			t.Errorf("looking made %s", file)
		}
	}
	if out := h.fine("migrate") + h.fine("migrate"); strings.Count(out, "up to date") != 2 {
		t.Errorf("migrate printed %q", out)
	}
	if out := h.fine("ticket", "list", "--json"); out != "[]\n" {
		t.Errorf("no tickets are %q", out)
	}
	if out := h.fine("ledger", "--json"); !matches(`"mails":\[\].*"on_server":\{"INBOX":0,"Junk":0\}.*"missing":\[\].*"unknown":\[\]`, out) {
		t.Errorf("an empty ledger is %q", out)
	}
	info, err := os.Stat(h.path("office.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file %v, %v", info, err)
	}
}

func TestTicketCommands(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.receive("parent@people.example.org", "Tochterfrage", "My daughter is nine years old and made an account with her name. Please delete it.")
	h.once()
	h.one(onCallAt, ticket.LetterEscalation)
	child := h.ticket()
	if list := h.fine("ticket", "list"); !strings.Contains(list, "URGENT") || !strings.Contains(list, "child, deletion") {
		t.Errorf("list:\n%s", list)
	}
	if !child.Urgent {
		t.Errorf("a child alert is not urgent: %+v", child)
	}
	ref := child.Ref

	show := h.fine("ticket", "show", strings.ToLower(ref))
	for _, want := range []string{ref, "parent@people.example.org", "child", "daughter", "eu-gdpr", "history", "letters", "escalation", "look by", "to " + onCallAt} {
		if !strings.Contains(show, want) {
			t.Errorf("ticket show does not tell %q:\n%s", want, show)
		}
	}
	var form map[string]any
	decode(t, h.fine("ticket", "show", ref, "--json"), &form)
	for _, name := range []string{"ref", "due", "ticket", "events", "letters"} {
		if form[name] == nil {
			t.Errorf("ticket show --json has no %s", name)
		}
	}
	delete(form, "ticket")
	wantShape(t, form, `{"ref":"","state":"","requester":"","verified":false,"urgent":false,"received_at":"","due":"","due_target":"","requests":[{"right":"","state":"","law":"","due":""}],`+
		`"events":[{}],"letters":[{"kind":"","to":"","message_id":"","state":"","hold":"","attempts":0,"code":0,"created_at":"","sent_at":"","failed_at":""}]}`)

	for _, c := range []struct {
		args []string
		tell string
	}{
		{[]string{"ticket", "note", ref, "called", "the", "parent"}, "called the parent"},
		{[]string{"ticket", "ack", ref}, "acknowledg"},
		{[]string{"ticket", "do", ref, "right", "+access"}, "access"},
		{[]string{"ticket", "do", ref, "#blocked"}, "block"},
		{[]string{"ticket", "do", ref, "deleted"}, "delet"},
		{[]string{"ticket", "do", ref, "verified", "checked", "the", "guardianship"}, "guardianship"}, // content goes to nobody unproven
		{[]string{"ticket", "close", ref, "done", "The account is gone."}, "closed"},
	} {
		if out := h.fine(c.args...); strings.TrimSpace(out) == "" {
			t.Errorf("%v says nothing", c.args)
		}
		if show := h.fine("ticket", "show", ref); !strings.Contains(show, c.tell) || !strings.Contains(show, "operator") {
			t.Errorf("after %v the history does not tell %q:\n%s", c.args, c.tell, show)
		}
	}
	h.once()
	closing := textOf(h.one("parent@people.example.org", ticket.LetterClosing))
	if !strings.Contains(closing, "The account is gone.") || strings.Contains(closing, "called the parent") {
		t.Errorf("the closing letter reads\n%s", closing)
	}
	if n := len(h.letters(managerAt, ticket.LetterEscalation)); n != 0 {
		t.Errorf("%d alarms after somebody looked", n)
	}

	for _, c := range []struct {
		args []string
		code int
		err  string
	}{
		{[]string{"ticket", "show", "PB-0000-0000"}, 1, "PB-0000-0000"},
		{[]string{"ticket", "note", "PB-0000-0000", "x"}, 1, "PB-0000-0000"},
		{[]string{"ticket", "do", ref, "frobnicate"}, 2, "frobnicate"},
		{[]string{"ticket", "do", ref, "right", "+cake"}, 2, "cake"},
		{[]string{"ticket", "do", ref, "requester", "not an address"}, 2, "address"},
	} {
		if r := h.run(c.args...); r.code != c.code || r.out != "" || !strings.Contains(r.err, c.err) {
			t.Errorf("%v: want exit %d and %q, got %v", c.args, c.code, c.err, r)
		}
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.receive(jane, "Auskunftswunsch", "Please delete my account.")
	h.once()
	sent := len(h.smtp.Mails())
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	today := h.fine("digest", "--print")
	if !strings.Contains(today, "deletion") || !matches(`On? ?the ledger|ledger: +1`, today) || strings.Contains(today, jane) || strings.Contains(today, "\x1b") {
		t.Errorf("digest:\n%s", today)
	}
	day := time.Now().In(zone).Format(time.DateOnly)
	if dated := h.fine("digest", "--print", "--date", day); dated != today {
		t.Errorf("--date %s prints\n%s\ninstead of\n%s", day, dated, today)
	}
	if other := h.fine("digest", "--print", "--date", "2026-01-05"); !strings.Contains(other, "January") {
		t.Errorf("digest of another day:\n%s", other)
	}
	for _, bad := range []string{"yesterday", "2026-02-30", "05.01.2026"} {
		if r := h.run("digest", "--date", bad); r.code != 2 || !strings.Contains(r.err, "--date") {
			t.Errorf("--date %s: %v", bad, r)
		}
	}
	if n := len(h.smtp.Mails()); n != sent {
		t.Errorf("printing sent %d letters", n-sent)
	}
}

func TestKeyAndSchema(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.receive(jane, "Auskunftswunsch", "Please delete my account.")
	h.once()
	key, err := os.ReadFile(h.path("office.key"))
	if err != nil {
		t.Fatal(err)
	}
	other := newHouse(t)
	other.fine("migrate")
	wrong, err := os.ReadFile(other.path("office.key"))
	if err != nil {
		t.Fatal(err)
	}
	all := [][]string{{"once"}, {"run"}, {"ticket", "list"}, {"ledger"}, {"migrate"}}
	refused := func(why string, want ...string) {
		t.Helper()
		for _, args := range all {
			r := h.run(args...)
			if r.code != 1 || r.out != "" {
				t.Errorf("%s, %v: %v", why, args, r)
			}
			for _, w := range want {
				if !strings.Contains(r.err, w) {
					t.Errorf("%s, %v does not say %q: %v", why, args, w, r)
				}
			}
		}
	}
	if err := os.Remove(h.path("office.key")); err != nil {
		t.Fatal(err)
	}
	refused("missing key", "key file", "missing", "office.key")
	if _, err := os.Stat(h.path("office.key")); err == nil {
		t.Fatal("a new key was made in place of the missing one")
	}
	all = [][]string{{"once"}, {"ticket", "list"}} // the same door for all
	writeFiles(t, map[string]string{h.path("office.key"): string(wrong)})
	refused("wrong key", "key file", "does not open")
	writeFiles(t, map[string]string{h.path("office.key"): "{}"})
	refused("broken key", "key file", "office.key")
	writeFiles(t, map[string]string{h.path("office.key"): string(key)})
	h.fine("ticket", "list")

	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(h.path("office.db")))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	if closed := db.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
	refused("newer schema", "9999", "newer version of privacybot")
	if n := len(h.smtp.Mails()); n != 2 {
		t.Errorf("%d letters in all, want 2", n)
	}
	if r := h.run("check", "--probe", "--wait", "1s"); r.code != 1 || !strings.Contains(r.err, "database") || !strings.Contains(r.err, "9999") {
		t.Errorf("check --probe of a database that this program cannot open: %v", r)
	}
}

// What was there before the first start keeps its true clock; its letters wait; very old mail is
// on the ledger only.
func TestFirstStart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.set("digest", `{at: "08:00", days: [mon, tue, wed, thu, fri, sat, sun]}`)
	h.set("intake", "{answer_since: 72h}")
	now := time.Now()
	old, fresh := now.AddDate(0, 0, -5).Truncate(time.Second), now.Add(-time.Hour).Truncate(time.Second)
	for at, from := range map[time.Time]string{now.AddDate(0, 0, -100): "ancient", old: "old", fresh: "fresh"} {
		h.imap.DeliverMany("INBOX", []mailtest.Delivery{{Raw: h.raw(from+"@people.example.org", "Kontofrage", "Please delete my account."), At: at}})
	}
	h.once()
	h.once()
	l := h.ledger()
	if got := fmt.Sprint(l.became()); got != "map[baseline:1 ticket:2]" {
		t.Errorf("ledger %s", got)
	}
	h.one("fresh@people.example.org", ticket.LetterAcknowledgement)
	if n := len(h.smtp.To("old@people.example.org")) + len(h.smtp.To("ancient@people.example.org")); n != 0 {
		t.Fatalf("%d letters to people who wrote long ago: %v", n, h.sent())
	}
	var ref string
	for _, x := range h.tickets() {
		if x.Requester == "old@people.example.org" {
			ref = x.Ref
			if at, err := time.Parse(time.RFC3339, x.ReceivedAt); err != nil || !at.Equal(old) {
				t.Errorf("received %s, want %v", x.ReceivedAt, old)
			}
			if due, err := time.Parse(time.RFC3339, x.Due); err != nil || due.Sub(old) > 36*24*time.Hour {
				t.Errorf("due %s, received %v", x.Due, old)
			}
		}
	}
	if show := h.fine("ticket", "show", ref); !strings.Contains(show, "held") || !strings.Contains(show, "privacybot ticket release "+ref) {
		t.Errorf("ticket show does not say that the letter waits and how to let it go:\n%s", show)
	}
	h.fine("ticket", "release", ref)
	h.once()
	h.one("old@people.example.org", ticket.LetterAcknowledgement)
}

// Everything is done and recorded, but mail goes to staff only.
func TestShadow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.set("mode", "shadow")
	h.receive(jane, "Auskunftswunsch", "Please send me a copy of all my data.")
	h.receive("parent@people.example.org", "Tochterfrage", "My daughter is nine years old and made an account with her name. Please delete it.")
	h.once()
	for _, x := range h.tickets() {
		h.fine("ticket", "do", x.Ref, "verified", "by", "phone")
		h.fine("ticket", "close", x.Ref, "done", "It is done.")
	}
	for _, notice := range h.letters(deskAt, ticket.LetterStaffNotice) {
		h.reply(deskAt, notice, "Dear Jane, here is your data.", proven(deskAt))
	}
	h.once()
	if n := len(h.tickets()); n != 2 {
		t.Errorf("%d tickets", n)
	}
	for _, m := range h.smtp.Mails() {
		for _, to := range m.To {
			if !strings.HasSuffix(to, "@corp.example.com") {
				t.Errorf("%s went to %s", kindOf(m), to)
			}
		}
	}
	if len(h.letters(onCallAt, ticket.LetterEscalation)) == 0 {
		t.Error("nobody was alarmed about a child")
	}
}

// Staff's words reach a requester unless relay.enabled is false, and only with a DMARC pass stated by
// the operator's own border server (A9, A10).
func TestRelay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.set("relay", "{enabled: false}")
	h.receive(jane, "Loeschwunsch", "Please delete my account.", proven(jane))
	h.once()
	notice := h.one(deskAt, ticket.LetterStaffNotice)
	const answer = "Dear Jane, your account is gone."
	h.reply(deskAt, notice, answer, proven(deskAt))
	h.once()
	if n := len(h.letters(jane, ticket.LetterAnswer)); n != 0 {
		t.Fatal("relayed although relay.enabled is false")
	}
	h.set("relay", "")
	for _, result := range []string{
		"", "Authentication-Results: mx.evil.example.net; dmarc=pass header.from=corp.example.com",
		"Authentication-Results: " + border + "; dmarc=fail header.from=corp.example.com",
		"Authentication-Results: " + border + "; dmarc=pass header.from=people.example.org",
	} {
		var extra []string
		if result != "" {
			extra = append(extra, result)
		}
		h.reply(deskAt, notice, answer, extra...)
	}
	h.once()
	if n := len(h.letters(jane, ticket.LetterAnswer)); n != 0 {
		t.Fatalf("%d answers relayed without a proof of who wrote them", n)
	}
	if n := len(h.letters(deskAt, ticket.LetterStaffCode)); n != 4 {
		t.Errorf("the desk was asked %d times whether the mail is theirs, want 4", n)
	}
	h.reply(deskAt, notice, answer, proven(deskAt))
	h.once()
	if got := textOf(h.one(jane, ticket.LetterAnswer)); !strings.Contains(got, "your account is gone") {
		t.Errorf("the answer reads\n%s", got)
	}
}
