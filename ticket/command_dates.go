package ticket

import (
	"fmt"
	"strings"
	"time"
)

// extend announces a longer period. The dates change when the mail server has accepted the notice
// before the limit, and not earlier (CASES D12, D35; BEHAVIOURS 26).
func (w *work) extend(arg string) {
	rights, reason := leadingRights(arg)
	w.join(reason)
	w.mayWrite(CmdExtend)
	if w.text == "" {
		w.refuse("#extend needs the reason: the requester has a right to it (GDPR art. 12(3)).")
	}
	var which []*Request
	var not []string
	for _, r := range w.openRequests(rights) {
		if why := w.extensible(*r); why != "" {
			not = append(not, string(r.Right)+": "+why)
		} else {
			which = append(which, r)
		}
	}
	if len(which) == 0 {
		w.refuse("Nothing can be extended. %s", strings.Join(not, "; "))
	}
	if w.refusedAny() {
		return
	}
	w.used = true
	for len(which) > 0 { // one notice for each new date
		var these, others []*Request
		date := w.extended(*which[0])
		for _, r := range which {
			if w.extended(*r).Legal.Equal(date.Legal) {
				these = append(these, r)
			} else {
				others = append(others, r)
			}
		}
		w.noticeOfExtension(these, date.Legal)
		which = others
	}
	for _, n := range not {
		w.done = append(w.done, "Not extended: "+n+".")
	}
}

func (w *work) noticeOfExtension(which []*Request, legal time.Time) {
	zone := w.draft.facts.Policy.Zone
	var rights []Right
	for _, r := range which {
		rights = append(rights, r.Right)
	}
	o := w.draft.toRequester(w.ch, LetterExtension)
	o.Key += "/" + joinRights(rights)
	o.Data.Rights, o.Data.Due, o.Data.LawName = rights, legal.In(zone), w.draft.facts.Policy.law(which[0].Law).Name
	o.Data.Answer, o.Hold = w.text, ""
	w.noteSent(o)
	w.letters = append(w.letters, o)
	for _, r := range which {
		r.Pending = &Notified{Key: o.Key, At: w.draft.now, By: w.actor, Why: cut(w.text, 1000), Legal: legal}
	}
	w.draft.event(w.ch, EventDates, w.actor, "announced an extension of %s to %s: %s", joinRights(rights), DateOf(legal, zone).Long(), cut(w.text, 1000))
	w.done = append(w.done, fmt.Sprintf("The requester is told that %s takes until %s, and why. The new date counts once the mail server has accepted that letter; until then the limit stays %s.",
		joinRights(rights), DateOf(legal, zone).Long(), dayOr(which[0].Deadline.Legal, zone)))
}

// extensible says why r cannot be extended; "" when it can.
func (w *work) extensible(r Request) string {
	law, zone := w.draft.facts.Policy.law(r.Law).For(r.Right), w.draft.facts.Policy.Zone
	switch {
	case r.Deadline.Extended:
		return "it is extended already, and only once is possible"
	case r.Pending != nil:
		return "an extension is announced already and waits until its letter is accepted"
	case r.Right == Child || r.Right == Unsubscribe || r.Right == Complaint || r.Deadline.Legal.IsZero():
		return "there is no extension for it"
	case law.Extension.IsZero():
		return law.Code + " knows no extension"
	case !r.AppealedAt.IsZero():
		return "an appeal cannot be extended"
	case w.draft.now.After(r.Deadline.Legal):
		return "the limit was " + DateOf(r.Deadline.Legal, zone).Long() + ", and an extension is possible before it only"
	}
	return ""
}

// extended gives the dates that r would have.
func (w *work) extended(r Request) Deadline {
	r.Deadline.Extended = true
	return w.draft.facts.Policy.counted(r)
}

// latePause is how many days after the receipt a question suspends nothing any more (CASES D22).
const latePause = 7

