package classify

// hit is a concept found in a sentence.
type hit struct {
	concept  concept
	lang     int8
	negated  bool
	from, to int // tokens
}

// langSet is a set of languages by number.
type langSet uint64

func (s langSet) has(l int8) bool { return s&(1<<uint(l)) != 0 }

// find gives the concepts of tokens [from,to) in the given languages, in order of place.
func (x *lexicon) find(d *document, s sentence, langs langSet) []hit {
	var out []hit
	for i := s.from; i < s.to; i++ {
		t := &d.tokens[i]
		if t.address {
			continue
		}
		start := len(out)
		x.candidates(t, langs, func(e *entry) {
			if end := follow(d.tokens[:s.to], i+1, e.words); end > 0 {
				out = keepLonger(out, start, hit{e.concept, e.lang, e.negated, i, end})
			}
		})
	}
	return x.settle(d, out)
}

// follow matches the rest of a phrase from token i and gives its end, 0 when it does not match.
func follow(tokens []token, i int, words []pat) int {
	for w := 0; w < len(words); w++ {
		if words[w].kind == '.' {
			if w+1 == len(words) {
				return i
			}
			found := -1
			for j := i; j < len(tokens) && j <= i+4; j++ {
				if words[w+1].matches(&tokens[j]) {
					found = j
					break
				}
			}
			if found < 0 {
				return 0
			}
			i, w = found+1, w+1
			continue
		}
		if i >= len(tokens) || !words[w].matches(&tokens[i]) {
			return 0
		}
		i++
	}
	return i
}

// keepLonger adds h unless the same concept already starts here with more words; a longer phrase
// that carries its own negation replaces a shorter one that does not.
func keepLonger(out []hit, start int, h hit) []hit {
	for k := start; k < len(out); k++ {
		if out[k].concept == h.concept {
			if h.to-h.from > out[k].to-out[k].from || h.to == out[k].to && h.negated {
				out[k] = h
			}
			return out
		}
	}
	return append(out, h)
}

// settle drops what lies inside an "ignore" phrase and applies negation.
func (x *lexicon) settle(d *document, hits []hit) []hit {
	ignore, neg, that := x.concepts["ignore"], x.concepts["neg"], x.concepts["that"]
	kept := hits[:0]
	for i, h := range hits {
		inside := false
		for j := max(0, i-24); j < len(hits) && hits[j].from <= h.from; j++ {
			o := hits[j]
			if o.concept == ignore && h.concept != ignore && o.from <= h.from && h.to <= o.to {
				inside = true
			}
		}
		if !inside {
			kept = append(kept, h)
		}
	}
	for i := range kept {
		if kept[i].negated {
			denyInside(kept, i)
		}
	}
	for i := range kept {
		if kept[i].concept == neg && !x.covered(kept, i) {
			x.negate(d, kept, i, that)
		}
	}
	return kept
}

// denyInside negates the same concept inside a phrase that is negated as a whole ("ne supprimez pas").
func denyInside(kept []hit, n int) {
	h := kept[n]
	for j := n + 1; j < len(kept) && kept[j].from < h.to; j++ {
		if kept[j].concept == h.concept && kept[j].to <= h.to {
			kept[j].negated = true
		}
	}
}

// covered reports whether the negation kept[n] is part of a longer phrase ("did not answer"), which
// already says what it negates. The phrases of the group "saying" in rules.txt ("don't delete it yet")
// leave it to work on what is in them.
func (x *lexicon) covered(kept []hit, n int) bool {
	h := kept[n]
	for j := max(0, n-24); j < len(kept) && kept[j].from <= h.from; j++ {
		o := kept[j]
		if o.concept != h.concept && !x.sayings[o.concept] && o.from <= h.from && h.to <= o.to && o.to-o.from > h.to-h.from {
			return true
		}
	}
	return false
}

// negate marks the hits that the negation kept[n] reaches: so many words before and after it as its
// language says, within its clause, and on into a clause that begins with "that".
func (x *lexicon) negate(d *document, kept []hit, n int, that concept) {
	h := kept[n]
	l := x.langs[h.lang]
	clause := d.tokens[h.from].clause
	reach := clause
	for j := n + 1; j < len(kept) && kept[j].from <= h.to+l.after; j++ {
		o := &kept[j]
		if o.concept == that && d.tokens[o.from].clause <= reach+1 {
			reach = d.tokens[o.from].clause
		}
		if d.tokens[o.from].clause <= reach && o.from >= h.to && !x.nouns[o.concept] {
			o.negated = true
		}
	}
	if l.script == "latin" && h.to < len(d.tokens) {
		for j := n + 1; j < len(kept) && kept[j].from <= h.to+1; j++ {
			if kept[j].from >= h.to && d.tokens[kept[j].from].clause == clause && l.after > 0 && !x.nouns[kept[j].concept] {
				return // "close the account and no more advertising": it negates what follows
			}
		}
	}
	for j := n - 1; j >= 0 && kept[j].to >= h.from-l.before; j-- {
		if o := &kept[j]; d.tokens[o.to-1].clause == clause && o.to <= h.from && l.before > 0 && !x.nouns[o.concept] {
			o.negated = true
		}
	}
}
