package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

const (
	sweepLease   = time.Minute
	sweepBatch   = 100
	sortingItems = 100
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
	if err := p.sweepAccess(ctx); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	if err := p.sweepHealth(ctx); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	if err := p.sweepBundle(ctx); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	if err := p.sweepBrakes(ctx); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	if err := p.sweepTickets(ctx); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	if err := p.sweepDay(ctx); err != nil {
		return fmt.Errorf("daily mail: %w", err)
	}
	if err := p.sweepWork(ctx); err != nil {
		return fmt.Errorf("work lists: %w", err)
	}
	return errors.Join(p.sweepDisk(ctx), p.keepAuditHead(ctx))
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

// metaDaily keeps the day of the last daily mails and the instant up to which they reach.
const metaDaily = "daily"

// sweepDay queues the digest and the sorting mails of the day, once. The mark and the letters are
// one transaction, and the letters' keys carry the day (CASES C6, C53).
func (p *Pipeline) sweepDay(ctx context.Context) error {
	now := p.now()
	day, due := p.cfg.Schedule.Day(now)
	if !due {
		return nil
	}
	mark, _, err := p.store.Meta(ctx, metaDaily)
	if err != nil {
		return err
	}
	last, since := lastDaily(mark, now)
	if last >= day.Format(time.DateOnly) {
		return nil
	}
	g, overdue, err := p.digest(ctx, now, day, since)
	if err != nil {
		return err
	}
	if g.LedgerDiffer >= 0 {
		if err := p.compared(ctx, Ledger{Overdue: overdue}, now); err != nil {
			return err
		}
	}
	if err := p.readAgain(ctx, overdue); err != nil {
		return err
	}
	sorting, err := p.sorting(ctx, day, since, now)
	if err != nil {
		return err
	}
	orders := append(p.cfg.Policy.DigestLetters(g), sorting...)
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		if err := p.apply(tx, now, ticket.Decision{Letters: orders}); err != nil {
			return err
		}
		nudge(p.nudgeDeliver)
		if err := keepDigest(tx, g); err != nil {
			return err
		}
		return tx.SetMeta(metaDaily, day.Format(time.DateOnly)+" "+now.UTC().Format(time.RFC3339Nano))
	})
}

// lastDaily reads the mark of the last daily mails; the first ones look back a week. So do those
// after a clock that ran ahead was set back: its mark would keep days silent and hide the mails of
// those days (CASES C52). The letters' keys keep a day that had its mails from getting them again.
func lastDaily(mark string, now time.Time) (day string, until time.Time) {
	day, at, _ := strings.Cut(mark, " ")
	until, err := time.Parse(time.RFC3339Nano, at)
	if err != nil || until.After(now.Add(time.Hour)) {
		return "", now.Add(-7 * 24 * time.Hour)
	}
	return day, until
}

// Digest gathers the figures of a manager's morning as of now.
func (p *Pipeline) Digest(ctx context.Context, now, day, since time.Time) (ticket.Digest, error) {
	g, _, err := p.digest(ctx, now, day, since)
	return g, err
}

// digest also gives the mails on the server that reading has passed by.
func (p *Pipeline) digest(ctx context.Context, now, day, since time.Time) (ticket.Digest, []store.Location, error) {
	g, err := p.store.Digest(ctx, since, now)
	if err != nil {
		return g, nil, err
	}
	g.Day = day
	if err := p.store.DigestTrends(ctx, &g, day, now); err != nil {
		return g, nil, err
	}
	if _, g.JunkWatched, err = p.store.Meta(ctx, metaJunk); err != nil {
		return g, nil, err
	}
	health, err := p.Health(ctx)
	if err != nil {
		return g, nil, err
	}
	for _, a := range health.Alarms {
		if a.What != ticket.AlarmLedger { // the digest compares anew
			g.Alarms = append(g.Alarms, a.Lines...)
		}
	}
	l, err := p.Ledger(ctx)
	if err != nil {
		p.log.Warn("the ledger could not be compared with the server for the digest", "err", err)
		return g, nil, nil
	}
	g.LedgerDiffer = len(l.Overdue)
	return g, l.Overdue, nil
}

// readAgain sets folders back to before mails that reading has passed by, so that the next look takes
// them in (DESIGN.md 5.1). What is known is not taken in twice.
func (p *Pipeline) readAgain(ctx context.Context, missed []store.Location) error {
	first := map[store.Location]uint32{}
	for _, l := range missed {
		folder := l
		folder.UID = 0
		if at, ok := first[folder]; !ok || l.UID < at {
			first[folder] = l.UID
		}
	}
	for folder, uid := range first {
		p.log.Error("mails on the server are not on the ledger; the folder is read again from there", "folder", folder.Folder, "uid", uid, "mails", len(missed))
		folder.UID = uid
		if err := p.store.Rewind(ctx, folder); err != nil {
			return err
		}
	}
	return nil
}

// DigestLetters composes the digest of a local day, without sending it. A day that is over is shown as
// its digest was sent; one that had none is counted as of its time from what is kept.
func (p *Pipeline) DigestLetters(ctx context.Context, day time.Time) ([]ticket.Letter, error) {
	at := func(d int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day()+d, p.cfg.Schedule.Hour, p.cfg.Schedule.Minute, 0, 0, p.cfg.Schedule.Zone)
	}
	now, over := p.now(), false
	if today := ticket.DateOf(now, p.cfg.Schedule.Zone); ticket.DateOf(at(0), p.cfg.Schedule.Zone).Before(today) {
		now, over = at(0), true
	}
	g, kept, err := ticket.Digest{}, false, error(nil)
	if over {
		g, kept, err = p.keptDigest(ctx, day)
	}
	if err == nil && !kept {
		g, err = p.Digest(ctx, now, day, at(-1))
	}
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

// sorting orders the sorting mails of a day: every mail judged other or spam since the last ones,
// at most sortingItems in each.
func (p *Pipeline) sorting(ctx context.Context, day, since, until time.Time) ([]ticket.LetterOrder, error) {
	var orders []ticket.LetterOrder
	last := int64(math.MaxInt64) // nothing that was decided at since itself: it was shown before
	for part := 1; ; part++ {
		mails, err := p.store.Sorting(ctx, since, last, until, sortingItems)
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
			since, last = m.DecidedAt, m.ID
		}
		orders = append(orders, p.cfg.Policy.SortingLetters(day, part, items)...)
		if len(mails) < sortingItems {
			return orders, nil
		}
	}
}

func firstWords(text string) string {
	r := []rune(text)
	if len(r) > maxSortingText {
		return string(r[:maxSortingText]) + "…"
	}
	return text
}
