package pipeline

import (
	"bytes"
	"context"
	"errors"
	"net/mail"
	"strings"
	"time"

	"privacybot/ingest/mailbox"
)

// list gives what is new in the open folder, and whether there is more behind it.
//
// One INTERNALDATE that nobody can read breaks the whole listing and with it the connection. Then the
// mails are listed without dates, and each date is asked for alone; a mail whose date breaks the
// connection twice is taken without it.
func (p *Pipeline) list(ctx context.Context, conn *mailbox.Conn, folder string, after uint32) (items []mailbox.Item, more bool, err error) {
	if !p.trouble.careful(folder) {
		items, err = conn.Sizes(ctx, after)
		if errors.Is(err, mailbox.ErrLost) {
			p.trouble.beCareful(folder)
		}
		return items, false, err
	}
	if items, err = conn.Undated(ctx, after); err != nil {
		return nil, false, err
	}
	if len(items) > batchMails {
		items, more = items[:batchMails], true
	}
	for i := range items {
		uid := items[i].UID
		if p.trouble.dateless(folder, uid) {
			p.log.Error("the server gives a mail a receipt time that cannot be read; that of its header counts", "folder", folder, "uid", uid)
			continue
		}
		if items[i].InternalDate, err = conn.Date(ctx, uid); err != nil {
			if errors.Is(err, mailbox.ErrLost) {
				p.trouble.blameDate(folder, uid)
			}
			return nil, false, err
		}
	}
	if !more {
		p.trouble.calm(folder)
	}
	return items, more, nil
}

// receivedField is when the last server on the way took the mail (RFC 5321 4.4); zero when it does not say.
func receivedField(raw []byte) time.Time {
	head, _, _ := bytes.Cut(raw[:min(len(raw), 64<<10)], []byte("\r\n\r\n"))
	m, err := mail.ReadMessage(bytes.NewReader(append(bytes.Clone(head), "\r\n\r\n"...)))
	if err != nil {
		return time.Time{}
	}
	field := m.Header.Get("Received")
	at, err := mail.ParseDate(strings.TrimSpace(field[strings.LastIndexByte(field, ';')+1:]))
	if err != nil {
		return time.Time{}
	}
	return at
}
