package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

const (
	trendDays = 30
	ackTarget = 24 * time.Hour // after that an acknowledgement calls itself late
)

// DigestTrends adds to g what the last 30 days were like, as of now: day by day, by right and by law, how
// old what is open is, and how long acknowledging and closing took. day is the local midnight of the
// digest's day. A request that was opened again counts as never closed.
func (s *Store) DigestTrends(ctx context.Context, g *ticket.Digest, day, now time.Time) error {
	db := s.db.WithContext(ctx)
	from := time.Date(day.Year(), day.Month(), day.Day()-trendDays+1, 0, 0, 0, 0, day.Location())
	for _, part := range []func(*gorm.DB, *ticket.Digest, time.Time, time.Time) error{trendMonth, trendRequests, trendAcknowledged} {
		if err := part(db, g, from, now); err != nil {
			return fmt.Errorf("digest of the last days: %w", err)
		}
	}
	return nil
}

type span struct {
	OpenedAt, ReceivedAt int64
	ClosedAt             *int64
	DueAt, TargetAt      *int64
	Right, Law           string
}

func (x span) openAt(at int64) bool {
	return x.OpenedAt <= at && (x.ClosedAt == nil || *x.ClosedAt > at)
}

func (x span) closedWithin(from, to int64) bool {
	return x.ClosedAt != nil && *x.ClosedAt > from && *x.ClosedAt <= to
}

func trendMonth(db *gorm.DB, g *ticket.Digest, from, now time.Time) error {
	var tickets []span
	err := db.Raw("SELECT opened_at, closed_at FROM tickets WHERE opened_at <= ? AND (closed_at IS NULL OR closed_at >= ?)", micros(now), micros(from)).Scan(&tickets).Error
	if err != nil {
		return err
	}
	g.Month = nil
	for i := range trendDays {
		start := time.Date(from.Year(), from.Month(), from.Day()+i, 0, 0, 0, 0, from.Location())
		end := time.Date(from.Year(), from.Month(), from.Day()+i+1, 0, 0, 0, 0, from.Location())
		if end.After(now) {
			end = now
		}
		d := ticket.DigestDay{Day: start.Format(time.DateOnly)}
		before, until := micros(start)-1, micros(end)-1
		for _, t := range tickets {
			if t.OpenedAt > before && t.OpenedAt <= until {
				d.New++
			}
			if t.closedWithin(before, until) {
				d.Closed++
			}
			if t.openAt(until) {
				d.Open++
			}
		}
		g.Month = append(g.Month, d)
	}
	return nil
}

func trendRequests(db *gorm.DB, g *ticket.Digest, from, now time.Time) error {
	var requests []span
	err := db.Raw(`SELECT t.opened_at, r.received_at, r.closed_at, r.due_at, r.target_at, r."right", r.law FROM requests r JOIN tickets t ON t.id = r.ticket_id
		WHERE t.opened_at <= ? AND (r.closed_at IS NULL OR r.closed_at >= ?) AND r.state NOT IN ('moved', 'no_request')`, micros(now), micros(from)).Scan(&requests).Error
	if err != nil {
		return err
	}
	rights, laws := map[string]*ticket.DigestGroup{}, map[string]*ticket.DigestGroup{}
	g.Ages = ticket.DigestAges()
	var took []time.Duration
	inTarget, start, end := 0, micros(from), micros(now)
	for _, r := range requests {
		countIn(rights, r.Right, r, start, end)
		countIn(laws, r.Law, r, start, end)
		if r.openAt(end) {
			age := int(now.Sub(fromMicros(r.ReceivedAt)) / (24 * time.Hour))
			for i := range g.Ages {
				if a := &g.Ages[i]; age >= a.From && (a.To == 0 || age <= a.To) {
					a.Open++
				}
			}
		}
		if r.closedWithin(start, end) {
			took = append(took, fromMicros(*r.ClosedAt).Sub(fromMicros(r.ReceivedAt)))
			if r.TargetAt == nil || *r.ClosedAt <= *r.TargetAt {
				inTarget++
			}
		}
	}
	g.Rights, g.Laws, g.Closing = groups(rights), groups(laws), ticket.Speed(took, inTarget)
	return nil
}

func countIn(all map[string]*ticket.DigestGroup, name string, r span, from, to int64) {
	g := all[name]
	if g == nil {
		g = &ticket.DigestGroup{Name: name}
		all[name] = g
	}
	if r.OpenedAt >= from {
		g.New++
	}
	if r.closedWithin(from, to) {
		g.Closed++
	}
	if r.openAt(to) {
		g.Open++
		if r.DueAt != nil && *r.DueAt < to {
			g.Overdue++
		}
	}
}

// groups puts the busiest first.
func groups(all map[string]*ticket.DigestGroup) []ticket.DigestGroup {
	var out []ticket.DigestGroup
	for _, g := range all {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b ticket.DigestGroup) int {
		return cmp.Or(b.Open-a.Open, b.New-a.New, cmp.Compare(a.Name, b.Name))
	})
	return out
}

// trendAcknowledged takes the first letter of each ticket that confirms its receipt.
func trendAcknowledged(db *gorm.DB, g *ticket.Digest, from, now time.Time) error {
	var rows []struct{ ReceivedAt, SentAt int64 }
	err := db.Raw(`SELECT t.received_at, min(l.sent_at) AS sent_at FROM letters l JOIN tickets t ON t.id = l.ticket_id
		WHERE l.kind IN ? AND l.sent_at IS NOT NULL GROUP BY t.id, t.received_at HAVING min(l.sent_at) >= ? AND min(l.sent_at) <= ?`,
		[]ticket.LetterKind{ticket.LetterAcknowledgement, ticket.LetterNeutral, ticket.LetterChild, ticket.LetterChildSelf}, micros(from), micros(now)).Scan(&rows).Error
	if err != nil {
		return err
	}
	var took []time.Duration
	inTarget := 0
	for _, r := range rows {
		d := fromMicros(r.SentAt).Sub(fromMicros(r.ReceivedAt))
		if took = append(took, d); d <= ackTarget {
			inTarget++
		}
	}
	g.Acknowledging = ticket.Speed(took, inTarget)
	return nil
}
