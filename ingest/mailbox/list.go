package mailbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Item is one mail of the open folder, before its bytes are fetched.
type Item struct {
	UID          uint32
	Size         int64     // RFC822.SIZE as the server announces it
	InternalDate time.Time // when the server received the mail; zero when it does not say
}

var errNotSelected = errors.New("no folder is open")

const (
	lineBytes = 512     // what a server may spend on one line of a listing
	listLimit = 1 << 30 // bytes of the longest listing
)

// Sizes lists the mails of the open folder with a UID above after, ascending. When the folder's
// UIDNEXT says that there are none, the server is not asked.
func (c *Conn) Sizes(ctx context.Context, after uint32) ([]Item, error) {
	return c.list(ctx, after, true)
}

// Undated is [Conn.Sizes] without the dates: one that cannot be read would break the connection.
func (c *Conn) Undated(ctx context.Context, after uint32) ([]Item, error) {
	return c.list(ctx, after, false)
}

// Date asks for the INTERNALDATE of one mail; zero when the mail is gone.
func (c *Conn) Date(ctx context.Context, uid uint32) (at time.Time, err error) {
	if !c.selected {
		return at, errNotSelected
	}
	err = c.do(ctx, "look for a date", c.cfg.Timeout, smallAnswer, func() error {
		cmd := c.client.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true, InternalDate: true})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			for data := msg.Next(); data != nil; data = msg.Next() {
				if date, ok := data.(imapDate); ok {
					at = date.Time
				}
			}
		}
		return cmd.Close()
	})
	return at, err
}

func (c *Conn) list(ctx context.Context, after uint32, dates bool) ([]Item, error) {
	if !c.selected {
		return nil, errNotSelected
	}
	messages, grown := c.messages()
	if after == math.MaxUint32 || !grown && (messages == 0 || c.status.UIDNext != 0 && after >= c.status.UIDNext-1) {
		return nil, nil
	}
	var items []Item
	err := c.do(ctx, "list mails", c.patience(int64(messages)*lineBytes), c.listing(messages), func() error {
		items = items[:0]
		cmd := c.client.Fetch(imap.UIDSet{{Start: imap.UID(after + 1)}}, &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: dates})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			var it Item
			for data := msg.Next(); data != nil; data = msg.Next() {
				switch data := data.(type) {
				case imapUID:
					it.UID = uint32(data.UID)
				case imapSize:
					it.Size = data.Size
				case imapDate:
					it.InternalDate = data.Time
				}
			}
			// The range n:* always holds the last mail, even when that is below n (RFC 9051 6.4.9, CASES C30).
			if it.UID > after {
				items = append(items, it)
			}
		}
		return cmd.Close()
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.UID, b.UID) })
	return slices.CompactFunc(items, func(a, b Item) bool { return a.UID == b.UID }), nil
}

// UIDs opens a folder and gives the UIDs of all its mails, ascending, and their UIDVALIDITY.
func (c *Conn) UIDs(ctx context.Context, folder string) ([]uint32, uint32, error) {
	status, err := c.Select(ctx, folder)
	if err != nil {
		return nil, 0, err
	}
	if status.Messages == 0 {
		return nil, status.UIDValidity, nil
	}
	var data *imap.SearchData
	err = c.do(ctx, "search", c.patience(int64(status.Messages)*lineBytes), c.listing(status.Messages), func() (err error) {
		data, err = c.client.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	ranges, _ := data.All.(imap.UIDSet)
	messages, _ := c.messages()
	var uids []uint32
	for _, r := range ranges {
		// A hostile answer can spell four thousand million UIDs in a few bytes.
		if r.Start == 0 || r.Stop < r.Start || uint64(r.Stop-r.Start) > uint64(messages)+1000 {
			return nil, 0, fmt.Errorf("search: server names more mails than the folder holds")
		}
		for uid := uint64(r.Start); uid <= uint64(r.Stop); uid++ {
			uids = append(uids, uint32(uid))
		}
	}
	slices.Sort(uids)
	return slices.Compact(uids), status.UIDValidity, nil
}

// listing is the byte budget for a listing of n mails.
func (c *Conn) listing(n uint32) int64 { return min(smallAnswer+int64(n)*lineBytes, listLimit) }

// patience is how long a command may take whose answer has so many bytes: the ordinary limit and
// what 8 KiB a second needs, so that a slow line gets through and a dripping server does not hold us.
func (c *Conn) patience(bytes int64) time.Duration {
	return c.cfg.Timeout + time.Duration(bytes/(8<<10))*time.Second
}

// Batches cuts items, in their order, into batches of at most maxBytes announced bytes and maxCount
// mails; a larger mail is a batch of its own. Limits of 0 or less do not limit.
func Batches(items []Item, maxBytes int64, maxCount int) [][]Item {
	var out [][]Item
	start, bytes := 0, int64(0)
	for i, it := range items {
		full := maxBytes > 0 && bytes+it.Size > maxBytes || maxCount > 0 && i-start >= maxCount
		if i > start && full {
			out = append(out, items[start:i:i])
			start, bytes = i, 0
		}
		bytes += it.Size
	}
	if start < len(items) {
		out = append(out, items[start:])
	}
	return out
}
