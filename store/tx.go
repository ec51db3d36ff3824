package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Tx is a transaction in which decisions are made and written. Its methods see what was written
// before in the same transaction. It is for one goroutine and ends with its function.
type Tx struct {
	s       *Store
	db      *gorm.DB
	tickets map[string]ticketKey // by reference, for the letters of a ticket just saved

	events   []eventRow // of new tickets, which no decision reads; written together at the end
	audit    []auditRow // without numbers and hashes yet
	erasures []erasure
}

type ticketKey struct {
	id  int64
	key dataKey
}

// InTx runs fn in one write transaction: everything in it is written, or nothing.
//
// Transactions of InTx run one after the other on a database, whatever the number of instances,
// so that of two mails of one person the second always sees the ticket of the first. fn must
// therefore be short, must use only tx, and may run several times: when somebody else changed a
// ticket meanwhile ([ErrConflict]) or when the database asks for it. It must have no effect
// outside tx before InTx returns.
func (s *Store) InTx(ctx context.Context, fn func(*Tx) error) error {
	return s.write(ctx, func(db *gorm.DB) error {
		if err := s.alone(db, "decide"); err != nil {
			return err
		}
		tx := &Tx{s: s, db: db, tickets: map[string]ticketKey{}}
		if err := fn(tx); err != nil {
			return err
		}
		return tx.end()
	})
}

// end writes what was put off. The erasure list comes last: it is outside the transaction.
func (tx *Tx) end() error {
	if err := tx.writeEvents(); err != nil {
		return err
	}
	if err := tx.writeAudit(); err != nil {
		return err
	}
	return appendErasures(tx.s.erasures, tx.erasures, tx.s.now())
}

// writeEvents writes the events that were put off.
func (tx *Tx) writeEvents() error {
	for part := range chunks(tx.events) {
		if err := tx.db.Create(&part).Error; err != nil {
			return fmt.Errorf("keep events: %w", err)
		}
	}
	tx.events = nil
	return nil
}
