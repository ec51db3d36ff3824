package ticket

import (
	"fmt"
	"slices"
	"time"
)

// openTicket turns a mail into a new ticket with its clocks, its notice to staff and, where
// nothing speaks against it, its acknowledgement.
func (d *draft) openTicket(c MailCause, linked ...string) {
	t := d.newTicket(c)
	t.Linked = append(t.Linked, linked...)
	for _, o := range d.facts.Open {
		if len(t.Linked) < 20 && !slices.Contains(t.Linked, o.Ref) {
			t.Linked = append(t.Linked, o.Ref)
		}
	}
	ch := &Change{Ticket: t}
	d.tickets = append(d.tickets, ch)
	d.event(ch, EventOpened, "bot", "opened for %s, received %s", joinRights(t.Rights()), t.ReceivedAt.In(d.facts.Policy.Zone).Format("2006-01-02 15:04:05 -07:00"))
	if c.OpenedBy != "" {
		d.event(ch, EventOpened, "staff:"+c.OpenedBy, "opened by hand from the sorting mail, with its original receipt time")
	}
	var sent []string
	if d.naming != nil {
		d.naming(ch)
		sent = []string{"what the colleague who handed it in has ordered"}
	} else {
		if d.stops(ch.Ticket, c, ch.Ticket.Rights()) {
			sent = d.stop(ch, c)
		}
		sent = append(sent, d.acknowledge(ch, c)...)
	}
	if t.Child != nil {
		d.alarm(ch)
	}
	d.notifyStaff(ch, c, sent)
	d.settle(DispTicket, t.Ref, "asks for "+joinRights(t.Rights()))
}

func (d *draft) newTicket(c MailCause) Ticket {
	m, v := c.Message, c.Verdict
	t := Ticket{
		Ref: d.facts.Supply.Ref, ReceivedAt: m.ReceivedAt, OpenedBy: c.ID, Language: v.Language,
		Urgent: v.Urgent, Writer: v.Writer, Parties: d.parties(c), Flags: d.warnings(c),
	}
	if v.NeedsHuman {
		t.NeedsHuman = v.HumanWhy
	}
	rights := v.Rights
	if len(c.AsRights) > 0 {
		rights, t.NeedsHuman = SortRights(c.AsRights), ""
	}
	for _, r := range rights {
		t.Requests = append(t.Requests, d.request(r, c))
	}
	if len(t.Requests) == 0 {
		t.Requests = append(t.Requests, d.request(Other, c))
	}
	if slices.Contains(rights, Child) {
		t.Urgent = true
		t.Child = d.childAlert(m.ReceivedAt)
	}
	if m.MessageID != "" {
		t.Thread = []string{m.MessageID}
	}
	t.Proposed = d.proposed(c)
	t.BreachBy = breachBy(c)
	t.Silent = d.silent(c)
	t.HoldWhy = d.hold(c)
	t.endanger(v)
	return t
}

// request gives r its law and clock. A question has an office target only, other has none.
func (d *draft) request(r Right, c MailCause) Request {
	p := d.facts.Policy
	law := p.lawFor(c.Verdict, r)
	req := Request{Right: r, State: Received, ReceivedAt: c.Message.ReceivedAt, Law: law.Code, Confidence: c.Verdict.Confidence[r]}
	for _, e := range c.Verdict.Evidence {
		if e.Right == r {
			req.Evidence = append(req.Evidence, e)
		}
	}
	if r != Other || c.Verdict.NeedsHuman { // until people have sorted it, the clock of a request runs
		req.Deadline = p.firstDeadline(law, r, c.Message.ReceivedAt)
	}
	req.Deadline = p.ownClock(r, req.Deadline, c.Message.ReceivedAt)
	return req
}

