package ticket

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// StaffProof is what is kept about a member of staff whose mail server does not sign: the codes that
// were mailed to the listed address, and where one came back today. It holds no personal data.
type StaffProof struct {
	Codes  []StaffCode `json:"codes,omitempty"`
	Open   []OpenProof `json:"open,omitempty"`
	Warned time.Time   `json:"warned,omitzero"` // when managers were last told of a mail that was not proven
}

// StaffCode is a code that lets one held mail be carried out. The code itself is not kept.
type StaffCode struct {
	Mail      int64     `json:"mail"`
	CodeHash  []byte    `json:"code_hash"` // keyed, bound to the mail and the listed address
	Thread    string    `json:"thread"`    // Facts.ProofThread of the held mail
	ExpiresAt time.Time `json:"expires_at"`
	Wrong     int       `json:"wrong,omitempty"`
}

// OpenProof is a thread and program of a member that counts as theirs until the end of the day.
type OpenProof struct {
	Thread string    `json:"thread"`
	Until  time.Time `json:"until"`
}

// CarryOut names a held staff mail that is to be decided again.
type CarryOut struct {
	Mail   int64
	Proven bool // by the code that came back
	Send   bool // released after reading
}

const (
	staffCodeLasts   = 24 * time.Hour
	maxStaffCodes    = 20 // that wait at a time for one member; the oldest give way
	managersEvery    = time.Hour
	notProven        = "It is not proven that this mail is from you: your mail server has not signed it (no DMARC pass)."
	notProvenManager = "A mail in the name of %s was held, because it is not proven to be theirs. Nothing was done with it and nothing was sent. A code was mailed to the listed address; if they know nothing of it, somebody forges their mail."
)

// trusted reports whether a staff mail is proven to come from its address (A9): signed, or confirmed
// by a code that was mailed to the listed address, once a day for each thread and program. From
// alone proves nothing.
func (d *draft) trusted(c MailCause) bool {
	m := c.Message
	switch {
	case m.Authors != 1:
		return false
	case c.Proven || m.Authentication.Aligned():
		return true
	case m.Authentication.DMARC == Fail || m.NullSender || d.facts.ProofThread == "":
		return false
	}
	return slices.ContainsFunc(d.facts.Proof.Open, func(o OpenProof) bool {
		return o.Thread == d.facts.ProofThread && d.now.Before(o.Until)
	})
}

// askProof holds a staff mail that is not proven, mails its text with a code to the listed address,
// and tells the managers. Whoever forged it sees nothing of that.
func (d *draft) askProof(c MailCause, s Staff) {
	ref := d.ref()
	if ref != "" {
		ch := d.change(*d.facts.Ticket)
		d.event(ch, EventHeld, "staff:"+s.Name, "a mail in the name of %s was held: it is not proven to be theirs; a code was mailed to the listed address", s.Name)
	}
	d.settle(DispStaff, ref, "in the name of a member of staff, but not proven to be theirs")
	if ref == "" && d.facts.StaffTold >= maxStaffMails {
		return
	}
	p, until := d.liveProof(), d.now.Add(staffCodeLasts)
	code := d.facts.Supply.Code
	p.Codes = append(p.Codes, StaffCode{Mail: c.ID, CodeHash: d.facts.Supply.Hash(codeScope(c.ID), AddressKey(s.Address), code), Thread: d.facts.ProofThread, ExpiresAt: until})
	p.Codes = p.Codes[max(0, len(p.Codes)-maxStaffCodes):]
	o := d.toStaff(LetterStaffCode, s, Ticket{Ref: ref})
	o.InReplyTo, o.References = c.Message.MessageID, c.Message.References
	o.Data.ReceivedAt = c.Message.ReceivedAt.In(d.facts.Policy.Zone)
	o.Data.Code, o.Data.CodeUntil = code, until.In(d.facts.Policy.Zone)
	o.Data.Lines = []string{notProven, "", cut(c.Message.NewText, maxNoticeText)}
	d.order(o)
	if d.now.Sub(p.Warned) >= managersEvery {
		p.Warned = d.now
		d.warnManagers(s, ref, fmt.Sprintf(notProvenManager, s.Name))
	}
	d.out.Proof = &p
}

// warnManagers tells the managers, except s, something about a mail in the name of s.
func (d *draft) warnManagers(s Staff, ref, what string) {
	for _, m := range d.facts.Policy.WithRole(RoleManager) {
		if AddressKey(m.Address) == AddressKey(s.Address) {
			continue
		}
		o := d.toStaff(LetterStaffWarning, m, Ticket{Ref: ref})
		o.Data.Lines = []string{what}
		d.order(o)
	}
}

// liveProof gives a copy of what is kept, without what has run out.
func (d *draft) liveProof() StaffProof {
	p := d.facts.Proof
	p.Codes = slices.DeleteFunc(slices.Clone(p.Codes), func(c StaffCode) bool { return !d.now.Before(c.ExpiresAt) })
	p.Open = slices.DeleteFunc(slices.Clone(p.Open), func(o OpenProof) bool { return !d.now.Before(o.Until) })
	return p
}

