package migrations_test

import (
	"io/fs"
	"regexp"
	"slices"
	"testing"

	"privacybot/migrations"
)

// Both databases have the same files, each with a number of its own.
func TestSameNames(t *testing.T) {
	sqlite, postgres := names(t, migrations.SQLite()), names(t, migrations.Postgres())
	if !slices.Equal(sqlite, postgres) {
		t.Errorf("sqlite has %v, postgres has %v", sqlite, postgres)
	}
	for i, name := range sqlite {
		if !regexp.MustCompile(`^\d{4}_[a-z0-9_]+\.sql$`).MatchString(name) {
			t.Errorf("%s is no NNNN_name.sql", name)
		}
		if i > 0 && name[:4] == sqlite[i-1][:4] {
			t.Errorf("%s and %s have the same number", sqlite[i-1], name)
		}
	}
}

// Both databases get the same tables, columns and indexes.
func TestSameNouns(t *testing.T) {
	nouns := regexp.MustCompile(`(?m)^CREATE (?:TABLE|INDEX) (\w+)|^    ("?\w+"?) +(?:INTEGER|BIGINT|TEXT|BLOB|BYTEA|BOOLEAN)\b`)
	all := func(files fs.FS) (out []string) {
		for _, name := range names(t, files) {
			data, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range nouns.FindAllStringSubmatch(string(data), -1) {
				out = append(out, m[1]+m[2])
			}
		}
		return out
	}
	sqlite, postgres := all(migrations.SQLite()), all(migrations.Postgres())
	if len(sqlite) < 100 || !slices.Equal(sqlite, postgres) {
		t.Errorf("sqlite:   %v\npostgres: %v", sqlite, postgres)
	}
}

func names(t *testing.T, files fs.FS) []string {
	t.Helper()
	found, err := fs.Glob(files, "*")
	if err != nil {
		t.Fatal(err)
	}
	return found
}
