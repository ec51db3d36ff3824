package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

// The states of a mail.
const (
	statePending    = "pending"
	stateDone       = "done"
	stateQuarantine = "quarantine"
)

// Mail is one content that was taken in.
type Mail struct {
	ID            int64
	ReceivedAt    time.Time
	Raw           []byte
	Size          int64 // on the server; larger than Raw when Partial
	Junk, Partial bool
	Attempts      int                // single attempts, this one included; 0 in a batch
	Disposition   ticket.Disposition // pending until it was decided
	Ref           string             // the ticket it belongs to, "" when to none
	DecidedAt     time.Time          // zero until it was decided
	// Unreadable says why Raw is empty: [ErrErased] or [ErrUnreadable]. nil for a mail that is whole.
	Unreadable error
}

type mailContentRow struct {
	MailID int64 `gorm:"primaryKey;autoIncrement:false"`
	Sealed []byte
}

func (mailContentRow) TableName() string { return "mail_contents" }

func mailContent(hash []byte) place { return place{"mail_contents.sealed", string(hash)} }
func mailReason(hash []byte) place  { return place{"mails.sealed_reason", string(hash)} }

// mailRow is a mail joined with its content and its wrapped data key.
type mailRow struct {
	ID            int64
	ContentHash   []byte
	KeyID         int64
	Size          int64
	ReceivedAt    int64
	Junk, Partial bool
	Disposition   string
	Ticket        string
	Attempts      int
	Suspect       bool
	DecidedAt     *int64
	SealedReason  []byte
	Wrapped       []byte
	Sealed        []byte
}

const selectMails = `SELECT m.id, m.content_hash, m.key_id, m.size, m.received_at, m.junk, m.partial, m.disposition,
	m.ticket, m.attempts, m.suspect, m.decided_at, k.wrapped, c.sealed
	FROM mails m LEFT JOIN data_keys k ON k.id = m.key_id LEFT JOIN mail_contents c ON c.mail_id = m.id `

// mail opens a row. Content that does not open is noted in the mail and is no error, so that it
// cannot stop the mails beside it.
func (s *Store) mail(r mailRow) Mail {
	m := Mail{ID: r.ID, ReceivedAt: fromMicros(r.ReceivedAt), Size: r.Size, Junk: r.Junk, Partial: r.Partial,
		Attempts: r.Attempts, Disposition: ticket.Disposition(r.Disposition), Ref: r.Ticket, DecidedAt: fromNullable(r.DecidedAt)}
	key, err := s.keys.openDataKey(mailOwner(r.ContentHash), r.KeyID, r.Wrapped)
	if err == nil {
		m.Raw, err = key.open(mailContent(r.ContentHash), r.Sealed)
	}
	m.Unreadable = err
	return m
}

func (s *Store) mails(rows []mailRow) []Mail {
	out := make([]Mail, len(rows))
	for i, r := range rows {
		out[i] = s.mail(r)
	}
	return out
}