// firstDeadline gives the dates of a request for right received at that time, as the law has them, with the date by
// which its receipt must be confirmed where the law asks for that.
func (p Policy) firstDeadline(law Law, right Right, received time.Time) Deadline {
	d := law.For(right).Deadline(received, p.Zone, p.Holidays)
	if a, asked := law.AcknowledgementDeadline(right, received, p.Zone, p.Holidays); asked {
		d.Acknowledge = a.Target
		d.Proof = append(d.Proof, "receipt is confirmed by "+DateOf(a.Target, p.Zone).Long()+", at the latest by "+DateOf(a.Legal, p.Zone).Long())
	}
	return d
}

// ownClock replaces the law's answer period where the house promises more (DESIGN.md section 2): a
// child's data is deleted within child.done, mailings stop by the next working day, a question has
// no legal limit.
func (p Policy) ownClock(r Right, d Deadline, received time.Time) Deadline {
	switch r {
	case Child:
		_, _, done := p.Child.Deadlines(received)
		end := DateOf(done, p.Zone).End(p.Zone)
		d.Legal, d.Target = end, end
		d.Proof = append(d.Proof, fmt.Sprintf("a child's data: deleted within %s of receipt (child.done), %s", p.Child.Done, done.In(p.Zone).Format(time.RFC3339)))
	case Unsubscribe:
		d.Target = DateOf(received, p.Zone).AddBusinessDays(1, p.Holidays).End(p.Zone)
		d.Proof = append(d.Proof, "mailings stop at once: target is the next working day, "+d.Target.Format(time.RFC3339))
	case Question:
		d.Legal = time.Time{}
		d.Proof = append(d.Proof, "a question has an office target and no legal limit")
	}
	return d
}

func (d *draft) childAlert(received time.Time) *ChildAlert {
	look, block, done := d.facts.Policy.Child.Deadlines(received)
	return &ChildAlert{RaisedAt: received, Look: look, Block: block, Done: done}
}

// parties tells in which role the sender stands. A mail that staff hand in has no requester
// until they name one.
func (d *draft) parties(c MailCause) []Party {
	m := c.Message
	if m.From.IsZero() {
		return nil
	}
	p := Party{Role: RoleRequester, Address: Address{Name: m.From.Name, Address: m.From.Address}}
	if _, staff := d.facts.Policy.StaffByAddress(m.From.Address); staff || d.facts.Policy.own(m.From.Address) {
		p.Role = RoleReporter
		return []Party{p}
	}
	switch c.Verdict.Writer {
	case WriterParent:
		p.Role = RoleParent
	case WriterAgent:
		p.Role = RoleAgent
	}
	if m.Authentication.Aligned() && m.Authors == 1 {
		p.Verified, p.How = d.now, "dmarc ("+m.Authentication.Source+")"
	}
	return []Party{p}
}

// silent says why no automatic letter goes to the sender; "" when one may.
func (d *draft) silent(c MailCause) string {
	m, v := c.Message, c.Verdict
	_, staff := d.facts.Policy.StaffByAddress(m.From.Address)
	switch {
	case m.From.IsZero():
		return "the mail has no usable sender address"
	case staff:
		return "handed in by staff; name the requester with #requester"
	case d.facts.Policy.own(m.From.Address):
		return "written in the name of this mailbox; name the requester with #requester" // A33, A55
	case v.Writer.Official():
		return "from " + string(v.Writer) + ": people answer" // D24
	case m.Automatic != NotAutomatic && m.Automatic != "":
		return "written by a machine" // RFC 3834
	case m.NoAutoReply:
		return "must not be answered by a machine"
	case m.NullSender:
		return "sent with the null return path" // B3
	case m.Authors != 1 && AddressKey(m.ReturnPath) != m.From.Key():
		return "has several authors" // A12
	}
	return ""
}

// hold says why letters to the requester wait for approval; "" when they go out at once.
func (d *draft) hold(c MailCause) string {
	switch {
	case !d.facts.HoldBefore.IsZero() && c.Message.ReceivedAt.Before(d.facts.HoldBefore):
		return "received before this office began to answer automatically"
	case c.Junk:
		return "found in the junk folder"
	}
	return ""
}

