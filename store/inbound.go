package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"privacybot/ticket"
)

// Location is where a mail was seen. RFC 9051 2.3.1.1: it names one message for ever.
type Location struct {
	Account, Folder  string
	UIDValidity, UID uint32
}

// Inbound is one mail as it was fetched.
type Inbound struct {
	Location
	ReceivedAt time.Time // INTERNALDATE
	Raw        []byte
	Size       int64 // RFC822.SIZE; larger than Raw when Partial
	Junk       bool  // seen in the junk folder
	Partial    bool  // too large: Raw is only its beginning
	Baseline   bool  // older than what is taken in: only the location is kept, Raw is ignored
}

// Cursor is how far a folder was read.
type Cursor struct {
	Account, Folder      string
	UIDValidity, LastUID uint32
	PolledAt             time.Time // last successful look, zero = never
}

type cursorRow struct {
	Account     string `gorm:"primaryKey"`
	Folder      string `gorm:"primaryKey"`
	UIDValidity uint32 `gorm:"column:uidvalidity"`
	LastUID     uint32 `gorm:"column:last_uid"`
	PolledAt    *int64
}

func (cursorRow) TableName() string { return "cursors" }

type locationRow struct {
	Account     string `gorm:"primaryKey"`
	Folder      string `gorm:"primaryKey"`
	UIDValidity uint32 `gorm:"primaryKey;column:uidvalidity;autoIncrement:false"`
	UID         uint32 `gorm:"primaryKey;column:uid;autoIncrement:false"`
	MailID      *int64
	ReceivedAt  int64
	Duplicate   bool
	SavedAt     int64
}

func (locationRow) TableName() string { return "locations" }

// Cursor gives how far the folder was read; only Account and Folder are set when it never was.
func (s *Store) Cursor(ctx context.Context, account, folder string) (Cursor, error) {
	var rows []cursorRow
	err := s.db.WithContext(ctx).Where("account = ? AND folder = ?", account, folder).Find(&rows).Error
	if err != nil {
		return Cursor{}, fmt.Errorf("read cursor: %w", err)
	}
	c := Cursor{Account: account, Folder: folder}
	for _, r := range rows {
		c.UIDValidity, c.LastUID, c.PolledAt = r.UIDValidity, r.LastUID, fromNullable(r.PolledAt)
	}
	return c, nil
}

// SaveInbound keeps a batch of mails and the cursor behind them in one transaction, fenced by l,
// and returns when it is durable. saved counts locations that were not known yet.
//
// It can be repeated: a known location is left as it is. Content that was seen elsewhere, or
// twice in the batch, gets a location flagged as duplicate and no second mail.
func (s *Store) SaveInbound(ctx context.Context, l Lease, in []Inbound, c Cursor) (saved int, err error) {
	err = s.write(ctx, func(db *gorm.DB) error {
		saved = 0
		if err := s.fence(db, l); err != nil {
			return err
		}
		batch, err := s.unknown(db, in)
		if err != nil {
			return err
		}
		for part := range chunks(batch) {
			if err := s.saveMails(db, part); err != nil {
				return err
			}
			saved += len(part)
		}
		row := cursorRow{Account: c.Account, Folder: c.Folder, UIDValidity: c.UIDValidity, LastUID: c.LastUID, PolledAt: microsOrNull(c.PolledAt)}
		return db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
	if err != nil {
		return 0, fmt.Errorf("save inbound mail: %w", err)
	}
	return saved, nil
}

// UIDsReused notes that the server of the folder of c will use UIDs from next on a second time, as it does
// after it was restored from a backup: what is on the ledger there no longer lies there, and must not hide
// the mails to come. Those places stay on the ledger under UIDVALIDITY 0, which no server has (CASES C28).
func (s *Store) UIDsReused(ctx context.Context, l Lease, c Cursor, next uint32) error {
	err := s.write(ctx, func(db *gorm.DB) error {
		if err := s.fence(db, l); err != nil {
			return err
		}
		const these = " FROM locations WHERE account = ? AND folder = ? AND uidvalidity = ? AND uid >= ?"
		where := []any{c.Account, c.Folder, c.UIDValidity, next}
		err := db.Exec(`INSERT INTO locations (account, folder, uidvalidity, uid, mail_id, received_at, duplicate, saved_at)
			SELECT account, folder, 0, uid, mail_id, received_at, duplicate, saved_at`+these+" ON CONFLICT DO NOTHING", where...).Error
		if err == nil {
			err = db.Exec("DELETE"+these, where...).Error
		}
		if err == nil {
			err = db.Exec("UPDATE cursors SET last_uid = 0 WHERE account = ? AND folder = ? AND uidvalidity = ?", c.Account, c.Folder, c.UIDValidity).Error
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("note reused uids: %w", err)
	}
	return nil
}

// Rewind sets a folder back so that it is read again from the mail at l on.
func (s *Store) Rewind(ctx context.Context, l Location) error {
	err := s.write(ctx, func(db *gorm.DB) error {
		return db.Exec("UPDATE cursors SET last_uid = ? WHERE account = ? AND folder = ? AND uidvalidity = ? AND last_uid >= ?",
			l.UID-1, l.Account, l.Folder, l.UIDValidity, l.UID).Error
	})
	if err != nil {
		return fmt.Errorf("set folder back: %w", err)
	}
	return nil
}

// Polled notes that the folder was looked at successfully, whether or not there was anything.
func (s *Store) Polled(ctx context.Context, l Lease, account, folder string, at time.Time) error {
	err := s.write(ctx, func(db *gorm.DB) error {
		if err := s.fence(db, l); err != nil {
			return err
		}
		row := cursorRow{Account: account, Folder: folder, PolledAt: microsOrNull(at)}
		return db.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "account"}, {Name: "folder"}},
			DoUpdates: clause.AssignmentColumns([]string{"polled_at"}),
		}).Create(&row).Error
	})
	if err != nil {
		return fmt.Errorf("note poll: %w", err)
	}
	return nil
}

