package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// ErrRenumbered: the folder's UIDs are no longer those that were asked about.
var ErrRenumbered = errors.New("folder was renumbered by the server")

// ErrCannotMove: the server has neither MOVE (RFC 6851) nor UIDPLUS (RFC 4315). Without them a mail
// could only leave its folder together with everything that people have marked as deleted there.
var ErrCannotMove = errors.New("server can move no single mail (neither MOVE nor UIDPLUS)")

// Moved is where mails went, as far as the server says.
type Moved struct {
	Folder      string // its name on the server
	UIDValidity uint32 // 0 when it does not say
	UIDs        map[uint32]uint32
}

// Move moves the mails of a folder with these UIDs to another folder, which is made when there is none.
// A "/" in its name stands for the server's own separator. Mails that are gone are left out. It is the
// only thing that changes anything on the server: what is cut short by a crash is done again; where the
// server knows no MOVE that may leave a second copy, never none.
func (c *Conn) Move(ctx context.Context, from string, validity uint32, uids []uint32, to string) (Moved, error) {
	to, exists, err := c.target(ctx, to)
	if err != nil {
		return Moved{}, err
	}
	if !exists {
		if err := c.do(ctx, "make folder", c.cfg.Timeout, smallAnswer, func() error { return c.client.Create(to, nil).Wait() }); err != nil {
			return Moved{}, err
		}
	}
	c.selected = false // it is open for writing now: the next Select opens it anew
	var data *imap.SelectData
	err = c.do(ctx, "open folder", c.cfg.Timeout, smallAnswer, func() (err error) {
		data, err = c.client.Select(from, nil).Wait()
		return err
	})
	switch {
	case err != nil:
		return Moved{}, err
	case data.UIDValidity != validity:
		return Moved{}, ErrRenumbered
	}
	set := imap.UIDSet{}
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	moved, err := c.transfer(ctx, set, to, smallAnswer+int64(len(uids))*lineBytes)
	moved.Folder = to
	return moved, err
}

// target gives the server's name of a folder, and whether there is one.
func (c *Conn) target(ctx context.Context, name string) (string, bool, error) {
	var boxes []*imap.ListData
	err := c.do(ctx, "list folders", c.cfg.Timeout, 16<<20, func() (err error) {
		boxes, err = c.client.List("", "*", nil).Collect()
		return err
	})
	if err != nil {
		return "", false, err
	}
	own := name
	for _, box := range boxes {
		if box.Delim != 0 && box.Delim != '/' {
			own = strings.ReplaceAll(name, "/", string(box.Delim))
		}
	}
	for _, want := range []string{name, own} {
		if slices.ContainsFunc(boxes, func(box *imap.ListData) bool { return sameFolder(box.Mailbox, want) && opens(box) }) {
			return want, true, nil
		}
	}
	return own, false, nil
}

// transfer moves mails of the open folder. The client's own way for servers without MOVE is not used:
// it deletes before it knows whether the copy was made.
func (c *Conn) transfer(ctx context.Context, set imap.UIDSet, to string, budget int64) (m Moved, err error) {
	if c.client.Caps().Has(imap.CapMove) || c.client.Caps().Has(imap.CapIMAP4rev2) {
		err = c.do(ctx, "move", c.patience(budget), budget, func() error {
			data, err := c.client.Move(set, to).Wait()
			if err == nil {
				m = moved(data.UIDValidity, data.SourceUIDs, data.DestUIDs)
			}
			return err
		})
		return m, err
	}
	if !c.client.Caps().Has(imap.CapUIDPlus) {
		return m, ErrCannotMove
	}
	err = c.do(ctx, "copy", c.patience(budget), budget, func() error {
		data, err := c.client.Copy(set, to).Wait()
		if err == nil {
			m = moved(data.UIDValidity, data.SourceUIDs, data.DestUIDs)
		}
		return err
	})
	if err != nil {
		return m, fmt.Errorf("move: %w", err)
	}
	err = c.do(ctx, "mark as deleted", c.cfg.Timeout, budget, func() error {
		return c.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
	})
	if err != nil {
		return m, err
	}
	err = c.do(ctx, "expunge", c.patience(budget), budget, func() error { return c.client.UIDExpunge(set).Close() })
	return m, err
}

// moved pairs the UIDs of COPYUID (RFC 4315 section 3).
func moved(validity uint32, from, to imap.NumSet) Moved {
	m := Moved{UIDValidity: validity, UIDs: map[uint32]uint32{}}
	source, ok1 := from.(imap.UIDSet)
	dest, ok2 := to.(imap.UIDSet)
	if !ok1 || !ok2 {
		return m
	}
	a, b := few(source), few(dest)
	if len(a) != len(b) {
		return m
	}
	for i := range a {
		m.UIDs[a[i]] = b[i]
	}
	return m
}

// few lists the UIDs of a set; none when a hostile answer spells very many.
func few(set imap.UIDSet) []uint32 {
	var out []uint32
	for _, r := range set {
		if r.Stop < r.Start || uint64(r.Stop-r.Start)+uint64(len(out)) > 10000 {
			return nil
		}
		for uid := uint64(r.Start); uid <= uint64(r.Stop); uid++ {
			out = append(out, uint32(uid))
		}
	}
	return out
}
