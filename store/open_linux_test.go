package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Opening a database twice in one process must not drop the locks of the first: POSIX locks end
// with any close of the file, and SQLite does not notice.
func TestSQLiteOpenedTwice(t *testing.T) {
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "twice.db"))
	w.save(w.open("one"), w.inbound("kept"))
	before := heldLocks(t)
	if len(before) < 2 {
		t.Fatalf("an open database holds the locks %q", before)
	}
	w.open("two")
	after := strings.Join(heldLocks(t), "\n")
	for _, lock := range before {
		if !strings.Contains(after, lock) {
			t.Errorf("the lock %q is gone", lock)
		}
	}
}

// heldLocks lists this process's file locks, without their running numbers.
func heldLocks(t *testing.T) (locks []string) {
	t.Helper()
	for _, line := range strings.Split(string(must[[]byte](t)(os.ReadFile("/proc/locks"))), "\n") {
		if _, lock, ok := strings.Cut(line, ": "); ok && strings.Contains(line, fmt.Sprintf(" %d ", os.Getpid())) {
			locks = append(locks, lock)
		}
	}
	return locks
}
