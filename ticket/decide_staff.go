package ticket

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// InternalMark stands in every letter to staff, above everything that must not leave the house.
// An answer that still holds it quotes internal text that the parser did not recognise.
const InternalMark = "internal: not for the requester"

// staffMail handles a mail from a listed staff address.
func (d *draft) staffMail(c MailCause) {
	s, _ := d.facts.Policy.StaffByAddress(c.Message.From.Address)
	a := d.facts.Answer
	if a == nil {
		d.staffUnthreaded(c, s)
		return
	}
	theirs := sameMember(d.facts.Policy, s, a.To)
	if a.Kind.External() || a.Kind == LetterStaffCode && !theirs {
		d.staffOnOtherThread(c, s)
		return
	}
	if d.facts.Ticket != nil {
		d.settle(DispStaff, d.facts.Ticket.Ref, "staff answered the ticket mail")
		if d.staffLoop(c, s) {
			return
		}
	}
	switch {
	case a.Kind == LetterStaffCode:
		d.staffCode(c, s)
	case !theirs && !d.trusted(c): // the thread is a colleague's, so it permits nothing by itself
		d.askProof(c, s)
	case d.facts.Ticket == nil:
		d.staffOnHouseMail(c, s)
	default:
		d.staffOnTicket(c, s)
	}
}

// maxStaffMails is how many mails of one member of staff are answered within an hour, on a ticket and
// outside of all tickets.
const maxStaffMails = 15

// staffLoop counts staff's mails on the ticket and reports whether they come faster than people write:
// a desk whose own ticket system answers every mail would answer our receipts for ever. The last
// letter says so; then there is none until it is quiet for an hour (A54).
func (d *draft) staffLoop(c MailCause, s Staff) bool {
	t := d.facts.Ticket.clone()
	t.StaffMails = append(slices.DeleteFunc(t.StaffMails, func(at time.Time) bool { return d.now.Sub(at) > time.Hour }), d.now)
	n := len(t.StaffMails)
	if n <= maxStaffMails {
		d.facts.Ticket = &t
		return false
	}
	t.StaffMails = t.StaffMails[max(0, n-maxStaffMails-2):]
	ch := d.change(t)
	why := "Mails about this ticket come from your address too fast: perhaps two programs answer each other. This one was kept; nothing was done with it and nothing was sent."
	d.event(ch, EventHeld, "staff:"+s.Name, "%s", why)
	if n == maxStaffMails+1 {
		d.tell(LetterStaffHeld, s, t, c, []string{why, "Write again when an hour has passed.", "", "Your text:", cut(c.Message.NewText, 4000)})
	}
	d.settle(DispStaff, t.Ref, "staff mail on this ticket comes too fast: perhaps a loop")
	return true
}

func sameMember(p Policy, s Staff, address string) bool {
	other, ok := p.StaffByAddress(address)
	return ok && AddressKey(other.Address) == AddressKey(s.Address)
}

// staffUnthreaded handles staff mail that answers none of their letters. A request that they
// hand in opens a ticket without a requester; nothing is sent to anybody else.
func (d *draft) staffUnthreaded(c MailCause, s Staff) {
	if d.handedIn(c, s) {
		return
	}
	d.settle(DispStaff, "", "from staff, not an answer to a ticket mail")
	d.tell(LetterStaffHeld, s, Ticket{}, c, []string{
		"Your mail does not answer one of the mails you got from this mailbox, so nothing was done with it and nothing was sent.",
		"To act on a ticket, answer its mail. To hand in a request, forward it here, or write #requester and their address in its first line.",
		"", "Your text:", cut(c.Message.NewText, 4000),
	})
}

// staffOnOtherThread holds an answer to a mail that was not written to this member: a colleague's, or
// a letter to the requester. What staff say there about a case is no new request.
func (d *draft) staffOnOtherThread(c MailCause, s Staff) {
	d.settle(DispStaff, d.facts.Answer.Ref, "from staff, in answer to a mail that was not theirs")
	d.tell(LetterStaffHeld, s, Ticket{Ref: d.facts.Answer.Ref}, c, []string{
		"Your mail answers one that was not sent to you, so nothing was done with it and nothing was sent.",
		"To act on a ticket, answer the mail about it that you got yourself, from the address it came to.",
		"", "Your text:", cut(c.Message.NewText, 4000),
	})
}

