package mailtest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"testing"
)

// shortDir makes a private directory with a short name: a Unix socket path holds 100 bytes, and
// t.TempDir spells out the test's name and belongs to the user who runs the tests.
func shortDir(kind string) (string, error) {
	base := os.TempDir()
	if len(base) > 40 {
		base = "/tmp"
	}
	return os.MkdirTemp(base, "pb-"+kind+"-")
}

// watch starts a shell that outlives us only to clean up. When our end of its standard input is
// closed without a word (the test process ended or was killed), it runs script with args as $1…;
// when stop is called it just leaves. Only a pipe tells this on every Unix and after kill -9.
func watch(owner account, script string, args ...string) (stop func(), err error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", "read -r word && exit 0\n" + script, "watch"}, args...)...)
	cmd.Dir = "/"
	cmd.SysProcAttr = owner.attributes()
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start watcher: %w", err)
	}
	return func() {
		io.WriteString(pipe, "leave\n")
		pipe.Close()
		cmd.Wait()
	}, nil
}

// binary finds a program on the PATH or, newest version first, where patterns say.
func binary(t testing.TB, name, advice string, patterns ...string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern)
		sort.Slice(found, func(i, j int) bool {
			a, b := found[i], found[j]
			return len(a) > len(b) || len(a) == len(b) && a > b // …/9/bin sorts behind …/15/bin
		})
		if len(found) > 0 {
			return found[0]
		}
	}
	t.Fatalf("mailtest: %s is not installed; %s", name, advice)
	return ""
}
