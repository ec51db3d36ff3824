package main_test

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"privacybot/config"
	"privacybot/internal/demo"
	"privacybot/ticket"
)

// needsConfig are the commands that read a configuration.
var needsConfig = [][]string{
	{"run"}, {"once"}, {"check"}, {"check", "--probe"}, {"migrate"}, {"ticket", "list"}, {"ticket", "show", "PB-0000-0000"},
	{"ticket", "note", "PB-0000-0000", "text"}, {"ticket", "ack", "PB-0000-0000"}, {"ticket", "close", "PB-0000-0000", "none"},
	{"ticket", "release", "PB-0000-0000"}, {"ticket", "do", "PB-0000-0000", "take"}, {"ledger"}, {"digest", "--print"}, {"classify", "-"},
}

// C58: every problem is named with its key, at once, and nothing is touched: no server sees a
// connection, no file is made.
func TestWrongConfiguration(t *testing.T) {
	t.Parallel()
	var visits atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			conn.Close()
		}
	}()
	addr := listener.Addr().String()
	for _, c := range []struct {
		name, text string
		keys       []string
	}{
		{"several", `
organisation: {address: "not an address", timezone: Mars/Base, law: moon, holidays: XX}
mode: loud
imap: {server: "imap://mail.example.com", password: "${NOT_SET_ANYWHERE}", folders: [INBOX, INBOX]}
smtp: {server: "ftp://` + addr + `", username: mailer}
intake: {answer_since: soon}
staff: [{name: Nobody, roles: [boss]}]
digest: {at: "25:00", days: [someday]}
child: {look: 4}
colour: blue
`, []string{"organisation.address", "organisation.timezone", "organisation.law", "organisation.holidays", "mode", "imap.server", "imap.password", "NOT_SET_ANYWHERE",
			"imap.folders[1]", "smtp.server", "smtp.password", "intake.answer_since", "staff[0].address", "staff[0].roles", "digest.at", "digest.days", "child.look", "colour"}},
		{"empty", "", []string{"organisation.address", "imap.server", "imap.password", "smtp.server", "staff"}},
		{"missing environment", good(addr, `"${NOT_SET_ANYWHERE}"`), []string{"imap.password", "NOT_SET_ANYWHERE"}},
		{"empty environment", good(addr, `"${SET_BUT_EMPTY}"`), []string{"imap.password"}},
		{"missing file", strings.Replace(good(addr, `x`), "password: x", "password_file: nowhere", 1), []string{"imap.password_file", "nowhere"}},
		{"not YAML", "imap: [", []string{"line"}},
		{"nearly a key", good(addr, "x") + "brake: {per_hour: 3}\n", []string{"brake", "brakes"}},
		{"no folder of templates", good(addr, "x") + "letters: {templates: nowhere}\n", []string{"letters.templates"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "wrong.yaml")
			writeFiles(t, map[string]string{file: c.text})
			commands := needsConfig
			if c.name != "several" {
				commands = [][]string{{"check"}, {"once"}, {"run"}}
			}
			for _, args := range commands {
				r := call{args: append(args, "--config", file), env: []string{"SET_BUT_EMPTY="}, stdin: "\r\n"}.run(t)
				if r.code != 2 || r.out != "" {
					t.Errorf("%v: got %v", args, r)
				}
				for _, key := range c.keys {
					if !strings.Contains(r.err, key) {
						t.Errorf("%v does not name %s:\n%s", args, key, r.err)
					}
				}
			}
			if left, _ := os.ReadDir(folder); len(left) != 1 {
				t.Errorf("files were made: %v", left)
			}
		})
	}
	if n := visits.Load(); n > 0 {
		t.Errorf("%d connections with a wrong configuration", n)
	}
}

// good is a configuration without a mistake, but for the password that is put in.
func good(addr, password string) string {
	return `organisation: {address: "` + privacy + `"}
imap: {server: "imap://` + addr + `", password: ` + password + `}
smtp: {server: "smtp://` + addr + `"}
staff: [{address: "` + deskAt + `", roles: [agent, manager, oncall, legal]}]
`
}

