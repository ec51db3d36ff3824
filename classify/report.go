package classify

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"privacybot/ticket"
)

// jsonVerdict is one line of `privacybot classify --json` (DESIGN.md section 6).
type jsonVerdict struct {
	File       string                   `json:"file"`
	Route      ticket.Route             `json:"route"`
	Rights     []ticket.Right           `json:"rights"`
	Urgent     bool                     `json:"urgent"`
	Language   string                   `json:"language"`
	Law        string                   `json:"law"`
	Confidence map[ticket.Right]float64 `json:"confidence"`
	Evidence   []ticket.Evidence        `json:"evidence"`
	NeedsHuman bool                     `json:"needs_human"`
}

// JSON gives the value that encodes to one line of `privacybot classify --json`. It holds the
// evidence for the rights first, then that for urgency, which has no "right".
func JSON(file string, v ticket.Verdict) any {
	j := jsonVerdict{File: file, Route: v.Route, Rights: v.Rights, Urgent: v.Urgent, Language: v.Language, Law: v.Law, Confidence: v.Confidence,
		Evidence: append(append([]ticket.Evidence{}, v.Evidence...), v.UrgentWhy...), NeedsHuman: v.NeedsHuman}
	if j.Rights == nil {
		j.Rights = []ticket.Right{}
	}
	if j.Confidence == nil {
		j.Confidence = map[ticket.Right]float64{}
	}
	return j
}

// Colours of a terminal, used only when asked for.
const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	mark  = "\x1b[7m"
	plain = "\x1b[0m"
)

// Explain writes to w how the verdict came about: the text with the evidence marked, each right with
// its confidence and its reasons, who writes, which law, what was ignored and why. Without colour
// evidence stands in [brackets]. Errors of w are not reported.
func Explain(w io.Writer, m ticket.Message, v ticket.Verdict, colour bool) {
	p := painter{w: w, colour: colour}
	p.line(bold, "%s%s", oneLine(m.Subject, 100), fallback(m.Subject, "(no subject)"))
	p.text(cut(words(m)), v)
	p.line("", "")
	for _, r := range v.Rights {
		p.line(bold, "%-12s %3.0f %%", r, 100*v.Confidence[r])
		for _, e := range v.Evidence {
			if e.Right == r {
				p.line("", "    %q  (%s)", oneLine(e.Quote, 90), e.Rule)
			}
		}
		if r == ticket.Other {
			p.line("", "    no words that use a right were found")
		}
	}
	p.facts(v)
	for _, i := range v.Ignored {
		p.line(dim, "ignored      %q  (%s)", oneLine(i.Quote, 90), i.Why)
	}
}

type painter struct {
	w      io.Writer
	colour bool
}

func (p painter) line(style, format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if p.colour && style != "" {
		s = style + s + plain
	}
	fmt.Fprintln(p.w, s)
}

// facts lists what is known beside the rights.
func (p painter) facts(v ticket.Verdict) {
	writer := string(v.Writer)
	if writer == "" {
		writer = "the person concerned, or unknown"
	}
	p.line("", "%-12s %s%s", "writer", writer, quotes(v.WriterWhy))
	if v.Urgent {
		p.line(bold, "%-12s yes%s", "urgent", quotes(v.UrgentWhy))
	}
	if v.Law != "" {
		p.line("", "%-12s %s%s", "law", v.Law, quotes(v.LawWhy))
	}
	p.line("", "%-12s %s", "language", v.Language)
	p.line("", "%-12s %s", "route", v.Route)
	if len(v.Review) > 0 {
		p.line("", "%-12s %s", "review", strings.Join(v.Review, ", "))
	}
	if v.NeedsHuman {
		p.line(bold, "%-12s %s", "for a human", v.HumanWhy)
	}
}

func quotes(es []ticket.Evidence) string {
	var b strings.Builder
	for i, e := range es {
		if i == 3 {
			break
		}
		fmt.Fprintf(&b, "; %q (%s)", oneLine(e.Quote, 60), e.Rule)
	}
	return strings.Replace(b.String(), ";", ":", 1)
}

// text prints the mail with the evidence marked.
func (p painter) text(text string, v ticket.Verdict) {
	type span struct{ from, to int }
	var spans []span
	for _, e := range append(append([]ticket.Evidence{}, v.Evidence...), v.UrgentWhy...) {
		if i := strings.Index(text, e.Quote); i >= 0 && e.Quote != "" {
			spans = append(spans, span{i, i + len(e.Quote)})
		}
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].from < spans[j].from })
	open, shut := "[", "]"
	if p.colour {
		open, shut = mark, plain
	}
	var b strings.Builder
	at := 0
	for i := 0; i < len(spans); {
		from, to := spans[i].from, spans[i].to
		for i++; i < len(spans) && spans[i].from <= to; i++ {
			to = max(to, spans[i].to)
		}
		b.WriteString(text[at:from] + open + text[from:to] + shut)
		at = to
	}
	b.WriteString(text[at:])
	for _, line := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
		fmt.Fprintln(p.w, "  | "+line)
	}
}

func oneLine(s string, limit int) string {
	s = strings.Join(strings.Fields(s), " ")
	if rs := []rune(s); len(rs) > limit {
		return string(rs[:limit-1]) + "…"
	}
	return s
}

func fallback(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return ""
}
