package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"
)

// A backup is a gzipped file of JSON lines, the same for both databases: a head, then for each table
// its columns and its rows, then the last ids, then an end with a keyed hash over all before. What is
// sealed in the database is sealed in it; no key is.

const backupFormat = 1

type backupHead struct {
	Backup string    `json:"backup"` // "privacybot"
	Format int       `json:"format"`
	Schema int64     `json:"schema"`
	MadeAt time.Time `json:"made_at"`
	Audit  string    `json:"audit"` // the last entry of the audit chain
}

type backupTable struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
}

type backupEnd struct {
	Sequences map[string]int64 `json:"sequences"` // the last id that each table gave out
	Rows      int64            `json:"rows"`
	MAC       string           `json:"mac"`
}

// BackupReport says what a backup holds.
type BackupReport struct {
	Rows   int64
	Tables int
	MadeAt time.Time
	Schema int64
}

// Backup writes all rows as they were at one moment, while others go on working. The keys are not
// in it: without the key file nobody can read or restore it.
func (s *Store) Backup(ctx context.Context, to io.Writer) (BackupReport, error) {
	r := BackupReport{MadeAt: s.now().UTC()}
	tx, err := s.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.engine.snapshot})
	if err != nil {
		return r, fmt.Errorf("backup: %w", err)
	}
	defer tx.Rollback()
	zip, err := gzip.NewWriterLevel(to, gzip.BestSpeed)
	if err != nil {
		return r, fmt.Errorf("backup: %w", err)
	}
	w := &backupWriter{mac: s.keys.backupMAC(), to: bufio.NewWriterSize(zip, 1<<16)}
	err = s.backup(ctx, tx, w, &r)
	if err = errors.Join(err, w.to.Flush(), zip.Close()); err != nil {
		return r, fmt.Errorf("backup: %w", err)
	}
	return r, nil
}

func (k *Keys) backupMAC() hash.Hash { return hmac.New(sha256.New, k.Token("backup")) }

type backupWriter struct {
	mac hash.Hash
	to  *bufio.Writer
}

// line writes v and counts it into the hash.
func (w *backupWriter) line(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	data = append(data, '\n')
	w.mac.Write(data)
	_, err = w.to.Write(data)
	return err
}

func (s *Store) backup(ctx context.Context, tx *sql.Tx, w *backupWriter, r *BackupReport) error {
	if err := tx.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&r.Schema); err != nil {
		return err
	}
	var head AuditHead
	var last []byte
	err := tx.QueryRowContext(ctx, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").Scan(&head.Seq, &last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	head.Hash = hex.EncodeToString(last)
	if err := w.line(backupHead{"privacybot", backupFormat, r.Schema, r.MadeAt, head.String()}); err != nil {
		return err
	}
	tables, err := s.engine.catalogue.tables(ctx, tx)
	if err != nil {
		return err
	}
	r.Tables = len(tables)
	for _, t := range tables {
		if err := w.table(ctx, tx, t, r); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	end := backupEnd{Sequences: map[string]int64{}, Rows: r.Rows}
	for _, t := range tables {
		n, err := s.engine.catalogue.lastID(ctx, tx, t)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		if n > 0 {
			end.Sequences[t] = n
		}
	}
	sequences, err := json.Marshal(end)
	if err != nil {
		return err
	}
	w.mac.Write(sequences) // with an empty mac
	end.MAC = hex.EncodeToString(w.mac.Sum(nil))
	return w.line(end)
}

func (w *backupWriter) table(ctx context.Context, tx *sql.Tx, name string, r *BackupReport) error {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+name)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	if err := w.line(backupTable{name, columns}); err != nil {
		return err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok && b == nil { // no bytes, which is not NULL
				values[i] = []byte{}
			}
		}
		if err := w.line(values); err != nil { // bytes become base64
			return err
		}
		r.Rows++
	}
	return rows.Err()
}

// byParents orders tables so that each comes behind those that its rows point to.
func byParents(tables []string, parents map[string][]string) []string {
	var out []string
	var visit func(string)
	visit = func(t string) {
		if slices.Contains(out, t) {
			return
		}
		for _, p := range parents[t] {
			if p != t {
				visit(p)
			}
		}
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	for _, t := range tables {
		visit(t)
	}
	return out
}
