package ticket

import (
	"fmt"
	"slices"
	"time"
)

// Deadline is when something is owed, with the arithmetic behind it. It is computed once from the
// receipt and stored; nothing recomputes it in silence (CASES D59).
type Deadline struct {
	// Legal is the limit of the law and Target the office's aim, never later than Legal: both the
	// last second of a local day in the office's zone.
	Legal  time.Time `json:"legal,omitzero"`
	Target time.Time `json:"target,omitzero"`

	// Acknowledge is by when the receipt must be confirmed; zero = the law does not ask for it.
	Acknowledge time.Time `json:"acknowledge,omitzero"`

	Law     string   `json:"law,omitempty"`     // code of the law
	Version int      `json:"version,omitempty"` // of the law's data
	Proof   []string `json:"proof,omitempty"`   // one step per line, for staff and the record

	// What the arithmetic rests on, for the proof sheet.
	Start    time.Time    `json:"start,omitzero"`     // the receipt from which is counted
	Zone     string       `json:"zone,omitempty"`     // of the office, which decides on the day of receipt
	Rule     string       `json:"rule,omitempty"`     // the article, and what was added to its period
	Rolls    []Roll       `json:"rolls,omitempty"`    // the free days over which the limit moved
	Extended bool         `json:"extended,omitempty"` // the longer period is in effect
	Excluded int          `json:"excluded,omitempty"` // days that do not count, because the requester was asked
	Changes  []DateChange `json:"changes,omitempty"`  // every later change, the oldest first
}

// Roll is one free day over which a limit moved.
type Roll struct {
	From string `json:"from"` // the free day, "2027-03-28"
	To   string `json:"to"`
	Why  string `json:"why"` // the holiday's name, or the weekday
	Rule string `json:"rule"`
}

// Deadline gives the dates for the answer to a request; [Law.For] first, for the right's own periods.
//
// The period starts on the day that clocks in loc, the office's zone, showed at receipt (CASES
// D13, D16), and that day is not counted. Legal is rolled over weekends and the holidays of h (nil:
// weekends only) where the law says so. Target is the earlier of the date before any roll and the
// law's own aim, 28 days for a month (D14).
func (l Law) Deadline(received time.Time, loc *time.Location, h Holidays) Deadline {
	return l.count(received, loc, h, l.Articles, l.Answer, l.Target)
}

// holidays gives the calendar by which l counts free days, when the office's own is h: the office
// stands for the country whose law it is, or it does not count. A day free elsewhere would make the
// answer late.
func (l Law) holidays(h Holidays) Holidays {
	if c, ok := h.(calendar); ok && slices.Contains(l.Calendars, c.code) {
		return h
	}
	if len(l.Calendars) == 0 {
		return nil
	}
	own, _ := HolidaysFor(l.Calendars[0]) // a test proves that there are such calendars
	return own
}

// ExtendedDeadline gives the dates when the answer is extended: the whole period counted once from
// the original receipt, not from the first limit (CASES D3, D12). False when the law knows no
// extension. The notice must be sent by the first Legal date; that is for the caller to check.
func (l Law) ExtendedDeadline(received time.Time, loc *time.Location, h Holidays) (Deadline, bool) {
	if l.Extension.IsZero() {
		return Deadline{}, false
	}
	target := l.Target
	if !target.IsZero() {
		target = l.Extension.Plus(target)
	}
	return l.count(received, loc, h, l.Articles+", extended", l.Answer.Plus(l.Extension), target), true
}

// AcknowledgementDeadline gives the date by which the receipt of a request for right must be
// confirmed. False when the law sets none.
func (l Law) AcknowledgementDeadline(right Right, received time.Time, loc *time.Location, h Holidays) (Deadline, bool) {
	p := l.For(right).Acknowledge
	if right == Complaint {
		p = l.ComplaintAcknowledge
	}
	if p.IsZero() {
		return Deadline{}, false
	}
	l.Roll, l.Note = "", "" // neither of the two known duties rolls (CASES D31, D33)
	return l.count(received, loc, h, "confirmation of receipt", p, Period{}), true
}

// count does the arithmetic of p from the receipt. A zero target aims at p itself; business days
// of the target are counted without holidays, which gives the earlier date.
func (l Law) count(received time.Time, loc *time.Location, h Holidays, rule string, p, target Period) Deadline {
	h = l.holidays(h)
	day := DateOf(received, loc)
	raw := p.After(day, h)
	proof := []string{
		fmt.Sprintf("received %s, in %s on %s", received.In(loc).Format(time.RFC3339), loc, day.Long()),
		fmt.Sprintf("%s (version %d), %s: %s, day of receipt not counted", l.Code, l.Version, rule, p),
		"ends on " + raw.Long(),
	}
	if p.Months > 0 && day.AddMonths(p.Months).Day < day.Day {
		proof[2] += fmt.Sprintf(", the last day of that month, because it has no day %d", day.Day)
	}
	legal, rolls := l.roll(raw, h)
	for _, r := range rolls {
		proof = append(proof, fmt.Sprintf("%s is free (%s): moved to %s (%s)", r.From, r.Why, r.To, r.Rule))
	}

	if target.IsZero() {
		target = p
	}
	aim := target.After(day, nil)
	why := target.String() + " from receipt"
	if raw.Before(aim) {
		aim, why = raw, "the end before any move"
	}
	d := Deadline{Legal: legal.End(loc), Target: aim.End(loc), Law: l.Code, Version: l.Version,
		Start: received, Zone: loc.String(), Rule: rule, Rolls: rolls}
	d.Proof = append(proof,
		"legal limit: "+legal.Long()+", end of day, "+d.Legal.Format(time.RFC3339),
		"target: "+aim.Long()+", "+why)
	if l.Note != "" {
		d.Proof = append(d.Proof, "note: "+l.Note)
	}
	return d
}

// roll moves d over weekends and holidays when the law does, one step for each free day.
func (l Law) roll(d Date, h Holidays) (Date, []Roll) {
	if l.Roll == "" {
		return d, nil
	}
	var steps []Roll
	for why := d.rest(h); why != ""; why = d.rest(h) {
		next := d.AddDays(1)
		steps = append(steps, Roll{From: d.String(), To: next.String(), Why: why, Rule: l.Roll})
		d = next
	}
	return d, steps
}

// ChildClock is how fast an alert about a child's data is handled. The hours are elapsed time, day
// and night; no law of another right makes them longer.
type ChildClock struct {
	Look  time.Duration // until a person has looked
	Block time.Duration // until the data is blocked
	Done  time.Duration // until it is deleted
}

// Deadlines gives the three instants for a mail received at that time.
func (c ChildClock) Deadlines(received time.Time) (look, block, done time.Time) {
	return received.Add(c.Look), received.Add(c.Block), received.Add(c.Done)
}
