package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// The few items that are ever asked for. ENVELOPE, BODYSTRUCTURE and provider extensions are left
// alone: one odd value in them ends the whole connection in the client's parser.
type (
	imapUID  = imapclient.FetchItemDataUID
	imapSize = imapclient.FetchItemDataRFC822Size
	imapDate = imapclient.FetchItemDataInternalDate
	imapBody = imapclient.FetchItemDataBodySection
)

const (
	// PartialBytes is how much is fetched of a mail that is larger than Config.MaxMailSize.
	PartialBytes = 1 << 20

	fetchCount = 500 // mails in one command
)

// Mail is one mail as the server keeps it.
type Mail struct {
	UID          uint32
	InternalDate time.Time
	Raw          []byte // belongs to the receiver
	Partial      bool   // only the first PartialBytes bytes of a mail that is too large
}

// Fetch reads the bytes of items, all of the open folder, and gives each complete mail to fn in their order.
// Not more than Config.BatchBytes are asked for in one command, and fn hears of a mail only after the
// command's tagged OK. An error of fn ends Fetch and is returned as it is.
//
// A mail that is gone from the server is left out. One that is there but cannot be read is a
// [PoisonError]: everything before it was given to fn and nothing behind it; go on with the
// items behind it. When an answer to several mails breaks the connection the error is [ErrLost], as
// any of them may have done it.
func (c *Conn) Fetch(ctx context.Context, items []Item, fn func(Mail) error) error {
	if !c.selected {
		return errNotSelected
	}
	for _, run := range c.runs(items) {
		for _, batch := range Batches(run, c.cfg.BatchBytes, fetchCount) {
			if err := c.fetchBatch(ctx, batch, fn); err != nil {
				return err
			}
		}
	}
	return nil
}

// runs cuts items where mail of ordinary size and mail that is too large meet: the two are asked
// for differently.
func (c *Conn) runs(items []Item) [][]Item {
	var out [][]Item
	start := 0
	for i := range items {
		if i > start && (c.partial(items[i]) || c.partial(items[i-1])) {
			out = append(out, items[start:i])
			start = i
		}
	}
	if start < len(items) {
		out = append(out, items[start:])
	}
	return out
}

func (c *Conn) partial(it Item) bool { return it.Size > c.cfg.MaxMailSize }

// fetchBatch fetches one batch and, where the server leaves mails out or refuses it, each mail on
// its own.
func (c *Conn) fetchBatch(ctx context.Context, batch []Item, fn func(Mail) error) error {
	mails, err := c.fetch(ctx, batch)
	switch {
	case err != nil && len(batch) == 1:
		return c.judge(ctx, batch[0], err)
	case refused(err):
		mails = nil
	case err != nil:
		return err
	}
	for _, it := range batch {
		mail, ok := mails[it.UID]
		if !ok {
			again, err := c.fetch(ctx, []Item{it})
			if mail, ok = again[it.UID]; err != nil || !ok {
				if err := c.judge(ctx, it, err); err != nil {
					return err
				}
				continue
			}
		}
		if err := fn(mail); err != nil {
			return err
		}
	}
	return nil
}

// judge says what became of a mail that did not arrive when asked for alone: nil when it is gone
// from the server, else its error.
func (c *Conn) judge(ctx context.Context, it Item, err error) error {
	switch {
	case ctx.Err() != nil:
		return err
	case err == nil:
		err = errNoBody
	case errors.Is(err, ErrLost):
		return &PoisonError{UID: it.UID, Err: err}
	}
	if busy(err) {
		return err
	}
	there, lookErr := c.exist(ctx, it.UID)
	if lookErr != nil {
		return lookErr
	}
	if !there {
		return nil // expunged or moved between listing and fetching (CASES C31)
	}
	return &PoisonError{UID: it.UID, Err: err}
}

