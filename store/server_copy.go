package store

import (
	"bytes"
	"context"
	"fmt"
)

// ServerCopy is a place on the mail server where a mail lay whose content was erased here.
type ServerCopy struct {
	Location
	Mail    int64
	Size    int64
	Partial bool
	hash    []byte
}

// ServerCopies gives at most n places of erased mails in the account that were not dealt with yet.
func (s *Store) ServerCopies(ctx context.Context, account string, n int) ([]ServerCopy, error) {
	var rows []struct {
		Account, Folder string
		UIDValidity     uint32 `gorm:"column:uidvalidity"`
		UID             uint32 `gorm:"column:uid"`
		MailID          int64
		Size            int64
		Partial         bool
		ContentHash     []byte
	}
	err := s.db.WithContext(ctx).Raw(`SELECT l.account, l.folder, l.uidvalidity, l.uid, l.mail_id, m.size, m.partial, m.content_hash
		FROM mails m JOIN locations l ON l.mail_id = m.id
		WHERE m.shredded_at IS NOT NULL AND l.removed_at IS NULL AND l.account = ? ORDER BY l.folder, l.uid LIMIT ?`, account, n).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read copies on the server: %w", err)
	}
	out := make([]ServerCopy, len(rows))
	for i, r := range rows {
		out[i] = ServerCopy{Location: Location{r.Account, r.Folder, r.UIDValidity, r.UID}, Mail: r.MailID, Size: r.Size, Partial: r.Partial, hash: r.ContentHash}
	}
	return out, nil
}

// Same reports whether raw is the content of the mail that was erased: what lies at a place now
// may be another mail, and only the very same bytes may be deleted there.
func (s *Store) Same(c ServerCopy, raw []byte) bool {
	return bytes.Equal(c.hash, s.contentHash(Inbound{Raw: raw, Size: c.Size, Partial: c.Partial}))
}

// CopyGone notes that the mail server holds the copy no more; removed says that we deleted it.
func (tx *Tx) CopyGone(c ServerCopy, removed bool) error {
	err := tx.db.Exec("UPDATE locations SET removed_at = ? WHERE account = ? AND folder = ? AND uidvalidity = ? AND uid = ?",
		micros(tx.s.now()), c.Account, c.Folder, c.UIDValidity, c.UID).Error
	if err != nil {
		return fmt.Errorf("note the server's copy of mail %d: %w", c.Mail, err)
	}
	if removed {
		tx.noteNow(auditRemoved, mailSubject(c.Mail))
	}
	return nil
}
