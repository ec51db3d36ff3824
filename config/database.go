package config

import (
	"errors"
	"net/url"
	"reflect"
	"strings"
)

// The database engines.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Database is where everything is kept: one file, or a PostgreSQL server for several instances.
type Database struct {
	Driver string // SQLite or Postgres
	Path   Path   // of the file; "" for PostgreSQL
	URL    Secret // "postgres://…", may hold a password; zero for SQLite
}

// String names the database without any secret: "sqlite:/var/lib/privacybot/privacybot.db" or
// "postgres://privacybot:***@db.example.com/privacybot".
func (d Database) String() string {
	if d.Driver == SQLite {
		return SQLite + ":" + string(d.Path)
	}
	u, err := url.Parse(d.URL.Reveal())
	if err != nil {
		return Postgres + "://***"
	}
	shown := url.URL{Scheme: Postgres, Host: u.Host, Path: u.Path} // no query: it may hold a password too
	if u.User != nil {
		shown.User = url.User(u.User.Username())
	}
	s := shown.String()
	if _, has := u.User.Password(); has {
		s = strings.Replace(s, "@", ":***@", 1)
	}
	return s
}

// GoString is [Database.String], for %#v.
func (d Database) GoString() string { return d.String() }

// MarshalText is [Database.String] for encoders.
func (d Database) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// plaintext reports whether the connection to another machine would go unencrypted.
func (d Database) plaintext() bool {
	u, err := url.Parse(d.URL.Reveal())
	if d.Driver != Postgres || err != nil || u.Hostname() == "" || loopback(u.Hostname()) {
		return false
	}
	return u.Query().Get("sslmode") == "disable"
}

// parseDatabase reads "sqlite:FILE" or "postgres://…". Its errors never repeat the text, which may
// hold a password.
func parseDatabase(text string, _ reflect.StructTag) (any, error) {
	scheme, rest, found := strings.Cut(text, ":")
	if !found {
		return nil, errors.New("must be sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME")
	}
	switch scheme {
	case SQLite, "sqlite3":
		path := strings.TrimPrefix(rest, "//")
		switch {
		case path == "":
			return nil, errors.New("names no file: write sqlite:privacybot.db")
		case strings.Contains(path, ":memory:") || strings.ContainsAny(path, "?#\x00"):
			return nil, errors.New("must name a plain file; databases in memory and parameters are not supported")
		}
		return Database{Driver: SQLite, Path: Path(path)}, nil
	case Postgres, "postgresql":
		return parsePostgres(rest)
	}
	return nil, errors.New("must begin with sqlite: or postgres://")
}

func parsePostgres(rest string) (any, error) {
	text := Postgres + ":" + rest
	u, err := url.Parse(text)
	switch {
	case !strings.HasPrefix(rest, "//"):
		return nil, errors.New("must be written postgres://USER:PASSWORD@HOST/NAME")
	case err != nil:
		return nil, errors.New("is not a valid postgres:// address; in a password write %40 for @, %2F for /, %3A for :, %23 for #, %25 for %")
	case u.Hostname() == "" && u.Query().Get("host") == "":
		return nil, errors.New("names no host")
	case strings.Trim(u.Path, "/") == "" && u.Query().Get("dbname") == "":
		return nil, errors.New("names no database: add /privacybot behind the host")
	}
	return Database{Driver: Postgres, URL: NewSecret(text)}, nil
}
