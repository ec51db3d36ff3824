package pipeline

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

// maxCarried bounds how many held mails one mail lets be carried out, one after the other: a code may
// prove a mail that releases another.
const maxCarried = 3

func (p *Pipeline) proofName(s ticket.Staff) string {
	return "staff_proof/" + hex.EncodeToString(p.store.Keys().Token("staff", ticket.AddressKey(s.Address))[:16])
}

// proofFacts adds what is kept about a member of staff: whether mails of this thread and program
// count as theirs today.
func (p *Pipeline) proofFacts(tx *store.Tx, s ticket.Staff, m ticket.Message, f *ticket.Facts) error {
	where := "house"
	if f.Ticket != nil {
		where = f.Ticket.Ref
	}
	f.ProofThread = hex.EncodeToString(p.store.Keys().Token("staff-thread", m.From.Key(), where, m.Program)[:16])
	kept, ok, err := tx.Meta(p.proofName(s))
	if err != nil || !ok {
		return err
	}
	if err := json.Unmarshal([]byte(kept), &f.Proof); err != nil {
		return fmt.Errorf("what is kept about staff's codes: %w", err)
	}
	return nil
}

// keepProof writes what a decision says is to be kept about the sender of its mail.
func (p *Pipeline) keepProof(tx *store.Tx, from string, d ticket.Decision) error {
	s, staff := p.cfg.Policy.StaffByAddress(from)
	if d.Proof == nil || !staff {
		return nil
	}
	kept, err := json.Marshal(d.Proof)
	if err != nil {
		return fmt.Errorf("staff's codes: %w", err)
	}
	return tx.SetMeta(p.proofName(s), string(kept))
}

// carryOut decides held staff mails again that a later mail lets go, in the same transaction.
func (p *Pipeline) carryOut(tx *store.Tx, by int64, d ticket.Decision, hold time.Time) ([]Step, error) {
	var steps []Step
	for n := 0; d.CarryOut != nil && n < maxCarried; n++ {
		m, err := tx.Mail(d.CarryOut.Mail)
		if errors.Is(err, ticket.ErrNotFound) {
			return steps, nil
		}
		if err != nil {
			return nil, err
		}
		c := p.readOne(m)
		c.Again, c.Proven, c.Send = by, d.CarryOut.Proven, d.CarryOut.Send
		f, err := p.mailFacts(tx, c, copyKey(m.Raw, c.Message), hold)
		if err != nil {
			return nil, err
		}
		now := p.now()
		d = ticket.Decide(now, f, c)
		if err := p.apply(tx, now, d); err != nil {
			return nil, err
		}
		if err := p.keepProof(tx, c.Message.From.Address, d); err != nil {
			return nil, err
		}
		if err := tx.RejudgeMail(m.ID, d.Disposition, d.Ref, d.Reason); err != nil {
			return nil, err
		}
		steps = append(steps, Step{Mail: &c, Decision: d})
		opened, err := p.openSorted(tx, c, f, hold)
		if err != nil {
			return nil, err
		}
		steps = append(steps, opened...)
	}
	return steps, nil
}
