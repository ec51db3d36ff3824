package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/store"
)

const (
	folderLease = 45 * time.Second
	// A batch is bounded in bytes and in mails; a larger mail goes alone (DESIGN.md section 4).
	batchBytes = 8 << 20
	batchMails = 200
	// Mail older than this at the first start goes on the ledger without its content.
	reconnects  = 12 // in one round over one folder
	baselineAge = 90 * 24 * time.Hour
)

// Receive fetches what is new in every folder and keeps it. It gives the number of mails kept;
// a folder that fails does not stop the others, and the first error is returned.
func (p *Pipeline) Receive(ctx context.Context) (int, error) {
	conn, err := p.dialMailbox(ctx)
	if err != nil {
		return 0, fmt.Errorf("imap: %w", err)
	}
	defer func() { conn.Close() }()
	folders, first := conn.Folders(ctx)
	if first != nil {
		first = fmt.Errorf("imap folders: %w", first)
	}
	if err := errors.Join(p.noteJunk(ctx, folders), p.noteFolders(ctx, folders)); err != nil {
		return 0, err
	}
	total := 0
	for _, f := range folders {
		n, err := p.receiveFolder(ctx, conn, f)
		for again := 0; errors.Is(err, mailbox.ErrLost) && ctx.Err() == nil && again < reconnects; again++ {
			// Each new connection comes further: what broke the last one is looked for (trouble.go).
			conn.Close()
			if conn, err = p.dialMailbox(ctx); err != nil {
				return total, errors.Join(first, fmt.Errorf("imap: %w", err))
			}
			var more int
			more, err = p.receiveFolder(ctx, conn, f)
			total += more
		}
		total += n
		if errors.Is(err, store.ErrLeaseLost) {
			p.log.Warn("folder was taken over by another instance", "folder", f.Name)
			err = nil
		}
		if err != nil && first == nil {
			first = fmt.Errorf("folder %s: %w", f.Name, err)
		}
		if errors.Is(err, mailbox.ErrLost) {
			break
		}
	}
	return total, first
}

// metaJunk names the junk folder that is read, for the digest.
const metaJunk = "junk_folder"

func (p *Pipeline) noteJunk(ctx context.Context, folders []mailbox.Folder) error {
	for _, f := range folders {
		if f.Junk {
			_, err := p.store.SetMetaOnce(ctx, metaJunk, f.Name)
			return err
		}
	}
	return nil
}

// receiveFolder does one round over a folder, if this instance gets its lease.
func (p *Pipeline) receiveFolder(ctx context.Context, conn *mailbox.Conn, f mailbox.Folder) (int, error) {
	lease, got, err := p.store.Acquire(ctx, "folder/"+p.cfg.Account+"/"+f.Name, folderLease)
	if err != nil || !got {
		return 0, err
	}
	defer func() { _ = p.store.Release(context.WithoutCancel(ctx), lease) }()
	return p.fetchNew(ctx, conn, f, lease)
}

// fetchNew reads everything above the cursor, oldest first, and keeps each batch in one
// transaction that also moves the cursor and checks the lease.
func (p *Pipeline) fetchNew(ctx context.Context, conn *mailbox.Conn, f mailbox.Folder, lease store.Lease) (int, error) {
	status, err := conn.Select(ctx, f.Name)
	if err != nil {
		return 0, err
	}
	cur, err := p.store.Cursor(ctx, p.cfg.Account, f.Name)
	if err != nil {
		return 0, err
	}
	if cur.UIDValidity != status.UIDValidity { // new folder, or the server renumbered it (C26)
		if cur.UIDValidity != 0 {
			p.log.Warn("folder was renumbered by the server, reading it again", "folder", f.Name)
		}
		cur = store.Cursor{Account: p.cfg.Account, Folder: f.Name, UIDValidity: status.UIDValidity}
	} else if status.UIDNext != 0 && status.UIDNext <= cur.LastUID { // C28: the server was restored from a backup
		p.log.Error("folder counts fewer mails than were read, reading it again", "folder", f.Name)
		if err := p.store.UIDsReused(ctx, lease, cur, status.UIDNext); err != nil {
			return 0, err
		}
		cur.LastUID = 0
	}
	saved := 0
	if status.UIDNext == 0 || status.UIDNext > cur.LastUID+1 {
		if err := p.room(); err != nil {
			return 0, err
		}
		if saved, err = p.fetchAfter(ctx, conn, f, lease, &cur); err != nil {
			return saved, err
		}
	}
	return saved, p.store.Polled(ctx, lease, p.cfg.Account, f.Name, p.now())
}

