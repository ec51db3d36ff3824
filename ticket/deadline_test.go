package ticket

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The worked table of CASES D1 to D10.
func TestEUGDPRWorkedTable(t *testing.T) {
	berlin := mustZone(t, "Europe/Berlin")
	eu, _ := LawByCode("eu-gdpr")
	for _, c := range []struct{ id, received, none, de, uk, it, extendedDE string }{
		{"D1", "2027-03-05", "2027-04-05", "2027-04-05", "2027-04-05", "2027-04-05", "2027-06-07"},
		{"D2", "2026-08-31", "2026-09-30", "2026-09-30", "2026-09-30", "2026-09-30", "2026-11-30"},
		{"D3", "2027-01-31", "2027-03-01", "2027-03-01", "2027-03-01", "2027-03-01", "2027-04-30"},
		{"D4", "2028-01-31", "2028-02-29", "2028-02-29", "2028-02-29", "2028-02-29", "2028-05-02"},
		{"D5", "2028-02-29", "2028-03-29", "2028-03-29", "2028-03-29", "2028-03-29", "2028-05-29"},
		{"D6", "2026-11-25", "2026-12-25", "2026-12-28", "2026-12-29", "2026-12-28", "2027-02-25"},
		{"D7", "2027-02-26", "2027-03-26", "2027-03-30", "2027-03-30", "2027-03-26", "2027-05-26"},
		{"D8", "2027-02-28", "2027-03-29", "2027-03-30", "2027-03-30", "2027-03-30", "2027-05-28"},
		{"D9", "2026-12-31", "2027-02-01", "2027-02-01", "2027-02-01", "2027-02-01", "2027-03-31"},
		{"D10", "2027-10-31", "2027-11-30", "2027-11-30", "2027-11-30", "2027-11-30", "2028-01-31"},
	} {
		received := mustDate(t, c.received).utc()
		for code, want := range map[string]string{"none": c.none, "DE": c.de, "GB": c.none, "IT": c.it} { // Britain is no member state
			d := eu.Deadline(received, berlin, mustHolidays(t, code))
			if got := DateOf(d.Legal, berlin).String(); got != want {
				t.Errorf("%s with holidays %s: %s, want %s\n%s", c.id, code, got, want, strings.Join(d.Proof, "\n"))
			}
		}
		d, ok := eu.ExtendedDeadline(received, berlin, mustHolidays(t, "DE")) // D12
		if got := DateOf(d.Legal, berlin).String(); got != c.extendedDE || !ok {
			t.Errorf("%s extended: %s, want %s\n%s", c.id, got, c.extendedDE, strings.Join(d.Proof, "\n"))
		}
		uk, _ := LawByCode("uk-gdpr")
		if got := DateOf(uk.Deadline(received, berlin, mustHolidays(t, "GB")).Legal, berlin).String(); got != c.uk { // D28
			t.Errorf("%s under UK GDPR: %s, want %s", c.id, got, c.uk)
		}
	}
}

func TestReceiptDateIsTheOfficesOwn(t *testing.T) {
	eu, _ := LawByCode("eu-gdpr")
	berlin, newYork := mustZone(t, "Europe/Berlin"), mustZone(t, "America/New_York")
	for _, c := range []struct {
		id       string
		received time.Time
		loc      *time.Location
		want     string
	}{
		// D13: 23:30 in New York is the next day in Berlin.
		{"D13", time.Date(2027, 1, 31, 23, 30, 0, 0, newYork), berlin, "2027-03-01T23:59:59+01:00"},
		{"D13", time.Date(2027, 1, 31, 23, 30, 0, 0, newYork), newYork, "2027-03-01T23:59:59-05:00"},
		// D16: one minute to midnight counts from that day (ICO: 1 Aug, due 1 Sept).
		{"D16", time.Date(2028, 8, 1, 23, 59, 0, 0, berlin), berlin, "2028-09-01T23:59:59+02:00"},
		{"D16", time.Date(2028, 8, 2, 0, 0, 0, 0, berlin), berlin, "2028-09-04T23:59:59+02:00"}, // 2 Sept is a Saturday
		// The hour that clocks show twice, and the hour that they skip.
		{"M20", time.Date(2027, 10, 31, 0, 30, 0, 0, time.UTC), berlin, "2027-11-30T23:59:59+01:00"},
		{"M20", time.Date(2027, 3, 28, 2, 30, 0, 0, berlin), berlin, "2027-04-28T23:59:59+02:00"},
	} {
		if got := eu.Deadline(c.received, c.loc, nil).Legal.Format(time.RFC3339); got != c.want {
			t.Errorf("%s received %s: %s, want %s", c.id, c.received, got, c.want)
		}
	}
}

