package store

import (
	"bytes"
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// AuditReport is what a check of the audit chain found.
type AuditReport struct {
	Entries  int64 // links
	Events   int64 // of them events of tickets
	Erased   int64 // events whose content was erased, with an entry that says so
	Head     AuditHead
	Problems []string // what does not hold, in plain words without personal data; empty when all does
	More     int      // problems beyond those listed
}

const auditProblems = 100

func (r *AuditReport) problem(format string, values ...any) {
	if len(r.Problems) == auditProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, fmt.Sprintf(format, values...))
}

// VerifyAudit checks the whole chain: every link against the one before, every event and every
// erased content against its link. known are heads that were kept outside the database: a chain
// that does not hold one of them was cut off or rewritten. Content that was erased with an entry
// in the chain is in order; content that is gone without one is a problem.
func (s *Store) VerifyAudit(ctx context.Context, known ...AuditHead) (AuditReport, error) {
	var r AuditReport
	err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		for _, step := range []func(*gorm.DB, *AuditReport) error{
			func(db *gorm.DB, r *AuditReport) error { return s.verifyChain(db, r, known) },
			verifyEvents, verifyMissing, verifyErasures,
		} {
			if err := step(db, &r); err != nil {
				return err
			}
		}
		return nil
	}, &sql.TxOptions{ReadOnly: true, Isolation: s.engine.snapshot})
	if err != nil {
		return r, fmt.Errorf("verify audit: %w", err)
	}
	return r, nil
}

// scanRows calls fn for every row of a query.
func scanRows[T any](db *gorm.DB, query string, fn func(T)) error {
	rows, err := db.Raw(query).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row T
		if err := db.ScanRows(rows, &row); err != nil {
			return err
		}
		fn(row)
	}
	return rows.Err()
}

func (s *Store) verifyChain(db *gorm.DB, r *AuditReport, known []AuditHead) error {
	var last auditRow
	seen := map[int64]string{}
	for _, h := range known {
		seen[h.Seq] = ""
	}
	err := scanRows(db, "SELECT * FROM audit ORDER BY seq", func(row auditRow) {
		r.Entries++
		if row.Item > 0 {
			r.Events++
		}
		switch {
		case row.Seq != last.Seq+1:
			r.problem("entries %d to %d are missing", last.Seq+1, row.Seq-1)
		case !hmac.Equal(row.Hash, s.keys.chained(last.Hash, row)):
			r.problem("entry %d was changed, or what stood before it", row.Seq)
		}
		if _, asked := seen[row.Seq]; asked {
			seen[row.Seq] = hex.EncodeToString(row.Hash)
		}
		last = row
	})
	if err != nil {
		return err
	}
	r.Head = AuditHead{last.Seq, hex.EncodeToString(last.Hash)}
	for _, h := range known {
		switch {
		case h.Seq > last.Seq:
			r.problem("the chain ends at entry %d, but once reached entry %d: its end was cut off", last.Seq, h.Seq)
		case h.Seq > 0 && (len(h.Hash) < auditShort || !strings.HasPrefix(seen[h.Seq], h.Hash)):
			r.problem("entry %d is not the one that stood there", h.Seq)
		}
	}
	return nil
}

// verifyEvents compares each event with its link.
func verifyEvents(db *gorm.DB, r *AuditReport) error {
	type pair struct {
		Ref     string
		Seq     int64
		Kind    string
		At      int64
		Sealed  []byte
		Link    *int64
		LKind   string
		LAt     int64
		Content []byte
		Tomb    bool
	}
	return scanRows(db, `SELECT t.ref, e.seq, e.kind, e.happened_at AS at, e.sealed, a.seq AS link, COALESCE(a.kind, '') AS l_kind,
		COALESCE(a.at, 0) AS l_at, a.content,
		EXISTS (SELECT 1 FROM audit d WHERE d.subject = t.ref AND d.item = 0 AND d.kind = '`+auditPersonal+`') AS tomb
		FROM events e JOIN tickets t ON t.id = e.ticket_id LEFT JOIN audit a ON a.subject = t.ref AND a.item = e.seq
		ORDER BY e.ticket_id, e.seq`, func(p pair) {
		switch {
		case p.Link == nil:
			r.problem("event %d of %s has no entry in the chain", p.Seq, p.Ref)
		case p.LKind != p.Kind || p.LAt != p.At:
			r.problem("event %d of %s differs from entry %d", p.Seq, p.Ref, *p.Link)
		case len(p.Sealed) == 0 && p.Tomb:
			r.Erased++
		case !bytes.Equal(p.Content, contentSum(p.Sealed)):
			r.problem("the content of event %d of %s is not the one of entry %d", p.Seq, p.Ref, *p.Link)
		}
	})
}

// verifyMissing looks for links whose event is gone without an entry that says so.
func verifyMissing(db *gorm.DB, r *AuditReport) error {
	type link struct {
		Seq     int64
		Subject string
		Item    int64
		Tomb    bool
	}
	return scanRows(db, `SELECT a.seq, a.subject, a.item,
		EXISTS (SELECT 1 FROM audit d WHERE d.subject = a.subject AND d.item = 0 AND d.kind = '`+auditRecord+`') AS tomb
		FROM audit a WHERE a.item > 0 AND NOT EXISTS
		(SELECT 1 FROM events e JOIN tickets t ON t.id = e.ticket_id WHERE t.ref = a.subject AND e.seq = a.item) ORDER BY a.seq`, func(l link) {
		if l.Tomb {
			r.Erased++
			return
		}
		r.problem("event %d of %s (entry %d) is gone", l.Item, l.Subject, l.Seq)
	})
}

// verifyErasures looks for content that cannot be opened any more though no entry says why.
func verifyErasures(db *gorm.DB, r *AuditReport) error {
	type gone struct{ What string }
	return scanRows(db, `SELECT 'ticket ' || t.ref AS what FROM tickets t
		WHERE (NOT EXISTS (SELECT 1 FROM data_keys k WHERE k.id = t.key_id) OR t.shredded_at IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.subject = t.ref AND a.item = 0 AND a.kind = '`+auditPersonal+`')
		UNION ALL SELECT 'mail ' || CAST(m.id AS TEXT) FROM mails m
		WHERE (NOT EXISTS (SELECT 1 FROM data_keys k WHERE k.id = m.key_id) OR m.shredded_at IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.subject = 'mail/' || CAST(m.id AS TEXT) AND a.item = 0 AND a.kind = '`+auditMail+`')
		UNION ALL SELECT 'letter ' || CAST(l.id AS TEXT) FROM letters l WHERE l.ticket_id IS NULL
		AND (NOT EXISTS (SELECT 1 FROM data_keys k WHERE k.id = l.key_id) OR l.shredded_at IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.subject = 'letter/' || CAST(l.id AS TEXT) AND a.item = 0 AND a.kind = '`+auditLetter+`')`,
		func(g gone) { r.problem("the content of %s is gone and no entry says why", g.What) })
}
