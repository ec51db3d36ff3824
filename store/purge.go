package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

// ErrHeld says that a ticket is on legal hold: nothing of it may be erased (CASES D60).
var ErrHeld = errors.New("the ticket is on legal hold")

// ErrOpen says that a ticket is open: what is worked on is not erased.
var ErrOpen = errors.New("the ticket is not closed")

// KeptMail is a mail whose content is still here.
type KeptMail struct {
	ID       int64
	Stripped bool // its attachments were taken out
	ticket.Kept
}

// KeptMails gives at most n decided mails with an id above after, whose content is still here and
// whose time began to run before that instant: mails without a ticket, or of a closed one.
func (s *Store) KeptMails(ctx context.Context, before time.Time, after int64, n int) ([]KeptMail, error) {
	var rows []struct {
		ID          int64
		Disposition string
		Ticket      string
		TicketID    *int64
		DecidedAt   *int64
		StrippedAt  *int64
		ClosedAt    *int64
		Held        bool
	}
	// A mail whose ticket's record is gone counts as one without a ticket.
	db := s.db.WithContext(ctx)
	err := db.Raw(`SELECT m.id, m.disposition, m.ticket, t.id AS ticket_id, m.decided_at, m.stripped_at, t.closed_at, COALESCE(t.held, FALSE) AS held
		FROM mails m LEFT JOIN tickets t ON t.ref = m.ticket AND m.ticket <> ''
		WHERE m.shredded_at IS NULL AND m.state <> 'pending' AND m.decided_at <= ? AND m.id > ?
		AND (t.id IS NULL OR t.closed_at <= ?) ORDER BY m.id LIMIT ?`, micros(before), after, micros(before), n).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read kept mails: %w", err)
	}
	var ids []int64
	for _, r := range rows {
		if r.TicketID != nil {
			ids = append(ids, *r.TicketID)
		}
	}
	rights, err := rightsOf(db, ids)
	if err != nil {
		return nil, fmt.Errorf("read kept mails: %w", err)
	}
	out := make([]KeptMail, len(rows))
	for i, r := range rows {
		out[i] = KeptMail{ID: r.ID, Stripped: r.StrippedAt != nil, Kept: ticket.Kept{Disposition: ticket.Disposition(r.Disposition),
			DecidedAt: fromNullable(r.DecidedAt), ClosedAt: fromNullable(r.ClosedAt), Held: r.Held}}
		if r.TicketID != nil {
			out[i].Ref, out[i].Rights = r.Ticket, rights[*r.TicketID]
		}
	}
	return out, nil
}

func rightsOf(db *gorm.DB, tickets []int64) (map[int64][]ticket.Right, error) {
	rights := map[int64][]ticket.Right{}
	for part := range chunks(tickets) {
		var rows []requestRow
		if err := db.Raw(`SELECT ticket_id, "right" FROM requests WHERE ticket_id IN ? ORDER BY ticket_id, position`, part).Scan(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			rights[r.TicketID] = append(rights[r.TicketID], ticket.Right(r.Right))
		}
	}
	for id, rs := range rights {
		rights[id] = ticket.SortRights(rs)
	}
	return rights, nil
}

// KeptTicket is a closed ticket.
type KeptTicket struct {
	ID       int64
	Shredded bool // only its record is left
	ticket.Kept
}

// KeptTickets gives at most n tickets with an id above after that were closed before that instant.
func (s *Store) KeptTickets(ctx context.Context, before time.Time, after int64, n int) ([]KeptTicket, error) {
	db := s.db.WithContext(ctx)
	var rows []struct {
		ID         int64
		Ref        string
		ClosedAt   *int64
		ShreddedAt *int64
		Held       bool
	}
	err := db.Raw("SELECT id, ref, closed_at, shredded_at, held FROM tickets WHERE closed_at <= ? AND id > ? ORDER BY id LIMIT ?",
		micros(before), after, n).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read closed tickets: %w", err)
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	rights, err := rightsOf(db, ids)
	if err != nil {
		return nil, fmt.Errorf("read closed tickets: %w", err)
	}
	out := make([]KeptTicket, len(rows))
	for i, r := range rows {
		out[i] = KeptTicket{ID: r.ID, Shredded: r.ShreddedAt != nil,
			Kept: ticket.Kept{Ref: r.Ref, ClosedAt: fromNullable(r.ClosedAt), Held: r.Held, Rights: rights[r.ID]}}
	}
	return out, nil
}

