package mailtest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// PGServer is a private PostgreSQL cluster that listens on a Unix socket only.
type PGServer struct {
	t     testing.TB
	dir   string
	pgctl string
	owner account
	fsync bool
	next  atomic.Int64

	mu      sync.Mutex
	running bool
	unwatch func()
}

// PGOption changes how [PostgresServer] runs.
type PGOption func(*PGServer)

// Fsync makes the server write to disk before it confirms, as in production. Without it a
// commit survives the server's death but not the machine's.
func Fsync() PGOption { return func(s *PGServer) { s.fsync = true } }

const postgresAdvice = "install postgresql (Debian: apt-get install --no-install-recommends postgresql)"

// shared is the cluster that all tests of this process use through [Postgres].
var shared struct {
	sync.Mutex
	server *PGServer
}

// Postgres gives the DSN of a fresh, empty database, which is dropped when the test ends. The
// cluster is started once per test process, with fsync off, and ends with the process.
func Postgres(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		s := newCluster(t)
		if err := s.boot(); err != nil {
			os.RemoveAll(s.dir)
			t.Fatalf("mailtest: start postgresql: %v", err)
		}
		shared.server = s
	}
	return shared.server.database(t)
}

// PostgresServer starts a cluster that belongs to the test alone, for tests that stop the
// database or need fsync. It ends with the test.
func PostgresServer(t testing.TB, opts ...PGOption) *PGServer {
	t.Helper()
	s := newCluster(t, opts...)
	t.Cleanup(s.close)
	if err := s.boot(); err != nil {
		t.Fatalf("mailtest: start postgresql: %v", err)
	}
	return s
}

// Database gives the DSN of a fresh, empty database on the cluster.
func (s *PGServer) Database() string {
	s.t.Helper()
	return s.database(s.t)
}

// Stop ends the server at once, without waiting for transactions or writing a checkpoint: the
// next Start recovers from the log, as after a crash.
func (s *PGServer) Stop() {
	s.t.Helper()
	if err := s.stop(); err != nil {
		s.t.Fatalf("mailtest: stop postgresql: %v", err)
	}
}

// Start starts the server again after Stop and returns when it accepts connections.
func (s *PGServer) Start() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatalf("mailtest: start postgresql: %v", err)
	}
}

func newCluster(t testing.TB, opts ...PGOption) *PGServer {
	t.Helper()
	s := &PGServer{t: t, owner: serverAccount("postgres", "nobody")}
	for _, opt := range opts {
		opt(s)
	}
	s.pgctl = binary(t, "pg_ctl", postgresAdvice, "/usr/lib/postgresql/*/bin/pg_ctl", "/usr/local/bin/pg_ctl", "/opt/homebrew/opt/postgresql*/bin/pg_ctl")
	if path, err := filepath.EvalSymlinks(s.pgctl); err == nil {
		s.pgctl = path // initdb and psql are beside the program, not beside a link to it
	}
	dir, err := shortDir("pg")
	if err == nil {
		s.dir = dir
		err = s.owner.own(dir)
	}
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	return s
}

// boot makes the cluster's files and starts it.
func (s *PGServer) boot() error {
	if err := s.run("initdb", "-D", s.data(), "-U", "privacybot", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"); err != nil {
		return err
	}
	return s.start()
}

func (s *PGServer) data() string { return filepath.Join(s.dir, "data") }

func (s *PGServer) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		return nil
	}
	settings := fmt.Sprintf("-c listen_addresses='' -c unix_socket_directories='%s' -c max_connections=200 -c timezone=UTC", s.dir)
	if !s.fsync {
		settings += " -c fsync=off -c full_page_writes=off"
	}
	unwatch, err := watch(s.owner, `kill -s QUIT "$(head -n 1 "$1/data/postmaster.pid")"
n=0
while [ -e "$1/data/postmaster.pid" ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n+1)); done
rm -rf "$1"`, s.dir)
	if err != nil {
		return err
	}
	if err := s.run("pg_ctl", "start", "-w", "-t", "60", "-D", s.data(), "-l", filepath.Join(s.dir, "log"), "-o", settings); err != nil {
		unwatch()
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("%w\n%s", err, log)
	}
	s.running, s.unwatch = true, unwatch
	return nil
}

func (s *PGServer) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running {
		return nil
	}
	if err := s.run("pg_ctl", "stop", "-w", "-t", "30", "-m", "immediate", "-D", s.data()); err != nil {
		return err
	}
	s.unwatch()
	s.running = false
	return nil
}

func (s *PGServer) close() {
	if err := s.stop(); err != nil {
		s.t.Errorf("mailtest: stop postgresql: %v", err)
	}
	if err := os.RemoveAll(s.dir); err != nil {
		s.t.Errorf("mailtest: %v", err)
	}
}

// database creates a database, drops it when t ends and gives its DSN.
func (s *PGServer) database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", s.next.Add(1))
	if err := s.sql("CREATE DATABASE " + name); err != nil {
		t.Fatalf("mailtest: create database: %v", err)
	}
	t.Cleanup(func() {
		s.mu.Lock()
		running := s.running
		s.mu.Unlock()
		if !running {
			return // the whole cluster goes
		}
		if err := s.sql("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("mailtest: drop database: %v", err)
		}
	})
	query := url.Values{"host": {s.dir}, "port": {"5432"}, "sslmode": {"disable"}}
	return "postgres://privacybot@/" + name + "?" + query.Encode()
}

func (s *PGServer) sql(statement string) error {
	return s.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", s.dir, "-U", "privacybot", "-d", "postgres", "-c", statement)
}

// run runs one of PostgreSQL's programs as the cluster's owner. Its output goes to a file and not
// to a pipe, because the server that pg_ctl starts would hold the pipe open.
func (s *PGServer) run(name string, args ...string) error {
	out, err := os.CreateTemp(s.dir, "out-")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd := exec.Command(filepath.Join(filepath.Dir(s.pgctl), name), args...)
	cmd.Dir = "/"
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "PG") { // PGPORT, PGDATA and the like mean another server
			cmd.Env = append(cmd.Env, pair)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = s.owner.attributes()
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(text)))
	}
	return nil
}