// staffOnHouseMail handles an answer to the digest or the sorting mail. The tickets named by
// #ticket are opened by the pipeline, each as its own cause; here staff get the receipt.
func (d *draft) staffOnHouseMail(c MailCause, s Staff) {
	d.settle(DispStaff, "", "staff answered a mail of the house")
	cmds, _ := ParseCommands(c.Message.NewText)
	if !d.trusted(c) && slices.ContainsFunc(cmds, func(cmd Command) bool { return cmd.Name == CmdTicket }) {
		d.askProof(c, s)
		return
	}
	var lines []string
	kind := LetterStaffReceipt
	for _, cmd := range cmds {
		if cmd.Name == CmdTicket && d.facts.Answer.Kind == LetterSorting && d.trusted(c) {
			lines = append(lines, "A ticket is opened for "+cut(cmd.Arg, 60)+"; its notice follows.")
		}
	}
	if len(lines) == 0 {
		kind = LetterStaffHeld
		lines = []string{"Nothing was done. To open a ticket for a mail of the sorting mail, answer it with a first line such as: #ticket M-7K3M", "", "Your text:", cut(c.Message.NewText, 4000)}
	}
	d.tell(kind, s, Ticket{}, c, lines)
}

// staffOnTicket carries out what a staff mail on its own ticket thread says: all of it, or
// nothing with the reasons.
func (d *draft) staffOnTicket(c MailCause, s Staff) {
	before := *d.facts.Ticket
	actor := "staff:" + s.Name
	cmds, rest := ParseCommands(c.Message.NewText)
	if !d.trusted(c) && needsProof(cmds, rest, d.facts.Answer.Kind) {
		d.askProof(c, s)
		return
	}
	w := &work{draft: d, ch: &Change{Ticket: before.clone()}, actor: actor, text: rest, member: s,
		attachments: c.Message.Attachments, addressed: slices.Concat(c.Message.To, c.Message.Cc), released: c.Send}
	if d.facts.Answer.Kind == LetterEscalation && len(cmds) == 0 && away(rest) {
		d.awayFromAlarm(c, s)
		return
	}
	if d.facts.Answer.Kind == LetterEscalation && d.lookedAt(w.ch, actor) {
		w.done = append(w.done, "The alarms are stopped: you look at this child alert.")
	}
	acknowledged := w.ch.Ticket.clone()
	events, done := slices.Clone(w.ch.Events), slices.Clone(w.done)
	if settles := slices.IndexFunc(cmds, func(cmd Command) bool { return cmd.Name == CmdSend || cmd.Name == CmdDrop }); settles >= 0 {
		w.settleAlone(cmds, settles, rest)
	} else {
		w.run(cmds)
	}
	switch {
	case w.answered() || w.refusedAny() || d.out.CarryOut != nil:
	case d.facts.Answer.Kind == LetterEscalation:
		w.note() // a reply to an escalation is never relayed
	case len(cmds) == 0 && len(rest) < 1000 && away(rest):
		w.refuse("Your text reads like an absence note, so it was not passed on. If it is meant for the requester, send it with #ask.") // A19
	case len(cmds) == 0:
		w.relay(d.trusted(c), false)
	case rest != "":
		w.note()
	}
	if w.refusedAny() {
		w.ch.Ticket, w.ch.Events, w.letters, w.release, w.done, w.beside = acknowledged, events, nil, "", done, nil
		d.event(w.ch, EventHeld, actor, "a staff mail was held: %s", strings.Join(slices.Concat(w.refused, w.findings), " "))
	}
	d.tickets = append(append(d.tickets, w.ch), w.beside...)
	for _, o := range w.letters {
		d.order(o)
	}
	d.out.ReleaseHeld = w.release
	if w.refusedAny() {
		lines := slices.Concat(w.done, w.refused, w.findings)
		if len(w.refused) == 0 {
			w.tellFirst(c)
			lines = append(lines, w.holdAnswer(&w.ch.Ticket)...)
		}
		d.tell(LetterStaffHeld, s, w.ch.Ticket, c, append(lines, "", "Your text:", cut(c.Message.NewText, maxNoticeText)))
		return
	}
	d.tell(LetterStaffReceipt, s, w.ch.Ticket, c, w.done)
}

