package classify

import (
	"math"
	"sort"

	"privacybot/ticket"
)

// Thresholds of the decision.
const (
	accept = 0.5  // a right with at least this confidence is named
	doubt  = 0.25 // a right between doubt and accept makes a person look
	sure   = 0.65 // a named right below this makes a person look

	acceptChild = 0.35 // a missed child is worse than a false alarm
)

// fire runs every rule over every sentence.
func (c *Classifier) fire(a *analysis) {
	d := a.doc
	present := make([]bool, len(c.lex.names))
	for si, s := range d.sents {
		if s.ignored != "" {
			if len(a.hits[si]) > 0 && s.ignored != "signature" {
				a.ignored = append(a.ignored, ticket.Ignored{Quote: short(d.span(s)), Why: s.ignored})
			}
			continue
		}
		for _, h := range a.hits[si] {
			present[h.concept] = true
		}
		c.fireSentence(a, si, present)
		for _, h := range a.hits[si] {
			present[h.concept] = false
		}
	}
	c.fireWhole(a)
	for i := range a.fired {
		if a.fired[i].sent < a.withdrawn && a.fired[i].rule.right != "" {
			a.fired[i].weight *= 0.1
		}
	}
}

func (c *Classifier) fireSentence(a *analysis, si int, present []bool) {
	d, s := a.doc, a.doc.sents[si]
	factor, start := 1.0, len(a.fired)
	for i := range c.rules.rules {
		r := &c.rules.rules[i]
		if r.place == "whole" || r.place == "subject" && s.part != partSubject {
			continue
		}
		from, to, ok := r.match(d, s, a.hits[si], present)
		if !ok {
			continue
		}
		if to == 0 {
			from, to = s.from, s.to
		}
		switch r.label {
		case "drop":
			a.ignored = append(a.ignored, ticket.Ignored{Quote: short(d.span(s)), Why: r.id})
			d.sents[si].ignored = r.id
			a.fired = a.fired[:start]
			return
		case "soften":
			factor = math.Min(factor, r.weight)
		case "withdrawn":
			a.withdrawn = max(a.withdrawn, si+1)
		}
		a.fired = append(a.fired, fired{rule: r, sent: si, from: from, to: to, weight: r.weight})
	}
	if factor < 1 {
		d.sents[si].soft = true
		for i := start; i < len(a.fired); i++ {
			if softened(a.fired[i].rule.right) {
				a.fired[i].weight *= factor
			}
		}
	}
}

// softened tells the rights that a question how to use them does not yet use.
func softened(r ticket.Right) bool {
	switch r {
	case ticket.Access, ticket.Portability, ticket.Correction, ticket.Deletion, ticket.Restriction, ticket.Objection, ticket.Unsubscribe:
		return true
	}
	return false
}

// fireWhole runs the rules whose elements may stand in different sentences.
func (c *Classifier) fireWhole(a *analysis) {
	find := func(r *rule, e element) (place, bool) {
		for si, hits := range a.hits {
			if a.doc.sents[si].ignored != "" {
				continue
			}
			if e.question {
				if a.doc.sents[si].question {
					return place{si, a.doc.sents[si].from, a.doc.sents[si].to}, true
				}
				continue
			}
			for i := range hits {
				if e.takes(&hits[i]) && !(r.right != "" && softened(r.right) && a.doc.sents[si].soft) {
					return place{si, hits[i].from, hits[i].to}, true
				}
			}
		}
		return place{}, false
	}
rules:
	for i := range c.rules.rules {
		r := &c.rules.rules[i]
		if r.place != "whole" {
			continue
		}
		var first place
		for n, e := range r.all {
			p, ok := find(r, e)
			if !ok {
				continue rules
			}
			if n == 0 {
				first = p
			}
		}
		for _, e := range r.unless {
			if _, ok := find(r, e); ok {
				continue rules
			}
		}
		a.fired = append(a.fired, fired{rule: r, sent: first.sent, from: first.from, to: first.to, weight: r.weight})
	}
}

