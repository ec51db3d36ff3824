package responder

import (
	"fmt"
	"html/template"
	"io/fs"
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
	Blocks       []block
	Foot         []block
}

// htmlPart makes HTML from the same blocks as the text part.
func (l *layout) htmlPart(p page, blocks []block) (string, error) {
	p.Blocks = blocks
	for i, b := range blocks {
		if b.Kind == blockFoot {
			p.Blocks, p.Foot = blocks[:i], blocks[i+1:]
		}
	}
	var b strings.Builder
	if err := l.template.Execute(&b, p); err != nil {
		return "", fmt.Errorf("layout: %w", err)
	}
	return tidy(b.String()), nil
}

// layout is the one page that all letters share.
type layout struct{ template *template.Template }

// parseLayout reads layout.html. Comments for Outlook come from functions, because
// html/template takes all comments out; they hold nothing but the text below.
func parseLayout(files fs.FS, name, shown string) (*layout, error) {
	src, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	t, err := template.New(shown).Funcs(template.FuncMap{
		"outlookOpen": func() template.HTML {
			return `<!--[if mso]><table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`
		},
		"outlookClose": func() template.HTML { return `<!--[if mso]></td></tr></table><![endif]-->` },
		"colon":        colon,
		"indent":       indent,
		"rest":         func(percent int) int { return 100 - percent },
	}).Parse(string(src))
	if err != nil {
		return nil, err // names the file and the line
	}
	return &layout{template: t}, nil
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
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			b.WriteString(l)
			b.WriteByte('\n')
		}
	}
	return b.String()
}
