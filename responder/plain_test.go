package responder

import (
	"testing"
	"unicode"

	"golang.org/x/text/width"
)

// The letters that are not looked up in the tables are narrow there too.
func TestFirstMarkAndFirstWide(t *testing.T) {
	for r := range rune(firstWide) {
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			t.Errorf("%U is wide", r)
		}
		if r < firstMark && unicode.Is(unicode.Mn, r) {
			t.Errorf("%U is a mark", r)
		}
	}
}
