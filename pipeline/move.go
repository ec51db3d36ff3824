package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/store"
	"privacybot/ticket"
)

const (
	moveLease = 2 * time.Minute
	moveBatch = 200
	moveEvery = time.Minute
)

// Move moves decided mails on the server to the folder of their disposition, where so configured, and
// gives how many. It begins when the decision is committed, and a crash at any point costs nothing but
// a repetition: the moved copy is known by its content.
func (p *Pipeline) Move(ctx context.Context) (int, error) {
	var of []ticket.Disposition
	for d := range p.cfg.Move {
		of = append(of, d)
	}
	slices.Sort(of)
	todo, err := p.store.Movables(ctx, p.cfg.Account, of, moveBatch)
	if err != nil || len(todo) == 0 {
		return 0, err
	}
	lease, got, err := p.store.Acquire(ctx, "move", moveLease)
	if err != nil || !got {
		return 0, err
	}
	defer func() { _ = p.store.Release(context.WithoutCancel(ctx), lease) }()
	conn, err := p.dialMailbox(ctx)
	if err != nil {
		return 0, fmt.Errorf("imap: %w", err)
	}
	defer conn.Close()
	folders, err := conn.Folders(ctx)
	if err != nil && len(folders) == 0 {
		return 0, fmt.Errorf("imap folders: %w", err)
	}
	total := 0
	for len(todo) > 0 {
		for _, group := range p.journeys(todo) {
			if err := p.moveGroup(ctx, conn, folders, group); err != nil {
				return total, fmt.Errorf("move to %s: %w", p.cfg.Move[group[0].Disposition], err)
			}
			total += len(group)
		}
		if err := p.store.Renew(ctx, lease, moveLease); err != nil {
			return total, err
		}
		if todo, err = p.store.Movables(ctx, p.cfg.Account, of, moveBatch); err != nil {
			return total, err
		}
	}
	return total, nil
}

// journeys groups mails that go from one folder to one other.
func (p *Pipeline) journeys(todo []store.Movable) [][]store.Movable {
	same := func(a, b store.Movable) bool {
		return a.Folder == b.Folder && a.UIDValidity == b.UIDValidity && p.cfg.Move[a.Disposition] == p.cfg.Move[b.Disposition]
	}
	var out [][]store.Movable
	for _, m := range todo {
		if i := slices.IndexFunc(out, func(g []store.Movable) bool { return same(g[0], m) }); i >= 0 {
			out[i] = append(out[i], m)
		} else {
			out = append(out, []store.Movable{m})
		}
	}
	return out
}

func (p *Pipeline) moveGroup(ctx context.Context, conn *mailbox.Conn, folders []mailbox.Folder, group []store.Movable) error {
	from, to := group[0].Location, p.cfg.Move[group[0].Disposition]
	var mails []int64
	var uids []uint32
	for _, m := range group {
		mails, uids = append(mails, m.Mail), append(uids, m.UID)
	}
	var moved mailbox.Moved
	if from.Folder != to {
		var err error
		moved, err = conn.Move(ctx, from.Folder, from.UIDValidity, uids, to)
		if errors.Is(err, mailbox.ErrRenumbered) {
			return err // the next look at the folder finds the mails again
		}
		if err != nil {
			return err
		}
	}
	var places []store.Movable
	if slices.ContainsFunc(folders, func(f mailbox.Folder) bool { return f.Name == moved.Folder }) { // else nobody looks there
		for _, m := range group {
			if uid, ok := moved.UIDs[m.UID]; ok && moved.UIDValidity != 0 {
				m.Location = store.Location{Account: m.Account, Folder: moved.Folder, UIDValidity: moved.UIDValidity, UID: uid}
				places = append(places, m)
			}
		}
	}
	err := p.store.InTx(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.MailsMoved(mails, to, places) })
	if err == nil {
		p.log.Info("mails moved on the server", "folder", from.Folder, "mails", len(mails))
	}
	return err
}
