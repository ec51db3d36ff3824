package ticket

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
)

// Holidays knows the public holidays of one country. Nil knows none; weekends are not holidays
// and count as such without any calendar.
type Holidays interface {
	// Holiday names the holiday on d, if there is one.
	Holiday(d Date) (name string, ok bool)
}

// HolidaysFor gives the calendar for a code of [HolidayCodes], in any case. "" and "none" give nil:
// only weekends are free. A code without calendar is an error.
//
// A calendar holds nation-wide days only. A day that is free in some regions or trades is left
// out, because a day too many makes an answer late, a day too few makes it early.
func HolidaysFor(code string) (Holidays, error) {
	key := strings.ToUpper(strings.TrimSpace(code))
	if key == "" || key == "NONE" {
		return nil, nil
	}
	days, ok := calendars()[key]
	if !ok {
		return nil, fmt.Errorf("no holiday calendar %q", code)
	}
	return calendar{code: key, days: days}, nil
}

// HolidayCodes lists what [HolidaysFor] knows: "none", ISO 3166 country codes, and for the United
// Kingdom its parts (GB is England and Wales).
func HolidayCodes() []string {
	return append([]string{"none"}, slices.Sorted(maps.Keys(calendars()))...)
}

type calendar struct {
	code string
	days []*cal.Holiday
}

func (c calendar) String() string { return c.code }

// Holiday asks each rule for the years around d, because a day off for 1 January may lie in the
// year before.
func (c calendar) Holiday(d Date) (string, bool) {
	for _, rule := range c.days {
		for year := d.Year - 1; year <= d.Year+1; year++ {
			actual, observed := rule.Calc(year)
			if sameDay(actual, d) {
				return rule.Name, true
			}
			if sameDay(observed, d) {
				return rule.Name + " (substitute day)", true
			}
		}
	}
	return "", false
}

// sameDay compares the library's midnight of the process's zone with d. Where that midnight does
// not exist it is an hour off; six hours more are safely within the day.
func sameDay(midnight time.Time, d Date) bool {
	return !midnight.IsZero() && DateOf(midnight.Add(6*time.Hour), midnight.Location()) == d
}

func without(all []*cal.Holiday, drop ...*cal.Holiday) []*cal.Holiday {
	return slices.DeleteFunc(slices.Clone(all), func(h *cal.Holiday) bool { return slices.Contains(drop, h) })
}

func fixed(name string, month time.Month, day int) *cal.Holiday {
	return &cal.Holiday{Name: name, Type: cal.ObservancePublic, Month: month, Day: day, Func: cal.CalcDayOfMonth}
}

// substituted is a United Kingdom bank holiday that moves from a weekend to the Monday after.
func substituted(name string, month time.Month, day int) *cal.Holiday {
	h := fixed(name, month, day)
	h.Observed = []cal.AltDay{{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 1}}
	return h
}

// secondOfJanuary makes room for the substitute of 1 January, which takes the Monday.
func secondOfJanuary() *cal.Holiday {
	h := fixed("2nd January", time.January, 2)
	h.Observed = []cal.AltDay{
		{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 2}, {Day: time.Monday, Offset: 1},
	}
	return h
}

// named gives a Christian holiday its name in the country's language.
func named(h *cal.Holiday, name string) *cal.Holiday { return h.Clone(&cal.Holiday{Name: name}) }
