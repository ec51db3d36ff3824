package pipeline

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

// maxThreadIDs bounds how many Message-IDs of one mail are looked up.
const maxThreadIDs = 40

// mailFacts gathers what a decision about c may rest on. Reads see the earlier writes of the same
// transaction, so that a later mail of a batch sees what was decided about an earlier one.
func (p *Pipeline) mailFacts(tx *store.Tx, c ticket.MailCause, key string, hold time.Time) (ticket.Facts, error) {
	f := ticket.Facts{Policy: p.cfg.Policy, Supply: p.supply(), HoldBefore: hold}
	if c.Quarantine != "" {
		return f, nil
	}
	if f.Canary = p.canaryDay(c.Message) != ""; f.Canary {
		return f, nil
	}
	err := p.thread(tx, c.Message, &f)
	if err != nil {
		return f, err
	}
	traces, err := tx.Traces(c.Message.From.Address, c.Message.MessageID, key, c.ID)
	if err != nil {
		return f, err
	}
	if traces.Copy {
		_, ref, dup, err := tx.SameMail(c.Message.MessageID, key, c.ID)
		if err != nil {
			return f, err
		}
		f.Duplicate, f.DuplicateRef = dup, ref
	}
	if c.Message.From.IsZero() {
		return f, nil
	}
	if s, staff := p.cfg.Policy.StaffByAddress(c.Message.From.Address); staff {
		cmds, _ := ticket.ParseCommands(c.Message.NewText)
		if err := p.named(tx, cmds, &f); err != nil {
			return f, err
		}
		if f.StaffTold, err = p.staffTold(tx, s, 0); err != nil {
			return f, err
		}
		if err := p.proofFacts(tx, s, c.Message, &f); err != nil {
			return f, err
		}
		if err := p.relayFacts(tx, c.Message, &f); err != nil {
			return f, err
		}
	}
	if !traces.Writer {
		return f, nil
	}
	return f, p.writer(tx, c.Message.From.Address, &f)
}

// staffTold counts the letters that went in this hour to a member of staff about mails of theirs that
// belong to no ticket, and adds more to it. The count is kept, because a loop of two programs outlives
// a process.
func (p *Pipeline) staffTold(tx *store.Tx, s ticket.Staff, more int) (int, error) {
	name := "staff_told/" + hex.EncodeToString(p.store.Keys().Token("staff", ticket.AddressKey(s.Address))[:16])
	hour := p.now().UTC().Format("2006-01-02T15")
	kept, _, err := tx.Meta(name)
	if err != nil {
		return 0, err
	}
	n := 0
	if at, count, ok := strings.Cut(kept, " "); ok && at == hour {
		n, _ = strconv.Atoi(count)
	}
	if more > 0 {
		return n + more, tx.SetMeta(name, hour+" "+strconv.Itoa(n+more))
	}
	return n, nil
}

// noteStaffTold counts such letters of a decision.
func (p *Pipeline) noteStaffTold(tx *store.Tx, d ticket.Decision) error {
	for _, o := range d.Letters {
		s, staff := p.cfg.Policy.StaffByAddress(o.To.Address)
		if o.Ref != "" || !staff || o.Kind != ticket.LetterStaffHeld && o.Kind != ticket.LetterStaffReceipt && o.Kind != ticket.LetterStaffCode {
			continue
		}
		if _, err := p.staffTold(tx, s, 1); err != nil {
			return err
		}
	}
	return nil
}

