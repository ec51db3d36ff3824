package ticket

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustDate(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// drawDate draws a day of the 50 years from 2020.
func drawDate(t *rapid.T) Date {
	first := Date{2020, time.January, 1}
	return first.AddDays(rapid.IntRange(0, 50*365+12).Draw(t, "day"))
}

func TestAddMonthsStopsAtMonthEnd(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2027-01-31", 1, "2027-02-28"}, // D3, D11, M20
		{"2028-01-31", 1, "2028-02-29"}, // D4
		{"2028-02-29", 1, "2028-03-29"}, // D5
		{"2026-11-30", 3, "2027-02-28"}, // M20
		{"2026-08-31", 1, "2026-09-30"}, // D2
		{"2026-12-31", 1, "2027-01-31"}, // D9
		{"2026-12-31", 12, "2027-12-31"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2027-03-31", -1, "2027-02-28"},
		{"2027-03-05", 0, "2027-03-05"},
	} {
		if got := mustDate(t, c.from).AddMonths(c.months); got.String() != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

// stepMonths counts months without any month arithmetic: it walks day by day and stops in the n-th
// month after at the same number, or at that month's last day.
func stepMonths(d Date, n int) Date {
	day := d.Day
	for passed := 0; ; {
		next := d.AddDays(1)
		if passed == n && (d.Day == day || next.Day == 1) {
			return d
		}
		if next.Day == 1 {
			passed++
		}
		d = next
	}
}

func TestAddMonthsEqualsStepping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := drawDate(t), rapid.IntRange(1, 6).Draw(t, "months")
		if got, want := d.AddMonths(n), stepMonths(d, n); got != want {
			t.Fatalf("%s + %d months = %s, stepping gives %s", d, n, got, want)
		}
	})
}

func TestBusinessDaysEqualStepping(t *testing.T) {
	h, err := HolidaysFor("US")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		d, n := drawDate(t), rapid.IntRange(0, 40).Draw(t, "days")
		end := d.AddBusinessDays(n, h)
		worked := 0
		for x := d; x != end; {
			x = x.AddDays(1)
			_, off := h.Holiday(x)
			if w := x.Weekday(); !off && w != time.Saturday && w != time.Sunday {
				worked++
			}
		}
		if worked != n {
			t.Fatalf("%s to %s has %d business days, want %d", d, end, worked, n)
		}
	})
}

func TestEndIsTheLastSecondOfTheLocalDay(t *testing.T) {
	for _, c := range []struct{ zone, day, want string }{
		{"UTC", "2027-02-28", "2027-02-28T23:59:59Z"},
		{"Asia/Shanghai", "2027-02-28", "2027-02-28T23:59:59+08:00"},
		{"Europe/Berlin", "2027-03-28", "2027-03-28T23:59:59+02:00"},  // clocks forward that night (M20)
		{"Europe/Berlin", "2027-10-31", "2027-10-31T23:59:59+01:00"},  // clocks back
		{"America/Havana", "2026-10-31", "2026-10-31T23:59:59-04:00"}, // back at 1:00 to 0:00
		{"Asia/Beirut", "2026-10-24", "2026-10-24T23:59:59+02:00"},    // back at 24:00 to 23:00: the second one
		{"America/Nuuk", "2026-03-28", "2026-03-28T22:59:59-02:00"},   // forward at 23:00: no later second exists
		{"Pacific/Apia", "2011-12-29", "2011-12-29T23:59:59-10:00"},   // the next day does not exist
		{"Pacific/Apia", "2011-12-30", "2011-12-29T23:59:59-10:00"},   // so it ended before it began
		{"Pacific/Kiritimati", "2027-01-31", "2027-01-31T23:59:59+14:00"},
		{"America/St_Johns", "2027-01-31", "2027-01-31T23:59:59-03:30"},
	} {
		if got := mustDate(t, c.day).End(mustZone(t, c.zone)).Format(time.RFC3339); got != c.want {
			t.Errorf("end of %s in %s = %s, want %s", c.day, c.zone, got, c.want)
		}
	}
}

func TestEndHoldsInEveryZone(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Santiago",
		"America/Havana", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "America/Nuuk",
		"Atlantic/Azores", "Asia/Kathmandu", "Pacific/Chatham", "Africa/Casablanca"}
	rapid.Check(t, func(t *rapid.T) {
		d := drawDate(t)
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		end := d.End(loc)
		if got := DateOf(end, loc); got != d {
			t.Fatalf("end %s is on %s, want %s", end, got, d)
		}
		for s := 1; s <= 7200; s += 60 {
			if got := DateOf(end.Add(time.Duration(s)*time.Second), loc); !d.Before(got) {
				t.Fatalf("%d s after the end %s it is still %s", s, end, got)
			}
		}
	})
}

func TestParseDateRefuses(t *testing.T) {
	for _, s := range []string{"", "2027-02-29", "2027-2-1", "31.01.2027", "2027-01-31T00:00:00Z"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q gave %s", s, d)
		}
	}
}
