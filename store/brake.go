package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

// BrakeLimit bounds the letters of braked kinds. A letter above the bound of its address, domain or
// thread is put off, never dropped; above that of all, it waits in its place. 0 = no limit. The counts
// are those of the rows, so that they outlive every process.
type BrakeLimit struct {
	PerHour          int // of all together
	PerAddressPerDay int
	PerDomainPerHour int // not counted for providers of mailboxes, [ticket.Webmail]
	PerThreadPerDay  int // of one ticket
}

const brakeWindow = time.Hour

// The brakes that put single letters off.
const (
	brakeAddress = "address"
	brakeDomain  = "domain"
	brakeThread  = "thread"
)

// brake is one bound and how its letters are told.
type brake struct {
	name, column string
	limit        int
	window       time.Duration
}

func (l BrakeLimit) each() []brake {
	var on []brake
	for _, b := range []brake{
		{brakeAddress, "to_hash", l.PerAddressPerDay, 24 * time.Hour},
		{brakeDomain, "domain_hash", l.PerDomainPerHour, time.Hour},
		{brakeThread, "ticket_id", l.PerThreadPerDay, 24 * time.Hour},
	} {
		if b.limit > 0 {
			on = append(on, b)
		}
	}
	return on
}

// dueRow is a letter that could be sent now.
type dueRow struct {
	ID         int64
	Braked     bool
	ToHash     []byte
	DomainHash []byte
	TicketID   *int64
}

// key is what a brake counts the letter under; "" when it does not count it.
func (r dueRow) key(b brake) string {
	switch b.name {
	case brakeAddress:
		return string(r.ToHash)
	case brakeDomain:
		return string(r.DomainHash)
	}
	if r.TicketID == nil {
		return ""
	}
	return fmt.Sprint(*r.TicketID)
}

// use is what a brake has let through under one key.
type use struct {
	n      int       // in the window, and being sent
	oldest time.Time // of them
	behind int       // put off already
}

// roundsOfBrakes bounds how many batches of letters one claim puts off.
const roundsOfBrakes = 20

// chooseLetters gives at most n letters that may go now, and puts off those that a brake holds.
func (s *Store) chooseLetters(db *gorm.DB, now time.Time, n int, limit BrakeLimit) ([]int64, error) {
	room, err := s.brakeRoom(db, now, n, limit)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for range roundsOfBrakes {
		query := "SELECT id, braked, to_hash, domain_hash, ticket_id FROM letters WHERE state = 'ready' AND next_at <= ? AND claimed_until <= " + s.engine.clock
		if room == 0 {
			query += " AND NOT braked"
		}
		var due []dueRow
		if err := db.Raw(query+" ORDER BY priority, next_at, id LIMIT ?"+s.engine.skipLocked, micros(now), n).Scan(&due).Error; err != nil {
			return nil, err
		}
		var putOff int
		if ids, putOff, err = s.throughBrakes(db, now, due, room, limit); err != nil || putOff == 0 || len(ids) > 0 {
			return ids, err
		}
	}
	return ids, nil
}

// throughBrakes gives the letters of due that no brake holds, and puts off the others.
func (s *Store) throughBrakes(db *gorm.DB, now time.Time, due []dueRow, room int, limit BrakeLimit) (ids []int64, putOff int, err error) {
	brakes := limit.each()
	used := make([]map[string]*use, len(brakes))
	for i, b := range brakes {
		if used[i], err = s.brakeUse(db, now, b, due); err != nil {
			return nil, 0, err
		}
	}
	for _, l := range due {
		if !l.Braked {
			ids = append(ids, l.ID)
			continue
		}
		if room == 0 {
			continue
		}
		held := false
		for i, b := range brakes {
			u := used[i][l.key(b)]
			if u == nil || u.n < b.limit {
				continue
			}
			// As many as the limit at a time, the first when the oldest leaves the window.
			next := u.oldest.Add(b.window * time.Duration(1+u.behind/b.limit))
			u.behind++
			if !next.After(now) {
				next = now.Add(time.Minute)
			}
			if err := db.Exec("UPDATE letters SET next_at = ?, brake = ? WHERE id = ?", micros(next), b.name, l.ID).Error; err != nil {
				return nil, 0, err
			}
			held = true
			break
		}
		if held {
			putOff++
			continue
		}
		for i, b := range brakes {
			if u := used[i][l.key(b)]; u != nil {
				if u.n++; u.oldest.IsZero() {
					u.oldest = now
				}
			}
		}
		ids = append(ids, l.ID)
		room--
	}
	return ids, putOff, nil
}

