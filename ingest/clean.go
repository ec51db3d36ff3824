package ingest

import (
	"strings"
	"unicode/utf8"
)

const (
	noteBidi      = "bidirectional control characters removed"
	noteZeroWidth = "invisible characters removed"
	noteControl   = "control characters removed"
	noteUTF8      = "invalid UTF-8 replaced"
)

// cleanText gives s as valid UTF-8 with \n line ends and without control characters (tab and
// newline excepted), bidirectional controls or zero-width characters (CASES A40, A41, A43).
func cleanText(s string, d *damage) string { return cleanRunes(s, true, d) }

// cleanLine is cleanText for values that must stay on one line: every run of white space becomes
// one space (CASES M11).
func cleanLine(s string, d *damage) string {
	s = cleanRunes(s, false, d)
	if strings.Contains(s, "  ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return strings.TrimSpace(s)
}

func cleanRunes(s string, lines bool, d *damage) string {
	if isPlain(s, lines) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			d.note(noteUTF8)
			b.WriteRune(utf8.RuneError)
			i++
			continue
		}
		switch {
		case r == '\r':
			if !strings.HasPrefix(s[i+1:], "\n") {
				writeBreak(&b, '\n', lines)
			}
		case r == '\n' || r == 0x2028 || r == 0x2029 || r == 0x85 || r == '\v' || r == '\f':
			writeBreak(&b, '\n', lines)
		case r == '\t':
			writeBreak(&b, '\t', lines)
		case r < 0x20 || r >= 0x7f && r < 0xa0:
			d.note(noteControl)
		default:
			if note, drop := invisible(r); drop {
				if note != "" {
					d.note(note)
				}
			} else {
				b.WriteRune(r)
			}
		}
		i += n
	}
	return b.String()
}

func writeBreak(b *strings.Builder, r byte, lines bool) {
	if !lines {
		r = ' '
	}
	b.WriteByte(r)
}

// isPlain is the fast way out: printable ASCII only, in the form that cleanRunes would give.
func isPlain(s string, lines bool) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c < 0x7f || lines && (c == '\n' || c == '\t') {
			continue
		}
		return false
	}
	return true
}

// invisible reports whether r is dropped, and the damage to note. Direction marks, joiners, soft
// hyphens and byte order marks are everyday typography: they go without a note.
func invisible(r rune) (note string, drop bool) {
	switch {
	case r == 0xad || r == 0xfeff || r >= 0x200c && r <= 0x200f || r == 0x061c || r == 0x034f:
		return "", true
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
		return noteBidi, true
	case r == 0x200b || r >= 0x2060 && r <= 0x2065 || r >= 0x206a && r <= 0x206f || r == 0x180e,
		r >= 0xe0000 && r <= 0xe0fff, r >= 0xfff9 && r <= 0xfffb, r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0:
		return noteZeroWidth, true
	case r >= 0xe000 && r <= 0xf8ff, r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
		return "", true // private use and non-characters: our own markers live there (quote.go)
	}
	return "", false
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
