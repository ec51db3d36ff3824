package store

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// The operator's key is rotated while another process takes mail in and decides: nothing is sealed anew,
// everything opens before, meanwhile and after, keyed hashes and tokens stay, and the old key opens
// nothing any more.
func testRotate(t *testing.T, w *world) {
	s, daemon, ctx := w.open("one"), w.open("daemon"), t.Context()
	w.full(s, "marker")
	for range 3 {
		w.save(s, w.inbound("another"))
	}
	old := must[[]byte](t)(os.ReadFile(w.key))
	token, lookup := s.Keys().Token("thread", "PB-1"), s.Keys().Lookup("address", "a")
	var sealed []string
	contents := "SELECT sealed FROM mail_contents UNION ALL SELECT sealed FROM tickets UNION ALL SELECT sealed FROM letter_contents ORDER BY 1"
	if err := s.db.Raw(contents).Scan(&sealed).Error; err != nil {
		t.Fatal(err)
	}
	var stop atomic.Bool
	var done atomic.Int64
	ended := make(chan error, 1)
	go func() {
		var err error
		for i := int64(0); err == nil && !stop.Load() && i < 60; i++ { // bounded: a writer without a pause starves others on SQLite
			err = daemon.InTx(context.Background(), func(tx *Tx) error {
				if _, err := tx.Ticket("PB-1"); err != nil {
					return err
				}
				return tx.SaveTicket(w.example("PB-X"+string(rune('A'+i%26))+string(rune('A'+i/26%26))+string(rune('A'+i/676)), "jane@example.test"), nil)
			})
			done.Add(1)
		}
		ended <- err
	}()
	for done.Load() < 3 && len(ended) == 0 {
		runtime.Gosched()
	}
	r := must[RotateReport](t)(s.RotateKeys(ctx, false, false))
	stop.Store(true)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	w.tx(daemon, func(tx *Tx) error { return tx.SaveTicket(w.example("PB-AFTER", "jane@example.test"), nil) })
	if r.Old == r.New || r.Rewrapped < 5 || r.Resumed {
		t.Errorf("rotation %+v", r)
	}
	infos := must[[]KeyInfo](t)(s.KeyInfos(ctx))
	if len(infos) != 1 || infos[0].ID != r.New || !infos[0].Wraps || infos[0].Data != w.count(s, "data_keys") {
		t.Errorf("keys %+v", infos)
	}
	fresh := w.open("fresh")
	for _, one := range []*Store{s, daemon, fresh} {
		if _, err := one.Ticket(ctx, "PB-1"); err != nil {
			t.Error(err)
		}
		if !bytes.Equal(one.Keys().Token("thread", "PB-1"), token) || !bytes.Equal(one.Keys().Lookup("address", "a"), lookup) {
			t.Error("a token or a keyed hash changed: letters that are out would not be known any more")
		}
	}
	w.tx(fresh, func(tx *Tx) error { // the letter that went out before is found by its id
		found, err := tx.LettersByMessageID([]string{"marker@example.com"})
		if len(found) != 1 {
			t.Errorf("found %v", found)
		}
		return err
	})
	var now []string
	if err := s.db.Raw(contents).Scan(&now).Error; err != nil {
		t.Fatal(err)
	}
	have := strings.Join(now, "\n")
	for _, c := range sealed {
		if !strings.Contains(have, c) {
			t.Error("content was sealed anew")
		}
	}
	if a := w.audit(fresh); len(a.Problems) != 0 {
		t.Error(a.Problems)
	}
	copied := w.config("old")
	copied.KeyFile = filepath.Join(t.TempDir(), "old.key")
	if err := os.WriteFile(copied.KeyFile, old, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(ctx, copied)
	wantErr(t, err, ErrWrongKey)
}

// A rotation that was interrupted anywhere is taken up; until then both keys serve.
func testRotateResumed(t *testing.T, w *world) {
	s, ctx := w.open("one"), t.Context()
	w.full(s, "marker")
	announced := must[RotateReport](t)(s.RotateKeys(ctx, true, false)) // died after the file was written
	w.open("between").Close()
	w.tx(s, func(tx *Tx) error { return tx.SaveTicket(w.example("PB-2", "jane@example.test"), nil) })
	id := s.keys.now().ids
	if err := s.changeOver(ctx, id[1]); err != nil { // died after the change-over, with one key wrapped
		t.Fatal(err)
	}
	w.exec(s, "UPDATE meta SET value = value WHERE name = 'x'")
	other := w.open("other")
	for _, ref := range []string{"PB-1", "PB-2"} {
		if _, err := other.Ticket(ctx, ref); err != nil {
			t.Errorf("%s between two keys: %v", ref, err)
		}
	}
	r := must[RotateReport](t)(other.RotateKeys(ctx, false, true))
	if !r.Resumed || r.New != announced.New || r.Rewrapped != 4 {
		t.Errorf("resumed %+v after %+v", r, announced)
	}
	if infos := must[[]KeyInfo](t)(other.KeyInfos(ctx)); len(infos) != 2 || infos[0].Data != 0 || infos[1].Data != 4 || infos[0].Wraps || !infos[1].Wraps {
		t.Errorf("keys %+v", infos)
	}
	// A process whose copy of the file lacks the new key neither reads damage nor writes.
	lone := w.open("lone")
	path := filepath.Join(t.TempDir(), "gone")
	lone.keys.source.File = path
	third := must[RotateReport](t)(other.RotateKeys(ctx, false, false))
	if third.Resumed || third.New == r.New {
		t.Errorf("third %+v", third)
	}
	w.exec(lone, "UPDATE letters SET state = 'ready'")
	if _, err := lone.ClaimLetters(ctx, w.now, 0, 9, BrakeLimit{}); err == nil {
		t.Error("letters were handed out unreadable")
	}
	err := lone.InTx(ctx, func(tx *Tx) error { return tx.SaveTicket(w.example("PB-3", "jane@example.test"), nil) })
	if err == nil {
		t.Error("wrote with a key that is gone")
	}
}

// Keys out of the environment and behind a key management service.
func TestKeySources(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, "sqlite:"+filepath.Join(dir, "a.db"))
	w.full(w.open("one"), "marker")
	data := must[[]byte](t)(os.ReadFile(w.key))
	opens := func(name string, k KeySource) *Store {
		t.Helper()
		c := w.config(name)
		c.KeyFile, c.Keys = "", k
		s, err := Open(t.Context(), c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Cleanup(func() { s.Close() })
		if _, err := s.Ticket(t.Context(), "PB-1"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return s
	}
	opens("text", KeySource{Text: string(data)})
	fixed := opens("base64", KeySource{Text: base64.StdEncoding.EncodeToString(data)})
	_, err := fixed.RotateKeys(t.Context(), false, false)
	wantErr(t, err, ErrFixedKeys)

	// A stand-in for a service: it turns the bytes about, and fails for other words.
	kms := filepath.Join(dir, "kms")
	script := "#!/bin/sh\n[ \"$1\" = unit ] || exit 7\ncase \"$2\" in wrap) base64 -w0 ;; unwrap) base64 -d ;; *) exit 8 ;; esac\n"
	if err := os.WriteFile(kms, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	k := KeySource{File: w.key, Command: []string{kms, "unit"}}
	c := w.config("not wrapped yet")
	c.KeyFile, c.Keys = "", k
	if _, err := Open(t.Context(), c); err == nil || !strings.Contains(err.Error(), "keys wrap") {
		t.Errorf("a plain file with a command: %v", err)
	}
	if err := k.Wrap(); err != nil {
		t.Fatal(err)
	}
	if on := must[[]byte](t)(os.ReadFile(w.key)); bytes.Contains(on, []byte("lookup_key")) {
		t.Error("the file still holds the keys in clear")
	}
	s := opens("command", k)
	if r := must[RotateReport](t)(s.RotateKeys(t.Context(), false, false)); r.Rewrapped != 3 {
		t.Errorf("rotated %+v", r)
	}
	opens("command after rotation", k)
	for name, bad := range map[string]KeySource{"no command": {File: w.key}, "a failing command": {File: w.key, Command: []string{kms}}, "no program": {File: w.key, Command: []string{filepath.Join(dir, "none")}}} {
		c.Keys = bad
		if _, err := Open(t.Context(), c); err == nil || errors.Is(err, ErrWrongKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
