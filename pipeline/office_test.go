package pipeline_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"privacybot/ingest"
	"privacybot/ingest/mailbox"
	"privacybot/internal/mailtest"
	"privacybot/pipeline"
	"privacybot/responder"
	"privacybot/store"
	"privacybot/ticket"
)

const (
	privacy = "privacy@corp.example.com"
	border  = "mx.corp.example.com"
	deskAt  = "desk@corp.example.com"
)

// office is the program between a real Dovecot, a real SMTP conversation and a real database,
// at a time that the test sets.
type office struct {
	t        *testing.T
	imap     *mailtest.IMAPServer
	smtp     *mailtest.SMTPServer
	store    *store.Store
	pipeline *pipeline.Pipeline
	config   pipeline.Config
	database store.Config
	log      *bytes.Buffer

	mu  sync.Mutex
	now time.Time
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "office.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, mailtest.Postgres(t)) })
}

func newOffice(t *testing.T, url string) *office {
	t.Helper()
	o := &office{t: t, imap: mailtest.IMAP(t), smtp: mailtest.SMTP(t, mailtest.NoTLS()), log: &bytes.Buffer{}}
	o.now = time.Now().UTC().Truncate(time.Second)
	o.config = settings(t, o.imap, o.smtp)
	o.database = store.Config{URL: url, Now: o.clock, KeyFile: filepath.Join(t.TempDir(), "office.key"), Migrate: true}
	o.open()
	return o
}

