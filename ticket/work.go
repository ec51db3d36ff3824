package ticket

import (
	"slices"
	"strings"
)

// one carries out a single command.
func (w *work) one(cmd Command) {
	switch cmd.Name {
	case CmdNote:
		if w.alone {
			w.join(cmd.Arg)
			w.note()
		} else {
			w.noteLine(cmd.Arg)
		}
	case CmdAck:
		if w.draft.lookedAt(w.ch, w.actor) {
			w.done = append(w.done, "The alarms are stopped: you look at this child alert.")
		} else {
			w.done = append(w.done, "There is no open alarm on this ticket.")
		}
	case CmdTake:
		w.take()
	case CmdAsk:
		w.join(cmd.Arg)
		w.relay(true, true)
		if !w.refusedAny() {
			w.asked()
		}
	case CmdClose:
		w.close(cmd.Arg)
	case CmdVerified:
		w.verified(cmd.Arg)
	case CmdRight:
		w.reclassify(cmd.Arg)
	case CmdRequester:
		w.requester(cmd.Arg)
	case CmdRelease:
		w.ch.Ticket.HoldWhy = ""
		w.release = w.ch.Ticket.Ref
		w.draft.event(w.ch, EventReleased, w.actor, "let the waiting letters go")
		w.done = append(w.done, "The waiting letters of this ticket go out now.")
	case CmdBlocked, CmdDeleted:
		w.milestone(cmd.Name)
	case CmdTicket:
		w.refuse("#ticket works in an answer to the sorting mail only.")
	case CmdSend, CmdDrop:
		w.refuse("#%s works alone, in a reply to the mail that quotes a held text.", cmd.Name)
	case CmdHelp:
		w.done = append(w.done, "These are the commands. They go in the first lines of your reply.", "")
		for _, h := range CommandHelps() {
			w.done = append(w.done, h.Use+": "+h.Does)
		}
	default:
		w.life(cmd)
	}
}

// join puts the rest of the command's line before the text that follows.
func (w *work) join(arg string) {
	w.text = strings.TrimSpace(arg + "\n" + w.text)
}

func (w *work) note() {
	w.used = true
	if w.text == "" {
		return
	}
	w.draft.event(w.ch, EventNote, w.actor, "%s", cut(w.text, maxNoticeText))
	w.done = append(w.done, "Your note is kept on the ticket. It was not sent to anybody.")
}

// noteLine keeps the words of a #note line beside another command: the text below belongs to that
// other command, and the note never joins it (BEHAVIOURS 34).
func (w *work) noteLine(words string) {
	if words == "" {
		w.refuse("#note has no text on its line. Put the note on it, or send it in a mail of its own.")
		return
	}
	w.draft.event(w.ch, EventNote, w.actor, "%s", cut(words, maxNoticeText))
	w.done = append(w.done, "Your note is kept on the ticket. It was not sent to anybody.")
}

func (w *work) take() {
	t := &w.ch.Ticket
	if w.member.Address != "" { // nobody at the terminal has one; #assign says who
		t.Assignee = w.member.Address
	}
	for i := range t.Requests {
		if t.Requests[i].State != Waiting {
			t.Requests[i].work()
		}
	}
	w.draft.event(w.ch, EventTaken, w.actor, "took the ticket")
	w.done = append(w.done, "The ticket is yours.")
}

func (w *work) inWork() {
	for i := range w.ch.Ticket.Requests {
		w.ch.Ticket.Requests[i].work()
	}
}

// mayLeave names what forbids the text to go to the requester.
func (w *work) mayLeave(proven, question bool) {
	w.checkLeaving()
	w.mayEnclose()
	t, p := w.ch.Ticket, w.draft.facts.Policy
	to := t.Requester()
	switch {
	case !p.Relay && !w.atTerminal:
		w.refuse("Passing answers on to requesters is switched off (relay.enabled), so nothing was sent.")
	case !proven:
		w.refuse("It is not proven that this mail is from you (no DMARC pass), so nothing was sent to the requester.")
	case to.Address.IsZero():
		w.refuse("This ticket has no requester yet. Name one with #requester address.")
	case w.text == "":
		w.refuse("There is no text to send.")
	case !question && to.Verified.IsZero() && t.needsControl():
		w.refuse("The requester has not shown that the address is theirs, so nothing about them may be sent there yet. Send a question with #ask, or record your own check with #verified how.")
	}
}

