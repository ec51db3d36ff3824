package pipeline

import (
	"context"
	"fmt"
	"sort"

	"privacybot/store"
)

// Ledger is every location we know beside what the server holds now.
type Ledger struct {
	Rows     []store.LedgerRow
	OnServer map[string]int   // mails per folder on the server
	Missing  []store.Location // on the server, not on the ledger: would be lost
	Overdue  []store.Location // those of Missing that are no new mail: reading has passed them by
	Unknown  []store.Location // on the ledger, no longer on the server: moved or deleted there
}

// Agrees reports whether every mail on the server is on the ledger.
func (l Ledger) Agrees() bool { return len(l.Missing) == 0 }

// Ledger compares the ledger with the server, mail by mail. A mail that left the server is
// listed as unknown there and is no fault: people move and delete mail.
func (p *Pipeline) Ledger(ctx context.Context) (Ledger, error) {
	l := Ledger{OnServer: map[string]int{}}
	known := map[store.Location]bool{}
	err := p.store.Ledger(ctx, func(r store.LedgerRow) error {
		l.Rows = append(l.Rows, r)
		known[r.Location] = true
		return nil
	})
	if err != nil {
		return l, err
	}
	here, err := p.onServer(ctx, &l)
	if err != nil {
		return l, err
	}
	for loc := range here {
		if !known[loc] {
			l.Missing = append(l.Missing, loc)
		}
	}
	for loc := range known {
		if !here[loc] {
			l.Unknown = append(l.Unknown, loc)
		}
	}
	sortLocations(l.Missing)
	for _, loc := range l.Missing {
		cur, err := p.store.Cursor(ctx, loc.Account, loc.Folder)
		if err != nil {
			return l, err
		}
		if cur.UIDValidity != loc.UIDValidity || loc.UID <= cur.LastUID {
			l.Overdue = append(l.Overdue, loc)
		}
	}
	sortLocations(l.Unknown)
	return l, nil
}

func (p *Pipeline) onServer(ctx context.Context, l *Ledger) (map[store.Location]bool, error) {
	conn, err := p.dialMailbox(ctx)
	if err != nil {
		return nil, fmt.Errorf("imap: %w", err)
	}
	defer conn.Close()
	folders, err := conn.Folders(ctx)
	if err != nil {
		return nil, fmt.Errorf("imap folders: %w", err)
	}
	here := map[store.Location]bool{}
	for _, f := range folders {
		uids, validity, err := conn.UIDs(ctx, f.Name)
		if err != nil {
			return nil, fmt.Errorf("folder %s: %w", f.Name, err)
		}
		l.OnServer[f.Name] = len(uids)
		for _, uid := range uids {
			here[store.Location{Account: p.cfg.Account, Folder: f.Name, UIDValidity: validity, UID: uid}] = true
		}
	}
	return here, nil
}

func sortLocations(ls []store.Location) {
	sort.Slice(ls, func(i, j int) bool {
		a, b := ls[i], ls[j]
		if a.Folder != b.Folder {
			return a.Folder < b.Folder
		}
		if a.UIDValidity != b.UIDValidity {
			return a.UIDValidity < b.UIDValidity
		}
		return a.UID < b.UID
	})
}
