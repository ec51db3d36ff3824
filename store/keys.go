package store

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keys are the secrets of one installation: the operator's key, which wraps the data keys, and
// two keys for keyed hashes. They live outside the database ([KeySource]); all instances on one
// database share a copy. While the operator's key is being rotated there are two of it: either
// opens, the database says which one wraps.
type Keys struct {
	lookup []byte
	token  []byte

	source KeySource
	mu     sync.RWMutex
	ring   ring
	missed time.Time // when they were last read again in vain
}

// ring is the operator's key, with earlier or later ones.
type ring struct {
	handle  *keyset.Handle
	opens   tink.AEAD
	wraps   tink.AEAD
	primary uint32   // the one that wraps
	ids     []uint32 // all, the newest last
	created map[string]time.Time
}

// keyFile is the key file's JSON.
type keyFile struct {
	Version int                  `json:"version"`
	Keyset  json.RawMessage      `json:"keyset"` // Tink AEAD keyset
	Lookup  []byte               `json:"lookup_key"`
	Token   []byte               `json:"token_key"`
	Created map[string]time.Time `json:"created,omitempty"` // of the keys in the keyset, by id in hex
}

const keyFileVersion = 1

// LoadKeys reads a key file. A file that others on the machine may read or that the group may
// change is refused. A missing file is [fs.ErrNotExist].
func LoadKeys(path string) (*Keys, error) { return loadKeys(KeySource{File: path}) }

func loadKeys(from KeySource) (*Keys, error) {
	data, err := from.read()
	if err != nil {
		return nil, err
	}
	k, err := parseKeys(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	k.source = from
	return k, nil
}

// CreateKeys makes new keys and writes them to a new file with mode 0600. It returns when they
// are on the disk. An existing file is never touched and is [fs.ErrExist].
func CreateKeys(path string) (*Keys, error) { return createKeys(KeySource{File: path}) }

func createKeys(in KeySource) (*Keys, error) {
	data, err := newKeyFile()
	if err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	if err := in.create(data); err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	k, err := parseKeys(data)
	if err == nil {
		k.source = in
	}
	return k, err
}

func newKeyFile() ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	f := keyFile{Version: keyFileVersion, Lookup: make([]byte, 32), Token: make([]byte, 32),
		Created: map[string]time.Time{keyName(handle.KeysetInfo().PrimaryKeyId): time.Now().UTC().Truncate(time.Second)}}
	rand.Read(f.Lookup)
	rand.Read(f.Token)
	return f.with(handle)
}

// with encodes f with the keyset of h.
func (f keyFile) with(h *keyset.Handle) ([]byte, error) {
	var clear bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&clear)); err != nil {
		return nil, err
	}
	f.Keyset = clear.Bytes()
	return json.MarshalIndent(f, "", "  ")
}

// keyName is how people are shown which key it is.
func keyName(id uint32) string { return fmt.Sprintf("%08x", id) }

func readKeyFile(data []byte) (keyFile, *keyset.Handle, error) {
	var f keyFile
	if err := json.Unmarshal(data, &f); err != nil {
		return f, nil, errors.New("not a key file of privacybot") // the parser's words could quote a key
	}
	if f.Version > keyFileVersion {
		return f, nil, fmt.Errorf("version %d is newer than this program", f.Version)
	}
	if len(f.Lookup) < 32 || len(f.Token) < 32 {
		return f, nil, errors.New("keys are missing or too short")
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Keyset)))
	if err != nil {
		return f, nil, errors.New("the keyset cannot be read")
	}
	return f, handle, nil
}

func parseKeys(data []byte) (*Keys, error) {
	f, handle, err := readKeyFile(data)
	if err != nil {
		return nil, err
	}
	r, err := newRing(handle, handle.KeysetInfo().PrimaryKeyId)
	if err != nil {
		return nil, err
	}
	r.created = f.Created
	return &Keys{ring: r, lookup: f.Lookup, token: f.Token}, nil
}

