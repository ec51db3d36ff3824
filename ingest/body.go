package ingest

import (
	"strings"
	"unicode"
)

// chosen is the text of a mail, clean, but still with the marks of quoteStart.
type chosen struct {
	text    string
	hidden  string
	differs bool
}

// choose picks for each block the form that the reader is meant to see: the plain text, unless it
// is empty or only says that the mail is HTML.
func (t *tree) choose(blocks []block) chosen {
	var c chosen
	for i, b := range blocks {
		text := ""
		if b.hasPlain {
			text = strings.TrimRight(cleanText(b.plain, t.d), " \n\t")
		}
		if b.hasHTML {
			shown := renderHTML(b.html, t.d)
			c.hidden = joinText(c.hidden, shown.hidden)
			if i > 0 && !b.hasPlain && blocks[i-1].hasPlain && !blocks[i-1].hasHTML && sameText(blocks[i-1].plain, shown.text) {
				continue // the alternative form, sent as a part of its own
			}
			switch {
			case strings.TrimSpace(text) == "" || isStub(text, shown.text):
				text = shown.text
			case differ(text, shown.text):
				c.differs = true
				if len(shown.text) > 3*len(text) {
					text = shown.text
				}
			}
		}
		c.text = joinText(c.text, text)
	}
	return c
}

// stubPhrases are what a plain part says when the mail is in the HTML part.
var stubPhrases = []string{
	"does not support html", "doesn't support html", "not support html", "html-capable", "html capable", "html enabled", "html-enabled", "html compatible", "html-compatible", "in html format", "html version of this",
	"view this email in your browser", "view this message in html", "to view this message", "to view this email", "this is an html", "this message is in html", "html message", "html-e-mail", "html e-mail", "unterstützt kein html", "html-format", "html-fähig", "format html", "formato html", "unsupported html", "no plain text", "turn on html", "html表示", "html形式", "html格式", "不支持html",
}

// isStub reports whether a plain part only stands in for the HTML part.
func isStub(plain, shown string) bool {
	if len(shown) == 0 {
		return false
	}
	low := strings.ToLower(cut(plain, 1000))
	if strings.HasPrefix(strings.TrimSpace(low), "<html") || strings.HasPrefix(strings.TrimSpace(low), "<!doctype") ||
		strings.Contains(low, "</div>") || strings.Contains(low, "<br>") && strings.Contains(low, "</") {
		return true // HTML source put into the plain part
	}
	if len(plain) > 600 || len(plain) > len(shown)*2+100 {
		return false
	}
	for _, phrase := range stubPhrases {
		if strings.Contains(low, phrase) {
			return true
		}
	}
	return false
}

// differ reports whether two forms of a mail say different things (CASES A39): fewer than half of
// the letter triples of the shorter are in the longer, or the longer says much more.
func differ(plain, shown string) bool {
	a, b := shingles(plain), shingles(shown)
	if a.count > b.count {
		a, b = b, a
	}
	if a.count < 12 {
		return b.count > 300
	}
	if a.common(b)*2 < a.count {
		return true
	}
	return b.count > 3*a.count+300
}

// sameText reports whether an HTML part repeats the plain part before it.
func sameText(plain, shown string) bool {
	return len(shown) < 2*len(plain)+200 && len(plain) < 2*len(shown)+200 && !differ(plain, shown) && strings.TrimSpace(plain) != "" && strings.TrimSpace(shown) != ""
}

// shingleSet is a set of letter triples, hashed into a bit field.
type shingleSet struct {
	bits  [1 << 11]uint64
	count int
}

func shingles(s string) *shingleSet {
	set := &shingleSet{}
	var x, y, z uint32
	n := 0
	for _, r := range cut(s, 24<<10) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		x, y, z = y, z, uint32(unicode.ToLower(r))
		if n++; n < 3 {
			continue
		}
		h := (x*2654435761 ^ y*2246822519 ^ z*3266489917) * 668265263 >> 15
		word, bit := h>>6&(1<<11-1), uint64(1)<<(h&63)
		if set.bits[word]&bit == 0 {
			set.bits[word] |= bit
			set.count++
		}
	}
	return set
}

func (s *shingleSet) common(o *shingleSet) int {
	n := 0
	for i, w := range s.bits {
		for w &= o.bits[i]; w != 0; w &= w - 1 {
			n++
		}
	}
	return n
}

// metaCharset finds the charset that an HTML page declares in its head.
func metaCharset(body []byte) string {
	head := strings.ToLower(string(body[:min(len(body), 2048)]))
	_, after, ok := strings.Cut(head, "charset=")
	if !ok {
		return ""
	}
	after = strings.TrimLeft(after, `"' `)
	if i := strings.IndexAny(after, "\"' />;"); i >= 0 {
		after = after[:i]
	}
	return after
}
