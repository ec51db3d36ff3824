package ticket

import "slices"

// delivery records the last word about a letter. A letter that did not arrive is shown on the
// ticket and told to staff at once; a child alarm that did not arrive goes to the next person.
func (d *draft) delivery(c DeliveryCause) {
	if d.facts.Ticket == nil {
		return
	}
	ch := d.change(*d.facts.Ticket)
	if c.Result == DeliveryAccepted {
		d.accepted(ch, c)
		return
	}
	kind := EventLetterFailed
	if c.Result == DeliveryBounced {
		kind = EventBounced
	}
	status := c.Status
	if status == "" {
		status = "no code given"
	}
	d.event(ch, kind, "bot", "%s could not be delivered (%s)", c.Letter.Kind, status)
	switch {
	case c.Letter.Kind == LetterEscalation || c.Letter.Kind == LetterAlarm:
		if a := ch.Ticket.Child; a != nil && (a.AcknowledgedAt.IsZero() || a.late(d.now)) {
			d.moveOn(ch) // C66
		}
	case c.Letter.Kind == LetterRecipientNotice:
		d.notInformed(ch, c, status)
	case c.Letter.Kind.External():
		ch.Ticket.Undeliverable = string(c.Letter.Kind) + ": " + status
		d.undelivered(ch, c, status)
		d.loseEffect(ch, c)
	}
}

func (d *draft) accepted(ch *Change, c DeliveryCause) {
	if c.Letter.Kind.External() || c.Letter.Kind == LetterEscalation {
		d.event(ch, EventLetterSent, "bot", "%s was accepted by the mail server", c.Letter.Kind)
	}
	switch c.Letter.Kind {
	case LetterAcknowledgement, LetterNeutral, LetterChild, LetterChildSelf, LetterRecorded, LetterMandate:
		for i := range ch.Ticket.Requests {
			_ = ch.Ticket.Requests[i].move(MoveAcknowledge) // the others are further on
		}
	}
	switch {
	case c.Letter.Kind == LetterRecipientNotice: // its id is the recipient's alone, not the requester's thread
		ch.Ticket.informed(c.Letter.Key, func(i *Informed) { i.SentAt = d.now })
	case c.Letter.Kind.External():
		d.takeEffect(ch, c)
		if c.Letter.MessageID != "" {
			d.remember(ch, c.Letter.MessageID)
		}
	}
	d.copyToWriter(ch, c)
}

// copyToWriter shows the member of staff whose words a letter carries exactly what left, and that the
// mail server took it (BEHAVIOURS 33).
func (d *draft) copyToWriter(ch *Change, c DeliveryCause) {
	s, ok := d.writerOf(ch.Ticket, c.Letter.Key)
	if _, shadow := d.facts.Policy.StaffByAddress(c.Letter.To); !ok || shadow || c.Copy == "" {
		return
	}
	o := d.toStaff(LetterStaffSent, s, ch.Ticket)
	o.Key = c.Letter.Key + "/" + string(LetterStaffSent) + "/" + AddressKey(s.Address)
	o.Data.Lines = []string{"The mail server has taken the " + string(c.Letter.Kind) + " to " + c.Letter.To + " at " + d.now.In(d.facts.Policy.Zone).Format("15:04") + ". If it comes back you are told. This is exactly what left:",
		"", cut(c.Copy, 2*maxNoticeText)}
	d.order(o)
}

// writerOf finds the member of staff whose words the letter with this key carries.
func (d *draft) writerOf(t Ticket, key string) (Staff, bool) {
	for _, a := range t.Answers {
		if a.Key == key {
			return d.facts.Policy.StaffByAddress(a.By)
		}
	}
	return Staff{}, false
}

// undelivered tells staff the same minute. There is no second try to another address (B25).
func (d *draft) undelivered(ch *Change, c DeliveryCause, status string) {
	to := slices.Clone(d.facts.Policy.WithRole(RoleAgentDesk))
	if s, ok := d.writerOf(ch.Ticket, c.Letter.Key); ok && !slices.ContainsFunc(to, func(have Staff) bool { return AddressKey(have.Address) == AddressKey(s.Address) }) {
		to = append(to, s)
	}
	for _, s := range to {
		o := d.toStaff(LetterUndelivered, s, ch.Ticket)
		o.Key = c.Letter.Key + "/" + string(LetterUndelivered) + "/" + AddressKey(s.Address)
		o.Data.Lines = []string{"Letter: " + string(c.Letter.Kind), "Answer of the other side: " + status}
		d.order(o)
	}
}

// bounce ties a delivery report to the very letter it is about (BEHAVIOURS 11, A30): only a
// report that carries our own Message-ID counts, and only a permanent failure changes anything.
func (d *draft) bounce(c MailCause) {
	r := c.Message.Report
	switch {
	case d.facts.Answer == nil && d.opensAnyway(c): // a person's words under a report's subject
	case d.facts.Answer == nil:
		d.settle(DispBounce, "", "a delivery report about none of our letters")
	case r == nil || !r.Permanent():
		d.settle(DispBounce, d.facts.Answer.Ref, "a delivery report without a permanent failure") // B26
	default:
		d.settle(DispBounce, d.facts.Answer.Ref, "a letter could not be delivered")
		d.delivery(DeliveryCause{Letter: *d.facts.Answer, Result: DeliveryBounced, Status: r.Status})
	}
}
