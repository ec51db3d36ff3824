package pipeline_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"privacybot/pipeline"
)

// CASES A65: when the disk fills up people are woken; when it is nearly full no mail is taken in, and
// none is lost: it is there when there is room again.
func TestDiskFillsUp(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "office.db"))
	woken := filepath.Join(t.TempDir(), "woken")
	script := filepath.Join(t.TempDir(), "wake")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho woken >> "+woken+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	o.config.Alarm, o.config.Policy.Alarm = []string{script}, true
	o.config.DiskWarn, o.config.DiskStop = 1, 1 // every disk with something on it is that full
	o.open()
	o.receive("jane@people.example.org", "Delete my account", "Please delete my account and all my data.", proven("jane@people.example.org"))
	wakings := func() int {
		data, _ := os.ReadFile(woken)
		return strings.Count(string(data), "woken")
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {time.Hour, 1}, {4 * time.Hour, 2}} {
		o.later(step.after)
		if err := o.pipeline.Once(t.Context()); !errors.Is(err, pipeline.ErrDisk) {
			t.Errorf("a full disk: %v", err)
		}
		if n := wakings(); n != step.want {
			t.Errorf("woken %d times, want %d", n, step.want)
		}
	}
	if n := len(o.tickets()); n != 0 {
		t.Errorf("%d tickets on a full disk", n)
	}
	o.config.DiskWarn, o.config.DiskStop = 0, 0
	o.open()
	o.once()
	if n := len(o.tickets()); n != 1 {
		t.Errorf("%d tickets when there is room again", n)
	}
}