// open makes the program anew over the same database, as a restart does.
func (o *office) open() {
	o.t.Helper()
	var err error
	if o.store, err = store.Open(context.Background(), o.database); err != nil {
		o.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&lockedWriter{to: o.log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if o.pipeline, err = pipeline.New(o.config, o.store, log, pipeline.WithClock(o.clock)); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { o.pipeline.Close(); o.store.Close() })
}

type lockedWriter struct {
	mu sync.Mutex
	to *bytes.Buffer
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

// later moves the clock on.
func (o *office) later(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

func settings(t testing.TB, imap *mailtest.IMAPServer, smtp *mailtest.SMTPServer) pipeline.Config {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	laws := ticket.Laws()
	return pipeline.Config{
		Policy: ticket.Policy{
			Organisation: ticket.Organisation{Name: "Corp", Address: ticket.Address{Name: "Corp Privacy", Address: privacy}},
			Zone:         zone, Law: laws["eu-gdpr"], Laws: laws, Relay: true,
			Staff: []ticket.Staff{
				{Name: "Desk", Address: deskAt, Roles: []ticket.StaffRole{ticket.RoleAgentDesk}},
				{Name: "Olivia", Address: "oncall@corp.example.com", Roles: []ticket.StaffRole{ticket.RoleOnCall}},
				{Name: "Mona", Address: "manager@corp.example.com", Roles: []ticket.StaffRole{ticket.RoleManager}},
			},
			Child:       ticket.ChildClock{Look: 4 * time.Hour, Block: 24 * time.Hour, Done: 72 * time.Hour},
			ChildRepeat: 30 * time.Minute, CodeExpires: 14 * 24 * time.Hour, CodeTries: 5, NoticesPerHour: 10,
		},
		// A day and an hour that no test reaches by itself: the daily mails have tests of their own.
		Schedule:    ticket.Schedule{Hour: 8, Zone: zone},
		Mailbox:     mailbox.Config{Server: "imap://" + imap.Addr, Username: imap.Username, Password: imap.Password},
		Account:     "test",
		Parse:       ingest.Options{AuthservID: border, OwnAddresses: []string{privacy}},
		SMTP:        responder.SMTPConfig{Server: "smtp://" + smtp.Addr, From: privacy},
		AnswerSince: 72 * time.Hour, Poll: time.Minute,
	}
}

// once does all that is due and fails the test when that fails.
func (o *office) once() {
	o.t.Helper()
	if err := o.pipeline.Once(context.Background()); err != nil {
		o.t.Fatal(err)
	}
}

var mailNumber struct {
	sync.Mutex
	n int
}

// raw writes a plain mail. extra is put into its header.
func (o *office) raw(from, subject, text string, extra ...string) []byte {
	mailNumber.Lock()
	mailNumber.n++
	n := mailNumber.n
	mailNumber.Unlock()
	_, domain, _ := strings.Cut(from, "@")
	head := append(extra,
		"From: Jane Roe <"+from+">", "To: <"+privacy+">", "Subject: "+subject, "Date: "+o.clock().Format(time.RFC1123Z),
		fmt.Sprintf("Message-ID: <m%d@%s>", n, domain), "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8")
	return []byte(strings.Join(head, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(text, "\n", "\r\n") + "\r\n")
}

// receive delivers a mail to the inbox now.
func (o *office) receive(from, subject, text string, extra ...string) {
	o.imap.Deliver("INBOX", o.raw(from, subject, text, extra...), o.clock())
}

// reply answers the letter as mail programs do, quote included.
func (o *office) reply(from string, to mailtest.Mail, text string, extra ...string) {
	m := ingest.Parse(to.Raw, ingest.Options{})
	quoted := "\n\nOn Mon, Nov 23, 2026 at 9:00 AM Corp Privacy <" + privacy + "> wrote:\n> " + strings.ReplaceAll(m.Text, "\n", "\n> ")
	o.receive(from, "Re: "+m.Subject, text+quoted, append(extra, "In-Reply-To: <"+m.MessageID+">", "References: <"+m.MessageID+">")...)
}

// proven is what the border server says about mail of a domain that signs.
func proven(from string) string {
	_, domain, _ := strings.Cut(from, "@")
	return "Authentication-Results: " + border + "; dmarc=pass header.from=" + domain
}

// one gives the only letter of a kind to an address.
func (o *office) one(to string, kind ticket.LetterKind) mailtest.Mail {
	o.t.Helper()
	found := o.all(to, kind)
	if len(found) != 1 {
		o.t.Fatalf("%d letters %s to %s, want 1; sent were\n%s", len(found), kind, to, o.listing())
	}
	return found[0]
}

func (o *office) all(to string, kind ticket.LetterKind) []mailtest.Mail {
	var found []mailtest.Mail
	for _, m := range o.smtp.To(to) {
		if header(m.Raw, "X-Privacybot") == string(kind) {
			found = append(found, m)
		}
	}
	return found
}

func (o *office) listing() string {
	var b strings.Builder
	for _, m := range o.smtp.Mails() {
		fmt.Fprintf(&b, "  %s to %v\n", header(m.Raw, "X-Privacybot"), m.To)
	}
	return b.String()
}

func header(raw []byte, name string) string {
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	head = bytes.ReplaceAll(head, []byte("\r\n "), []byte(" ")) // unfolded, RFC 5322 2.2.3
	for _, line := range strings.Split(string(head), "\r\n") {
		if got, value, ok := strings.Cut(line, ": "); ok && strings.EqualFold(got, name) {
			return value
		}
	}
	return ""
}

func text(m mailtest.Mail) string { return ingest.Parse(m.Raw, ingest.Options{}).Text }

var codeLine = regexp.MustCompile(`(?m)^Code: (\d{4}-\d{4})$`)

func code(t *testing.T, m mailtest.Mail) string {
	t.Helper()
	found := codeLine.FindStringSubmatch(text(m))
	if found == nil {
		t.Fatalf("no line with a code in\n%s", text(m))
	}
	return found[1]
}

func (o *office) tickets() []ticket.Ticket {
	o.t.Helper()
	ts, err := o.store.Tickets(context.Background(), store.Filter{})
	if err != nil {
		o.t.Fatal(err)
	}
	return ts
}

// dispositions counts what became of the mails on the ledger, and checks it against the server.
func (o *office) dispositions() map[ticket.Disposition]int {
	o.t.Helper()
	l, err := o.pipeline.Ledger(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	if !l.Agrees() {
		o.t.Errorf("mails on the server are not on the ledger: %v", l.Missing)
	}
	got := map[ticket.Disposition]int{}
	for _, r := range l.Rows {
		got[r.Disposition]++
	}
	return got
}
