package responder

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Values are fenced by private-use characters before a template prints them, and those
// characters are taken out of every value first. The markup parser reads marks outside fences
// only, so data can never forge a block (CASES A36). The characters never reach a letter.
const (
	fenceOpen  = '\uE000'
	fenceClose = '\uE001'
	wordsMark  = '\uE002' // starts a line that holds staff's own words, set as they are
	frameMark  = '\uE003' // starts a line that holds somebody else's words, set in a frame
	lineMark   = '\uE004' // a line break within such a line
)

// text is a value on one line.
type text string

// String fences the value; templates print through it.
func (t text) String() string {
	if t == "" {
		return ""
	}
	return string(fenceOpen) + string(t) + string(fenceClose)
}

// words is a value of several lines that stands for itself on a line of the template.
type words string

// String makes the block's line.
func (w words) String() string { return blockLine(wordsMark, string(w)) }

// frame is like words, for what others wrote.
type frame string

// String makes the block's line.
func (f frame) String() string { return blockLine(frameMark, string(f)) }

func blockLine(mark rune, s string) string {
	if s == "" {
		return ""
	}
	return string(mark) + strings.ReplaceAll(s, "\n", string(lineMark))
}

// line makes a value for one line of at most limit bytes: no control characters, no direction
// overrides, white space folded.
func line(s string, limit int) text {
	s = s[:boundary(s, 8*limit)] // so that a huge value costs no more than a long one
	return text(bound(strings.Join(strings.Fields(clean(s)), " "), limit))
}

// lines makes a value of several lines of at most limit bytes, line breaks kept.
func lines(s string, limit int) string {
	s = strings.Trim(clean(s[:boundary(s, 2*limit)]), "\n")
	if cut := boundary(s, limit); cut < len(s) {
		return s[:cut] + "\n[…]"
	}
	return s
}

func bound(s string, limit int) string {
	if cut := boundary(s, limit); cut < len(s) {
		return s[:cut] + "…"
	}
	return s
}

// boundary gives where s is cut to hold at most limit bytes of whole letters.
func boundary(s string, limit int) int {
	if len(s) <= limit {
		return len(s)
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return limit
}

// name makes a display name for a header. Backslashes go, because mail.Address puts them into
// encoded words, where RFC 2047 5.3 forbids them.
func name(s string) string {
	return strings.ReplaceAll(string(line(s, 100)), `\`, "")
}

// clean takes out what could steer a terminal, a mail program or our own parser.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r == '\u2028', r == '\u2029', r == '\u0085':
			return '\n'
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r >= fenceOpen && r <= '\uE00F', r == '\uFEFF',
			r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}

// unfence takes the fences out again, once the markup is read.
func unfence(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= fenceOpen && r <= lineMark {
			return -1
		}
		return r
	}, s)
}

// cutOutside is strings.Cut for separators outside fences.
func cutOutside(s, sep string) (before, after string, found bool) {
	depth := 0
	for i, r := range s {
		switch {
		case r == fenceOpen:
			depth++
		case r == fenceClose:
			depth--
		case depth == 0 && strings.HasPrefix(s[i:], sep):
			return s[:i], s[i+len(sep):], true
		}
	}
	return s, "", false
}

// splitOutside is strings.Split for separators outside fences.
func splitOutside(s, sep string) []string {
	var out []string
	for {
		before, after, found := cutOutside(s, sep)
		out = append(out, before)
		if !found {
			return out
		}
		s = after
	}
}
