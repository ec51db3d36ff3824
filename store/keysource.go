package store

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// KeySource says where the keys come from: from Text when it is given, else from File.
type KeySource struct {
	File string
	// Text holds the key file itself, or its base64, as from an environment variable or a secret
	// that a service manager hands over. Such keys can be neither made nor rotated here.
	Text string
	// Command is a key management service's door: it is run with the argument "wrap" or "unwrap",
	// takes the one form of the keys on standard input and gives the other on standard output. The
	// file then holds the wrapped form only.
	Command []string
}

// String names the source without what it holds.
func (k KeySource) String() string {
	if k.Text != "" {
		return "keys.value"
	}
	return "key file " + k.File
}

// ErrFixedKeys says that the keys come from the environment and cannot be changed here.
var ErrFixedKeys = errors.New("the keys come from keys.value, which this program cannot change: move them to a key file, rotate there, and hand the new file's content over again")

const (
	keyCommandLimit = 30 * time.Second
	maxKeys         = 64 << 10
)

// wrappedFile is a key file whose keys only the key command can open.
type wrappedFile struct {
	Version int    `json:"version"`
	Wrapped []byte `json:"wrapped"`
}

// read gives the key file's clear form.
func (k KeySource) read() ([]byte, error) {
	if k.Text != "" {
		if strings.HasPrefix(strings.TrimSpace(k.Text), "{") {
			return []byte(k.Text), nil
		}
		data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(k.Text))
		if err != nil {
			return nil, errors.New("keys.value: neither a key file nor its base64")
		}
		return data, nil
	}
	info, err := os.Stat(k.File)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o027 != 0 {
		return nil, fmt.Errorf("key file %s has mode %04o, so that others can get at it: chmod 600 it", k.File, mode)
	}
	data, err := os.ReadFile(k.File)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	var w wrappedFile
	sealed := json.Unmarshal(data, &w) == nil && len(w.Wrapped) > 0
	switch {
	case sealed && len(k.Command) == 0:
		return nil, fmt.Errorf("key file %s is wrapped: keys.command must say how to unwrap it", k.File)
	case sealed:
		return k.run("unwrap", w.Wrapped)
	case len(k.Command) > 0:
		return nil, fmt.Errorf("key file %s is not wrapped, though keys.command is set: `privacybot keys wrap` wraps it", k.File)
	}
	return data, nil
}

// encode gives what stands in the file.
func (k KeySource) encode(data []byte) ([]byte, error) {
	if len(k.Command) == 0 {
		return data, nil
	}
	wrapped, err := k.run("wrap", data)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(wrappedFile{keyFileVersion, wrapped}, "", "  ")
}

// run asks the key command. Neither its input nor its output ever gets into an error.
func (k KeySource) run(what string, in []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), keyCommandLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, k.Command[0], append(append([]string(nil), k.Command[1:]...), what)...)
	cmd.WaitDelay = time.Second
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("keys.command %s: %w", what, err)
	}
	if len(out) == 0 || len(out) > maxKeys {
		return nil, fmt.Errorf("keys.command %s: gave %d bytes", what, len(out))
	}
	return out, nil
}

// create writes keys to a new file.
func (k KeySource) create(data []byte) error {
	if k.Text != "" {
		return ErrFixedKeys
	}
	out, err := k.encode(data)
	if err != nil {
		return err
	}
	return writeNew(k.File, out)
}

// replace writes keys in place of earlier ones, whole or not at all.
func (k KeySource) replace(data []byte) error {
	if k.Text != "" {
		return ErrFixedKeys
	}
	out, err := k.encode(data)
	if err != nil {
		return err
	}
	info, err := os.Stat(k.File)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	return writeOver(k.File, out, info.Mode().Perm())
}

// Wrap rewrites a plain key file so that only the key command can open it.
func (k KeySource) Wrap() error {
	plain := k
	plain.Command = nil
	data, err := plain.read()
	if err != nil {
		return err
	}
	if _, err := parseKeys(data); err != nil {
		return fmt.Errorf("%s: %w", k, err)
	}
	out, err := k.encode(data)
	if err != nil {
		return err
	}
	var w wrappedFile
	if err := json.Unmarshal(out, &w); err != nil {
		return err
	}
	back, err := k.run("unwrap", w.Wrapped)
	if err != nil {
		return err
	}
	if !bytes.Equal(back, data) {
		return errors.New("keys.command: unwrap does not give back what wrap was given; nothing was changed")
	}
	return k.replace(data)
}

func writeOver(path string, data []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".privacybot-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close(), os.Chmod(tmp.Name(), mode)); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
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
