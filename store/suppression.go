package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

// Suppression is an address that is to get no mailings any more, and the ticket that asked for it.
type Suppression struct {
	ID       int64
	Ref      string
	Address  string
	Attempts int // tries of the hook so far
	AddedAt  time.Time
	DoneAt   time.Time // zero while it waits
}

type suppressionRow struct {
	ID          int64
	Ticket      string
	AddressHash []byte
	KeyID       int64
	Sealed      []byte
	State       string
	Attempts    int
	AddedAt     int64
	DoneAt      *int64
	Wrapped     []byte
}

const selectSuppressions = "SELECT s.*, k.wrapped FROM suppressions s LEFT JOIN data_keys k ON k.id = s.key_id "

func suppressionOwner(ref string, hash []byte) owner {
	return owner{"suppressions", ref + "/" + hex.EncodeToString(hash)}
}

func suppressionPlace(ref string, hash []byte) place {
	return place{"suppressions.sealed", ref + "/" + hex.EncodeToString(hash)}
}

// KeepSuppression brings the list to what a decision says about one ticket and address. What was
// settled waits again only when it is asked for again.
func (tx *Tx) KeepSuppression(w ticket.Stop) error {
	fail := func(err error) error { return fmt.Errorf("keep suppression of %s: %w", w.Ref, err) }
	hash, now := tx.s.addressHash(w.Address), micros(tx.s.now())
	var known int
	if err := count(tx.db, &known, "suppressions WHERE ticket = ? AND address_hash = ?", w.Ref, hash); err != nil {
		return fail(err)
	}
	if known == 0 {
		keys, err := tx.s.storeDataKeys(tx.db, []owner{suppressionOwner(w.Ref, hash)})
		if err != nil {
			return fail(err)
		}
		sealed, err := keys[0].seal(suppressionPlace(w.Ref, hash), []byte(w.Address))
		if err != nil {
			return fail(err)
		}
		err = tx.db.Exec("INSERT INTO suppressions (ticket, address_hash, key_id, sealed, state, next_at, added_at) VALUES (?, ?, ?, ?, 'waiting', ?, ?)",
			w.Ref, hash, keys[0].id, sealed, micros(w.At), now).Error
		if err != nil {
			return fail(err)
		}
	}
	if w.Want == ticket.StopWaiting { // asked for again, after it was settled
		err := tx.db.Exec(`UPDATE suppressions SET state = 'waiting', done_at = NULL, attempts = 0, next_at = ?
			WHERE ticket = ? AND address_hash = ? AND state <> 'waiting' AND next_at < ?`, micros(w.At), w.Ref, hash, micros(w.At)).Error
		if err != nil {
			return fail(err)
		}
		return nil
	}
	err := tx.db.Exec("UPDATE suppressions SET state = ?, done_at = ? WHERE ticket = ? AND address_hash = ? AND state = 'waiting'",
		string(w.Want), now, w.Ref, hash).Error
	if err != nil {
		return fail(err)
	}
	return nil
}

// DueSuppressions gives at most n addresses for which the hook is to be run at now, the longest
// waiting first. One that cannot be read is left out.
func (s *Store) DueSuppressions(ctx context.Context, now time.Time, n int) ([]Suppression, error) {
	var rows []suppressionRow
	err := s.db.WithContext(ctx).Raw(selectSuppressions+"WHERE s.state = 'waiting' AND s.next_at <= ? ORDER BY s.next_at, s.id LIMIT ?", micros(now), n).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read suppressions that are due: %w", err)
	}
	return s.openSuppressions(rows), nil
}

func (s *Store) openSuppressions(rows []suppressionRow) []Suppression {
	var out []Suppression
	for _, r := range rows {
		key, err := s.keys.openDataKey(suppressionOwner(r.Ticket, r.AddressHash), r.KeyID, r.Wrapped)
		if err != nil {
			continue
		}
		address, err := key.open(suppressionPlace(r.Ticket, r.AddressHash), r.Sealed)
		if err != nil {
			continue
		}
		out = append(out, Suppression{ID: r.ID, Ref: r.Ticket, Address: string(address), Attempts: r.Attempts,
			AddedAt: fromMicros(r.AddedAt), DoneAt: fromNullable(r.DoneAt)})
	}
	return out
}

// SuppressionTried counts a try of the hook that failed and puts the next one off. It reports whether
// the row still waits.
func (tx *Tx) SuppressionTried(id int64, next time.Time) (bool, error) {
	done := tx.db.Exec("UPDATE suppressions SET attempts = attempts + 1, next_at = ? WHERE id = ? AND state = 'waiting'", micros(next), id)
	if done.Error != nil {
		return false, fmt.Errorf("note a try of suppression %d: %w", id, done.Error)
	}
	return done.RowsAffected > 0, nil
}

// SuppressionDone notes that the hook has taken the address.
func (tx *Tx) SuppressionDone(id int64) error {
	if err := tx.db.Exec("UPDATE suppressions SET attempts = attempts + 1, state = 'done', done_at = ? WHERE id = ? AND state = 'waiting'", micros(tx.s.now()), id).Error; err != nil {
		return fmt.Errorf("note suppression %d: %w", id, err)
	}
	return nil
}

// Suppressions calls fn with every address that is to get no mailings, each once, the first wish first.
func (s *Store) Suppressions(ctx context.Context, fn func(Suppression) error) error {
	var last []byte
	for after := int64(0); ; {
		var rows []suppressionRow
		err := s.db.WithContext(ctx).Raw(selectSuppressions+`WHERE s.state <> 'dropped' AND s.id > ?
			AND NOT EXISTS (SELECT 1 FROM suppressions e WHERE e.address_hash = s.address_hash AND e.id < s.id AND e.state <> 'dropped')
			ORDER BY s.id LIMIT 500`, after).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read suppressions: %w", err)
		}
		for _, r := range rows {
			after = r.ID
			if bytes.Equal(last, r.AddressHash) {
				continue
			}
			last = r.AddressHash
			one := s.openSuppressions([]suppressionRow{r})
			if len(one) == 0 {
				return fmt.Errorf("suppression %d: %w", r.ID, ErrUnreadable)
			}
			if err := fn(one[0]); err != nil {
				return err
			}
		}
		if len(rows) < 500 {
			return nil
		}
	}
}

// DropSuppression takes an address off the list and gives the number of its rows: the person wants
// mailings again.
func (s *Store) DropSuppression(ctx context.Context, address string) (n int64, err error) {
	err = s.write(ctx, func(db *gorm.DB) error {
		hash := s.addressHash(address)
		if err := db.Exec("DELETE FROM data_keys WHERE id IN (SELECT key_id FROM suppressions WHERE address_hash = ?)", hash).Error; err != nil {
			return err
		}
		gone := db.Exec("DELETE FROM suppressions WHERE address_hash = ?", hash)
		n = gone.RowsAffected
		return gone.Error
	})
	if err != nil {
		return 0, fmt.Errorf("drop a suppression: %w", err)
	}
	return n, nil
}
