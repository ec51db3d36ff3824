//go:build linux || darwin

package store

import "syscall"

// diskSpace gives the blocks that are used, and those that are free for us.
func diskSpace(folder string) (used, free uint64, known bool, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, 0, false, err
	}
	return s.Blocks - s.Bfree, s.Bavail, true, nil
}
