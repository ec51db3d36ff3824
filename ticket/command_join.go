package ticket

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// merge joins this ticket to another one, which goes on. The earliest clock counts, later mail goes
// to the survivor, and nothing is sent (BEHAVIOURS 19).
func (w *work) merge(arg string) {
	ref := refOf(strings.TrimSpace(arg))
	named, ok := w.draft.facts.Named[ref]
	t := &w.ch.Ticket
	switch {
	case arg == "":
		w.refuse("#merge needs the ticket that goes on, for example: #merge PB-7K3M-Q9XD")
	case !ok:
		w.refuse("There is no ticket %s.", cut(ref, 30))
	case ref == t.Ref:
		w.refuse("A ticket cannot be joined to itself.")
	case named.Ticket.MergedInto != "":
		w.refuse("%s was joined to %s itself; name that.", ref, named.Ticket.MergedInto)
	case slices.ContainsFunc(t.Requests, Request.onItsWay):
		w.refuse("A letter on which the dates of this ticket rest has not been accepted yet. Join the tickets when it has.")
	}
	if w.refusedAny() {
		return
	}
	into := &Change{Ticket: named.Ticket.clone()}
	w.beside = append(w.beside, into)
	for i := range t.Requests {
		if r := &t.Requests[i]; !r.State.Closed() {
			into.Ticket.take(r.clone(), w.draft.now, w.actor, t.Ref)
			w.moveAway(r, ref)
		}
	}
	into.Ticket.takeParties(*t)
	into.Ticket.takeAlert(t.Child)
	into.Ticket.Urgent = into.Ticket.Urgent || t.Urgent
	into.Ticket.Informed = append(into.Ticket.Informed, t.Informed...)
	for _, f := range t.Flags {
		if !slices.Contains(into.Ticket.Flags, f) {
			into.Ticket.Flags = append(into.Ticket.Flags, f)
		}
	}
	into.Ticket.link(t.Ref)
	t.link(ref)
	t.MergedInto = ref
	w.draft.event(w.ch, EventMerged, w.actor, "joined to %s, which goes on", ref)
	w.draft.event(into, EventMerged, w.actor, "%s was joined to this ticket; the earliest clock counts", t.Ref)
	said := "Joined to " + ref + ", which goes on: answer its mails from now on."
	if legal, _ := into.Ticket.Due(); !legal.IsZero() {
		said += " The earliest clock counts; its first limit is " + DateOf(legal, w.draft.facts.Policy.Zone).Long() + "."
	}
	w.done = append(w.done, said+" Nothing was sent to the requester.")
	if a, b := t.Requester().Address, into.Ticket.Requester().Address; a.Key() != b.Key() {
		w.done = append(w.done, fmt.Sprintf("The two were asked from different addresses; letters go to %s only.", b.Address))
	}
}

// onItsWay reports whether r's dates rest on a letter that has not been accepted yet.
func (r Request) onItsWay() bool {
	return !r.State.Closed() && (r.Pending != nil || r.Wait != nil && r.Wait.Pause != "" && r.Wait.From.IsZero())
}

func (w *work) moveAway(r *Request, to string) {
	if r.move(MoveAway) == nil {
		r.Outcome, r.ClosedAt, r.MovedTo, r.Wait = OutcomeMoved, w.draft.now, to, nil
	}
}

// take adds a request of another ticket. Of two for the same right one is left, with the earlier
// receipt and the earlier of the two limits.
func (t *Ticket) take(r Request, now time.Time, by, from string) {
	for i := range t.Requests {
		mine := &t.Requests[i]
		if mine.Right != r.Right || mine.State.Closed() {
			continue
		}
		mine.Evidence = append(slices.Clone(mine.Evidence), r.Evidence...)
		if r.ReceivedAt.Before(mine.ReceivedAt) {
			mine.ReceivedAt = r.ReceivedAt
		}
		if a, b := mine.Deadline.Legal, r.Deadline.Legal; !b.IsZero() && (a.IsZero() || b.Before(a)) {
			mine.Law, mine.Deadline = r.Law, r.Deadline
			c := DateChange{At: now, By: by, What: "joined with " + from + ": its clock is the earlier one", Legal: b, Target: r.Deadline.Target, WasLegal: a, WasTarget: mine.Deadline.Target}
			mine.Deadline.Changes = append(slices.Clone(r.Deadline.Changes), c)
		}
		return
	}
	t.Requests = append(t.Requests, r)
}

// takeParties adds the people of other, so that their later mail is theirs here too. Letters still
// go to the first requester only.
func (t *Ticket) takeParties(other Ticket) {
	for _, p := range other.Parties {
		i := slices.IndexFunc(t.Parties, func(have Party) bool { return have.Address.Key() == p.Address.Key() })
		switch {
		case i < 0:
			t.Parties = append(t.Parties, p)
		case t.Parties[i].Verified.IsZero():
			t.Parties[i].Verified, t.Parties[i].How = p.Verified, p.How
		}
	}
	v := other.Verification
	if v == nil || t.Requester().Address.Key() != v.Address || !t.Requester().Verified.IsZero() {
		return
	}
	mine := Verification{Address: v.Address, AskedAt: v.AskedAt, ExpiresAt: v.ExpiresAt, Reminded: v.Reminded}
	if t.Verification != nil {
		mine = *t.Verification
	}
	mine.Earlier = slices.Clone(mine.Earlier) // the codes of the other ticket's letters go on to count
	mine.Earlier = append(mine.Earlier, EarlierCode{CodeHash: v.CodeHash, ExpiresAt: v.ExpiresAt, Ref: other.Ref})
	for _, e := range v.Earlier {
		if e.Ref == "" {
			e.Ref = other.Ref
		}
		mine.Earlier = append(mine.Earlier, e)
	}
	t.Verification = &mine
}

