package store

import "errors"

// What callers branch on.
var (
	// ErrNewerSchema says that a newer program has migrated the database.
	ErrNewerSchema = errors.New("the database was made by a newer version of privacybot: install that version or a later one")
	// ErrOlderSchema says that the database was not migrated yet and migrating was not allowed.
	ErrOlderSchema = errors.New("the database is older than this version of privacybot, or empty: run `privacybot migrate`")
	// ErrNoKey says that a database with content was opened without its key file. A new key is
	// never made then: it could not open anything.
	ErrNoKey = errors.New("the key file that opens this database is missing: put it back from its backup")
	// ErrWrongKey says that the key file belongs to another database.
	ErrWrongKey = errors.New("the key file does not open this database: it belongs to another one, or is older than the last rotation")
	// ErrRotated says that the operator's key was rotated and our copy of the key file lacks the
	// new one. Nothing is lost and nothing is judged damaged: what needs it waits.
	ErrRotated = errors.New("the operator's key was rotated: this copy of the key file lacks the new key")
	// ErrDamaged says that the database file is not whole.
	ErrDamaged = errors.New("the database file is damaged: restore it from a backup")
	// ErrRestoring says that a restore was begun and not finished.
	ErrRestoring = errors.New("a restore of this database was not finished: run `privacybot restore` again")
	// ErrNotEmpty says that a restore would overwrite what the database holds.
	ErrNotEmpty = errors.New("the database is not empty: restoring would overwrite it; say --force if that is wanted")
	// ErrAtWork says that another process works on the database.
	ErrAtWork = errors.New("another process works on this database: stop it first")
	// ErrNoBackup says that a file is no backup of this installation, or not whole.
	ErrNoBackup = errors.New("the file is no whole backup made with this key")
	// ErrConflict says that somebody else changed the ticket in between; decide again on fresh facts.
	ErrConflict = errors.New("changed by somebody else in between")
	// ErrLeaseLost says that a lease or a claim is no longer ours: nothing was written.
	ErrLeaseLost = errors.New("the lease or claim is no longer ours")
)