// codeScope binds a code to one held mail.
func codeScope(mail int64) string { return "staff-mail-" + strconv.FormatInt(mail, 10) }

// causeMail reads from the key of a letter to staff which mail it was about; 0 when it was about none.
func causeMail(key string) int64 {
	for part := range strings.SplitSeq(key, "/") {
		if digits, ok := strings.CutPrefix(part, "mail-"); ok {
			n, _ := strconv.ParseInt(digits, 10, 64)
			return n
		}
	}
	return 0
}

// staffCode handles an answer to the question for a code: the code carries out the mail that was
// held, #drop forgets it. As with requesters, only the sender's own new words count, once, and never
// in a mail that a machine may have written (A22 to A28).
func (d *draft) staffCode(c MailCause, s Staff) {
	m, ref := c.Message, d.ref()
	d.settle(DispStaff, ref, "staff answered the question for a code")
	held := causeMail(d.facts.Answer.Key)
	p := d.liveProof()
	i := slices.IndexFunc(p.Codes, func(k StaffCode) bool { return k.Mail == held })
	cmds, _ := ParseCommands(m.NewText)
	codes := typedCodes(m.NewText)
	t := Ticket{Ref: ref}
	switch {
	case m.Forwarded != "" || m.NoAutoReply || m.NullSender || m.Authors != 1 || m.Authentication.DMARC == Fail:
		return
	case i < 0:
		d.tell(LetterStaffHeld, s, t, c, []string{"The held mail that this code was for has been carried out or dropped, or the code has run out. Nothing was done. Send the mail again if it is still needed."})
		return
	case slices.ContainsFunc(cmds, func(k Command) bool { return k.Name == CmdDrop }):
		p.Codes = slices.Delete(p.Codes, i, i+1)
		d.proofEvent(s, "the held mail was dropped; nothing was done with it")
		d.tell(LetterStaffReceipt, s, t, c, []string{"The held mail was dropped. Nothing was done with it and nothing was sent."})
	case len(codes) == 0 || away(m.NewText):
		d.tell(LetterStaffHeld, s, t, c, []string{"Your answer has no code in it, so the mail stays held. Type the code at the top of your answer, or #drop if the mail is not yours."})
		return
	case slices.ContainsFunc(codes, func(code string) bool {
		return d.facts.Supply.Same(p.Codes[i].CodeHash, codeScope(held), AddressKey(s.Address), code)
	}):
		p.Open = append(p.Open, OpenProof{Thread: p.Codes[i].Thread, Until: DateOf(d.now, d.facts.Policy.Zone).End(d.facts.Policy.Zone)})
		p.Codes = slices.Delete(p.Codes, i, i+1)
		d.proofEvent(s, "sent back the code, so the held mail is carried out")
		d.out.CarryOut = &CarryOut{Mail: held, Proven: true}
	default:
		d.wrongStaffCode(c, s, &p, i)
	}
	d.out.Proof = &p
}

// wrongStaffCode counts; after the last try the code is void and managers are told.
func (d *draft) wrongStaffCode(c MailCause, s Staff, p *StaffProof, i int) {
	ref := d.ref()
	p.Codes[i].Wrong++
	left := d.facts.Policy.CodeTries - p.Codes[i].Wrong
	if left > 0 {
		d.tell(LetterStaffHeld, s, Ticket{Ref: ref}, c, []string{"This is not the code; the mail stays held.", fmt.Sprintf("Tries left: %d", left)})
		return
	}
	p.Codes = slices.Delete(p.Codes, i, i+1)
	d.proofEvent(s, "too many wrong codes in the name of this colleague: the code is void, the mail stays held")
	d.tell(LetterStaffHeld, s, Ticket{Ref: ref}, c, []string{"Too many wrong codes: the code is void and the mail stays held. Send the mail again to get another."})
	d.warnManagers(s, ref, "Too many wrong codes were sent in the name of "+s.Name+". The code is void; nothing was done and nothing was sent.")
}

func (d *draft) proofEvent(s Staff, text string) {
	if d.facts.Ticket != nil {
		d.event(d.change(*d.facts.Ticket), EventHeld, "staff:"+s.Name, "%s", text)
	}
}

// needsProof reports whether a mail on a member's own thread does more than the thread alone permits:
// the per-person address may leak with a copy or a forwarded mail.
func needsProof(cmds []Command, rest string, kind LetterKind) bool {
	if slices.ContainsFunc(cmds, func(c Command) bool { return !c.Known() }) {
		return false // refused as a whole, with the reason
	}
	if len(cmds) == 0 {
		return rest != "" && kind != LetterEscalation && !away(rest)
	}
	return slices.ContainsFunc(cmds, func(c Command) bool { return !c.ThreadOnly() })
}
