package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/driver/postgres"

	sqlfiles "privacybot/migrations"
)

const postgresConnections = 8

func openPostgres(dsn string) (*sql.DB, engine, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, engine{}, errors.New("postgres: the address cannot be read") // pgx would quote it
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "privacybot"
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, engine{}, err
	}
	db := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(settle))
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, engine{
		dialector:  postgres.New(postgres.Config{Conn: db}),
		clock:      "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint",
		skipLocked: " FOR UPDATE SKIP LOCKED",
		lockRow:    " FOR UPDATE",
		shareRow:   " FOR SHARE",
		lockTicket: " FOR UPDATE OF t",
		serialize:  "SELECT pg_advisory_xact_lock(hashtextextended('privacybot ' || current_schema() || ' ' || ?, 0))",
		snapshot:   sql.LevelRepeatableRead,
		scrub:      []string{"SET lock_timeout = '5s'", "VACUUM (FULL) data_keys", "RESET lock_timeout"},
		catalogue:  postgresCatalogue,
		presence:   &sessionPresence{sql: db},
		migrations: migrations{
			dialect: goose.DialectPostgres,
			files:   sqlfiles.Postgres(),
			exists:  "SELECT to_regclass('goose_db_version') IS NOT NULL",
			options: []goose.ProviderOption{goose.WithSessionLocker(locker)},
		},
	}, nil
}

// settle prepares a new connection: a process that was stopped in mid-transaction must not hold
// up the others for ever (CASES C51), and a commit must be on the disk when it is confirmed even
// if the server's default says otherwise.
func settle(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, `SELECT set_config('idle_in_transaction_session_timeout', '30s', false),
		CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', false) END`)
	return err
}
