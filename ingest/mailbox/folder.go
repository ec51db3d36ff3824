package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Folder is one folder to read.
type Folder struct {
	Name string // decoded, as [Conn.Select] takes it
	Junk bool   // the server, or its well-known name, says that it holds junk (RFC 6154 \Junk)
}

// junkNames are last parts of names that servers without SPECIAL-USE give the junk folder.
var junkNames = []string{"junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk"}

// Folders gives the folders to read, in their configured order (INBOX when none is): all of them
// should exist, else the error is [ErrNoFolder] and names the ones that do not, beside the folders
// that can be read (C35). The junk folder, if there is one, is read as well: a request that landed
// there was received (CASES C34).
func (c *Conn) Folders(ctx context.Context) ([]Folder, error) {
	var boxes []*imap.ListData
	err := c.do(ctx, "list folders", c.cfg.Timeout, 16<<20, func() (err error) {
		var opts *imap.ListOptions
		caps := c.client.Caps()
		if caps.Has(imap.CapSpecialUse) && (caps.Has(imap.CapListExtended) || caps.Has(imap.CapIMAP4rev2)) {
			opts = &imap.ListOptions{ReturnSpecialUse: true}
		}
		boxes, err = c.client.List("", "*", opts).Collect()
		return err
	})
	if err != nil {
		return nil, err
	}
	junk := junkFolder(boxes)
	if len(c.cfg.Folders) == 0 {
		folders := []Folder{{Name: "INBOX"}}
		if junk != "" {
			folders = append(folders, Folder{Name: junk, Junk: true})
		}
		return folders, nil
	}
	var folders []Folder
	var missing []string
	for _, name := range c.cfg.Folders {
		i := slices.IndexFunc(boxes, func(box *imap.ListData) bool { return sameFolder(box.Mailbox, name) && opens(box) })
		if i < 0 {
			missing = append(missing, name)
			continue
		}
		folders = append(folders, Folder{Name: boxes[i].Mailbox, Junk: boxes[i].Mailbox == junk || slices.Contains(boxes[i].Attrs, imap.MailboxAttrJunk)})
	}
	if junk != "" && !slices.ContainsFunc(folders, func(f Folder) bool { return f.Junk }) {
		folders = append(folders, Folder{Name: junk, Junk: true})
	}
	if len(missing) > 0 {
		return folders, fmt.Errorf("%w on the server: %s", ErrNoFolder, strings.Join(missing, ", "))
	}
	return folders, nil
}

// sameFolder compares names; only INBOX is the same in any case (RFC 3501 5.1).
func sameFolder(a, b string) bool {
	return a == b || strings.EqualFold(a, "INBOX") && strings.EqualFold(b, "INBOX")
}

// opens reports whether a listed folder can hold mail.
func opens(box *imap.ListData) bool {
	return !slices.Contains(box.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(box.Attrs, imap.MailboxAttrNonExistent)
}

// junkFolder finds the junk folder by its attribute, else by a well-known name at the top or right
// below INBOX; "" when there is none.
func junkFolder(boxes []*imap.ListData) string {
	for _, box := range boxes {
		if slices.Contains(box.Attrs, imap.MailboxAttrJunk) && opens(box) {
			return box.Mailbox
		}
	}
	for _, known := range junkNames {
		for _, box := range boxes {
			name := strings.ToLower(box.Mailbox)
			if box.Delim != 0 {
				name = strings.TrimPrefix(name, "inbox"+string(box.Delim))
				name = strings.TrimPrefix(name, "[gmail]"+string(box.Delim))
			}
			if name == known && opens(box) {
				return box.Mailbox
			}
		}
	}
	return ""
}

// Status is what the server says about a folder when it is opened.
type Status struct {
	UIDValidity uint32 // never 0
	UIDNext     uint32 // 0 when the server does not say
	Messages    uint32
}

// reopenAfter is how long a folder stays open before it is opened anew although nothing was announced,
// in case the server forgot to.
const reopenAfter = 10 * time.Minute

// Select opens a folder for reading only (EXAMINE). It also is the way to look again at the folder
// that is open, which is cheap however large it is: the server is asked for news first, and without
// any the folder stays as it is; a server may not change the UIDVALIDITY of an open folder. The error is [ErrNoUIDValidity] when mail in the folder cannot be named, and
// [ErrNoFolder] when the server will not open it (CASES C27, C35).
func (c *Conn) Select(ctx context.Context, folder string) (Status, error) {
	if c.selected && folder == c.folder && time.Since(c.opened) < reopenAfter {
		if err := c.do(ctx, "look for news", c.cfg.Timeout, smallAnswer, func() error { return c.client.Noop().Wait() }); err != nil {
			return Status{}, err
		}
		if n, grown := c.messages(); !grown {
			c.status.Messages = n
			return c.status, nil
		}
	}
	c.selected = false
	c.mu.Lock()
	c.count, c.grown = 0, false // whatever is announced from here on counts
	c.mu.Unlock()
	select {
	case <-c.changed:
	default:
	}
	var data *imap.SelectData
	err := c.do(ctx, "open folder", c.cfg.Timeout, smallAnswer, func() (err error) {
		data, err = c.client.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
		return err
	})
	if refused(err) && !busy(err) {
		return Status{}, fmt.Errorf("%w: %w", ErrNoFolder, err)
	}
	if err != nil {
		return Status{}, err
	}
	if data.UIDValidity == 0 {
		return Status{}, ErrNoUIDValidity
	}
	c.mu.Lock()
	c.count = data.NumMessages
	c.mu.Unlock()
	c.selected, c.folder, c.opened = true, folder, time.Now()
	c.status = Status{UIDValidity: data.UIDValidity, UIDNext: uint32(data.UIDNext), Messages: data.NumMessages}
	return c.status, nil
}

// exists takes the server's announcement of how many mails there are. It runs on the client's
// reading goroutine and must not block. Some servers repeat the number without any new mail.
func (c *Conn) exists(n uint32) {
	c.mu.Lock()
	more := n > c.count
	c.count = n
	c.grown = c.grown || more
	c.mu.Unlock()
	if more {
		select {
		case c.changed <- struct{}{}:
		default:
		}
	}
}

// expunged takes the announcement that a mail is gone.
func (c *Conn) expunged() {
	c.mu.Lock()
	if c.count > 0 {
		c.count--
	}
	c.mu.Unlock()
}

// messages is the number of mails as last told, and whether it grew since the folder was opened.
func (c *Conn) messages() (n uint32, grown bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count, c.grown
}
