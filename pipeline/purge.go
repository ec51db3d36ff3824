package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/store"
	"privacybot/ticket"
)

const (
	purgeLease = 10 * time.Minute
	purgeEvery = 15 * time.Minute // a look whether the day's purge was done
	purgePage  = 500
	copiesADay = 5000

	metaPurged = "purged" // the local day of the last purge
)

// PurgeStep is one way of forgetting.
type PurgeStep string

// The steps of a purge, in their order.
const (
	PurgeAttachments PurgeStep = "attachments"
	PurgeMail        PurgeStep = "mail"
	PurgePersonal    PurgeStep = "personal"
	PurgeRecord      PurgeStep = "record"
	PurgeLetter      PurgeStep = "letter"
)

// PurgeItem is one thing that is due to be erased. It holds no personal data.
type PurgeItem struct {
	Step         PurgeStep
	Mail, Letter int64
	ticket.Kept
}

// PurgePlan is what is due to be erased at a time.
type PurgePlan struct {
	Items []PurgeItem
	Held  int // mails and tickets that would be due but for a legal hold
}

// PurgePlan lists what is due to be erased now, and changes nothing.
func (p *Pipeline) PurgePlan(ctx context.Context) (PurgePlan, error) {
	var plan PurgePlan
	if p.cfg.Retention.Terms == (ticket.Terms{}) {
		return plan, nil // nothing was settled: everything is kept
	}
	now := p.now()
	before := now.Add(-p.cfg.Retention.Soonest())
	if err := p.planMails(ctx, &plan, now, before); err != nil {
		return plan, err
	}
	if err := p.planTickets(ctx, &plan, now, before); err != nil {
		return plan, err
	}
	for after := int64(0); ; {
		ids, err := p.store.EndedLetters(ctx, now.Add(-p.cfg.Retention.Daily), after, purgePage)
		if err != nil {
			return plan, err
		}
		for _, id := range ids {
			plan.Items, after = append(plan.Items, PurgeItem{Step: PurgeLetter, Letter: id}), id
		}
		if len(ids) < purgePage {
			return plan, nil
		}
	}
}

func (p *Pipeline) planMails(ctx context.Context, plan *PurgePlan, now, before time.Time) error {
	for after := int64(0); ; {
		mails, err := p.store.KeptMails(ctx, before, after, purgePage)
		if err != nil {
			return err
		}
		for _, m := range mails {
			after = m.ID
			free := m.Kept
			free.Held = false
			attachments, all := p.cfg.Retention.MailDue(free, now)
			attachments = attachments && !m.Stripped
			switch {
			case m.Held && (all || attachments):
				plan.Held++
			case all:
				plan.Items = append(plan.Items, PurgeItem{Step: PurgeMail, Mail: m.ID, Kept: m.Kept})
			case attachments:
				plan.Items = append(plan.Items, PurgeItem{Step: PurgeAttachments, Mail: m.ID, Kept: m.Kept})
			}
		}
		if len(mails) < purgePage {
			return nil
		}
	}
}

func (p *Pipeline) planTickets(ctx context.Context, plan *PurgePlan, now, before time.Time) error {
	for after := int64(0); ; {
		tickets, err := p.store.KeptTickets(ctx, before, after, purgePage)
		if err != nil {
			return err
		}
		for _, t := range tickets {
			after = t.ID
			free := t.Kept
			free.Held = false
			personal, record := p.cfg.Retention.TicketDue(free, now)
			personal = personal && !t.Shredded
			switch {
			case t.Held && (personal || record):
				plan.Held++
			case record:
				plan.Items = append(plan.Items, PurgeItem{Step: PurgeRecord, Kept: t.Kept})
			case personal:
				plan.Items = append(plan.Items, PurgeItem{Step: PurgePersonal, Kept: t.Kept})
			}
		}
		if len(tickets) < purgePage {
			return nil
		}
	}
}

// purgeDaily purges once a local day.
func (p *Pipeline) purgeDaily(ctx context.Context) error {
	today := ticket.DateOf(p.now(), p.cfg.Policy.Zone).String()
	last, _, err := p.store.Meta(ctx, metaPurged)
	if err != nil || last >= today {
		return err
	}
	if _, err := p.Purge(ctx); err != nil {
		return err
	}
	return p.store.InTx(ctx, func(tx *store.Tx) error { return tx.SetMeta(metaPurged, today) })
}

