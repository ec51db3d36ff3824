// Package sqlitex lets gorm speak to SQLite through modernc.org/sqlite, which needs no cgo.
//
// The dialect is as small as it can be: the schema comes from numbered SQL files, so only
// gorm's base migrator is offered and no column type is ever generated. Errors of the driver
// become gorm's errors; row locks are dropped, because SQLite has none and its write
// transactions exclude each other anyway.
package sqlitex

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/migrator"
	"gorm.io/gorm/schema"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Dialector is gorm's view of one SQLite database.
type Dialector struct{ conn *sql.DB }

// New gives the dialect over db, which must have been opened with the driver "sqlite".
func New(db *sql.DB) gorm.Dialector { return Dialector{conn: db} }

// Name is "sqlite".
func (Dialector) Name() string { return "sqlite" }

// Initialize registers gorm's callbacks and drops FOR UPDATE.
func (d Dialector) Initialize(db *gorm.DB) error {
	db.ConnPool = d.conn
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{
		CreateClauses:        []string{"INSERT", "VALUES", "ON CONFLICT", "RETURNING"},
		UpdateClauses:        []string{"UPDATE", "SET", "FROM", "WHERE", "RETURNING"},
		DeleteClauses:        []string{"DELETE", "FROM", "WHERE", "RETURNING"},
		LastInsertIDReversed: true,
	})
	db.ClauseBuilders["FOR"] = func(c clause.Clause, b clause.Builder) {
		if _, ok := c.Expression.(clause.Locking); !ok {
			c.Build(b)
		}
	}
	return nil
}

// Migrator gives gorm's base migrator, which nothing here calls.
func (d Dialector) Migrator(db *gorm.DB) gorm.Migrator {
	return migrator.Migrator{Config: migrator.Config{DB: db, Dialector: d, CreateIndexAfterCreateTable: true}}
}

// DefaultValueOf is what an INSERT says for a column it leaves to the database.
func (Dialector) DefaultValueOf(*schema.Field) clause.Expression { return clause.Expr{SQL: "NULL"} }

// BindVarTo writes a placeholder.
func (Dialector) BindVarTo(w clause.Writer, _ *gorm.Statement, _ any) { w.WriteByte('?') }

// QuoteTo writes a name such as "t"."column" with its quotes.
func (Dialector) QuoteTo(w clause.Writer, name string) {
	for i, part := range strings.Split(name, ".") {
		if i > 0 {
			w.WriteByte('.')
		}
		if part == "*" {
			w.WriteByte('*')
			continue
		}
		w.WriteString(`"` + strings.ReplaceAll(part, `"`, `""`) + `"`)
	}
}

// Explain fills in a statement's values, for gorm's own log only.
func (Dialector) Explain(statement string, vars ...any) string {
	return logger.ExplainSQL(statement, nil, `'`, vars...)
}

// DataTypeOf gives the storage class of a field; the schema itself comes from SQL files.
func (Dialector) DataTypeOf(f *schema.Field) string {
	switch f.DataType {
	case schema.Bool, schema.Int, schema.Uint:
		return "integer"
	case schema.Float:
		return "real"
	case schema.Bytes:
		return "blob"
	}
	return "text"
}

// SavePoint starts a nested transaction.
func (Dialector) SavePoint(tx *gorm.DB, name string) error {
	return tx.Exec("SAVEPOINT " + name).Error
}

// RollbackTo ends a nested transaction without its changes.
func (Dialector) RollbackTo(tx *gorm.DB, name string) error {
	return tx.Exec("ROLLBACK TO SAVEPOINT " + name).Error
}

// Translate gives gorm's own errors for broken constraints.
func (Dialector) Translate(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return fmt.Errorf("%w: %w", gorm.ErrCheckConstraintViolated, err)
	}
	return err
}

// Busy reports whether err says that another connection holds the lock that was waited for.
func Busy(err error) bool { return code(err) == sqlite3.SQLITE_BUSY }

// Damaged reports whether err says that the file is no SQLite database or is not whole.
func Damaged(err error) bool {
	return code(err) == sqlite3.SQLITE_CORRUPT || code(err) == sqlite3.SQLITE_NOTADB
}

// code is the primary result code, without the extension in the upper bits.
func code(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return sqlite3.SQLITE_OK
	}
	return e.Code() & 0xff
}
