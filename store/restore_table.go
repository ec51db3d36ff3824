package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// tableWriter writes the rows of one table of a backup.
type tableWriter struct {
	insert *sql.Stmt
	types  []string
}

func newTableWriter(ctx context.Context, tx *sql.Tx, c catalogue, t backupTable) (*tableWriter, error) {
	types, err := c.types(ctx, tx, t.Table)
	if err != nil {
		return nil, err
	}
	w := &tableWriter{}
	names, marks := make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i, column := range t.Columns {
		kind, known := types[column]
		if !known { // also keeps anything but our own names out of the statement
			return nil, fmt.Errorf("%w: unknown column of %s", ErrNoBackup, t.Table)
		}
		w.types, names[i], marks[i] = append(w.types, kind), `"`+column+`"`, fmt.Sprintf("$%d", i+1)
	}
	w.insert, err = tx.PrepareContext(ctx, "INSERT INTO "+t.Table+" ("+strings.Join(names, ", ")+")"+c.override+" VALUES ("+strings.Join(marks, ", ")+")")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Table, err)
	}
	return w, nil
}

func (w *tableWriter) close() {
	if w != nil && w.insert != nil {
		w.insert.Close()
	}
}

func (w *tableWriter) row(ctx context.Context, line []byte) error {
	var values []any
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil || len(values) != len(w.types) {
		return ErrNoBackup
	}
	for i, v := range values {
		plain, ok := columnValue(v, w.types[i])
		if !ok {
			return ErrNoBackup
		}
		values[i] = plain
	}
	_, err := w.insert.ExecContext(ctx, values...)
	return err
}

// columnValue turns a value of a backup into what a column of this kind takes: truth is a number in
// SQLite.
func columnValue(v any, kind string) (any, bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case bool:
		if kind == "boolean" {
			return v, true
		}
		if v {
			return int64(1), kind == "integer"
		}
		return int64(0), kind == "integer"
	case json.Number:
		n, err := v.Int64()
		if kind == "boolean" {
			return n != 0, err == nil
		}
		return n, err == nil && kind == "integer"
	case string:
		if kind == "blob" {
			data, err := base64.StdEncoding.DecodeString(v)
			return data, err == nil
		}
		return v, kind == "text"
	}
	return nil, false
}
