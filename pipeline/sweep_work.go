package pipeline

import (
	"context"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

// metaWork keeps the last day on which staff got their work lists and reminders.
const metaWork = "work"

// sweepWork queues the work lists and reminders of the day, once and by day only. The mark and the
// letters are one transaction, and the letters' keys carry the day, so that a restart or a second
// instance sends none twice. What fell due on days without a sweep is told on the next one.
func (p *Pipeline) sweepWork(ctx context.Context) error {
	now := p.now()
	day, due := p.cfg.Schedule.Daytime(now)
	if !due {
		return nil
	}
	mark, _, err := p.store.Meta(ctx, metaWork)
	if err != nil || mark == day.Format(time.DateOnly) {
		return err
	}
	today := ticket.DateOf(now, p.cfg.Schedule.Zone)
	last, err := ticket.ParseDate(mark)
	if err != nil || !last.Before(today) { // the first day, or a clock that ran ahead was set back
		last = today.AddDays(-1)
	}
	open, err := p.store.Tickets(ctx, store.Filter{OpenOnly: true})
	if err != nil { // one damaged row must not stop the reminders of all others
		p.log.Error("a ticket cannot be read and nobody is reminded of it", "err", err)
	}
	orders := p.cfg.Policy.WorkLetters(p.cfg.Schedule, open, last, now)
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		if err := p.apply(tx, now, ticket.Decision{Letters: orders}); err != nil {
			return err
		}
		nudge(p.nudgeDeliver)
		return tx.SetMeta(metaWork, day.Format(time.DateOnly))
	})
}
