package classify

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"privacybot/ticket"
)

// rule gives weight to a right when its elements stand near each other in one sentence.
// lexicon/rules.txt explains the notation.
type rule struct {
	id      string
	right   ticket.Right // "" for a rule that only informs writer, urgency or the model
	label   string       // what the rule is about when right is "": "writer.lawyer", "urgent.breach", "drop"
	weight  float64
	all     []element
	unless  []element
	ordered bool
	window  int
	place   string // "", "subject", "whole" (the elements may stand in different sentences)
}

// element is one part of a rule: any of these concepts.
type element struct {
	any      []concept
	polarity int // 1 plain, -1 negated, 0 either
	question bool
	near     int // for "unless": how many words away still counts
}

type ruleSet struct {
	rules  []rule
	groups map[string][]concept
}

// loadRules reads lexicon/rules.txt.
func loadRules(fsys fs.FS, x *lexicon) (*ruleSet, error) {
	b, err := fs.ReadFile(fsys, rulesFile)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	rs := &ruleSet{groups: map[string][]concept{}}
	section := ""
	for n, line := range strings.Split(string(b), "\n") {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		case strings.HasPrefix(line, "group "):
			name, list, _ := strings.Cut(line[6:], "=")
			for _, c := range strings.Split(list, "|") {
				rs.groups[strings.TrimSpace(name)] = append(rs.groups[strings.TrimSpace(name)], rs.resolve(x, strings.TrimSpace(c))...)
			}
		default:
			r, err := rs.parse(x, section, line)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", rulesFile, n+1, err)
			}
			rs.rules = append(rs.rules, r)
		}
	}
	x.nouns = map[concept]bool{x.concept("neg"): true, x.concept("ignore"): true}
	for _, c := range rs.groups["noun"] {
		x.nouns[c] = true
	}
	x.sayings = map[concept]bool{}
	for _, c := range rs.groups["saying"] {
		x.sayings[c] = true
	}
	return rs, nil
}

func (rs *ruleSet) resolve(x *lexicon, name string) []concept {
	if g, ok := rs.groups[name]; ok {
		return g
	}
	return []concept{x.concept(name)}
}

// parse reads "id weight: a ~ b ~6 c unless d|e in subject".
func (rs *ruleSet) parse(x *lexicon, section, line string) (rule, error) {
	head, body, ok := strings.Cut(line, ":")
	f := strings.Fields(head)
	if !ok || len(f) != 2 {
		return rule{}, fmt.Errorf("want \"id weight: elements\", have %q", line)
	}
	w, err := strconv.ParseFloat(f[1], 64)
	if err != nil {
		return rule{}, fmt.Errorf("weight of %s: %w", f[0], err)
	}
	r := rule{id: f[0], weight: w, window: 8, label: section}
	if ticket.Right(section).Valid() {
		r.right, r.label = ticket.Right(section), ""
	}
	if i := strings.LastIndex(body, " in "); i >= 0 {
		r.place = strings.TrimSpace(body[i+4:])
		body = body[:i]
	}
	yes, no, _ := strings.Cut(body, " unless ")
	for _, tok := range strings.Fields(yes) {
		if tok[0] == '~' || tok[0] == '>' {
			r.ordered = r.ordered || tok[0] == '>'
			if len(tok) > 1 {
				if r.window, err = strconv.Atoi(tok[1:]); err != nil {
					return rule{}, fmt.Errorf("window of %s: %w", f[0], err)
				}
			}
			continue
		}
		e := rs.element(x, tok)
		if len(r.all) > 0 && r.all[0].polarity < 0 && e.polarity > 0 {
			e.polarity = 0 // the negation of the first reaches the others
		}
		r.all = append(r.all, e)
	}
	for _, tok := range strings.Fields(no) {
		r.unless = append(r.unless, rs.element(x, tok))
	}
	if len(r.all) == 0 {
		return rule{}, fmt.Errorf("rule %s has no elements", f[0])
	}
	return r, nil
}

func (rs *ruleSet) element(x *lexicon, s string) element {
	e := element{polarity: 1, near: 3}
	if name, n, ok := strings.Cut(s, "/"); ok {
		e.near, _ = strconv.Atoi(n)
		s = name
	}
	if s == "QUESTION" {
		return element{question: true}
	}
	switch s[0] {
	case '-':
		e.polarity, s = -1, s[1:]
	case '?':
		e.polarity, s = 0, s[1:]
	}
	for _, name := range strings.Split(s, "|") {
		e.any = append(e.any, rs.resolve(x, name)...)
	}
	return e
}

func (e element) takes(h *hit) bool {
	return slices.Contains(e.any, h.concept) && (e.polarity == 0 || h.negated == (e.polarity < 0))
}

// fired is one rule that spoke.
type fired struct {
	rule     *rule
	sent     int
	from, to int // tokens
	weight   float64
}

// maxPairs bounds the hits of one sentence that one element may try (keyword stuffing, CASES A48).
const maxPairs = 24

// match seeks the elements in the hits of one sentence and gives the tokens they span.
func (r *rule) match(d *document, s sentence, hits []hit, present []bool) (from, to int, ok bool) {
	for i := range r.all {
		if !r.all[i].possible(s, present) {
			return 0, 0, false
		}
	}
	var picked [2]int
	if !r.pick(d, hits, 0, &picked) {
		return 0, 0, false
	}
	if len(r.unless) > 0 && r.blocked(d, s, hits, picked) {
		return 0, 0, false
	}
	return picked[0], picked[1], true
}

func (e element) possible(s sentence, present []bool) bool {
	if e.question {
		return s.question
	}
	for _, c := range e.any {
		if present[c] {
			return true
		}
	}
	return false
}

// pick places element n and those after it; span is the tokens covered so far.
func (r *rule) pick(d *document, hits []hit, n int, span *[2]int) bool {
	if n == len(r.all) {
		return true
	}
	e := r.all[n]
	if e.question {
		return r.pick(d, hits, n+1, span)
	}
	tried := 0
	for i := range hits {
		h := &hits[i]
		if !e.takes(h) {
			continue
		}
		if tried++; tried > maxPairs {
			return false
		}
		next := [2]int{h.from, h.to}
		if span[1] > 0 {
			overlap := h.from < span[1] && span[0] < h.to
			gap := max(h.from-span[1], span[0]-h.to)
			if overlap || gap > r.reach(d, h) || r.ordered && h.from < span[1] {
				continue
			}
			next = [2]int{min(h.from, span[0]), max(h.to, span[1])}
		}
		if r.pick(d, hits, n+1, &next) {
			*span = next
			return true
		}
	}
	return false
}

// reach is the window in tokens; scripts without spaces have about two characters to a word.
func (r *rule) reach(d *document, h *hit) int {
	if d.tokens[h.from].wide {
		return r.window * 2
	}
	return r.window
}

// blocked reports whether an "unless" concept stands within the window of the match.
func (r *rule) blocked(d *document, s sentence, hits []hit, span [2]int) bool {
	for _, e := range r.unless {
		if e.question && s.question {
			return true
		}
		for i := range hits {
			h := &hits[i]
			reach := e.near
			if d.tokens[h.from].wide {
				reach *= 2
			}
			if e.takes(h) && max(h.from-span[1], span[0]-h.to) <= reach {
				return true
			}
		}
	}
	return false
}
