package pipeline

import (
	"context"
	"errors"

	"privacybot/store"
)

// metaLostChain keeps the end of the audit chain that this database had lost when it was found to be an older copy.
const metaLostChain = "lost_chain"

// noticeRestore finds a database that was put back by hand, as a file or a dump, past "privacybot restore": the end of the audit chain, kept outside
// it, is further on. What came in since the backup is read and decided again, but the people got their
// letters: those that would go out again wait for approval (CASES C63).
func (p *Pipeline) noticeRestore(ctx context.Context) error {
	if p.cfg.AuditHead == "" {
		return nil
	}
	kept, err := store.ReadAuditHead(p.cfg.AuditHead)
	if err != nil {
		return err
	}
	head, err := p.store.AuditHead(ctx)
	if err != nil || kept.Seq <= head.Seq {
		return err
	}
	known, _, err := p.store.Meta(ctx, metaLostChain)
	if err != nil || known == kept.Hash {
		return err
	}
	p.log.Error("the database is older than the end of its audit chain: it was restored; letters that answer mail from before now wait for approval")
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.SetMeta(metaLostChain, kept.Hash), tx.Restored(p.now()))
	})
}