// chunk bounds the values of one statement: SQLite takes 32,766 of them.
const chunk = 500

func chunks[T any](all []T) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(all) > 0 {
			n := min(chunk, len(all))
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// unknown gives those of in whose locations are not on the ledger, each location once.
func (s *Store) unknown(db *gorm.DB, in []Inbound) ([]Inbound, error) {
	type place struct {
		account, folder string
		uidvalidity     uint32
	}
	uids := map[place][]uint32{}
	for _, m := range in {
		p := place{m.Account, m.Folder, m.UIDValidity}
		uids[p] = append(uids[p], m.UID)
	}
	seen := map[Location]bool{}
	for p, all := range uids {
		for part := range chunks(all) {
			var known []uint32
			err := db.Model(&locationRow{}).Where("account = ? AND folder = ? AND uidvalidity = ? AND uid IN ?",
				p.account, p.folder, p.uidvalidity, part).Pluck("uid", &known).Error
			if err != nil {
				return nil, err
			}
			for _, uid := range known {
				seen[Location{p.account, p.folder, p.uidvalidity, uid}] = true
			}
		}
	}
	var out []Inbound
	for _, m := range in {
		if !seen[m.Location] {
			seen[m.Location] = true
			out = append(out, m)
		}
	}
	return out, nil
}

// saveMails writes one chunk of new locations and the contents among them that are new.
func (s *Store) saveMails(db *gorm.DB, in []Inbound) error {
	hashes := make([]string, len(in)) // "" for a baseline
	var all [][]byte
	for i, m := range in {
		if !m.Baseline {
			h := s.contentHash(m)
			hashes[i], all = string(h), append(all, h)
		}
	}
	ids, err := mailIDs(db, all)
	if err != nil {
		return err
	}
	var fresh []newMail
	first := map[string]bool{}
	for i, m := range in {
		if _, known := ids[hashes[i]]; !m.Baseline && !known && !first[hashes[i]] {
			first[hashes[i]] = true
			fresh = append(fresh, newMail{m, hashes[i]})
		}
	}
	if err := s.insertMails(db, fresh, ids); err != nil {
		return err
	}
	rows := make([]locationRow, len(in))
	for i, m := range in {
		rows[i] = locationRow{Account: m.Account, Folder: m.Folder, UIDValidity: m.UIDValidity, UID: m.UID,
			ReceivedAt: micros(m.ReceivedAt), SavedAt: micros(s.now())}
		if id, ok := ids[hashes[i]]; ok {
			rows[i].MailID = &id
			rows[i].Duplicate = !first[hashes[i]]
			first[hashes[i]] = false // the second of the same content within the batch
		}
	}
	return db.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
}

// contentHash recognises the same bytes at another place. Of a partial mail the true size counts
// too, because two large mails may begin alike.
func (s *Store) contentHash(m Inbound) []byte {
	kind := "content"
	if m.Partial {
		kind += "/" + strconv.FormatInt(m.Size, 10)
	}
	return s.keys.lookupBytes(kind, m.Raw)
}

func mailIDs(db *gorm.DB, hashes [][]byte) (map[string]int64, error) {
	ids := map[string]int64{}
	if len(hashes) == 0 {
		return ids, nil
	}
	var rows []struct {
		ID          int64
		ContentHash []byte
	}
	err := db.Raw("SELECT id, content_hash FROM mails WHERE content_hash IN ?", hashes).Scan(&rows).Error
	for _, r := range rows {
		ids[string(r.ContentHash)] = r.ID
	}
	return ids, err
}

type newMail struct {
	Inbound
	hash string
}

func mailOwner(hash []byte) owner { return owner{"mails", string(hash)} }

// insertMails seals and writes new contents and adds their ids to ids. The caller has looked
// them up; one that another instance has inserted since makes the transaction run again.
func (s *Store) insertMails(db *gorm.DB, in []newMail, ids map[string]int64) error {
	if len(in) == 0 {
		return nil
	}
	owners := make([]owner, len(in))
	for i, m := range in {
		owners[i] = mailOwner([]byte(m.hash))
	}
	keys, err := s.storeDataKeys(db, owners)
	if err != nil {
		return err
	}
	values := make([]any, len(in))
	for i, m := range in {
		values[i] = []any{[]byte(m.hash), keys[i].id, m.Size, micros(m.ReceivedAt), m.Junk, m.Partial,
			statePending, string(ticket.DispPending), micros(s.now())}
	}
	var rows []struct {
		ID          int64
		ContentHash []byte
	}
	err = db.Raw(`INSERT INTO mails (content_hash, key_id, size, received_at, junk, partial, state, disposition, saved_at)
		VALUES `+placeholders(len(values))+` ON CONFLICT (content_hash) DO NOTHING RETURNING id, content_hash`, values...).Scan(&rows).Error
	if err != nil {
		return err
	}
	if len(rows) < len(in) {
		return ErrConflict
	}
	for _, r := range rows {
		ids[string(r.ContentHash)] = r.ID
	}
	contents := make([]mailContentRow, len(in))
	for i, m := range in {
		sealed, err := keys[i].seal(mailContent([]byte(m.hash)), m.Raw)
		if err != nil {
			return err
		}
		contents[i] = mailContentRow{MailID: ids[m.hash], Sealed: sealed}
	}
	return db.Create(&contents).Error
}

// storeDataKeys makes and writes a data key for each owner.
func (s *Store) storeDataKeys(db *gorm.DB, owners []owner) ([]dataKey, error) {
	// No rotation may change over to another key between here and the commit.
	primary, err := primaryKey(db, s.engine.shareRow)
	if err == nil && primary != s.keys.now().primary {
		err = s.keys.use(primary)
	}
	if err != nil {
		return nil, err
	}
	keys := make([]dataKey, len(owners))
	index := map[string]int{}
	values := make([]any, len(owners))
	for i, o := range owners {
		key, wrapped, err := s.keys.newDataKey(o)
		if err != nil {
			return nil, err
		}
		keys[i], index[string(wrapped)], values[i] = key, i, []any{wrapped}
	}
	var rows []struct {
		ID      int64
		Wrapped []byte
	}
	err = db.Raw("INSERT INTO data_keys (wrapped) VALUES "+placeholders(len(values))+" RETURNING id, wrapped", values...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("keep data key: %w", err)
	}
	for _, r := range rows { // in whatever order
		keys[index[string(r.Wrapped)]].id = r.ID
	}
	return keys, nil
}

// placeholders gives "?, ?, ?": gorm writes each as a row in parentheses.
func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