func (p *Pipeline) fetchAfter(ctx context.Context, conn *mailbox.Conn, f mailbox.Folder, lease store.Lease, cur *store.Cursor) (int, error) {
	items, more, err := p.list(ctx, conn, f.Name, cur.LastUID)
	if err != nil {
		return 0, err
	}
	oldest, err := p.baseline(ctx)
	if err != nil {
		return 0, err
	}
	saved := 0
	for _, batch := range mailbox.Batches(items, batchBytes, p.trouble.atOnce(f.Name)) {
		if err := p.store.Renew(ctx, lease, folderLease); err != nil {
			return saved, err
		}
		in, upTo, err := p.fetchBatch(ctx, conn, f, cur.UIDValidity, batch, oldest)
		if err = p.trouble.judge(f.Name, err); err != nil {
			return saved, err
		}
		cur.LastUID = upTo
		n, err := p.store.SaveInbound(ctx, lease, in, *cur)
		if err != nil {
			return saved, err
		}
		saved += n
		if n > 0 {
			p.log.Info("mail kept", "folder", f.Name, "mails", n)
			nudge(p.nudgeWork)
		}
		if upTo != batch[len(batch)-1].UID {
			return saved, mailbox.ErrLost
		}
	}
	if more {
		n, err := p.fetchAfter(ctx, conn, f, lease, cur)
		return saved + n, err
	}
	return saved, nil
}

// fetchBatch reads the bodies of a batch and says up to which UID it came. Mail from before the
// baseline is listed only.
func (p *Pipeline) fetchBatch(ctx context.Context, conn *mailbox.Conn, f mailbox.Folder, validity uint32, batch []mailbox.Item, oldest time.Time) (in []store.Inbound, upTo uint32, err error) {
	var wanted []mailbox.Item
	entry := func(it mailbox.Item) store.Inbound {
		return store.Inbound{
			Location:   store.Location{Account: p.cfg.Account, Folder: f.Name, UIDValidity: validity, UID: it.UID},
			ReceivedAt: p.receipt(it.InternalDate), Size: it.Size, Junk: f.Junk,
		}
	}
	sizes := map[uint32]mailbox.Item{}
	for _, it := range batch {
		if !it.InternalDate.IsZero() && it.InternalDate.Before(oldest) { // a mail without a date is read
			e := entry(it)
			e.Baseline = true
			in = append(in, e)
			continue
		}
		wanted, sizes[it.UID] = append(wanted, it), it
	}
	keep := func(m mailbox.Mail) error {
		e := entry(sizes[m.UID])
		e.Raw, e.Partial = m.Raw, m.Partial
		if sizes[m.UID].InternalDate.IsZero() {
			e.ReceivedAt = p.receipt(receivedField(m.Raw))
		}
		in = append(in, e)
		return nil
	}
	for {
		err := conn.Fetch(ctx, wanted, keep)
		var poison *mailbox.PoisonError
		if !errors.As(err, &poison) || !p.trouble.toBlame(f.Name, poison) {
			return in, batch[len(batch)-1].UID, err
		}
		p.log.Error("a mail cannot be fetched and goes to a person", "folder", f.Name, "uid", poison.UID, "err", poison.Err)
		e := entry(sizes[poison.UID])
		e.Raw, e.Partial = placeholder(e), true
		in = append(in, e)
		wanted = after(wanted, poison.UID)
		if errors.Is(err, mailbox.ErrLost) {
			return before(in, poison.UID), poison.UID, nil // the rest comes over a new connection
		}
	}
}

// before drops what was listed behind uid.
func before(in []store.Inbound, uid uint32) []store.Inbound {
	return slices.DeleteFunc(in, func(e store.Inbound) bool { return e.UID > uid })
}

// receipt is the server's INTERNALDATE; a clock that runs ahead is cut to now (CASES C56, C70).
func (p *Pipeline) receipt(at time.Time) time.Time {
	if now := p.now(); at.IsZero() || at.After(now.Add(time.Hour)) {
		return now.UTC()
	}
	return at.UTC()
}

// firstStart is when this database was first used, the same for all instances and restarts.
func (p *Pipeline) firstStart(ctx context.Context) (time.Time, error) {
	kept, err := p.store.SetMetaOnce(ctx, "first_start", p.now().UTC().Format(time.RFC3339))
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, kept)
}

// baseline is the receipt time before which mail is listed but not read.
func (p *Pipeline) baseline(ctx context.Context) (time.Time, error) {
	if p.answersAll() {
		return time.Time{}, nil
	}
	start, err := p.firstStart(ctx)
	if err != nil {
		return time.Time{}, err
	}
	oldest := start.Add(-baselineAge)
	if since := p.cfg.AnswerSinceDate; !since.IsZero() && since.Before(oldest) {
		oldest = since
	}
	return oldest, nil
}

func (p *Pipeline) answersAll() bool { return p.cfg.AnswerSince < 0 && p.cfg.AnswerSinceDate.IsZero() }

// holdBefore is the receipt time before which letters wait for approval: after the first start, and
// after a restored backup, because what was received before it may have been answered already by the
// rows that are lost (CASES C63).
func (p *Pipeline) holdBefore(ctx context.Context) (time.Time, error) {
	first, err := p.holdAtStart(ctx)
	if err != nil {
		return first, err
	}
	restored, err := p.store.RestoredAt(ctx)
	if restored.After(first) {
		first = restored
	}
	return first, err
}

func (p *Pipeline) holdAtStart(ctx context.Context) (time.Time, error) {
	switch {
	case p.answersAll():
		return time.Time{}, nil
	case !p.cfg.AnswerSinceDate.IsZero():
		return p.cfg.AnswerSinceDate, nil
	}
	start, err := p.firstStart(ctx)
	return start.Add(-p.cfg.AnswerSince), err
}
