package main_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// A1 to A34, A54: twenty published attacks get nothing out of the program.
func TestRedteam(t *testing.T) {
	t.Parallel()
	r := call{args: []string{"redteam", "--json"}, dir: t.TempDir()}.run(t)
	if r.code != 0 || r.err != "" {
		t.Errorf("redteam: %v", r)
	}
	n := 0
	for line := range strings.SplitSeq(strings.TrimSpace(r.out), "\n") {
		var o struct {
			Attack, Cases, Tried string
			Leaked               []string
		}
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		n++
		if o.Attack == "" || o.Cases == "" || o.Tried == "" || o.Leaked == nil || len(o.Leaked) > 0 {
			t.Errorf("%+v", o)
		}
	}
	if n < 20 {
		t.Errorf("%d attacks were played", n)
	}
}
