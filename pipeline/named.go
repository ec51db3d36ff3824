package pipeline

import (
	"errors"
	"fmt"

	"privacybot/store"
	"privacybot/ticket"
)

// maxJoined bounds how far a ticket that was joined to another one is followed.
const maxJoined = 20

// survivor gives the ticket in which t goes on: t itself, unless it was joined to another one
// (BEHAVIOURS 19).
func survivor(tx *store.Tx, t ticket.Ticket) (ticket.Ticket, error) {
	for range maxJoined {
		if t.MergedInto == "" {
			return t, nil
		}
		next, err := tx.Ticket(t.MergedInto)
		if errors.Is(err, ticket.ErrNotFound) || errors.Is(err, store.ErrErased) {
			return t, nil
		}
		if err != nil {
			return t, fmt.Errorf("survivor of %s: %w", t.Ref, err)
		}
		t = next
	}
	return t, nil
}

// named looks up what commands name: tickets with their history, and the list of open ones.
func (p *Pipeline) named(tx *store.Tx, cmds []ticket.Command, f *ticket.Facts) error {
	refs, list := ticket.Refs(cmds)
	if f.Ticket != nil {
		for _, c := range cmds {
			if c.Name == ticket.CmdShow && c.Arg == "" {
				refs = append(refs, f.Ticket.Ref)
			}
		}
	}
	f.Named = map[string]ticket.Named{}
	for _, ref := range refs {
		t, err := tx.Ticket(ref)
		if errors.Is(err, ticket.ErrNotFound) || errors.Is(err, store.ErrErased) {
			continue
		}
		if err != nil {
			return err
		}
		n := ticket.Named{Ticket: t}
		if n.Events, err = tx.Events(ref); err != nil {
			return err
		}
		f.Named[ref] = n
	}
	if list {
		open, err := tx.Tickets(store.Filter{OpenOnly: true})
		if err != nil {
			p.log.Warn("a ticket cannot be read and is not on a list", "err", err)
		}
		f.OpenTickets = open
	}
	return nil
}
