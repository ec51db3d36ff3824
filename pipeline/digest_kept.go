package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

// metaDigest begins the names of the digests that are kept, one a day: references and figures only.
const metaDigest = "digest/"

// keepDigest keeps the figures of a day, in the transaction that orders its mails.
func keepDigest(tx *store.Tx, g ticket.Digest) error {
	plain, err := json.Marshal(g)
	if err != nil {
		return fmt.Errorf("keep digest: %w", err)
	}
	return tx.SetMeta(metaDigest+g.Day.Format(time.DateOnly), string(plain))
}

// keptDigest gives the figures as they were sent on that local day, and whether there are any.
func (p *Pipeline) keptDigest(ctx context.Context, day time.Time) (ticket.Digest, bool, error) {
	var g ticket.Digest
	plain, kept, err := p.store.Meta(ctx, metaDigest+day.Format(time.DateOnly))
	if err != nil || !kept {
		return g, false, err
	}
	if err := json.Unmarshal([]byte(plain), &g); err != nil {
		return g, false, fmt.Errorf("digest of %s: %w", day.Format(time.DateOnly), err)
	}
	g.Day = day
	return g, true, nil
}
