package store

import (
	"context"
	"fmt"

	"gorm.io/gorm/clause"

	"privacybot/ticket"
)

// Movable is a decided mail that was not moved on the server yet, and where it lies.
type Movable struct {
	Mail        int64
	Disposition ticket.Disposition
	Location
}

// Movables gives at most n mails of these dispositions that were never moved, in the order of their
// arrival here, each at the place where it was seen last. A mail is moved once in its life: when people
// put it back, it stays.
func (s *Store) Movables(ctx context.Context, account string, of []ticket.Disposition, n int) ([]Movable, error) {
	if len(of) == 0 {
		return nil, nil
	}
	var rows []Movable
	err := s.db.WithContext(ctx).Raw(`SELECT m.id AS mail, m.disposition, l.account, l.folder, l.uidvalidity AS uid_validity, l.uid
		FROM mails m JOIN locations l ON l.mail_id = m.id JOIN cursors c ON c.account = l.account AND c.folder = l.folder AND c.uidvalidity = l.uidvalidity
		WHERE m.moved = '' AND m.state = 'done' AND m.disposition IN ? AND l.account = ?
		AND NOT EXISTS (SELECT 1 FROM locations x JOIN cursors y ON y.account = x.account AND y.folder = x.folder AND y.uidvalidity = x.uidvalidity
			WHERE x.mail_id = m.id AND x.account = l.account AND (x.saved_at > l.saved_at OR x.saved_at = l.saved_at AND (x.folder > l.folder OR x.folder = l.folder AND x.uid > l.uid)))
		ORDER BY m.id LIMIT ?`, of, account, n).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look for mails to move: %w", err)
	}
	return rows, nil
}

// MailsMoved notes that mails now lie in folder, and puts their new places on the ledger, where they
// count as copies.
func (tx *Tx) MailsMoved(mails []int64, folder string, to []Movable) error {
	if err := tx.db.Exec("UPDATE mails SET moved = ? WHERE id IN ?", folder, mails).Error; err != nil {
		return fmt.Errorf("note moved mails: %w", err)
	}
	for _, m := range to {
		var received int64
		if err := tx.db.Raw("SELECT received_at FROM mails WHERE id = ?", m.Mail).Scan(&received).Error; err != nil {
			return fmt.Errorf("note moved mails: %w", err)
		}
		row := locationRow{Account: m.Account, Folder: m.Folder, UIDValidity: m.UIDValidity, UID: m.UID,
			MailID: &m.Mail, ReceivedAt: received, Duplicate: true, SavedAt: micros(tx.s.now())}
		if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return fmt.Errorf("note moved mails: %w", err)
		}
	}
	return nil
}
