package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

const (
	digestRows = 200 // per list: a longer one is not read
	// A letter that was never tried and is older waits for something: a brake, or a mail server that lets nobody in.
	lettersLate = 15 * time.Minute
	dueSoon     = 7 * 24 * time.Hour // BEHAVIOURS 36
)

// Digest gives the figures of the manager's morning: what is open, with now as the time, and what
// happened after since and not after now. References and numbers only; nothing sealed is opened. Day, LedgerDiffer (-1) and
// JunkWatched are the caller's to set.
func (s *Store) Digest(ctx context.Context, since, now time.Time) (ticket.Digest, error) {
	head, err := s.AuditHead(ctx)
	if err != nil {
		return ticket.Digest{}, fmt.Errorf("digest figures: %w", err)
	}
	g := ticket.Digest{AuditEntry: head.String(), LedgerDiffer: -1, OpenByRight: map[ticket.Right]int{}, Dispositions: map[string]int{}, LastPoll: map[string]time.Time{}}
	// One snapshot, so that the figures agree with one another.
	err = s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		return errors.Join(digestLists(db, &g, now), digestCounts(db, &g, since, now), digestGroups(db, &g, since, now))
	}, &sql.TxOptions{ReadOnly: true, Isolation: s.engine.snapshot})
	if err != nil {
		return ticket.Digest{}, fmt.Errorf("digest figures: %w", err)
	}
	return g, nil
}

func digestLists(db *gorm.DB, g *ticket.Digest, now time.Time) error {
	for _, list := range []struct {
		into  *[]ticket.DigestRow
		where string
		args  []any
	}{
		{&g.Children, `(child_open OR EXISTS (SELECT 1 FROM requests r WHERE r.ticket_id = x.id AND r."right" = 'child' AND r.closed_at > ?))`, []any{micros(now)}},
		{&g.Overdue, "due_at < ?", []any{micros(now)}},
		{&g.DueSoon, "due_at >= ? AND due_at <= ?", []any{micros(now), micros(now.Add(dueSoon))}},
		{&g.Unverified, "state = 'verifying'", nil},
		{&g.Undeliverable, "undeliverable", nil},
		{&g.NeedsHuman, "needs_human", nil},
	} {
		rows, err := digestList(db, now, list.where, list.args)
		if err != nil {
			return err
		}
		*list.into = rows
	}
	return nil
}

// openThen is true of a ticket t that was open at an instant (given twice), now or in the past.
const openThen = "t.opened_at <= ? AND (t.state <> 'closed' OR t.closed_at > ?)"

// digestList reads tickets that were open at now, with the first limit that was to be kept then. Of a
// past instant the states are today's, because earlier ones are not kept in clear.
func digestList(db *gorm.DB, now time.Time, where string, args []any) ([]ticket.DigestRow, error) {
	var tickets []ticketRow
	at := micros(now)
	err := db.Raw(`SELECT * FROM (SELECT t.id, t.ref, t.child_open, t.undeliverable, t.needs_human, CASE WHEN t.state = 'closed' THEN 'closed since' ELSE t.state END AS state,
		(SELECT min(r.due_at) FROM requests r WHERE r.ticket_id = t.id AND (r.closed_at IS NULL OR r.closed_at > ?)) AS due_at
		FROM tickets t WHERE `+openThen+`) x WHERE `+where+" ORDER BY due_at IS NULL, due_at, id LIMIT ?", append(append([]any{at, at, at}, args...), digestRows)...).Scan(&tickets).Error
	if err != nil {
		return nil, err
	}
	return withRights(db, tickets)
}

// withRights makes lines of a list out of tickets.
func withRights(db *gorm.DB, tickets []ticketRow) ([]ticket.DigestRow, error) {
	if len(tickets) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(tickets))
	for i, t := range tickets {
		ids[i] = t.ID
	}
	var requests []requestRow
	if err := db.Where("ticket_id IN ?", ids).Find(&requests).Error; err != nil {
		return nil, err
	}
	rights := map[int64][]ticket.Right{}
	for _, r := range requests {
		rights[r.TicketID] = append(rights[r.TicketID], ticket.Right(r.Right))
	}
	out := make([]ticket.DigestRow, len(tickets))
	for i, t := range tickets {
		out[i] = ticket.DigestRow{Ref: t.Ref, Rights: ticket.SortRights(rights[t.ID]), Due: fromNullable(t.DueAt), State: t.State}
	}
	return out, nil
}

func digestCounts(db *gorm.DB, g *ticket.Digest, since, now time.Time) error {
	from, to := micros(since), micros(now)
	return errors.Join(
		count(db, &g.Quarantined, "mails WHERE state = 'quarantine'"),
		count(db, &g.LettersWait, "letters WHERE state = 'ready' AND (attempts > 0 OR created_at <= ?)", micros(now.Add(-lettersLate))),
		count(db, &g.LettersBraked, waitsForBrake, micros(now.Add(-lettersLate))),
		count(db, &g.LettersHeld, "letters WHERE state = 'held'"),
		count(db, &g.LettersFailed, "letters WHERE failed_at > ? AND failed_at <= ?", from, to),
		count(db, &g.UnmatchedDSN, "mails WHERE disposition = 'bounce' AND ticket = '' AND decided_at > ? AND decided_at <= ?", from, to),
		count(db, &g.New, "tickets WHERE opened_at > ? AND opened_at <= ?", from, to),
		count(db, &g.Closed, "tickets WHERE closed_at > ? AND closed_at <= ?", from, to),
		count(db, &g.Open, "tickets t WHERE "+openThen, to, to),
		count(db, &g.Mails, "locations"),
		count(db, &g.Pending, "locations l JOIN mails m ON m.id = l.mail_id WHERE m.state = 'pending'"),
	)
}

func digestGroups(db *gorm.DB, g *ticket.Digest, since, now time.Time) error {
	type group struct {
		Name string
		N    int
	}
	var rights, dispositions []group
	err := db.Raw(`SELECT r."right" AS name, count(*) AS n FROM requests r JOIN tickets t ON t.id = r.ticket_id
		WHERE `+openThen+` AND (r.closed_at IS NULL OR r.closed_at > ?) GROUP BY r."right"`, micros(now), micros(now), micros(now)).Scan(&rights).Error
	if err != nil {
		return err
	}
	for _, r := range rights {
		g.OpenByRight[ticket.Right(r.Name)] = r.N
	}
	from, to := micros(since), micros(now)
	err = db.Raw(`SELECT disposition AS name, count(*) AS n FROM mails WHERE decided_at > ? AND decided_at <= ? GROUP BY disposition
		UNION ALL SELECT CASE WHEN mail_id IS NULL THEN 'baseline' ELSE 'duplicate' END AS name, count(*) AS n
		FROM locations WHERE saved_at > ? AND saved_at <= ? AND (mail_id IS NULL OR duplicate) GROUP BY 1`, from, to, from, to).Scan(&dispositions).Error
	if err != nil {
		return err
	}
	for _, d := range dispositions {
		g.Dispositions[d.Name] += d.N
	}
	var cursors []cursorRow
	if err := db.Find(&cursors).Error; err != nil {
		return err
	}
	for _, c := range cursors {
		g.LastPoll[c.Folder] = fromNullable(c.PolledAt)
	}
	return nil
}