func TestTargetIsTheEarlierDate(t *testing.T) { // D14
	eu, _ := LawByCode("eu-gdpr")
	for _, c := range []struct{ received, target, extended string }{
		{"2027-01-31", "2027-02-28", "2027-04-28"}, // 28 days and the un-rolled Sunday agree
		{"2027-03-05", "2027-04-02", "2027-06-02"},
		{"2026-12-31", "2027-01-28", "2027-03-28"},
	} {
		received := mustDate(t, c.received).utc()
		if got := DateOf(eu.Deadline(received, time.UTC, nil).Target, time.UTC).String(); got != c.target {
			t.Errorf("received %s: target %s, want %s", c.received, got, c.target)
		}
		d, _ := eu.ExtendedDeadline(received, time.UTC, nil)
		if got := DateOf(d.Target, time.UTC).String(); got != c.extended {
			t.Errorf("received %s: extended target %s, want %s", c.received, got, c.extended)
		}
	}
}

func TestOtherLaws(t *testing.T) {
	for _, c := range []struct{ id, law, received, holidays, legal, target, extended string }{
		{"D34 D35", "us-ca-ccpa", "2026-11-23", "US", "2027-01-07", "2027-01-06", "2027-02-21"},
		{"D34", "us-ca-ccpa", "2026-12-18", "US", "2027-02-01", "2027-01-31", "2027-03-18"},
		{"D49", "br-lgpd", "2027-01-31", "none", "2027-02-15", "2027-02-14", ""},
		{"D50", "ca-pipeda", "2027-01-31", "none", "2027-03-02", "2027-02-28", "2027-04-01"},
		{"D51", "ch-fadp", "2027-01-31", "CH", "2027-03-02", "2027-02-28", ""},
		{"D14 D15", "unknown", "2027-01-29", "DE", "2027-02-28", "2027-02-26", ""}, // a Sunday, not moved
	} {
		law, ok := LawByCode(c.law)
		if !ok {
			t.Fatalf("no law %s", c.law)
		}
		received, h := mustDate(t, c.received).utc(), mustHolidays(t, c.holidays)
		d := law.Deadline(received, time.UTC, h)
		if got := DateOf(d.Legal, time.UTC).String(); got != c.legal {
			t.Errorf("%s %s: legal %s, want %s", c.id, c.law, got, c.legal)
		}
		if got := DateOf(d.Target, time.UTC).String(); got != c.target {
			t.Errorf("%s %s: target %s, want %s", c.id, c.law, got, c.target)
		}
		got := ""
		if e, ok := law.ExtendedDeadline(received, time.UTC, h); ok {
			got = DateOf(e.Legal, time.UTC).String()
		}
		if got != c.extended {
			t.Errorf("%s %s: extended %q, want %q", c.id, c.law, got, c.extended)
		}
	}
}

func TestAcknowledgementDeadline(t *testing.T) {
	received := mustDate(t, "2026-11-23").utc()
	ccpa, _ := LawByCode("us-ca-ccpa")
	d, ok := ccpa.AcknowledgementDeadline(Access, received, time.UTC, mustHolidays(t, "US")) // D33
	if legal, target := DateOf(d.Legal, time.UTC).String(), DateOf(d.Target, time.UTC).String(); !ok || legal != "2026-12-08" || target != "2026-12-07" {
		t.Errorf("CCPA confirmation %s, target %s, want 2026-12-08 and 2026-12-07", legal, target)
	}
	uk, _ := LawByCode("uk-gdpr")
	d, ok = uk.AcknowledgementDeadline(Complaint, received, time.UTC, mustHolidays(t, "GB")) // D31
	if got := DateOf(d.Legal, time.UTC).String(); !ok || got != "2026-12-23" {
		t.Errorf("UK complaint acknowledgement %s, want 2026-12-23", got)
	}
	if _, ok := uk.AcknowledgementDeadline(Access, received, time.UTC, nil); ok {
		t.Error("UK GDPR asks for no acknowledgement of an access request")
	}
}

