package ingest

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// parseDate reads a Date field; the zero time when it cannot be read. The value is only ever shown:
// the clock starts with the server's receipt time (CASES C56).
func parseDate(raw string) time.Time {
	s := strings.TrimSpace(unfold(raw))
	if s == "" || len(s) > 200 {
		return time.Time{}
	}
	if t, err := mail.ParseDate(s); err == nil {
		return plausible(t)
	}
	if i := strings.IndexByte(s, '('); i > 0 {
		s = strings.TrimSpace(s[:i])
	}
	s = dateNoise.ReplaceAllString(s, "")
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, ",", " ")), " ")
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return plausible(t)
		}
	}
	return time.Time{}
}

// dateNoise is a leading weekday, and text after the zone.
var dateNoise = regexp.MustCompile(`(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?[, ]\s*|\s(?:GMT|UTC|UT)$|"`)

var dateLayouts = []string{
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04",
	"2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04:05 MST", "2 Jan 06 15:04:05", "2 January 2006 15:04:05 -0700", "2 January 2006 15:04:05", "2 Jan 2006 3:04:05 PM -0700",
	"2 Jan 2006 15:04:05 GMT-0700", "2 Jan 2006 15:04:05 -07:00", "2 Jan 2006 15:04:05 Z", "2-Jan-2006 15:04:05 -0700", "2 Jan 2006 15.04.05 -0700",
	"Jan 2 15:04:05 2006", "Jan 2 2006 15:04:05", "Jan 2 15:04:05 MST 2006", "Jan 2 15:04:05 2006 -0700", "Jan 2 2006 3:04 PM", "January 2 2006 15:04:05",
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006/01/02 15:04:05", "1/2/2006 15:04:05", "1/2/2006 3:04:05 PM",
	"02.01.2006 15:04:05", "2 Jan 2006", "02.01.2006 15:04", "2. Jan 2006 15:04", "2 January 2006 15:04", "January 2 2006 3:04 PM", "January 2 2006 15:04", "2006-01-02 15:04", "2006/01/02 15:04", "02/01/2006 15:04",
}

// plausible keeps years that JSON and databases can hold.
func plausible(t time.Time) time.Time {
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}
