package mailtest_test

import (
	"database/sql"
	"os"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"privacybot/internal/mailtest"
)

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func setting(t *testing.T, db *sql.DB, name string) (value string) {
	t.Helper()
	if err := db.QueryRow("SHOW " + name).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// Two databases of the shared cluster know nothing of each other.
func TestPostgres(t *testing.T) {
	one, two := open(t, mailtest.Postgres(t)), open(t, mailtest.Postgres(t))
	for _, db := range []*sql.DB{one, two} {
		if _, err := db.Exec("CREATE TABLE mail (id int)"); err != nil {
			t.Error(err)
		}
	}
	if got := setting(t, one, "fsync"); got != "off" {
		t.Errorf("fsync is %s", got)
	}
	if got := setting(t, one, "listen_addresses"); got != "" {
		t.Errorf("listens on %q", got)
	}
}

func TestPostgresServerSurvivesStop(t *testing.T) {
	s := mailtest.PostgresServer(t, mailtest.Fsync())
	db := open(t, s.Database())
	if got := setting(t, db, "fsync"); got != "on" {
		t.Errorf("fsync is %s", got)
	}
	if _, err := db.Exec("CREATE TABLE mail (id int); INSERT INTO mail VALUES (7)"); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	if err := db.Ping(); err == nil {
		t.Error("a stopped server answers")
	}
	s.Start()
	var id int
	if err := db.QueryRow("SELECT id FROM mail").Scan(&id); err != nil || id != 7 {
		t.Errorf("got %d, %v", id, err)
	}
}

// The tests' own user can reach the socket directory whatever account the server has.
func TestPostgresSocketPathIsShort(t *testing.T) {
	if dir := os.TempDir(); len(dir) > 80 {
		t.Errorf("temporary directory %q leaves no room", dir)
	}
	open(t, mailtest.Postgres(t))
}
