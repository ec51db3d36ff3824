// Package migrations holds the numbered SQL files that make the schema, one folder for each
// database, the same names in both. They only go forward and a released file is never edited.
//
// All times are BIGINT microseconds since 1970 in UTC, in columns called *_at (or *_until), so
// that both databases compare them alike; NULL is no time.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// SQLite gives the files for SQLite.
func SQLite() fs.FS { return sub("sqlite") }

// Postgres gives the files for PostgreSQL.
func Postgres() fs.FS { return sub("postgres") }

func sub(name string) fs.FS {
	dir, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the name is a constant, and fs.Sub refuses malformed ones only
	}
	return dir
}
