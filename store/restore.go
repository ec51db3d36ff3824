package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"privacybot/ticket"
)

// metaRestoring stands in a database whose restore is not finished, metaRestored says when the last
// one was.
const (
	metaRestoring = "restoring"
	metaRestored  = "restored_at"
)

// maxBackupLine bounds one row of a backup: the largest mail, sealed and as base64.
const maxBackupLine = 512 << 20

// holdRestored is why a letter waits for approval after a restore.
const holdRestored = "the database was restored from a backup: this letter may have been sent since the backup was made"

// RestoreOptions says how to restore.
type RestoreOptions struct {
	Force     bool     // overwrite a database that is not empty
	Erasures  []string // erasure lists whose entries are erased again, beside Config.Erasures
	AuditHead string   // file with the end of the audit chain, "" for none
}

// RestoreReport says what a restore did.
type RestoreReport struct {
	BackupReport
	Erased int // contents that were erased again
	Held   int // letters that wait for approval, because they may have been sent since
}

// Restore fills a database from a backup, of whichever engine, in steps that can be repeated after
// a crash; until the last one is done nobody can open the database. The key file must be there.
//
// What was erased since the backup is erased again. Letters to requesters that were not sent yet
// when the backup was made wait for approval, as they may have gone out since (CASES C63); so do
// answers to mail that was received before the restore ([Store.RestoredAt]).
func Restore(ctx context.Context, c Config, from io.Reader, o RestoreOptions) (RestoreReport, error) {
	var r RestoreReport
	keys, err := loadKeys(c.keySource())
	if errors.Is(err, fs.ErrNotExist) {
		return r, fmt.Errorf("restore: %w (%w)", ErrNoKey, err)
	}
	if err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	var list []erasure
	for _, path := range append([]string{c.Erasures}, o.Erasures...) {
		part, err := readErasures(path)
		if err != nil {
			return r, fmt.Errorf("restore: %w", err)
		}
		list = append(list, part...)
	}
	at, err := openSite(ctx, c.URL, o.Force)
	if err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	defer at.close()
	if err := at.fill(ctx, keys, from, &r); err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	s := &Store{sql: at.db, engine: at.engine, keys: keys, holder: holderPrefix + randomName(), now: c.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.finishRestore(ctx, list, o, &r); err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	return r, at.settle(ctx, s, o.AuditHead)
}

// site is a database that is being filled.
type site struct {
	db     *sql.DB
	engine engine
	leave  func() error
	target string // SQLite: the file to be replaced when all is done, "" elsewhere
}

func (p *site) close() {
	p.db.Close()
	if p.leave != nil {
		_ = p.leave()
	}
}

// openSite makes sure that nobody works on the database and that nothing is lost that should not
// be. SQLite is filled into a new file that takes the old one's place in the end.
func openSite(ctx context.Context, address string, force bool) (*site, error) {
	db, e, err := openEngine(address, true)
	if err != nil {
		return nil, err
	}
	p := &site{db: db, engine: e}
	wait, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	busy := false
	if err := e.presence.take(wait, "restore", func() { busy = true }); err != nil {
		db.Close()
		if busy {
			return nil, ErrAtWork
		}
		return nil, err
	}
	p.leave = e.presence.leave
	if err := p.mayFill(ctx, force); err != nil {
		p.close()
		return nil, err
	}
	path, isFile := strings.CutPrefix(address, "sqlite:")
	if !isFile {
		return p, nil
	}
	// Nothing of the old file's journal may be taken for the new file's.
	if _, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		p.close()
		return nil, err
	}
	p.target = path
	fresh := path + ".restoring"
	for _, name := range []string{fresh, fresh + "-wal", fresh + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			p.close()
			return nil, err
		}
	}
	db.Close()
	if p.db, p.engine, err = openSQLite(fresh, true); err != nil {
		_ = p.leave()
		return nil, err
	}
	return p, nil
}

// mayFill looks for content and for others at work.
func (p *site) mayFill(ctx context.Context, force bool) error {
	version, err := p.engine.migrations.version(ctx, p.db)
	if err != nil || version == 0 {
		return err
	}
	s := &Store{sql: p.db, engine: p.engine}
	if err := s.connect(); err != nil {
		return err
	}
	var holders []string
	if err := s.db.WithContext(ctx).Raw("SELECT DISTINCT holder FROM leases WHERE expires_at > " + p.engine.clock).Scan(&holders).Error; err != nil {
		return err
	}
	for _, h := range holders {
		if gone, err := p.engine.presence.gone(ctx, s.db.WithContext(ctx), h); err != nil || !gone {
			return errors.Join(err, ErrAtWork)
		}
	}
	if _, unfinished, err := s.Meta(ctx, metaRestoring); err != nil || unfinished || force {
		return err
	}
	var n int
	if err := count(s.db.WithContext(ctx), &n, "(SELECT 1 FROM mails UNION ALL SELECT 1 FROM tickets UNION ALL SELECT 1 FROM letters UNION ALL SELECT 1 FROM locations) AS x"); err != nil {
		return err
	}
	if n > 0 {
		return ErrNotEmpty
	}
	return nil
}

