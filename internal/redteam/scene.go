package redteam

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"privacybot/ingest"
	"privacybot/internal/demo"
	"privacybot/pipeline"
	"privacybot/store"
	"privacybot/ticket"
)

// The people of the attacks. planted stands in everything that must never reach the outside.
const (
	jane     = "jane@people.example"
	attacker = "mallory@freemail.example"
	desk     = "desk@demo.example"
	manager  = "manager@demo.example"
	planted  = "planted-secret"
)

// scene is one attack under way. The first thing that cannot be done ends it.
type scene struct {
	ctx      context.Context
	world    *demo.World
	pipeline *pipeline.Pipeline
	store    *store.Store
	clock    *demo.Clock
	mails    int
	leaked   []string
	err      error
}

// leak notes that the attack has succeeded in something.
func (s *scene) leak(format string, args ...any) {
	s.leaked = append(s.leaked, fmt.Sprintf(format, args...))
}

// signed is what the border server states about a mail that its sender's domain has signed.
func signed(from string) string {
	_, domain, _ := strings.Cut(from, "@")
	return "Authentication-Results: " + demo.Border + "; dmarc=pass header.from=" + domain
}

// mail delivers a mail; fields stand above its own header and replace From, Message-ID and Content-Type.
func (s *scene) mail(from, subject, text string, fields ...string) {
	if s.err != nil {
		return
	}
	s.mails++
	_, domain, _ := strings.Cut(from, "@")
	head := strings.Join(fields, "\r\n")
	for _, f := range [][2]string{{"From", "<" + from + ">"}, {"To", "<" + demo.Mailbox + ">"}, {"Subject", subject}, {"Date", s.clock.Now().Format(time.RFC1123Z)},
		{"Message-ID", fmt.Sprintf("<m%d@%s>", s.mails, domain)}, {"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"}} {
		if !strings.Contains("\r\n"+head, "\r\n"+f[0]+":") {
			head += "\r\n" + f[0] + ": " + f[1]
		}
	}
	raw := strings.TrimPrefix(head, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(text, "\n", "\r\n") + "\r\n"
	s.err = s.world.Deliver([]byte(raw), s.clock.Now())
}

// reply answers a letter, with its text quoted below as mail programs do.
func (s *scene) reply(from string, to demo.Sent, text string, fields ...string) {
	m := read(to)
	s.mail(from, "Re: "+m.Subject, text+"\n\nOn "+m.Date.Format("Mon, 2 Jan 2006 at 15:04")+" Example <"+demo.Mailbox+"> wrote:\n> "+strings.ReplaceAll(m.Text, "\n", "\n> "),
		append(fields, "In-Reply-To: <"+m.MessageID+">", "References: <"+m.MessageID+">")...)
}

// work lets the program do all that is due.
func (s *scene) work() {
	if s.err == nil {
		s.err = s.pipeline.Once(s.ctx)
	}
}

func read(l demo.Sent) ticket.Message { return ingest.Parse(l.Raw, ingest.Options{}) }

func kindOf(l demo.Sent) ticket.LetterKind {
	head, _, _ := strings.Cut(string(l.Raw), "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if kind, ok := strings.CutPrefix(line, "X-Privacybot: "); ok {
			return ticket.LetterKind(kind)
		}
	}
	return ""
}

// letters gives what was sent to an address, of one kind; "" is every kind.
func (s *scene) letters(to string, kind ticket.LetterKind) []demo.Sent {
	var out []demo.Sent
	for _, l := range s.world.Letters() {
		if strings.EqualFold(l.To, to) && (kind == "" || kindOf(l) == kind) {
			out = append(out, l)
		}
	}
	return out
}

// one gives the last letter of a kind to an address; without one the attack cannot be played.
func (s *scene) one(to string, kind ticket.LetterKind) demo.Sent {
	found := s.letters(to, kind)
	if len(found) == 0 {
		if s.err == nil {
			s.err = fmt.Errorf("no %s was sent to %s", kind, to)
		}
		return demo.Sent{}
	}
	return found[len(found)-1]
}

// outside gives every letter that left the house.
func (s *scene) outside() []demo.Sent {
	var out []demo.Sent
	for _, l := range s.world.Letters() {
		if !strings.HasSuffix(strings.ToLower(l.To), "@demo.example") {
			out = append(out, l)
		}
	}
	return out
}

// nobodyGot notes letters to addresses that nobody should have written to.
func (s *scene) nobodyGot(addresses ...string) {
	for _, a := range addresses {
		for _, l := range s.letters(a, "") {
			s.leak("%s went to %s", kindOf(l), a)
		}
	}
}

// nothingPlanted notes planted words in anything that left the house, read as a person would read it.
func (s *scene) nothingPlanted() {
	for _, l := range s.outside() {
		m := read(l)
		head, _, _ := strings.Cut(string(l.Raw), "\r\n\r\n")
		if strings.Contains(strings.ToLower(head+m.Subject+m.Text+m.HiddenText), planted) {
			s.leak("%s to %s holds planted words", kindOf(l), l.To)
		}
	}
}

func (s *scene) tickets() []ticket.Ticket {
	if s.err != nil {
		return nil
	}
	ts, err := s.store.Tickets(s.ctx, store.Filter{})
	s.err = err
	return ts
}

// ticketOf gives the ticket of a requester.
func (s *scene) ticketOf(address string) ticket.Ticket {
	for _, t := range s.tickets() {
		if t.Requester().Address.Key() == address {
			return t
		}
	}
	if s.err == nil {
		s.err = fmt.Errorf("no ticket of %s", address)
	}
	return ticket.Ticket{}
}

var codeLine = regexp.MustCompile(`(?m)^Code: (\d{4}-\d{4})$`)

func codeIn(l demo.Sent) string {
	if m := codeLine.FindStringSubmatch(read(l).Text); m != nil {
		return m[1]
	}
	return ""
}

// request opens a ticket of Jane, who asks for her data, and gives the letter with her code and the
// notice to the desk.
func (s *scene) request(fields ...string) (ack, notice demo.Sent) {
	s.mail(jane, planted+" request", "Hello, please send me a copy of all personal data you hold about me. "+planted+"\n\nJane Roe, +44 20 7946 0018", fields...)
	s.work()
	return s.one(jane, ticket.LetterAcknowledgement), s.one(desk, ticket.LetterStaffNotice)
}

// unchanged notes when a mail has changed who asks, what is known of them, or how far their ticket is.
func (s *scene) unchanged(before ticket.Ticket) {
	for _, t := range s.tickets() {
		if t.Ref == before.Ref && (t.Requester() != before.Requester() || t.Closed() != before.Closed() || len(t.Requests) != len(before.Requests)) {
			s.leak("the ticket of %s was changed", before.Requester().Address.Address)
		}
	}
}