// pause asks the requester for something without which the request cannot be answered. Where the
// law has it, the clock stands still from the letter's acceptance to the answer.
func (w *work) pause(arg string) {
	kind := pauseClarification
	word, rest, _ := strings.Cut(arg, " ")
	switch k := strings.ToLower(strings.TrimRight(word, ":")); k {
	case pauseIdentity, pauseFee, pauseClarification:
		kind, arg = k, rest
	}
	rights, question := leadingRights(arg)
	w.join(question)
	w.mayWrite(CmdPause)
	if w.text == "" {
		w.refuse("#pause needs the question to the requester, for example: #pause Which of your two accounts do you mean?")
	}
	var which []*Request
	var not []string
	for _, r := range w.openRequests(rights) {
		if why := w.pausable(*r, kind); why != "" {
			not = append(not, string(r.Right)+": "+why)
		} else {
			which = append(which, r)
		}
	}
	if len(which) == 0 {
		w.refuse("The clock of nothing here can pause. %s. Ask with #ask; the clock runs on.", strings.Join(not, "; "))
	}
	if w.refusedAny() {
		return
	}
	o := w.draft.toRequester(w.ch, LetterAnswer)
	o.Key += "/pause"
	o.Data.Answer, o.Hold = w.text, ""
	w.noteSent(o)
	w.letters, w.used = append(w.letters, o), true
	for _, r := range which {
		r.wait(Wait{For: waitRequester, Since: w.draft.now, By: w.actor, Why: cut(w.text, 1000), Pause: kind, Key: o.Key})
		w.done = append(w.done, w.saidOfPause(*r))
	}
	for _, n := range not {
		w.done = append(w.done, "Not paused: "+n+".")
	}
	w.draft.event(w.ch, EventWaiting, w.actor, "asked the requester (%s): %s", kind, cut(w.text, 1000))
	w.done = append(w.done, "This is what is sent:", "", w.text)
}

// pausable says why r's clock cannot pause; "" when it can.
func (w *work) pausable(r Request, kind string) string {
	law, zone := w.draft.facts.Policy.law(r.Law).For(r.Right), w.draft.facts.Policy.Zone
	switch {
	case !law.Pause:
		return law.Code + " knows no pause"
	case r.Right == Child || r.Right == Unsubscribe || r.Right == Complaint || r.Deadline.Legal.IsZero():
		return "there is no pause for it"
	case law.PauseRule == PauseStatutory && kind == pauseClarification && r.Right != Access:
		return law.Code + " stops the clock for a question about an access request only"
	case r.Wait != nil && r.Wait.Pause != "":
		return "it waits already for an answer to an earlier question"
	case w.draft.now.After(r.Deadline.Legal):
		return "the limit was " + DateOf(r.Deadline.Legal, zone).Long()
	}
	return ""
}

func (w *work) saidOfPause(r Request) string {
	p := w.draft.facts.Policy
	law, limit := p.law(r.Law), dayOr(r.Deadline.Legal, p.Zone)
	late := daysBetween(DateOf(r.ReceivedAt, p.Zone), DateOf(w.draft.now, p.Zone)) > latePause
	switch {
	case law.PauseRule == PauseArguable && late:
		return fmt.Sprintf("%s: asked more than %d days after the receipt, so nothing is suspended: the limit stays %s.", r.Right, latePause, limit)
	case law.PauseRule == PauseArguable:
		return fmt.Sprintf("%s: whether the clock stands still is disputed under %s, so the limit stays %s; the record shows the time.", r.Right, law.Code, limit)
	}
	return fmt.Sprintf("%s: the clock stands still once the mail server has accepted the question, until the requester answers. Without an answer the limit stays %s.", r.Right, limit)
}

// wait puts r into the state waiting; a wait that is there already takes what is new.
func (r *Request) wait(x Wait) {
	if r.State != Waiting && r.move(MoveAsk) != nil {
		return
	}
	r.Wait = &x
}

