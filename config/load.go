package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const (
	maxFile     = 128 << 10 // bytes of the configuration file
	maxSecret   = 16 << 10  // bytes of a file that holds one secret
	maxProblems = 100
)

// Sources is what Load reads through.
type Sources struct {
	Env      func(name string) (value string, set bool)
	ReadFile func(path string) ([]byte, error)
	Stat     func(path string) (fs.FileInfo, error) // nil = no check of modes and folders
}

// OS reads the process's environment and its files, of each no more than Load can use. The path
// "-" is standard input.
func OS() Sources {
	return Sources{Env: os.LookupEnv, ReadFile: readBounded, Stat: os.Stat}
}

func readBounded(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, maxFile+1))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// Known is what the other packages can do, told from outside because config imports none of them.
type Known struct {
	Laws     []string // codes for organisation.law
	Holidays []string // codes for organisation.holidays; compared in any case
}

// Load reads the file at path and checks it. It gives every problem at once, in the order of the
// file; the Config is nil when one of them is more than a warning.
func Load(path string, from Sources, known Known) (*Config, []Problem) {
	l := &loader{from: from, config: Default(), lines: map[string]int{}, bad: map[string]bool{}, shown: map[string]string{}}
	if path != "-" {
		l.folder = filepath.Dir(path)
	}
	if body, ok := l.parse(path); ok {
		if body != nil {
			l.section("", body, l.config)
		}
		l.complete()
		l.check(known)
		l.checkFiles(path)
	}
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		switch {
		case (a.Line == 0) != (b.Line == 0):
			return b.Line - a.Line // problems without a line come last
		default:
			return a.Line - b.Line
		}
	})
	if len(l.problems) > maxProblems {
		l.problems = append(l.problems[:maxProblems], Problem{Text: "more problems follow; these first"})
	}
	if slices.ContainsFunc(l.problems, func(p Problem) bool { return !p.Warning }) {
		return nil, l.problems
	}
	return l.config, l.problems
}

// loader collects the values and problems of one file.
type loader struct {
	from     Sources
	folder   string // relative paths count from here; "" = the working folder
	config   *Config
	lines    map[string]int    // where each given key stands
	bad      map[string]bool   // keys that already have a problem
	shown    map[string]string // each given value as problems may quote it
	inline   bool              // a secret stands in the file itself
	problems []Problem
}

// problem notes what is wrong with key, at its line or its section's.
func (l *loader) problem(key, format string, args ...any) {
	l.bad[key] = true
	l.problems = append(l.problems, Problem{Key: key, Text: fmt.Sprintf(format, args...), Line: l.line(key)})
}

func (l *loader) warning(key, format string, args ...any) {
	l.problems = append(l.problems, Problem{Key: key, Text: fmt.Sprintf(format, args...), Line: l.line(key), Warning: true})
}

func (l *loader) line(key string) int {
	for key != "" {
		if n, ok := l.lines[key]; ok {
			return n
		}
		key = key[:max(0, strings.LastIndexAny(key, ".["))]
	}
	return 0
}

// resolve makes a path count from the configuration file's folder.
func (l *loader) resolve(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(l.folder, p)
}

// read gives the content of a file, at most limit bytes, or says in words why not.
func (l *loader) read(path string, limit int) ([]byte, error) {
	data, err := l.from.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("no such file %s", path)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("no permission to read %s", path)
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", err)
	case len(data) > limit:
		return nil, fmt.Errorf("%s is larger than %d KiB", path, limit>>10)
	}
	return data, nil
}

// open reports whether more people than the owner may do what mask says with the file at path.
// False when there is no such file, or no such notion (Windows).
func (l *loader) open(path string, mask fs.FileMode) bool {
	if l.from.Stat == nil || runtime.GOOS == "windows" {
		return false
	}
	info, err := l.from.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&mask != 0
}
