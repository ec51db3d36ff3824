package responder

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

const (
	lineWidth = 72 // columns of running text (RFC 5322 2.1.1 asks for at most 78)
	barWidth  = 20
)

// plain makes the text part.
func plain(blocks []block) string {
	var b strings.Builder
	foot := false
	for i, blk := range blocks {
		if blk.Kind == blockFoot {
			foot = true
		}
		if i > 0 && blocks[i-1].Kind != blockHeading && (!foot || blk.Kind == blockFoot) {
			b.WriteByte('\n')
		}
		if blk.Kind == blockHeading && i > 0 {
			b.WriteByte('\n')
		}
		blk.plain(&b)
	}
	return b.String()
}

func (blk block) plain(b *strings.Builder) {
	switch blk.Kind {
	case blockList:
		for _, it := range blk.Items {
			b.WriteString(wrap(labelled(it.Label, it.Text), "- ", "  "))
		}
	case blockFacts:
		facts(b, blk.Rows)
	case blockTable:
		table(b, blk.Rows)
	case blockBars:
		bars(b, blk.Bars)
	case blockCode:
		b.WriteString("Code: " + blk.Text + "\n")
	case blockWarning:
		b.WriteString(wrap(blk.Text, "! ", "  "))
	case blockWords:
		for _, l := range blk.Lines {
			b.WriteString(wrap(l, "", ""))
		}
	case blockFrame:
		for _, l := range blk.Lines {
			b.WriteString(wrap(l, "| ", "| "))
		}
	case blockFoot:
		b.WriteString("-- \n") // RFC 3676 4.3: mail programs leave it out of answers
	case blockLink:
		b.WriteString(labelled(blk.Text, blk.URL) + "\n") // never wrapped: an address must stay whole
	default:
		b.WriteString(wrap(blk.Text, "", ""))
	}
}

// labelled writes "label: text".
func labelled(label, s string) string {
	if label == "" {
		return s
	}
	return label + colon(label) + s
}

// colon is what follows a label: the wide colon after a wide letter.
func colon(label string) string {
	if wide(lastRune(label)) {
		return "："
	}
	return ": "
}

func facts(b *strings.Builder, rows [][]string) {
	widest := 0
	for _, r := range rows {
		widest = max(widest, columns(r[0]))
	}
	widest = min(widest, 26)
	for _, r := range rows {
		label := strings.TrimRight(r[0]+colon(r[0]), " ")
		indent := strings.Repeat(" ", widest+3)
		if columns(label) > widest+2 {
			b.WriteString(label + "\n" + wrap(r[1], indent, indent))
			continue
		}
		b.WriteString(wrap(r[1], label+indent[columns(label):], indent))
	}
}

func table(b *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			widths[i] = max(widths[i], columns(c))
		}
	}
	for _, r := range rows {
		var l strings.Builder
		for i, c := range r {
			l.WriteString(c)
			if i < len(r)-1 {
				l.WriteString(strings.Repeat(" ", widths[i]-columns(c)+2))
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
}

func bars(b *strings.Builder, all []bar) {
	widest := 0
	for _, one := range all {
		widest = max(widest, columns(one.Label))
	}
	for _, one := range all {
		n := one.Percent * barWidth / 100
		if one.Value > 0 {
			n = max(n, 1)
		}
		fmt.Fprintf(b, "%s%s  %4d  %s", one.Label, strings.Repeat(" ", widest-columns(one.Label)), one.Value, strings.Repeat("#", n))
		b.WriteByte('\n')
	}
}

// wrap breaks s at spaces and between wide letters, so that lines hold lineWidth columns. Words
// and addresses are never cut.
func wrap(s, first, next string) string {
	if strings.TrimSpace(s) == "" {
		return strings.TrimRight(first, " ") + "\n"
	}
	indent := s[:len(s)-len(strings.TrimLeft(s, " \t"))]
	var b strings.Builder
	used := columns(first + indent)
	b.WriteString(first + indent)
	fresh := true
	for _, a := range atoms(s[len(indent):]) {
		need := columns(a.text)
		if a.space && !fresh {
			need++
		}
		if !fresh && used+need > lineWidth {
			b.WriteString("\n" + next)
			used, fresh, need = columns(next), true, columns(a.text)
		}
		if a.space && !fresh {
			b.WriteByte(' ')
		}
		b.WriteString(a.text)
		used, fresh = used+need, false
	}
	b.WriteByte('\n')
	return b.String()
}

// atom is what stays on one line; space says that a space stood before it.
type atom struct {
	text  string
	space bool
}

const (
	noStart = "。，、；：？！）】》」』”’…·%）" // never first on a line
	noEnd   = "（【《「『“‘"            // never last on a line
)

func atoms(s string) []atom {
	var out []atom
	space := false
	prev := ' '
	for _, r := range s {
		if r == ' ' || r == '\t' {
			space, prev = true, ' '
			continue
		}
		joined := len(out) > 0 && !space && (strings.ContainsRune(noStart, r) || strings.ContainsRune(noEnd, prev) || (!wide(r) && !wide(prev)))
		if joined {
			out[len(out)-1].text += string(r)
		} else {
			out = append(out, atom{text: string(r), space: space})
		}
		space, prev = false, r
	}
	return out
}

// columns is how wide s stands in a fixed-width font.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }
func lastRune(s string) rune  { r, _ := utf8.DecodeLastRuneInString(s); return r }
