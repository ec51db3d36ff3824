package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"privacybot/ticket"
)

type bundleRow struct {
	Ticket  string `gorm:"primaryKey"`
	Mails   int
	FirstAt int64
}

func (bundleRow) TableName() string { return "bundled" }

// Bundle keeps that the notice about a ticket waits for the mail that lists many.
func (tx *Tx) Bundle(ref string) error {
	row := bundleRow{Ticket: ref, Mails: 1, FirstAt: micros(tx.s.now())}
	more := clause.OnConflict{Columns: []clause.Column{{Name: "ticket"}}, DoUpdates: clause.Assignments(map[string]any{"mails": gorm.Expr("bundled.mails + 1")})}
	if err := tx.db.Clauses(more).Create(&row).Error; err != nil {
		return fmt.Errorf("bundle the notice about %s: %w", ref, err)
	}
	return nil
}

// BundledSince is when the oldest waiting notice came; zero when none waits.
func (s *Store) BundledSince(ctx context.Context) (time.Time, error) {
	var first *int64
	if err := s.db.WithContext(ctx).Raw("SELECT min(first_at) FROM bundled").Scan(&first).Error; err != nil {
		return time.Time{}, fmt.Errorf("look for bundled notices: %w", err)
	}
	return fromNullable(first), nil
}

// TakeBundle gives at most n tickets whose notices wait, the oldest first, and forgets them.
func (tx *Tx) TakeBundle(n int) ([]ticket.BundleRow, error) {
	var rows []bundleRow
	if err := tx.db.Order("first_at, ticket").Limit(n).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read bundled notices: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	refs := make([]string, len(rows))
	for i, r := range rows {
		refs[i] = r.Ticket
	}
	if err := tx.db.Where("ticket IN ?", refs).Delete(&bundleRow{}).Error; err != nil {
		return nil, fmt.Errorf("forget bundled notices: %w", err)
	}
	known, err := ticketRows(tx.db, refs)
	if err != nil {
		return nil, fmt.Errorf("read bundled tickets: %w", err)
	}
	var out []ticket.BundleRow
	for _, r := range rows {
		if row, ok := known[r.Ticket]; ok {
			out = append(out, ticket.BundleRow{DigestRow: row, Mails: r.Mails})
		}
	}
	return out, nil
}

// ticketRows gives tickets as lists show them, by reference.
func ticketRows(db *gorm.DB, refs []string) (map[string]ticket.DigestRow, error) {
	var tickets []ticketRow
	if err := db.Raw("SELECT id, ref, state, due_at FROM tickets WHERE ref IN ?", refs).Scan(&tickets).Error; err != nil {
		return nil, err
	}
	list, err := withRights(db, tickets)
	out := map[string]ticket.DigestRow{}
	for _, row := range list {
		out[row.Ref] = row
	}
	return out, err
}

// Noticed counts the notices that staff got after since: about tickets that address opened, or, with a
// reference, about more mail on that ticket. It stops counting at limit.
func (tx *Tx) Noticed(address, ref string, since time.Time, limit int) (n int, err error) {
	if ref != "" {
		err = tx.db.Raw(`SELECT count(DISTINCT created_at) FROM letters WHERE ticket_id = (SELECT id FROM tickets WHERE ref = ?) AND kind = ? AND created_at > ?`,
			ref, string(ticket.LetterStaffFollowup), micros(since)).Scan(&n).Error
	} else {
		err = tx.db.Raw(`SELECT count(*) FROM (SELECT 1 FROM tickets t JOIN parties p ON p.ticket_id = t.id WHERE p.address_hash = ? AND t.opened_at > ? LIMIT ?) AS found`,
			tx.s.addressHash(address), micros(since), limit).Scan(&n).Error
	}
	if err != nil {
		return 0, fmt.Errorf("count notices: %w", err)
	}
	return n, nil
}