// fill makes the schema of the backup and writes its rows, all or none.
func (p *site) fill(ctx context.Context, keys *Keys, from io.Reader, r *RestoreReport) error {
	in, err := newBackupReader(keys, from)
	if err != nil {
		return err
	}
	r.MadeAt, r.Schema = in.head.MadeAt, in.head.Schema
	have, err := p.engine.migrations.version(ctx, p.db)
	if err != nil {
		return err
	}
	if have > in.head.Schema {
		if err := p.empty(ctx); err != nil {
			return err
		}
	}
	if err := p.engine.migrations.upTo(ctx, p.db, in.head.Schema); err != nil {
		return err
	}
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	tables, err := p.engine.catalogue.tables(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range slices.Backward(tables) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+t); err != nil {
			return err
		}
	}
	if err := in.rows(ctx, tx, p.engine.catalogue, tables, r); err != nil {
		return err
	}
	var check string
	if err := tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = '"+metaKeyCheck+"'").Scan(&check); err != nil || !keys.opens(check) {
		return ErrWrongKey
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO meta (name, value) VALUES ('"+metaRestoring+"', 'yes')"); err != nil {
		return err
	}
	return tx.Commit()
}

// empty takes away a schema that is newer than the backup's.
func (p *site) empty(ctx context.Context) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	tables, err := p.engine.catalogue.tables(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range append([]string{"goose_db_version"}, slices.Collect(func(yield func(string) bool) {
		for _, t := range slices.Backward(tables) {
			if !yield(t) {
				return
			}
		}
	})...) {
		if _, err := tx.ExecContext(ctx, "DROP TABLE "+t); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// finishRestore brings the rows to this program's schema and to the present.
func (s *Store) finishRestore(ctx context.Context, list []erasure, o RestoreOptions, r *RestoreReport) error {
	if err := s.engine.migrations.upTo(ctx, s.sql, 0); err != nil {
		return err
	}
	if err := s.connect(); err != nil {
		return err
	}
	if err := s.usePrimary(ctx, s.keys); err != nil {
		return err
	}
	if err := s.adopt(ctx); err != nil {
		return err
	}
	lost := AuditHead{}
	if o.AuditHead != "" {
		var err error
		if lost, err = ReadAuditHead(o.AuditHead); err != nil {
			return err
		}
	}
	return s.InTx(ctx, func(tx *Tx) error {
		err := tx.statements(
			statement{"UPDATE leases SET expires_at = 0, token = token + 1", nil},
			statement{"UPDATE mails SET claimed_by = '', claimed_until = 0", nil},
			statement{"UPDATE letters SET claimed_by = '', claimed_until = 0", nil})
		if err != nil {
			return err
		}
		if r.Erased, err = tx.applyErasures(list); err != nil {
			return err
		}
		tx.erasures = nil // they are on the list
		if r.Held, err = tx.holdUnsent(); err != nil {
			return err
		}
		tx.note(auditRestored, auditDatabase, 0, micros(s.now()), []byte(lost.String()))
		if err := tx.SetMeta(metaRestored, s.now().UTC().Format(time.RFC3339Nano)); err != nil {
			return err
		}
		return tx.statements(statement{"DELETE FROM meta WHERE name = ?", []any{metaRestoring}})
	})
}

// holdUnsent makes letters to requesters wait that may have been sent after the backup was made.
// What wakes or informs people of the office goes out, if need be twice.
func (tx *Tx) holdUnsent() (int, error) {
	var rows []letterRow
	if err := tx.db.Raw(selectLetters + "WHERE l.state = 'ready' ORDER BY l.id").Scan(&rows).Error; err != nil {
		return 0, fmt.Errorf("hold unsent letters: %w", err)
	}
	n := 0
	for _, l := range rows {
		if !ticket.LetterKind(l.Kind).External() {
			continue
		}
		key, parts, err := tx.s.keys.openLetter(l)
		if err != nil {
			continue // it cannot be sent
		}
		parts.Hold = holdRestored
		plain, err := json.Marshal(parts)
		if err != nil {
			return n, err
		}
		sealed, err := key.seal(letterPlace(l.KeyHash), plain)
		if err != nil {
			return n, err
		}
		if err := tx.statements(statement{"UPDATE letters SET state = 'held', sealed = ? WHERE id = ?", []any{sealed, l.ID}}); err != nil {
			return n, fmt.Errorf("hold unsent letters: %w", err)
		}
		n++
	}
	return n, nil
}

// settle puts the filled file in its place and keeps the new end of the audit chain.
func (p *site) settle(ctx context.Context, s *Store, auditHead string) error {
	head, err := s.AuditHead(ctx)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if p.target != "" {
		if _, err := p.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		if err := p.db.Close(); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		for _, name := range []string{p.target + "-wal", p.target + "-shm"} {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("restore: %w", err)
			}
		}
		if err := os.Rename(p.target+".restoring", p.target); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	if auditHead == "" {
		return nil
	}
	return writeAuditHead(auditHead, head)
}

// Restored notes that the database was restored at that time.
func (tx *Tx) Restored(at time.Time) error {
	return tx.SetMeta(metaRestored, at.UTC().Format(time.RFC3339Nano))
}

// RestoredAt is when the database was last restored from a backup; zero when never. Mail received
// before may have been answered already, by the program whose rows are lost.
func (s *Store) RestoredAt(ctx context.Context) (time.Time, error) {
	kept, ok, err := s.Meta(ctx, metaRestored)
	if err != nil || !ok {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, kept)
	if err != nil {
		return time.Time{}, fmt.Errorf("read when the database was restored: %w", err)
	}
	return at, nil
}

type backupReader struct {
	head  backupHead
	lines *bufio.Reader
	mac   hash.Hash
}

func newBackupReader(keys *Keys, from io.Reader) (*backupReader, error) {
	zip, err := gzip.NewReader(from)
	if err != nil {
		return nil, ErrNoBackup
	}
	r := &backupReader{lines: bufio.NewReaderSize(zip, 1<<16), mac: keys.backupMAC()}
	line, err := r.line()
	if err != nil || json.Unmarshal(line, &r.head) != nil || r.head.Backup != "privacybot" {
		return nil, ErrNoBackup
	}
	if r.head.Format > backupFormat {
		return nil, fmt.Errorf("backup of format %d: %w", r.head.Format, ErrNewerSchema)
	}
	r.mac.Write(line)
	return r, nil
}

// line reads one line, with its end.
func (r *backupReader) line() ([]byte, error) {
	var line []byte
	for {
		part, err := r.lines.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull) || len(line) > maxBackupLine:
			return nil, ErrNoBackup // cut off
		}
	}
}

