package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// Address is a bare mail address, its domain in ASCII (punycode).
type Address string

// Domain is the part after the @.
func (a Address) Domain() string {
	_, domain, _ := strings.Cut(string(a), "@")
	return domain
}

// WebURL is an https or http address; "" when not set.
type WebURL string

// Path is a file or folder; Load makes it count from the configuration file's folder.
type Path string

// Size is a number of bytes.
type Size int64

// Clock is a time of day.
type Clock struct{ Hour, Minute int }

// String gives "08:00".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Hour, c.Minute) }

// MarshalText is [Clock.String] for encoders.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Since is from which receipt on mail found at the first start is answered: within a time before
// the start, from a day on, or all of it.
type Since struct {
	All    bool
	Within time.Duration
	Date   string // "2026-11-01", a day in the organisation's zone; "" when Within or All counts
}

// Instant gives the first instant of receipt that is answered when the first start is at now; the
// zero time for all.
func (s Since) Instant(now time.Time, loc *time.Location) time.Time {
	if s.All {
		return time.Time{}
	}
	if day, err := time.ParseInLocation(time.DateOnly, s.Date, loc); err == nil {
		return day
	}
	return now.Add(-s.Within)
}

// String gives the value as it is written in the file.
func (s Since) String() string {
	switch {
	case s.All:
		return "all"
	case s.Date != "":
		return s.Date
	}
	return s.Within.String()
}

// MarshalText is [Since.String] for encoders.
func (s Since) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func parseAddress(text string, _ reflect.StructTag) (any, error) {
	parsed, err := mail.ParseAddress(text)
	if err != nil {
		return nil, errors.New("is not a mail address")
	}
	if parsed.Address != text {
		return nil, errors.New("must be the bare address, without a name and < >")
	}
	local, domain := text[:strings.LastIndexByte(text, '@')], text[strings.LastIndexByte(text, '@')+1:]
	for _, r := range local {
		if r > 126 || strings.ContainsRune("\"<>(),:;\\[]", r) {
			return nil, errors.New("has characters before the @ that many mail servers refuse")
		}
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(ascii, ".") || strings.HasPrefix(ascii, "[") {
		return nil, errors.New("has no full domain behind the @")
	}
	return Address(local + "@" + ascii), nil
}

func parseWebURL(text string, _ reflect.StructTag) (any, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil {
		return nil, errors.New("is not a web address like https://www.example.com/privacy")
	}
	return WebURL(text), nil
}

func parsePath(text string, _ reflect.StructTag) (any, error) {
	if strings.ContainsAny(text, "\x00\r\n") {
		return nil, errors.New("is not a file name")
	}
	return Path(text), nil
}

// parseDuration reads Go's form, "1h30m", with days in front, "14d" or "1d12h".
func parseDuration(text string, tag reflect.StructTag) (any, error) {
	d, err := duration(text)
	if err != nil {
		return nil, err
	}
	if low, err := duration(tag.Get("min")); err == nil && d < low {
		return nil, fmt.Errorf("is too short: at least %s", tag.Get("min"))
	}
	if high, err := duration(tag.Get("max")); err == nil && d > high {
		return nil, fmt.Errorf("is too long: at most %s", tag.Get("max"))
	}
	return d, nil
}

func duration(text string) (time.Duration, error) {
	form := errors.New("is not a duration like 30s, 90m, 12h or 14d")
	if _, err := strconv.Atoi(text); err == nil {
		return 0, errors.New("needs a unit, such as 30s, 90m, 12h or 14d")
	}
	days, rest, found := strings.Cut(text, "d")
	if !found {
		days, rest = "0", text
	} else if rest == "" {
		rest = "0s"
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 0 || n > 36500 {
		return 0, form
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || d > 876000*time.Hour {
		return 0, form
	}
	return time.Duration(n)*24*time.Hour + d, nil
}

func parseSize(text string, tag reflect.StructTag) (any, error) {
	n, err := size(text)
	if err != nil {
		return nil, err
	}
	if low, err := size(tag.Get("min")); err == nil && n < low {
		return nil, fmt.Errorf("is too small: at least %s", tag.Get("min"))
	}
	if high, err := size(tag.Get("max")); err == nil && n > high {
		return nil, fmt.Errorf("is too large: at most %s", tag.Get("max"))
	}
	return n, nil
}

func size(text string) (Size, error) {
	unit := strings.TrimLeft(text, "0123456789")
	factor, known := map[string]int64{
		"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
	}[strings.TrimSpace(unit)]
	n, err := strconv.ParseInt(strings.TrimSuffix(text, unit), 10, 64)
	if !known || err != nil || n > 1<<32 {
		return 0, errors.New("is not a size like 500KB or 40MiB")
	}
	return Size(n * factor), nil
}

func parseClock(text string, _ reflect.StructTag) (any, error) {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return nil, errors.New("is not a time of day like 08:00 or 17:30")
	}
	return Clock{Hour: t.Hour(), Minute: t.Minute()}, nil
}

func parseWeekday(text string, _ reflect.StructTag) (any, error) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		name := strings.ToLower(day.String())
		if given := strings.ToLower(text); given == name || given == name[:3] {
			return day, nil
		}
	}
	return nil, errors.New("is not a day: write mon, tue, wed, thu, fri, sat or sun")
}

func parseZone(text string, _ reflect.StructTag) (any, error) {
	loc, err := time.LoadLocation(text)
	if err != nil || text == "Local" {
		return nil, errors.New("is not a time zone of the IANA database, such as Europe/Berlin, Asia/Shanghai or UTC")
	}
	return loc, nil
}

func parseSince(text string, tag reflect.StructTag) (any, error) {
	if text == "all" {
		return Since{All: true}, nil
	}
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return Since{Date: text}, nil
	}
	d, err := parseDuration(text, tag)
	if err != nil {
		return nil, errors.New("must be a duration such as 72h or 30d, a day such as 2026-11-01, or all")
	}
	return Since{Within: d.(time.Duration)}, nil
}

func parseBool(text string, _ reflect.StructTag) (any, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "on":
		return true, nil
	case "false", "no", "off":
		return false, nil
	}
	return nil, errors.New("must be true or false")
}

func parseInt(text string, tag reflect.StructTag) (any, error) {
	n, err := strconv.Atoi(text)
	low, _ := strconv.Atoi(tag.Get("min"))
	high, _ := strconv.Atoi(tag.Get("max"))
	if err != nil || n < low || n > high {
		return nil, fmt.Errorf("must be a whole number from %d to %d", low, high)
	}
	return n, nil
}

// parseString accepts one line, or several where the tag says so, and checks the list of allowed
// values where there is one.
func parseString(text string, tag reflect.StructTag) (any, error) {
	many := tag.Get("lines") == "many"
	for _, r := range text {
		if (r < ' ' || r == 127) && !(many && (r == '\n' || r == '\t')) {
			return nil, errors.New("holds a line break or another control character")
		}
	}
	if list := tag.Get("enum"); list != "" {
		return text, oneOf(text, strings.Split(list, ","))
	}
	return text, nil
}
