package ticket_test

import (
	"database/sql"
	_ "embed"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

// What PostgreSQL makes of the laws by its own date arithmetic: its own months, its own weekdays, its own
// Easter, its own zones; the numbers of the laws are typed a second time.
//
//go:embed testdata/worked_dates.sql
var workedDates string

// D1 to D56 beyond the worked tables: every law and right that differs, every extension, 50 years.
func TestDatesEqualTheDatabases(t *testing.T) {
	db, err := sql.Open("pgx", mailtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	prepare, query, _ := strings.Cut(workedDates, "-- asked\n")
	if _, err := db.Exec(prepare); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	laws, holidays, zones := ticket.Laws(), map[string]ticket.Holidays{}, map[string]*time.Location{}
	compared, wrong, seen := 0, 0, map[string]bool{}
	for rows.Next() {
		var code, right, zone, office string
		var extended bool
		var received, legal, target int64
		if err := rows.Scan(&code, &right, &zone, &office, &extended, &received, &legal, &target); err != nil {
			t.Fatal(err)
		}
		loc, ok := zones[zone]
		if !ok {
			if loc, err = time.LoadLocation(zone); err != nil {
				t.Fatal(err)
			}
			zones[zone] = loc
			if holidays[office], err = ticket.HolidaysFor(office); err != nil {
				t.Fatal(err)
			}
		}
		law, at := laws[code].For(ticket.Right(right)), time.Unix(received, 0)
		d := law.Deadline(at, loc, holidays[office])
		if extended {
			if d, ok = law.ExtendedDeadline(at, loc, holidays[office]); !ok {
				t.Fatalf("%s knows no extension for %s", code, right)
			}
		}
		compared++
		seen[code] = true
		if d.Legal.Unix() != legal || d.Target.Unix() != target {
			if wrong++; wrong <= 10 {
				t.Errorf("%s %s received %s in %s (%s), extended %v: legal %s, target %s; PostgreSQL says %s and %s\n%s", code, right, at.In(loc), zone, office, extended,
					d.Legal, d.Target, time.Unix(legal, 0).In(loc), time.Unix(target, 0).In(loc), strings.Join(d.Proof, "\n"))
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if compared < 300 || wrong > 0 {
		t.Errorf("%d of %d dates differ", wrong, compared)
	}
	for code := range laws {
		if !seen[code] {
			t.Errorf("the database knows nothing of %s", code)
		}
	}
	t.Logf("%d dates compared", compared)
}
