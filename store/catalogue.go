package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// catalogue is what a database says about its own tables.
type catalogue struct {
	list     string   // SQL: names of tables
	parents  string   // SQL: pairs of a table and one that its rows point to
	columns  string   // SQL: pairs of a column of a table (?) and its type
	last     string   // SQL: the last id given out by a table (?)
	setLast  []string // SQL: make id ?2 the last one given out by table ?1
	override string   // SQL: write ids that the database would give out itself
}

var sqliteCatalogue = catalogue{
	list:    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version' ORDER BY name",
	parents: `SELECT m.name, f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1, 2`,
	columns: "SELECT name, lower(type) FROM pragma_table_info(?)",
	last:    "SELECT seq FROM sqlite_sequence WHERE name = ?",
	setLast: []string{"DELETE FROM sqlite_sequence WHERE name = ?1 AND ?2 IS NOT NULL", "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)"},
}

var postgresCatalogue = catalogue{
	list: "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> 'goose_db_version' ORDER BY 1",
	parents: `SELECT c.relname, p.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'f' AND n.nspname = current_schema() ORDER BY 1, 2`,
	columns: "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1",
	last: `SELECT COALESCE(s.last_value, 0) FROM pg_sequences s
		WHERE s.schemaname = current_schema() AND quote_ident(s.schemaname) || '.' || quote_ident(s.sequencename) =
		(SELECT pg_get_serial_sequence(quote_ident($1), column_name) FROM information_schema.columns
		 WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'YES')`,
	setLast:  []string{"SELECT setval(pg_get_serial_sequence(quote_ident($1), 'id'), $2)"},
	override: " OVERRIDING SYSTEM VALUE",
}

// tables lists the tables, each behind those that it points to.
func (c catalogue) tables(ctx context.Context, tx *sql.Tx) ([]string, error) {
	var names []string
	parents := map[string][]string{}
	err := pairs(ctx, tx, c.list, 1, func(v [2]string) { names = append(names, v[0]) })
	if err == nil {
		err = pairs(ctx, tx, c.parents, 2, func(v [2]string) { parents[v[0]] = append(parents[v[0]], v[1]) })
	}
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	return byParents(names, parents), nil
}

// types gives the kinds of a table's columns: "integer", "boolean", "blob" or "text".
func (c catalogue) types(ctx context.Context, tx *sql.Tx, table string) (map[string]string, error) {
	types := map[string]string{}
	err := pairs(ctx, tx, c.columns, 2, func(v [2]string) {
		switch v[1] {
		case "bigint", "int":
			v[1] = "integer"
		case "bytea":
			v[1] = "blob"
		}
		types[v[0]] = v[1]
	}, table)
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	return types, nil
}

// lastID is the last id that a table gave out, 0 for one that gives out none.
func (c catalogue) lastID(ctx context.Context, tx *sql.Tx, table string) (int64, error) {
	var n int64
	err := tx.QueryRowContext(ctx, c.last, table).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

func (c catalogue) setLastID(ctx context.Context, tx *sql.Tx, table string, last int64) error {
	for _, statement := range c.setLast {
		if _, err := tx.ExecContext(ctx, statement, table, last); err != nil {
			return err
		}
	}
	return nil
}

// pairs calls fn for every row of a query with one or two columns of text.
func pairs(ctx context.Context, tx *sql.Tx, query string, columns int, fn func([2]string), values ...any) error {
	rows, err := tx.QueryContext(ctx, query, values...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var v [2]string
		into := []any{&v[0], &v[1]}
		if err := rows.Scan(into[:columns]...); err != nil {
			return err
		}
		fn(v)
	}
	return rows.Err()
}
