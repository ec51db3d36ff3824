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
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keys are the secrets of one installation: the operator's key, which wraps the data keys, and
// two keys for keyed hashes. They live in one file outside the database; all instances on one
// database share a copy.
type Keys struct {
	wrap   tink.AEAD // a keyset: after a rotation the old key still opens
	lookup []byte
	token  []byte
}

// keyFile is the key file's JSON.
type keyFile struct {
	Version int             `json:"version"`
	Keyset  json.RawMessage `json:"keyset"` // Tink AEAD keyset
	Lookup  []byte          `json:"lookup_key"`
	Token   []byte          `json:"token_key"`
}

const keyFileVersion = 1

// LoadKeys reads a key file. A file that others on the machine may read or that the group may
// change is refused. A missing file is [fs.ErrNotExist].
func LoadKeys(path string) (*Keys, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o027 != 0 {
		return nil, fmt.Errorf("key file %s has mode %04o, so that others can get at it: chmod 600 it", path, mode)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	k, err := parseKeys(data)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return k, nil
}

// CreateKeys makes new keys and writes them to a new file with mode 0600. It returns when they
// are on the disk. An existing file is never touched and is [fs.ErrExist].
func CreateKeys(path string) (*Keys, error) {
	data, err := newKeyFile()
	if err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	if err := writeNew(path, data); err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	return parseKeys(data)
}

func newKeyFile() ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	var clear bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&clear)); err != nil {
		return nil, err
	}
	f := keyFile{Version: keyFileVersion, Keyset: clear.Bytes(), Lookup: make([]byte, 32), Token: make([]byte, 32)}
	rand.Read(f.Lookup)
	rand.Read(f.Token)
	return json.MarshalIndent(f, "", "  ")
}

func parseKeys(data []byte) (*Keys, error) {
	var f keyFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, errors.New("not a key file of privacybot") // the parser's words could quote a key
	}
	if f.Version > keyFileVersion {
		return nil, fmt.Errorf("version %d is newer than this program", f.Version)
	}
	if len(f.Lookup) < 32 || len(f.Token) < 32 {
		return nil, errors.New("keys are missing or too short")
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Keyset)))
	if err != nil {
		return nil, errors.New("the keyset cannot be read")
	}
	wrap, err := aead.New(handle)
	if err != nil {
		return nil, errors.New("the keyset cannot be used to encrypt")
	}
	return &Keys{wrap: wrap, lookup: f.Lookup, token: f.Token}, nil
}

// writeNew writes a new file so that it is there whole and durable or not at all, and never over
// another. A plain exclusive create could leave an empty file behind after a crash.
func writeNew(path string, data []byte) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".privacybot-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if closed := tmp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		// No hard links on this file system: look first, then move.
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
		}
		if err := os.Rename(tmp.Name(), path); err != nil {
			return err
		}
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // directories cannot be opened for writing there
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
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
