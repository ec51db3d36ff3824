package pipeline

import (
	"context"
	"fmt"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

const (
	bundleEvery = time.Hour
	bundleRows  = 10000 // tickets in one mail

	// An acknowledgement is wanted within two days (no law that we know asks for it sooner); people are told
	// after one, or as soon as a later date is settled.
	brakeWarns = 24 * time.Hour
	brakeLate  = 48 * time.Hour

	metaBrakes = "brakes_told"
)

// sweepBundle tells staff, an hour after the first, of the tickets whose notices were saved.
func (p *Pipeline) sweepBundle(ctx context.Context) error {
	since, err := p.store.BundledSince(ctx)
	now := p.now()
	if err != nil || since.IsZero() || now.Before(since.Add(bundleEvery)) && !since.After(now) {
		return err
	}
	err = p.store.InTx(ctx, func(tx *store.Tx) error {
		for part := 1; ; part++ {
			rows, err := tx.TakeBundle(bundleRows)
			if err != nil || len(rows) == 0 {
				return err
			}
			if err := p.apply(tx, now, ticket.Decision{Letters: p.cfg.Policy.BundleLetters(now, part, rows)}); err != nil {
				return err
			}
		}
	})
	nudge(p.nudgeDeliver)
	return err
}

// sweepBrakes tells managers of acknowledgements that the brakes hold back, once a day and before they
// are late (DESIGN.md 5.4).
func (p *Pipeline) sweepBrakes(ctx context.Context) error {
	now := p.now()
	held, err := p.store.Braked(ctx, now)
	if err != nil || held.Letters == 0 || now.Before(held.Oldest.Add(brakeWarns)) && held.Last.Before(held.Oldest.Add(brakeLate)) {
		return err
	}
	local := now.In(p.cfg.Policy.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, p.cfg.Policy.Zone)
	told, _, err := p.store.Meta(ctx, metaBrakes)
	if err != nil || told == day.Format(time.DateOnly) {
		return err
	}
	p.log.Warn("the brakes hold letters back for long; people are told", "letters", held.Letters)
	lines := []string{
		fmt.Sprintf("%d acknowledgements, code requests or status answers wait; the longest since %s.", held.Letters, held.Oldest.In(p.cfg.Policy.Zone).Format("2006-01-02 15:04")),
		"The tickets are open, their clocks run, and staff were told of them: only the automatic letters wait. None is dropped.",
	}
	err = p.store.InTx(ctx, func(tx *store.Tx) error {
		if err := p.apply(tx, now, ticket.Decision{Letters: p.cfg.Policy.BrakeLetters(day, lines)}); err != nil {
			return err
		}
		return tx.SetMeta(metaBrakes, day.Format(time.DateOnly))
	})
	nudge(p.nudgeDeliver)
	return err
}