// thread finds the letter and ticket that m belongs to, by an id of a letter really sent or by a
// token bound to the sender.
func (p *Pipeline) thread(tx *store.Tx, m ticket.Message, f *ticket.Facts) error {
	ids := threadIDs(m)
	if m.Automatic != ticket.NotAutomatic || m.NullSender { // what people write is judged by what they answer
		if id := p.returnedID(m); id != "" {
			ids = append([]string{id}, ids...)
		}
	}
	if len(ids) > 0 {
		sent, err := tx.LettersByMessageID(ids)
		if err != nil {
			return err
		}
		f.Answer = firstOf(ids, sent)
	}
	if strings.HasPrefix(m.MessageID, "pb.") {
		own, err := tx.LettersByMessageID([]string{m.MessageID})
		if err != nil {
			return err
		}
		f.OwnLetter = len(own) > 0
	}
	ref := p.tokenRef(m)
	if f.Answer != nil && f.Answer.Ref != "" {
		ref = f.Answer.Ref
	}
	if ref == "" {
		return nil
	}
	t, err := tx.Ticket(ref)
	if errors.Is(err, ticket.ErrNotFound) || errors.Is(err, store.ErrErased) { // long closed and forgotten: a new matter
		return nil
	}
	if err != nil {
		return err
	}
	if t, err = survivor(tx, t); err != nil {
		return err
	}
	f.Ticket = &t
	if limit := p.cfg.Policy.NoticesPerHour; limit > 0 {
		f.Notices, err = tx.Noticed("", ref, p.now().Add(-time.Hour), limit)
	}
	return err
}

// threadIDs lists the ids that m answers or reports, the nearest first.
func threadIDs(m ticket.Message) []string {
	var ids []string
	if m.Report != nil && m.Report.OriginalMessageID != "" {
		ids = append(ids, m.Report.OriginalMessageID)
	}
	if m.Automatic == ticket.Bounce && len(ids) > 0 {
		return ids
	}
	ids = append(ids, m.InReplyTo...)
	for i := len(m.References) - 1; i >= 0; i-- {
		ids = append(ids, m.References[i])
	}
	if len(ids) > maxThreadIDs {
		ids = ids[:maxThreadIDs]
	}
	return ids
}

func firstOf(ids []string, sent []ticket.SentLetter) *ticket.SentLetter {
	for _, id := range ids {
		for i := range sent {
			if strings.EqualFold(sent[i].MessageID, id) {
				return &sent[i]
			}
		}
	}
	return nil
}

// writer adds what is known about the address that wrote.
func (p *Pipeline) writer(tx *store.Tx, address string, f *ticket.Facts) error {
	open, err := tx.OpenTickets(address)
	if err != nil {
		return err
	}
	f.Open = open
	if limit := p.cfg.Policy.NoticesPerHour; limit > 0 && f.Ticket == nil && len(open) > 0 {
		if f.Notices, err = tx.Noticed(address, "", p.now().Add(-time.Hour), limit); err != nil {
			return err
		}
	}
	f.AckCount, f.AckedRights, err = tx.Acknowledged(address, p.now().Add(-24*time.Hour))
	return err
}

// openSorted opens the tickets that a trusted staff answer to the sorting mail asks for.
func (p *Pipeline) openSorted(tx *store.Tx, c ticket.MailCause, f ticket.Facts, hold time.Time) ([]Step, error) {
	labels := ticket.SortedLabels(p.now(), f, c)
	var steps []Step
	for _, l := range labels {
		m, err := tx.Mail(l.Mail)
		if errors.Is(err, ticket.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if m.Disposition != ticket.DispOther && m.Disposition != ticket.DispSpam {
			continue // a colleague was faster, or the answer came twice
		}
		opened := p.readOne(m)
		opened.OpenedBy, opened.AsRights = l.By, l.Rights
		facts := ticket.Facts{Policy: p.cfg.Policy, Supply: p.supply(), HoldBefore: hold}
		if err := p.writer(tx, opened.Message.From.Address, &facts); err != nil {
			return nil, err
		}
		now := p.now()
		d := ticket.Decide(now, facts, opened)
		if err := p.apply(tx, now, d); err != nil {
			return nil, err
		}
		if err := tx.RejudgeMail(m.ID, d.Disposition, d.Ref, d.Reason); err != nil {
			return nil, err
		}
		steps = append(steps, Step{Mail: &opened, Decision: d})
	}
	return steps, nil
}
