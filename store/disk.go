package store

import (
	"fmt"
	"path/filepath"
)

// DiskUsed gives how much of the disk with the database is used, in percent, rounded up. known is
// false where it cannot be told: PostgreSQL's disk is the server's own.
func (s *Store) DiskUsed() (percent int, known bool, err error) {
	if s.engine.file == "" {
		return 0, false, nil
	}
	used, free, known, err := diskSpace(filepath.Dir(s.engine.file))
	if err != nil || !known || used+free == 0 {
		if err != nil {
			err = fmt.Errorf("look at the disk: %w", err)
		}
		return 0, false, err
	}
	return int((used*100 + used + free - 1) / (used + free)), true, nil
}
