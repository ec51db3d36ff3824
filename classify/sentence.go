package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviations after which a full stop does not end a sentence.
const abbreviations = " art arts nr no mr mrs ms dr prof st str abs bzw ca inc ltd co z b e g i d u s p pp lit vs sig sra sr ul al nb tel str ст п г ул им "

const wrapped = 50 // bytes; a line at least this long is taken as broken by the mail program, not by its writer

// close ends the open sentence.
func (t *tokenizer) close(question bool) {
	if n := len(t.d.tokens); n > t.first {
		t.d.sents = append(t.d.sents, sentence{from: t.first, to: n, question: question, part: t.part})
		t.first = n
	}
	t.class++
}

// newline ends the sentence unless the line was only wrapped.
func (t *tokenizer) newline(i int) {
	t.line = true
	start := strings.LastIndexByte(t.text[:i], '\n') + 1
	rest := strings.TrimLeft(t.text[i+1:min(len(t.text), i+40)], " \t\r")
	next, _ := utf8.DecodeRuneInString(rest)
	blank := rest == "" || rest[0] == '\n'
	if !blank && i-start >= wrapped && !unicode.IsDigit(next) && (unicode.IsLetter(next) || next == '(') {
		return
	}
	t.close(false)
}

// punctuation ends clauses and sentences.
func (t *tokenizer) punctuation(r rune, i int) {
	switch r {
	case '?', '？', '؟', '⁇':
		t.close(true)
	case '!', '。', '！', '…', '｡', '।', '۔', '•', '●', '▪':
		t.close(false)
	case ';', '；':
		// The Greek question mark looks like a semicolon.
		greek := len(t.d.raw) > 0 && unicode.Is(unicode.Greek, t.d.raw[len(t.d.raw)-1])
		t.close(greek && r == ';')
	case '.':
		if t.fullStop(i) {
			t.close(false)
		}
	case ',', ':', '(', ')', '–', '—', '，', '、', '：', '（', '）', '،', '؛', '"', '“', '”', '„', '«', '»', '「', '」':
		t.class++
	case '-':
		if i > 0 && t.text[i-1] == ' ' || t.line {
			t.class++
		}
	}
}

// fullStop reports whether the dot at i ends a sentence rather than an abbreviation, a number or a name.
func (t *tokenizer) fullStop(i int) bool {
	rest := t.text[i+1:]
	if rest == "" {
		return true
	}
	if rest[0] > ' ' && rest[0] < 0x80 {
		return false
	}
	if n := len(t.d.tokens); n > t.first {
		last := t.d.tokens[n-1].text
		if utf8.RuneCountInString(last) == 1 && !t.d.tokens[n-1].wide || strings.Contains(abbreviations, " "+last+" ") {
			return false
		}
		if next := strings.TrimLeft(rest, " "); next != "" && next[0] >= '0' && next[0] <= '9' && utf8.RuneCountInString(last) <= 4 && t.d.tokens[n-1].number < 0 {
			return false // "ur. 2017"
		}
		if t.d.tokens[n-1].number >= 0 && n-t.first == 1 {
			return false // "1. delete my account"
		}
	}
	rest = strings.TrimLeft(rest[:min(len(rest), 24)], " \t\r\n*\"'([")
	next, _ := utf8.DecodeRuneInString(rest)
	return !unicode.IsLower(next) || strings.HasPrefix(t.text[i+1:], "\n\n")
}
