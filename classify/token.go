package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits that keep the time bounded whatever arrives (CASES A48).
const (
	maxText     = 32 << 10 // bytes of a text that are read: three quarters of its head, one quarter of its tail
	maxWord     = 48       // runes of one word
	maxSentence = 300      // tokens of one sentence
)

// token is one word, number, or single character of a script without spaces.
type token struct {
	text     string // folded
	from, to int    // bytes in the text it was cut from
	clause   int
	number   int  // its value when it is made of up to nine digits, else -1
	wide     bool // a character of a script written without spaces
	address  bool // an e-mail address or a link
	upper    bool // began with a capital letter
	line     bool // first of its line
}

// sentence is a run of tokens that rules may combine.
type sentence struct {
	from, to int // tokens
	question bool
	part     part
	soft     bool   // asks how to use a right, or thanks for it
	ignored  string // why its words do not count, "" when they do
}

// part says where a text came from.
type part int

const (
	partSubject part = iota
	partBody
)

// document is the text of one mail, cut up.
type document struct {
	text   [2]string // by part
	tokens []token
	sents  []sentence
	hant   int // characters only traditional Chinese uses
	wide   int
	raw    []rune // non-ASCII letters in lower case before folding, for telling languages apart
}

func (d *document) quote(s sentence, from, to int) string {
	return strings.TrimSpace(d.text[s.part][d.tokens[from].from:d.tokens[to-1].to])
}

// span is the original text of a whole sentence.
func (d *document) span(s sentence) string { return d.quote(s, s.from, s.to) }

// cut shortens a text that is too long to its head and tail; evidence is sought in what is left.
func cut(s string) string {
	if len(s) <= maxText {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ToValidUTF8(s[:maxText*3/4], "") + "\n\n" + strings.ToValidUTF8(s[len(s)-maxText/4:], "")
}

// tokenizer cuts one text; see document.add.
type tokenizer struct {
	f     *folder
	d     *document
	part  part
	text  string
	first int // first token of the open sentence
	class int // running clause number
	runTo int // end of the run without spaces that was last looked at for an address
	line  bool
}

// add cuts text into tokens and sentences and appends them.
func (d *document) add(f *folder, p part, text string) {
	d.text[p] = text
	t := &tokenizer{f: f, d: d, part: p, text: text, first: len(d.tokens), line: true}
	if n := len(d.tokens); n > 0 {
		t.class = d.tokens[n-1].clause + 1
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n':
			t.newline(i)
			i++
		case isWide(r):
			t.emitWide(r, i, i+size)
			i += size
		case isWordStart(r):
			i = t.word(i)
		default:
			t.punctuation(r, i)
			i += size
		}
	}
	t.close(false)
}

func isWide(r rune) bool {
	return r >= 0x0E00 && (r <= 0x0EFF || r >= 0x3040 && r <= 0x30FF || r >= 0x3400 && r <= 0x9FFF || r >= 0xF900 && r <= 0xFAFF ||
		r >= 0xFF66 && r <= 0xFF9D || r == 0x3005 || r >= 0x20000 && r <= 0x2FFFF)
}

func isWordStart(r rune) bool {
	if r < 0x80 {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func (t *tokenizer) emitWide(r rune, from, to int) {
	if t.f.hant[r] {
		t.d.hant++
	}
	t.d.wide++
	t.push(token{text: string(t.f.append(nil, r)), from: from, to: to, number: -1, wide: true})
}

func (t *tokenizer) push(tok token) {
	tok.clause, tok.line = t.class, t.line
	t.line = false
	t.d.tokens = append(t.d.tokens, tok)
	if len(t.d.tokens)-t.first >= maxSentence {
		t.close(false)
	}
}

// word reads letters or digits from i and returns where it stopped.
func (t *tokenizer) word(i int) int {
	if i >= t.runTo {
		if end := t.address(i); end > 0 {
			t.runTo = end
			t.push(token{text: strings.ToLower(t.text[i:min(end, i+maxWord*2)]), from: i, to: end, number: -1, address: true})
			return end
		}
	}
	start, n := i, 0
	first, _ := utf8.DecodeRuneInString(t.text[i:])
	digits := unicode.IsDigit(first)
	buf := make([]byte, 0, 24)
	for i < len(t.text) {
		r, size := utf8.DecodeRuneInString(t.text[i:])
		if isApostrophe(r) && !digits && n > 0 && t.joins(buf, i+size) {
			i += size
			continue
		}
		if isWide(r) || !isWordPart(r) || (unicode.IsDigit(r) != digits && !unicode.Is(unicode.M, r)) {
			if !dropped(r) {
				break
			}
			i += size
			continue
		}
		if n < maxWord {
			buf = t.f.append(buf, r)
			if r >= 0x80 {
				t.d.raw = append(t.d.raw, unicode.ToLower(r))
			}
		}
		n++
		i += size
	}
	if i == start {
		return i + 1
	}
	tok := token{from: start, to: i, number: -1, upper: unicode.IsUpper(first)}
	if digits {
		buf = asciiDigits(buf)
		tok.number = value(buf)
	} else {
		buf = t.f.latinise(buf)
	}
	tok.text = string(buf)
	if tok.text != "" {
		t.push(tok)
	}
	return i
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' }

// dropped tells runes that may stand inside a word and mean nothing: soft hyphen, zero width characters.
func dropped(r rune) bool { return r == 0xAD || unicode.Is(unicode.Cf, r) }

func isWordPart(r rune) bool {
	if r < 0x80 {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// elided are word beginnings after which French and Italian drop a vowel; what follows is a new word.
const elided = " qu jusqu lorsqu puisqu quelqu aujourd dell all nell sull dall quest quell un nessun "

// joins reports whether the apostrophe before next keeps both sides one word ("don't", but not "l'adresse").
func (t *tokenizer) joins(before []byte, next int) bool {
	if utf8.RuneCount(before) <= 2 || strings.Contains(elided, " "+string(before)+" ") {
		return false
	}
	r, _ := utf8.DecodeRuneInString(t.text[next:])
	return unicode.IsLetter(r)
}

// address gives the end of an e-mail address or link that starts at i, 0 when there is none.
func (t *tokenizer) address(i int) int {
	end, at := i, -1
	for end < len(t.text) {
		c := t.text[end]
		if c <= ' ' || c >= 0x80 || strings.IndexByte("<>()[]\",;", c) >= 0 {
			break
		}
		if c == '@' || c == '/' && strings.HasSuffix(t.text[i:end], ":/") {
			at = end
		}
		end++
	}
	t.runTo = end
	if at < 0 && !strings.HasPrefix(t.text[i:end], "www.") {
		return 0
	}
	for end > i && strings.IndexByte(".:!?'", t.text[end-1]) >= 0 {
		end--
	}
	if end <= at+1 {
		return 0
	}
	return end
}

func asciiDigits(b []byte) []byte {
	out := b[:0:0]
	for _, r := range string(b) {
		if r >= 0x80 {
			for _, zero := range []rune{0x660, 0x6F0, 0x966, 0xE50, 0xFF10} {
				if r >= zero && r <= zero+9 {
					r = '0' + r - zero
					break
				}
			}
		}
		out = append(out, string(r)...)
	}
	return out
}

func value(b []byte) int {
	if len(b) == 0 || len(b) > 9 {
		return -1
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}
