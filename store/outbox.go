package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

// Delivery is a letter handed out to be sent. Raw is the same on every attempt.
type Delivery struct {
	ID            int64
	Kind          ticket.LetterKind
	Key, Ref      string
	To, MessageID string
	Raw           []byte
	Attempt       int // this one included
	CreatedAt     time.Time
	Mails         []int64
	Unreadable    error // why Raw and To are empty: [ErrErased] or [ErrUnreadable]; such a letter cannot be sent
}

// ClaimLetters hands out at most n letters that are due at now, for ttl: those that wake people
// about a child first, then the longest due. Attempt and claim are stored before this returns,
// so that a crash costs a delay and never a second claim. Braked kinds come only within the limits, which
// count what was sent, or is being sent.
func (s *Store) ClaimLetters(ctx context.Context, now time.Time, ttl time.Duration, n int, brake BrakeLimit) ([]Delivery, error) {
	var rows []letterRow
	err := s.write(ctx, func(db *gorm.DB) error {
		rows = nil
		if err := s.alone(db, "claim letters"); err != nil { // or two instances would both see room under the brake
			return err
		}
		ids, err := s.chooseLetters(db, now, n, brake)
		if err != nil || len(ids) == 0 {
			return err
		}
		claim := "UPDATE letters SET attempts = attempts + 1, claimed_by = ?, claimed_until = " + s.engine.clock + " + ? WHERE id IN ?"
		if err := db.Exec(claim, s.holder, ttl.Microseconds(), ids).Error; err != nil {
			return err
		}
		if err := db.Raw(selectLetterContents+"WHERE l.id IN ? ORDER BY l.priority, l.next_at, l.id", ids).Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows { // a key that is missing here is no damage of the letter
			if err := s.keys.has(r.Wrapped); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim letters: %w", err)
	}
	out := make([]Delivery, len(rows))
	for i, r := range rows {
		out[i] = s.delivery(r)
	}
	return out, nil
}

func (s *Store) delivery(r letterRow) Delivery {
	d := Delivery{ID: r.ID, Kind: ticket.LetterKind(r.Kind), Ref: r.Ref, Attempt: r.Attempts, CreatedAt: fromMicros(r.CreatedAt)}
	key, parts, err := s.keys.openLetter(r)
	if err == nil {
		d.Raw, err = key.open(letterContent(r.KeyHash), r.Content)
	}
	if err != nil {
		d.Unreadable = err
		return d
	}
	d.Key, d.To, d.MessageID, d.Mails = parts.Key, parts.To, parts.MessageID, parts.Mails
	return d
}

// RenewLetters makes the claims on ds last for ttl from now, so that short claims are enough: what
// a killed process held is free again soon, what a slow mail server holds up stays claimed.
// Letters that are no longer ours are left alone; the end of their delivery will tell.
func (s *Store) RenewLetters(ctx context.Context, ds []Delivery, ttl time.Duration) error {
	err := s.write(ctx, func(db *gorm.DB) error {
		for _, d := range ds {
			renew := "UPDATE letters SET claimed_until = " + s.engine.clock + " + ? WHERE id = ? AND state = 'ready' AND claimed_by = ? AND attempts = ?"
			if err := db.Exec(renew, ttl.Microseconds(), d.ID, s.holder, d.Attempt).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("renew claims: %w", err)
	}
	return nil
}

// LetterSent notes that the mail server has accepted d at that time.
func (tx *Tx) LetterSent(d Delivery, at time.Time) error {
	return tx.endDelivery(d, "state = 'sent', sent_at = ?", micros(at))
}

// LetterRetry puts d back until next. code is the server's reply code, 0 when there was none.
func (tx *Tx) LetterRetry(d Delivery, next time.Time, code int) error {
	return tx.endDelivery(d, "next_at = ?, code = ?", micros(next), code)
}

// LetterPutBack puts d back until next as if it had not been handed out: its next try has the same
// number. code is the server's reply code, 0 when there was none.
func (tx *Tx) LetterPutBack(d Delivery, next time.Time, code int) error {
	return tx.endDelivery(d, "next_at = ?, code = ?, attempts = attempts - 1", micros(next), code)
}

// LetterFailed gives d up.
func (tx *Tx) LetterFailed(d Delivery, code int) error {
	return tx.endDelivery(d, "state = 'failed', failed_at = ?, code = ?", micros(tx.s.now()), code)
}

// endDelivery ends the claim of d. Somebody else's claim, or a later one, is [ErrLeaseLost].
func (tx *Tx) endDelivery(d Delivery, set string, values ...any) error {
	done := tx.db.Exec("UPDATE letters SET "+set+", claimed_by = '', claimed_until = 0 WHERE id = ? AND state = 'ready' AND claimed_by = ? AND attempts = ?",
		append(values, d.ID, tx.s.holder, d.Attempt)...)
	if err := oneRow(done, ErrLeaseLost); err != nil {
		return fmt.Errorf("letter %d: %w", d.ID, err)
	}
	return nil
}
