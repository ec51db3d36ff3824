package ticket

import (
	"fmt"
	"slices"
	"time"
)

// alarmLine is who is alarmed about a child, in order: those on call, then managers.
func (p Policy) alarmLine() []Staff {
	line := p.WithRole(RoleOnCall)
	seen := map[string]bool{}
	for _, s := range line {
		seen[AddressKey(s.Address)] = true
	}
	for _, s := range p.WithRole(RoleManager) {
		if !seen[AddressKey(s.Address)] {
			line = append(line, s)
		}
	}
	return line
}

// alarm wakes the next person of the line, and sets when the one after follows. It goes round
// and round until a human acknowledges (DESIGN.md 5.6, D48).
func (d *draft) alarm(ch *Change) {
	a := ch.Ticket.Child
	what := "A child's data has been reported."
	if ch.Ticket.Danger {
		what = "A child may be in danger: read the ticket's notice now. Nobody outside was written to; do not turn to the parents before you know more."
	}
	d.call(ch, what, a.Alarms+1)
	a.NextAlarm = d.now.Add(d.facts.Policy.ChildRepeat)
	d.event(ch, EventAlarm, "bot", "alarm %d for a child's data; the next person follows at %s unless somebody acknowledges", a.Alarms, a.NextAlarm.In(d.facts.Policy.Zone).Format("2006-01-02 15:04"))
}

// moveOn alarms the next person at once, because the one alarmed is away or cannot be reached. When
// everybody was tried, the next alarm comes at its time: two absent people must not alarm each other
// without a pause (A54, C66).
func (d *draft) moveOn(ch *Change) {
	a := ch.Ticket.Child
	if a.AtOnce >= len(d.facts.Policy.alarmLine())-1 {
		return
	}
	a.AtOnce++
	if a.late(d.now) {
		d.lateCall(ch)
		return
	}
	d.alarm(ch)
}

// lookedAt stops the alarms: a human has the case.
func (d *draft) lookedAt(ch *Change, actor string) bool {
	a := ch.Ticket.Child
	if a == nil || !a.AcknowledgedAt.IsZero() {
		return false
	}
	a.AcknowledgedAt, a.AcknowledgedBy, a.NextAlarm = d.now, actor, time.Time{}
	d.event(ch, EventAcknowledged, actor, "looks at the child alert; alarms stop")
	return true
}

// due handles the time that a ticket asked to be looked at again.
func (d *draft) due() {
	if d.facts.Ticket == nil {
		return
	}
	t := *d.facts.Ticket
	if a := t.Child; a != nil && a.AcknowledgedAt.IsZero() && !a.NextAlarm.After(d.now) && !t.Closed() {
		ch := d.change(t)
		ch.Ticket.Child.AtOnce = 0
		d.alarm(ch)
	} else if a != nil && !a.AcknowledgedAt.IsZero() && !t.Closed() {
		if at := a.nextAt(); !at.IsZero() && !at.After(d.now) {
			d.childDue(d.change(t))
		}
	}
	if t.Verifying() && t.Undeliverable == "" { // B25: nothing more to an address that returned a letter
		if at := t.Verification.nextReminder(); !at.IsZero() && !at.After(d.now) {
			d.remind(d.change(t))
		}
	}
}

// remind asks for the code once more, with a fresh code, because the old one is not kept. The old
// letter's code stays valid until the day that the letter names.
func (d *draft) remind(ch *Change) {
	o := d.toRequester(ch, LetterVerification)
	v := *ch.Ticket.Verification
	v.Reminded++
	d.askCode(ch, &o)
	ch.Ticket.Verification.AskedAt, ch.Ticket.Verification.Reminded, ch.Ticket.Verification.Wrong = v.AskedAt, v.Reminded, v.Wrong
	ch.Ticket.Verification.Earlier = append(slices.Clone(v.Earlier), EarlierCode{CodeHash: v.CodeHash, ExpiresAt: v.ExpiresAt})
	o.Key = fmt.Sprintf("%s/%s/reminder-%d", ch.Ticket.Ref, LetterVerification, v.Reminded)
	d.order(o)
}
