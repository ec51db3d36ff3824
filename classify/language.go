package classify

import (
	"math"
	"unicode"
)

// tongue is what is known about the languages of one mail.
type tongue struct {
	code   string    // BCP 47, "und" when unknown
	score  []float64 // by language
	sure   float64   // score of the best Latin, Cyrillic or Arabic-script language
	active []langSet // by sentence
}

// identify scores the languages by stop words and letters of their own, per sentence and for the
// mail, and decides which languages' words count in which sentence.
func (x *lexicon) identify(d *document) tongue {
	n := len(x.langs)
	t := tongue{score: make([]float64, n), active: make([]langSet, len(d.sents))}
	per := make([]float64, n*len(d.sents))
	kana, han, hangul := 0, 0, 0
	for si, s := range d.sents {
		row := per[si*n : si*n+n]
		for i := s.from; i < s.to; i++ {
			tok := &d.tokens[i]
			if tok.address || tok.number >= 0 {
				continue
			}
			if tok.wide {
				if r := firstRune(tok.text); r >= 0x3040 && r <= 0x30FF {
					kana++
				} else {
					han++
				}
			} else if r := firstRune(tok.text); unicode.Is(unicode.Hangul, r) {
				hangul++
			}
			langs := x.stopsOf[tok.text]
			w := 1 / math.Sqrt(float64(len(langs)))
			for _, l := range langs {
				row[l] += w
			}
		}
		for l, v := range row {
			t.score[l] += v
		}
	}
	x.scoreLetters(d, t.score)
	x.scoreScripts(d, t.score, kana, han, hangul)
	best := t.best(0)
	t.sure = t.score[best]
	t.code = "und"
	if t.sure > 0 {
		t.code = x.langs[best].code
	}
	for si := range d.sents {
		t.active[si] = x.activeIn(&t, per[si*n:si*n+n])
	}
	if t.code == "zh" {
		t.code = "zh-Hans"
		if d.hant*12 > d.wide {
			t.code = "zh-Hant"
		}
	}
	return t
}

func (t *tongue) best(from int) int {
	b := from
	for l := range t.score {
		if t.score[l] > t.score[b] {
			b = l
		}
	}
	return b
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// scoreLetters adds for letters that few languages use (ß, ł, ñ, ğ …).
func (x *lexicon) scoreLetters(d *document, score []float64) {
	for _, r := range d.raw {
		users := x.users[r]
		for _, l := range users {
			score[l] += 0.6 / float64(len(users)*len(users))
		}
	}
}

// scoreScripts adds for scripts that say the language by themselves.
func (x *lexicon) scoreScripts(d *document, score []float64, kana, han, hangul int) {
	counts := map[string]float64{}
	for _, r := range d.raw {
		switch {
		case unicode.Is(unicode.Hangul, r):
			counts["hangul"] += 0.4
		case unicode.Is(unicode.Greek, r):
			counts["greek"] += 0.15
		case unicode.Is(unicode.Hebrew, r):
			counts["hebrew"] += 0.2
		case unicode.Is(unicode.Devanagari, r):
			counts["devanagari"] += 0.15
		case unicode.Is(unicode.Arabic, r):
			counts["arabic"] += 0.05
		case unicode.Is(unicode.Cyrillic, r):
			counts["cyrillic"] += 0.05
		}
	}
	thai := 0
	for i := range d.tokens {
		if r := firstRune(d.tokens[i].text); r >= 0xE00 && r < 0xE80 {
			thai++
		}
	}
	counts["thai"] = float64(thai) * 0.2
	if kana > 0 && kana*8 >= han {
		counts["kana"] = float64(kana+han) * 0.3
	} else {
		counts["han"] = float64(han-thai) * 0.3
	}
	for l := range x.langs {
		score[l] += counts[x.langs[l].script]
	}
}

// activeIn gives the languages whose words count in a sentence: the languages of the mail, those of
// the sentence, every language that alone uses its script, and all of them while too little is known.
func (x *lexicon) activeIn(t *tongue, row []float64) langSet {
	top, total := 0.0, 0.0
	for l, v := range row {
		total += v
		if v > top && x.shared(l) {
			top = v
		}
	}
	high := 0.0
	for l, v := range t.score {
		if v > high && x.shared(l) {
			high = v
		}
	}
	var set langSet
	wide := x.wideScore(t)
	for l := range x.langs {
		switch {
		case !x.shared(l):
			// Its Latin words ("SOC 2", "GDPR") count only where its script is; kana tell Japanese from
			// Chinese, which share the rest of their characters.
			if x.always(l) || t.score[l] > 0 && (!x.cjk(l) || t.score[l] >= 0.35*wide) {
				set |= 1 << uint(l)
			}
		case high < 1.2:
			set |= 1 << uint(l)
		case t.score[l] >= 0.45*high, row[l] >= 1 && row[l] >= 0.7*top:
			set |= 1 << uint(l)
		}
	}
	return set
}

// shared reports whether other languages use the script of l too.
func (x *lexicon) shared(l int) bool {
	switch x.langs[l].script {
	case "latin", "cyrillic", "arabic":
		return true
	}
	return false
}

// always reports whether l is no language of its own: the words that are the same everywhere.
func (x *lexicon) always(l int) bool { return x.langs[l].script == "every" }

func (x *lexicon) cjk(l int) bool { return x.langs[l].script == "han" || x.langs[l].script == "kana" }

// wideScore is the score of the better of Chinese and Japanese.
func (x *lexicon) wideScore(t *tongue) float64 {
	most := 0.0
	for l := range x.langs {
		if x.cjk(l) {
			most = math.Max(most, t.score[l])
		}
	}
	return most
}
