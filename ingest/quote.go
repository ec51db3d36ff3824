package ingest

import (
	"strings"
	"unicode"
)

// line is one line of a mail's text, with what is known about it.
type line struct {
	s      string // without trailing blanks; no-break spaces are spaces
	blank  bool
	quoted bool // begins with ">"
	mark   bool // quoteStart
	drop   bool // attribution or header block above a quote
}

// written is what the sender wrote now.
type written struct {
	text      string // forwarded mail included, with its marker
	forwarded string // the forwarded mail alone
}

// shape is what the header says about the kind of text to expect.
type shape struct {
	subject subjectParts
	reply   bool // In-Reply-To or References
}

// newText separates what the sender wrote now from quotes, signatures and footers. Only quoted
// lines and their introduction go where an answer stands below or between them; behind the header
// block that Outlook and its kin put above the mail they answer, everything goes.
func newText(text string, sh shape) written {
	lines := splitLines(text)
	markWrappedQuotes(lines)
	end, forwardAt := dropQuotes(lines, sh)
	var w written
	own := joinSegments(lines[:end])
	if forwardAt >= 0 {
		w.forwarded = strings.Trim(plainLines(lines[forwardAt:]), "\n")
	}
	if own == "" && w.forwarded == "" && sh.subject.forward {
		// Forwarded as a quote: everything is the forwarded mail.
		w.forwarded = strings.Trim(unquote(lines), "\n")
	}
	w.text = strings.TrimSpace(joinText(own, w.forwarded))
	if w.text == "" && !sh.reply && !sh.subject.any {
		// Nothing but a quote in a mail that answers nothing: then it is what was sent.
		w.text = strings.TrimSpace(unquote(lines))
	}
	return w
}

func splitLines(text string) []line {
	raw := strings.Split(text, "\n")
	lines := make([]line, len(raw))
	for i, s := range raw {
		if strings.ContainsRune(s, '\u00a0') {
			s = strings.ReplaceAll(s, "\u00a0", " ")
		}
		l := line{s: strings.TrimRight(s, " \t\r")}
		t := strings.TrimLeft(l.s, " \t")
		switch {
		case t == "":
			l.blank = true
			l.s = ""
		case strings.HasPrefix(t, quoteStart):
			l.mark = true
		case t[0] == '>' && len(l.s)-len(t) <= 4, strings.HasPrefix(t, "＞"):
			l.quoted = true
		}
		if strings.HasSuffix(s, "-- ") && l.s == "--" {
			l.s = "-- "
		}
		lines[i] = l
	}
	return lines
}

// markWrappedQuotes finds the tails of quoted lines that a program wrapped without repeating ">".
func markWrappedQuotes(lines []line) {
	for i := 1; i+1 < len(lines); i++ {
		l := &lines[i]
		if !l.quoted && !l.blank && !l.mark && lines[i-1].quoted && lines[i+1].quoted && len(lines[i-1].s) >= 68 && len(l.s) < 40 {
			if r := firstRune(strings.TrimSpace(l.s)); unicode.IsLower(r) || unicode.IsDigit(r) {
				l.quoted = true
			}
		}
	}
}

// dropQuotes marks introductions of quotes, finds where everything that follows is quoted (end) and
// where a forwarded mail begins (forwardAt, -1 for none).
func dropQuotes(lines []line, sh shape) (end, forwardAt int) {
	for i := 0; i < len(lines); i++ {
		l := &lines[i]
		if l.blank || l.quoted || l.drop {
			continue
		}
		if l.mark || originalLine(l.s) || forwardLine(l.s) {
			if stop, forward, done := marker(lines, i, sh); done {
				if forward {
					return trimRulers(lines, i), i
				}
				return trimRulers(lines, i), -1
			} else if stop > i {
				i = stop - 1
				continue
			}
		}
		if next, ok := headerBlock(lines, i); ok {
			if forwards(lines, i, sh) {
				return trimRulers(lines, i), trimRulers(lines, i)
			}
			if quoteFollows(lines, next) {
				dropLines(lines[i:next])
				i = next - 1
				continue
			}
			return trimRulers(lines, i), -1
		}
		if (sh.reply || sh.subject.any) && notesBlock(lines, i) {
			if sh.subject.forward {
				return trimRulers(lines, i), i
			}
			return trimRulers(lines, i), -1
		}
		next, kind := attribution(lines, i)
		if kind == noAttribution {
			continue
		}
		if quoteFollows(lines, next) {
			dropLines(lines[i:next])
			i = next - 1
		} else if kind == strongAttribution && !sh.subject.forward {
			return trimRulers(lines, i), -1
		}
	}
	return len(lines), -1
}

// marker judges a marker line at i: a forwarded mail, the end of what was written, or neither.
// For a quote that is marked with ">" only the marker and its header go; stop is the line behind.
func marker(lines []line, i int, sh shape) (stop int, forward, done bool) {
	l := lines[i]
	next := i + 1
	for next < len(lines) && lines[next].blank {
		next++
	}
	if next >= len(lines) {
		return 0, false, true
	}
	if !l.mark && forwardLine(l.s) {
		return 0, true, true
	}
	if l.mark && forwardLine(lines[next].s) {
		return 0, true, true
	}
	if forwards(lines, i, sh) {
		return 0, true, true
	}
	if end, ok := headerBlock(lines, next); ok {
		next = end
	}
	if quoteFollows(lines, next) {
		dropLines(lines[i:next])
		return next, false, false
	}
	return 0, false, true
}

// forwards decides between reply and forward where the marker leaves it open: by the subject, and
// for a mail that answers nothing and says nothing of its own above the block.
func forwards(lines []line, i int, sh shape) bool {
	if sh.subject.forward {
		return true
	}
	if sh.subject.any || sh.reply {
		return false
	}
	for _, l := range lines[:i] {
		if !l.blank && !l.mark && !isRuler(l.s) {
			return false
		}
	}
	return true
}

func quoteFollows(lines []line, i int) bool {
	for ; i < len(lines); i++ {
		if !lines[i].blank && !lines[i].mark {
			return lines[i].quoted
		}
	}
	return false
}

func dropLines(lines []line) {
	for i := range lines {
		lines[i].drop = true
	}
}

// trimRulers steps back over rules and empty lines above a header block.
func trimRulers(lines []line, i int) int {
	for i > 0 && (lines[i-1].blank || lines[i-1].mark || isRuler(lines[i-1].s)) {
		i--
	}
	return i
}

// isRuler recognises a line of nothing but dashes, underscores or stars.
func isRuler(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) >= 3 && strings.Trim(s, "-_=*~—–─━ ") == ""
}

// joinSegments joins what is left, each stretch between quotes freed of signature and footers.
func joinSegments(lines []line) string {
	out := ""
	for i := 0; i < len(lines); {
		for i < len(lines) && (lines[i].quoted || lines[i].drop || lines[i].mark) {
			i++
		}
		j := i
		for j < len(lines) && !lines[j].quoted && !lines[j].drop && !lines[j].mark {
			j++
		}
		out = joinText(out, ownText(lines[i:j]))
		i = j
	}
	return strings.TrimSpace(out)
}

// plainLines joins lines as they are, without marks.
func plainLines(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		if !l.mark {
			b.WriteString(l.s)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func unquote(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		if !l.mark {
			b.WriteString(strings.TrimPrefix(strings.TrimPrefix(l.s, ">"), " "))
			b.WriteByte('\n')
		}
	}
	return b.String()
}
