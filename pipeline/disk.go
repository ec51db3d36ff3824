package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

// ErrDisk says that the database's disk is too full to take mail in: it stays on the mail server,
// where nothing of it is lost, until there is room (CASES A65, C15).
var ErrDisk = errors.New("the disk with the database is nearly full; mail stays on the mail server")

const metaDisk = "disk" // since when the disk is too full, and how often people were told

type diskTrouble struct {
	Since  time.Time `json:"since"`
	Told   int       `json:"told"`
	ToldAt time.Time `json:"told_at"`
}

// room reports whether there is room for more mail.
func (p *Pipeline) room() error {
	used, known, err := p.store.DiskUsed()
	if err != nil || !known || p.cfg.DiskStop == 0 || used < p.cfg.DiskStop {
		return err
	}
	return fmt.Errorf("%w: %d %% are used", ErrDisk, used)
}

// sweepDisk runs alarm.command and logs when the disk fills up, at once and every few hours. No mail is
// written about it: that would need the room that is missing.
func (p *Pipeline) sweepDisk(ctx context.Context) error {
	used, known, err := p.store.DiskUsed()
	if err != nil || !known || p.cfg.DiskWarn == 0 {
		return err
	}
	kept, _, err := p.store.Meta(ctx, metaDisk)
	if err != nil {
		return err
	}
	var d diskTrouble
	if kept != "" {
		_ = json.Unmarshal([]byte(kept), &d) // what cannot be read counts as nothing known
	}
	now := p.now()
	t := ticket.Trouble{Server: ticket.TroubleDisk, Since: d.Since, Told: d.Told}
	switch {
	case used < p.cfg.DiskWarn && d.Since.IsZero():
		return nil
	case used < p.cfg.DiskWarn:
		d = diskTrouble{}
	case d.Since.IsZero() || d.Since.After(now):
		d = diskTrouble{Since: now, Told: 1, ToldAt: now}
		t.Since, t.Told = now, 0
	case now.Before(t.DueAgain(d.ToldAt)):
		return nil
	default:
		d.Told, d.ToldAt = d.Told+1, now
	}
	next, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		if !d.Since.IsZero() {
			p.log.Error("the disk with the database fills up", "used_percent", used, "stops_at", p.cfg.DiskStop)
			if err := p.apply(tx, now, ticket.Decision{Letters: p.cfg.Policy.TroubleLetters(t)}); err != nil {
				return err
			}
		}
		return tx.SetMeta(metaDisk, string(next))
	})
}