// brakeUse counts what went, or is going, under the keys of due.
func (s *Store) brakeUse(db *gorm.DB, now time.Time, b brake, due []dueRow) (map[string]*use, error) {
	out := map[string]*use{}
	var keys []any
	for _, l := range due {
		key := l.key(b)
		if _, known := out[key]; known || key == "" || !l.Braked {
			continue
		}
		out[key] = &use{}
		switch b.name {
		case brakeAddress:
			keys = append(keys, l.ToHash)
		case brakeDomain:
			keys = append(keys, l.DomainHash)
		default:
			keys = append(keys, *l.TicketID)
		}
	}
	if len(keys) == 0 {
		return out, nil
	}
	var rows []struct {
		ToHash, DomainHash []byte
		TicketID           *int64
		N, Behind          int
		Oldest             *int64
	}
	went := "(sent_at > ? OR state = 'ready' AND claimed_until > " + s.engine.clock + ")"
	since := micros(now.Add(-b.window))
	query := strings.NewReplacer("COL", b.column, "WENT", went).Replace(`SELECT COL, sum(CASE WHEN WENT THEN 1 ELSE 0 END) AS n,
		min(CASE WHEN WENT THEN COALESCE(sent_at, next_at) END) AS oldest, sum(CASE WHEN state = 'ready' AND brake = ? AND next_at > ? THEN 1 ELSE 0 END) AS behind
		FROM letters WHERE braked AND COL IN ? AND (sent_at > ? OR state = 'ready') GROUP BY COL`)
	if err := db.Raw(query, since, since, b.name, micros(now), keys, since).Scan(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		row := dueRow{ToHash: r.ToHash, DomainHash: r.DomainHash, TicketID: r.TicketID}
		if u := out[row.key(b)]; u != nil {
			u.n, u.oldest, u.behind = r.N, fromNullable(r.Oldest), r.Behind
		}
	}
	return out, nil
}

// brakeRoom is how many braked letters may go now, at most n.
func (s *Store) brakeRoom(db *gorm.DB, now time.Time, n int, limit BrakeLimit) (int, error) {
	if limit.PerHour <= 0 {
		return n, nil
	}
	var used int
	err := db.Raw(`SELECT (SELECT count(*) FROM letters WHERE braked AND sent_at > ?)
		+ (SELECT count(*) FROM letters WHERE braked AND state = 'ready' AND claimed_until > `+s.engine.clock+`)`,
		micros(now.Add(-brakeWindow))).Scan(&used).Error
	return max(0, min(n, limit.PerHour-used)), err
}

// domainHash tells letters to one house from others; nil for providers of mailboxes.
func (s *Store) domainHash(address string) []byte {
	domain := ticket.Address{Address: address}.Domain()
	if domain == "" || ticket.Webmail(domain) {
		return nil
	}
	return s.keys.Lookup("domain", strings.ToLower(domain))
}

// Braked is what the brakes hold back.
type Braked struct {
	Letters int
	Oldest  time.Time // when the longest waiting one was ordered; zero when there is none
	Last    time.Time // when the last of them may go, as far as that is settled
}

// waitsForBrake says that a letter was ordered a while ago, never tried, and is of a kind that brakes hold.
const waitsForBrake = "letters WHERE state = 'ready' AND braked AND attempts = 0 AND (brake <> '' OR created_at <= ?)"

// Braked gives what the brakes hold back at now.
func (s *Store) Braked(ctx context.Context, now time.Time) (Braked, error) {
	var row struct {
		N            int
		Oldest, Last *int64
	}
	err := s.db.WithContext(ctx).Raw("SELECT count(*) AS n, min(created_at) AS oldest, max(next_at) AS last FROM "+waitsForBrake, micros(now.Add(-lettersLate))).Scan(&row).Error
	if err != nil {
		return Braked{}, fmt.Errorf("count braked letters: %w", err)
	}
	return Braked{Letters: row.N, Oldest: fromNullable(row.Oldest), Last: fromNullable(row.Last)}, nil
}
