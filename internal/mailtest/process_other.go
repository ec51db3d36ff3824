//go:build !unix

package mailtest

import "syscall"

// Dovecot and PostgreSQL in a private directory need Unix; this file only keeps the package
// compiling elsewhere.
type account struct {
	name     string
	group    string
	uid, gid int
	change   bool
}

func serverAccount(...string) account { return account{} }

func (account) attributes() *syscall.SysProcAttr { return nil }

func (account) own(string) error { return nil }

func killGroup(int) {}

func stopGroup(int) {}