// ClaimMails hands out mails to decide, oldest first, for ttl: at most maxCount of together at
// most maxBytes; a larger one comes alone.
//
// Handed-out mails are marked as suspect until they are finished. A suspect that comes back,
// because its claim ran out with the process or because it was released, is handed out alone,
// with its attempt counted before this returns: so a mail that kills the process is found and
// counted (CASES C36, C37). What is claimed here nobody else gets until ttl is over.
func (s *Store) ClaimMails(ctx context.Context, ttl time.Duration, maxCount int, maxBytes int64) ([]Mail, error) {
	var rows []mailRow
	err := s.write(ctx, func(db *gorm.DB) error {
		rows = nil
		ids, single, err := s.chooseMails(db, maxCount, maxBytes)
		if err != nil || len(ids) == 0 {
			return err
		}
		attempts := 0
		if single {
			attempts = 1
		}
		claim := `UPDATE mails SET claimed_by = ?, claimed_until = ` + s.engine.clock + ` + ?, suspect = TRUE, attempts = attempts + ? WHERE id IN ?`
		if err := db.Exec(claim, s.holder, ttl.Microseconds(), attempts, ids).Error; err != nil {
			return err
		}
		if err := db.Raw(selectMails+"WHERE m.id IN ? ORDER BY m.received_at, m.id", ids).Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows { // a key that is missing here is no damage of the mail
			if err := s.keys.has(r.Wrapped); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim mails: %w", err)
	}
	return s.mails(rows), nil
}

// chooseMails gives the ids of the next batch, or of the one suspect that is next.
func (s *Store) chooseMails(db *gorm.DB, maxCount int, maxBytes int64) (ids []int64, single bool, err error) {
	var free []struct {
		ID      int64
		Size    int64
		Suspect bool
	}
	err = db.Raw(`SELECT id, size, suspect FROM mails WHERE state = 'pending' AND claimed_until <= `+s.engine.clock+`
		ORDER BY received_at, id LIMIT ?`+s.engine.skipLocked, max(maxCount, 1)).Scan(&free).Error
	if err != nil || len(free) == 0 {
		return nil, false, err
	}
	if free[0].Suspect {
		return []int64{free[0].ID}, true, nil
	}
	var bytes int64
	for i, m := range free {
		bytes += m.Size
		if m.Suspect || (i > 0 && bytes > maxBytes) {
			break // in order: what comes later waits for the suspect's turn
		}
		ids = append(ids, m.ID)
	}
	return ids, false, nil
}

// ReleaseMails gives claimed mails back. They stay suspect: each comes again alone.
func (s *Store) ReleaseMails(ctx context.Context, ids []int64) error {
	err := s.write(ctx, func(db *gorm.DB) error {
		return db.Exec("UPDATE mails SET claimed_by = '', claimed_until = 0 WHERE id IN ? AND state = 'pending' AND claimed_by = ?", ids, s.holder).Error
	})
	if err != nil {
		return fmt.Errorf("release mails: %w", err)
	}
	return nil
}

// MailResult is what became of a mail.
type MailResult struct {
	ID          int64
	Disposition ticket.Disposition // quarantine keeps it for a human
	Reason      string             // sealed
	Ref         string
	MessageID   string // of the mail, "" when it has none
	CopyKey     string // the same for the same mail delivered twice, for [Tx.SameMail]; "" = never a copy
}

// FinishMail writes what became of a claimed mail. A claim that is no longer ours is
// [ErrLeaseLost].
func (tx *Tx) FinishMail(m MailResult) error {
	state := stateDone
	if m.Disposition == ticket.DispQuarantine {
		state = stateQuarantine
	}
	reason, err := tx.sealReason(m.ID, m.Reason)
	if err != nil {
		return fmt.Errorf("finish mail %d: %w", m.ID, err)
	}
	done := tx.db.Exec(`UPDATE mails SET state = ?, disposition = ?, sealed_reason = ?, ticket = ?, message_id_hash = ?, copy_hash = ?,
		decided_at = ?, suspect = FALSE, claimed_by = '', claimed_until = 0
		WHERE id = ? AND state = 'pending' AND claimed_by = ?`,
		state, string(m.Disposition), reason, m.Ref, tx.s.lookup("message-id", m.MessageID), tx.s.lookup("copy", m.CopyKey),
		micros(tx.s.now()), m.ID, tx.s.holder)
	if err := oneRow(done, ErrLeaseLost); err != nil {
		return fmt.Errorf("finish mail %d: %w", m.ID, err)
	}
	return nil
}

// sealReason seals with the mail's own key. A reason for a mail whose key is gone is dropped: it
// might quote what was erased.
func (tx *Tx) sealReason(id int64, reason string) ([]byte, error) {
	if reason == "" {
		return nil, nil
	}
	row, key, err := tx.s.reasonKey(tx.db, id)
	if errors.Is(err, ErrErased) || errors.Is(err, ErrUnreadable) || errors.Is(err, ticket.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return key.seal(mailReason(row.ContentHash), []byte(reason))
}

// reasonKey gives a mail's sealed reason and the key for it.
func (s *Store) reasonKey(db *gorm.DB, id int64) (mailRow, dataKey, error) {
	var rows []mailRow
	err := db.Raw(`SELECT m.content_hash, m.sealed_reason, m.key_id, k.wrapped
		FROM mails m LEFT JOIN data_keys k ON k.id = m.key_id WHERE m.id = ?`, id).Scan(&rows).Error
	if err != nil {
		return mailRow{}, dataKey{}, err
	}
	if len(rows) == 0 {
		return mailRow{}, dataKey{}, ticket.ErrNotFound
	}
	key, err := s.keys.openDataKey(mailOwner(rows[0].ContentHash), rows[0].KeyID, rows[0].Wrapped)
	return rows[0], key, err
}

// Mail gives a mail in whatever state, with its raw bytes.
func (tx *Tx) Mail(id int64) (Mail, error) {
	var rows []mailRow
	if err := tx.db.Raw(selectMails+"WHERE m.id = ?", id).Scan(&rows).Error; err != nil {
		return Mail{}, fmt.Errorf("read mail %d: %w", id, err)
	}
	if len(rows) == 0 {
		return Mail{}, fmt.Errorf("mail %d: %w", id, ticket.ErrNotFound)
	}
	return tx.s.mail(rows[0]), nil
}

var errNotJudged = errors.New("no such mail that was decided")

// RejudgeMail changes what became of a mail that was decided before: people have opened it from
// the sorting mail. A pending mail is refused: it has not been judged yet.
func (tx *Tx) RejudgeMail(id int64, d ticket.Disposition, ref, reason string) error {
	sealed, err := tx.sealReason(id, reason)
	if err != nil {
		return fmt.Errorf("rejudge mail %d: %w", id, err)
	}
	done := tx.db.Exec(`UPDATE mails SET state = 'done', disposition = ?, sealed_reason = ?, ticket = ?, decided_at = ?
		WHERE id = ? AND state <> 'pending'`, string(d), sealed, ref, micros(tx.s.now()), id)
	if err := oneRow(done, errNotJudged); err != nil {
		return fmt.Errorf("rejudge mail %d: %w", id, err)
	}
	return nil
}

// SameMail finds an earlier, decided delivery of the same mail: same Message-ID and same copyKey
// (author and text). The Message-ID alone proves nothing, anybody can repeat it; a mail without
// one is never a copy. not is the mail that asks. ref is the ticket of the earlier one, "" when
// it has none.
func (tx *Tx) SameMail(messageID, copyKey string, not int64) (id int64, ref string, ok bool, err error) {
	if messageID == "" || copyKey == "" {
		return 0, "", false, nil
	}
	var rows []mailRow
	err = tx.db.Raw(`SELECT id, ticket FROM mails WHERE message_id_hash = ? AND copy_hash = ? AND id <> ? AND state <> 'pending'
		ORDER BY id LIMIT 1`, tx.s.lookup("message-id", messageID), tx.s.lookup("copy", copyKey), not).Scan(&rows).Error
	if err != nil {
		return 0, "", false, fmt.Errorf("look for a copy: %w", err)
	}
	if len(rows) == 0 {
		return 0, "", false, nil
	}
	return rows[0].ID, rows[0].Ticket, true, nil
}

// Traces says what of a mail and its writer is on record, so that a stranger's first mail costs one
// question instead of one for each.
type Traces struct {
	Copy   bool // [Tx.SameMail] finds something
	Writer bool // the address is or was a party of a ticket, or got a letter that a brake may hold back
}

// Traces looks for what [Tx.SameMail], [Tx.OpenTickets] and [Tx.Acknowledged] would find.
func (tx *Tx) Traces(address, messageID, copyKey string, not int64) (Traces, error) {
	var t Traces
	hash := tx.s.addressHash(address)
	err := tx.db.Raw(`SELECT
		EXISTS (SELECT 1 FROM mails WHERE message_id_hash = ? AND copy_hash = ? AND id <> ? AND state <> 'pending') AS copy,
		EXISTS (SELECT 1 FROM parties WHERE address_hash = ?) OR EXISTS (SELECT 1 FROM letters WHERE to_hash = ? AND braked) AS writer`,
		tx.s.lookup("message-id", messageID), tx.s.lookup("copy", copyKey), not, hash, hash).Scan(&t).Error
	if err != nil {
		return t, fmt.Errorf("look for traces: %w", err)
	}
	return t, nil
}

// lookup is the keyed hash of value, nil (NULL, found by nobody) for "".
func (s *Store) lookup(kind, value string) []byte {
	if value == "" {
		return nil
	}
	return s.keys.Lookup(kind, value)
}
