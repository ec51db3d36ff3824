package ticket

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustHolidays(t testing.TB, code string) Holidays {
	t.Helper()
	h, err := HolidaysFor(code)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHolidays(t *testing.T) {
	for _, c := range []struct{ code, day, want string }{
		{"DE", "2026-12-25", "Weihnachtstag"},
		{"de", "2028-05-01", "Tag der Arbeit"}, // D4
		{"DE", "2027-03-26", "Karfreitag"},     // D7
		{"IT", "2027-03-26", ""},               // D7: no holiday in Italy
		{"IT", "2027-03-29", "Pasquetta"},
		{"GB", "2026-12-28", "Boxing Day (substitute day)"}, // D6
		{"GB", "2027-12-27", "Christmas Day (substitute day)"},
		{"GB", "2027-12-28", "Boxing Day (substitute day)"},
		{"GB", "2023-01-02", "New Year's Day (substitute day)"},
		{"GB", "2027-03-29", "Easter Monday"},
		{"GB-SCT", "2027-03-29", ""}, // D28: the calendars differ
		{"GB-SCT", "2027-11-30", "St Andrew's Day"},
		{"GB-SCT", "2022-01-04", "2nd January (substitute day)"},
		{"GB-SCT", "2023-01-03", "2nd January (substitute day)"},
		{"GB-NIR", "2027-07-12", "Battle of the Boyne"},
		{"US", "2026-11-26", "Thanksgiving Day"}, // D33
		{"US", "2027-12-31", "New Year's Day (substitute day)"},
		{"FR", "2027-07-14", "Fête Nationale"},
		{"ES", "2027-10-12", "Fiesta Nacional de España"},
		{"NL", "2027-04-27", "Koningsdag"},
		{"PL", "2027-11-11", "Narodowe Święto Niepodległości"},
		{"AT", "2027-10-26", "Nationalfeiertag"},
		{"BE", "2027-07-21", "Nationale Feestdag"},
		{"PT", "2027-04-25", "Dia da Liberdade"},
		{"PT", "2027-05-27", "Corpo de Deus"},
		{"SE", "2027-06-25", "Midsommarafton"},
		{"FI", "2027-06-25", "Juhannusaatto"},
		{"CH", "2027-08-01", "Bundesfeiertag"},
		{"CH", "2027-03-19", ""}, // St Joseph: some cantons only
		{"DK", "2027-06-05", ""},
		{"RO", "2027-05-03", "A doua zi de Paște"},
		{"LU", "2027-06-23", "Fête nationale"},
		{"CN", "2027-10-01", "国庆节"},
		{"CN", "2027-02-08", ""}, // Spring Festival follows the moon: counted as a working day, which is early
		{"JP", "2027-03-22", "Vernal Equinox Day (substitute day)"},
		{"KR", "2027-10-09", "한글날"},
		{"TR", "2027-10-29", "Cumhuriyet Bayramı"},
		{"BR", "2027-11-20", "Consciência Negra"},
		{"BR", "2027-02-09", ""}, // Carnival is no national holiday
		{"CA", "2027-08-02", ""}, // provinces only
		{"CA", "2027-07-01", "Canada Day"},
		{"AU", "2027-01-01", "New Year's Day"},
		{"BG", "2027-05-03", "Великден"},
		{"CY", "2027-05-03", "Easter Monday"},
		{"CY", "2027-03-15", "Green Monday"},
		{"EE", "2027-02-24", "Iseseisvuspäev"},
		{"HU", "2027-05-17", "Pünkösdhétfő"},
		{"MT", "2027-09-21", "Independence Day"},
		{"SK", "2027-08-29", "Výročie Slovenského národného povstania"},
	} {
		got, ok := mustHolidays(t, c.code).Holiday(mustDate(t, c.day))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s in %s: %q, %v, want %q", c.day, c.code, got, ok, c.want)
		}
	}
}

func TestHolidaysForUnknownCode(t *testing.T) {
	for _, code := range []string{"XX", "Germany", "DE-", "\x00"} {
		if h, err := HolidaysFor(code); err == nil {
			t.Errorf("%q gave %v", code, h)
		}
	}
	for _, code := range []string{"", "none", " None "} {
		if h, err := HolidaysFor(code); h != nil || err != nil {
			t.Errorf("%q gave %v, %v, want nil", code, h, err)
		}
	}
}

func TestEveryCalendarHasItsDayAndIsSane(t *testing.T) {
	usual := map[string]Date{"CN": {2026, time.October, 1}, "IN": {2026, time.August, 15}, "JP": {2026, time.November, 3},
		"TR": {2026, time.October, 29}, "TW": {2026, time.October, 10}}
	for _, code := range HolidayCodes() {
		h := mustHolidays(t, code)
		if h == nil {
			continue
		}
		d, ok := usual[code]
		if !ok {
			d = Date{2026, time.December, 25}
		}
		if _, ok := h.Holiday(d); !ok {
			t.Errorf("%s works on %s", code, d)
		}
		days := 0
		for d := (Date{2027, time.January, 1}); d.Year == 2027; d = d.AddDays(1) {
			if _, ok := h.Holiday(d); ok {
				days++
			}
		}
		if days < 3 || days > 17 {
			t.Errorf("%s has %d holidays in 2027", code, days)
		}
	}
}

// easter by counting: the first Sunday after the first ecclesiastical full moon on or after 21
// March, the moon from the table of epacts. Independent of the library's formula.
func easter(year int) Date {
	century := year/100 + 1
	epact := (14 + 11*(year%19) - 3*century/4 + (5+8*century)/25) % 30
	if epact < 0 {
		epact += 30
	}
	if epact == 0 || (epact == 1 && year%19 > 10) {
		epact++
	}
	moon := Date{year, time.April, 19}.AddDays(-epact)
	for d := moon.AddDays(1); ; d = d.AddDays(1) {
		if d.Weekday() == time.Sunday {
			return d
		}
	}
}

// restsIn tells from the statute books alone whether d is free in DE or IT.
func restsIn(code string, d Date) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return true
	}
	fixed := map[string][]string{
		"DE": {"01-01", "05-01", "10-03", "12-25", "12-26"},
		"IT": {"01-01", "01-06", "04-25", "05-01", "06-02", "08-15", "11-01", "12-08", "12-25", "12-26"},
	}
	moving := map[string][]int{"DE": {-2, 1, 39, 50}, "IT": {1}}
	for _, md := range fixed[code] {
		if d.String()[5:] == md {
			return true
		}
	}
	for _, n := range moving[code] {
		if d == easter(d.Year).AddDays(n) {
			return true
		}
	}
	return false
}

func TestHolidaysEqualTheStatuteBooks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, code := drawDate(t), rapid.SampledFrom([]string{"DE", "IT"}).Draw(t, "country")
		h, err := HolidaysFor(code)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := d.rest(h) != "", restsIn(code, d); got != want {
			t.Fatalf("%s in %s: free = %v, want %v", d, code, got, want)
		}
	})
}
