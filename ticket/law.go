package ticket

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Law is one named set of deadline rules. It is data: the arithmetic is the same for all of them
// and lives in [Law.Deadline]. Each law has a file law_<code>.go that says where its numbers come
// from. Where a law leaves room the earlier date is the target. None of this is legal advice.
type Law struct {
	Code     string // "eu-gdpr"; stable, stored with every request
	Name     string // for people
	Articles string // where the answer period is written
	Source   string // what the numbers were taken from
	Version  int    // grows with every change of the data below; stored deadlines keep theirs (CASES D59)

	Answer    Period // from receipt to answer
	Extension Period // added to Answer when people extend; zero = the law has no extension
	Target    Period // the office's own aim within Answer; zero = Answer without any roll

	Acknowledge          Period // receipt must be confirmed within it; zero = no such duty
	ComplaintAcknowledge Period // the same for complaints

	Roll  string // provision that moves an end on a free day to the next working day; "" = it never moves
	Pause bool   // the clock may stand still while the requester owes an answer; an act of staff (CASES D22)

	PauseRule PauseRule // what a pause does to the dates, where Pause is set
	Appeal    Period    // from an appeal against a refusal to its answer; zero = the law has no appeal (CASES D55)

	// Rights holds the periods of rights that the law treats apart; every other right has the ones above.
	Rights map[Right]Clock

	// Calendars lists the holiday calendars by which the law's free days may be counted; the office's
	// own is used when it is among them, else the first, and "" as the first stands for weekends only. None:
	// the law counts no free days.
	Calendars []string

	Authority string // who takes complaints, with its site; "" when it differs from person to person
	Records   Period // how long the record of a request must be kept at least; zero = the law names no time (D40)
	Note      string // what staff must know beside the dates, above all where the law leaves them open; "" = nothing
}

// Clock is how long a law gives for one right.
type Clock struct {
	Articles    string // "" = the law's own
	Answer      Period
	Extension   Period // zero = none
	Target      Period // zero = Answer without any roll
	Acknowledge Period // zero = no such duty
	Note        string // "" = the law's own
}

// For gives the law as it is for right: with the right's own periods where it has some.
func (l Law) For(right Right) Law {
	c, apart := l.Rights[right]
	if !apart {
		return l
	}
	l.Answer, l.Extension, l.Target, l.Acknowledge = c.Answer, c.Extension, c.Target, c.Acknowledge
	if c.Articles != "" {
		l.Articles = c.Articles
	}
	if c.Note != "" {
		l.Note = c.Note
	}
	return l
}

// length is about how many days p is, to tell which of two periods is longer: never less than p.
func (p Period) length() int { return p.Months*31 + p.Days + p.BusinessDays*7/5 }

// PauseRule says what it does to the dates that the requester owes an answer.
type PauseRule string

// The two rules that laws have.
const (
	// PauseArguable: whether the time counts is disputed. The dates stay as they are, the record shows
	// what the limit would be (CASES D22).
	PauseArguable PauseRule = ""
	// PauseStatutory: days between question and answer do not count, both ends included, for a question
	// about what an access request means; for identity or a fee the whole period begins with the later
	// receipt (CASES D29, D30).
	PauseStatutory PauseRule = "statutory"
)

// Period is a length of time in calendar units. Only one of the fields is set in a law; the sum of
// two periods may have months and days, counted in this order.
type Period struct {
	Months       int
	Days         int
	BusinessDays int // days without weekends and holidays
}

// IsZero reports whether p is no time at all.
func (p Period) IsZero() bool { return p == Period{} }

// Plus gives one period as long as p and q, to be counted in one go from the same receipt. That is
// why an extension of 31 January ends on 30 April, not on 28 April (CASES D3, D12).
func (p Period) Plus(q Period) Period {
	return Period{
		Months:       p.Months + q.Months,
		Days:         p.Days + q.Days,
		BusinessDays: p.BusinessDays + q.BusinessDays,
	}
}

// After gives the last day of a period that starts on d; d is not counted. The holidays of h count
// for business days only.
func (p Period) After(d Date, h Holidays) Date {
	return d.AddMonths(p.Months).AddDays(p.Days).AddBusinessDays(p.BusinessDays, h)
}

// String gives "2 months and 28 days".
func (p Period) String() string {
	var parts []string
	for _, unit := range []struct {
		n    int
		name string
	}{{p.Months, "month"}, {p.Days, "day"}, {p.BusinessDays, "business day"}} {
		switch {
		case unit.n == 1:
			parts = append(parts, "1 "+unit.name)
		case unit.n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", unit.n, unit.name))
		}
	}
	if parts == nil {
		return "no time"
	}
	return strings.Join(parts, " and ")
}

// Laws gives every known law by its code. The map is new on every call.
func Laws() map[string]Law {
	laws := map[string]Law{}
	for _, l := range []Law{
		euGDPR(), ukGDPR(), chFADP(), usCCPA(), usState(), usCOPPA(), brLGPD(), caPIPEDA(), caQuebec(),
		cnPIPL(), jpAPPI(), krPIPA(), twPDPA(), trKVKK(), inDPDP(), auPrivacy(), unknownLaw(),
	} {
		laws[l.Code] = l
	}
	return laws
}

// lawCodes lists the codes of laws, sorted.
func lawCodes(laws map[string]Law) []string { return slices.Sorted(maps.Keys(laws)) }

// LawByCode gives the law with this code, and whether there is one.
func LawByCode(code string) (Law, bool) {
	l, ok := Laws()[code]
	return l, ok
}