// Purge erases what is due now and gives what was erased. One instance does it at a time; what is
// cut short is due again the next time.
func (p *Pipeline) Purge(ctx context.Context) ([]PurgeItem, error) {
	lease, got, err := p.store.Acquire(ctx, "purge", purgeLease)
	if err != nil || !got {
		return nil, err
	}
	defer func() { _ = p.store.Release(context.WithoutCancel(ctx), lease) }()
	plan, err := p.PurgePlan(ctx)
	if err != nil {
		return nil, fmt.Errorf("purge: %w", err)
	}
	var done []PurgeItem
	renewed := time.Now()
	for _, item := range plan.Items {
		if time.Since(renewed) > purgeLease/4 {
			if err := p.store.Renew(ctx, lease, purgeLease); err != nil {
				return done, fmt.Errorf("purge: %w", err)
			}
			renewed = time.Now()
		}
		err := p.store.InTx(ctx, func(tx *store.Tx) error { return p.purgeItem(tx, item) })
		if errors.Is(err, store.ErrHeld) || errors.Is(err, store.ErrOpen) || errors.Is(err, ticket.ErrNotFound) {
			continue // somebody was faster: it was put on hold or opened again
		}
		if err != nil {
			return done, fmt.Errorf("purge: %w", err)
		}
		done = append(done, item)
	}
	if len(done) > 0 {
		p.log.Info("purged", "items", len(done), "held", plan.Held)
		if err := p.store.Scrub(ctx); err != nil {
			p.log.Warn("the database's files will be cleaned the next time", "err", err)
		}
	}
	if p.cfg.PurgeServer {
		return done, p.purgeServer(ctx, lease)
	}
	return done, nil
}

func (p *Pipeline) purgeItem(tx *store.Tx, item PurgeItem) error {
	if item.Mail != 0 && item.Ref != "" {
		if err := tx.MayErase(item.Ref); err != nil {
			return err
		}
	}
	switch item.Step {
	case PurgeAttachments:
		m, err := tx.Mail(item.Mail)
		if err != nil {
			return err
		}
		if m.Unreadable != nil { // it goes with the mail
			return nil
		}
		return tx.StripMail(m.ID, withoutAttachments(m.Raw, p.cfg.Parse))
	case PurgeMail:
		return tx.ShredMail(item.Mail)
	case PurgePersonal:
		return tx.ShredTicket(item.Ref)
	case PurgeRecord:
		return tx.DropTicket(item.Ref)
	case PurgeLetter:
		return tx.ShredLetter(item.Letter)
	}
	return fmt.Errorf("unknown step %q", item.Step)
}

// purgeServer deletes the mail server's copies of what was erased here. What lies at a place now is
// compared first: only the very same bytes are deleted.
func (p *Pipeline) purgeServer(ctx context.Context, lease store.Lease) error {
	copies, err := p.store.ServerCopies(ctx, p.cfg.Account, copiesADay)
	if err != nil || len(copies) == 0 {
		return err
	}
	conn, err := p.dialMailbox(ctx)
	if err != nil {
		return fmt.Errorf("purge the mail server's copies: %w", err)
	}
	defer conn.Close()
	removed := 0
	for _, c := range copies {
		if err := p.store.Renew(ctx, lease, purgeLease); err != nil {
			return err
		}
		item := mailbox.Item{UID: c.UID, Size: c.Size}
		did, err := conn.Remove(ctx, c.Folder, c.UIDValidity, item, func(raw []byte) bool { return p.store.Same(c, raw) })
		switch {
		case errors.Is(err, mailbox.ErrRenumbered) || errors.Is(err, mailbox.ErrOtherContent):
			p.log.Info("the mail server holds another mail at the place of an erased one, which is left alone", "folder", c.Folder, "mail", c.Mail)
		case errors.Is(err, mailbox.ErrCannotRemove) || errors.Is(err, mailbox.ErrLost) || ctx.Err() != nil:
			return fmt.Errorf("purge the mail server's copies: %w", err)
		case err != nil: // a folder that is gone or refused: tried again tomorrow
			p.log.Warn("a copy on the mail server could not be deleted", "folder", c.Folder, "mail", c.Mail, "err", err)
			continue
		}
		if err := p.store.InTx(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.CopyGone(c, did) }); err != nil {
			return err
		}
		if did {
			removed++
		}
	}
	p.log.Info("copies on the mail server deleted", "mails", removed)
	return nil
}

// keepAuditHead writes the end of the audit chain to a file outside the database, where its
// truncation can be noticed.
func (p *Pipeline) keepAuditHead(ctx context.Context) error {
	if p.cfg.AuditHead == "" {
		return nil
	}
	head, err := p.store.AuditHead(ctx)
	if err != nil {
		return err
	}
	return store.KeepAuditHead(p.cfg.AuditHead, head)
}