// warnings are what staff should look at twice.
func (d *draft) warnings(c MailCause) []string {
	m := c.Message
	var w []string
	if m.Authentication.DMARC == Fail {
		w = append(w, "sender not authenticated: DMARC failed, the address may be forged") // A2
	}
	for _, a := range m.ReplyTo {
		if a.Key() != m.From.Key() {
			w = append(w, "Reply-To differs from the sender and is not used: "+a.Address) // A3
			break
		}
	}
	if domain := m.From.Domain(); !m.From.IsZero() {
		if like := LookAlike(domain, d.trustedDomains()); like != "" {
			w = append(w, "the sender's domain "+domain+" looks like "+like+" and is another one") // A14
		}
		if MixedScript(domain) {
			w = append(w, "the sender's domain "+domain+" mixes letters of several alphabets, as forgeries do")
		}
	}
	if m.Authors > 1 {
		w = append(w, "the mail names several authors")
	}
	for _, s := range d.facts.Policy.Staff {
		if m.From.Name != "" && m.From.Name == s.Name {
			w = append(w, "the display name is that of a colleague, the address is not") // A11
		}
	}
	if o := d.proposed(c); o != nil {
		w = append(w, o.proposal(d.facts.Policy.Zone))
	}
	if c.Junk {
		w = append(w, "found in the junk folder")
	}
	if c.Partial {
		w = append(w, "too large to fetch: only its beginning was read; see the mailbox for the rest") // A57
	}
	for _, f := range c.Verdict.Review {
		w = append(w, "to check: "+f)
	}
	for _, x := range m.Damage {
		w = append(w, "damaged mail: "+x)
	}
	return w
}

// acknowledge orders the first letter to the requester and says what was done, for the notice.
func (d *draft) acknowledge(ch *Change, c MailCause) []string {
	t := &ch.Ticket
	if t.Silent != "" {
		return []string{"no letter was sent: " + t.Silent}
	}
	if why := d.braked(t, c); why != "" {
		return []string{"no acknowledgement was sent: " + why}
	}
	if t.Stopping != nil && onlyStops(t.Rights()) {
		return d.stopLetter(ch, c)
	}
	o := d.toRequester(ch, d.ackKind(*t, c))
	o.Data.Rights = t.Rights()
	o.Data.Late = d.now.Sub(t.ReceivedAt) > 24*time.Hour
	o.Data.Due, o.Data.LawName = d.promised(t.Requests)
	o.Data.AskDetails = asksDetails(c)
	if o.Kind == LetterAcknowledgement && d.asksCode(*t, c) {
		d.askCode(ch, &o)
	}
	d.order(o)
	said := []string{"acknowledgement to the requester"}
	if o.Data.Code != "" {
		said = append(said, "asked the requester to confirm the address with a code")
	}
	if t.HoldWhy != "" {
		said = append(said, "these letters wait for approval (#release): "+t.HoldWhy)
	}
	return said
}

// promised gives the latest answer date that a letter names, and the law it comes from. Whoever only
// unsubscribes is promised no answer: mailings stop at once.
func (d *draft) promised(requests []Request) (due time.Time, law string) {
	for _, r := range requests {
		if r.State.Closed() || r.Right == Unsubscribe || r.Deadline.Legal.IsZero() {
			continue
		}
		if due.IsZero() || r.Deadline.Legal.Before(due) {
			due, law = r.Deadline.Legal, d.facts.Policy.law(r.Law).Name
			if r.Law == LawUnknown {
				law = ""
			}
		}
	}
	return due, law
}

// ackKind chooses the letter: a child's case first, then what people must sort, then the usual.
func (d *draft) ackKind(t Ticket, c MailCause) LetterKind {
	switch {
	case t.Child != nil && c.Verdict.Writer == WriterChild:
		return LetterChildSelf // D47
	case t.Child != nil:
		return LetterChild
	case t.NeedsHuman != "" || c.Message.Authentication.DMARC == Fail || slices.Equal(t.Rights(), []Right{Other}):
		return LetterNeutral
	case t.Requester().Role == RoleAgent && t.needsMandate() && !slices.ContainsFunc(c.Message.Attachments, writing):
		return LetterMandate // D38; what came with the mail may be the proof, which people look at
	}
	return LetterAcknowledgement
}