// awayFromAlarm handles an answer to an escalation that reads like an absence note without any mark
// of a machine: nobody looks at the child alert, so the next person is alarmed (A19). A person who
// wrote it is told how to stop the alarms.
func (d *draft) awayFromAlarm(c MailCause, s Staff) {
	ch := d.change(*d.facts.Ticket)
	d.event(ch, EventHeld, "staff:"+s.Name, "the answer to the alarm reads like an absence note and stops no alarm")
	if a := ch.Ticket.Child; a != nil && a.AcknowledgedAt.IsZero() {
		d.moveOn(ch)
		d.tell(LetterStaffHeld, s, ch.Ticket, c, []string{"Your answer reads like an absence note, so the alarms go on with the next person. If you look at this child alert, answer with #ack."})
	}
}

// terminal carries out one command of the operator.
func (d *draft) terminal(c CommandCause) {
	if d.facts.Ticket == nil {
		return
	}
	d.commandOn = d.facts.Ticket.Version
	w := &work{draft: d, ch: &Change{Ticket: d.facts.Ticket.clone()}, actor: c.Actor, text: strings.TrimSpace(c.Text), member: Staff{Name: c.Actor}, atTerminal: true}
	w.run(append([]Command{c.Command}, c.More...))
	if w.refusedAny() {
		d.out.Refused = slices.Concat(w.refused, w.findings)
		return
	}
	d.tickets = append(append(d.tickets, w.ch), w.beside...)
	for _, o := range w.letters {
		d.order(o)
	}
	d.out.ReleaseHeld, d.out.Reason = w.release, strings.Join(w.done, "\n")
}

// tell answers a member of staff, at his listed address only.
func (d *draft) tell(kind LetterKind, s Staff, t Ticket, c MailCause, lines []string) {
	if len(lines) == 0 || t.Ref == "" && d.facts.StaffTold >= maxStaffMails {
		return
	}
	o := d.toStaff(kind, s, t)
	o.InReplyTo, o.References = c.Message.MessageID, c.Message.References
	o.Data.Lines = lines
	d.order(o)
}

// work is one staff mail (or terminal command) being carried out on one ticket.
type work struct {
	draft       *draft
	ch          *Change
	actor       string
	member      Staff
	text        string // what follows the commands
	attachments []Attachment
	addressed   []Address // To and Cc
	named       bool      // the ticket has its first requester
	released    bool      // a colleague has read what was found in it
	findings    []string  // what may not be meant for the requester; #send releases it
	atTerminal  bool

	beside     []*Change // further tickets: one joined, one split off
	closing    bool      // a #close stands beside the other commands
	informText string    // the words of #inform, for the closing

	alone   bool // no command but #note takes the text
	used    bool // the text went into a letter or a note
	letters []LetterOrder
	release string
	done    []string // one sentence per action, for the receipt
	refused []string // one sentence per reason
}

func (w *work) refuse(format string, args ...any) {
	w.refused = append(w.refused, fmt.Sprintf(format, args...))
}

func (w *work) refusedAny() bool { return len(w.refused)+len(w.findings) > 0 }
func (w *work) answered() bool   { return w.used }

// run carries out the commands in their order.
func (w *work) run(cmds []Command) {
	for _, cmd := range cmds {
		if !cmd.Known() {
			w.refuse("There is no command #%s. Send #help for the list.", cut(cmd.Name, 20))
		}
	}
	writing := 0
	for _, cmd := range cmds {
		if cmd.writes() {
			writing++
		}
		w.closing = w.closing || cmd.Name == CmdClose
	}
	if writing > 1 {
		w.refuse("Only one of #ask, #close, #extend, #pause and #refer can stand in a mail: the text below goes with it.")
	}
	if w.closing {
		for _, cmd := range cmds {
			if cmd.Name == CmdInform {
				w.informText = cmd.Arg
			}
		}
	}
	w.alone = writing == 0
	if w.refusedAny() {
		return
	}
	for _, cmd := range cmds {
		w.one(cmd)
	}
	w.acknowledgeNamed()
}
