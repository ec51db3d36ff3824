package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"privacybot/store"
	"privacybot/ticket"
)

// Teller tells the story to whoever watches.
type Teller interface {
	Act(number, what string)
	Say(text string)
	Show(line string) // to be copied
	Mail(c ticket.MailCause, d ticket.Decision)
	Letter(l store.Delivery, outcome string)
	Flush() // the round is over
}

// Screen tells the story to a person.
type Screen struct {
	Out    io.Writer
	Colour bool
	Width  int // columns
	Zone   *time.Location

	letters  map[ticket.LetterKind]int
	order    []ticket.LetterKind
	troubled []string
}

const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (s *Screen) paint(code, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Act begins a part of the story.
func (s *Screen) Act(number, what string) {
	fmt.Fprintf(s.Out, "\n%s\n\n", s.paint(bold, number+"  "+what))
}

// Say tells one plain thing.
func (s *Screen) Say(text string) {
	for _, line := range wrap(text, s.Width-6) {
		fmt.Fprintln(s.Out, "   "+line)
	}
}

// Show shows a line to copy, as it is.
func (s *Screen) Show(line string) { fmt.Fprintln(s.Out, "   "+line) }

// Mail tells what became of a mail, why, and what is sent because of it.
func (s *Screen) Mail(c ticket.MailCause, d ticket.Decision) {
	colour, became := s.became(d)
	from := c.Message.From.Address
	fmt.Fprintf(s.Out, "   %s  %s  %s  %s %s\n",
		c.Message.ReceivedAt.In(s.Zone).Format("15:04"), pad(from, 31), pad(strings.Replace(c.Verdict.Language, "und", "", 1), 7), s.paint(colour, pad(became, 24)), d.Ref)
	indent := strings.Repeat(" ", 10)
	if quote := evidence(c, d); quote != "" {
		fmt.Fprintln(s.Out, indent+s.paint(dim, runewidth.Truncate("because it says "+quote, s.Width-11, "…")))
	} else {
		fmt.Fprintln(s.Out, indent+s.paint(dim, runewidth.Truncate(ruleNumber.ReplaceAllString(d.Reason, ""), s.Width-11, "…")))
	}
	for _, line := range s.consequences(d) {
		fmt.Fprintln(s.Out, indent+line)
	}
}

// became names the outcome of a mail in a word or two, with its colour.
func (s *Screen) became(d ticket.Decision) (colour, text string) {
	switch d.Disposition {
	case ticket.DispTicket:
		for _, ch := range d.Changes {
			if ch.Ticket.Ref != d.Ref {
				continue
			}
			rights := words(ch.Ticket.Rights())
			switch {
			case ch.Ticket.Child != nil:
				return red, rights
			case ch.Ticket.Urgent || ch.Ticket.NeedsHuman != "":
				return yellow, rights
			}
			return green, rights
		}
		return green, "ticket"
	case ticket.DispVerification, ticket.DispFollowup, ticket.DispStaff:
		return cyan, string(d.Disposition)
	}
	return dim, strings.ReplaceAll(string(d.Disposition), "_", " ")
}

func words(rs []ticket.Right) string {
	var out []string
	for _, r := range rs {
		out = append(out, string(r))
	}
	return strings.Join(out, " + ")
}

// evidence quotes the first reason of a mail that became a ticket.
func evidence(c ticket.MailCause, d ticket.Decision) string {
	if d.Disposition != ticket.DispTicket || len(c.Verdict.Evidence) == 0 {
		return ""
	}
	var quotes []string
	seen := map[ticket.Right]bool{}
	for _, e := range c.Verdict.Evidence {
		if !seen[e.Right] && len(quotes) < 3 {
			seen[e.Right] = true
			quotes = append(quotes, "“"+strings.Join(strings.Fields(e.Quote), " ")+"”")
		}
	}
	return strings.Join(quotes, ", ")
}

// consequences are the events and letters that a person would want to hear of.
func (s *Screen) consequences(d ticket.Decision) []string {
	var lines []string
	for _, ch := range d.Changes {
		for _, e := range ch.Events {
			switch e.Kind {
			case ticket.EventVerified, ticket.EventAcknowledged, ticket.EventBlocked, ticket.EventDeleted, ticket.EventClosed, ticket.EventBounced, ticket.EventStranger:
				lines = append(lines, s.paint(cyan, runewidth.Truncate("• "+oneLine(e.Text), s.Width-11, "…")))
			case ticket.EventAlarm:
				lines = append(lines, s.paint(red, "• the person on call is alarmed now, and the next one in 30 minutes unless somebody answers"))
			}
		}
		if ch.Ticket.Version == 1 && ch.Ticket.Silent != "" {
			lines = append(lines, s.paint(yellow, "• no automatic answer: "+ch.Ticket.Silent))
		}
		if legal, _ := ch.Ticket.Due(); ch.Ticket.Version == 1 && !legal.IsZero() && ch.Ticket.NeedsHuman == "" {
			lines = append(lines, s.paint(dim, "• answer due "+legal.In(s.Zone).Format("Mon 2 Jan 2006")))
		}
	}
	for _, l := range d.Letters {
		if l.Kind == ticket.LetterAlarm {
			continue
		}
		lines = append(lines, "→ "+letterWords(l)+" to "+l.To.Address)
	}
	return lines
}

func letterWords(l ticket.LetterOrder) string {
	text := strings.ReplaceAll(string(l.Kind), "_", " ")
	if l.Data.Code != "" && l.Kind == ticket.LetterAcknowledgement {
		text += ", asks for a code"
	}
	if l.Hold != "" {
		text += " (waits: " + l.Hold + ")"
	}
	return text
}

// ruleNumber is how rules of automatic mail are numbered; a newcomer does not need it.
var ruleNumber = regexp.MustCompile(`\b[A-D]\d+ `)

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Letter counts what the mail server took, for the end of the round.
func (s *Screen) Letter(l store.Delivery, outcome string) {
	if s.letters == nil {
		s.letters = map[ticket.LetterKind]int{}
	}
	if outcome != "delivered" {
		s.troubled = append(s.troubled, string(l.Kind)+": "+outcome)
		return
	}
	if s.letters[l.Kind] == 0 {
		s.order = append(s.order, l.Kind)
	}
	s.letters[l.Kind]++
}

// Flush tells how many letters went out in this round.
func (s *Screen) Flush() {
	var parts []string
	total := 0
	for _, k := range s.order {
		total += s.letters[k]
		parts = append(parts, fmt.Sprintf("%d × %s", s.letters[k], strings.ReplaceAll(string(k), "_", " ")))
	}
	if total > 0 {
		fmt.Fprintf(s.Out, "\n   %s\n", s.paint(bold, plural(total, "letter")+" sent"))
		for _, line := range wrap(strings.Join(parts, ", "), s.Width-6) {
			fmt.Fprintln(s.Out, "   "+line)
		}
	}
	for _, t := range s.troubled {
		fmt.Fprintln(s.Out, "   "+s.paint(yellow, "not sent yet: "+t))
	}
	s.letters, s.order, s.troubled = nil, nil, nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// wrap breaks text at blanks into lines of at most width columns.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(text) {
		if line != "" && runewidth.StringWidth(line+" "+w) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + w)
	}
	return append(lines, line)
}

