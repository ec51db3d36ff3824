package mailtest

import (
	"bufio"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// IMAPServer is a private Dovecot with one user and the folders INBOX, Junk (SPECIAL-USE \Junk),
// Sent and Archive. It speaks plain IMAP with STARTTLS on Addr and IMAP over TLS on TLSAddr.
// Its methods fail the test on error; they may be used from one goroutine at a time.
type IMAPServer struct {
	Addr               string // 127.0.0.1:port, plain and STARTTLS
	TLSAddr            string // 127.0.0.1:port, TLS from the first byte
	Username, Password string
	Pool               *x509.CertPool // trusts the server's certificate, issued to 127.0.0.1 and localhost

	t       testing.TB
	oauth   *OAuthServer
	can     string // what the server says it can do, "" = all that Dovecot can
	dir     string
	dovecot string
	token   string // in the greeting, so that another server on the port is not taken for ours
	mail    account
	owner   account

	mu        sync.Mutex
	cmd       *exec.Cmd
	exited    chan struct{}
	unwatch   func()
	client    *imapclient.Client
	delivered int
}

const dovecotAdvice = "install dovecot-imapd (Debian: apt-get install --no-install-recommends dovecot-imapd)"

// IMAP starts a Dovecot for the test and stops it when the test ends.
func IMAP(t testing.TB) *IMAPServer {
	t.Helper()
	return startIMAP(t, nil)
}

// IMAPWithOAuth starts a Dovecot that also takes the tokens of oauth, by XOAUTH2 and OAUTHBEARER.
func IMAPWithOAuth(t testing.TB, oauth *OAuthServer) *IMAPServer {
	t.Helper()
	return startIMAP(t, oauth)
}

func startIMAP(t testing.TB, oauth *OAuthServer) *IMAPServer {
	t.Helper()
	dir, err := shortDir("imap")
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	s := &IMAPServer{
		t: t, dir: dir, oauth: oauth,
		Username: "privacy@example.test", Password: rand.Text(), token: rand.Text(),
		dovecot: binary(t, "dovecot", dovecotAdvice, "/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/opt/homebrew/sbin/dovecot"),
		mail:    serverAccount("nobody", "daemon"),
		owner:   account{},
	}
	t.Cleanup(s.close)
	if err := s.prepare(); err != nil {
		t.Fatalf("mailtest: prepare dovecot: %v", err)
	}
	for try := 1; ; try++ { // another process may take a free port before Dovecot does
		s.Addr, s.TLSAddr = freeAddr(t), freeAddr(t)
		if err = s.start(); err == nil {
			return s
		}
		if try == 5 {
			t.Fatalf("mailtest: start dovecot: %v", err)
		}
	}
}

// Kill ends the server and all its connections at once, without a goodbye.
func (s *IMAPServer) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop(killGroup)
}

// Restart starts the server again on the same port with the same mail, ending it before if it
// still runs.
func (s *IMAPServer) Restart() {
	s.t.Helper()
	s.mu.Lock()
	s.stop(stopGroup)
	s.mu.Unlock()
	var err error
	for range 50 { // the kernel may need a moment to give the port back
		if err = s.start(); err == nil {
			return
		}
	}
	s.t.Fatalf("mailtest: restart dovecot: %v", err)
}

// Announce restarts the server, which from then on names these capabilities only, such as
// "IMAP4rev1 UIDPLUS".
func (s *IMAPServer) Announce(capabilities string) {
	s.t.Helper()
	s.can = "imap_capability = " + capabilities + "\n"
	s.Restart()
}

// DropConnections ends the sessions of all signed-in clients at once; the server goes on.
func (s *IMAPServer) DropConnections() {
	s.t.Helper()
	s.forget()
	out, err := exec.Command(s.doveadm(), "-c", s.path("dovecot.conf"), "kick", s.Username).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "no users kicked") {
		s.t.Fatalf("mailtest: doveadm kick: %v: %s", err, out)
	}
}

func (s *IMAPServer) path(name string) string { return filepath.Join(s.dir, name) }

func (s *IMAPServer) doveadm() string {
	return binary(s.t, "doveadm", dovecotAdvice, "/usr/bin/doveadm", "/opt/homebrew/bin/doveadm")
}

// prepare writes all files that do not depend on the port.
func (s *IMAPServer) prepare() error {
	id, err := serverIdentity()
	if err != nil {
		return err
	}
	s.Pool = id.pool
	if err := os.Chmod(s.dir, 0o755); err != nil { // Dovecot's own users must reach their sockets
		return err
	}
	files := map[string][]byte{"cert.pem": id.certPEM, "key.pem": id.key}
	if s.oauth != nil {
		files["oauth2.conf"] = fmt.Appendf(nil, "introspection_mode = auth\nintrospection_url = %s/introspect\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n", s.oauth.URL)
	}
	for name, data := range files {
		if err := os.WriteFile(s.path(name), data, 0o600); err != nil {
			return err
		}
	}
	for _, name := range []string{"mail", "home"} {
		if err := os.Mkdir(s.path(name), 0o700); err != nil {
			return err
		}
		if err := s.mail.own(s.path(name)); err != nil {
			return err
		}
	}
	return nil
}

