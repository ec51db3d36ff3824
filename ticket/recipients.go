package ticket

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Recipient is somebody to whom the organisation has passed data on, and who is told when they are
// corrected, erased or restricted (GDPR art. 19).
type Recipient struct {
	Name     string
	Address  string
	Language string  // of the letters, such as "de"
	Rights   []Right // of correction, deletion, restriction; empty: all three
}

// Informed is one recipient who was told, and what came of it.
type Informed struct {
	Name       string    `json:"name"`
	Address    string    `json:"address"`
	Rights     []Right   `json:"rights"`
	Key        string    `json:"key"` // of the letter
	OrderedAt  time.Time `json:"ordered_at"`
	SentAt     time.Time `json:"sent_at,omitzero"`     // accepted by the mail server
	FailedAt   time.Time `json:"failed_at,omitzero"`   // refused or returned
	AnsweredAt time.Time `json:"answered_at,omitzero"` // last answer
}

// passedOn are the rights whose being done recipients are told of.
func passedOn() []Right { return []Right{Correction, Deletion, Restriction} }

// concerns gives those of rights that r must be told of.
func (r Recipient) concerns(rights []Right) []Right {
	var out []Right
	for _, x := range passedOn() {
		if slices.Contains(rights, x) && (len(r.Rights) == 0 || slices.Contains(r.Rights, x)) {
			out = append(out, x)
		}
	}
	return out
}

// informed changes the entry of the letter with this key.
func (t *Ticket) informed(key string, change func(*Informed)) {
	for i := range t.Informed {
		if t.Informed[i].Key == key {
			change(&t.Informed[i])
		}
	}
}

// recipientOf reports whether address was told about t as a recipient.
func (t Ticket) recipientOf(address string) bool {
	return slices.ContainsFunc(t.Informed, func(i Informed) bool { return AddressKey(i.Address) == AddressKey(address) })
}

// inform tells the recipients: beside #close with its text, later on its own.
func (w *work) inform(arg string) {
	if w.closing { // the closing takes it
		return
	}
	w.join(arg)
	w.used = true
	w.checkLeaving()
	var done []Right
	for _, r := range w.ch.Ticket.Requests {
		if r.Outcome == OutcomeDone || r.Outcome == OutcomePartly {
			done = append(done, r.Right)
		}
	}
	switch {
	case w.text == "":
		w.refuse("#inform needs what the recipients must know to act, for example: #inform customer number 4711")
	case len(w.draft.facts.Policy.Recipients) == 0:
		w.refuse("No recipients are configured (recipients:).")
	case len(SortRights(done)) == 0 || !slices.ContainsFunc(done, func(r Right) bool { return slices.Contains(passedOn(), r) }):
		w.refuse("Recipients are told when a correction, deletion or restriction is done: write #inform together with #close done, or after it.")
	}
	if !w.refusedAny() {
		w.tellRecipients(done, w.text)
	}
}

// checkInform looks at the words for the recipients as at those for the requester.
func (w *work) checkInform() {
	text := w.text
	w.text = w.informText
	w.checkLeaving()
	w.text = text
}

// tellRecipients orders a letter to each recipient concerned, with the reference, the right, and the
// words that staff typed for it: nothing else of the requester.
func (w *work) tellRecipients(rights []Right, words string) {
	t := &w.ch.Ticket
	var told []string
	for _, r := range w.draft.facts.Policy.Recipients {
		about := r.concerns(rights)
		if len(about) == 0 {
			continue
		}
		o := LetterOrder{
			Kind: LetterRecipientNotice, Key: t.Ref + "/" + w.draft.key(LetterRecipientNotice, r.Address) + "/" + joinRights(about), Ref: t.Ref,
			To: Address{Address: r.Address}, Language: r.Language,
			Data: LetterData{ReceivedAt: w.draft.now.In(w.draft.facts.Policy.Zone), Rights: about, Answer: words},
		}
		w.letters = append(w.letters, o)
		t.Informed = append(t.Informed, Informed{Name: r.Name, Address: r.Address, Rights: about, Key: o.Key, OrderedAt: w.draft.now})
		told = append(told, r.Name)
	}
	if len(told) == 0 {
		return
	}
	w.draft.event(w.ch, EventRecipient, w.actor, "told %s about %s: %s", strings.Join(told, ", "), joinRights(rights), orElse(cut(words, maxNoticeText), "without further words"))
	said := "Recipients of the data are told: " + strings.Join(told, ", ") + " (GDPR art. 19)."
	if words == "" {
		said += " The letter holds the reference and the right only; send what they need to act with #inform."
	}
	w.done = append(w.done, said)
}

// notInformed notes that a recipient could not be reached, which says nothing about the requester.
func (d *draft) notInformed(ch *Change, c DeliveryCause, status string) {
	ch.Ticket.informed(c.Letter.Key, func(i *Informed) { i.FailedAt = d.now })
	d.undelivered(ch, c, status)
}

// fromRecipient handles an answer of somebody who was told as a recipient: it is shown to staff and
// kept on the ticket, never passed on, and the requester hears nothing of it. A child's data in it
// still opens a ticket.
func (d *draft) fromRecipient(c MailCause, t Ticket) {
	ch := d.change(t)
	who := c.Message.From.Address
	for i := range ch.Ticket.Informed {
		if AddressKey(ch.Ticket.Informed[i].Address) == AddressKey(who) {
			ch.Ticket.Informed[i].AnsweredAt = c.Message.ReceivedAt
			who = ch.Ticket.Informed[i].Name
		}
	}
	d.event(ch, EventRecipient, "bot", "%s answered", who)
	d.settle(DispFollowup, t.Ref, "an answer of a recipient of the data")
	if c.Verdict.Has(Child) {
		d.openTicket(c, t.Ref)
	}
	d.noticeFollowup(ch, c, fmt.Sprintf("%s, who was told as a recipient of the data, answered. The requester was not written to.", who))
}
