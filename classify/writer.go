package classify

import (
	"strings"

	"privacybot/ticket"
)

// Sections of rules.txt that name a writer or a cause of urgency begin like this.
const (
	writerPrefix = "writer."
	urgentPrefix = "urgent."
	spamLabel    = "spam"
)

// writerOrder says who wins when a mail shows several roles.
var writerOrder = []ticket.Writer{ticket.WriterCourt, ticket.WriterAuthority, ticket.WriterLawyer, ticket.WriterResearcher, ticket.WriterJournalist,
	ticket.WriterAgent, ticket.WriterBusiness, ticket.WriterVendor}

// tally adds up the weights of the rules of one label, once for every different wording, and keeps
// the first quotes.
func (c *Classifier) tally(a *analysis, label string) (float64, []ticket.Evidence) {
	seen := map[string]bool{}
	total := 0.0
	var why []ticket.Evidence
	for _, f := range a.fired {
		if f.rule.label != label {
			continue
		}
		s := a.doc.sents[f.sent]
		for i := range a.hits[f.sent] {
			h := &a.hits[f.sent][i]
			if !f.rule.all[0].takes(h) {
				continue
			}
			q := short(a.doc.quote(s, h.from, h.to))
			if seen[strings.ToLower(q)] {
				continue
			}
			seen[strings.ToLower(q)] = true
			total += f.rule.weight
			if len(why) < 3 {
				why = append(why, ticket.Evidence{Quote: q, Rule: f.rule.id})
			}
		}
	}
	return total, why
}

// writer tells the role in which the mail was written.
func (c *Classifier) writer(a *analysis, v *ticket.Verdict, f childFinding) {
	best := 0.0
	for _, w := range writerOrder {
		sum, why := c.tally(a, writerPrefix+string(w))
		if sum >= 2 && sum > best {
			best, v.Writer, v.WriterWhy = sum, w, why
		}
	}
	if v.Writer != "" && v.Writer != ticket.WriterAgent && v.Writer != ticket.WriterBusiness && v.Writer != ticket.WriterVendor {
		return
	}
	if !v.Has(ticket.Child) {
		return
	}
	why := a.childEvidence(f)
	for i := range why {
		why[i].Right = ""
	}
	switch {
	case f.young != nil && f.young.self && !f.selfTeen, f.young == nil && f.self != nil:
		v.Writer, v.WriterWhy = ticket.WriterChild, why
	case a.mentions(c, "parent") || c.mine(a):
		v.Writer, v.WriterWhy = ticket.WriterParent, why
	}
}

// mine reports whether the writer calls a child his or her own ("my daughter").
func (c *Classifier) mine(a *analysis) bool {
	my, kin := c.lex.concepts["my"], c.lex.concepts["kin"]
	for _, hits := range a.hits {
		for i, h := range hits {
			if h.concept != kin {
				continue
			}
			for j := max(0, i-6); j < min(len(hits), i+4); j++ {
				if o := hits[j]; o.concept == my && o.to <= h.from && h.from-o.to <= 2 {
					return true
				}
			}
		}
	}
	return false
}

// urgency collects why a mail cannot wait.
func (c *Classifier) urgency(a *analysis, v *ticket.Verdict, f childFinding) {
	if v.Has(ticket.Child) {
		for _, e := range a.childEvidence(f) {
			e.Right = ""
			v.UrgentWhy = append(v.UrgentWhy, e)
		}
		v.Urgent = true
	}
	if v.Writer == ticket.WriterAuthority || v.Writer == ticket.WriterCourt || v.Writer == ticket.WriterResearcher {
		v.Urgent = true
		v.UrgentWhy = append(v.UrgentWhy, v.WriterWhy...)
	}
	for _, cause := range []string{"breach", "threat"} {
		if sum, why := c.tally(a, urgentPrefix+cause); sum >= 2 {
			v.Urgent = true
			v.UrgentWhy = append(v.UrgentWhy, why...)
		}
	}
	if v.Writer == ticket.WriterLawyer {
		if e, ok := c.shortTerm(a); ok {
			v.Urgent = true
			v.UrgentWhy = append(v.UrgentWhy, e)
		}
	}
}

// shortTerm finds a term of five days or less ("within three days", "48 hours").
func (c *Classifier) shortTerm(a *analysis) (ticket.Evidence, bool) {
	for si, s := range a.doc.sents {
		f := &ageFinder{c: c, a: a, si: si, s: s, hits: a.hits[si]}
		for i := s.from; i < s.to; i++ {
			n, end := f.number(i)
			if n <= 0 {
				continue
			}
			for j := end; j < min(end+3, s.to); j++ {
				if d := f.near("day", j, false); d != nil && n <= 5 || f.near("hour", j, false) != nil && n <= 120 {
					return ticket.Evidence{Quote: short(a.doc.quote(s, i, j+1)), Rule: "term of five days or less"}, true
				}
			}
		}
	}
	return ticket.Evidence{}, false
}

// spam reports whether the mail is a mass pitch, a lure or a fraud; a mail that uses a right is never spam.
func (c *Classifier) spam(a *analysis, v *ticket.Verdict) bool {
	sum, why := c.tally(a, spamLabel)
	if sum < 2 || !v.Has(ticket.Other) {
		return false
	}
	v.WriterWhy = append(v.WriterWhy, why...)
	return true
}
