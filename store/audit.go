package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"gorm.io/gorm"
)

// auditRow is one link of the chain over all that happened. Its hash is keyed, so that nobody who
// can write to the database but has no key file can make a chain that holds. It has no personal
// data: what was sealed appears as a hash of the sealed bytes.
type auditRow struct {
	Seq     int64 `gorm:"primaryKey;autoIncrement:false"`
	At      int64
	Kind    string
	Subject string // a ticket's reference, or "mail/17", "letter/4", "database"
	Item    int64  // the event's number within its ticket; 0 when it is no event
	Content []byte
	Hash    []byte
}

func (auditRow) TableName() string { return "audit" }

// The kinds of links that are no events of tickets.
const (
	auditStripped   = "mail_stripped"     // the attachments were taken out of a mail
	auditMail       = "mail_shredded"     // a mail's content was erased
	auditRemoved    = "mail_removed"      // the mail server's copy was deleted
	auditPersonal   = "personal_shredded" // a ticket's content was erased; its record stays
	auditRecord     = "record_deleted"    // a ticket's record was deleted
	auditLetter     = "letter_shredded"
	auditRestored   = "restored" // the database was restored from a backup
	auditKeyRotated = "key_rotated"
)

const auditDatabase = "database"

// AuditHead is the last link of the chain. Kept elsewhere it shows when the end was cut off.
type AuditHead struct {
	Seq  int64
	Hash string // hex; "" for a chain without links
}

// String is the number and the first digits of the hash, "17:0f3a5d2277ac41e6", as people copy it
// and `audit verify --head` takes it; "" for a chain without links.
func (h AuditHead) String() string {
	if h.Seq == 0 {
		return ""
	}
	return strconv.FormatInt(h.Seq, 10) + ":" + h.Hash[:min(len(h.Hash), auditShort)]
}

const auditShort = 16 // digits of a hash that are enough to know an entry by

// chained computes the hash of r behind the link with the hash before.
func (k *Keys) chained(before []byte, r auditRow) []byte {
	return k.Token("audit", string(before), strconv.FormatInt(r.Seq, 10), strconv.FormatInt(r.At, 10), r.Kind, r.Subject,
		strconv.FormatInt(r.Item, 10), string(r.Content))
}

func contentSum(sealed []byte) []byte {
	sum := sha256.Sum256(sealed)
	return sum[:]
}

// note adds a link to the chain when tx ends.
func (tx *Tx) note(kind, subject string, item int64, at int64, content []byte) {
	if content == nil {
		content = []byte{}
	}
	tx.audit = append(tx.audit, auditRow{At: at, Kind: kind, Subject: subject, Item: item, Content: content})
}

// noteNow is note for what is no event.
func (tx *Tx) noteNow(kind, subject string) { tx.note(kind, subject, 0, micros(tx.s.now()), nil) }

// writeAudit appends the links that were put off. Transactions of InTx run one after the other, so
// that nobody else can append meanwhile; if somebody did, the number is taken and the commit fails.
func (tx *Tx) writeAudit() error {
	if len(tx.audit) == 0 {
		return nil
	}
	last, err := auditLast(tx.db)
	if err != nil {
		return err
	}
	for i := range tx.audit {
		tx.audit[i].Seq = last.Seq + 1
		tx.audit[i].Hash = tx.s.keys.chained(last.Hash, tx.audit[i])
		last = tx.audit[i]
	}
	for part := range chunks(tx.audit) {
		if err := tx.db.Create(&part).Error; err != nil {
			return fmt.Errorf("append to the audit chain: %w", err)
		}
	}
	tx.audit = nil
	return nil
}

func auditLast(db *gorm.DB) (auditRow, error) {
	var rows []auditRow
	if err := db.Raw("SELECT * FROM audit ORDER BY seq DESC LIMIT 1").Scan(&rows).Error; err != nil {
		return auditRow{}, fmt.Errorf("read the audit chain: %w", err)
	}
	if len(rows) == 0 {
		return auditRow{}, nil
	}
	return rows[0], nil
}

// AuditHead gives the last link of the chain.
func (s *Store) AuditHead(ctx context.Context) (AuditHead, error) {
	last, err := auditLast(s.db.WithContext(ctx))
	return AuditHead{Seq: last.Seq, Hash: hex.EncodeToString(last.Hash)}, err
}

const metaAdopted = "audit_adopted"

// adopt brings events into the chain that were written before there was one, in the order in which
// they happened. It can be repeated.
func (s *Store) adopt(ctx context.Context) error {
	if _, done, err := s.Meta(ctx, metaAdopted); err != nil || done {
		return err
	}
	for more := true; more; {
		err := s.InTx(ctx, func(tx *Tx) error {
			var rows []struct {
				Ref             string
				Seq, HappenedAt int64
				Kind            string
				Sealed          []byte
			}
			err := tx.db.Raw(`SELECT t.ref, e.seq, e.happened_at, e.kind, e.sealed FROM events e JOIN tickets t ON t.id = e.ticket_id
				WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.subject = t.ref AND a.item = e.seq)
				ORDER BY e.happened_at, e.ticket_id, e.seq LIMIT ?`, chunk).Scan(&rows).Error
			if err != nil {
				return err
			}
			for _, r := range rows {
				tx.note(r.Kind, r.Ref, r.Seq, r.HappenedAt, contentSum(r.Sealed))
			}
			if more = len(rows) == chunk; more {
				return nil
			}
			return tx.SetMeta(metaAdopted, "yes")
		})
		if err != nil {
			return fmt.Errorf("bring earlier events into the audit chain: %w", err)
		}
	}
	return nil
}

func mailSubject(id int64) string   { return "mail/" + strconv.FormatInt(id, 10) }
func letterSubject(id int64) string { return "letter/" + strconv.FormatInt(id, 10) }
