package classify

import (
	"cmp"
	"slices"

	"privacybot/ticket"
)

// Limits of a child's age, in years.
const (
	childUnder     = 13 // the policy, COPPA (16 CFR 312.2)
	childUnderPIPL = 14 // PIPL art. 31
	reviewAge      = 13
)

// Flags for staff about children that raise no alarm.
const (
	childReview   = "child-exactly-13" // a child of exactly the age at which the policy stops
	childPossible = "child-possible"   // children are spoken of, but hardly as users of ours
)

// childFinding is what speaks for and against a child's data, before it is weighed.
type childFinding struct {
	young    *mention // somebody under the limit
	selfTeen bool     // the writer gives an age at or over the limit
	word     *place   // a word that means a small child
	kin      *place
	self     *place // the writer writes like a child
	reached  bool   // in the same or the next sentence data of that child reached us
	anywhere bool   // data is spoken of somewhere in the mail
	toys     bool   // product or charity talk beside it
	home     bool   // talk of the household: what a child broke, lost or loves
	claims   bool   // rules say that a right other than a question is used
	group    bool   // an age of nobody's own child, in a mail about the policy
	own      bool   // the mail is about the writer's own account or data
	adult    bool
	back     bool // the writer looks back at an own childhood
	grown    bool // the writer is grown up
	elder    bool // a child of the writer's, or the writer, is at or over the limit
	asked    bool // children come up in a question only, and nobody's own child
	thirteen *mention
}

// place is a run of tokens.
type place struct{ sent, from, to int }

// mentions reports whether a concept occurs in any sentence that counts.
func (a *analysis) mentions(c *Classifier, name string) bool {
	return a.first(c, name) != nil
}

func (a *analysis) first(c *Classifier, name string) *place {
	want, ok := c.lex.concepts[name]
	if !ok {
		return nil
	}
	for si, hits := range a.hits {
		if a.doc.sents[si].ignored == "footer" {
			continue
		}
		for _, h := range hits {
			if h.concept == want {
				return &place{si, h.from, h.to}
			}
		}
	}
	return nil
}

// child weighs whether data of a child reached us (recall before precision) and records evidence.
func (c *Classifier) child(a *analysis, ctx Context, law string) childFinding {
	limit := childUnder
	if ctx.DefaultLaw == "cn-pipl" || law == "cn-pipl" {
		limit = childUnderPIPL
	}
	f := childFinding{}
	for _, m := range c.ages(a, ctx.ReceivedAt) {
		if a.doc.sents[m.sent].ignored == "footer" {
			continue
		}
		switch {
		case m.age < limit && m.age > 0:
			if f.young == nil || m.kin && !f.young.kin || f.young.bare && !m.bare {
				f.young = &m
			}
		case m.age == reviewAge:
			f.thirteen = &m
		}
		if m.self && m.age >= limit {
			f.selfTeen = true
		}
		if (m.self || m.kin) && m.age >= limit {
			f.elder = true
		}
		f.grown = f.grown || m.self && m.age >= 18 && m.how == "age"
	}
	f.word, f.kin, f.self = a.first(c, "young"), a.first(c, "kin"), a.first(c, "childself")
	f.adult = a.mentions(c, "adult") || a.mentions(c, "agent") || a.mentions(c, "lawyer")
	f.toys = a.mentions(c, "forkids") || a.mentions(c, "plan")
	f.home = a.mentions(c, "home")
	f.back = c.looksBack(a, f)
	f.own = c.ownAccount(a)
	f.anywhere = a.mentions(c, "signup") || a.mentions(c, "account") || a.mentions(c, "pdata")
	f.reached = c.dataReached(a, f)
	f.claims = a.claims()
	f.group = f.young != nil && !f.young.kin && !f.young.self && a.mentions(c, "policy")
	if p := cmp.Or(f.word, f.kin); p != nil && f.young == nil {
		f.asked = a.doc.sents[p.sent].question && !c.mine(a)
	}
	return f
}