// relay sends staff's words to the requester on file, never to anybody else.
func (w *work) relay(proven, question bool) {
	w.mayLeave(proven, question)
	if w.refusedAny() {
		return
	}
	o := w.draft.toRequester(w.ch, LetterAnswer)
	o.Data.Answer, o.Hold = w.text, ""
	w.enclose(&o)
	w.noteSent(o)
	w.letters = append(w.letters, o)
	w.used = true
	w.coverage(w.text)
	w.inWork()
	w.draft.event(w.ch, EventAnswer, w.actor, "answered the requester: %s", cut(w.text, maxNoticeText))
	w.done = append(w.done, "Your answer goes to the requester on file; you get a copy when the mail server has taken it. These are your words:", "", w.text)
}

// close ends requests with an outcome. Nothing is closed in silence: every outcome but "none"
// writes to the requester, and a refusal or a partial outcome needs staff's reasons.
func (w *work) close(arg string) {
	outcome, rights, more, err := closeArgs(arg)
	if err != nil {
		w.refuse("%v", err)
		return
	}
	w.join(more)
	t := &w.ch.Ticket
	move, _ := outcome.Move()
	if outcome != OutcomeNone {
		w.mayClose(outcome)
		w.checkInform()
		w.coverage(w.text)
	}
	closed := w.shut(move, outcome, rights)
	if len(closed) == 0 {
		w.nothingOpen(move, rights)
	}
	if w.refusedAny() {
		return
	}
	w.draft.event(w.ch, EventClosed, w.actor, "closed %s: %s. %s", joinRights(closed), outcome, cut(w.text, maxNoticeText))
	w.used = true
	if outcome == OutcomeNone {
		w.done = append(w.done, "Closed without a letter: "+joinRights(closed)+".")
		return
	}
	o := w.draft.toRequester(w.ch, LetterClosing)
	if outcome == OutcomeDone && w.text == "" && onlyStops(closed) {
		o.Kind = LetterStopped
	}
	o.Key += "/" + joinRights(closed)
	o.Data.Rights, o.Data.Outcome, o.Data.Answer, o.Hold = closed, outcome, w.text, ""
	o.Data.Appeal = w.draft.mayAppeal(*t, closed)
	w.enclose(&o)
	w.noteSent(o)
	w.letters = append(w.letters, o)
	w.done = append(w.done, "Closed as "+string(outcome)+": "+joinRights(closed)+". The requester is told in writing.")
	w.checked(closed, outcome)
	w.closedAs(closed, outcome)
	if t.Closed() && t.Child != nil {
		w.draft.lookedAt(w.ch, w.actor)
	}
}

func (w *work) mayClose(o Outcome) {
	w.checkLeaving()
	w.mayEnclose()
	t := w.ch.Ticket
	to := t.Requester()
	switch {
	case to.Address.IsZero():
		w.refuse("This ticket has no requester to write to. Name one with #requester address, or use #close none.")
	case w.text != "" && !w.draft.facts.Policy.Relay && !w.atTerminal:
		w.refuse("Passing words on to requesters is switched off (relay.enabled): close without text, or at the terminal.")
	case w.text == "" && (o == OutcomeRefused || o == OutcomePartly):
		w.refuse("#close %s needs the reasons: the requester has a right to them (GDPR art. 12(4)).", o)
	case (o == OutcomeDone || o == OutcomePartly) && to.Verified.IsZero() && t.needsControl() && (to.Role == RoleRequester || t.asksContent()):
		w.refuse("The requester has not shown that the address is theirs. Record your own check with #verified how, or close as refused with reasons.")
	}
}

// shut closes the open requests with one of rights, or all when rights is empty.
func (w *work) shut(m Move, o Outcome, rights []Right) []Right {
	var closed []Right
	for i := range w.ch.Ticket.Requests {
		r := &w.ch.Ticket.Requests[i]
		if r.State.Closed() || len(rights) > 0 && !slices.Contains(rights, r.Right) || r.move(m) != nil {
			continue
		}
		r.Outcome, r.ClosedAt, r.Wait, r.Pending = o, w.draft.now, nil, nil
		closed = append(closed, r.Right)
	}
	w.settleStopping(closed, o)
	return SortRights(closed)
}

