package ticket

import (
	"fmt"
	"time"
)

// Decide says what follows from cause at now. It is pure: the same arguments give the same
// decision, and nothing in facts or cause is changed.
//
// What it never does (DESIGN.md section 5): it never loses a mail (every MailCause gets a
// disposition), never answers automatic mail, never lets an unproven sender change somebody
// else's ticket, never deletes, refuses or closes by itself.
func Decide(now time.Time, f Facts, cause Cause) Decision {
	d := &draft{now: now, facts: f}
	switch c := cause.(type) {
	case MailCause:
		d.mail(c)
	case DeliveryCause:
		d.delivery(c)
	case DueCause:
		d.due()
	case SuppressionCause:
		d.suppressed(c)
	case CommandCause:
		d.terminal(c)
	}
	return d.finish()
}

// draft is a decision in the making. At most one existing ticket and one new one take part.
type draft struct {
	now    time.Time
	facts  Facts
	mailID int64
	naming func(*Change) // what a colleague ordered in the mail that opens the ticket; nil: nothing
	again  int64         // the later mail that lets a held one be carried out

	commandOn int // version of the ticket on which a command at the terminal is carried out

	out     Decision
	tickets []*Change
}

// open starts a change of an existing ticket, or gives the one already started.
func (d *draft) change(t Ticket) *Change {
	for _, c := range d.tickets {
		if c.Ticket.Ref == t.Ref {
			return c
		}
	}
	c := &Change{Ticket: t.clone()}
	d.tickets = append(d.tickets, c)
	return c
}

// event records why c changes.
func (d *draft) event(c *Change, kind EventKind, actor, format string, args ...any) {
	c.Events = append(c.Events, Event{At: d.now, Kind: kind, Actor: actor, Mail: d.mailID, Text: fmt.Sprintf(format, args...)})
}

// order asks for a letter. The key makes it the only one of its kind for its cause.
func (d *draft) order(o LetterOrder) {
	if o.Kind.External() {
		o.Data = o.Data.External()
	}
	d.out.Letters = append(d.out.Letters, o)
}

// finish numbers the changes and applies shadow mode, in which no letter leaves the house:
// external letters go to the desk and say whom they were meant for.
func (d *draft) finish() Decision {
	for _, c := range d.tickets {
		if len(c.Events) > 0 {
			c.Ticket.Version++
			d.out.Changes = append(d.out.Changes, *c)
		}
	}
	d.keepStops()
	d.keepQuiet()
	if d.facts.Policy.Shadow {
		for i, o := range d.out.Letters {
			if desk := d.facts.Policy.WithRole(RoleAgentDesk); o.Kind.External() && len(desk) > 0 {
				d.out.Letters[i].Data.ShadowFor = o.To.Address
				d.out.Letters[i].To = Address{Name: desk[0].Name, Address: desk[0].Address}
			}
		}
	}
	return d.out
}

// clone copies t so deeply that a change of the copy never reaches the original.
func (t Ticket) clone() Ticket {
	c := t
	c.Parties = append([]Party(nil), t.Parties...)
	c.Requests = append([]Request(nil), t.Requests...)
	for i, r := range t.Requests {
		c.Requests[i] = r.clone()
	}
	c.Informed = append([]Informed(nil), t.Informed...)
	c.Thread = append([]string(nil), t.Thread...)
	c.Linked = append([]string(nil), t.Linked...)
	c.Flags = append([]string(nil), t.Flags...)
	c.StaffMails = append([]time.Time(nil), t.StaffMails...)
	c.HeldAnswers = append([]HeldAnswer(nil), t.HeldAnswers...)
	c.Answers = append([]SentAnswer(nil), t.Answers...)
	if t.Verification != nil {
		v := *t.Verification
		c.Verification = &v
	}
	if t.Proposed != nil {
		o := *t.Proposed
		c.Proposed = &o
	}
	if t.Stopping != nil {
		s := *t.Stopping
		c.Stopping = &s
	}
	if t.Child != nil {
		a := *t.Child
		c.Child = &a
	}
	return c
}