// needsMandate reports whether an agent must show that the person wants what is asked for.
func (t Ticket) needsMandate() bool {
	return t.needsControl() || slices.Contains(t.openRights(), Unsubscribe) || slices.Contains(t.openRights(), Objection)
}

// braked says why the sender gets no further acknowledgement: it would tell nothing new (A52, B23). How
// many letters go to one address in what time is the outbox's to bound, which delays and drops none. The first report about
// a child is always acknowledged; the alarm to people is no acknowledgement and never braked.
func (d *draft) braked(t *Ticket, c MailCause) string {
	if t.Child != nil {
		if slices.Contains(d.facts.AckedRights, Child) {
			return "a report about a child from this address was acknowledged within 24 hours"
		}
		return ""
	}
	if d.facts.AckCount == 0 {
		return ""
	}
	if c.Message.Authentication.DMARC == Fail {
		return "the sender is not authenticated (DMARC failed), and this address got a letter within 24 hours"
	}
	for _, r := range t.Rights() {
		if !slices.Contains(d.facts.AckedRights, r) {
			return "" // a right asked for the first time is always acknowledged
		}
	}
	return "the same request from this address was acknowledged within 24 hours"
}

// asksCode reports whether the requester must show control of the address for a request of t.
// An agent's address proves nothing about the person he acts for, so agents are left to staff.
func (d *draft) asksCode(t Ticket, c MailCause) bool {
	r := t.Requester()
	return r.Role == RoleRequester && r.Verified.IsZero() && t.needsControl() && c.Message.Authentication.DMARC != Fail
}

func (d *draft) askCode(ch *Change, o *LetterOrder) {
	t, s := &ch.Ticket, d.facts.Supply
	until := d.now.Add(d.facts.Policy.CodeExpires)
	address := t.Requester().Address.Key()
	t.Verification = &Verification{CodeHash: s.Hash(t.Ref, address, s.Code), Address: address, AskedAt: d.now, ExpiresAt: until}
	o.Data.Code, o.Data.CodeUntil, o.Data.TriesLeft = s.Code, until.In(d.facts.Policy.Zone), d.facts.Policy.CodeTries
	d.event(ch, EventCodeAsked, "bot", "asked the requester to confirm the address with a code, valid until %s", until.In(d.facts.Policy.Zone).Format("2006-01-02 15:04"))
}

// toRequester prepares a letter to the requester of ch's ticket, in his language and thread.
func (d *draft) toRequester(ch *Change, kind LetterKind) LetterOrder {
	t := ch.Ticket
	o := LetterOrder{
		Kind: kind, Key: t.Ref + "/" + d.key(kind, ""), Ref: t.Ref, To: Address{Address: t.Requester().Address.Address},
		Language: t.Language, Hold: t.HoldWhy, References: t.Thread,
		Data: LetterData{ReceivedAt: t.ReceivedAt.In(d.facts.Policy.Zone), Rights: t.Rights(), Authority: d.facts.Policy.authority(t)},
	}
	if n := len(t.Thread); n > 0 {
		o.InReplyTo = t.Thread[n-1]
	}
	return o
}

// key names a letter by its cause, so that deciding twice does not send twice.
func (d *draft) key(kind LetterKind, to string) string {
	k := string(kind)
	if d.mailID != 0 {
		k += fmt.Sprintf("/mail-%d", d.mailID)
	}
	if d.again != 0 && !kind.External() {
		k += fmt.Sprintf("/again-%d", d.again)
	}
	if d.commandOn != 0 { // the same command may be given again later
		k += fmt.Sprintf("/command-%d", d.commandOn)
	}
	if to != "" {
		k += "/" + AddressKey(to)
	}
	return k
}
