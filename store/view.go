package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

// Filter chooses tickets.
type Filter struct {
	State    string // as [ticket.Ticket.State] gives it; "" = any
	OpenOnly bool
}

// DueTickets gives the references of at most n open tickets whose NextAt has come at now, the
// longest due first.
func (s *Store) DueTickets(ctx context.Context, now time.Time, n int) ([]string, error) {
	var refs []string
	err := s.db.WithContext(ctx).Raw("SELECT ref FROM tickets WHERE next_at <= ? AND state <> 'closed' ORDER BY next_at, id LIMIT ?",
		micros(now), n).Scan(&refs).Error
	if err != nil {
		return nil, fmt.Errorf("read due tickets: %w", err)
	}
	return refs, nil
}

// Tickets lists tickets in the order in which they were opened. Erased ones are left out; ones
// that are damaged are named in the error, beside the list of all others.
func (s *Store) Tickets(ctx context.Context, f Filter) ([]ticket.Ticket, error) {
	return s.tickets(s.db.WithContext(ctx), f)
}

// Tickets is [Store.Tickets] within tx.
func (tx *Tx) Tickets(f Filter) ([]ticket.Ticket, error) { return tx.s.tickets(tx.db, f) }

func (s *Store) tickets(db *gorm.DB, f Filter) ([]ticket.Ticket, error) {
	var rows []ticketRow
	err := db.Raw(selectTickets+"WHERE (? = '' OR t.state = ?) AND (? OR t.state <> 'closed') ORDER BY t.id",
		f.State, f.State, !f.OpenOnly).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read tickets: %w", err)
	}
	var out []ticket.Ticket
	var damaged error
	for _, r := range rows {
		switch t, err := s.keys.fromRow(r); {
		case err == nil:
			out = append(out, t)
		case !errors.Is(err, ErrErased):
			damaged = errors.Join(damaged, err)
		}
	}
	return out, damaged
}

// Ticket gives one ticket. [ticket.ErrNotFound] when there is none, [ErrErased] when its content
// is gone.
func (s *Store) Ticket(ctx context.Context, ref string) (ticket.Ticket, error) {
	row, err := ticketByRef(s.db.WithContext(ctx), ref, "")
	if err != nil {
		return ticket.Ticket{}, err
	}
	return s.keys.fromRow(row)
}

// Events gives the history of a ticket, oldest first.
func (s *Store) Events(ctx context.Context, ref string) ([]ticket.Event, error) {
	return s.events(s.db.WithContext(ctx), ref)
}

// Events is [Store.Events] within tx, with what tx has written.
func (tx *Tx) Events(ref string) ([]ticket.Event, error) {
	if err := tx.writeEvents(); err != nil {
		return nil, err
	}
	return tx.s.events(tx.db, ref)
}

func (s *Store) events(db *gorm.DB, ref string) ([]ticket.Event, error) {
	row, err := ticketByRef(db, ref, "")
	if err != nil {
		return nil, err
	}
	key, err := s.keys.openDataKey(ticketOwner(ref), row.KeyID, row.Wrapped)
	if err != nil {
		return nil, fmt.Errorf("ticket %s: %w", ref, err)
	}
	var rows []eventRow
	if err := db.Where("ticket_id = ?", row.ID).Order("seq").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read events of %s: %w", ref, err)
	}
	out := make([]ticket.Event, len(rows))
	for i, r := range rows {
		plain, err := key.open(eventPlace(ref, r.Seq), r.Sealed)
		if err == nil {
			err = json.Unmarshal(plain, &out[i])
		}
		if err != nil {
			return nil, fmt.Errorf("event %d of %s: %w", r.Seq, ref, ErrUnreadable)
		}
	}
	return out, nil
}

// Sorting gives at most n mails that people are shown because they were judged other or spam
// after since (or at since, with an id above after) and not after until, oldest decision first.
func (s *Store) Sorting(ctx context.Context, since time.Time, after int64, until time.Time, n int) ([]Mail, error) {
	var shown []string
	for _, d := range ticket.Dispositions() {
		if d.Sorted() {
			shown = append(shown, string(d))
		}
	}
	var rows []mailRow
	err := s.db.WithContext(ctx).Raw(selectMails+"WHERE m.disposition IN ? AND (m.decided_at > ? OR m.decided_at = ? AND m.id > ?) AND m.decided_at <= ? ORDER BY m.decided_at, m.id LIMIT ?",
		shown, micros(since), micros(since), after, micros(until), n).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read mails to sort: %w", err)
	}
	return s.mails(rows), nil
}

// Reason gives why the mail was judged as it was; "" when no reason is kept.
func (s *Store) Reason(ctx context.Context, mail int64) (string, error) {
	row, key, err := s.reasonKey(s.db.WithContext(ctx), mail)
	if err != nil {
		return "", fmt.Errorf("reason of mail %d: %w", mail, err)
	}
	if len(row.SealedReason) == 0 {
		return "", nil
	}
	plain, err := key.open(mailReason(row.ContentHash), row.SealedReason)
	return string(plain), err
}

// LedgerRow is one location and what became of the mail there.
type LedgerRow struct {
	Location
	ReceivedAt  time.Time
	Disposition ticket.Disposition
	Ref         string
	Mail        int64 // 0 for a baseline
}

// Ledger calls fn for every location, in the order of account, folder, UIDVALIDITY and UID, and
// stops at its first error.
func (s *Store) Ledger(ctx context.Context, fn func(LedgerRow) error) error {
	rows, err := s.db.WithContext(ctx).Raw(`SELECT l.account, l.folder, l.uidvalidity, l.uid, l.received_at, COALESCE(m.id, 0), COALESCE(m.ticket, ''),
		CASE WHEN m.id IS NULL THEN 'baseline' WHEN l.duplicate THEN 'duplicate' ELSE m.disposition END
		FROM locations l LEFT JOIN mails m ON m.id = l.mail_id ORDER BY l.account, l.folder, l.uidvalidity, l.uid`).Rows()
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r LedgerRow
		var received int64
		if err := rows.Scan(&r.Account, &r.Folder, &r.UIDValidity, &r.UID, &received, &r.Mail, &r.Ref, &r.Disposition); err != nil {
			return fmt.Errorf("read ledger: %w", err)
		}
		r.ReceivedAt = fromMicros(received)
		if err := fn(r); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	return nil
}

// Pending counts the mails that wait for a decision and the letters in the outbox, claimed ones
// included, and gives when the next of these letters is due; zero when there are none.
func (s *Store) Pending(ctx context.Context) (mails, letters int, nextLetterAt time.Time, err error) {
	var found struct {
		Mails, Letters int
		Next           *int64
	}
	err = s.db.WithContext(ctx).Raw(`SELECT (SELECT count(*) FROM mails WHERE state = 'pending') AS mails,
		(SELECT count(*) FROM letters WHERE state = 'ready') AS letters,
		(SELECT min(next_at) FROM letters WHERE state = 'ready') AS next`).Scan(&found).Error
	if err != nil {
		return 0, 0, time.Time{}, fmt.Errorf("count pending: %w", err)
	}
	return found.Mails, found.Letters, fromNullable(found.Next), nil
}

// count reads one number.
func count(db *gorm.DB, into *int, query string, values ...any) error {
	return db.Raw("SELECT count(*) FROM "+query, values...).Scan(into).Error
}