// start runs Dovecot and returns when it greets us with our own token.
func (s *IMAPServer) start() error {
	if err := os.WriteFile(s.path("dovecot.conf"), []byte(s.config()), 0o600); err != nil {
		return err
	}
	os.Remove(s.path("log"))
	cmd := exec.Command(s.dovecot, "-F", "-c", s.path("dovecot.conf"))
	cmd.Dir = "/"
	cmd.SysProcAttr = s.owner.attributes()
	if err := cmd.Start(); err != nil {
		return err
	}
	unwatch, err := watch(s.owner, `kill -s KILL -- "-$1"; rm -rf "$2"; sleep 0.2; rm -rf "$2"`, fmt.Sprint(cmd.Process.Pid), s.dir)
	if err != nil {
		killGroup(cmd.Process.Pid)
		cmd.Wait()
		return err
	}
	exited := make(chan struct{})
	go func() { cmd.Wait(); close(exited) }()
	s.mu.Lock()
	s.cmd, s.exited, s.unwatch = cmd, exited, unwatch
	s.mu.Unlock()

	deadline := time.Now().Add(20 * time.Second)
	for {
		err := s.greeted()
		if err == nil {
			return nil
		}
		select {
		case <-exited:
			err = errors.New("dovecot ended")
		case <-time.After(5 * time.Millisecond):
			if time.Now().Before(deadline) {
				continue
			}
		}
		s.mu.Lock()
		s.stop(killGroup)
		s.mu.Unlock()
		return fmt.Errorf("%w\n%s", err, s.log())
	}
}

// greeted reports whether our own server answers on both ports.
func (s *IMAPServer) greeted() error {
	for _, addr := range []string{s.TLSAddr, s.Addr} {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			return err
		}
		if addr == s.TLSAddr {
			conn.Close()
			continue
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(5 * time.Second))
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil {
			return err
		}
		if !strings.Contains(line, s.token) {
			return fmt.Errorf("another server answers on %s", addr)
		}
	}
	return nil
}

// stop ends the running server with signal and waits until it is gone; s.mu is held.
func (s *IMAPServer) stop(signal func(pid int)) {
	if s.client != nil {
		s.client.Close()
		s.client = nil
	}
	if s.cmd == nil {
		return
	}
	signal(s.cmd.Process.Pid)
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
	}
	killGroup(s.cmd.Process.Pid) // workers that outlive their master
	<-s.exited
	s.unwatch()
	s.cmd = nil
}

func (s *IMAPServer) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop(killGroup)
	if s.t.Failed() {
		s.t.Logf("dovecot's log:\n%s", s.log())
	}
	for range 100 { // a worker in its last breath may still write
		if os.RemoveAll(s.dir) == nil {
			return
		}
	}
	s.t.Errorf("mailtest: cannot remove %s", s.dir)
}

// log gives the end of Dovecot's log.
func (s *IMAPServer) log() string {
	data, _ := os.ReadFile(s.path("log"))
	if len(data) > 4000 {
		data = data[len(data)-4000:]
	}
	return string(data)
}

// config is Dovecot's configuration. Nothing is synced to disk: tests die with the machine.
func (s *IMAPServer) config() string {
	_, port, _ := net.SplitHostPort(s.Addr)
	_, tlsPort, _ := net.SplitHostPort(s.TLSAddr)
	users := ""
	if !s.mail.change { // not root: everything runs as ourselves, and nothing can be chrooted
		users = "default_internal_user = " + s.mail.name + "\ndefault_internal_group = " + s.mail.group +
			"\ndefault_login_user = " + s.mail.name +
			"\nservice anvil {\n  chroot =\n}\nservice imap-login {\n  chroot =\n}\nservice stats {\n  chroot =\n}\n"
	}
	mechanisms, oauth := "plain login", ""
	if s.oauth != nil {
		mechanisms += " " + s.oauth.Mechanisms
		oauth = "passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = " + s.path("oauth2.conf") + "\n}\n"
	}
	return strings.NewReplacer(
		"{mechanisms}", mechanisms, "{oauth}", s.can+oauth, "{dir}", s.dir, "{port}", port, "{tlsport}", tlsPort, "{token}", s.token, "{password}", s.Password,
		"{uid}", fmt.Sprint(s.mail.uid), "{gid}", fmt.Sprint(s.mail.gid), "{users}", users,
	).Replace(`base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols = imap
listen = 127.0.0.1
login_greeting = {token}
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = {mechanisms}
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
first_valid_uid = 1
mail_location = maildir:{dir}/mail
mail_fsync = never
mail_max_userip_connections = 100
shutdown_clients = yes
{oauth}passdb {
  driver = static
  args = password={password}
}
userdb {
  driver = static
  args = uid={uid} gid={gid} home={dir}/home
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Junk {
    special_use = \Junk
    auto = create
  }
  mailbox Sent {
    special_use = \Sent
    auto = create
  }
  mailbox Archive {
    auto = create
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  inet_listener imap {
    port = {port}
  }
  inet_listener imaps {
    port = {tlsport}
    ssl = yes
  }
}
{users}`)
}

// freeAddr gives a loopback address whose port was free a moment ago.
func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	defer l.Close()
	return l.Addr().String()
}
