package classify

import (
	"privacybot/ticket"
)

// The model sees a mail as a sparse vector: the concepts and rules found (the same for every
// language), and the letters of its words in runs of two to five.
const (
	conceptBuckets = 1 << 14
	letterBuckets  = 1 << 15
	buckets        = conceptBuckets + letterBuckets

	// LetterStart is the first bucket of the letters' part.
	LetterStart = conceptBuckets

	maxLetters  = 4000 // runs of letters that are looked at
	letterShare = 0.6  // length of the letters' part of the vector
)

// Feature is one non-zero place of a vector.
type Feature struct {
	Bucket uint32
	Value  float32
}

// Example is a mail as the model sees it; only training needs it from outside.
type Example struct {
	Features []Feature
	Rules    []float64 // what the rules say of each right of ModelRights, as log odds

	ChildLeast, ChildMost float64 // limits that the rules set to the confidence in a child alert
}

// ModelRights are the rights that the model judges, in the order of its weights.
func ModelRights() []ticket.Right {
	return []ticket.Right{ticket.Child, ticket.Access, ticket.Portability, ticket.Correction, ticket.Deletion, ticket.Restriction,
		ticket.Objection, ticket.Unsubscribe, ticket.Complaint, ticket.Question}
}

// Example gives the vector of one mail, for training.
func (c *Classifier) Example(m ticket.Message, ctx Context) Example {
	if ctx.ReceivedAt.IsZero() {
		ctx.ReceivedAt = m.ReceivedAt
	}
	a := c.analyse(m, ctx)
	law, _ := c.suggestLaw(a, m)
	f := c.child(a, ctx, law)
	a.sum()
	return Example{Features: c.features(a, f), Rules: a.ruleOdds(f), ChildLeast: f.bounded(0), ChildMost: f.bounded(1)}
}

// hash is FNV-1a over a string, continued from h.
func hash(h uint32, s string) uint32 {
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

const hashStart = 2166136261

// vector collects features, each bucket once.
type vector struct {
	seen [buckets / 64]uint64
	out  []Feature
}

func (v *vector) add(bucket uint32, value float32) {
	if v.seen[bucket/64]&(1<<(bucket%64)) == 0 {
		v.seen[bucket/64] |= 1 << (bucket % 64)
		v.out = append(v.out, Feature{bucket, value})
	}
}

// named adds a feature by name.
func (v *vector) named(kind, name string, value float32) {
	v.add(hash(hash(hashStart, kind), name)%conceptBuckets, value)
}

func (c *Classifier) features(a *analysis, f childFinding) []Feature {
	v := &vector{out: make([]Feature, 0, 512)}
	for _, x := range a.fired {
		v.named("rule ", x.rule.id, float32(min(1, max(0.2, x.weight/3))))
	}
	for si, s := range a.doc.sents {
		if s.ignored != "" {
			continue
		}
		c.conceptFeatures(v, a.hits[si], s)
	}
	v.shape(a, f)
	n := len(v.out)
	v.letters(a.doc)
	if letters := len(v.out) - n; letters > 0 {
		value := float32(letterShare / sqrt(float64(letters)))
		for i := n; i < len(v.out); i++ {
			v.out[i].Value = value
		}
	}
	return v.out
}

// conceptFeatures adds the concepts of one sentence and those that stand next to each other.
func (c *Classifier) conceptFeatures(v *vector, hits []hit, s sentence) {
	if len(hits) > 60 {
		hits = hits[:60]
	}
	for i, h := range hits {
		name := c.lex.names[h.concept]
		if h.negated {
			v.named("not ", name, 0.5)
		} else {
			v.named("has ", name, 0.5)
		}
		if s.question {
			v.named("asks ", name, 0.4)
		}
		if s.part == partSubject {
			v.named("subject ", name, 0.4)
		}
		for j := i + 1; j < len(hits) && j < i+6; j++ {
			o := hits[j]
			if o.concept == h.concept || o.from < h.to {
				continue
			}
			first, second := h, o
			if first.concept > second.concept {
				first, second = second, first
			}
			key := hash(hash(hash(hashStart, c.lex.names[first.concept]), " & "), c.lex.names[second.concept])
			if first.negated || second.negated {
				key = hash(key, " not")
			}
			v.add(key%conceptBuckets, 0.35)
		}
	}
}

// shape adds what is not in single words.
func (v *vector) shape(a *analysis, f childFinding) {
	questions, counted := 0, 0
	for _, s := range a.doc.sents {
		if s.ignored == "" {
			counted++
			if s.question {
				questions++
			}
		}
	}
	v.named("shape ", "any", 0.5)
	switch {
	case counted == 0:
		v.named("shape ", "empty", 1)
	case counted <= 2:
		v.named("shape ", "short", 0.5)
	case counted > 12:
		v.named("shape ", "long", 0.5)
	}
	if questions > 0 {
		v.named("shape ", "question", 0.5)
	}
	if counted > 0 && questions == counted {
		v.named("shape ", "only questions", 0.5)
	}
	if a.withdrawn > 0 {
		v.named("shape ", "withdrawn", 1)
	}
	for name, on := range f.facts() {
		if on {
			v.named("child ", name, 0.7)
		}
	}
}

// letters adds the words and their runs of letters; in scripts without spaces, runs of characters.
func (v *vector) letters(d *document) {
	left := maxLetters
	for _, s := range d.sents {
		if s.ignored != "" {
			continue
		}
		for i := s.from; i < s.to && left > 0; i++ {
			t := &d.tokens[i]
			if t.address || t.number >= 0 {
				continue
			}
			if t.wide {
				h := uint32(hashStart)
				for j := i; j < s.to && j < i+4 && d.tokens[j].wide; j++ {
					h = hash(h, d.tokens[j].text)
					v.letter(h)
					left--
				}
				continue
			}
			left -= v.word(t.text)
		}
	}
}

func (v *vector) letter(h uint32) { v.add(conceptBuckets+(h^h>>15)%letterBuckets, 1) }

// word adds the runs of three to five letters of a word with its ends marked.
func (v *vector) word(s string) int {
	var at [maxWord + 3]int
	n := 0
	for i := range s {
		if n > maxWord {
			break
		}
		at[n] = i
		n++
	}
	at[n] = len(s)
	v.letter(hash(hash(hashStart, "^"), s))
	count := 1
	for i := 0; i < n; i++ {
		for size := 3; size <= 5 && i+size <= n; size++ {
			h := uint32(hashStart)
			if i == 0 {
				h = hash(h, "^")
			}
			v.letter(hash(h, s[at[i]:at[i+size]]))
			count++
		}
	}
	return count
}
