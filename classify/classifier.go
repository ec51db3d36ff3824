package classify

import (
	"regexp"
	"strings"
	"time"

	"privacybot/ticket"
)

// Context is what the caller knows about a mail beyond its text.
type Context struct {
	ReceivedAt time.Time                 // ages and grades are counted from it; m.ReceivedAt when zero
	DefaultLaw string                    // law of the office, such as "eu-gdpr"; "" when none is set
	Followup   bool                      // the mail answers one of our letters
	Staff      func(address string) bool // nil when no staff is known
	Own        []string                  // the office's own addresses
}

// Classifier holds the lexicons, rules and weights; it never changes after New and may be used by
// many goroutines.
type Classifier struct {
	lex   *lexicon
	rules *ruleSet
	model *Model // nil: rules alone
}

// New loads what is embedded in the binary. An error means that a lexicon file is broken.
func New() (*Classifier, error) {
	x, err := loadLexicon(lexiconFiles)
	if err != nil {
		return nil, err
	}
	rs, err := loadRules(lexiconFiles, x)
	if err != nil {
		return nil, err
	}
	model, err := decodeModel(modelFile)
	if err != nil {
		return nil, err
	}
	return &Classifier{lex: x, rules: rs, model: model}, nil
}

// NewRules is New without the model, for comparing methods and for training.
func NewRules() (*Classifier, error) {
	x, err := loadLexicon(lexiconFiles)
	if err != nil {
		return nil, err
	}
	rs, err := loadRules(lexiconFiles, x)
	return &Classifier{lex: x, rules: rs}, err
}

// analysis is everything found in one mail before it becomes a verdict.
type analysis struct {
	doc     *document
	tongue  tongue
	hits    [][]hit // by sentence
	fired   []fired
	ignored []ticket.Ignored

	withdrawn int // sentences before this one are withdrawn
	score     map[ticket.Right]float64
}

// Classify judges one mail. It is pure and safe for concurrent use; text beyond 32 KB is read at
// its head and tail only. It never fails: a mail that says nothing is [ticket.Other].
func (c *Classifier) Classify(m ticket.Message, ctx Context) ticket.Verdict {
	if ctx.ReceivedAt.IsZero() {
		ctx.ReceivedAt = m.ReceivedAt
	}
	a := c.analyse(m, ctx)
	return c.verdict(m, ctx, a)
}

func (c *Classifier) analyse(m ticket.Message, ctx Context) *analysis {
	d := &document{}
	a := &analysis{doc: d, score: map[ticket.Right]float64{}}
	body := cut(ownLabel.ReplaceAllString(words(m), " "))
	if subjectCounts(m, body) {
		d.add(c.lex.fold, partSubject, cut(ownLabel.ReplaceAllString(m.Subject, " ")))
	}
	d.add(c.lex.fold, partBody, body)
	a.tongue = c.lex.identify(d)
	markIgnored(d, m)
	a.hits = make([][]hit, len(d.sents))
	for i, s := range d.sents {
		a.hits[i] = c.lex.find(d, s, a.tongue.active[i])
	}
	c.fire(a)
	return a
}

// ownLabel is a reference of ours, with the token of a thread. Its letters and digits are drawn by lot
// and say nothing: one in twenty tokens holds what reads as an age, "4jr".
var ownLabel = regexp.MustCompile(`(?i)\[?\bPB-[0-9A-Z]{4}-[0-9A-Z]{4}\b(?:\.[0-9a-z]{10}\b)?\]?`)

// words is what the mail says: the sender's new text, and the text of a letter that came as an
// attachment. A request that somebody forwards that way is a request too (DESIGN.md 5.1).
func words(m ticket.Message) string {
	if m.Forwarded == "" || strings.Contains(m.NewText, strings.TrimSpace(m.Forwarded)) {
		return m.NewText
	}
	return m.NewText + "\n\n" + m.Forwarded
}

// verdict puts the parts together.
func (c *Classifier) verdict(m ticket.Message, ctx Context, a *analysis) ticket.Verdict {
	v := ticket.Verdict{Language: a.tongue.code, Confidence: map[ticket.Right]float64{}, Ignored: a.ignored}
	v.Law, v.LawWhy = c.suggestLaw(a, m)
	f := c.child(a, ctx, v.Law)
	c.decide(a, f, &v)
	if f.thirteen != nil && !v.Has(ticket.Child) {
		v.Review = append(v.Review, childReview)
	}
	c.writer(a, &v, f)
	c.urgency(a, &v, f)
	c.danger(a, &v, f)
	v.Route = route(m, ctx, v)
	if v.Route == ticket.RouteNew && c.spam(a, &v) {
		v.Route = ticket.RouteSpam
	}
	if v.Has(ticket.Complaint) && a.mentions(c, "noanswer") {
		v.Review = append(v.Review, "reminder")
	}
	for _, own := range ctx.Own {
		if ticket.AddressKey(own) == m.From.Key() && !m.From.IsZero() {
			v.Review = append(v.Review, "from-own-address") // a loop or a forgery (CASES A33)
			break
		}
	}
	if m.TextDiffers {
		v.Review = append(v.Review, "text-html-differ")
	}
	if m.HiddenText != "" {
		v.Review = append(v.Review, "hidden-text")
	}
	return v
}
