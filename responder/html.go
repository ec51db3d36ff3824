package responder

import (
	"encoding/binary"
	"fmt"
	"html/template"
	"io/fs"
	"strconv"
	"strings"
)

// page is what layout.html may use.
type page struct {
	Language     string
	Direction    string // "ltr" or "rtl"
	Title        string
	Organisation string
	Ref          string
	Tone         string // "plain", "internal" or "alarm"
	Blocks       []shownBlock
	Foot         []shownBlock
}

// Start is the side where lines begin.
func (p page) Start() string { return side(p.Direction != "rtl") }

// End is the side where lines end.
func (p page) End() string { return side(p.Direction == "rtl") }

// shownBlock is a block with its finished HTML.
type shownBlock struct {
	block
	HTML template.HTML
}

// htmlPart makes HTML from the same blocks as the text part.
func (l *layout) htmlPart(p page, blocks []block) (string, error) {
	foot := len(blocks)
	for i, b := range blocks {
		if b.Kind == blockFoot {
			foot = i
		}
	}
	var err error
	if p.Blocks, err = l.blocks(blocks[:foot]); err != nil {
		return "", err
	}
	if p.Foot, err = l.blocks(blocks[min(foot+1, len(blocks)):]); err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(pageSize)
	if err := l.template.Execute(&b, p); err != nil {
		return "", fmt.Errorf("layout: %w", err)
	}
	return tidy(b.String()), nil
}

const pageSize = 16 << 10 // most pages are smaller

// blocks makes the HTML of each block.
func (l *layout) blocks(all []block) ([]shownBlock, error) {
	out := make([]shownBlock, len(all))
	for i, b := range all {
		h, err := l.block(b)
		if err != nil {
			return nil, fmt.Errorf("layout: %w", err)
		}
		out[i] = shownBlock{b, h}
	}
	return out, nil
}

// block makes the HTML of b by the template that has the name of its kind. A layout without such
// templates shows the blocks in its own way.
func (l *layout) block(b block) (template.HTML, error) {
	if !l.perKind || b.Kind == blockFoot {
		return "", nil
	}
	key := b.key()
	if h, found := l.prepared[string(key)]; found {
		return h, nil
	}
	var w strings.Builder
	if err := l.template.ExecuteTemplate(&w, string(b.Kind), b); err != nil {
		return "", err
	}
	h := template.HTML(w.String())
	if l.learning {
		l.prepared[string(key)] = h
	}
	return h, nil
}

// key is the same for blocks that hold the same.
func (b block) key() []byte {
	key := make([]byte, 0, 256)
	add := func(part string) {
		key = binary.AppendUvarint(key, uint64(len(part)))
		key = append(key, part...)
	}
	for _, part := range []string{string(b.Kind), b.Text, b.URL, strconv.FormatBool(b.Urgent), b.Colon, strconv.FormatBool(b.RTL)} {
		add(part)
	}
	for _, it := range b.Items {
		add(it.Label)
		add(it.Text)
	}
	for _, row := range b.Rows {
		key = binary.AppendUvarint(key, uint64(len(row)))
		for _, cell := range row {
			add(cell)
		}
	}
	for _, one := range b.Bars {
		add(one.Label)
		key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(one.Value)), uint64(one.Percent))
	}
	for _, l := range b.Lines {
		add(l)
	}
	return key
}

// layout is the one page that all letters share.
type layout struct {
	template *template.Template
	perKind  bool // it has a template for each kind of block
	// prepared is the HTML of the blocks that the rehearsal met, by their keys: most blocks are
	// the same in every letter. Only the rehearsal writes it, which knows made-up data alone.
	prepared map[string]template.HTML
	learning bool
}

// outlookFonts come before Arial, by language, where Arial lacks the letters.
var outlookFonts = map[string]string{"ja": "'Yu Gothic',Meiryo,", "zh-Hans": "'Microsoft YaHei',"}

// parseLayout reads layout.html. Comments for Outlook come from functions, because
// html/template takes all comments out; they hold nothing but the text below.
func parseLayout(files fs.FS, name, shown string) (*layout, error) {
	src, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	t, err := template.New(shown).Funcs(template.FuncMap{
		// Outlook takes the first font it finds strange for a reason to fall back to Times.
		"outlookHead": func(font string) template.HTML {
			return template.HTML(`<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><style>body,table,td,th,p,div,span,a,h1,h2,strong{font-family:` + outlookFonts[font] + `Arial,sans-serif !important;}td.code{font-family:Consolas,monospace !important;}</style><![endif]-->`)
		},
		"outlookOpen": func() template.HTML {
			return `<!--[if mso]><table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`
		},
		"outlookClose": func() template.HTML { return `<!--[if mso]></td></tr></table><![endif]-->` },
		"indent":       indent,
		"rest":         func(percent int) int { return 100 - percent },
	}).Parse(string(src))
	if err != nil {
		return nil, err // names the file and the line
	}
	perKind := t.Lookup(string(blockParagraph)) != nil
	return &layout{template: t, perKind: perKind, prepared: map[string]template.HTML{}}, nil
}

// indent keeps the spaces that a line begins with.
func indent(s string) string {
	rest := strings.TrimLeft(s, " \t")
	n := len(strings.ReplaceAll(s[:len(s)-len(rest)], "\t", "    "))
	return strings.Repeat("\u00a0", min(n, 24)) + rest
}

// tidy takes out the empty lines and the indentation that the template's actions leave.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			b.WriteString(l)
			b.WriteByte('\n')
		}
	}
	return b.String()
}