// sum adds the weights of the rules that spoke for each right: the strongest in full, each further
// one by half as much as the one before, so that repeating a word does not make it truer.
func (a *analysis) sum() {
	byRight := map[ticket.Right]map[string]float64{}
	for _, f := range a.fired {
		if f.rule.right == "" {
			continue
		}
		m := byRight[f.rule.right]
		if m == nil {
			m = map[string]float64{}
			byRight[f.rule.right] = m
		}
		if old, ok := m[f.rule.id]; !ok || math.Abs(f.weight) > math.Abs(old) {
			m[f.rule.id] = f.weight
		}
	}
	for right, m := range byRight {
		var plus []float64
		total := 0.0
		for _, w := range m {
			if w > 0 {
				plus = append(plus, w)
			} else {
				total += w
			}
		}
		sort.Sort(sort.Reverse(sort.Float64Slice(plus)))
		share := 1.0
		for _, w := range plus {
			total += w * share
			share /= 2
		}
		a.score[right] = total
	}
}

// ruleConfidence turns the weight of the rules into a probability.
func ruleConfidence(score float64) float64 { return 1 / (1 + math.Exp(2.4-1.2*score)) }

// decide names the rights and says when people must look.
func (c *Classifier) decide(a *analysis, f childFinding, v *ticket.Verdict) {
	a.sum()
	most := 0.0
	var vague []ticket.Right
	p := c.probabilities(a, f)
	for _, right := range ModelRights() {
		limit := accept
		if right == ticket.Child {
			limit = acceptChild
		}
		switch {
		case p[right] >= limit:
			v.Rights = append(v.Rights, right)
			v.Confidence[right] = round(p[right])
			if p[right] < sure {
				v.NeedsHuman, v.HumanWhy = true, "a right was found, but not clearly enough to act on it"
			}
		case p[right] >= doubt:
			vague = append(vague, right)
		}
		most = math.Max(most, p[right])
	}
	v.Rights = ticket.SortRights(v.Rights)
	doubts(v, vague, most)
	if v.Has(ticket.Child) {
		v.Evidence = a.childEvidence(f)
	}
	a.evidence(v)
	if len(v.Rights) == 0 {
		v.Rights = []ticket.Right{ticket.Other}
		v.Confidence[ticket.Other] = round(1 - most)
	}
}

// doubts says what becomes of rights that the mail may use: people look at the mail when nothing else
// in it is clear or a child may be concerned; beside a clear right they are pointed out only, so that
// a plain request is answered at once.
func doubts(v *ticket.Verdict, vague []ticket.Right, most float64) {
	for _, right := range vague {
		switch {
		case right == ticket.Child:
			v.Review = append(v.Review, childPossible)
		case most >= sure:
			v.Review = append(v.Review, "possible-"+string(right))
			continue
		}
		v.NeedsHuman, v.HumanWhy = true, "the mail may use a right, but says so too vaguely"
	}
}

func round(p float64) float64 { return math.Round(p*100) / 100 }

// evidence quotes the words that spoke for the named rights, at most three for each.
func (a *analysis) evidence(v *ticket.Verdict) {
	count := map[ticket.Right]int{}
	seen := map[string]bool{}
	sort.SliceStable(a.fired, func(i, j int) bool { return a.fired[i].weight > a.fired[j].weight })
	for _, f := range a.fired {
		r := f.rule.right
		if r == "" || f.weight <= 0 || !v.Has(r) || count[r] == 3 {
			continue
		}
		q := short(a.doc.quote(a.doc.sents[f.sent], f.from, f.to))
		if seen[string(r)+q] {
			continue
		}
		seen[string(r)+q] = true
		count[r]++
		v.Evidence = append(v.Evidence, ticket.Evidence{Right: r, Quote: q, Rule: f.rule.id})
	}
}

// short keeps a quote to at most 200 bytes, cut at a letter.
func short(s string) string {
	const limit = 200
	if len(s) <= limit {
		return s
	}
	n := limit
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
