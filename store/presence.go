package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"gorm.io/gorm"

	"privacybot/store/sqlitex"
)

// presence shows other processes that this one is alive, by a lock that the system or the
// database server drops when the process dies, however it dies.
type presence interface {
	// take waits until this process may work, and calls waiting once when it has to.
	take(ctx context.Context, holder string, waiting func()) error
	// gone reports whether the process called holder has died. It never says so of one that
	// still has its connection, even if it is stopped.
	gone(ctx context.Context, db *gorm.DB, holder string) (bool, error)
	// keep makes sure that what take gave is still there: a session can break while its process lives.
	keep(ctx context.Context, holder string) error
	leave() error
}

// Attend declares that this process takes claims and leases from now on, and takes back what
// processes that have died still hold, so that work goes on at once and not when their claims run
// out (CASES C50). On SQLite one process works at a time and the next one waits here; on
// PostgreSQL any number do. waiting is called when another process is in the way. leave ends it.
func (s *Store) Attend(ctx context.Context, waiting func()) (leave func() error, err error) {
	if err := s.engine.presence.take(ctx, s.holder, waiting); err != nil {
		return nil, fmt.Errorf("wait for the right to work: %w", err)
	}
	if err := s.Relieve(ctx); err != nil {
		return nil, errors.Join(err, s.engine.presence.leave())
	}
	return s.engine.presence.leave, nil
}

// Relieve takes back the claims and leases of processes that have died since [Store.Attend].
// What a dead process had in hand counts as tried: its mails stay suspect, its letters keep their
// attempt.
//
// A process whose own session broke, as when the server was restarted, shows itself alive again
// here first: call it often. What others took back meanwhile is lost to it, and its late writes fail.
func (s *Store) Relieve(ctx context.Context) error {
	if err := s.engine.presence.keep(ctx, s.holder); err != nil {
		return fmt.Errorf("show that this process is alive: %w", err)
	}
	err := s.write(ctx, func(db *gorm.DB) error {
		var holders []string
		err := db.Raw(`SELECT claimed_by FROM mails WHERE state = 'pending' AND claimed_until > 0
			UNION SELECT claimed_by FROM letters WHERE state = 'ready' AND claimed_until > 0
			UNION SELECT holder FROM leases WHERE expires_at > ` + s.engine.clock).Scan(&holders).Error
		if err != nil {
			return err
		}
		for _, h := range holders {
			if h == "" || h == s.holder {
				continue
			}
			gone, err := s.engine.presence.gone(ctx, db, h)
			if err != nil {
				return err
			}
			if gone {
				if err := relieve(db, h); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("take over from processes that died: %w", err)
	}
	return nil
}

// relieve ends what holder holds. Its late writes fail, as the claims are not its own any more.
func relieve(db *gorm.DB, holder string) error {
	for _, sql := range []string{
		"UPDATE mails SET claimed_by = '', claimed_until = 0 WHERE state = 'pending' AND claimed_by = ?",
		"UPDATE letters SET claimed_by = '', claimed_until = 0 WHERE state = 'ready' AND claimed_by = ?",
		"UPDATE leases SET expires_at = 0, token = token + 1 WHERE holder = ?",
	} {
		if err := db.Exec(sql, holder).Error; err != nil {
			return err
		}
	}
	return nil
}

// filePresence is the exclusive transaction of an empty SQLite file beside the database: every
// system drops it when its holder dies.
type filePresence struct {
	path string
	db   *sql.DB
	tx   *sql.Tx
}

const presencePoll = 200 * time.Millisecond

func (f *filePresence) take(ctx context.Context, _ string, waiting func()) error {
	if err := privateFile(f.path); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(f.path)}).EscapedPath()+"?_txlock=exclusive")
	if err != nil {
		return err
	}
	tick := time.NewTicker(presencePoll)
	defer tick.Stop()
	for told := false; ; told = true {
		tx, err := db.BeginTx(context.WithoutCancel(ctx), nil) // ends with the process, not with ctx
		if err == nil {
			f.db, f.tx = db, tx
			return nil
		}
		if !sqlitex.Busy(err) {
			return errors.Join(err, db.Close())
		}
		if !told {
			waiting()
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), db.Close())
		case <-tick.C:
		}
	}
}

// gone is true of all others: only the holder of the file works.
func (f *filePresence) gone(context.Context, *gorm.DB, string) (bool, error) { return f.tx != nil, nil }

func (f *filePresence) keep(context.Context, string) error { return nil } // lasts as long as the process

// leave does not remove the file: who waits for it would then hold another one than who comes next.
func (f *filePresence) leave() error {
	if f.tx == nil {
		return nil
	}
	err := errors.Join(f.tx.Rollback(), f.db.Close())
	f.tx, f.db = nil, nil
	return err
}

// sessionPresence is an advisory lock of a session that lasts as long as the process.
type sessionPresence struct {
	sql  *sql.DB
	conn *sql.Conn
}

const presenceKey = "hashtextextended('privacybot process ' || current_schema() || ' ' || $1, 0)"

func (p *sessionPresence) take(ctx context.Context, holder string, _ func()) error {
	conn, err := p.sql.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock("+presenceKey+")", holder); err != nil {
		return errors.Join(err, conn.Close())
	}
	p.conn = conn
	return nil
}

func (p *sessionPresence) keep(ctx context.Context, holder string) error {
	if p.conn == nil || p.conn.PingContext(ctx) == nil {
		return nil
	}
	conn, err := p.sql.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	// Only a try: while the server has not noticed the break, the old session still holds the lock
	// and speaks for this process.
	var got bool
	if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock("+presenceKey+")", holder).Scan(&got); err != nil || !got {
		return errors.Join(err, conn.Close())
	}
	p.conn.Close() // broken: there is nothing to learn from its error
	p.conn = conn
	return nil
}

func (p *sessionPresence) gone(ctx context.Context, db *gorm.DB, holder string) (bool, error) {
	var free bool
	err := db.Raw("SELECT pg_try_advisory_xact_lock(hashtextextended('privacybot process ' || current_schema() || ' ' || ?, 0))", holder).Scan(&free).Error
	return free, err
}

func (p *sessionPresence) leave() error {
	if p.conn == nil {
		return nil
	}
	// The session ends with the connection: it must not go back to the pool with its lock.
	_, err := p.conn.ExecContext(context.Background(), "SELECT pg_advisory_unlock_all()")
	err = errors.Join(err, p.conn.Close())
	p.conn = nil
	return err
}
