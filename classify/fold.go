package classify

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// folder makes spellings equal that people type for the same word: case, accents, full width,
// Arabic vowel signs, traditional Chinese characters. It works rune by rune, so that every folded
// rune keeps its place in the original text. It never changes after newFolder.
type folder struct {
	table map[rune]string // only runes that change; "" drops the rune
	hant  map[rune]bool   // characters that only traditional Chinese uses
	looks map[rune]rune   // Cyrillic and Greek letters that look like a Latin one (CASES A40)
}

// letters that Unicode does not decompose, and what people type instead of them.
var undecomposed = map[rune]string{'ß': "ss", 'ø': "o", 'đ': "d", 'ł': "l", 'ı': "i", 'æ': "ae", 'œ': "oe",
	'þ': "th", 'ð': "d", 'ى': "ي", 'ة': "ه", 'ـ': "", 'ک': "ك", 'ی': "ي", 'ς': "σ", '’': "'", '‘': "'", 'ʼ': "'", '´': "'", '`': "'"}

const lookAlikes = "аaеeоoрpсcуyхxіiјjѕsԁdһhӏlкkмmтtнhвbгrпnαaεeοoρpνvιiκkτtυuχxηn"

// newFolder builds the tables; pairs holds a traditional character followed by its simplified one, separated by spaces.
func newFolder(pairs string) *folder {
	f := &folder{table: map[rune]string{}, hant: map[rune]bool{}, looks: map[rune]rune{}}
	for _, span := range [][2]rune{{'A', 'Z'}, {0xA0, 0x24F}, {0x300, 0x52F}, {0x591, 0x6FF}, {0x1E00, 0x2BFF}, {0xFB00, 0xFFEF}} {
		for r := span[0]; r <= span[1]; r++ {
			if s := foldOne(r); s != string(r) {
				f.table[r] = s
			}
		}
	}
	for r, s := range undecomposed {
		f.table[r] = s
	}
	for _, pair := range strings.Fields(pairs) {
		if rs := []rune(pair); len(rs) == 2 {
			f.table[rs[0]] = string(rs[1])
			f.hant[rs[0]] = true
		}
	}
	rs := []rune(lookAlikes)
	for i := 0; i+1 < len(rs); i += 2 {
		f.looks[rs[i]] = rs[i+1]
	}
	return f
}

func foldOne(r rune) string {
	if unicode.Is(unicode.Cf, r) {
		return ""
	}
	var b strings.Builder
	for _, d := range norm.NFKD.String(string(r)) {
		if unicode.Is(unicode.Mn, d) && d != 0x3099 && d != 0x309A {
			continue
		}
		d = unicode.ToLower(d)
		if s, ok := undecomposed[d]; ok {
			b.WriteString(s)
			continue
		}
		b.WriteRune(d)
	}
	return norm.NFC.String(b.String())
}

// append adds the folded form of r to dst.
func (f *folder) append(dst []byte, r rune) []byte {
	if r < 0x80 {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(dst, byte(r))
	}
	if s, ok := f.table[r]; ok {
		return append(dst, s...)
	}
	return append(dst, string(r)...)
}

// latinise gives the Latin reading of a word that mixes Latin letters with look-alikes of other
// scripts ("dеlete" with a Cyrillic е); other words come back unchanged.
func (f *folder) latinise(word []byte) []byte {
	ascii, other := 0, 0
	for _, r := range string(word) {
		switch {
		case r < 0x80:
			ascii++
		case f.looks[r] != 0:
			other++
		default:
			return word
		}
	}
	if ascii == 0 || other == 0 || ascii < other {
		return word
	}
	out := make([]byte, 0, len(word))
	for _, r := range string(word) {
		if l := f.looks[r]; l != 0 {
			r = l
		}
		out = append(out, string(r)...)
	}
	return out
}
