package demo

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"privacybot/ingest"
	"privacybot/pipeline"
	"privacybot/ticket"
)

//go:embed mails/*.eml
var mails embed.FS

// Story plays the sample mails over a world: a morning in a privacy office.
type Story struct {
	World *World
	Clock *Clock
	Tell  Teller
	// Pipeline is the program that is shown. It is made by the caller, with Clock as its clock
	// and Watch as its watcher.
	Pipeline *pipeline.Pipeline

	sent int // letters that the people of the story have read
}

// Clock is the time of the demo: it stands still until it is moved, or until it runs.
type Clock struct {
	mu      sync.Mutex
	at      time.Time
	running bool
}

// NewClock starts at the demo's morning, the day before today in zone.
func NewClock(today time.Time, zone *time.Location) *Clock {
	d := today.In(zone).AddDate(0, 0, -1)
	return &Clock{at: time.Date(d.Year(), d.Month(), d.Day(), 7, 30, 0, 0, zone)}
}

// Now gives the demo's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		return time.Now()
	}
	return c.at
}

// Run leaves the story: from now on the clock shows the real time.
func (c *Clock) Run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = true
}

// Set moves the clock to an hour of the demo's day.
func (c *Clock) Set(hour, minute int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = time.Date(c.at.Year(), c.at.Month(), c.at.Day(), hour, minute, 0, 0, c.at.Location())
}

