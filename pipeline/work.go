package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"privacybot/classify"
	"privacybot/ingest"
	"privacybot/store"
	"privacybot/ticket"
)

const (
	workLease = 50 * time.Second
	// Attempts of a single mail before it is set aside for people (CASES C36).
	maxAttempts = 3
)

// Work decides every mail that waits, oldest first, and gives how many were decided. Several
// mails share a transaction; when that fails, each is done alone, and one that fails alone three
// times is quarantined, so that no mail ever stops the next.
func (p *Pipeline) Work(ctx context.Context) (int, error) {
	total := 0
	for {
		p.vitals.beat("work", p.now())
		mails, err := p.store.ClaimMails(ctx, workLease, batchMails, batchBytes)
		if err != nil {
			return total, fmt.Errorf("claim mail: %w", err)
		}
		if len(mails) == 0 {
			return total, nil
		}
		if err := p.workBatch(ctx, mails); err != nil {
			if ctx.Err() != nil || len(mails) == 1 && mails[0].Attempts == 0 {
				return total, err
			}
			p.log.Warn("mail not decided, each is tried alone", "mails", len(mails), "err", err)
			continue
		}
		total += len(mails)
		nudge(p.nudgeDeliver)
	}
}

// workBatch decides mails in one transaction, or gives them all back.
func (p *Pipeline) workBatch(ctx context.Context, mails []store.Mail) error {
	causes := p.read(ctx, mails)
	hold, err := p.holdBefore(ctx)
	if err != nil {
		return err
	}
	var steps []Step
	err = p.store.InTx(ctx, func(tx *store.Tx) error {
		steps = steps[:0]
		for i, c := range causes {
			s, err := p.settle(ctx, tx, c, copyKey(mails[i].Raw, c.Message), hold)
			if err != nil {
				return fmt.Errorf("mail %d: %w", mails[i].ID, err)
			}
			steps = append(steps, s...)
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, p.giveBack(ctx, mails))
	}
	for _, s := range steps {
		p.log.Info("mail decided", "mail", s.Mail.ID, "disposition", string(s.Decision.Disposition), "ticket", s.Decision.Ref)
		p.told(s)
	}
	return nil
}

func (p *Pipeline) giveBack(ctx context.Context, mails []store.Mail) error {
	ids := make([]int64, len(mails))
	for i, m := range mails {
		ids[i] = m.ID
	}
	return p.store.ReleaseMails(context.WithoutCancel(ctx), ids)
}

// read parses and classifies mails side by side. It never fails: what cannot be read is named in
// the message's damage, and what was tried too often is quarantined.
func (p *Pipeline) read(ctx context.Context, mails []store.Mail) []ticket.MailCause {
	causes := make([]ticket.MailCause, len(mails))
	var wg sync.WaitGroup
	slots := make(chan struct{}, parallel())
	for i, m := range mails {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			causes[i] = p.parse(m)
			p.cutEcho(ctx, &causes[i])
			p.classify(&causes[i])
		})
	}
	wg.Wait()
	return causes
}

func (p *Pipeline) readOne(m store.Mail) ticket.MailCause {
	c := p.parse(m)
	p.classify(&c)
	return c
}

func (p *Pipeline) parse(m store.Mail) (c ticket.MailCause) {
	c = ticket.MailCause{ID: m.ID, Junk: m.Junk, Partial: m.Partial}
	c.Message.ReceivedAt = m.ReceivedAt
	if m.Attempts > maxAttempts || m.Unreadable != nil {
		c.Quarantine = "could not be processed in three attempts"
		if m.Unreadable != nil {
			c.Quarantine = "its sealed copy cannot be opened"
		}
		return c
	}
	c.Message = ingest.Parse(m.Raw, p.cfg.Parse)
	c.Message.ReceivedAt = m.ReceivedAt
	return c
}

// maxEchoes bounds how many letters of ours a mail is compared with.
const maxEchoes = 6

// cutEcho takes our own words out of what the writer seems to say now, where a mail answers a letter of
// ours. Programs repeat a whole letter without any sign of a quote; what our letter names would become
// what they ask for. A letter that cannot be read costs no more than that.
func (p *Pipeline) cutEcho(ctx context.Context, c *ticket.MailCause) {
	m := &c.Message
	_, staff := p.cfg.Policy.StaffByAddress(m.From.Address)
	if ref := p.tokenRef(*m); !staff && m.NewText != "" && (ref != "" || p.looksLikeAnswer(*m)) {
		letters, err := p.store.Sent(ctx, threadIDs(*m), ref, maxEchoes)
		if err != nil {
			p.log.Warn("a mail is read without the letter that it answers", "mail", c.ID, "err", err)
		}
		texts := make([]string, len(letters))
		for i, raw := range letters {
			texts[i] = ingest.Parse(raw, ingest.Options{}).Text
		}
		m.NewText = ticket.NewEcho(texts...).Cut(m.NewText)
	}
}

// classify judges what was parsed.
func (p *Pipeline) classify(c *ticket.MailCause) {
	if c.Quarantine != "" {
		return
	}
	c.Verdict = p.classifier.Classify(c.Message, classify.Context{
		ReceivedAt: c.Message.ReceivedAt, DefaultLaw: p.cfg.Policy.Law.Code, Followup: p.looksLikeAnswer(c.Message),
		Staff: func(a string) bool { _, ok := p.cfg.Policy.StaffByAddress(a); return ok },
	})
}