// rows writes all tables and checks the end.
func (r *backupReader) rows(ctx context.Context, tx *sql.Tx, c catalogue, tables []string, report *RestoreReport) error {
	var into *tableWriter
	defer func() { into.close() }()
	for {
		line, err := r.line()
		if err != nil {
			return err
		}
		if line[0] == '[' {
			if into == nil {
				return ErrNoBackup
			}
			if err := into.row(ctx, line); err != nil {
				return err
			}
			report.Rows++
			r.mac.Write(line)
			continue
		}
		var table backupTable
		if json.Unmarshal(line, &table) == nil && table.Table != "" {
			if !slices.Contains(tables, table.Table) { // never a name that is not one of ours
				return fmt.Errorf("%w: unknown table", ErrNoBackup)
			}
			into.close()
			if into, err = newTableWriter(ctx, tx, c, table); err != nil {
				return err
			}
			report.Tables++
			r.mac.Write(line)
			continue
		}
		return r.end(ctx, tx, c, tables, line, report.Rows)
	}
}

func (r *backupReader) end(ctx context.Context, tx *sql.Tx, c catalogue, tables []string, line []byte, rows int64) error {
	var end backupEnd
	if json.Unmarshal(line, &end) != nil || end.Rows != rows {
		return ErrNoBackup
	}
	told, err := hex.DecodeString(end.MAC)
	if err != nil {
		return ErrNoBackup
	}
	end.MAC = ""
	plain, err := json.Marshal(end)
	if err != nil {
		return err
	}
	r.mac.Write(plain)
	if !hmac.Equal(told, r.mac.Sum(nil)) {
		return ErrNoBackup
	}
	for table, last := range end.Sequences {
		if !slices.Contains(tables, table) {
			return ErrNoBackup
		}
		if err := c.setLastID(ctx, tx, table, last); err != nil {
			return fmt.Errorf("last id of %s: %w", table, err)
		}
	}
	return nil
}
