package pipeline

import (
	"context"
	"fmt"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

const (
	sweepLease = time.Minute
	sweepBatch = 100
	// A sorting mail lists at most so many mails; the rest follows the next day.
	maxSorting = 200
	// The words of a mail that the sorting mail shows, in runes.
	maxSortingText = 400
)

// Sweep does what is due by itself: child alarms, reminders, the daily mails. One instance does
// it at a time.
func (p *Pipeline) Sweep(ctx context.Context) error {
	if err := p.store.Relieve(ctx); err != nil {
		return err
	}
	lease, got, err := p.store.Acquire(ctx, "sweep", sweepLease)
	if err != nil || !got {
		return err
	}
	defer func() { _ = p.store.Release(context.WithoutCancel(ctx), lease) }()
	if err := p.sweepTickets(ctx); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	if err := p.sweepDay(ctx); err != nil {
		return fmt.Errorf("daily mail: %w", err)
	}
	return nil
}

func (p *Pipeline) sweepTickets(ctx context.Context) error {
	now := p.now()
	refs, err := p.store.DueTickets(ctx, now, sweepBatch)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		err := p.store.InTx(ctx, func(tx *store.Tx) error {
			t, err := tx.Ticket(ref)
			if err != nil {
				return err
			}
			f := ticket.Facts{Policy: p.cfg.Policy, Supply: p.supply(), Ticket: &t}
			return p.apply(tx, now, ticket.Decide(now, f, ticket.DueCause{}))
		})
		if err != nil {
			return err
		}
		nudge(p.nudgeDeliver)
	}
	return nil
}

// sweepDay queues the digest and the sorting mail of the day, once. The mark and the letters are
// one transaction, and the letters' keys carry the day (CASES C6, C53).
func (p *Pipeline) sweepDay(ctx context.Context) error {
	now := p.now()
	day, due := p.cfg.Schedule.Day(now)
	if !due {
		return nil
	}
	last, _, err := p.store.Meta(ctx, "daily")
	if err != nil || last >= day.Format(time.DateOnly) {
		return err
	}
	orders, err := p.daily(ctx, now, day, p.since(last, now))
	if err != nil {
		return err
	}
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		if err := p.apply(tx, now, ticket.Decision{Letters: orders}); err != nil {
			return err
		}
		nudge(p.nudgeDeliver)
		return tx.SetMeta("daily", day.Format(time.DateOnly))
	})
}

// since is the moment of the daily mails before these; the first ones look back a week.
func (p *Pipeline) since(last string, now time.Time) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, last, p.cfg.Schedule.Zone)
	if err != nil {
		return now.Add(-7 * 24 * time.Hour)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), p.cfg.Schedule.Hour, p.cfg.Schedule.Minute, 0, 0, p.cfg.Schedule.Zone)
}

func (p *Pipeline) daily(ctx context.Context, now, day, since time.Time) ([]ticket.LetterOrder, error) {
	g, err := p.Digest(ctx, now, day, since)
	if err != nil {
		return nil, err
	}
	items, err := p.sorting(ctx, since, now)
	if err != nil {
		return nil, err
	}
	return append(p.cfg.Policy.DigestLetters(g), p.cfg.Policy.SortingLetters(day, items)...), nil
}

// Digest gathers the figures of a manager's morning as of now.
func (p *Pipeline) Digest(ctx context.Context, now, day, since time.Time) (ticket.Digest, error) {
	g, err := p.store.Digest(ctx, since, now)
	if err != nil {
		return g, err
	}
	g.Day = day
	if _, g.JunkWatched, err = p.store.Meta(ctx, metaJunk); err != nil {
		return g, err
	}
	if l, err := p.Ledger(ctx); err == nil {
		g.LedgerDiffer = len(l.Overdue)
	} else {
		p.log.Warn("the ledger could not be compared with the server for the digest", "err", err)
	}
	return g, nil
}

// DigestLetters composes the digest of a local day as it would be mailed, without sending it.
func (p *Pipeline) DigestLetters(ctx context.Context, day time.Time) ([]ticket.Letter, error) {
	now := p.now()
	last := p.cfg.Schedule.Zone
	g, err := p.Digest(ctx, now, day, time.Date(day.Year(), day.Month(), day.Day()-1, p.cfg.Schedule.Hour, p.cfg.Schedule.Minute, 0, 0, last))
	if err != nil {
		return nil, err
	}
	var out []ticket.Letter
	for _, o := range p.cfg.Policy.DigestLetters(g) {
		l, err := p.compose(o, now)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// sorting lists the mails judged other or spam since the sorting mail before.
func (p *Pipeline) sorting(ctx context.Context, since, until time.Time) ([]ticket.SortingItem, error) {
	mails, err := p.store.Sorting(ctx, since, until, maxSorting)
	if err != nil {
		return nil, err
	}
	var items []ticket.SortingItem
	for _, m := range mails {
		c := p.readOne(m)
		items = append(items, ticket.SortingItem{
			Label: ticket.SortingLabel(m.ID), Mail: m.ID, ReceivedAt: m.ReceivedAt.In(p.cfg.Policy.Zone),
			From: c.Message.From, Subject: c.Message.Subject, Text: firstWords(c.Message.NewText), Disposition: m.Disposition,
		})
	}
	return items, nil
}

func firstWords(text string) string {
	r := []rune(text)
	if len(r) > maxSortingText {
		return string(r[:maxSortingText]) + "…"
	}
	return text
}
