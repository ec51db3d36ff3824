package mailbox

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
)

// ErrCannotRemove: the server has no UIDPLUS (RFC 4315). Without it a mail could only be deleted
// together with everything that people have marked as deleted in its folder.
var ErrCannotRemove = errors.New("server can delete no single mail (no UIDPLUS)")

// ErrOtherContent: what lies at the place is not the mail that was meant. Nothing was deleted.
var ErrOtherContent = errors.New("another mail lies at this place")

// Remove deletes the mail at it.UID of a folder for good, if same says of its bytes that it is the
// one that is meant. A mail that is gone already is no error and gives false; a folder whose UIDs
// were given anew is [ErrRenumbered].
func (c *Conn) Remove(ctx context.Context, folder string, validity uint32, it Item, same func(raw []byte) bool) (bool, error) {
	if caps := c.client.Caps(); !caps.Has(imap.CapUIDPlus) && !caps.Has(imap.CapIMAP4rev2) {
		return false, ErrCannotRemove
	}
	c.selected = false // it is open for writing now: the next Select opens it anew
	var data *imap.SelectData
	err := c.do(ctx, "open folder", c.cfg.Timeout, smallAnswer, func() (err error) {
		data, err = c.client.Select(folder, nil).Wait()
		return err
	})
	switch {
	case err != nil:
		return false, err
	case data.UIDValidity != validity:
		return false, ErrRenumbered
	}
	found, err := c.fetch(ctx, []Item{it})
	if err != nil {
		return false, err
	}
	mail, here := found[it.UID]
	switch {
	case !here:
		return false, nil
	case !same(mail.Raw):
		return false, ErrOtherContent
	}
	set := imap.UIDSetNum(imap.UID(it.UID))
	err = c.do(ctx, "mark as deleted", c.cfg.Timeout, smallAnswer, func() error {
		return c.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
	})
	if err != nil {
		return false, err
	}
	err = c.do(ctx, "expunge", c.cfg.Timeout, smallAnswer, func() error { return c.client.UIDExpunge(set).Close() })
	return err == nil, err
}
