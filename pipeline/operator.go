package pipeline

import (
	"context"
	"errors"
	"strings"

	"privacybot/store"
	"privacybot/ticket"
)

// ErrRefused says that a command was not carried out; its text gives the reasons.
var ErrRefused = errors.New("not carried out")

// Command carries out one command of the operator on a ticket and gives what was done, one
// sentence a line; more are carried out with it. When one is refused nothing has changed.
func (p *Pipeline) Command(ctx context.Context, ref, actor string, cmd ticket.Command, text string, more ...ticket.Command) (string, error) {
	var d ticket.Decision
	err := p.store.InTx(ctx, func(tx *store.Tx) error {
		t, err := tx.Ticket(ref)
		if err != nil {
			return err
		}
		now := p.now()
		f := ticket.Facts{Policy: p.cfg.Policy, Supply: p.supply(), Ticket: &t}
		if err := p.named(tx, append([]ticket.Command{cmd}, more...), &f); err != nil {
			return err
		}
		d = ticket.Decide(now, f, ticket.CommandCause{Actor: actor, Command: cmd, More: more, Text: text})
		if len(d.Refused) > 0 {
			return nil
		}
		return p.apply(tx, now, d)
	})
	if err != nil {
		return "", err
	}
	if len(d.Refused) > 0 {
		return "", errors.Join(ErrRefused, errors.New(strings.Join(d.Refused, "\n")))
	}
	return d.Reason, nil
}
