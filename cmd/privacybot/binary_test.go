package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// binary is the program under test, built once: everything here runs it as an operator does.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "privacybot-cmd-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "privacybot")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	code := 1
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// patience is how long a test waits for what must come; nothing takes so long when all is well.
const patience = 30 * time.Second

// call is one command line with its surroundings.
type call struct {
	args  []string
	stdin string
	env   []string // instead of the test's own
	dir   string
}

// result is what a finished process leaves.
type result struct {
	out, err string
	code     int
}

func (r result) String() string {
	return fmt.Sprintf("exit %d\n--- stdout\n%s--- stderr\n%s", r.code, r.out, r.err)
}

// run runs the program to its end.
func (c call) run(t testing.TB) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	cmd := c.command(ctx)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) || ctx.Err() != nil {
		t.Fatalf("privacybot %s: %v (%v)\n%s%s", strings.Join(c.args, " "), err, ctx.Err(), out.String(), errs.String())
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

func (c call) command(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, c.args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	cmd.WaitDelay = time.Second
	if c.stdin != "" {
		cmd.Stdin = strings.NewReader(c.stdin)
	}
	return cmd
}

// process is the program while it runs.
type process struct {
	t         testing.TB
	cmd       *exec.Cmd
	out, errs output
	ended     chan struct{}
}

// start starts the program and kills it when the test ends, unless it has ended before.
func (c call) start(t testing.TB) *process {
	t.Helper()
	p := &process{t: t, cmd: c.command(context.Background()), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.errs
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(p.ended); _ = p.cmd.Wait() }()
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); <-p.ended })
	return p
}

// running reports whether the process has not ended.
func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// signal sends a signal.
func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("signal %v: %v\n%s", s, err, p.errs.String())
	}
}

// endsWithin waits for the end and gives the exit code.
func (p *process) endsWithin(limit time.Duration) int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(limit):
		p.t.Fatalf("still running after %v\n%s%s", limit, p.out.String(), p.errs.String())
	}
	return p.cmd.ProcessState.ExitCode()
}

// output collects what a running process writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

var _ io.Writer = (*output)(nil)

// until waits until what is true.
func until(t testing.TB, what string, limit time.Duration, is func() bool) {
	t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}
