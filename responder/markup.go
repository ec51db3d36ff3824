package responder

import (
	"errors"
	"html/template"
	"strconv"
	"strings"
)

// blockKind is the sort of a block; layout.html and plain.go know each.
type blockKind string

// The blocks, with the mark that starts their lines in a template (templates/README.md).
const (
	blockParagraph blockKind = "paragraph" // any other line
	blockHeading   blockKind = "heading"   // "# ", or "#! " in the colour of alarm
	blockList      blockKind = "list"      // "- ", with a label before " :: "
	blockFacts     blockKind = "facts"     // "| label | value"
	blockTable     blockKind = "table"     // "| a | b | c"
	blockBars      blockKind = "bars"      // "% label | value | largest value"
	blockCode      blockKind = "code"      // "Code: 1234-5678"
	blockWarning   blockKind = "warning"   // "! "
	blockQuiet     blockKind = "quiet"     // "~ "
	blockLink      blockKind = "link"      // "@ label | address"
	blockWords     blockKind = "words"     // {{.Answer}}
	blockFrame     blockKind = "frame"     // a value of type frame
	blockPicture   blockKind = "picture"   // "^ what it shows": the one picture of a digest
	blockMark      blockKind = "mark"      // set by the composer: not for the requester
	blockFoot      blockKind = "foot"      // "---": what follows stands at the foot
)

// block is a part of a letter, from which both the text and the HTML are made.
type block struct {
	Kind   blockKind
	Text   string     // paragraph, heading, code, warning, quiet, mark; the label of a link
	Urgent bool       // a heading in the colour of alarm
	URL    string     // link
	Items  []item     // list
	Rows   [][]string // facts, table
	Bars   []bar
	Lines  []string // words, frame
	Colon  string   // the language's own between a label and what it labels
	RTL    bool     // written from right to left
}

// After is what follows a label: the language's own, else the wide colon after a wide letter.
func (blk block) After(label string) string {
	switch {
	case blk.Colon != "":
		return blk.Colon
	case wide(lastRune(label)):
		return "："
	}
	return ": "
}

// Source is where a picture is: a part of the same mail.
func (blk block) Source() template.URL {
	if !strings.HasPrefix(blk.URL, "cid:") {
		return ""
	}
	return template.URL(blk.URL)
}

// Start is the side where lines begin.
func (blk block) Start() string { return side(!blk.RTL) }

// End is the side where lines end.
func (blk block) End() string { return side(blk.RTL) }

func side(left bool) string {
	if left {
		return "left"
	}
	return "right"
}

type item struct{ Label, Text string }

type bar struct {
	Label   string
	Value   int
	Percent int // of the largest value, 0 to 100
}

// parseMarkup reads a rendered template: the subject from its first line, then the blocks.
func parseMarkup(source string) (subject string, blocks []block, err error) {
	first, rest, _ := strings.Cut(strings.TrimLeft(source, "\n"), "\n")
	subject, found := strings.CutPrefix(first, "Subject: ")
	if subject = strings.TrimSpace(unfence(subject)); !found || subject == "" {
		return "", nil, errors.New(`line 1: the first line must be "Subject: …"`)
	}
	p := parser{}
	for _, l := range strings.Split(rest, "\n") {
		if err := p.line(strings.TrimSpace(l)); err != nil {
			return "", nil, err
		}
	}
	if len(p.blocks) == 0 {
		return "", nil, errors.New("the letter has no text")
	}
	return subject, p.blocks, nil
}

type parser struct {
	blocks []block
	open   bool // the next line may join the block before
}

// add starts a block, or goes on with the one before when that is of the same kind. Empty lines
// part paragraphs; they do not part the rows of a list or a table, because conditions in
// templates leave some.
func (p *parser) add(kind blockKind) *block {
	if n := len(p.blocks); n == 0 || p.blocks[n-1].Kind != kind || (!p.open && kind == blockParagraph) {
		p.blocks = append(p.blocks, block{Kind: kind})
	}
	p.open = true
	return &p.blocks[len(p.blocks)-1]
}

