package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

// Figures are the counts that whoever watches over the program looks at. They hold nothing personal.
type Figures struct {
	Open, Overdue, DueSoon    int // tickets; DueSoon: within 7 days
	NeedsHuman, Undeliverable int // open tickets
	Children, Unacknowledged  int // open child alerts; those that nobody has acknowledged
	Mails                     int // locations on the ledger
	Pending, Quarantined      int // mails
	Ready, Braked, Held       int // letters not sent: all that may go, those that a brake holds, those that wait for approval
	Failed                    int // letters given up, ever
	OldestReady               time.Time
	Polled                    map[string]time.Time // last successful look at a folder of this account
}

// Figures counts what is open with now as the time. Of sealed content it opens child alerts only.
func (s *Store) Figures(ctx context.Context, account string, now time.Time) (Figures, error) {
	f := Figures{Polled: map[string]time.Time{}}
	err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		return errors.Join(figureCounts(db, &f, now), s.figureChildren(db, &f), figurePolls(db, &f, account))
	}, &sql.TxOptions{ReadOnly: true, Isolation: s.engine.snapshot})
	if err != nil {
		return Figures{}, fmt.Errorf("health figures: %w", err)
	}
	return f, nil
}

func figureCounts(db *gorm.DB, f *Figures, now time.Time) error {
	var oldest *int64
	err := errors.Join(
		count(db, &f.Open, "tickets WHERE state <> 'closed'"),
		count(db, &f.Overdue, "tickets WHERE state <> 'closed' AND due_at < ?", micros(now)),
		count(db, &f.DueSoon, "tickets WHERE state <> 'closed' AND due_at >= ? AND due_at <= ?", micros(now), micros(now.Add(dueSoon))),
		count(db, &f.NeedsHuman, "tickets WHERE state <> 'closed' AND needs_human"),
		count(db, &f.Undeliverable, "tickets WHERE state <> 'closed' AND undeliverable"),
		count(db, &f.Mails, "locations"),
		count(db, &f.Pending, "mails WHERE state = 'pending'"),
		count(db, &f.Quarantined, "mails WHERE state = 'quarantine'"),
		count(db, &f.Ready, "letters WHERE state = 'ready'"),
		count(db, &f.Braked, waitsForBrake, micros(now.Add(-lettersLate))),
		count(db, &f.Held, "letters WHERE state = 'held'"),
		count(db, &f.Failed, "letters WHERE state = 'failed'"),
		db.Raw("SELECT min(created_at) FROM letters WHERE state = 'ready'").Scan(&oldest).Error,
	)
	f.OldestReady = fromNullable(oldest)
	return err
}

// figureChildren opens the tickets with a child alert, which are few. One that cannot be opened counts
// as unacknowledged: nobody can know.
func (s *Store) figureChildren(db *gorm.DB, f *Figures) error {
	var rows []ticketRow
	if err := db.Raw(selectTickets + "WHERE t.child_open AND t.state <> 'closed'").Scan(&rows).Error; err != nil {
		return err
	}
	f.Children = len(rows)
	for _, r := range rows {
		t, err := s.keys.fromRow(r)
		if err != nil || t.Child != nil && t.Child.AcknowledgedAt.IsZero() {
			f.Unacknowledged++
		}
	}
	return nil
}

func figurePolls(db *gorm.DB, f *Figures, account string) error {
	var cursors []cursorRow
	err := db.Where("account = ?", account).Find(&cursors).Error
	for _, c := range cursors {
		f.Polled[c.Folder] = fromNullable(c.PolledAt)
	}
	return err
}

// KeyInUse gives the operator's key that wraps now, without counting what it has wrapped.
func (s *Store) KeyInUse() KeyInfo {
	r := s.keys.now()
	return KeyInfo{ID: keyName(r.primary), Created: r.created[keyName(r.primary)], Wraps: true, InFile: true}
}

// Schema gives the number of the newest migration that this database has.
func (s *Store) Schema(ctx context.Context) (n int64, err error) {
	err = s.db.WithContext(ctx).Raw("SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return n, nil
}

// MetaJSON reads what [Tx.SetMetaJSON] keeps into value. What cannot be read counts as not there.
func (s *Store) MetaJSON(ctx context.Context, name string, value any) (bool, error) {
	kept, ok, err := s.Meta(ctx, name)
	return ok && err == nil && json.Unmarshal([]byte(kept), value) == nil, err
}

// MetaJSON reads what [Tx.SetMetaJSON] keeps, within the transaction.
func (tx *Tx) MetaJSON(name string, value any) (bool, error) {
	kept, ok, err := tx.Meta(name)
	return ok && err == nil && json.Unmarshal([]byte(kept), value) == nil, err
}

// SetMetaJSON keeps value under name. It stands in clear: it must hold no personal data.
func (tx *Tx) SetMetaJSON(name string, value any) error {
	kept, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("keep meta %s: %w", name, err)
	}
	return tx.SetMeta(name, string(kept))
}

// ExternalLetters lists the letters to requesters that were ordered since a time, oldest first.
func (s *Store) ExternalLetters(ctx context.Context, since time.Time) ([]LetterState, error) {
	var kinds []string
	for _, k := range ticket.LetterKinds() {
		if k.External() {
			kinds = append(kinds, string(k))
		}
	}
	return s.letterStates(s.db.WithContext(ctx).Raw(selectLetters+"WHERE l.kind IN ? AND l.created_at >= ? ORDER BY l.id", kinds, micros(since)))
}
