package ticket

import "time"

// Date is a day in the calendar, without time and zone. Legal periods are counted in dates, never
// in hours: adding 24 h or time.AddDate(0, 1, 0) gives wrong days at month ends and clock
// changes (CASES D11, M20).
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf gives the date that clocks in loc showed at the instant t (CASES D13).
func DateOf(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return Date{Year: y, Month: m, Day: d}
}

// ParseDate reads "2027-02-28".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, err
	}
	return DateOf(t, time.UTC), nil
}

// utc is noon of d in UTC: no clock change can move it to another day.
func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// String gives "2027-02-28".
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Long gives the date with its weekday, "Sun 2027-02-28".
func (d Date) Long() string { return d.utc().Format("Mon " + time.DateOnly) }

// Weekday of d.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.utc().Before(e.utc()) }

// AddDays gives the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.utc().AddDate(0, 0, n), time.UTC) }

// AddMonths gives the date with the same number n months later; when that month has no such day,
// its last day (Regulation 1182/71 art. 3(2)(c)). 31 January plus one month is 28 or 29 February.
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 12, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{Year: first.Year(), Month: first.Month(), Day: min(d.Day, last)}
}

// rest tells why nobody works on d: a weekend day, or a holiday of h; "" for a working day. A nil
// h knows no holidays.
func (d Date) rest(h Holidays) string {
	if h != nil {
		if name, ok := h.Holiday(d); ok {
			return name
		}
	}
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return w.String()
	}
	return ""
}

// NextWorkday gives d itself when it is a working day, else the first working day after it.
func (d Date) NextWorkday(h Holidays) Date {
	for d.rest(h) != "" {
		d = d.AddDays(1)
	}
	return d
}

// AddBusinessDays gives the n-th working day after d; d itself is not counted, whatever it is.
func (d Date) AddBusinessDays(n int, h Holidays) Date {
	for ; n > 0; n-- {
		d = d.AddDays(1).NextWorkday(h)
	}
	return d
}

// End gives the last second of d in loc: 23:59:59, and where clocks are changed around midnight
// the second occurrence of it, or the last second that there is.
func (d Date) End(loc *time.Location) time.Time {
	last := time.Date(d.Year, d.Month, d.Day, 23, 59, 59, 0, time.UTC)
	// Clocks in no zone are further than 26 h from UTC, so t is a later day everywhere. From there
	// back, one stretch of constant offset at a time.
	t := last.Add(26 * time.Hour).In(loc)
	for {
		start, _ := t.ZoneBounds()
		_, offset := t.Zone()
		end := last.Add(-time.Duration(offset) * time.Second).In(loc)
		switch {
		case end.After(t): // 23:59:59 was skipped
			return t
		case start.IsZero() || !end.Before(start):
			return end
		}
		t = start.Add(-time.Second)
	}
}
