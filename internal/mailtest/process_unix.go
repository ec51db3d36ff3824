//go:build unix

package mailtest

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account is the user a server runs as; the zero value is the user who runs the tests.
type account struct {
	name     string
	group    string
	uid, gid int
	change   bool
}

// serverAccount gives the first of names that exists when the tests run as root: PostgreSQL
// refuses to run as root, Dovecot refuses to open root's mail. Otherwise it is ourselves.
func serverAccount(names ...string) account {
	me := account{uid: os.Getuid(), gid: os.Getgid(), name: strconv.Itoa(os.Getuid())}
	if u, err := user.Current(); err == nil {
		me.name = u.Username
	}
	if g, err := user.LookupGroupId(strconv.Itoa(me.gid)); err == nil {
		me.group = g.Name
	}
	if me.uid != 0 {
		return me
	}
	for _, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil {
			return account{name: name, uid: uid, gid: gid, change: true}
		}
	}
	return me
}

// attributes puts a child into a process group of its own, so that ^C reaches the tests and not
// the servers, and into the account.
func (a account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a.change {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

// own gives path to the account.
func (a account) own(path string) error {
	if !a.change {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}

// killGroup kills a process group at once, as a power cut would.
func killGroup(pid int) { syscall.Kill(-pid, syscall.SIGKILL) }

// stopGroup asks a process group to end.
func stopGroup(pid int) { syscall.Kill(-pid, syscall.SIGTERM) }
