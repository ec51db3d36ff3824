package ticket

import (
	"slices"
	"strings"
	"time"
)

// HeldAnswer is a staff mail that was held because something in it may not be meant for the requester.
// The mail itself is kept with all mails; here stands what #send may release.
type HeldAnswer struct {
	Mail      int64     `json:"mail"`
	By        string    `json:"by"` // address of the member
	At        time.Time `json:"at"`
	Requester string    `json:"requester"` // key of the address that the answer was to go to
	Found     []string  `json:"found"`
}

// SentAnswer is a letter with staff's words that was ordered.
type SentAnswer struct {
	Key string    `json:"key"` // of the letter
	By  string    `json:"by"`  // address of the member
	At  time.Time `json:"at"`
}

const (
	heldAnswerLasts = 7 * 24 * time.Hour
	maxHeldAnswers  = 20
	maxSentAnswers  = 10
)

// holdAnswer keeps the mail for #send and says so.
func (w *work) holdAnswer(t *Ticket) []string {
	t.HeldAnswers = slices.DeleteFunc(slices.Clone(t.HeldAnswers), func(h HeldAnswer) bool {
		return h.Mail == w.draft.mailID || w.draft.now.Sub(h.At) >= heldAnswerLasts
	})
	t.HeldAnswers = append(t.HeldAnswers, HeldAnswer{Mail: w.draft.mailID, By: w.member.Address, At: w.draft.now, Requester: t.Requester().Address.Key(), Found: w.findings})
	t.HeldAnswers = t.HeldAnswers[max(0, len(t.HeldAnswers)-maxHeldAnswers):]
	return []string{"If it is right as it stands, reply to this mail with #send: exactly this text goes out then, once. #drop forgets it. Otherwise put it right and answer again."}
}

// tellFirst tells the colleague who answered within the hour that a second answer waits.
func (w *work) tellFirst(c MailCause) {
	name, _ := w.answeredLately()
	if name == "" {
		return
	}
	answers := w.ch.Ticket.Answers
	first, _ := w.draft.facts.Policy.StaffByAddress(answers[len(answers)-1].By)
	o := w.draft.toStaff(LetterStaffWarning, first, w.ch.Ticket)
	o.Data.Lines = []string{w.member.Name + " wrote an answer less than an hour after yours. It was held; #send in a reply to this mail or to theirs lets it go out, #drop forgets it.",
		"", cut(c.Message.NewText, 4000)}
	w.draft.order(o)
}

// settleHeld handles #send and #drop, each alone in a reply to the mail that quotes the held text.
func (w *work) settleHeld(cmd Command, rest string) {
	t := &w.ch.Ticket
	mail := causeMail(w.draft.facts.Answer.Key)
	i := slices.IndexFunc(t.HeldAnswers, func(h HeldAnswer) bool { return h.Mail == mail })
	again := "Answer the ticket's mail again if it is still needed."
	if i < 0 || mail == 0 {
		w.refuse("No text is held that belongs to the mail you answered: it was sent or dropped, or never held. #%s works once, in a reply to the mail that quotes the text.", cmd.Name)
		return
	}
	h := t.HeldAnswers[i]
	drop := func() { t.HeldAnswers = slices.Delete(slices.Clone(t.HeldAnswers), i, i+1) }
	switch {
	case cmd.Name == CmdDrop:
		drop()
		w.draft.event(w.ch, EventHeld, w.actor, "dropped the held answer of mail %d", h.Mail)
		w.done = append(w.done, "The held text is dropped. Nothing of it was sent.")
	case !signatureOnly(rest):
		w.refuse("#send lets the held text go as it stands; your reply has a text of its own, and it is not clear which is meant. Reply with #send alone, or answer the ticket's mail with the new text.")
	case w.draft.now.Sub(h.At) >= heldAnswerLasts:
		w.refuse("The held text is older than seven days. %s", again)
	case t.Requester().Address.Key() != h.Requester:
		w.refuse("The requester of this ticket has changed since the text was held. %s", again)
	case t.HeardAt.After(h.At):
		w.refuse("The requester has written again since the text was held. Read that first. %s", again)
	default:
		drop()
		w.draft.event(w.ch, EventReleased, w.actor, "released the held answer of mail %d, after reading: %s", h.Mail, strings.Join(h.Found, " "))
		w.draft.out.CarryOut = &CarryOut{Mail: h.Mail, Proven: true, Send: true}
		if !sameMember(w.draft.facts.Policy, w.member, h.By) {
			w.done = append(w.done, "You released the held text; it is sent as it stands.")
		}
	}
}

// signatureOnly reports whether text is no more than a greeting and a name below a command.
func signatureOnly(text string) bool {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return len(lines) <= 6 && !slices.ContainsFunc(lines, func(l string) bool {
		l = strings.TrimSpace(l)
		return len([]rune(l)) > 60 || strings.HasSuffix(l, ".") || strings.HasSuffix(l, "!") || strings.HasSuffix(l, "?") || strings.HasSuffix(l, "。")
	})
}

// noteSent notes a letter with staff's words, for the copy when it has left and for a second agent.
func (w *work) noteSent(o LetterOrder) {
	t := &w.ch.Ticket
	if w.atTerminal {
		return
	}
	t.Answers = append(slices.Clone(t.Answers), SentAnswer{Key: o.Key, By: w.member.Address, At: w.draft.now})
	t.Answers = t.Answers[max(0, len(t.Answers)-maxSentAnswers):]
}

// settleAlone carries out #send or #drop when no other command stands beside it.
func (w *work) settleAlone(cmds []Command, at int, rest string) {
	if w.used = true; len(cmds) > 1 {
		w.one(cmds[at])
		return
	}
	w.settleHeld(cmds[at], rest)
}