// EndedLetters gives at most n letters without a ticket, with an id above after, that were sent or
// given up before that instant and whose content is still here.
func (s *Store) EndedLetters(ctx context.Context, before time.Time, after int64, n int) (ids []int64, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT id FROM letters WHERE ticket_id IS NULL AND shredded_at IS NULL AND id > ?
		AND COALESCE(sent_at, failed_at) <= ? ORDER BY id LIMIT ?`, after, micros(before), n).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("read ended letters: %w", err)
	}
	return ids, nil
}

// StripMail replaces the content of a mail by raw, which holds no attachments any more, under a new
// data key; the old key is deleted. The mail is still recognised by the hash of its whole content.
// raw nil says that there is nothing to take out. A mail whose content is gone is left alone.
func (tx *Tx) StripMail(id int64, raw []byte) error {
	fail := func(err error) error { return fmt.Errorf("take the attachments out of mail %d: %w", id, err) }
	if raw == nil {
		if err := tx.db.Exec("UPDATE mails SET stripped_at = ? WHERE id = ?", micros(tx.s.now()), id).Error; err != nil {
			return fail(err)
		}
		return nil
	}
	row, old, err := tx.s.reasonKey(tx.db, id)
	if errors.Is(err, ErrErased) {
		return nil
	}
	if err != nil {
		return fail(err)
	}
	reason := []byte(nil)
	if len(row.SealedReason) > 0 {
		if reason, err = old.open(mailReason(row.ContentHash), row.SealedReason); err != nil {
			return fail(err)
		}
	}
	keys, err := tx.s.storeDataKeys(tx.db, []owner{mailOwner(row.ContentHash)})
	if err != nil {
		return fail(err)
	}
	sealed, err := keys[0].seal(mailContent(row.ContentHash), raw)
	if err != nil {
		return fail(err)
	}
	var sealedReason []byte
	if reason != nil {
		if sealedReason, err = keys[0].seal(mailReason(row.ContentHash), reason); err != nil {
			return fail(err)
		}
	}
	err = tx.statements(
		statement{"UPDATE mail_contents SET sealed = ? WHERE mail_id = ?", []any{sealed, id}},
		statement{"UPDATE mails SET key_id = ?, sealed_reason = ?, stripped_at = ? WHERE id = ?", []any{keys[0].id, sealedReason, micros(tx.s.now()), id}},
		statement{"DELETE FROM data_keys WHERE id = ?", []any{row.KeyID}})
	if err != nil {
		return fail(err)
	}
	tx.noteNow(auditStripped, mailSubject(id))
	return nil
}

type statement struct {
	sql    string
	values []any
}

func (tx *Tx) statements(all ...statement) error {
	for _, s := range all {
		if err := tx.db.Exec(s.sql, s.values...).Error; err != nil {
			return err
		}
	}
	return nil
}

// ShredMail erases a mail's content and its reason for good. Its row with the keyed hashes stays,
// so that the same mail, seen again, is recognised and not taken in.
func (tx *Tx) ShredMail(id int64) error {
	_, err := tx.shredMail(id)
	return err
}

func (tx *Tx) shredMail(id int64) (bool, error) {
	var rows []struct {
		ContentHash []byte
		KeyID       int64
		ShreddedAt  *int64
	}
	if err := tx.db.Raw("SELECT content_hash, key_id, shredded_at FROM mails WHERE id = ?", id).Scan(&rows).Error; err != nil {
		return false, fmt.Errorf("shred mail %d: %w", id, err)
	}
	if len(rows) == 0 || rows[0].ShreddedAt != nil {
		return false, nil
	}
	// A restored backup may hold it undecided: it was decided before it was erased.
	err := tx.statements(
		statement{"DELETE FROM data_keys WHERE id = ?", []any{rows[0].KeyID}},
		statement{"DELETE FROM mail_contents WHERE mail_id = ?", []any{id}},
		statement{`UPDATE mails SET shredded_at = ?, sealed_reason = NULL, disposition = CASE WHEN state = 'pending' THEN 'duplicate' ELSE disposition END,
			state = 'done', suspect = FALSE, claimed_by = '', claimed_until = 0, decided_at = COALESCE(decided_at, ?) WHERE id = ?`,
			[]any{micros(tx.s.now()), micros(tx.s.now()), id}})
	if err != nil {
		return false, fmt.Errorf("shred mail %d: %w", id, err)
	}
	tx.noteNow(auditMail, mailSubject(id))
	tx.erasures = append(tx.erasures, erasure{auditMail, hex.EncodeToString(rows[0].ContentHash)})
	return true, nil
}

// ShredTicket erases the content of a closed ticket for good: the people in it, its history's
// words, its letters. Left is the record: reference, dates, rights, decisions, keyed hashes of
// addresses. Its mails are not touched.
func (tx *Tx) ShredTicket(ref string) error {
	if err := tx.MayErase(ref); err != nil {
		return err
	}
	_, err := tx.shredTicket(ref)
	return err
}

// DropTicket deletes the record of a closed ticket. The audit chain still knows that there was one.
func (tx *Tx) DropTicket(ref string) error {
	if err := tx.MayErase(ref); err != nil {
		return err
	}
	_, err := tx.dropTicket(ref)
	return err
}

// EraseTicket erases the content of a closed ticket with its mails and letters at once.
func (tx *Tx) EraseTicket(ref string) error {
	if err := tx.ShredTicket(ref); err != nil {
		return err
	}
	var mails []int64
	if err := tx.db.Raw("SELECT id FROM mails WHERE ticket = ? AND shredded_at IS NULL ORDER BY id", ref).Scan(&mails).Error; err != nil {
		return fmt.Errorf("erase ticket %s: %w", ref, err)
	}
	for _, id := range mails {
		if err := tx.ShredMail(id); err != nil {
			return err
		}
	}
	return nil
}

// MayErase says whether the schedule or a person may erase what belongs to the ticket: [ErrHeld] and
// [ErrOpen] when not.
func (tx *Tx) MayErase(ref string) error {
	row, err := ticketByRef(tx.db, ref, tx.s.engine.lockTicket)
	switch {
	case err != nil:
		return err
	case row.Held:
		return fmt.Errorf("ticket %s: %w", ref, ErrHeld)
	case row.ClosedAt == nil:
		return fmt.Errorf("ticket %s: %w", ref, ErrOpen)
	}
	return nil
}

func (tx *Tx) shredTicket(ref string) (bool, error) {
	var rows []struct {
		ID         int64
		KeyID      int64
		ShreddedAt *int64
	}
	if err := tx.db.Raw("SELECT id, key_id, shredded_at FROM tickets WHERE ref = ?", ref).Scan(&rows).Error; err != nil {
		return false, fmt.Errorf("shred ticket %s: %w", ref, err)
	}
	if len(rows) == 0 || rows[0].ShreddedAt != nil {
		return false, nil
	}
	id, now, none := rows[0].ID, micros(tx.s.now()), []byte{}
	err := tx.statements(
		statement{"DELETE FROM data_keys WHERE id = ?", []any{rows[0].KeyID}},
		statement{"DELETE FROM letter_contents WHERE letter_id IN (SELECT id FROM letters WHERE ticket_id = ?)", []any{id}},
		statement{endLetters + " WHERE ticket_id = ?", []any{none, now, now, id}},
		statement{"UPDATE events SET sealed = ? WHERE ticket_id = ?", []any{none, id}},
		// A restored backup may hold it open: it was closed before it was erased.
		statement{"UPDATE requests SET closed_at = COALESCE(closed_at, ?) WHERE ticket_id = ?", []any{now, id}},
		statement{"UPDATE tickets SET sealed = ?, shredded_at = ?, next_at = NULL, state = 'closed', closed_at = COALESCE(closed_at, ?) WHERE id = ?", []any{none, now, now, id}})
	if err != nil {
		return false, fmt.Errorf("shred ticket %s: %w", ref, err)
	}
	tx.noteNow(auditPersonal, ref)
	tx.erasures = append(tx.erasures, erasure{auditPersonal, ref})
	return true, nil
}

// endLetters takes the content away from letters. One that was not sent yet never will be.
const endLetters = `UPDATE letters SET sealed = ?, shredded_at = ?, claimed_by = '', claimed_until = 0,
	failed_at = CASE WHEN state IN ('ready', 'held') THEN CAST(? AS BIGINT) ELSE failed_at END,
	state = CASE WHEN state IN ('ready', 'held') THEN 'failed' ELSE state END`

func (tx *Tx) dropTicket(ref string) (bool, error) {
	did, err := tx.shredTicket(ref)
	if err != nil {
		return did, err
	}
	var ids []int64
	if err := tx.db.Raw("SELECT id FROM tickets WHERE ref = ?", ref).Scan(&ids).Error; err != nil {
		return did, fmt.Errorf("delete the record of %s: %w", ref, err)
	}
	if len(ids) == 0 {
		return did, nil
	}
	err = tx.statements(
		statement{"DELETE FROM letters WHERE ticket_id = ?", []any{ids[0]}},
		statement{"DELETE FROM tickets WHERE id = ?", []any{ids[0]}})
	if err != nil {
		return did, fmt.Errorf("delete the record of %s: %w", ref, err)
	}
	tx.noteNow(auditRecord, ref)
	tx.erasures = append(tx.erasures, erasure{auditRecord, ref})
	return true, nil
}

// ShredLetter erases the content of a letter without a ticket for good.
func (tx *Tx) ShredLetter(id int64) error {
	_, err := tx.shredLetter(id)
	return err
}

func (tx *Tx) shredLetter(id int64) (bool, error) {
	var rows []struct {
		KeyHash    []byte
		KeyID      int64
		ShreddedAt *int64
	}
	err := tx.db.Raw("SELECT key_hash, key_id, shredded_at FROM letters WHERE id = ? AND ticket_id IS NULL", id).Scan(&rows).Error
	if err != nil {
		return false, fmt.Errorf("shred letter %d: %w", id, err)
	}
	if len(rows) == 0 || rows[0].ShreddedAt != nil {
		return false, nil
	}
	now := micros(tx.s.now())
	err = tx.statements(
		statement{"DELETE FROM data_keys WHERE id = ?", []any{rows[0].KeyID}},
		statement{"DELETE FROM letter_contents WHERE letter_id = ?", []any{id}},
		statement{endLetters + " WHERE id = ?", []any{[]byte{}, now, now, id}})
	if err != nil {
		return false, fmt.Errorf("shred letter %d: %w", id, err)
	}
	tx.noteNow(auditLetter, letterSubject(id))
	tx.erasures = append(tx.erasures, erasure{auditLetter, hex.EncodeToString(rows[0].KeyHash)})
	return true, nil
}
