package ticket

import (
	"fmt"
	"strings"
)

// takeEffect gives what rests on an accepted letter its effect: an extension and a pause count from
// then on, and no earlier (BEHAVIOURS 26). In shadow mode nobody outside was told, so nothing does.
func (d *draft) takeEffect(ch *Change, c DeliveryCause) {
	var late []string
	for i := range ch.Ticket.Requests {
		r := &ch.Ticket.Requests[i]
		switch {
		case r.Pending != nil && r.Pending.Key == c.Letter.Key:
			late = append(late, d.extensionAccepted(ch, r)...)
		case r.Wait != nil && r.Wait.Key != "" && r.Wait.Key == c.Letter.Key && r.Wait.From.IsZero():
			d.questionAccepted(ch, r)
		}
	}
	d.tellVoid(ch, c, late)
}

func (d *draft) extensionAccepted(ch *Change, r *Request) (late []string) {
	n := r.Pending
	r.Pending = nil
	zone := d.facts.Policy.Zone
	switch {
	case r.State.Closed():
		return nil
	case d.facts.Policy.Shadow:
		d.event(ch, EventDates, "bot", "shadow mode: the requester was not told of the extension, so the limit of %s stays", r.Right)
		return nil
	case d.now.After(r.Deadline.Legal):
		said := fmt.Sprintf("The notice of the extension of %s left after the limit. The limit %s stays.", r.Right, dayOr(r.Deadline.Legal, zone))
		d.event(ch, EventDates, "bot", "%s", said)
		return []string{said}
	}
	if r.State != Waiting { // while it waits for an answer the state stays; the dates count all the same
		_ = r.move(MoveExtend)
	}
	r.Deadline.Extended = true
	d.recount(r, DateChange{By: n.By, What: "extended, the notice was accepted by the mail server", Why: n.Why, Notice: n.Key})
	d.event(ch, EventDates, "bot", "the notice was accepted by the mail server: %s is extended to %s", r.Right, dayOr(r.Deadline.Legal, zone))
	return nil
}

func (d *draft) questionAccepted(ch *Change, r *Request) {
	p := d.facts.Policy
	if p.Shadow {
		d.event(ch, EventDates, "bot", "shadow mode: the requester was not asked, so the clock of %s runs on", r.Right)
		return
	}
	w := r.Wait
	w.From = d.now
	asked := DateOf(d.now, p.Zone)
	change := DateChange{By: w.By, Why: w.Why, Notice: w.Key, What: "the requester was asked (" + w.Pause + "), accepted by the mail server"}
	if p.law(r.Law).PauseRule == PauseArguable {
		if w.Late = daysBetween(DateOf(r.ReceivedAt, p.Zone), asked) > latePause; w.Late {
			change.What += fmt.Sprintf("; more than %d days after the receipt, so nothing is suspended", latePause)
		} else {
			change.What += "; the date stays the alarm"
		}
	} else {
		change.What += "; the clock stands still from " + asked.String()
	}
	d.changed(r, r.Deadline, change)
	d.event(ch, EventDates, "bot", "%s: %s", r.Right, change.What)
}

// loseEffect takes back what rested on a letter that did not arrive: refused before, or returned
// after it was accepted. Staff are told; the earlier dates hold.
func (d *draft) loseEffect(ch *Change, c DeliveryCause) {
	zone := d.facts.Policy.Zone
	var lost []string
	for i := range ch.Ticket.Requests {
		r := &ch.Ticket.Requests[i]
		n := r.inEffect(c.Letter.Key)
		switch {
		case r.Pending != nil && r.Pending.Key == c.Letter.Key:
			r.Pending = nil
		case r.Wait != nil && r.Wait.Key != "" && r.Wait.Key == c.Letter.Key:
			r.Wait = nil
			_ = r.move(MoveResume)
			r.stillExtended()
			if n < 0 {
				break
			}
			d.changed(r, r.Deadline, DateChange{By: "bot", What: "void", Why: "the question did not arrive", Notice: c.Letter.Key})
		case n >= 0 && r.Deadline.Extended:
			r.Deadline.Extended = false
			if r.State == Extended {
				_ = r.move(MoveVoid)
			}
			d.recount(r, DateChange{By: "bot", What: "void", Why: "the notice of the extension came back", Notice: c.Letter.Key})
		default:
			continue
		}
		if r.State.Closed() {
			continue
		}
		said := fmt.Sprintf("The letter did not arrive, so it has no effect on %s: the limit is %s.", r.Right, dayOr(r.Deadline.Legal, zone))
		d.event(ch, EventDates, "bot", "%s", said)
		lost = append(lost, said)
	}
	d.tellVoid(ch, c, lost)
}

// inEffect gives the index of the change that rests on the letter and is not void; -1 when none is.
func (r Request) inEffect(key string) int {
	at := -1
	for i, c := range r.Deadline.Changes {
		if c.Notice == key && key != "" {
			at = i
			if c.What == "void" {
				at = -1
			}
		}
	}
	return at
}

// tellVoid tells those responsible that dates are not what they wanted them to be.
func (d *draft) tellVoid(ch *Change, c DeliveryCause, said []string) {
	if len(said) == 0 {
		return
	}
	for _, s := range d.facts.Policy.inCharge(ch.Ticket) {
		o := d.toStaff(LetterStaffFollowup, s, ch.Ticket)
		o.Key = c.Letter.Key + "/void/" + string(c.Result) + "/" + AddressKey(s.Address)
		o.Data.Notice = &Notice{Ticket: ch.Ticket, What: strings.Join(said, " "), Commands: true}
		d.order(o)
	}
}