// looksBack reports whether the young age is the writer's own of long ago: "I was ten when I signed
// up". An age of a child of the family is not.
func (c *Classifier) looksBack(a *analysis, f childFinding) bool {
	if f.young != nil && f.young.kin {
		return false
	}
	return f.grown && f.young != nil || a.mentions(c, "back")
}

// claims reports whether a rule is fairly sure that a right is used, not only asked about.
func (a *analysis) claims() bool {
	return slices.ContainsFunc(a.fired, func(f fired) bool {
		return f.weight >= 2.4 && f.rule.right != "" && f.rule.right != ticket.Question && f.rule.right != ticket.Child
	})
}

// dataReached looks for words of using, registering or recording in the sentence that speaks of the
// child and in its neighbours. The writer's own account ("delete my account, my child needs me") is
// not the child's.
func (c *Classifier) dataReached(a *analysis, f childFinding) bool {
	for _, at := range []int{sentOf(f.young), sentOfPlace(f.word), sentOfPlace(f.kin), sentOfPlace(f.self)} {
		if at < 0 {
			continue
		}
		for si := max(0, at-1); si <= at+2 && si < len(a.hits); si++ {
			for _, h := range a.hits[si] {
				if h.negated {
					continue
				}
				switch c.lex.names[h.concept] {
				case "signup", "account", "pdata":
					if !c.hasOwner(a.hits[si], h) && !c.usesDevice(a.hits[si], h) {
						return true
					}
				case "share":
					if c.has(a.hits[si], "data", "pdata", "item") {
						return true
					}
				case "delete":
					if !f.own {
						return true
					}
				case "correct", "wrong":
					if !f.own && f.young != nil && f.young.kin && c.has(a.hits[si], "data", "pdata", "item", "account") {
						return true
					}
				}
			}
		}
	}
	return false
}

// has reports whether one of the concepts is among the hits.
func (c *Classifier) has(hits []hit, names ...string) bool {
	for i := range hits {
		if slices.Contains(names, c.lex.names[hits[i].concept]) {
			return true
		}
	}
	return false
}

// hasOwner reports whether h is the writer's own: "my" stands before it or is part of it.
func (c *Classifier) hasOwner(hits []hit, h hit) bool {
	my := c.lex.concepts["my"]
	for _, o := range hits {
		if o.concept == my && o.to <= h.to && h.from-o.to <= 1 {
			return true
		}
	}
	return false
}

// usesDevice reports whether h only says that somebody uses a phone or headset.
func (c *Classifier) usesDevice(hits []hit, h hit) bool {
	use, support, company := c.lex.concepts["use"], c.lex.concepts["support"], c.lex.concepts["company"]
	same, device := false, false
	for _, o := range hits {
		same = same || o.concept == use && o.from == h.from && o.to == h.to
		device = device || o.concept == support || o.concept == company
	}
	return same && device
}

// ownAccount reports whether the mail is about the writer's own account or data.
func (c *Classifier) ownAccount(a *analysis) bool {
	account, pdata := c.lex.concepts["account"], c.lex.concepts["pdata"]
	for _, hits := range a.hits {
		for _, h := range hits {
			if (h.concept == account || h.concept == pdata) && c.hasOwner(hits, h) {
				return true
			}
		}
	}
	return false
}

func sentOf(m *mention) int {
	if m == nil {
		return -1
	}
	return m.sent
}

func sentOfPlace(p *place) int {
	if p == nil {
		return -1
	}
	return p.sent
}

