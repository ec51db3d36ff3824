package ticket

import (
	"fmt"
	"slices"
	"time"
)

// maxNoticeText bounds the requester's words in a mail to staff, in runes.
const maxNoticeText = 12000

// notifyStaff tells those responsible about a new ticket: legal for officials, else the desk.
func (d *draft) notifyStaff(ch *Change, c MailCause, sent []string) {
	if d.bundled(ch) {
		return
	}
	what := "A new request."
	switch {
	case ch.Ticket.Writer.Official():
		what = "A mail from " + string(ch.Ticket.Writer) + ". No automatic letter was sent; people answer."
	case ch.Ticket.Danger:
		what = "A child may be in danger. The people on call were alarmed. Nobody outside was written to; do not turn to the parents before you know more."
	case ch.Ticket.Child != nil:
		what = "A report about a child's data. The people on call were alarmed."
	case ch.Ticket.NeedsHuman != "":
		what = "A mail that people must sort: " + ch.Ticket.NeedsHuman
	}
	if by := ch.Ticket.BreachBy; !by.IsZero() {
		what += " It reports a data breach. If it is one, the authority must be told within 72 hours of becoming aware of it (GDPR art. 33(1)): counted from this mail, by " +
			by.In(d.facts.Policy.Zone).Format("Mon 2006-01-02 15:04") + "."
	}
	for _, s := range d.facts.Policy.inCharge(ch.Ticket) {
		d.orderNotice(LetterStaffNotice, s, ch, c, what, sent)
	}
}

// inCharge lists who gets the mails about t: the desk or whom a route names, or legal for officials;
// with a breach reported also legal, with a child's data
// also everybody who may be alarmed, because an alarm itself holds no text.
func (p Policy) inCharge(t Ticket) []Staff {
	role := RoleAgentDesk
	if t.Writer.Official() {
		role = RoleLegal
	}
	to := slices.Clone(p.WithRole(role))
	if routed := p.routed(t); len(routed) > 0 && role == RoleAgentDesk {
		to = routed
	}
	var more []Staff
	if !t.BreachBy.IsZero() {
		more = p.WithRole(RoleLegal)
	}
	if t.Child != nil {
		more = append(slices.Clone(more), p.alarmLine()...)
	}
	for _, s := range more {
		if !slices.ContainsFunc(to, func(have Staff) bool { return AddressKey(have.Address) == AddressKey(s.Address) }) {
			to = append(to, s)
		}
	}
	return to
}

// noticeFollowup tells those responsible that something is new on a ticket.
func (d *draft) noticeFollowup(ch *Change, c MailCause, what string) {
	if d.bundled(ch) {
		return
	}
	var sent []string
	if why := d.hold(c); why != "" {
		sent = []string{"letters that answer this mail wait for approval (#release): " + why}
	}
	for _, s := range d.facts.Policy.inCharge(ch.Ticket) {
		d.orderNotice(LetterStaffFollowup, s, ch, c, what, sent)
	}
}

// bundled leaves a notice to the mail that lists many, when staff got enough of them in this hour: a flood
// must not bury the desk (A64). Urgent tickets and children are told at once, always.
func (d *draft) bundled(ch *Change) bool {
	if n := d.facts.Policy.NoticesPerHour; n <= 0 || d.facts.Notices < n || ch.Ticket.Urgent || ch.Ticket.Child != nil {
		return false
	}
	d.out.Bundled = append(d.out.Bundled, ch.Ticket.Ref)
	d.event(ch, EventNote, "bot", "staff got %d notices of this kind within the hour; this one is listed in the next bundle", d.facts.Notices)
	return true
}

// BundleLetters tells the desk of tickets whose notices were saved. part numbers the mails of one time.
func (p Policy) BundleLetters(at time.Time, part int, rows []BundleRow) []LetterOrder {
	if len(rows) == 0 {
		return nil
	}
	var out []LetterOrder
	for _, s := range p.WithRole(RoleAgentDesk) {
		out = append(out, LetterOrder{
			Kind: LetterBundle, Key: fmt.Sprintf("%s/%d/%d/%s", LetterBundle, at.UnixMicro(), part, AddressKey(s.Address)),
			To: Address{Name: s.Name, Address: s.Address}, Language: "en", Data: LetterData{ReceivedAt: at.In(p.Zone), Bundle: rows},
		})
	}
	return out
}

// BrakeLetters tells managers that acknowledgements are held back for long, before they are late. day makes
// it one mail a day.
func (p Policy) BrakeLetters(day time.Time, lines []string) []LetterOrder {
	return p.daily(LetterBrakes, day, p.WithRole(RoleManager), LetterData{ReceivedAt: day, Lines: lines})
}

func (d *draft) orderNotice(kind LetterKind, s Staff, ch *Change, c MailCause, what string, sent []string) {
	d.order(d.noticeOrder(kind, s, ch, c, what, sent))
}

// noticeOrder prepares a mail about ch's ticket and the mail of c to one member of staff.
func (d *draft) noticeOrder(kind LetterKind, s Staff, ch *Change, c MailCause, what string, sent []string) LetterOrder {
	t, m := ch.Ticket, c.Message
	n := &Notice{
		Ticket: t, What: what, From: m.From, Subject: m.Subject, Text: cut(m.NewText, maxNoticeText),
		Attachments: m.Attachments, Evidence: c.Verdict.Evidence, Warnings: d.warnings(c), Sent: sent, Commands: true,
	}
	for _, a := range m.ReplyTo {
		if a.Key() != m.From.Key() {
			n.ReplyTo = append(n.ReplyTo, a)
		}
	}
	if t.Child != nil {
		n.Step = t.Child.Alarms
	}
	o := d.toStaff(kind, s, t)
	o.Data.ReceivedAt = m.ReceivedAt.In(d.facts.Policy.Zone)
	o.Data.Notice = n
	return o
}

// toStaff prepares a letter about t to one member of staff. All letters about a ticket to the
// same person form one thread in his mail program.
func (d *draft) toStaff(kind LetterKind, s Staff, t Ticket) LetterOrder {
	o := LetterOrder{
		Kind: kind, Key: t.Ref + "/" + d.key(kind, s.Address), Ref: t.Ref, To: Address{Name: s.Name, Address: s.Address}, Language: "en",
		Data: LetterData{Rights: t.Rights(), ReceivedAt: t.ReceivedAt.In(d.facts.Policy.Zone)},
	}
	o.Data.Due, _ = t.Due()
	return o
}
