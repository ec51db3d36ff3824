package ticket

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// mail routes one mail. The order matters: what a machine wrote, what staff wrote, what belongs
// to a ticket, and only then what is new.
func (d *draft) mail(c MailCause) {
	d.mailID, d.again = c.ID, c.Again
	m := c.Message
	_, fromStaff := d.facts.Policy.StaffByAddress(m.From.Address)
	switch {
	case c.Quarantine != "":
		d.quarantine(c)
	case d.facts.Canary:
		d.settle(DispReceipt, "", "the daily test mail came back: letters go out and mail is read")
	case d.facts.Duplicate && c.OpenedBy == "" && c.Again == 0:
		d.settle(DispDuplicate, d.facts.DuplicateRef, "the same mail was delivered before")
	case c.OpenedBy != "":
		d.openTicket(c)
	case d.facts.Policy.own(m.From.Address):
		d.ownName(c)
	case m.Automatic == Bounce:
		d.bounce(c)
	case m.Automatic == Receipt:
		d.settle(DispReceipt, d.ref(), "a read or delivery receipt")
	case m.Automatic != NotAutomatic && m.Automatic != "":
		d.automatic(c, fromStaff)
	case fromStaff:
		d.staffMail(c)
	case d.facts.Ticket != nil:
		d.onThread(c)
	default:
		d.fresh(c)
	}
}

// ownName handles a mail written in the name of this mailbox: a loop, a forgery, or a contact form of
// the house that sends like this. Nobody is answered (A33), but a right or a child's data in it is not
// lost (DESIGN.md 5.1): people get it, and name the requester.
func (d *draft) ownName(c MailCause) {
	if c.Message.Automatic == NotAutomatic && !d.facts.OwnLetter && c.Verdict.Route != RouteSpam && asksSomething(c.Verdict) {
		d.openTicket(c)
		return
	}
	d.settle(DispOther, "", "written in the name of this mailbox itself: a loop or a forgery")
}

// settle gives the mail its disposition.
func (d *draft) settle(disp Disposition, ref, reason string) {
	d.out.Disposition, d.out.Ref, d.out.Reason = disp, ref, reason
}

// ref of the ticket the mail was matched to, "" when there is none.
func (d *draft) ref() string {
	if d.facts.Ticket == nil {
		return ""
	}
	return d.facts.Ticket.Ref
}

// fresh handles a mail that belongs to no ticket. What cannot be read may be a request, so it is a
// ticket for a person (DESIGN.md 5.1, A57, A59).
func (d *draft) fresh(c MailCause) {
	v := c.Verdict
	why := unreadable(c)
	switch {
	case why != "" && !asksSomething(v):
		c.Verdict.NeedsHuman, c.Verdict.HumanWhy = true, why
		d.openTicket(c)
	case v.Route == RouteSpam && !v.Has(Child):
		d.settle(DispSpam, "", "judged spam; listed in the sorting mail")
	case asksSomething(v):
		d.openTicket(c)
	default:
		d.settle(DispOther, "", "no right found; listed in the sorting mail")
	}
}

// unreadable says why nobody can tell from what was read whether the mail asks for something; ""
// when somebody can.
func unreadable(c MailCause) string {
	m := c.Message
	switch {
	case c.Partial:
		return "too large to fetch: only its beginning was read"
	case len(m.Damage) > 0 && m.NewText == "" && m.Text == "":
		return "its text could not be read"
	case len(m.Damage) > 0 && m.From.IsZero():
		return "it is damaged and names no sender"
	case m.NewText == "" && m.Text == "" && c.Verdict.Route != RouteSpam && slices.ContainsFunc(m.Attachments, writing):
		return "it says nothing itself; the request may stand in its attachment"
	}
	return ""
}

// writing reports whether a file may hold what a person wrote: a letter, a scan, a forwarded mail.
func writing(a Attachment) bool {
	switch a.Type {
	case "text/calendar", "text/vcard", "text/x-vcard", "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature":
		return false
	}
	return !strings.HasPrefix(a.Type, "audio/") && !strings.HasPrefix(a.Type, "video/") && (!strings.HasPrefix(a.Type, "image/") || a.Size > maxPicture)
}

// asksSomething reports whether the verdict gives work to people.
func asksSomething(v Verdict) bool {
	return v.NeedsHuman || v.Urgent || (len(v.Rights) > 0 && !v.Has(Other))
}

// automatic handles what a machine wrote: it is never answered and changes no ticket, but a
// right found in it still opens one (DESIGN.md 5.1), and an absence note of the person on call
// moves a child alert on at once (A19).
func (d *draft) automatic(c MailCause, fromStaff bool) {
	disp := DispBulk
	if c.Message.Automatic == AutoReply {
		disp = DispAutoReply
	}
	t := d.facts.Ticket
	if fromStaff && t != nil && disp == DispAutoReply && t.Child != nil && (t.Child.AcknowledgedAt.IsZero() || t.Child.late(d.now)) && !t.Closed() {
		ch := d.change(*t)
		d.event(ch, EventAlarm, "bot", "the person alarmed sent an automatic reply, so the next one is alarmed")
		d.moveOn(ch)
	}
	if !fromStaff && d.opensAnyway(c) {
		return
	}
	if disp == DispBulk && !fromStaff && mayUnsubscribe(c) {
		d.settle(DispOther, d.ref(), "marked as bulk mail, but short and about unsubscribing, so perhaps a person's; listed in the sorting mail")
		return
	}
	d.settle(disp, d.ref(), "written by a machine: "+strings.Join(c.Message.AutomaticWhy, "; "))
}

