package responder

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"privacybot/ticket"
)

// wordlist is a language's words.yaml: what does not belong to a single letter.
type wordlist struct {
	Language  string            `yaml:"language"`  // BCP 47
	Direction string            `yaml:"direction"` // ltr or rtl
	Join      string            `yaml:"join"`      // between the names of rights
	Colon     string            `yaml:"colon"`     // between a label and what it labels; "" = ": ", wide after wide letters
	First     string            `yaml:"first"`     // the first day of a month: "1er"; "" = 1
	Date      string            `yaml:"date"`      // {weekday} {day} {month} {number} {year}
	Clock     string            `yaml:"clock"`     // {date} {hour} {minute} {zone}
	Months    []string          `yaml:"months"`
	Weekdays  []string          `yaml:"weekdays"` // from Sunday
	Laws      map[string]string `yaml:"laws"`     // our name of a law: what people here call it; "" leaves it out
	// Our name of an authority that takes complaints: what people here call it.
	Authorities map[string]string `yaml:"authorities"`
	Rights      map[ticket.Right]rightWords
}

// rightWords is how a right is spoken of.
type rightWords struct {
	Name string `yaml:"name"` // "Information about your data"
	Now  string `yaml:"now"`  // what happens now, one or two sentences; true of every request
}

func readWords(files fs.FS, name, shown string) (*wordlist, error) {
	src, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	var w wordlist
	if err := yaml.UnmarshalWithOptions(src, &w, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	if len(w.Months) != 12 || len(w.Weekdays) != 7 {
		return nil, fmt.Errorf("%s: months needs 12 names and weekdays 7", shown)
	}
	if w.Language == "" || w.Date == "" || w.Clock == "" || (w.Direction != "ltr" && w.Direction != "rtl") {
		return nil, fmt.Errorf("%s: language, date, clock and direction (ltr or rtl) are needed", shown)
	}
	for _, r := range ticket.Rights() {
		if w.Rights[r].Name == "" || w.Rights[r].Now == "" {
			return nil, fmt.Errorf("%s: rights.%s needs name and now", shown, r)
		}
	}
	return &w, nil
}

// date writes the day that t shows in its own zone; "" for no time.
func (w *wordlist) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return expand(w.Date, func(name string) string {
		switch name {
		case "weekday":
			return w.Weekdays[t.Weekday()]
		case "day":
			if t.Day() == 1 && w.First != "" {
				return w.First
			}
			return strconv.Itoa(t.Day())
		case "month":
			return w.Months[t.Month()-1]
		case "number":
			return strconv.Itoa(int(t.Month()))
		case "year":
			return strconv.Itoa(t.Year())
		}
		return "{" + name + "}"
	})
}

// clock writes day and time with the distance from UTC, which nobody misreads.
func (w *wordlist) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return expand(w.Clock, func(name string) string {
		switch name {
		case "date":
			return w.date(t)
		case "hour":
			return t.Format("15")
		case "minute":
			return t.Format("04")
		case "zone":
			return zone(t)
		}
		return "{" + name + "}"
	})
}

// expand replaces each {name} in pattern by its value.
func expand(pattern string, value func(name string) string) string {
	var b strings.Builder
	for {
		before, after, _ := strings.Cut(pattern, "{")
		name, rest, found := strings.Cut(after, "}")
		if !found {
			b.WriteString(pattern)
			return b.String()
		}
		b.WriteString(before)
		b.WriteString(value(name))
		pattern = rest
	}
}

func zone(t time.Time) string {
	_, seconds := t.Zone()
	if seconds == 0 {
		return "UTC"
	}
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	if m := seconds / 60 % 60; m != 0 {
		return fmt.Sprintf("UTC%c%d:%02d", sign, seconds/3600, m)
	}
	return fmt.Sprintf("UTC%c%d", sign, seconds/3600)
}

// law gives the name that readers of the language know.
func (w *wordlist) law(name string) string {
	if known, found := w.Laws[name]; found {
		return known
	}
	return name
}

// authority gives the name that readers of the language know.
func (w *wordlist) authority(name string) string {
	if known, found := w.Authorities[name]; found {
		return known
	}
	return name
}