// takeAlert adds a child alert. The earlier times count, and nobody's alarm is silenced by it.
func (t *Ticket) takeAlert(a *ChildAlert) {
	if a == nil {
		return
	}
	if t.Child == nil {
		mine := *a
		t.Child = &mine
		return
	}
	c := t.Child
	if a.RaisedAt.Before(c.RaisedAt) {
		c.RaisedAt, c.Look, c.Block, c.Done = a.RaisedAt, a.Look, a.Block, a.Done
	}
}

func (t *Ticket) link(ref string) {
	if !slices.Contains(t.Linked, ref) {
		t.Linked = append(t.Linked, ref)
	}
}

// split makes a linked ticket of its own for some of the rights. Each keeps its clock, which counts
// from its own receipt.
func (w *work) split(arg string) {
	rights, rest := leadingRights(strings.ReplaceAll(arg, ",", " "))
	t := &w.ch.Ticket
	open := t.openRights()
	switch {
	case len(rights) == 0 || rest != "":
		w.refuse("#split needs the rights that get a ticket of their own, for example: #split complaint. The open ones are %s.", joinRights(open))
	case len(w.openRequests(rights)) == 0 || slices.ContainsFunc(rights, func(r Right) bool { return !slices.Contains(open, r) }):
		w.refuse("Only what is open can be split off: %s.", joinRights(open))
	case len(w.openRequests(rights)) == len(open):
		w.refuse("Nothing would be left on this ticket.")
	case w.beside != nil:
		w.refuse("Only one ticket can be made or joined by one mail.")
	case slices.ContainsFunc(w.openRequests(rights), func(r *Request) bool { return r.onItsWay() || r.Wait != nil && r.Wait.Pause != "" }):
		w.refuse("It waits for an answer or a letter on this ticket. Split it off afterwards.")
	}
	if w.refusedAny() {
		return
	}
	d := w.draft
	fresh := Ticket{Ref: d.facts.Supply.Ref, OpenedBy: t.OpenedBy, Language: t.Language, Writer: t.Writer, Silent: t.Silent, HoldWhy: t.HoldWhy,
		LegalHold: t.LegalHold, Parties: slices.Clone(t.Parties), Flags: slices.Clone(t.Flags), Thread: slices.Clone(t.Thread), Linked: []string{t.Ref}}
	for _, r := range w.openRequests(rights) {
		if fresh.ReceivedAt.IsZero() || r.ReceivedAt.Before(fresh.ReceivedAt) {
			fresh.ReceivedAt = r.ReceivedAt
		}
		fresh.Requests = append(fresh.Requests, r.clone())
		w.moveAway(r, fresh.Ref)
		if r.Right == Child && t.Child != nil {
			fresh.takeAlert(t.Child)
			fresh.Urgent = true
			w.draft.lookedAt(w.ch, w.actor) // the alarms go on, or have stopped, on the new ticket
		}
	}
	t.link(fresh.Ref)
	ch := &Change{Ticket: fresh}
	w.beside = append(w.beside, ch)
	d.event(w.ch, EventSplit, w.actor, "%s goes on as %s", joinRights(fresh.Rights()), fresh.Ref)
	d.event(ch, EventSplit, w.actor, "split from %s: %s, received %s", t.Ref, joinRights(fresh.Rights()), fresh.ReceivedAt.In(d.facts.Policy.Zone).Format("2006-01-02 15:04:05 -07:00"))
	w.noticeOfSplit(ch, t.Ref)
	w.done = append(w.done, joinRights(fresh.Rights())+" goes on as "+fresh.Ref+" with the clock it had; its notice follows. Nothing was sent to the requester about it.")
}

// noticeOfSplit tells those responsible about the new ticket, and asks the requester for the code
// there when it was asked for here: a code counts on its own ticket only.
func (w *work) noticeOfSplit(ch *Change, from string) {
	d, t := w.draft, ch.Ticket
	if v := w.ch.Ticket.Verification; v != nil && t.Requester().Verified.IsZero() && t.needsControl() && w.ch.Ticket.Undeliverable == "" {
		o := d.toRequester(ch, LetterVerification)
		d.askCode(ch, &o)
		w.letters = append(w.letters, o)
	}
	m := Message{ReceivedAt: t.ReceivedAt, From: t.Requester().Address, NewText: "What was written is in the mails about " + from + "."}
	for _, s := range d.facts.Policy.inCharge(t) {
		w.letters = append(w.letters, d.noticeOrder(LetterStaffNotice, s, ch, MailCause{Message: m}, "A ticket of its own, split from "+from+".", nil))
	}
}