func newRing(h *keyset.Handle, primary uint32) (ring, error) {
	r := ring{primary: primary}
	for _, k := range h.KeysetInfo().KeyInfo {
		r.ids = append(r.ids, k.KeyId)
	}
	manager := keyset.NewManagerFromHandle(h)
	if err := manager.SetPrimary(primary); err != nil {
		return ring{}, errors.New("the keyset cannot be used to encrypt")
	}
	var err error
	if r.handle, err = manager.Handle(); err == nil {
		r.opens, err = aead.New(r.handle)
	}
	if err != nil {
		return ring{}, errors.New("the keyset cannot be used to encrypt")
	}
	r.wraps = r.opens
	return r, nil
}

func (k *Keys) now() ring {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.ring
}

// reloadPause bounds how often the keys are read again in vain.
const reloadPause = time.Second

// refresh reads the keys again from the same source, unless they hold id: they may have been rotated
// meanwhile. The keys for keyed hashes never change. [ErrRotated] when id is not among them.
func (k *Keys) refresh(id uint32) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case knows(k.ring.ids, id):
		return nil
	case time.Since(k.missed) < reloadPause:
		return ErrRotated
	}
	if err := k.readAgain(); err != nil {
		return err
	}
	if !knows(k.ring.ids, id) {
		k.missed = time.Now()
		return ErrRotated
	}
	return nil
}

// readAgain replaces the ring by what the source holds now. What wraps is kept where it can be.
func (k *Keys) readAgain() error {
	other, err := loadKeys(k.source)
	if err != nil {
		return err
	}
	if !hmac.Equal(other.lookup, k.lookup) || !hmac.Equal(other.token, k.token) {
		return ErrWrongKey
	}
	fresh := other.ring
	if knows(fresh.ids, k.ring.primary) {
		if fresh, err = newRing(fresh.handle, k.ring.primary); err != nil {
			return err
		}
		fresh.created = other.ring.created
	}
	k.ring = fresh
	return nil
}

// reload is readAgain for who has just changed the source.
func (k *Keys) reload() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.readAgain()
}

// use makes id the key that wraps.
func (k *Keys) use(id uint32) error {
	if err := k.refresh(id); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ring.primary == id {
		return nil
	}
	r, err := newRing(k.ring.handle, id)
	if err != nil {
		return err
	}
	r.created, k.ring = k.ring.created, r
	return nil
}

func knows(ids []uint32, id uint32) bool {
	for _, have := range ids {
		if have == id {
			return true
		}
	}
	return false
}

// wrappedBy is the id of the key that wrapped a data key (Tink's prefix: 1, then the id); 0 when
// there is none.
func wrappedBy(wrapped []byte) uint32 {
	if len(wrapped) < 5 || wrapped[0] != 1 {
		return 0
	}
	return binary.BigEndian.Uint32(wrapped[1:5])
}

// prefix is what data keys wrapped by id begin with.
func keyPrefix(id uint32) []byte { return binary.BigEndian.AppendUint32([]byte{1}, id) }

// has makes sure that a wrapped data key can be opened, if need be by reading the keys again.
// [ErrRotated] when they lack the key that wrapped it.
func (k *Keys) has(wrapped []byte) error {
	id := wrappedBy(wrapped)
	if id == 0 || knows(k.now().ids, id) {
		return nil
	}
	return k.refresh(id)
}

// Lookup gives the keyed hash (HMAC-SHA-256) under which value is stored and found. kind keeps
// the uses apart: the same text as an address and as a Message-ID gives two hashes.
func (k *Keys) Lookup(kind, value string) []byte { return k.lookupBytes(kind, []byte(value)) }

func (k *Keys) lookupBytes(kind string, value []byte) []byte {
	mac := hmac.New(sha256.New, k.lookup)
	mac.Write(join(kind))
	mac.Write(value)
	return mac.Sum(nil)
}

// Token gives a keyed hash (HMAC-SHA-256) for purpose and parts, to be given out and recognised
// later. The parts are encoded with their lengths, so that no two lists give the same hash.
func (k *Keys) Token(purpose string, parts ...string) []byte {
	mac := hmac.New(sha256.New, k.token)
	mac.Write(join(append([]string{purpose}, parts...)...))
	return mac.Sum(nil)
}

// join encodes parts so that different lists never give the same bytes.
func join(parts ...string) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	return b
}
