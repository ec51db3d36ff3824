package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	sqlfiles "privacybot/migrations"
	"privacybot/store/sqlitex"
)

const sqliteConnections = 4 // writers take turns, readers do not wait for them

// openSQLite opens the file; create makes it when it is missing.
func openSQLite(path string, create bool) (*sql.DB, engine, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return nil, engine{}, errors.New("sqlite: needs a file, such as sqlite:privacybot.db")
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !create {
		return nil, engine{}, fmt.Errorf("there is no file %s: %w", path, ErrOlderSchema)
	}
	if err := privateFile(path); err != nil {
		return nil, engine{}, err
	}
	db, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return nil, engine{}, err
	}
	db.SetMaxOpenConns(sqliteConnections)
	db.SetMaxIdleConns(sqliteConnections)
	return db, engine{
		dialector: sqlitex.New(db),
		clock:     "CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)",
		scrub:     []string{"PRAGMA wal_checkpoint(TRUNCATE)"},
		catalogue: sqliteCatalogue,
		file:      path,
		presence:  &filePresence{path: path + "-worker"},
		migrations: migrations{
			dialect: goose.DialectSQLite3,
			files:   sqlfiles.SQLite(),
			exists:  "SELECT count(*) > 0 FROM sqlite_master WHERE name = 'goose_db_version'",
			lock:    func(ctx context.Context) (func(), error) { return lockFile(ctx, path+"-lock") },
		},
	}, nil
}

// sqliteDSN sets what every connection needs:
//   - _txlock=immediate: a transaction that reads first and writes later would otherwise fail at
//     once, whatever busy_timeout says (CASES C16).
//   - synchronous(FULL): in WAL mode NORMAL may lose the last commits when the power fails.
//   - secure_delete: a deleted data key is overwritten and not only unlinked.
func sqliteDSN(path string) string {
	query := "_txlock=immediate"
	for _, pragma := range []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)",
		"foreign_keys(1)", "secure_delete(1)", "temp_store(MEMORY)"} {
		query += "&_pragma=" + url.QueryEscape(pragma)
	}
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + query
}

// privateFile makes sure that path is a file that only its owner can read. SQLite gives its
// journals the same mode.
//
// A file that is there is never opened: closing it again would drop all locks that this process
// holds on it through another connection (POSIX fcntl), and SQLite would not notice.
func privateFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(path, 0o600)
	}
	return nil
}

// lockFile waits until no other process holds the lock called path. The lock is the exclusive
// transaction of an empty SQLite file, which every system drops when its holder dies. The file
// stays: removing it would let one process lock the old file and another a new one.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	if err := privateFile(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()+"?_pragma=busy_timeout(60000)&_txlock=exclusive")
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("wait for another migration: %w", err)
	}
	return func() {
		tx.Rollback()
		db.Close()
	}, nil
}