// Play tells the story from the first mail to the digest.
func (s *Story) Play(ctx context.Context) error {
	for _, act := range []func(context.Context) error{s.night, s.answers, s.desk, s.digest} {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return nil
}

// night delivers the sample mails and lets the program find them.
func (s *Story) night(ctx context.Context) error {
	names, err := fs.Glob(mails, "mails/*.eml")
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := mails.ReadFile(name)
		if err != nil {
			return err
		}
		dated, at, err := s.dated(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := s.World.Deliver(dated, at); err != nil {
			return err
		}
	}
	s.Tell.Act("1", fmt.Sprintf("Overnight, %d mails came in. privacybot reads them, oldest first.", len(names)))
	return s.once(ctx)
}

// dateMark is how a sample mail says when it was written: "Date: @04:12:00".
var dateMark = regexp.MustCompile(`(?m)^Date: @(\d\d:\d\d:\d\d)`)

// dated puts the demo's day into a sample mail and gives its time of receipt.
func (s *Story) dated(raw []byte) ([]byte, time.Time, error) {
	m := dateMark.FindSubmatch(raw)
	if m == nil {
		return nil, time.Time{}, fmt.Errorf("no date mark")
	}
	now := s.Clock.Now()
	at, err := time.ParseInLocation(time.DateTime, now.Format(time.DateOnly)+" "+string(m[1]), now.Location())
	if err != nil {
		return nil, time.Time{}, err
	}
	return dateMark.ReplaceAll(raw, []byte("Date: "+at.Format(time.RFC1123Z))), at, nil
}

func (s *Story) once(ctx context.Context) error {
	if err := s.Pipeline.Once(ctx); err != nil {
		return fmt.Errorf("the program: %w", err)
	}
	s.Tell.Flush()
	return nil
}

// answers lets people answer what they got: a requester types the code, an absence note quotes
// it, one letter bounces, the person on call answers the alarm.
func (s *Story) answers(ctx context.Context) error {
	s.Clock.Set(7, 42)
	s.Tell.Act("2", "People answer: one types the code, one is away and quotes it, one letter bounces, on-call answers the alarm.")
	for _, l := range s.unread() {
		m := ingest.Parse(l.Raw, ingest.Options{})
		code := codeLine.FindStringSubmatch(m.Text)
		switch {
		case l.To == "anna.beispiel@example.org" && code != nil:
			s.reply(l.To, m, "Guten Morgen, hier ist der Code: "+code[1]+"\n\nA. Beispiel", "")
		case l.To == "ben.carter@example.net" && code != nil:
			s.reply(l.To, m, "I am away until Monday.", "Auto-Submitted: auto-replied\r\n")
		case l.To == "gone@example.net":
			s.bounce(l.To, m)
		case strings.HasPrefix(l.To, "oncall@") && kindOf(l) == ticket.LetterEscalation:
			s.reply(l.To, m, "I have it. The account is being blocked now.", proven(domain))
		}
	}
	return s.once(ctx)
}

// desk lets the desk answer a request, and close another.
func (s *Story) desk(ctx context.Context) error {
	s.Clock.Set(7, 55)
	s.Tell.Act("3", "The desk answers two ticket mails like any mail; the person on call reports the child's data deleted.")
	for _, l := range s.World.Letters() {
		m := ingest.Parse(l.Raw, ingest.Options{})
		if kindOf(l) == ticket.LetterEscalation {
			s.reply(l.To, m, "#deleted", proven(domain))
		}
		if l.To != "desk@"+domain || kindOf(l) != ticket.LetterStaffNotice {
			continue
		}
		switch {
		case strings.Contains(m.Text, "jens.krueger@example.net"):
			s.reply(l.To, m, "Guten Tag Herr Krüger,\n\nVerbindungsdaten speichern wir sechs Monate, alles innerhalb der EU.\n\nMit freundlichen Grüßen\nIhr Datenschutz-Team", proven(domain))
		case strings.Contains(m.Text, "tom.wright@example.net"):
			s.reply(l.To, m, "#close done\nYour account and everything in it were deleted today. We keep your invoices for ten years, because tax law says so.", proven(domain))
		}
	}
	return s.once(ctx)
}

// digest moves on to eight o'clock.
func (s *Story) digest(ctx context.Context) error {
	s.Clock.Set(8, 0)
	s.Tell.Act("4", "Eight o'clock: managers get the digest, the desk gets the mails that are none of the above to sort.")
	return s.once(ctx)
}

var codeLine = regexp.MustCompile(`(?m)^Code: (\d{4}-\d{4})$`)

// proven is what the border server states about a mail that its sender's domain has signed.
func proven(from string) string {
	return "Authentication-Results: " + Border + "; dmarc=pass header.from=" + from + "\r\n"
}

// kindOf reads the kind that privacybot writes into each letter's header.
func kindOf(l Sent) ticket.LetterKind {
	for _, line := range strings.Split(string(l.Raw), "\r\n") {
		if kind, ok := strings.CutPrefix(line, "X-Privacybot: "); ok {
			return ticket.LetterKind(kind)
		}
		if line == "" {
			break
		}
	}
	return ""
}

// unread gives the letters that arrived since the last look.
func (s *Story) unread() []Sent {
	all := s.World.Letters()
	fresh := slices.Clone(all[s.sent:])
	s.sent = len(all)
	return fresh
}

// reply answers a letter as mail programs do: with the letter quoted below.
func (s *Story) reply(from string, to ticket.Message, text, extra string) {
	quoted := "> " + strings.ReplaceAll(strings.TrimSpace(to.Text), "\n", "\n> ")
	body := text + "\n\nOn " + to.Date.Format("Mon, 2 Jan 2006 at 15:04") + " " + to.From.Name + " <" + Mailbox + "> wrote:\n" + quoted + "\n"
	s.deliver(extra + "From: <" + from + ">\r\nTo: <" + Mailbox + ">\r\nSubject: Re: " + to.Subject + "\r\n" + s.stamps(from) +
		"In-Reply-To: <" + to.MessageID + ">\r\nReferences: <" + to.MessageID + ">\r\n" + plainText + body)
}

const plainText = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"

// bounce is what the mail server of an address that does not exist sends back (RFC 3464).
func (s *Story) bounce(to string, m ticket.Message) {
	s.deliver("Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@mx.example.net>\r\nTo: <" + Mailbox + ">\r\n" +
		"Subject: Undelivered Mail Returned to Sender\r\n" + s.stamps("mailer-daemon@mx.example.net") +
		"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nThe address does not exist.\r\n" +
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; " + to + "\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" +
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: <" + Mailbox + ">\r\nMessage-ID: <" + m.MessageID + ">\r\n\r\n--b--\r\n")
}

func (s *Story) stamps(from string) string {
	now := s.Clock.Now()
	n := len(s.World.Letters()) + s.World.delivered()
	return fmt.Sprintf("Date: %s\r\nMessage-ID: <answer-%d@%s>\r\n", now.Format(time.RFC1123Z), n, from[strings.LastIndexByte(from, '@')+1:])
}

// deliver puts a mail of the story into the inbox, with the line ends that mail has.
func (s *Story) deliver(mail string) {
	mail = strings.ReplaceAll(strings.ReplaceAll(mail, "\r\n", "\n"), "\n", "\r\n")
	if err := s.World.Deliver([]byte(mail), s.Clock.Now()); err != nil {
		s.Tell.Say("a mail of the story could not be delivered: " + err.Error())
	}
}

// Watch tells the story's reader what the program did. It is the pipeline's watcher.
func (s *Story) Watch(step pipeline.Step) {
	switch {
	case step.Mail != nil:
		s.Tell.Mail(*step.Mail, step.Decision)
	case step.Letter != nil:
		s.Tell.Letter(*step.Letter, string(step.Result.Outcome))
	}
}

// IsDigest reports whether a letter is the managers' digest.
func IsDigest(l Sent) bool { return kindOf(l) == ticket.LetterDigest }