// nothingOpen refuses a move that no request can make, and says what is possible.
func (w *work) nothingOpen(m Move, rights []Right) {
	var why []string
	for _, r := range w.ch.Ticket.Requests {
		if _, err := after(Moves(), r.State, m); err != nil && (len(rights) == 0 || slices.Contains(rights, r.Right)) {
			why = append(why, string(r.Right)+": "+err.Error())
		}
	}
	w.refuse("Nothing open on this ticket matches. %s", strings.Join(why, ". "))
}

func (w *work) verified(how string) {
	p := w.ch.Ticket.requesterParty()
	switch {
	case p.Address.IsZero():
		w.refuse("This ticket has no requester yet.")
	case how == "":
		w.refuse("#verified needs how you checked, for example: #verified called back on the number on file")
	default:
		p.Verified, p.How = w.draft.now, cut(how, 200)
		w.draft.event(w.ch, EventVerified, w.actor, "recorded a check of the requester: %s", p.How)
		w.done = append(w.done, "The requester counts as verified.")
	}
}

// reclassify corrects what is asked for. Dates count from the receipt of the mail that opened
// the ticket, so that a correction never moves a clock (BEHAVIOURS 23).
func (w *work) reclassify(arg string) {
	add, drop, err := rightArgs(arg)
	if err != nil {
		w.refuse("%v", err)
		return
	}
	t, d := &w.ch.Ticket, w.draft
	opener := MailCause{Message: Message{ReceivedAt: t.ReceivedAt}}
	if len(t.Requests) > 0 {
		opener.Verdict.Law = t.Requests[0].Law
	}
	if len(drop) > 0 {
		w.shut(MoveNone, OutcomeNone, drop)
		if slices.Contains(drop, Child) && t.Child != nil && !slices.Contains(t.openRights(), Child) {
			w.clearAlert()
		}
	}
	if slices.Equal(t.openRights(), []Right{Other}) && len(add) > 0 {
		w.shut(MoveNone, OutcomeNone, []Right{Other})
	}
	for _, r := range add {
		if slices.Contains(t.openRights(), r) {
			continue
		}
		req := d.request(r, opener)
		req.Confidence, req.Evidence = 1, []Evidence{{Right: r, Rule: "named by " + w.actor}}
		t.Requests = append(t.Requests, req)
		if r == Child && t.Child == nil {
			t.Child, t.Urgent = d.childAlert(t.ReceivedAt), true
			d.lookedAt(w.ch, w.actor)
		}
	}
	t.NeedsHuman = ""
	d.event(w.ch, EventReclassified, w.actor, "corrected what is asked for: %s", arg)
	w.done = append(w.done, "The ticket now asks for: "+joinRights(SortRights(t.openRights()))+".")
}

func (w *work) milestone(name string) {
	a := w.ch.Ticket.Child
	if a == nil {
		w.refuse("#%s works on a child alert only.", name)
		return
	}
	m := MoveBlock
	if name == CmdDeleted {
		m = MoveDelete
	}
	if _, err := after(ChildMoves(), a.State(), m); err != nil {
		w.refuse("The child alert: %v.", err)
		return
	}
	w.draft.lookedAt(w.ch, w.actor)
	if a.BlockedAt.IsZero() {
		a.BlockedAt = w.draft.now
		w.draft.event(w.ch, EventBlocked, w.actor, "the child's data is blocked")
	}
	if name == CmdDeleted {
		a.DeletedAt = w.draft.now
		w.draft.event(w.ch, EventDeleted, w.actor, "the child's data is deleted")
	}
	w.done = append(w.done, "Recorded: the child's data is "+name+".")
}

// clearAlert ends a child alert in which people found no child's data: a false alarm is cheap to
// clear (BEHAVIOURS 24).
func (w *work) clearAlert() {
	a := w.ch.Ticket.Child
	if _, err := after(ChildMoves(), a.State(), MoveClear); err != nil {
		return // deleted or cleared already
	}
	w.draft.lookedAt(w.ch, w.actor)
	a.ClearedAt = w.draft.now
	w.draft.event(w.ch, EventCleared, w.actor, "people found no child's data")
}