// exist asks whether a mail is still in the folder. NOOP first lets the server forget mails that
// others removed, which some keep listing to us until then.
func (c *Conn) exist(ctx context.Context, uid uint32) (there bool, err error) {
	err = c.do(ctx, "look for mail", c.cfg.Timeout, smallAnswer, func() error {
		if err := c.client.Noop().Wait(); err != nil {
			return err
		}
		found, err := c.client.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true}).Collect()
		there = len(found) > 0
		return err
	})
	return there, err
}

// fetch runs one FETCH, the only one in flight: the client can deadlock on two. It gives what
// arrived in full.
func (c *Conn) fetch(ctx context.Context, batch []Item) (map[uint32]Mail, error) {
	section := &imap.FetchItemBodySection{Peek: true}
	partial := len(batch) == 1 && c.partial(batch[0])
	if partial {
		section.Partial = &imap.SectionPartial{Offset: 0, Size: PartialBytes}
	}
	wanted := make(map[uint32]Item, len(batch))
	set := imap.UIDSet{}
	bytes := int64(0)
	for _, it := range batch {
		wanted[it.UID] = it
		set.AddNum(imap.UID(it.UID))
		bytes += c.largest(it)
	}
	mails := make(map[uint32]Mail, len(batch))
	err := c.do(ctx, "fetch", c.patience(bytes), smallAnswer+bytes+int64(len(batch))*lineBytes, func() error {
		cmd := c.client.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			mail, complete, err := c.read(msg, wanted)
			if err != nil {
				return err // the connection is given up: reading on would race with the client
			}
			if complete {
				mail.Partial = partial
				mails[mail.UID] = mail
			}
		}
		return cmd.Close()
	})
	if err != nil {
		return nil, err
	}
	return mails, nil
}

// largest is how many bytes are accepted for a mail: servers that convert mail on the way out
// announce its size by estimate.
func (c *Conn) largest(it Item) int64 {
	switch {
	case c.partial(it):
		return PartialBytes
	case it.Size <= 0:
		return c.cfg.MaxMailSize
	}
	return min(2*it.Size+64<<10, c.cfg.MaxMailSize+64<<10)
}

// read takes one mail off the wire. It is complete when the UID was asked for and all announced
// bytes of a body came. After an error nothing more may be read from the message.
func (c *Conn) read(msg *imapclient.FetchMessageData, wanted map[uint32]Item) (mail Mail, complete bool, err error) {
	var it Item
	for data := msg.Next(); data != nil; data = msg.Next() {
		switch data := data.(type) {
		case imapUID:
			it = wanted[uint32(data.UID)]
		case imapBody:
			if data.Literal == nil {
				continue // NIL: some servers have a mail but not its body
			}
			if it.UID == 0 || data.Literal.Size() > c.largest(it) {
				c.guard.Close()
				io.Copy(io.Discard, data.Literal) // until the closed connection says so
				return Mail{}, false, errTooLarge
			}
			raw, err := readLiteral(data.Literal)
			if err != nil {
				return Mail{}, false, err
			}
			mail = Mail{UID: it.UID, InternalDate: it.InternalDate, Raw: raw}
			complete = len(raw) > 0 || it.Size == 0
		}
	}
	return mail, complete, nil
}

// readLiteral reads a literal to its announced end. A connection that breaks in the middle looks
// like an ordinary end to the client's reader, so the length decides (CASES M3).
func readLiteral(literal imap.LiteralReader) ([]byte, error) {
	raw := make([]byte, literal.Size())
	n, err := io.ReadFull(literal, raw)
	if err != nil && literal.Size() > 0 {
		return nil, fmt.Errorf("%d of %d bytes arrived: %w", n, len(raw), io.ErrUnexpectedEOF)
	}
	// One more read lets the client see the end of the literal and go on.
	if _, err := literal.Read(make([]byte, 1)); err != io.EOF {
		return nil, fmt.Errorf("end of literal: %w", err)
	}
	return raw, nil
}
