package store

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
)

// ErrErased says that the data key was deleted: the content is gone for good, the row stays.
var ErrErased = errors.New("content was erased")

// ErrUnreadable says that sealed content does not open: it was damaged, or moved there from
// another row.
var ErrUnreadable = errors.New("sealed content does not open")

// dataKey seals everything of one owner: one mail, one ticket, or one letter without a ticket.
type dataKey struct {
	aead *subtle.AESGCM
	id   int64 // row in data_keys; 0 until it is stored
}

// owner names what a data key belongs to. It is bound into the wrapping, so that a wrapped key
// moved to another owner's row does not open.
type owner struct{ table, id string }

const dataKeySize = 32

// newDataKey makes a data key for o and its wrapped form.
func (k *Keys) newDataKey(o owner) (dataKey, []byte, error) {
	key := make([]byte, dataKeySize)
	rand.Read(key)
	wrapped, err := k.now().wraps.Encrypt(key, join("data_keys", o.table, o.id))
	if err != nil {
		return dataKey{}, nil, fmt.Errorf("wrap data key: %w", err)
	}
	a, err := subtle.NewAESGCM(key)
	if err != nil {
		return dataKey{}, nil, fmt.Errorf("data key: %w", err)
	}
	return dataKey{aead: a}, wrapped, nil
}

// openDataKey unwraps the data key of o. Nothing to unwrap is [ErrErased].
func (k *Keys) openDataKey(o owner, id int64, wrapped []byte) (dataKey, error) {
	if len(wrapped) == 0 {
		return dataKey{}, ErrErased
	}
	if err := k.has(wrapped); err != nil {
		return dataKey{}, fmt.Errorf("data key of %s: %w", o.table, err)
	}
	key, err := k.now().opens.Decrypt(wrapped, join("data_keys", o.table, o.id))
	if err != nil {
		return dataKey{}, fmt.Errorf("data key of %s: %w", o.table, ErrUnreadable)
	}
	a, err := subtle.NewAESGCM(key)
	if err != nil {
		return dataKey{}, fmt.Errorf("data key of %s: %w", o.table, ErrUnreadable)
	}
	return dataKey{aead: a, id: id}, nil
}

// place is the column and row that sealed bytes stand in. It is bound into the sealing, so that
// bytes moved elsewhere do not open, even within one owner.
type place struct{ column, row string }

func (d dataKey) seal(p place, plain []byte) ([]byte, error) {
	sealed, err := d.aead.Encrypt(plain, join(p.column, p.row))
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", p.column, err)
	}
	return sealed, nil
}

func (d dataKey) open(p place, sealed []byte) ([]byte, error) {
	plain, err := d.aead.Decrypt(sealed, join(p.column, p.row))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.column, ErrUnreadable)
	}
	return plain, nil
}