func (p *parser) line(l string) error {
	mark, rest, marked := strings.Cut(l, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case l == "":
		p.open = false
	case strings.HasPrefix(l, string(wordsMark)):
		p.verbatim(blockWords, l)
	case strings.HasPrefix(l, string(frameMark)):
		p.verbatim(blockFrame, l)
	case l == "---":
		p.single(blockFoot, "")
	case !marked:
		p.join(l)
	case mark == "#":
		p.single(blockHeading, rest)
	case mark == "#!":
		p.single(blockHeading, rest)
		p.blocks[len(p.blocks)-1].Urgent = true
	case mark == "-":
		b := p.add(blockList)
		label, body, found := cutOutside(rest, " :: ")
		if !found {
			label, body = "", rest
		}
		b.Items = append(b.Items, item{Label: unfence(label), Text: unfence(body)})
	case mark == "|":
		return p.row(rest)
	case mark == "%":
		return p.bar(rest)
	case mark == "^":
		p.single(blockPicture, rest)
	case mark == "!":
		p.single(blockWarning, rest)
	case mark == "~":
		p.single(blockQuiet, rest)
	case mark == "@":
		label, url, found := cutOutside(rest, " | ")
		if !found {
			return errors.New(`a link needs a label and an address: "@ label | address"`)
		}
		p.blocks = append(p.blocks, block{Kind: blockLink, Text: unfence(label), URL: unfence(strings.TrimSpace(url))})
	case mark == "Code:":
		p.single(blockCode, rest)
	default:
		p.join(l)
	}
	return nil
}

// single makes a block of one line.
func (p *parser) single(kind blockKind, l string) {
	p.blocks = append(p.blocks, block{Kind: kind, Text: unfence(l)})
}

func (p *parser) verbatim(kind blockKind, l string) {
	b := block{Kind: kind}
	for _, one := range strings.Split(l, string(lineMark)) {
		b.Lines = append(b.Lines, strings.TrimRight(unfence(one), " \t"))
	}
	p.blocks = append(p.blocks, b)
}

// join adds a line to a paragraph. Chinese and Japanese lines join without a space.
func (p *parser) join(l string) {
	b, l := p.add(blockParagraph), unfence(l)
	if b.Text == "" {
		b.Text = l
		return
	}
	if last, next := lastRune(b.Text), firstRune(l); wide(last) && wide(next) {
		b.Text += l
		return
	}
	b.Text += " " + l
}

func (p *parser) row(rest string) error {
	cells := splitOutside(rest+" ", " | ")
	for i := range cells {
		cells[i] = strings.TrimSpace(unfence(cells[i]))
	}
	kind := blockFacts
	switch {
	case len(cells) < 2:
		return errors.New(`a row needs two cells or more: "| label | value"`)
	case len(cells) == 2 && cells[1] == "":
		return nil // nothing to say
	case len(cells) > 2:
		kind = blockTable
	}
	b := p.add(kind)
	if len(b.Rows) > 0 && len(b.Rows[0]) != len(cells) {
		return errors.New("the rows of a table need the same number of cells")
	}
	b.Rows = append(b.Rows, cells)
	return nil
}

func (p *parser) bar(rest string) error {
	cells := splitOutside(rest, " | ")
	if len(cells) != 3 {
		return errors.New(`a bar needs a label, a value and the largest value: "% label | 3 | 10"`)
	}
	value, err := strconv.Atoi(strings.TrimSpace(cells[1]))
	if err != nil {
		return errors.New("a bar's value must be a number")
	}
	most, err := strconv.Atoi(strings.TrimSpace(cells[2]))
	if err != nil || most < value || value < 0 {
		return errors.New("a bar's largest value must be a number not below its value")
	}
	b := p.add(blockBars)
	b.Bars = append(b.Bars, bar{Label: unfence(strings.TrimSpace(cells[0])), Value: value, Percent: value * 100 / max(most, 1)})
	return nil
}
