package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Lease is the right to do work that only one process may do, until it runs out. The token grows
// with every holder, so that writes of an earlier one are told apart (CASES C50, C51).
type Lease struct {
	Name  string
	Token int64
}

// Acquire takes the lease called name for ttl, unless another process holds it. A process that
// holds it already gets it anew. Time is the database's.
func (s *Store) Acquire(ctx context.Context, name string, ttl time.Duration) (Lease, bool, error) {
	var tokens []int64
	err := s.write(ctx, func(db *gorm.DB) error {
		now := s.engine.clock
		return db.Raw(`INSERT INTO leases (name, holder, token, expires_at) VALUES (?, ?, 1, `+now+` + ?)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = leases.token + 1, expires_at = excluded.expires_at
			WHERE leases.expires_at <= `+now+` OR leases.holder = excluded.holder
			RETURNING token`, name, s.holder, ttl.Microseconds()).Scan(&tokens).Error
	})
	if err != nil {
		return Lease{}, false, fmt.Errorf("acquire lease %s: %w", name, err)
	}
	if len(tokens) == 0 {
		return Lease{}, false, nil
	}
	return Lease{Name: name, Token: tokens[0]}, true, nil
}

// Renew makes l last for ttl from now. A lease that ran out is [ErrLeaseLost], even if nobody
// took it.
func (s *Store) Renew(ctx context.Context, l Lease, ttl time.Duration) error {
	return s.changeLease(ctx, l, s.engine.clock+" + ?", ttl.Microseconds())
}

// Release gives l back before it runs out.
func (s *Store) Release(ctx context.Context, l Lease) error {
	return s.changeLease(ctx, l, "?", 0)
}

func (s *Store) changeLease(ctx context.Context, l Lease, expires string, value int64) error {
	err := s.write(ctx, func(db *gorm.DB) error {
		done := db.Exec(`UPDATE leases SET expires_at = `+expires+`
			WHERE name = ? AND holder = ? AND token = ? AND expires_at > `+s.engine.clock,
			value, l.Name, s.holder, l.Token)
		return oneRow(done, ErrLeaseLost)
	})
	if err != nil {
		return fmt.Errorf("lease %s: %w", l.Name, err)
	}
	return nil
}

// fence makes the transaction fail unless l is ours until its end: the row is locked, so that
// nobody can take the lease before the commit.
func (s *Store) fence(db *gorm.DB, l Lease) error {
	done := db.Exec(`UPDATE leases SET token = token
		WHERE name = ? AND holder = ? AND token = ? AND expires_at > `+s.engine.clock, l.Name, s.holder, l.Token)
	if err := oneRow(done, ErrLeaseLost); err != nil {
		return fmt.Errorf("lease %s: %w", l.Name, err)
	}
	return nil
}

// oneRow gives the statement's error, or missing when it did not change exactly one row.
func oneRow(done *gorm.DB, missing error) error {
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected != 1 {
		return missing
	}
	return nil
}