// looksLikeAnswer reports whether m names an id made by this mailbox. It is a hint for reading;
// what the mail may do is decided from the ids that were really sent.
func (p *Pipeline) looksLikeAnswer(m ticket.Message) bool {
	ours := "@" + p.cfg.Policy.Organisation.Address.Domain()
	for _, id := range append(append([]string(nil), m.InReplyTo...), m.References...) {
		if strings.HasPrefix(id, "pb.") && strings.HasSuffix(id, ours) {
			return true
		}
	}
	return false
}

// settle takes one mail from its facts to its rows. A staff answer to the sorting mail also
// opens the tickets that it names.
func (p *Pipeline) settle(ctx context.Context, tx *store.Tx, c ticket.MailCause, key string, hold time.Time) ([]Step, error) {
	f, err := p.mailFacts(tx, c, key, hold)
	if err != nil {
		return nil, err
	}
	now := p.now()
	d := ticket.Decide(now, f, c)
	if err := p.apply(tx, now, d); err != nil {
		return nil, err
	}
	if err := p.noteStaffTold(tx, d); err != nil {
		return nil, err
	}
	if err := tx.FinishMail(store.MailResult{ID: c.ID, Disposition: d.Disposition, Reason: d.Reason, Ref: d.Ref, MessageID: c.Message.MessageID, CopyKey: key}); err != nil {
		return nil, err
	}
	if err := p.keepProof(tx, c.Message.From.Address, d); err != nil {
		return nil, err
	}
	if f.Canary {
		if err := p.canaryBack(tx, p.canaryDay(c.Message), c.Junk); err != nil {
			return nil, err
		}
	}
	steps := []Step{{Mail: &c, Decision: d}}
	opened, err := p.openSorted(tx, c, f, hold)
	if err != nil {
		return nil, err
	}
	carried, err := p.carryOut(tx, c.ID, d, hold)
	return append(append(steps, opened...), carried...), err
}

// apply writes a decision: tickets with their events, finished letters, letters let go.
func (p *Pipeline) apply(tx *store.Tx, now time.Time, d ticket.Decision) error {
	for _, ch := range d.Changes {
		if err := tx.SaveTicket(ch.Ticket, ch.Events); err != nil {
			return fmt.Errorf("ticket %s: %w", ch.Ticket.Ref, err)
		}
	}
	letters := make([]ticket.Letter, 0, len(d.Letters))
	for _, o := range d.Letters {
		if err := p.enclose(tx, &o); err != nil {
			return err
		}
		l, err := p.compose(o, now)
		switch {
		case err != nil && o.Kind.External() && o.Ref != "":
			if err := p.unwritable(tx, now, o, err); err != nil {
				return err
			}
		case err != nil:
			return fmt.Errorf("compose %s: %w", o.Kind, err)
		default:
			letters = append(letters, l)
		}
	}
	if err := tx.QueueLetters(letters); err != nil {
		return err
	}
	for _, ref := range d.Bundled {
		if err := tx.Bundle(ref); err != nil {
			return err
		}
	}
	for _, w := range d.Stops {
		if err := tx.KeepSuppression(w); err != nil {
			return err
		}
	}
	if d.ReleaseHeld != "" {
		if _, err := tx.ReleaseHeld(d.ReleaseHeld); err != nil {
			return err
		}
	}
	return nil
}

// unwritable notes on the ticket that a letter to the requester cannot be written, for example to an
// address that no mail can be sent to, and tells staff. The ticket, its clock and its alarms stand
// (CASES A15, A46).
func (p *Pipeline) unwritable(tx *store.Tx, now time.Time, o ticket.LetterOrder, why error) error {
	t, err := tx.Ticket(o.Ref)
	if err != nil {
		return err
	}
	p.log.Warn("a letter cannot be written, staff are told", "ticket", o.Ref, "kind", string(o.Kind), "err", why)
	d := ticket.Decide(now, ticket.Facts{Policy: p.cfg.Policy, Supply: p.supply(), Ticket: &t}, ticket.DeliveryCause{
		Letter: ticket.SentLetter{Kind: o.Kind, Key: o.Key, Ref: o.Ref}, Result: ticket.DeliveryRefused, Status: why.Error(),
	})
	return p.apply(tx, now, d)
}

func (p *Pipeline) compose(o ticket.LetterOrder, now time.Time) (ticket.Letter, error) {
	id := p.newMessageID()
	if o.Kind == ticket.LetterAlarm {
		return ticket.Letter{Kind: o.Kind, Key: o.Key, Ref: o.Ref, MessageID: id, NotBefore: o.NotBefore}, nil
	}
	l, err := p.composer.Compose(o, id, now)
	l.Unbraked = o.Data.ShadowFor != "" // it goes to staff
	for _, item := range o.Data.Sorting {
		l.Mails = append(l.Mails, item.Mail)
	}
	return l, err
}

// copyKey is the same for two deliveries of one mail that differ in trace headers only, for
// example to the address and to an alias of it. Only mails that carry a Message-ID have one, and
// the body is part of it, so that a copied id never suppresses another mail (CASES A61).
func copyKey(raw []byte, m ticket.Message) string {
	if m.MessageID == "" {
		return ""
	}
	body := raw
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(raw, []byte(end)); i >= 0 && len(raw)-i < len(body) {
			body = raw[i+len(end):]
			break
		}
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00", m.MessageID, m.From.Key(), m.Subject)
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}
