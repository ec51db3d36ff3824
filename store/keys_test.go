package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCreateKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "privacybot.key")
	made := must[*Keys](t)(CreateKeys(path))
	if info := must[fs.FileInfo](t)(os.Stat(path)); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	before := must[[]byte](t)(os.ReadFile(path))
	_, err := CreateKeys(path)
	wantErr(t, err, fs.ErrExist)
	if !bytes.Equal(before, must[[]byte](t)(os.ReadFile(path))) {
		t.Error("an existing key file was touched")
	}
	loaded := must[*Keys](t)(LoadKeys(path))
	if !bytes.Equal(made.Token("a", "b"), loaded.Token("a", "b")) || !loaded.opens(must[string](t)(made.check())) {
		t.Error("other keys were loaded than made")
	}
	entries := must[[]os.DirEntry](t)(os.ReadDir(filepath.Dir(path)))
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestLoadKeysRefuses(t *testing.T) {
	good := must[[]byte](t)(newKeyFile())
	for _, c := range []struct {
		name string
		data string
		mode os.FileMode
		want string
	}{
		{"empty", "", 0o600, "not a key file"},
		{"other JSON", `{"version":1}`, 0o600, "missing or too short"},
		{"no keyset", `{"version":1,"lookup_key":"` + strings.Repeat("A", 43) + `=","token_key":"` + strings.Repeat("A", 43) + `="}`, 0o600, "keyset"},
		{"newer", strings.Replace(string(good), `"version": 1`, `"version": 2`, 1), 0o600, "newer than this program"},
		{"readable by others", string(good), 0o644, "chmod 600"},
		{"writable by the group", string(good), 0o660, "chmod 600"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "k")
			if err := errors.Join(os.WriteFile(path, []byte(c.data), 0o600), os.Chmod(path, c.mode)); err != nil {
				t.Fatal(err)
			}
			_, err := LoadKeys(path)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	_, err := LoadKeys(filepath.Join(t.TempDir(), "missing"))
	wantErr(t, err, fs.ErrNotExist)
}

// No two inputs share a hash because their parts were joined alike.
func TestHashesAreSeparate(t *testing.T) {
	k := must[*Keys](t)(parseKeys(must[[]byte](t)(newKeyFile())))
	seen := map[string]string{}
	for name, hash := range map[string][]byte{
		"lookup a/bc":  k.Lookup("a", "bc"),
		"lookup ab/c":  k.Lookup("ab", "c"),
		"lookup /abc":  k.Lookup("", "abc"),
		"token a b c":  k.Token("a", "b", "c"),
		"token a bc":   k.Token("a", "bc"),
		"token ab c":   k.Token("ab", "c"),
		"token abc":    k.Token("abc"),
		"token abc \"": k.Token("abc", ""),
	} {
		if len(hash) != 32 {
			t.Errorf("%s: %d bytes", name, len(hash))
		}
		if other, ok := seen[string(hash)]; ok {
			t.Errorf("%s and %s are the same", name, other)
		}
		seen[string(hash)] = name
	}
	other := must[*Keys](t)(parseKeys(must[[]byte](t)(newKeyFile())))
	if bytes.Equal(k.Lookup("a", "b"), other.Lookup("a", "b")) || bytes.Equal(k.Token("a", "b"), other.Token("a", "b")) {
		t.Error("the hash does not depend on the key")
	}
}
