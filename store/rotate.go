package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"gorm.io/gorm"
)

// metaPrimary names the operator's key that wraps new data keys. It stands in the database, so that
// all processes change over at one moment, whatever their copy of the key file says.
const metaPrimary = "key_primary"

const (
	rotateLease = 5 * time.Second
	rotateBatch = 200
)

var errRotating = errors.New("another rotation is at work, or was until a few seconds ago")

// RotateReport says what a rotation did.
type RotateReport struct {
	Old, New  string // ids of the operator's keys
	Rewrapped int    // data keys
	Resumed   bool   // an earlier rotation was brought to its end
}

// RotateKeys makes a new operator's key and wraps every data key by it; no content is touched, and
// others go on working. With addOnly the new key only joins the key file, so that the file can be
// copied to other machines before the rotation goes on. Otherwise the old key leaves the file in
// the end, unless keepOld: backups made before need it.
//
// A rotation that was interrupted at any point is taken up where it was. Keyed hashes, and with
// them the marks in letters that were sent, do not change.
func (s *Store) RotateKeys(ctx context.Context, addOnly, keepOld bool) (RotateReport, error) {
	var r RotateReport
	if s.keys.source.Text != "" {
		return r, ErrFixedKeys
	}
	lease, got, err := s.Acquire(ctx, "rotate keys", rotateLease)
	if err != nil {
		return r, err
	}
	if !got {
		return r, errRotating
	}
	defer func() { _ = s.Release(context.WithoutCancel(ctx), lease) }()
	next, err := s.announceKey(ctx, &r)
	if err != nil || addOnly {
		return r, err
	}
	if err := s.changeOver(ctx, next); err != nil {
		return r, fmt.Errorf("change over to the new key: %w", err)
	}
	for after := int64(0); ; {
		if lease, got, err = s.Acquire(ctx, "rotate keys", rotateLease); err != nil { // anew, should it have run out on a busy database
			return r, err
		}
		if !got {
			return r, errRotating
		}
		last, n, err := s.rewrap(ctx, next, after)
		if err != nil {
			return r, fmt.Errorf("wrap data keys anew: %w", err)
		}
		r.Rewrapped += n
		if after = last; last == 0 {
			break
		}
	}
	left, err := s.otherwiseWrapped(ctx, next)
	if err != nil {
		return r, err
	}
	if left > 0 {
		return r, fmt.Errorf("%d data keys are still wrapped by an earlier key: rotate again", left)
	}
	if keepOld {
		return r, nil
	}
	return r, s.dropKeys(next)
}

// announceKey finds the newest key of the file, and adds one when that is at work already.
func (s *Store) announceKey(ctx context.Context, r *RotateReport) (uint32, error) {
	if err := s.keys.reload(); err != nil {
		return 0, err
	}
	primary, err := primaryKey(s.db.WithContext(ctx), "")
	if err != nil {
		return 0, err
	}
	ids := s.keys.now().ids
	newest := ids[len(ids)-1]
	r.Old, r.New = keyName(primary), keyName(newest)
	left, err := s.otherwiseWrapped(ctx, newest)
	if err != nil {
		return 0, err
	}
	if newest != primary || left > 0 {
		r.Resumed = true
		return newest, nil
	}
	data, err := s.keys.source.read()
	if err != nil {
		return 0, err
	}
	f, handle, err := readKeyFile(data)
	if err != nil {
		return 0, err
	}
	manager := keyset.NewManagerFromHandle(handle)
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return 0, fmt.Errorf("make a key: %w", err)
	}
	if f.Created == nil {
		f.Created = map[string]time.Time{}
	}
	f.Created[keyName(id)] = s.now().UTC().Truncate(time.Second)
	r.New = keyName(id)
	return id, s.writeKeys(f, manager)
}

func (s *Store) writeKeys(f keyFile, manager *keyset.Manager) error {
	handle, err := manager.Handle()
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	data, err := f.with(handle)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	if err := s.keys.source.replace(data); err != nil {
		return err
	}
	return s.keys.reload()
}

// changeOver makes a key the one that wraps, for all processes. It waits for transactions that
// still wrap by the old one.
func (s *Store) changeOver(ctx context.Context, next uint32) error {
	return s.InTx(ctx, func(tx *Tx) error {
		primary, err := primaryKey(tx.db, s.engine.lockRow)
		if err != nil || primary == next {
			return err
		}
		if err := s.keys.use(next); err != nil {
			return err
		}
		check, err := s.keys.check()
		if err != nil {
			return err
		}
		tx.note(auditKeyRotated, auditDatabase, 0, micros(s.now()), []byte(keyName(next)))
		return errors.Join(tx.SetMeta(metaPrimary, keyName(next)), tx.SetMeta(metaKeyCheck, check))
	})
}

// primaryKey reads which key wraps.
func primaryKey(db *gorm.DB, lock string) (uint32, error) {
	var kept []string
	if err := db.Raw("SELECT value FROM meta WHERE name = ?"+lock, metaPrimary).Scan(&kept).Error; err != nil {
		return 0, fmt.Errorf("read the key in use: %w", err)
	}
	if len(kept) == 0 {
		return 0, errors.New("the database does not say which key is in use")
	}
	id, err := strconv.ParseUint(kept[0], 16, 32)
	if err != nil {
		return 0, errors.New("the database does not say which key is in use")
	}
	return uint32(id), nil
}