// C59: a broken template stops the start, not the first letter.
func TestBrokenTemplate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if err := os.MkdirAll(h.path("templates/en"), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFiles(t, map[string]string{h.path("templates/en/acknowledgement.txt"): "Dear {{.Nobody.Knows}}, {{if}}"})
	h.set("letters", "{templates: templates}")
	h.receive("jane@people.example.org", "Auskunftswunsch", "Please delete my account.")
	for _, command := range []string{"check", "once", "run"} {
		r := h.run(command)
		if r.code != 2 || !strings.Contains(r.err, "acknowledgement") || !strings.Contains(r.err, "letters.templates") {
			t.Errorf("%s: got %v", command, r)
		}
	}
	if _, err := os.Stat(h.path("office.db")); err == nil {
		t.Error("a database was made")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if r := h.run("check"); r.code != 0 || r.err != "" || !strings.Contains(r.out, "fine") {
		t.Errorf("check: %v", r)
	}
	// The mail server of this house takes everything and delivers nothing.
	if r := h.run("check", "--probe", "--wait", "1s"); r.code != 1 || !strings.Contains(r.out, "accept the sign-in") || !strings.Contains(r.err, "did not arrive within 1s") || !strings.Contains(r.err, "bounce") {
		t.Errorf("probe of a house where no mail arrives: %v", r)
	}
	// The probe leaves nothing behind that would belong to the wrong user when the daemon starts.
	if left, _ := os.ReadDir(h.dir); len(left) != 1 {
		t.Errorf("checking made files: %v", left)
	}

	right := h.env
	h.env = []string{"IMAP_PASSWORD=wrong-geheim", "SMTP_PASSWORD=wrong-geheim"}
	h.secrets = append(h.secrets, "wrong-geheim")
	r := h.run("check", "--probe")
	if r.code != 1 || r.out != "" || !matches(`(?s)imap[^\n]*sign[^\n]*\n.*smtp[^\n]*(sign|535|auth)`, strings.ToLower(r.err)) {
		t.Errorf("wrong passwords: %v", r)
	}

	h.env = right
	h.imap.Kill()
	h.smtp.Stop()
	r = h.run("check", "--probe")
	if r.code != 1 || r.out != "" || !matches(`(?s)imap[^\n]*refused.*smtp[^\n]*refused`, r.err) {
		t.Errorf("dead servers: %v", r)
	}
	if r := h.run("once"); r.code != 1 || !strings.Contains(r.err, "imap") {
		t.Errorf("once with dead servers: %v", r)
	}
}

// A server that asks for a password gets none over a connection that others could read.
func TestUnencryptedServerElsewhere(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "x.yaml")
	writeFiles(t, map[string]string{file: good("mail.example.com:143", "x")})
	r := call{args: []string{"check", "--config", file}}.run(t)
	if r.code != 2 || !strings.Contains(r.err, "imap.server") || !strings.Contains(r.err, "smtp.server") {
		t.Errorf("got %v", r)
	}
}

// The example in the repository is a configuration that works once its secrets are there, and a
// configuration can come from standard input.
func TestExampleAndStandardInput(t *testing.T) {
	env := []string{"IMAP_PASSWORD=x", "SMTP_PASSWORD=x"}
	example := filepath.Join("..", "..", "privacybot.example.yaml")
	if r := (call{args: []string{"check", "--config", example}, env: env}).run(t); r.code != 0 {
		t.Errorf("example: %v", r)
	}
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	if r := (call{args: []string{"check", "--config", "-"}, env: env, stdin: string(text)}).run(t); r.code != 0 {
		t.Errorf("standard input: %v", r)
	}
	if r := (call{args: []string{"check", "--config", "-"}, stdin: string(text)}).run(t); r.code != 2 || !strings.Contains(r.err, "IMAP_PASSWORD") || !strings.Contains(r.err, "SMTP_PASSWORD") {
		t.Errorf("without environment: %v", r)
	}
}

// The probe mails itself and says what came back: sign-in, envelope sender, where mail arrives, plus
// addressing, undeliverable mail, and whether staff's mail is proven.
func TestProbeMailsItself(t *testing.T) {
	t.Parallel()
	world, err := demo.NewWorld(time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	file := filepath.Join(t.TempDir(), "demo.yaml")
	base := `organisation: {address: "` + demo.Mailbox + `"}
imap: {server: "imap://` + world.IMAP + `", password: ` + demo.Password + `}
smtp: {server: "smtp://` + world.SMTP + `"}
staff: [{address: desk@demo.example}]
addressing: plus
`
	writeFiles(t, map[string]string{file: base + "authentication: {authserv_id: " + demo.Border + "}\n"})
	r := call{args: []string{"check", "--probe", "--config", file}}.run(t)
	for _, want := range []string{"accept the sign-in", "accepts letters from " + demo.Mailbox, "the mailbox arrived in INBOX", "plus address of the mailbox arrived", "refused at once (550)", "is proven", "fine"} {
		if r.code != 0 || !strings.Contains(r.out, want) {
			t.Errorf("the probe does not say %q: %v", want, r)
		}
	}
	writeFiles(t, map[string]string{file: base + "authentication: {authserv_id: another.example}\n"})
	r = call{args: []string{"check", "--probe", "--config", file}}.run(t)
	if r.code != 1 || !strings.Contains(r.err, "not proven") || !strings.Contains(r.err, demo.Border) {
		t.Errorf("a wrong authserv_id: %v", r)
	}
}

// Every key of imap.move is a disposition.
func TestMoveKeysAreDispositions(t *testing.T) {
	move := config.Move{Ticket: "a", Followup: "a", Verification: "a", Staff: "a", Bounce: "a", AutoReply: "a", Receipt: "a", Bulk: "a", Spam: "a", Other: "a", Duplicate: "a"}
	folders := move.Folders()
	for name := range folders {
		if !slices.Contains(ticket.Dispositions(), ticket.Disposition(name)) {
			t.Errorf("%s is no disposition", name)
		}
	}
	if len(folders) != 11 {
		t.Errorf("%d folders", len(folders))
	}
}
