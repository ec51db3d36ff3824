package ticket

import (
	"fmt"
	"time"
)

// milestone is what is to be reached next on a child alert that somebody looks at: "blocked" by Block,
// then "deleted" by Done. It is "" when everything is reached or nobody looks yet.
func (a ChildAlert) milestone() (name string, due time.Time) {
	switch a.State() {
	case ChildAcknowledged:
		return string(ChildBlocked), a.Block
	case ChildBlocked:
		return string(ChildDeleted), a.Done
	}
	return "", time.Time{}
}

// nextAt is when people must be called or reminded: the next alarm until somebody looks; then once
// before each milestone, when three quarters of its time are over, and again and again when it is late.
func (a ChildAlert) nextAt() time.Time {
	name, due := a.milestone()
	switch {
	case a.State() == Alerted:
		return a.NextAlarm
	case name == "":
		return time.Time{}
	case a.Reminded != name:
		return due.Add(-due.Sub(a.RaisedAt) / 4)
	case a.NextLate.After(due):
		return a.NextLate
	}
	return due
}

// late reports whether a milestone is over at now, so that people are called.
func (a ChildAlert) late(now time.Time) bool {
	name, due := a.milestone()
	return name != "" && !now.Before(due)
}

// childDue reminds of the next milestone, or calls the next person of the line when it is late.
func (d *draft) childDue(ch *Change) {
	a := ch.Ticket.Child
	name, due := a.milestone()
	by := due.In(d.facts.Policy.Zone).Format("2006-01-02 15:04")
	a.Reminded, a.AtOnce = name, 0
	if a.late(d.now) {
		d.lateCall(ch)
		return
	}
	d.event(ch, EventAlarm, "bot", "reminded that the child's data is to be %s by %s", name, by)
	for _, s := range d.facts.Policy.inCharge(ch.Ticket) {
		o := d.toStaff(LetterStaffFollowup, s, ch.Ticket)
		o.Key = fmt.Sprintf("%s/child-%s/%d/%s", ch.Ticket.Ref, name, due.Unix(), AddressKey(s.Address))
		o.Data.Due = due.In(d.facts.Policy.Zone)
		o.Data.Notice = &Notice{Ticket: ch.Ticket, Commands: true, From: ch.Ticket.Requester().Address,
			What: "The child's data of this ticket must be " + name + " by " + by + ". When it is, reply #" + name + "; if it was no child's data, #right -child."}
		d.order(o)
	}
}

// lateCall wakes the next person of the line because the child's data is not blocked, or not deleted,
// though it should be. It repeats, with a pause in which work can be done.
func (d *draft) lateCall(ch *Change) {
	a, p := ch.Ticket.Child, d.facts.Policy
	name, due := a.milestone()
	d.call(ch, "A child's data was to be "+name+" by "+due.In(p.Zone).Format("2006-01-02 15:04")+" and is not, as far as this mailbox was told.", 1)
	a.NextLate = d.now.Add(max(p.Child.Look, p.ChildRepeat))
	d.event(ch, EventAlarm, "bot", "alarm %d: the child's data is not %s; the next person follows at %s", a.Alarms, name, a.NextLate.In(p.Zone).Format("2006-01-02 15:04"))
}

// call sends the escalation to the next person of the line and runs alarm.command.
func (d *draft) call(ch *Change, what string, step int) {
	a := ch.Ticket.Child
	if line := d.facts.Policy.alarmLine(); len(line) > 0 {
		s := line[a.Alarms%len(line)]
		o := d.toStaff(LetterEscalation, s, ch.Ticket)
		o.Key = fmt.Sprintf("%s/%s/%d", ch.Ticket.Ref, LetterEscalation, a.Alarms+1)
		o.Data.Due = a.Look.In(d.facts.Policy.Zone)
		o.Data.Notice = &Notice{Ticket: ch.Ticket, What: what, Step: step}
		d.order(o)
	}
	if d.facts.Policy.Alarm {
		d.order(LetterOrder{Kind: LetterAlarm, Key: fmt.Sprintf("%s/%s/%d", ch.Ticket.Ref, LetterAlarm, a.Alarms+1), Ref: ch.Ticket.Ref})
	}
	a.Alarms++
}

// inDanger is why nobody outside gets a letter by machine when a child seems to be in danger: whoever
// reads the child's mail may be the danger.
const inDanger = "a child may be in danger: people answer, and nobody is written to by machine"

// endanger marks the ticket of a mail in which a child seems to be in danger.
func (t *Ticket) endanger(v Verdict) {
	if len(v.Danger) > 0 {
		t.Danger, t.Silent, t.Urgent = true, inDanger, true
	}
}

// keepQuiet takes back every automatic letter to the outside on a ticket with a child in danger.
func (d *draft) keepQuiet() {
	kept := d.out.Letters[:0]
	for _, o := range d.out.Letters {
		quiet := false
		for _, ch := range d.tickets {
			quiet = quiet || ch.Ticket.Ref == o.Ref && ch.Ticket.Danger && o.Kind.Braked()
		}
		if !quiet {
			kept = append(kept, o)
		}
	}
	d.out.Letters = kept
}