// pad cuts or fills text to a number of columns, counting wide characters as two.
func pad(text string, columns int) string {
	return runewidth.FillRight(runewidth.Truncate(text, columns, "…"), columns)
}

// Lines tells the story to a machine: one JSON object a line.
type Lines struct{ Enc *json.Encoder }

type line struct {
	Event       string         `json:"event"` // act, note, mail, letter, round
	Text        string         `json:"text,omitempty"`
	From        string         `json:"from,omitempty"`
	Language    string         `json:"language,omitempty"`
	Disposition string         `json:"disposition,omitempty"`
	Ticket      string         `json:"ticket,omitempty"`
	Rights      []ticket.Right `json:"rights,omitempty"`
	Letters     []string       `json:"letters,omitempty"`
	Kind        string         `json:"kind,omitempty"`
	To          string         `json:"to,omitempty"`
	Outcome     string         `json:"outcome,omitempty"`
}

func (l Lines) put(x line) { _ = l.Enc.Encode(x) }

// Act begins a part of the story.
func (l Lines) Act(number, what string) { l.put(line{Event: "act", Text: number + ": " + what}) }

// Say tells one plain thing.
func (l Lines) Say(text string) { l.put(line{Event: "note", Text: text}) }

// Show shows a line to copy.
func (l Lines) Show(text string) { l.put(line{Event: "note", Text: text}) }

// Mail tells what became of a mail.
func (l Lines) Mail(c ticket.MailCause, d ticket.Decision) {
	x := line{Event: "mail", From: c.Message.From.Address, Language: c.Verdict.Language, Disposition: string(d.Disposition), Ticket: d.Ref, Text: d.Reason}
	if d.Disposition == ticket.DispTicket {
		x.Rights = c.Verdict.Rights
	}
	for _, o := range d.Letters {
		x.Letters = append(x.Letters, string(o.Kind))
	}
	l.put(x)
}

// Letter tells what became of a letter.
func (l Lines) Letter(d store.Delivery, outcome string) {
	l.put(line{Event: "letter", Kind: string(d.Kind), To: d.To, Ticket: d.Ref, Outcome: outcome})
}

// Flush ends a round.
func (l Lines) Flush() { l.put(line{Event: "round"}) }
