package ticket

import (
	"hash/maphash"
	"strings"
	"unicode"
)

// Echo knows the words of letters of ours, so that a copy of them in a mail is not taken for what its
// writer says: programs answer with our whole letter and no sign of a quote (A24, A54).
type Echo struct {
	seed  maphash.Seed
	known map[uint64]bool
}

// echoWords is how many words in a row make a copy. In fewer anybody may agree with our letter.
const echoWords = 7

// NewEcho takes the texts of letters.
func NewEcho(letters ...string) Echo {
	e := Echo{seed: maphash.MakeSeed(), known: map[uint64]bool{}}
	for _, l := range letters {
		words := splitWords(l)
		for i := 0; i+echoWords <= len(words); i++ {
			e.known[e.hash(words[i:i+echoWords])] = true
		}
	}
	return e
}

// Cut takes out of text what our letters say, whole lines only where nothing else stands in them.
func (e Echo) Cut(text string) string {
	words := splitWords(text)
	copied := make([]bool, len(words))
	found := false
	for i := 0; i+echoWords <= len(words); i++ {
		if e.known[e.hash(words[i:i+echoWords])] {
			found = true
			for j := range echoWords {
				copied[i+j] = true
			}
		}
	}
	if !found {
		return text
	}
	var b strings.Builder
	last, before := 0, false // what was looked at, and whether the word before it is a copy
	for i, w := range append(words, word{start: len(text), end: len(text)}) {
		gap, ours := text[last:w.start], i < len(copied) && copied[i]
		end := strings.IndexByte(gap, '\n')
		switch {
		case !before && !ours:
			b.WriteString(gap)
		case !before: // what ends the writer's own sentence
			b.WriteString(gap[:max(end+1, 0)])
			if end < 0 {
				b.WriteString(gap)
			}
		case !ours && end >= 0:
			b.WriteString(gap[end:])
		}
		if !ours {
			b.WriteString(text[w.start:w.end])
		}
		last, before = w.end, ours
	}
	return tidy(b.String())
}

// tidy takes out lines without a word, and empty lines beyond one.
func tidy(text string) string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if len(splitWords(line)) == 0 {
			line = ""
		}
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, strings.TrimRight(line, " \t"))
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

// word is where a word stands in a text.
type word struct {
	start, end int
	folded     string
}

// splitWords finds words: runs of letters and digits, and in scripts without spaces each character.
func splitWords(text string) []word {
	var out []word
	start := -1
	flush := func(end int) {
		if start >= 0 {
			out = append(out, word{start, end, strings.ToLower(text[start:end])})
			start = -1
		}
	}
	for i, r := range text {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			flush(i)
			end := i + len(string(r))
			out = append(out, word{i, end, text[i:end]})
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r):
			if start < 0 {
				start = i
			}
		default:
			flush(i)
		}
	}
	flush(len(text))
	return out
}

func (e Echo) hash(words []word) uint64 {
	var h maphash.Hash
	h.SetSeed(e.seed)
	for _, w := range words {
		h.WriteString(w.folded)
		h.WriteByte(0)
	}
	return h.Sum64()
}
