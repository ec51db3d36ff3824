package ticket

import (
	"fmt"
	"slices"
	"time"
)

// DateChange is one later change of the dates of a request: who made it, when, why, and what the
// dates are since then. A change that a letter must carry stands only if that letter arrived.
type DateChange struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	What   string    `json:"what"` // "extended", "paused", "answered", "law", "void" …
	Why    string    `json:"why"`
	Legal  time.Time `json:"legal,omitzero"` // since then
	Target time.Time `json:"target,omitzero"`
	Proof  []string  `json:"proof,omitempty"`  // the arithmetic, where dates were counted anew
	Notice string    `json:"notice,omitempty"` // key of the letter on which it rests

	WasLegal  time.Time `json:"was_legal,omitzero"` // until then
	WasTarget time.Time `json:"was_target,omitzero"`
}

// Wait is what a request in the state waiting waits for.
type Wait struct {
	For   string    `json:"for"` // "requester" or "third party"
	Since time.Time `json:"since"`
	By    string    `json:"by"`
	Why   string    `json:"why"`

	Pause string    `json:"pause,omitempty"` // "clarification", "identity" or "fee"; "" = the clock runs
	Key   string    `json:"key,omitempty"`   // of the letter that asks, when there is a pause
	From  time.Time `json:"from,omitzero"`   // when that letter was accepted; zero = no pause yet
	Late  bool      `json:"late,omitempty"`  // asked too late after the receipt to suspend anything (D22)
}

// What a request may wait for.
const (
	waitRequester  = "requester"
	waitThirdParty = "third party"

	pauseClarification = "clarification"
	pauseIdentity      = "identity"
	pauseFee           = "fee"
)

// Notified is an extension whose notice has not been accepted by the mail server yet. Until then
// the earlier dates hold (CASES D12, BEHAVIOURS 26).
type Notified struct {
	Key   string    `json:"key"` // of the notice
	At    time.Time `json:"at"`
	By    string    `json:"by"`
	Why   string    `json:"why"`
	Legal time.Time `json:"legal"` // what the notice says
}

// clone copies what a change of the copy could otherwise reach.
func (r Request) clone() Request {
	if r.Wait != nil {
		w := *r.Wait
		r.Wait = &w
	}
	if r.Pending != nil {
		n := *r.Pending
		r.Pending = &n
	}
	r.Covered = slices.Clone(r.Covered)
	r.Deadline.Changes = slices.Clone(r.Deadline.Changes)
	return r
}

// Sheet is the proof of r's dates, one step a line: how they were counted first, and every change
// with who made it, when, and why. It is read from what is stored; nothing is counted anew.
func (r Request) Sheet(zone *time.Location) []string {
	if len(r.Deadline.Proof) == 0 && len(r.Deadline.Changes) == 0 {
		return nil
	}
	lines := slices.Clone(r.Deadline.Proof)
	for _, c := range r.Deadline.Changes {
		line := fmt.Sprintf("%s, %s: %s", c.At.In(zone).Format("2006-01-02 15:04"), c.By, c.What)
		if c.Why != "" {
			line += " (" + c.Why + ")"
		}
		lines = append(append(lines, line), c.Proof...)
		if !c.Legal.Equal(c.WasLegal) {
			lines = append(lines, fmt.Sprintf("the limit was %s and is now %s", dayOr(c.WasLegal, zone), dayOr(c.Legal, zone)))
		}
	}
	if n := r.Pending; n != nil {
		lines = append(lines, fmt.Sprintf("an extension to %s is announced; it counts once its notice is accepted by the mail server", dayOr(n.Legal, zone)))
	}
	return lines
}

func dayOr(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "none"
	}
	return DateOf(t, zone).Long()
}

