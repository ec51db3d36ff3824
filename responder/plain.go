package responder

import (
	"fmt"
	"slices"
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
	blocks = slices.DeleteFunc(slices.Clone(blocks), func(b block) bool { return b.Kind == blockPicture }) // its figures stand in the words
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
			wrap(b, blk.labelled(it.Label, it.Text), "- ", "  ")
		}
	case blockFacts:
		blk.facts(b)
	case blockTable:
		table(b, blk.Rows)
	case blockBars:
		bars(b, blk.Bars)
	case blockCode:
		b.WriteString("Code: " + blk.Text + "\n")
	case blockWarning:
		wrap(b, blk.Text, "! ", "  ")
	case blockWords:
		for _, l := range blk.Lines {
			wrap(b, l, "", "")
		}
	case blockFrame:
		for _, l := range blk.Lines {
			wrap(b, l, "| ", "| ")
		}
	case blockFoot:
		b.WriteString("-- \n") // RFC 3676 4.3: mail programs leave it out of answers
	case blockLink:
		b.WriteString(blk.labelled(blk.Text, blk.URL) + "\n") // never wrapped: an address must stay whole
	default:
		wrap(b, blk.Text, "", "")
	}
}

// labelled writes "label: text".
func (blk block) labelled(label, s string) string {
	if label == "" {
		return s
	}
	return label + blk.After(label) + s
}

func (blk block) facts(b *strings.Builder) {
	widest := 0
	for _, r := range blk.Rows {
		widest = max(widest, columns(r[0]))
	}
	widest = min(widest, 28)
	for _, r := range blk.Rows {
		label := strings.TrimRight(r[0]+blk.After(r[0]), " ")
		indent := strings.Repeat(" ", widest+3)
		if columns(label) > widest+2 {
			b.WriteString(label + "\n")
			wrap(b, r[1], indent, indent)
			continue
		}
		wrap(b, r[1], label+indent[columns(label):], indent)
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

// wrap writes s broken at spaces and between wide letters, so that lines hold lineWidth columns.
// Words and addresses are never cut. The first line begins with first, the others with next.
func wrap(b *strings.Builder, s, first, next string) {
	if strings.TrimSpace(s) == "" {
		b.WriteString(strings.TrimRight(first, " "))
		b.WriteByte('\n')
		return
	}
	rest := strings.TrimLeft(s, " \t")
	indent := s[:len(s)-len(rest)]
	b.WriteString(first)
	b.WriteString(indent)
	used, fresh := columns(first)+columns(indent), true
	for rest = strings.TrimRight(rest, " \t"); rest != ""; fresh = false {
		var a atom
		a, rest = cutAtom(rest)
		need := a.columns
		if a.space {
			need++
		}
		switch {
		case !fresh && used+need > lineWidth:
			b.WriteByte('\n')
			b.WriteString(next)
			used, need = columns(next), a.columns
		case !fresh && a.space:
			b.WriteByte(' ')
		}
		b.WriteString(a.text)
		used += need
	}
	b.WriteByte('\n')
}

// atom is what stays on one line; space says that a space stood before it.
type atom struct {
	text    string
	columns int
	space   bool
}

// cutAtom takes the first atom off s, which does not end in a space.
func cutAtom(s string) (a atom, rest string) {
	word := strings.TrimLeft(s, " \t")
	a.space = len(word) < len(s)
	prev := ' '
	for i, r := range word {
		if r == ' ' || r == '\t' || (i > 0 && !together(prev, r)) {
			a.text = word[:i]
			return a, word[i:]
		}
		a.columns += columnsOf(r)
		prev = r
	}
	a.text = word
	return a, ""
}

const (
	noStart = "。，、；：？！）】》」』”’…·%ー々〜ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ" // never first on a line
	noEnd   = "（【《「『“‘"                                  // never last on a line
)

// together reports whether no line may end between a and b.
func together(a, b rune) bool {
	return (!wide(a) && !wide(b)) || strings.ContainsRune(noStart, b) || strings.ContainsRune(noEnd, a)
}

// columns is how wide s stands in a fixed-width font.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

func columnsOf(r rune) int {
	switch {
	case r < firstMark:
		return 1
	case unicode.Is(unicode.Mn, r):
		return 0
	case wide(r):
		return 2
	}
	return 1
}

// Below these every letter is narrow and none is a mark, which spares most letters the tables.
const (
	firstMark = '\u0300'
	firstWide = '\u1100'
)

func wide(r rune) bool {
	if r < firstWide {
		return false
	}
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }
func lastRune(s string) rune  { r, _ := utf8.DecodeLastRuneInString(s); return r }