// longestPlea is how many runes a person who only unsubscribes writes at most; a newsletter has more.
const longestPlea = 400

// mayUnsubscribe reports whether a mail with the marks of bulk mail may be a person's who unsubscribes:
// some programs put Precedence: bulk on everything. People glance over it.
func mayUnsubscribe(c MailCause) bool {
	m := c.Message
	mailing := len(m.AutomaticWhy) == 0 || slices.ContainsFunc(m.AutomaticWhy, func(why string) bool { return !strings.HasPrefix(why, "B7 ") }) ||
		slices.ContainsFunc(m.NoReplyWhy, func(why string) bool { return strings.HasPrefix(why, "B6 ") })
	return c.Verdict.Has(Unsubscribe) && !mailing && utf8.RuneCountInString(m.Text) <= longestPlea
}

// opensAnyway opens a ticket for a right that a mail written by a machine holds, and reports whether
// it did. A vague hint does not suffice, but a child's data always does. On a thread only what is not
// asked for there already counts: the mail may repeat our own letter.
func (d *draft) opensAnyway(c MailCause) bool {
	v := c.Verdict
	if v.NeedsHuman && !v.Has(Child) || v.Route == RouteSpam || !asksInPassing(v, c.Message.Automatic) {
		return false
	}
	t := d.facts.Ticket
	if t == nil {
		d.openTicket(c)
		return true
	}
	known := t.Rights()
	if !slices.ContainsFunc(v.Rights, func(r Right) bool { return r != Other && r != Question && !slices.Contains(known, r) }) ||
		!v.Has(Child) && strings.Contains(strings.ToUpper(c.Message.NewText), t.Ref) {
		return false
	}
	d.openTicket(c, t.Ref)
	return true
}

// asksInPassing reports whether a mail that a machine wrote holds a right that somebody means. Every
// newsletter speaks of unsubscribing; that is no request to us.
func asksInPassing(v Verdict, kind Automatic) bool {
	for _, r := range v.Rights {
		if r != Other && r != Question && !(kind == Bulk && r == Unsubscribe) {
			return true
		}
	}
	return false
}

// onThread handles a mail that carries a valid token of a ticket.
func (d *draft) onThread(c MailCause) {
	t := *d.facts.Ticket
	if _, party := t.Party(c.Message.From.Address); !party && c.Message.Authors == 1 && t.recipientOf(c.Message.From.Address) {
		d.fromRecipient(c, t)
		return
	}
	if p, ok := t.Party(c.Message.From.Address); ok && c.Message.Authors == 1 && p.Role != RoleThirdParty && p.Role != RoleReporter {
		d.followup(c, t)
		return
	}
	d.stranger(c, t)
}

// stranger handles a mail on a ticket from somebody who is no party: nothing on the ticket
// changes, nobody is answered about it, staff see it, and a right in it opens a linked ticket
// (A5, A8, A20).
func (d *draft) stranger(c MailCause, t Ticket) {
	ch := d.change(t)
	d.event(ch, EventStranger, "bot", "a mail on this thread came from %s, who is no party; nothing was changed", c.Message.From.Address)
	if (c.Verdict.Urgent || asksInPassing(c.Verdict, NotAutomatic)) && c.Verdict.Route != RouteSpam {
		d.openTicket(c, t.Ref)
	} else { // a doubt alone is for the staff of this ticket, who read it there
		d.settle(DispFollowup, t.Ref, "on a ticket's thread, but from somebody who is no party to it")
	}
	d.noticeFollowup(ch, c, "Somebody who is no party to this ticket wrote on its thread. Nothing was changed and nobody was answered.")
}

// quarantine handles a mail that could not be processed in three attempts: it becomes a ticket
// for a person, with its clock running, and blocks nothing (C36).
func (d *draft) quarantine(c MailCause) {
	d.settle(DispQuarantine, "", c.Quarantine)
	for _, s := range d.facts.Policy.WithRole(RoleAgentDesk) {
		d.order(LetterOrder{
			Kind: LetterQuarantine, Key: d.key(LetterQuarantine, s.Address), To: Address{Name: s.Name, Address: s.Address},
			Language: "en",
			Data: LetterData{ReceivedAt: c.Message.ReceivedAt, Lines: []string{c.Quarantine},
				Due: d.facts.Policy.Law.Deadline(c.Message.ReceivedAt, d.facts.Policy.Zone, d.facts.Policy.Holidays).Legal},
		})
	}
}
