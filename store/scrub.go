package store

import (
	"context"
	"errors"
	"fmt"
)

// Scrub takes what was erased out of the database's own files as far as the database can: call it
// after a purge. SQLite has overwritten it already (secure_delete), but its journal still holds
// the pages as they were; the journal is written back and emptied. PostgreSQL keeps deleted rows
// until they are vacuumed: the small table of data keys, on which all sealed content depends, is
// written anew, the large ones are left to autovacuum. What remains in PostgreSQL's own log, in
// file system snapshots and on worn flash is wrapped by the operator's key; a rotation of that key
// makes it worthless.
//
// A database that is busy is left for the next time: the error says so.
func (s *Store) Scrub(ctx context.Context) error {
	conn, err := s.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("scrub: %w", err)
	}
	defer conn.Close()
	for _, statement := range s.engine.scrub {
		if _, failed := conn.ExecContext(ctx, statement); failed != nil {
			err = errors.Join(err, failed)
		}
	}
	if err != nil {
		return fmt.Errorf("scrub: %w", err)
	}
	return nil
}
