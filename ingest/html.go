package ingest

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// quoteStart marks, on a line of its own, where a mail program began the mail it answers. It is a
// private use character, which cleanText removes from mails, and never leaves this package.
const quoteStart = "\uf8f0"

// htmlText is what an HTML mail shows and what it hides.
type htmlText struct {
	text   string // quoted passages begin with "> "
	hidden string
}

// renderHTML writes the text of an HTML mail as a reader sees it. It works on the token stream, so
// that a hostile mail costs no tree in memory; what the browser would repair (unclosed paragraphs,
// cells, rows) is repaired here as far as hiding and quoting need it.
func renderHTML(source string, d *damage) htmlText {
	w := htmlWriter{opened: map[atom.Atom]int{}, d: d}
	z := html.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(maxPartText)
	for {
		switch z.Next() {
		case html.ErrorToken:
			w.breakLine(1)
			return htmlText{text: w.render(), hidden: strings.TrimSpace(w.hidden.String())}
		case html.TextToken:
			w.write(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			w.open(&t)
		case html.EndTagToken:
			name, _ := z.TagName()
			w.close(atom.Lookup(name))
		}
	}
}

// htmlLine is one line of output.
type htmlLine struct {
	text  string
	quote int
	box   int // the quoting container it stands in, 0 for none
}

// element is an open element that matters.
type element struct {
	tag    atom.Atom
	hidden bool
	silent bool // script, style, title: not text at all
	quote  bool
	pre    bool
	list   int // ordered lists count
	style  htmlStyle
	depth  int // quoting containers around it, itself included
	box    int // the innermost of them
}

type htmlWriter struct {
	stack  []element
	lines  []htmlLine
	line   strings.Builder
	space  bool
	hidden strings.Builder
	boxes  int
	size   int
	tooBig int               // elements left out because too many are open
	opened map[atom.Atom]int // open elements by name
	d      *damage
}

const (
	maxElements  = 500
	maxHTMLLines = 50000
)

func (w *htmlWriter) top() element {
	if len(w.stack) == 0 {
		return element{}
	}
	return w.stack[len(w.stack)-1]
}

// open starts an element.
func (w *htmlWriter) open(t *html.Token) {
	tag := t.DataAtom
	w.autoClose(tag)
	if isQuoteStart(t) && !w.top().hidden {
		w.breakLine(1)
		w.emit(quoteStart)
		w.breakLine(1)
	}
	w.before(tag)
	if voidTags[tag] || len(w.stack) >= maxElements {
		if len(w.stack) >= maxElements && !voidTags[tag] {
			w.tooBig++
		}
		return
	}
	el := w.top()
	el.tag, el.list = tag, 0
	el.silent = el.silent || silentTags[tag]
	el.style.apply(t)
	el.hidden = el.hidden || el.style.hides(t)
	el.pre = el.pre || tag == atom.Pre || tag == atom.Textarea
	el.quote = isQuoteBox(t)
	if el.quote && !el.hidden {
		w.breakLine(1)
		w.boxes++
		el.box = w.boxes
		el.depth++
	}
	w.stack = append(w.stack, el)
	w.opened[tag]++
	if tag == atom.Li && !el.hidden && !el.silent {
		w.emit(w.bullet())
	}
}

// autoClose ends what the new element cannot be inside of: paragraphs before blocks, items before
// items. An unclosed hidden paragraph must not hide the rest of the mail.
func (w *htmlWriter) autoClose(tag atom.Atom) {
	switch {
	case tag == atom.Li || tag == atom.Td || tag == atom.Th || tag == atom.Tr || tag == atom.Option || tag == atom.Dd || tag == atom.Dt:
		for i := len(w.stack) - 1; i >= 0 && i > len(w.stack)-12; i-- {
			have := w.stack[i].tag
			if have == atom.Table || have == atom.Ul || have == atom.Ol || have == atom.Blockquote {
				return
			}
			if have == tag || tag == atom.Th && have == atom.Td || tag == atom.Td && have == atom.Th ||
				tag == atom.Dd && have == atom.Dt || tag == atom.Dt && have == atom.Dd {
				w.pop(i)
				return
			}
		}
	case blockTags[tag] && w.top().tag == atom.P:
		w.pop(len(w.stack) - 1)
		w.after(atom.P)
	case w.isOpen(atom.Head) && silentHead(tag):
		for i := len(w.stack) - 1; i >= 0; i-- {
			if w.stack[i].tag == atom.Head {
				w.pop(i)
			}
		}
	}
}

// silentHead is true for elements that end a head whose end tag is missing.
func silentHead(tag atom.Atom) bool {
	return tag == atom.Body || tag == atom.Div || tag == atom.P || tag == atom.Table || tag == atom.Span
}

// close ends the innermost element of that name, and what was left open inside it.
func (w *htmlWriter) close(tag atom.Atom) {
	if tag == atom.Br || tag == atom.P && !w.isOpen(atom.P) {
		w.breakLine(1)
		return
	}
	if w.tooBig > 0 && !voidTags[tag] {
		w.tooBig--
		return
	}
	for i := len(w.stack) - 1; i >= 0 && w.isOpen(tag); i-- {
		if w.stack[i].tag == tag {
			w.pop(i)
			w.after(tag)
			return
		}
		if w.stack[i].tag == atom.Td && tag != atom.Tr && tag != atom.Table && tag != atom.Tbody && tag != atom.Body && tag != atom.Html {
			break // a stray end tag does not close the cell around it
		}
	}
	w.after(tag)
}

func (w *htmlWriter) isOpen(tag atom.Atom) bool { return w.opened[tag] > 0 }

func (w *htmlWriter) pop(i int) {
	for _, el := range w.stack[i:] {
		w.opened[el.tag]--
	}
	for _, el := range w.stack[i:] {
		if el.quote || blockTags[el.tag] {
			w.breakLine(1)
			break
		}
	}
	w.stack = w.stack[:i]
}

func (w *htmlWriter) before(tag atom.Atom) {
	if w.top().hidden || w.top().silent {
		return
	}
	switch {
	case tag == atom.Br:
		w.newline()
	case tag == atom.Hr:
		w.breakLine(1)
		w.emit("________________________________")
		w.breakLine(1)
	case tag == atom.P || headingTags[tag] || tag == atom.Ul && !w.isOpen(atom.Li) || tag == atom.Ol && !w.isOpen(atom.Li):
		w.breakLine(2)
	case blockTags[tag]:
		w.breakLine(1)
	case tag == atom.Td || tag == atom.Th:
		if strings.TrimSpace(w.line.String()) != "" {
			w.space = true
		}
	}
}

func (w *htmlWriter) after(tag atom.Atom) {
	if w.top().hidden || w.top().silent {
		return
	}
	switch {
	case tag == atom.P || headingTags[tag] || tag == atom.Ul && !w.isOpen(atom.Li) || tag == atom.Ol && !w.isOpen(atom.Li):
		w.breakLine(2)
	case blockTags[tag]:
		w.breakLine(1)
	}
}

func (w *htmlWriter) bullet() string {
	for i := len(w.stack) - 2; i >= 0 && i > len(w.stack)-20; i-- {
		switch w.stack[i].tag {
		case atom.Ol:
			w.stack[i].list++
			return itoa(w.stack[i].list) + ". "
		case atom.Ul:
			return "- "
		}
	}
	return "- "
}

// write adds text. White space collapses, except in pre.
func (w *htmlWriter) write(s string) {
	el := w.top()
	switch {
	case el.silent:
		return
	case el.hidden:
		if strings.TrimSpace(s) != "" && w.hidden.Len() < 64<<10 {
			w.hidden.WriteString(cleanLine(html.UnescapeString(s), w.d) + "\n")
		}
		return
	}
	s = cleanText(html.UnescapeString(s), w.d)
	if el.pre {
		for i, part := range strings.Split(s, "\n") {
			if i > 0 {
				w.newline()
			}
			w.emit(part)
		}
		return
	}
	for s != "" {
		i := strings.IndexAny(s, " \t\n")
		if i < 0 {
			i = len(s)
		}
		if i > 0 {
			w.emit(s[:i])
		}
		if i < len(s) {
			w.space = w.space || w.line.Len() > 0
			i++
		}
		s = s[i:]
	}
}

func (w *htmlWriter) emit(s string) {
	if w.space && w.line.Len() > 0 {
		w.line.WriteByte(' ')
	}
	w.space = false
	w.line.WriteString(s)
}

// newline ends the line as <br> does: an empty line counts.
func (w *htmlWriter) newline() {
	w.push(strings.TrimRight(w.line.String(), " "))
}

// breakLine ends the line if there is one, and asks for n-1 empty lines behind it.
func (w *htmlWriter) breakLine(n int) {
	if strings.TrimSpace(w.line.String()) != "" {
		w.push(strings.TrimRight(w.line.String(), " "))
	}
	w.line.Reset()
	w.space = false
	if n == 2 && len(w.lines) > 0 && w.lines[len(w.lines)-1].text != "" {
		w.push("")
	}
}

func (w *htmlWriter) push(s string) {
	l := htmlLine{text: s, quote: w.top().depth, box: w.top().box}
	if s == "" && len(w.lines) > 1 && w.lines[len(w.lines)-1].text == "" && w.lines[len(w.lines)-2].text == "" {
		w.line.Reset()
		return // two empty lines say enough
	}
	w.line.Reset()
	w.space = false
	if w.size += len(s); len(w.lines) >= maxHTMLLines || w.size > maxPartText {
		w.d.note("text too long, the rest of it is left out")
		return
	}
	w.lines = append(w.lines, l)
}

// render joins the lines. A container that holds a forwarded mail is not a quote.
func (w *htmlWriter) render() string {
	forwards := map[int]bool{}
	seen := map[int]bool{}
	for _, l := range w.lines {
		if l.box > 0 && !seen[l.box] && strings.TrimSpace(l.text) != "" {
			seen[l.box] = true
			forwards[l.box] = forwardLine(l.text)
		}
	}
	var b strings.Builder
	for _, l := range w.lines {
		if l.quote > 0 && !(l.quote == 1 && forwards[l.box]) {
			b.WriteString("> ")
		}
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}
