package ticket

import (
	"slices"
	"strings"
	"time"
)

// reopen takes closed requests up again, and gives their rights. A limit that is still to come
// stays. One that is over was kept or broken long ago: from then on the law's term for an appeal
// counts, else its usual one, from the mail that brought it up (CASES D55).
func (d *draft) reopen(ch *Change, rights []Right, at time.Time, actor, why string, appeal bool) []Right {
	var again []Right
	for i := range ch.Ticket.Requests {
		r := &ch.Ticket.Requests[i]
		if len(rights) > 0 && !slices.Contains(rights, r.Right) || slices.Contains(ch.Ticket.openRights(), r.Right) {
			continue
		}
		was := *r
		if r.move(MoveReopen) != nil {
			continue
		}
		r.Outcome, r.ClosedAt = "", time.Time{}
		again = append(again, r.Right)
		if appeal {
			r.AppealedAt = at
		}
		d.reopenedClock(r, was, at, actor, why)
	}
	if len(again) > 0 {
		kind := EventReopened
		if appeal {
			kind = EventAppeal
			ch.Ticket.flag("the requester appeals against the outcome")
		}
		d.event(ch, kind, actor, "%s is open again: %s", joinRights(again), why)
	}
	return again
}

// mayAppeal reports whether the law of one of the rights lets the requester appeal to us, and they
// have not done so: the answer to an appeal offers no second one (CASES D55).
func (d *draft) mayAppeal(t Ticket, rights []Right) bool {
	return slices.ContainsFunc(t.Requests, func(r Request) bool {
		return slices.Contains(rights, r.Right) && r.AppealedAt.IsZero() && !d.facts.Policy.law(r.Law).Appeal.IsZero()
	})
}

func (d *draft) reopenedClock(r *Request, was Request, at time.Time, actor, why string) {
	appeals := !r.AppealedAt.IsZero() && !d.facts.Policy.law(r.Law).Appeal.IsZero()
	if r.Deadline.Legal.IsZero() || !appeals && !at.After(r.Deadline.Legal) {
		return
	}
	r.Deadline.Start, r.Deadline.Extended, r.Deadline.Excluded = at, false, 0
	what := "opened again after the limit had passed"
	if appeals {
		what = "an appeal, with the law's own term"
	}
	if !was.ClosedAt.IsZero() {
		what += "; it was closed as " + string(was.Outcome) + " on " + DateOf(was.ClosedAt, d.facts.Policy.Zone).Long()
	}
	d.recount(r, DateChange{By: actor, What: what, Why: why})
}

func (t *Ticket) flag(f string) {
	if !slices.Contains(t.Flags, f) {
		t.Flags = append(t.Flags, f)
	}
}

// objects reports whether a mail on the thread objects to the outcome of something refused or done in
// part only, which is an appeal in whatever words and under whatever law (CASES D55).
func (d *draft) objects(t Ticket, c MailCause) bool {
	if !slices.ContainsFunc(t.Requests, func(r Request) bool {
		return r.State.Closed() && (r.Outcome == OutcomeRefused || r.Outcome == OutcomePartly)
	}) {
		return false
	}
	return c.Verdict.Has(Complaint) || c.Verdict.Has(Objection) || says(c.Message.NewText, appeals())
}

// withdraws reports whether a mail on the thread reads as if its writer took the request back.
func withdraws(text string) bool { return says(text, withdrawals()) }

// says reports whether one of words, in lower case, stands in text.
func says(text string, words []string) bool {
	text = strings.ToLower(cut(strings.Join(strings.Fields(text), " "), 3000))
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// appeals are words with which people object to an answer. Staff read the mail; a word too many costs
// them a look.
func appeals() []string {
	return []string{
		"i appeal", "my appeal", "an appeal", "appeal against", "i object", "i disagree", "i do not accept", "i don't accept", "i do not agree", "i don't agree", "reconsider", "review your decision", "review of your decision",
		"ich widersprech", "lege widerspruch ein", "widerspruch gegen", "einspruch", "nicht einverstanden", "akzeptiere ich nicht", "akzeptiere das nicht", "nochmals prüfen", "erneut prüfen",
		"je conteste", "je fais appel", "un recours", "ne suis pas d'accord", "n'accepte pas", "no estoy de acuerdo", "recurro", "apelo", "apelación", "no acepto", "reconsider",
		"mi oppongo", "faccio ricorso", "non sono d'accord", "non accetto", "não concordo", "não aceito", "recorro", "maak bezwaar", "niet mee eens", "accepteer ik niet", "odwołuję się", "odwołanie", "nie zgadzam się", "sprzeciwiam się",
		"itiraz ediyorum", "kabul etmiyorum", "обжал", "не соглас", "возражаю", "不服", "申诉", "上诉", "不同意", "異議", "納得でき", "再検討", "不服申立",
	}
}

// withdrawals are words with which people take a request back.
func withdrawals() []string {
	return []string{
		"withdraw my", "withdraw the request", "i withdraw", "take back my request", "cancel my request", "cancel the request", "no longer need", "please close the request", "please close my", "please disregard my", "never mind",
		"ziehe meine", "ziehe den antrag", "antrag zurück", "anfrage zurück", "hat sich erledigt", "hat sich damit erledigt", "je retire ma", "j'annule ma", "retirer ma demande", "annuler ma demande",
		"retiro mi", "cancelar mi solicitud", "ritiro la", "annullo la", "retiro o", "retiro meu", "cancelar meu pedido", "trek mijn", "intrekken", "wycofuję", "anuluję", "geri çekiyorum", "vazgeç",
		"отзываю", "отменяю", "撤回", "取消我的", "取り下げ", "取下げ",
	}
}

// proposal says what a mail of the requester suggests that people may do now; "" when nothing. Nobody
// withdraws by a mail that anybody may have written (CASES A31).
func (d *draft) proposal(ch *Change, c MailCause) string {
	if ch.Ticket.Closed() || !withdraws(c.Message.NewText) {
		return ""
	}
	p, _ := ch.Ticket.Party(c.Message.From.Address)
	if p.Verified.IsZero() {
		d.event(ch, EventProposal, "bot", "reads like a withdrawal, from an address that is not confirmed: people must ask")
		return " It reads like a withdrawal, but it is not proven that the requester wrote it: ask with #ask before you close."
	}
	d.event(ch, EventProposal, "bot", "reads like a withdrawal, from the confirmed address")
	return " It reads like a withdrawal. If you read it so too, write #close withdrawn."
}

// refusedRights are those that were not granted in full.
func refusedRights(t Ticket) []Right {
	var rights []Right
	for _, r := range t.Requests {
		if r.State.Closed() && (r.Outcome == OutcomeRefused || r.Outcome == OutcomePartly) {
			rights = append(rights, r.Right)
		}
	}
	return SortRights(rights)
}

// resumeAll ends the waits for the requester, who wrote on the thread. A mail with the code alone
// answers a question for identity only.
func (d *draft) resumeAll(ch *Change, c MailCause, codeOnly bool) bool {
	resumed := false
	for i := range ch.Ticket.Requests {
		r := &ch.Ticket.Requests[i]
		if r.Wait == nil || r.Wait.For != waitRequester || codeOnly && r.Wait.Pause != pauseIdentity {
			continue
		}
		if d.resume(r, c.Message.ReceivedAt, "requester", "wrote on the thread") {
			resumed = true
		}
	}
	if resumed {
		d.event(ch, EventWaiting, "requester", "answered; work goes on")
	}
	return resumed
}
