package store

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type metaRow struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

func (metaRow) TableName() string { return "meta" }

// Meta reads a fact about the installation, such as its first start, and whether it is known.
func (s *Store) Meta(ctx context.Context, name string) (value string, ok bool, err error) {
	return meta(s.db.WithContext(ctx), name)
}

// SetMetaOnce keeps value under name unless one is kept already, and gives the one that is
// kept. The value stands in clear: it must hold no personal data.
func (s *Store) SetMetaOnce(ctx context.Context, name, value string) (kept string, err error) {
	err = s.write(ctx, func(db *gorm.DB) error {
		kept, err = setMetaOnce(db, name, value)
		return err
	})
	return kept, err
}

// SetMeta keeps value under name in place of what was kept. The value stands in clear: it must
// hold no personal data.
func (tx *Tx) SetMeta(name, value string) error {
	row := metaRow{Name: name, Value: value}
	if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("keep meta %s: %w", name, err)
	}
	return nil
}

// Meta reads what [Tx.SetMeta] and [Store.SetMetaOnce] keep.
func (tx *Tx) Meta(name string) (value string, ok bool, err error) { return meta(tx.db, name) }

func meta(db *gorm.DB, name string) (string, bool, error) {
	var rows []metaRow
	if err := db.Where("name = ?", name).Find(&rows).Error; err != nil {
		return "", false, fmt.Errorf("read meta %s: %w", name, err)
	}
	if len(rows) == 0 {
		return "", false, nil
	}
	return rows[0].Value, true, nil
}

func setMetaOnce(db *gorm.DB, name, value string) (string, error) {
	if err := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&metaRow{Name: name, Value: value}).Error; err != nil {
		return "", fmt.Errorf("keep meta %s: %w", name, err)
	}
	kept, _, err := meta(db, name)
	return kept, err
}

const metaKeyCheck = "key_check"

// unlock gives the keys of this database. The row key_check, written before anything is sealed,
// tells a fresh database, for which keys may be made, from one whose key file is missing.
func (s *Store) unlock(ctx context.Context, from KeySource) (*Keys, error) {
	check, known, err := meta(s.db.WithContext(ctx), metaKeyCheck)
	if err != nil {
		return nil, err
	}
	keys, err := loadKeys(from)
	switch {
	case errors.Is(err, fs.ErrNotExist) && known:
		return nil, fmt.Errorf("%w (%w)", ErrNoKey, err)
	case errors.Is(err, fs.ErrNotExist):
		if keys, err = createKeys(from); errors.Is(err, fs.ErrExist) {
			keys, err = loadKeys(from) // another process was faster
		}
	}
	if err != nil {
		return nil, err
	}
	if !known {
		if check, err = s.firstCheck(ctx, keys); err != nil {
			return nil, err
		}
	}
	if !keys.opens(check) {
		return nil, fmt.Errorf("%s: %w", from, ErrWrongKey)
	}
	return keys, s.usePrimary(ctx, keys)
}

// usePrimary makes keys wrap by the key that the database says is in use; a database that does not
// say yet takes the file's.
func (s *Store) usePrimary(ctx context.Context, keys *Keys) error {
	kept, known, err := meta(s.db.WithContext(ctx), metaPrimary)
	if err == nil && !known {
		kept, err = s.SetMetaOnce(ctx, metaPrimary, keyName(keys.now().primary))
	}
	if err != nil || kept == keyName(keys.now().primary) {
		return err
	}
	primary, err := primaryKey(s.db.WithContext(ctx), "")
	if err != nil {
		return err
	}
	return keys.use(primary)
}

// firstCheck writes the key check, unless another process has just done so, and gives the one
// that counts.
func (s *Store) firstCheck(ctx context.Context, keys *Keys) (string, error) {
	check, err := keys.check()
	if err != nil {
		return "", err
	}
	err = s.write(ctx, func(db *gorm.DB) error {
		var sealed int64
		if err := db.Table("data_keys").Count(&sealed).Error; err != nil {
			return err
		}
		if sealed > 0 {
			return fmt.Errorf("sealed content without a key check: %w", ErrWrongKey)
		}
		check, err = setMetaOnce(db, metaKeyCheck, check)
		return err
	})
	return check, err
}

// check gives a value that only these keys open: hashes by the lookup and token keys, encrypted
// with the operator's key.
func (k *Keys) check() (string, error) {
	sealed, err := k.now().wraps.Encrypt(k.fingerprint(), join("meta", metaKeyCheck))
	if err != nil {
		return "", fmt.Errorf("key check: %w", err)
	}
	return base64.StdEncoding.EncodeToString(sealed), nil
}

func (k *Keys) opens(check string) bool {
	sealed, err := base64.StdEncoding.DecodeString(check)
	if err != nil {
		return false
	}
	plain, err := k.now().opens.Decrypt(sealed, join("meta", metaKeyCheck))
	return err == nil && hmac.Equal(plain, k.fingerprint())
}

func (k *Keys) fingerprint() []byte {
	return append(k.Lookup(metaKeyCheck, ""), k.Token(metaKeyCheck)...)
}