// probability weighs the finding.
func (f childFinding) probability() float64 {
	p := 0.0
	switch {
	case f.back, f.young != nil && f.young.self && f.selfTeen:
		p = 0.15 // "I was ten when I signed up, now I am twenty"
	case f.young != nil && f.young.bare && f.kin == nil && f.word == nil:
		p = 0.25 // "my four years in Warehouse B"
	case f.young != nil && f.young.self:
		p = 0.9
	case f.young != nil && f.reached && f.home && (f.own || !f.claims):
		p = 0.6
	case f.young != nil && f.reached:
		p = 0.95
	case f.young != nil && (f.home || f.own):
		p = 0.2 // "delete my account, my four-year-old is on my lap"
	case f.young != nil && f.anywhere:
		p = 0.5
	case f.young != nil:
		p = 0.4
	case f.self != nil && !f.adult:
		p = 0.75
	case f.word != nil && f.kin != nil && f.reached:
		p = 0.85
	case f.word != nil && f.kin == nil && f.own:
		p = 0.1 // "as a primary school teacher I want my data"
	case f.word != nil && f.reached:
		p = 0.55
	case f.word != nil && f.kin != nil:
		p = 0.35
	case f.kin != nil && f.reached && !f.adult && f.thirteen == nil:
		p = 0.3
	}
	if f.toys && f.self == nil && !f.childsOwn() {
		p *= 0.4
	}
	if f.asked || f.group {
		p *= 0.4
	}
	return p
}

// childsOwn reports whether somebody uses a right for a child of the family, so that talk of toys or
// of the household does not matter.
func (f childFinding) childsOwn() bool {
	return f.young != nil && f.young.kin && f.reached && f.claims && !f.own
}

// bounded corrects what the model says of a child where the finding leaves no doubt.
func (f childFinding) bounded(p float64) float64 {
	nobody := f.young == nil && f.word == nil && f.self == nil
	switch {
	case nobody && f.kin == nil:
		return min(p, 0.2)
	case f.back && (f.young == nil || !f.young.kin) && f.kin == nil, f.young != nil && f.young.bare && f.kin == nil && f.word == nil && f.self == nil:
		return min(p, 0.42)
	case nobody && f.elder, f.young == nil && f.self == nil && f.kin == nil && f.own:
		return min(p, 0.3)
	case f.young != nil && f.young.self && !f.selfTeen && !f.adult:
		return max(p, 0.6)
	case f.childsOwn(), f.young != nil && (f.young.kin || f.young.self) && f.reached && !f.toys && !f.home && !f.selfTeen:
		return max(p, 0.6)
	case f.probability() < 0.25 && p < 0.6:
		return min(p, 0.4) // the rules see no child here and the model is not sure: people look
	}
	return p
}

// childEvidence quotes what spoke.
func (a *analysis) childEvidence(f childFinding) []ticket.Evidence {
	var out []ticket.Evidence
	add := func(sent, from, to int, rule string) {
		out = append(out, ticket.Evidence{Right: ticket.Child, Quote: short(a.doc.quote(a.doc.sents[sent], from, to)), Rule: rule})
	}
	if f.young != nil {
		add(f.young.sent, f.young.from, f.young.to, "child-"+f.young.how)
	}
	if f.self != nil {
		add(f.self.sent, f.self.from, f.self.to, "child-self")
	}
	if f.young == nil && f.word != nil {
		add(f.word.sent, f.word.from, f.word.to, "child-word")
	}
	if f.young == nil && f.kin != nil {
		add(f.kin.sent, f.kin.from, f.kin.to, "child-kin")
	}
	return out
}

// facts names what was found, for the model.
func (f childFinding) facts() map[string]bool {
	return map[string]bool{"young": f.young != nil, "young self": f.young != nil && f.young.self, "teen self": f.selfTeen, "word": f.word != nil,
		"kin": f.kin != nil, "self": f.self != nil, "reached": f.reached, "anywhere": f.anywhere, "toys": f.toys, "elder": f.elder, "asked": f.asked, "adult": f.adult, "home": f.home, "group": f.group, "claims": f.claims && f.reached, "own": f.own, "young own": f.young != nil && f.own && !f.reached,
		"back": f.back, "bare": f.young != nil && f.young.bare, "grown": f.grown,
		"young home": f.young != nil && f.home,
		"thirteen":   f.thirteen != nil, "young reached": f.young != nil && f.reached, "word reached": f.word != nil && f.reached,
		"kin reached": f.kin != nil && f.reached && f.young == nil}
}
