package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
)

// migrations is how one database's schema is made.
type migrations struct {
	dialect goose.Dialect
	files   fs.FS
	exists  string // SQL: whether the table of versions is there
	options []goose.ProviderOption
	lock    func(context.Context) (unlock func(), err error) // nil where an option locks
}

// upTo brings the schema to a version, or to the newest with 0.
func (m migrations) upTo(ctx context.Context, db *sql.DB, version int64) error {
	goosing, err := goose.NewProvider(m.dialect, db, m.files, append(m.options, goose.WithDisableGlobalRegistry(true))...)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if sources := goosing.ListSources(); version > sources[len(sources)-1].Version {
		return fmt.Errorf("schema %d, this program knows %d: %w", version, sources[len(sources)-1].Version, ErrNewerSchema)
	}
	if version == 0 {
		_, err = goosing.Up(ctx)
	} else {
		_, err = goosing.UpTo(ctx, version)
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// newest is the last version that this program knows.
func (m migrations) newest() (int64, error) {
	names, err := fs.Glob(m.files, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, errors.Join(errors.New("migrations: none"), err)
	}
	return goose.NumericComponent(names[len(names)-1])
}

// outdated stops a write of a program that knows less than the database by now: a newer one has been
// started beside it, and its rows are no longer ours to change.
func (m migrations) outdated(db *gorm.DB, known int64) error {
	var have int64
	if err := db.Raw("SELECT COALESCE(max(version_id), 0) FROM goose_db_version").Scan(&have).Error; err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if have > known {
		return fmt.Errorf("schema %d, this program knows %d: %w", have, known, ErrNewerSchema)
	}
	return nil
}

// check compares the schema with this program and, if allowed, brings it up to date.
func (m migrations) check(ctx context.Context, db *sql.DB, migrate bool) error {
	goosing, err := goose.NewProvider(m.dialect, db, m.files, append(m.options, goose.WithDisableGlobalRegistry(true))...)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	sources := goosing.ListSources()
	newest := sources[len(sources)-1].Version
	have, err := m.version(ctx, db)
	switch {
	case err != nil:
		return err
	case have > newest:
		return fmt.Errorf("schema %d, this program knows %d: %w", have, newest, ErrNewerSchema)
	case have == newest:
		return nil
	case !migrate:
		return fmt.Errorf("schema %d, this program needs %d: %w", have, newest, ErrOlderSchema)
	}
	if m.lock != nil {
		unlock, err := m.lock(ctx)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		defer unlock()
	}
	if _, err := goosing.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// version reads the schema's version: 0 for a database without any. A version that cannot be read is an
// error and never 0, or a broken connection would look like an empty database.
func (m migrations) version(ctx context.Context, db *sql.DB) (int64, error) {
	var exists bool
	if err := db.QueryRowContext(ctx, m.exists).Scan(&exists); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	if !exists {
		return 0, nil
	}
	var version sql.Null[int64]
	if err := db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	if !version.Valid {
		return 0, errors.New("read schema version: the table of versions is empty")
	}
	return version.V, nil
}