// rewrap wraps one batch of data keys above after and gives the last it looked at; 0 when there
// were none.
func (s *Store) rewrap(ctx context.Context, next uint32, after int64) (last int64, n int, err error) {
	err = s.write(ctx, func(db *gorm.DB) error {
		last, n = 0, 0
		var rows []struct {
			ID      int64
			Wrapped []byte
			Mail    []byte
			Ticket  *string
			Letter  []byte
			Stop    []byte
			StopRef *string
		}
		err := db.Raw(`SELECT k.id, k.wrapped, m.content_hash AS mail, t.ref AS ticket, l.key_hash AS letter, s.address_hash AS stop, s.ticket AS stop_ref FROM data_keys k
			LEFT JOIN mails m ON m.key_id = k.id LEFT JOIN tickets t ON t.key_id = k.id
			LEFT JOIN letters l ON l.key_id = k.id AND l.ticket_id IS NULL LEFT JOIN suppressions s ON s.key_id = k.id
			WHERE k.id > ? AND substr(k.wrapped, 1, 5) <> ? ORDER BY k.id LIMIT ?`, after, keyPrefix(next), rotateBatch).Scan(&rows).Error
		if err != nil {
			return err
		}
		for _, row := range rows {
			last = row.ID
			var o owner
			switch {
			case row.Mail != nil:
				o = mailOwner(row.Mail)
			case row.Ticket != nil:
				o = ticketOwner(*row.Ticket)
			case row.Letter != nil:
				o = letterOwner("", row.Letter)
			case row.Stop != nil && row.StopRef != nil:
				o = suppressionOwner(*row.StopRef, row.Stop)
			default:
				return fmt.Errorf("data key %d belongs to nothing that is known; nothing more was done", row.ID)
			}
			fresh, err := s.keys.rewrapped(o, row.Wrapped)
			if errors.Is(err, ErrUnreadable) {
				return fmt.Errorf("data key %d does not open; nothing more was done: %w", row.ID, err)
			}
			if err != nil {
				return err
			}
			if err := db.Exec("UPDATE data_keys SET wrapped = ? WHERE id = ? AND wrapped = ?", fresh, row.ID, row.Wrapped).Error; err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return last, n, err
}

// rewrapped wraps a data key by the key in use.
func (k *Keys) rewrapped(o owner, wrapped []byte) ([]byte, error) {
	if err := k.has(wrapped); err != nil {
		return nil, err
	}
	r, ad := k.now(), join("data_keys", o.table, o.id)
	key, err := r.opens.Decrypt(wrapped, ad)
	if err != nil {
		return nil, ErrUnreadable
	}
	return r.wraps.Encrypt(key, ad)
}

func (s *Store) otherwiseWrapped(ctx context.Context, id uint32) (n int, err error) {
	err = s.db.WithContext(ctx).Raw("SELECT count(*) FROM data_keys WHERE substr(wrapped, 1, 5) <> ?", keyPrefix(id)).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count data keys: %w", err)
	}
	return n, nil
}

// dropKeys takes all keys but one out of the key file.
func (s *Store) dropKeys(keep uint32) error {
	data, err := s.keys.source.read()
	if err != nil {
		return err
	}
	f, handle, err := readKeyFile(data)
	if err != nil {
		return err
	}
	manager := keyset.NewManagerFromHandle(handle)
	if err := manager.SetPrimary(keep); err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	for _, k := range handle.KeysetInfo().KeyInfo {
		if k.KeyId == keep {
			continue
		}
		if err := manager.Delete(k.KeyId); err != nil {
			return fmt.Errorf("key file: %w", err)
		}
		delete(f.Created, keyName(k.KeyId))
	}
	return s.writeKeys(f, manager)
}

// KeyInfo tells of an operator's key what may be shown.
type KeyInfo struct {
	ID      string
	Created time.Time // zero when not known
	Wraps   bool      // new data keys are wrapped by it
	InFile  bool
	Data    int // data keys wrapped by it
}

// KeyInfos lists the operator's keys, those first that stand in the key file.
func (s *Store) KeyInfos(ctx context.Context) ([]KeyInfo, error) {
	primary, err := primaryKey(s.db.WithContext(ctx), "")
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Prefix []byte
		N      int
	}
	err = s.db.WithContext(ctx).Raw("SELECT substr(wrapped, 1, 5) AS prefix, count(*) AS n FROM data_keys GROUP BY 1").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count data keys: %w", err)
	}
	r := s.keys.now()
	var out []KeyInfo
	for _, id := range r.ids {
		info := KeyInfo{ID: keyName(id), Created: r.created[keyName(id)], Wraps: id == primary, InFile: true}
		for i, row := range rows {
			if bytes.Equal(row.Prefix, keyPrefix(id)) {
				info.Data, rows[i].Prefix = row.N, nil
			}
		}
		out = append(out, info)
	}
	for _, row := range rows {
		if row.Prefix != nil {
			out = append(out, KeyInfo{ID: hex.EncodeToString(row.Prefix[min(1, len(row.Prefix)):]), Data: row.N})
		}
	}
	return out, nil
}