func TestProofShowsEachStep(t *testing.T) {
	eu, _ := LawByCode("eu-gdpr")
	received := time.Date(2027, 2, 28, 20, 0, 0, 0, time.UTC) // D8
	got := eu.Deadline(received, mustZone(t, "Europe/Berlin"), mustHolidays(t, "DE")).Proof
	want := []string{
		"received 2027-02-28T21:00:00+01:00, in Europe/Berlin on Sun 2027-02-28",
		"eu-gdpr (version 1), GDPR art. 12(3): 1 month, day of receipt not counted",
		"ends on Sun 2027-03-28",
		"2027-03-28 is free (Sunday): moved to 2027-03-29 (Regulation 1182/71 art. 3(4))",
		"2027-03-29 is free (Ostermontag): moved to 2027-03-30 (Regulation 1182/71 art. 3(4))",
		"legal limit: Tue 2027-03-30, end of day, 2027-03-30T23:59:59+02:00",
		"target: Sun 2027-03-28, 28 days from receipt",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	d, _ := eu.ExtendedDeadline(mustDate(t, "2026-11-30").utc(), time.UTC, nil) // M20
	if want := "ends on Sun 2027-02-28, the last day of that month, because it has no day 30"; d.Proof[2] != want {
		t.Errorf("proof says %q, want %q", d.Proof[2], want)
	}
}

// Another implementation: months by stepping over days, free days from the statute books.
func TestDeadlineEqualsStepping(t *testing.T) {
	eu, _ := LawByCode("eu-gdpr")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom([]string{"DE", "IT"}).Draw(t, "country")
		h, err := HolidaysFor(code)
		if err != nil {
			t.Fatal(err)
		}
		day := drawDate(t)
		received := time.Date(day.Year, day.Month, day.Day, rapid.IntRange(0, 23).Draw(t, "hour"), 30, 0, 0, berlin)
		day = DateOf(received, berlin)

		first, months := eu.Deadline(received, berlin, h), 1
		if rapid.Bool().Draw(t, "extended") {
			months = 3
			var ok bool
			if first, ok = eu.ExtendedDeadline(received, berlin, h); !ok {
				t.Fatal("no extension")
			}
		}
		raw := stepMonths(day, months)
		want := raw
		for restsIn(code, want) {
			want = want.AddDays(1)
		}
		if got := DateOf(first.Legal, berlin); got != want {
			t.Fatalf("received %s in %s: %s, stepping gives %s\n%s", day, code, got, want, strings.Join(first.Proof, "\n"))
		}
		if first.Legal.Format(time.TimeOnly) != "23:59:59" || first.Target.Format(time.TimeOnly) != "23:59:59" {
			t.Fatalf("not the end of the day: %s, %s", first.Legal, first.Target)
		}
		if target := DateOf(first.Target, berlin); raw.Before(target) {
			t.Fatalf("target %s after the un-rolled end %s", target, raw)
		}
	})
}

// What holds for all laws, zones and calendars.
func TestEveryDeadlineIsInOrder(t *testing.T) {
	laws := Laws()
	zones := []string{"UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York", "Asia/Beirut", "America/Nuuk"}
	rapid.Check(t, func(t *rapid.T) {
		law := laws[rapid.SampledFrom(lawCodes(laws)).Draw(t, "law")].For(rapid.SampledFrom(Rights()).Draw(t, "right"))
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		h, err := HolidaysFor(rapid.SampledFrom(HolidayCodes()).Draw(t, "holidays"))
		if err != nil {
			t.Fatal(err)
		}
		received := drawDate(t).utc().Add(time.Duration(rapid.IntRange(0, 86399).Draw(t, "second")) * time.Second)
		d := law.Deadline(received, loc, h)
		if d.Target.Before(received) || d.Legal.Before(d.Target) || d.Law != law.Code || d.Version != law.Version {
			t.Fatalf("received %s: %+v", received, d)
		}
		if e, ok := law.ExtendedDeadline(received, loc, h); ok && !e.Legal.After(d.Legal) {
			t.Fatalf("extension ends %s, before %s", e.Legal, d.Legal)
		}
		later := law.Deadline(received.Add(24*time.Hour), loc, h)
		if later.Legal.Before(d.Legal) {
			t.Fatalf("received a day later, due earlier: %s, %s", later.Legal, d.Legal)
		}
	})
}

func TestLawsAreComplete(t *testing.T) {
	for code, l := range Laws() {
		if l.Code != code || l.Name == "" || l.Articles == "" || l.Source == "" || l.Version < 1 || l.Answer.IsZero() {
			t.Errorf("%s is not complete: %+v", code, l)
		}
		for right, c := range l.Rights {
			if c.Answer.IsZero() || !right.Valid() || c.Answer.length() < c.Target.length() {
				t.Errorf("%s is not complete for %s: %+v", code, right, c)
			}
		}
		for i, c := range l.Calendars {
			if h, err := HolidaysFor(c); err != nil || h == nil && i > 0 {
				t.Errorf("%s counts by the calendar %q: %v", code, c, err)
			}
		}
	}
	if _, ok := LawByCode("eu-gpdr"); ok {
		t.Error("an unknown code gave a law")
	}
}

func TestChildClock(t *testing.T) {
	c := ChildClock{Look: 4 * time.Hour, Block: 24 * time.Hour, Done: 72 * time.Hour}
	berlin := mustZone(t, "Europe/Berlin")
	look, block, done := c.Deadlines(time.Date(2027, 3, 27, 8, 0, 0, 0, berlin))
	for _, x := range []struct {
		got  time.Time
		want string
	}{
		{look, "2027-03-27T12:00:00+01:00"},
		{block, "2027-03-28T09:00:00+02:00"}, // M20: elapsed hours over the clock change
		{done, "2027-03-30T09:00:00+02:00"},
	} {
		if s := x.got.In(berlin).Format(time.RFC3339); s != x.want {
			t.Errorf("got %s, want %s", s, x.want)
		}
	}
}

func TestPeriodInWords(t *testing.T) {
	for p, want := range map[Period]string{
		{Months: 1}:           "1 month",
		{Months: 2, Days: 28}: "2 months and 28 days",
		{BusinessDays: 10}:    "10 business days",
		{}:                    "no time",
	} {
		if got := p.String(); got != want {
			t.Errorf("%+v reads %q, want %q", p, got, want)
		}
	}
}
