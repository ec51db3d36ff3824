package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"privacybot/store/sqlitex"
)

// Config says which database to open and how.
type Config struct {
	URL      string           // "sqlite:PATH" or "postgres://…"
	KeyFile  string           // made on the first start only, when the database is fresh
	Holder   string           // names this process in leases and claims, differs from all others; "" = random
	Now      func() time.Time // nil = time.Now
	Keys     KeySource        // instead of KeyFile, for keys that are not in a plain file
	Erasures string           // file that every erasure is added to, kept apart from backups; "" = none
	Migrate  bool             // bring the schema up to date, under a lock; otherwise an old one is ErrOlderSchema
}

// Store is an open database with its keys. It is safe for concurrent use.
type Store struct {
	db     *gorm.DB
	sql    *sql.DB
	engine engine
	keys   *Keys
	holder string
	now    func() time.Time

	schema   int64  // the newest that this program knows
	erasures string // path of the erasure list
}

// engine is what the two databases do differently.
type engine struct {
	dialector  gorm.Dialector
	clock      string             // SQL: the database's clock in microseconds
	skipLocked string             // SQL: leave out rows that another transaction holds
	lockRow    string             // SQL: keep the row from changing until the end of the transaction
	shareRow   string             // SQL: the same, but others may do so too
	lockTicket string             // SQL: keep the ticket's row from changing until the end of the transaction
	serialize  string             // SQL: wait until no other transaction of this kind (?) runs; "" where writers exclude each other anyway
	snapshot   sql.IsolationLevel // at which all reads of a transaction see the same moment
	scrub      []string           // SQL: take erased content out of the database's files
	catalogue  catalogue
	file       string // SQLite: the database; "" elsewhere
	presence   presence
	migrations migrations
}

// Open connects, checks (or with Migrate updates) the schema and checks that the key file opens
// this database.
//
// The key file is created only when the database holds no key check yet, that is before anything
// was ever sealed in it. After that a missing file is [ErrNoKey] and a wrong one [ErrWrongKey].
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{holder: c.Holder, now: c.Now, erasures: c.Erasures}
	if s.now == nil {
		s.now = time.Now
	}
	if s.holder == "" {
		s.holder = randomName()
	}
	s.holder = holderPrefix + s.holder
	var err error
	if s.sql, s.engine, err = openEngine(c.URL, c.Migrate); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := s.prepare(ctx, c); err != nil {
		s.sql.Close()
		if sqlitex.Damaged(err) {
			err = fmt.Errorf("%w (%w)", ErrDamaged, err)
		}
		return nil, fmt.Errorf("open database: %w", err)
	}
	return s, nil
}

func openEngine(address string, create bool) (*sql.DB, engine, error) {
	switch scheme, rest, _ := strings.Cut(address, ":"); scheme {
	case "sqlite":
		return openSQLite(rest, create)
	case "postgres", "postgresql":
		return openPostgres(address)
	default:
		return nil, engine{}, fmt.Errorf("%q is neither sqlite:PATH nor postgres://…", scheme)
	}
}

func (s *Store) prepare(ctx context.Context, c Config) error {
	if err := s.engine.migrations.check(ctx, s.sql, c.Migrate); err != nil {
		return err
	}
	if err := s.connect(); err != nil {
		return err
	}
	if _, unfinished, err := s.Meta(ctx, metaRestoring); err != nil {
		return err
	} else if unfinished {
		return ErrRestoring
	}
	var err error
	if s.keys, err = s.unlock(ctx, c.keySource()); err != nil || !c.Migrate {
		return err
	}
	return s.adopt(ctx)
}

func (s *Store) connect() (err error) {
	if s.schema, err = s.engine.migrations.newest(); err != nil {
		return err
	}
	s.db, err = gorm.Open(s.engine.dialector, &gorm.Config{
		Logger:                 logger.Discard, // gorm's log would quote values
		SkipDefaultTransaction: true,
		TranslateError:         true,
		DisableAutomaticPing:   true,
	})
	return err
}

func (c Config) keySource() KeySource {
	if c.KeyFile != "" {
		c.Keys.File = c.KeyFile
	}
	return c.Keys
}

// holderPrefix tells processes that know the schema of this program's time from those of the first
// schema, which the database lets take nothing more (migrations, 0002).
const holderPrefix = "v2/"

// Close closes the database. Leases and claims are left to run out.
func (s *Store) Close() error { return s.sql.Close() }

// Keys gives the installation's keys.
func (s *Store) Keys() *Keys { return s.keys }

// Holder is the name of this process in leases and claims.
func (s *Store) Holder() string { return s.holder }

func randomName() string {
	b := make([]byte, 12)
	rand.Read(b)
	return hex.EncodeToString(b)
}

const (
	writeTries = 10
	maxPause   = 300 // milliseconds between two tries
)

// write runs fn in a write transaction and runs it again, with fresh reads, when the database
// could not order it with others (CASES C18), when a lock was not to be had (C16) or when fn
// says [ErrConflict]. An error leaves nothing written; only a connection that breaks during the
// commit leaves it open, which is why every write can be repeated (C12).
func (s *Store) write(ctx context.Context, fn func(db *gorm.DB) error) error {
	for try := 1; ; try++ {
		err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			if err := s.engine.migrations.outdated(db, s.schema); err != nil {
				return err
			}
			return fn(db)
		})
		if err == nil || !again(err) || try == writeTries {
			return err
		}
		pause := time.NewTimer(time.Duration(1+mathrand.IntN(min(5<<try, maxPause))) * time.Millisecond)
		select {
		case <-ctx.Done():
			pause.Stop()
			return errors.Join(ctx.Err(), err)
		case <-pause.C:
		}
	}
}

// again reports whether the same transaction may succeed when it is repeated.
func again(err error) bool {
	if errors.Is(err, ErrConflict) || sqlitex.Busy(err) {
		return true
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// alone makes the transaction wait until no other of the same kind runs on this database, on any
// instance, until its end.
func (s *Store) alone(db *gorm.DB, kind string) error {
	if s.engine.serialize == "" {
		return nil
	}
	return db.Exec(s.engine.serialize, kind).Error
}
