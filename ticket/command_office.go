package ticket

import (
	"slices"
	"strings"
)

// assign gives the ticket to a colleague, who gets a mail about it.
func (w *work) assign(arg string) {
	arg = strings.TrimSpace(arg)
	d := w.draft
	s, ok := d.facts.Policy.StaffByName(arg)
	switch {
	case arg == "":
		w.refuse("#assign needs a colleague's name or address.")
		return
	case !ok:
		var names []string
		for _, m := range d.facts.Policy.Staff {
			names = append(names, m.Name)
		}
		w.refuse("#assign knows no colleague, or several, called %q; there are %s.", cut(arg, 60), strings.Join(names, ", "))
		return
	}
	t := &w.ch.Ticket
	t.Assignee = s.Address
	for i := range t.Requests {
		if t.Requests[i].State != Waiting {
			t.Requests[i].work()
		}
	}
	d.event(w.ch, EventAssigned, w.actor, "gave the ticket to %s", s.Name)
	w.done = append(w.done, "The ticket is "+s.Name+"'s now.")
	if AddressKey(s.Address) != AddressKey(w.member.Address) {
		m := Message{ReceivedAt: t.ReceivedAt, From: t.Requester().Address}
		w.letters = append(w.letters, d.noticeOrder(LetterStaffFollowup, s, w.ch, MailCause{Message: m}, "This ticket was given to you by "+w.member.Name+".", nil))
	}
}

// StaffByName finds the one member with this name, address or alias; none when several match.
func (p Policy) StaffByName(who string) (Staff, bool) {
	if s, ok := p.StaffByAddress(who); ok {
		return s, true
	}
	var found []Staff
	for _, s := range p.Staff {
		if strings.EqualFold(s.Name, who) {
			return s, true
		}
		if first, _, _ := strings.Cut(s.Name, " "); strings.EqualFold(first, who) {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return Staff{}, false
	}
	return found[0], true
}

// spam closes a ticket without a letter.
func (w *work) spam() {
	t := &w.ch.Ticket
	if t.Child != nil && t.Child.State() != ChildCleared && t.Child.State() != ChildDeleted {
		w.refuse("A child's data was reported here. If that is not so, write #right -child first.")
		return
	}
	closed := w.shut(MoveNone, OutcomeNone, nil)
	if len(closed) == 0 {
		w.refuse("Nothing on this ticket is open.")
		return
	}
	t.NeedsHuman, t.Silent = "", "judged spam by "+w.member.Name
	w.draft.event(w.ch, EventClosed, w.actor, "closed as spam")
	w.done = append(w.done, "Closed as spam. Nobody is written to.")
}

// legalHold keeps everything of the ticket from being erased (CASES D60).
func (w *work) legalHold(arg string) {
	t := &w.ch.Ticket
	switch {
	case strings.EqualFold(arg, "off") && t.LegalHold == "":
		w.refuse("There is no legal hold on this ticket.")
	case strings.EqualFold(arg, "off"):
		t.LegalHold = ""
		w.draft.event(w.ch, EventHold, w.actor, "ended the legal hold")
		w.done = append(w.done, "The legal hold is ended; the usual terms of erasure apply again.")
	case arg == "":
		w.refuse("#hold needs the reason, for example: #hold court case 12/27. #hold off ends it.")
	default:
		t.LegalHold = cut(arg, 500)
		w.draft.event(w.ch, EventHold, w.actor, "legal hold: %s", t.LegalHold)
		w.done = append(w.done, "Legal hold: nothing of this ticket is erased until #hold off.")
	}
}

// list sends the member's open tickets, and those that are nobody's.
func (w *work) list() {
	l := WorklistFor(w.draft.facts.Policy, w.member, w.draft.facts.OpenTickets, w.draft.now)
	if w.atTerminal {
		w.refuse("Use: privacybot ticket list --open")
		return
	}
	o := w.draft.toStaff(LetterStaffWorklist, w.member, Ticket{})
	o.Ref, o.Key = "", w.draft.key(LetterStaffWorklist, w.member.Address)
	o.Data.ReceivedAt, o.Data.Worklist = w.draft.now.In(w.draft.facts.Policy.Zone), &l
	w.letters = append(w.letters, o)
	w.done = append(w.done, "Your list is on its way.")
}

// show sends all that is kept about a ticket.
func (w *work) show(arg string) {
	if w.atTerminal {
		w.refuse("Use: privacybot ticket show PB-…")
		return
	}
	ref := refOf(strings.TrimSpace(arg))
	if ref == "" {
		ref = w.ch.Ticket.Ref
	}
	named, ok := w.draft.facts.Named[ref]
	if !ok {
		w.refuse("There is no ticket %s.", cut(ref, 30))
		return
	}
	o := w.draft.toStaff(LetterStaffSheet, w.member, named.Ticket)
	o.Data.Notice = &Notice{Ticket: named.Ticket, What: "You asked for this ticket.", From: named.Ticket.Requester().Address}
	o.Data.Lines = []string{""} // what follows is one text, however long the history is
	for _, e := range named.Events {
		o.Data.Lines = append(o.Data.Lines, e.At.In(w.draft.facts.Policy.Zone).Format("2006-01-02 15:04")+", "+e.Actor+": "+cut(strings.Join(strings.Fields(e.Text), " "), 300))
	}
	w.letters = append(w.letters, o)
	w.done = append(w.done, "The sheet of "+ref+" is on its way.")
}

// refer closes: another controller is responsible, and the requester is told whom to ask.
func (w *work) refer(arg string) {
	rights, who := leadingRights(arg)
	w.join(who)
	w.mayWrite(CmdRefer)
	if w.text == "" {
		w.refuse("#refer needs who is responsible, with the address to write to.")
	}
	if w.refusedAny() {
		return
	}
	closed := w.shut(MoveRefer, OutcomeReferred, rights)
	if len(closed) == 0 {
		w.nothingOpen(MoveRefer, rights)
		return
	}
	o := w.draft.toRequester(w.ch, LetterReferral)
	o.Key += "/" + joinRights(closed)
	o.Data.Rights, o.Data.Answer, o.Hold = closed, w.text, ""
	w.noteSent(o)
	w.letters, w.used = append(w.letters, o), true
	w.draft.event(w.ch, EventReferred, w.actor, "referred %s: %s", joinRights(closed), cut(w.text, maxNoticeText))
	w.done = append(w.done, "Closed as referred: "+joinRights(closed)+". The requester is told whom to ask. Tell that controller yourself, if it must know.")
}

// appeal opens again what the requester objects to.
func (w *work) appeal(arg string) {
	rights, why := leadingRights(arg)
	again := w.draft.reopen(w.ch, rights, w.draft.now, w.actor, orElse(why, "an appeal, recorded by staff"), true)
	if len(again) == 0 {
		w.nothingClosed(rights)
		return
	}
	w.sayDates("Open again after an appeal: " + joinRights(again) + ".")
}

func (w *work) nothingClosed(rights []Right) {
	var why []string
	for _, r := range w.ch.Ticket.Requests {
		if _, err := after(Moves(), r.State, MoveReopen); err != nil && (len(rights) == 0 || slices.Contains(rights, r.Right)) {
			why = append(why, string(r.Right)+": "+err.Error())
		}
	}
	w.refuse("Nothing on this ticket can be opened again. %s", strings.Join(why, ". "))
}