// asked notes that a question went to the requester, without any word about the clock.
func (w *work) asked() {
	for _, r := range w.openRequests(nil) {
		if r.Wait == nil || r.Wait.Pause == "" {
			r.wait(Wait{For: waitRequester, Since: w.draft.now, By: w.actor, Why: "asked by #ask"})
		}
	}
}

// wait notes that something is needed from a third party. The clock runs.
func (w *work) wait(arg string) {
	rights, why := leadingRights(arg)
	if why == "" {
		w.refuse("#wait needs what for, for example: #wait the archive looks for the paper file")
		return
	}
	var waits []Right
	for _, r := range w.openRequests(rights) {
		if r.Wait == nil || r.Wait.Pause == "" {
			r.wait(Wait{For: waitThirdParty, Since: w.draft.now, By: w.actor, Why: cut(why, 1000)})
			waits = append(waits, r.Right)
		}
	}
	if len(waits) == 0 {
		w.refuse("Nothing open on this ticket can wait.")
		return
	}
	w.draft.event(w.ch, EventWaiting, w.actor, "%s waits: %s", joinRights(waits), cut(why, 1000))
	w.done = append(w.done, "Recorded: "+joinRights(waits)+" waits. The clock runs on.")
}

// resume notes that what was needed has come in another way.
func (w *work) resume(how string) {
	if how == "" {
		w.refuse("#resume needs how the answer came, for example: #resume she called and named the account")
		return
	}
	var again []Right
	for _, r := range w.openRequests(nil) {
		if w.draft.resume(r, w.draft.now, w.actor, cut(how, 1000)) {
			again = append(again, r.Right)
		}
	}
	if len(again) == 0 {
		w.refuse("Nothing on this ticket waits for an answer.")
		return
	}
	w.draft.event(w.ch, EventWaiting, w.actor, "the answer came: %s", cut(how, 1000))
	w.sayDates("Work on " + joinRights(again) + " goes on.")
}

// sayDates adds the limit as it is now to a sentence of the receipt.
func (w *work) sayDates(said string) {
	if legal, _ := w.ch.Ticket.Due(); !legal.IsZero() {
		said += " The first limit is " + DateOf(legal, w.draft.facts.Policy.Zone).Long() + "."
	}
	w.done = append(w.done, said)
}

// law changes the law of the open requests. Dates are counted anew from the original receipt, by
// whom and why stays on the sheet.
func (w *work) law(arg string) {
	code, why, _ := strings.Cut(arg, " ")
	law, ok := w.draft.facts.Policy.Laws[strings.ToLower(code)]
	if !ok {
		w.refuse("#law does not know %q; the laws are %s.", cut(code, 30), strings.Join(lawCodes(w.draft.facts.Policy.Laws), ", "))
		return
	}
	open := w.openRequests(nil)
	if len(open) == 0 {
		w.refuse("Nothing on this ticket is open.")
		return
	}
	for _, r := range open {
		was := r.Law
		void := r.Deadline.Extended || r.Pending != nil
		r.Law, r.Deadline.Extended, r.Deadline.Excluded, r.Deadline.Start, r.Pending = law.Code, false, 0, r.ReceivedAt, nil
		if r.State == Extended {
			_ = r.move(MoveVoid)
		}
		if !r.Deadline.Legal.IsZero() || !r.Deadline.Target.IsZero() {
			w.draft.recount(r, DateChange{By: w.actor, What: "law " + was + " changed to " + law.Code, Why: cut(strings.TrimSpace(why), 1000)})
		}
		if void {
			w.done = append(w.done, string(r.Right)+": the extension under "+was+" is void. Extend again, if "+law.Code+" has it.")
		}
	}
	w.draft.event(w.ch, EventDates, w.actor, "the law is %s: %s", law.Code, orElse(cut(strings.TrimSpace(why), 1000), "no reason given"))
	w.sayDates("The law of this ticket is " + law.Code + "; the dates are counted anew from the original receipt.")
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
