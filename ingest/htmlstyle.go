package ingest

import (
	"strings"

	"golang.org/x/net/html"
)

// htmlStyle is the inherited part of an element's look that can hide text.
type htmlStyle struct {
	color, background string // normalised; "" is unknown, taken as black on white
	fontZero          bool
}

// apply reads the element's own style and attributes.
func (s *htmlStyle) apply(t *html.Token) {
	if len(t.Attr) == 0 {
		return
	}
	if c := attr(t, "bgcolor"); c != "" {
		s.background = colour(c)
	}
	if c := attr(t, "color"); c != "" {
		s.color = colour(c)
	}
	for name, value := range declarations(attr(t, "style")) {
		switch name {
		case "color":
			s.color = colour(value)
		case "background", "background-color":
			s.background = colour(strings.Fields(value + " ")[0])
			if strings.Contains(value, "url(") || strings.Contains(value, "gradient") {
				s.background = "image"
			}
		case "font-size":
			s.fontZero = isZeroSize(value)
		}
	}
}

// hides reports whether the element is invisible to a reader: not displayed, without size, or in
// the colour of its background.
func (s *htmlStyle) hides(t *html.Token) bool {
	if len(t.Attr) == 0 {
		return false
	}
	has := func(name string) bool {
		for _, a := range t.Attr {
			if a.Key == name {
				return true
			}
		}
		return false
	}
	if has("hidden") {
		return true
	}
	for name, value := range declarations(attr(t, "style")) {
		switch name {
		case "display":
			if strings.HasPrefix(value, "none") {
				return true
			}
		case "visibility":
			if strings.HasPrefix(value, "hidden") || strings.HasPrefix(value, "collapse") {
				return true
			}
		case "opacity":
			if value == "0" || value == "0.0" || value == "0%" {
				return true
			}
		case "max-height", "max-width":
			if isZeroSize(value) && strings.Contains(strings.ReplaceAll(strings.ToLower(attr(t, "style")), " ", ""), "overflow:hidden") {
				return true
			}
		}
	}
	if s.fontZero && strings.Contains(strings.ToLower(attr(t, "style")), "font-size") {
		return true
	}
	return s.color != "" && s.color == s.shownOn()
}

func (s *htmlStyle) shownOn() string {
	if s.background == "" || s.background == "transparent" || s.background == "inherit" || s.background == "none" {
		return "#ffffff"
	}
	return s.background
}

// declarations iterates over "name: value" pairs of a style attribute.
func declarations(style string) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for style != "" {
			var one string
			one, style, _ = strings.Cut(style, ";")
			name, value, ok := strings.Cut(one, ":")
			if !ok {
				continue
			}
			value = strings.ToLower(strings.TrimSpace(strings.Replace(value, "!important", "", 1)))
			if value != "" && !yield(strings.ToLower(strings.TrimSpace(name)), value) {
				return
			}
		}
	}
}

func isZeroSize(value string) bool {
	number := strings.TrimRight(value, "abcdefghijklmnopqrstuvwxyz% ")
	return number == "0" || number == "0.0" || number == ".0" || number == "0.1" || number == "0.01"
}

// colour normalises the notations in which mails write white and equal colours.
func colour(c string) string {
	c = strings.ToLower(strings.TrimSpace(c))
	switch c {
	case "white", "#fff", "rgb(255,255,255)", "rgb(255, 255, 255)", "ffffff", "fff":
		return "#ffffff"
	case "black", "#000", "rgb(0,0,0)", "rgb(0, 0, 0)", "windowtext":
		return "#000000"
	}
	if len(c) == 4 && c[0] == '#' {
		return string([]byte{'#', c[1], c[1], c[2], c[2], c[3], c[3]})
	}
	if len(c) == 9 && strings.HasSuffix(c, "ff") && c[0] == '#' {
		return c[:7]
	}
	return strings.ReplaceAll(c, " ", "")
}
