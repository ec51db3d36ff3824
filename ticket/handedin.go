package ticket

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// longestBefore bounds how much earlier than our own receipt a colleague's may have been.
const longestBefore = 366 * 24 * time.Hour

// proposed gives the author of a mail that a colleague hands in, when the forwarded mail names one who
// is neither of the house nor this mailbox. It is proposed to people and never acted upon (BEHAVIOURS 35).
func (d *draft) proposed(c MailCause) *Original {
	o := c.Message.Original
	p := d.facts.Policy
	if _, staff := p.StaffByAddress(c.Message.From.Address); !staff || o.From.IsZero() || p.own(o.From.Address) {
		return nil
	}
	if _, staff := p.StaffByAddress(o.From.Address); staff {
		return nil
	}
	if !o.Date.IsZero() && (!o.Date.Before(c.Message.ReceivedAt) || c.Message.ReceivedAt.Sub(o.Date) > longestBefore) {
		o.Date = time.Time{}
	}
	return &o
}

// proposal says to staff who seems to have asked, and what confirms it.
func (o Original) proposal(zone *time.Location) string {
	when := ""
	if !o.Date.IsZero() {
		when = " of " + o.Date.In(zone).Format("2006-01-02 15:04") + ", from when the dates count then"
	}
	return "the forwarded mail seems to be from " + o.From.Address + when + ". To confirm reply #requester; to name somebody else #requester address"
}

// handedIn opens a ticket for a mail that a colleague hands in, with the commands of its first lines
// when it is proven that they wrote it, and reports whether it did.
func (d *draft) handedIn(c MailCause, s Staff) bool {
	cmds, _ := ParseCommands(c.Message.NewText)
	names := d.trusted(c) && slices.ContainsFunc(cmds, func(k Command) bool { return k.Name == CmdRequester })
	if c.Verdict.Route == RouteSpam && !names || !asksSomething(c.Verdict) && !names {
		return false
	}
	if !asksSomething(c.Verdict) {
		c.Verdict.NeedsHuman, c.Verdict.HumanWhy = true, "handed in by "+s.Name+"; no right was found in it"
	}
	if !names {
		d.openTicket(c)
		return true
	}
	// The requester is named before the notices are written, so that they show it.
	d.naming = func(ch *Change) {
		w := &work{draft: d, ch: ch, actor: "staff:" + s.Name, member: s}
		for _, k := range cmds {
			switch k.Name {
			case CmdRequester, CmdRight, CmdNote, CmdTake:
				w.alone = true
				w.one(k)
			default:
				w.refuse("#%s does not work in a mail that hands in a request. Reply to the ticket's mail with it.", cut(k.Name, 20))
			}
		}
		w.acknowledgeNamed()
		for _, o := range w.letters {
			d.order(o)
		}
		kind := LetterStaffReceipt
		if w.refusedAny() {
			kind = LetterStaffHeld
		}
		d.tell(kind, s, ch.Ticket, c, append(w.done, w.refused...))
	}
	d.openTicket(c)
	return true
}

// requester names who asked, for a mail that staff handed in. The address is not verified by it. The
// day on which a colleague had the mail counts, when that was earlier (BEHAVIOURS 35).
func (w *work) requester(arg string) {
	t, d := &w.ch.Ticket, w.draft
	if arg == "" && t.Proposed != nil {
		arg = t.Proposed.From.Address
	}
	a, err := mail.ParseAddress(arg)
	if err != nil || strings.ContainsAny(a.Address, " \r\n") {
		w.refuse("#requester needs an address, for example: #requester jane@example.org")
		return
	}
	if _, staff := d.facts.Policy.StaffByAddress(a.Address); staff || d.facts.Policy.own(a.Address) {
		w.refuse("A colleague cannot be the requester.")
		return
	}
	p := t.requesterParty()
	first := p.Address.IsZero()
	if first {
		t.Parties = append([]Party{{Role: RoleRequester, Address: Address{Address: a.Address}}}, t.Parties...)
	} else if p.Address.Key() != AddressKey(a.Address) {
		p.Address, p.Verified, p.How = Address{Address: a.Address}, time.Time{}, ""
		t.Verification = nil
	}
	t.Silent = ""
	d.event(w.ch, EventParty, w.actor, "named the requester")
	w.done = append(w.done, "The requester of this ticket is "+a.Address+".")
	if o := t.Proposed; o != nil {
		w.since(o.Date)
		t.Proposed = nil
	}
	w.named = first
}

// since moves the receipt of the mail that opened the ticket to the day on which a colleague had it.
func (w *work) since(at time.Time) {
	t, d := &w.ch.Ticket, w.draft
	before := t.ReceivedAt
	if at.IsZero() || !at.Before(before) {
		return
	}
	p := d.facts.Policy
	for i, r := range t.Requests {
		if !r.ReceivedAt.Equal(before) || r.State.Closed() {
			continue
		}
		t.Requests[i].ReceivedAt = at.UTC()
		if len(r.Deadline.Proof) > 0 {
			t.Requests[i].Deadline = p.ownClock(r.Right, p.firstDeadline(p.law(r.Law), r.Right, at), at)
		}
	}
	t.ReceivedAt = at.UTC()
	said := fmt.Sprintf("the dates count from %s, when a colleague had the mail; it reached this mailbox on %s", at.In(p.Zone).Format("2006-01-02 15:04"), before.In(p.Zone).Format("2006-01-02 15:04"))
	d.event(w.ch, EventReclassified, w.actor, "%s", said)
	w.done = append(w.done, strings.ToUpper(said[:1])+said[1:]+".")
}

// acknowledgeNamed writes the first letter to a requester whom staff have named, in no thread of theirs:
// the only mail we know is a colleague's.
func (w *work) acknowledgeNamed() {
	t, d := &w.ch.Ticket, w.draft
	if !w.named || w.refusedAny() || t.Closed() || t.Writer.Official() {
		return
	}
	c := MailCause{Message: Message{ReceivedAt: t.ReceivedAt}}
	o := d.toRequester(w.ch, d.ackKind(*t, c))
	o.InReplyTo, o.References = "", nil
	o.Data.Rights = SortRights(t.openRights())
	o.Data.Late = d.now.Sub(t.ReceivedAt) > 24*time.Hour
	o.Data.Due, o.Data.LawName = d.promised(t.Requests)
	if o.Kind == LetterAcknowledgement && d.asksCode(*t, c) {
		d.askCode(w.ch, &o)
	}
	w.letters = append(w.letters, o)
	w.done = append(w.done, "The requester gets an acknowledgement.")
}