// counted gives r's dates counted anew from d.Start, by the rules of r's law as they are today.
// Only acts of people and of the requester lead here, and each leaves a [DateChange]; nothing else
// ever does (CASES D59).
func (p Policy) counted(r Request) Deadline {
	d, law := r.Deadline, p.law(r.Law).For(r.Right)
	period, target, rule := law.Answer, law.Target, law.Articles
	if !r.AppealedAt.IsZero() && !law.Appeal.IsZero() {
		period, target, rule = law.Appeal, Period{}, law.Articles+", appeal"
	}
	if d.Extended {
		if !target.IsZero() {
			target = law.Extension.Plus(target)
		}
		period, rule = period.Plus(law.Extension), rule+", extended"
	}
	if d.Excluded > 0 {
		if target.IsZero() {
			target = period
		}
		period = period.Plus(Period{Days: d.Excluded})
		target = target.Plus(Period{Days: d.Excluded - 1}) // D30: the shorter way of counting
		rule += ", " + count(d.Excluded, "day") + " not counted"
	}
	fresh := p.ownClock(r.Right, law.count(d.Start, p.Zone, p.Holidays, rule, period, target), r.ReceivedAt)
	fresh.Acknowledge = d.Acknowledge
	fresh.Extended, fresh.Excluded, fresh.Changes = d.Extended, d.Excluded, d.Changes
	return fresh
}

// recount counts r's dates anew and records why.
func (d *draft) recount(r *Request, c DateChange) {
	was := r.Deadline
	fresh := d.facts.Policy.counted(*r)
	fresh.Proof, c.Proof = was.Proof, fresh.Proof
	r.Deadline = fresh
	d.changed(r, was, c)
}

// changed records a change of r's dates.
func (d *draft) changed(r *Request, was Deadline, c DateChange) {
	c.At, c.WasLegal, c.WasTarget = d.now, was.Legal, was.Target
	c.Legal, c.Target = r.Deadline.Legal, r.Deadline.Target
	r.Deadline.Changes = append(r.Deadline.Changes, c)
}

// resume ends a wait: for the clock, the answer came at that time. It reports whether r waited.
func (d *draft) resume(r *Request, at time.Time, by, why string) bool {
	w := r.Wait
	if r.State != Waiting {
		return false
	}
	r.Wait = nil
	_ = r.move(MoveResume)
	r.stillExtended()
	if w == nil || w.Pause == "" || w.From.IsZero() {
		return true
	}
	p := d.facts.Policy
	asked, came := DateOf(w.From, p.Zone), DateOf(at, p.Zone)
	change := DateChange{By: by, Why: why}
	switch {
	case p.law(r.Law).PauseRule == PauseArguable:
		d.arguable(r, w, asked, came, change)
	case w.Pause == pauseClarification:
		days := max(daysBetween(asked, came)+1, 0)
		r.Deadline.Excluded += days
		change.What = fmt.Sprintf("answered: from %s to %s, both included, %s not counted", asked, came, count(days, "day"))
		d.recount(r, change)
	default:
		r.Deadline.Start = at
		change.What = "answered: the period begins on " + came.String() + ", with the later receipt of the " + w.Pause + pauseObject(w.Pause)
		d.recount(r, change)
	}
	return true
}

func pauseObject(kind string) string {
	if kind == pauseIdentity {
		return " information"
	}
	return ""
}

// arguable records a suspension that some authorities accept: the dates stay (CASES D22).
func (d *draft) arguable(r *Request, w *Wait, asked, came Date, c DateChange) {
	days := max(daysBetween(asked, came), 0)
	c.What = "answered after " + count(days, "day") + "; "
	if w.Late {
		c.What += "the question came too late to suspend the period"
	} else {
		might := *r
		might.Deadline.Excluded += days
		zone := d.facts.Policy.Zone
		c.What += fmt.Sprintf("some authorities accept that they do not count, which would make the limit %s; the date stays", DateOf(d.facts.Policy.counted(might).Legal, zone).Long())
	}
	d.changed(r, r.Deadline, c)
}

func daysBetween(a, b Date) int { return int(b.utc().Sub(a.utc()) / (24 * time.Hour)) }

// stillExtended puts r back into the state extended after a wait, when its extension is in effect.
func (r *Request) stillExtended() {
	if r.Deadline.Extended && r.can(MoveExtend) {
		_ = r.move(MoveExtend)
	}
}

// work takes r on by people. A wait with a pause ends with the answer or by #resume only: going on
// says nothing about the clock.
func (r *Request) work() {
	switch {
	case r.State == Waiting && r.Wait != nil && r.Wait.Pause != "":
	case r.can(MoveWork):
		r.Wait = nil
		_ = r.move(MoveWork)
		r.stillExtended()
	}
}
