package ticket

import (
	"fmt"
	"slices"
	"time"
)

// Schedule says on which days and at which local time the daily mails are due.
type Schedule struct {
	Hour, Minute int
	Days         []time.Weekday
	Zone         *time.Location
}

// Day gives the local day whose daily mails are due at now, and whether any are. The wall clock
// is compared, not a distance in hours, so that a change to summer time neither skips nor
// repeats a day (CASES M20, C53, C54). The letters' keys carry the day: the store keeps one.
func (s Schedule) Day(now time.Time) (time.Time, bool) {
	local := now.In(s.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, s.Zone)
	if !slices.Contains(s.Days, local.Weekday()) {
		return day, false
	}
	return day, local.Hour()*60+local.Minute() >= s.Hour*60+s.Minute
}

// Next gives the next instant after now at which daily mails become due.
func (s Schedule) Next(now time.Time) time.Time {
	local := now.In(s.Zone)
	for i := range 8 {
		at := time.Date(local.Year(), local.Month(), local.Day()+i, s.Hour, s.Minute, 0, 0, s.Zone)
		if at.After(now) && slices.Contains(s.Days, at.Weekday()) {
			return at
		}
	}
	return now.Add(24 * time.Hour)
}

// DigestLetters orders the digest of a day for every manager. It goes out also when all is zero:
// a digest that does not come is itself the alarm (D63).
func (p Policy) DigestLetters(g Digest) []LetterOrder {
	return p.daily(LetterDigest, g.Day, p.WithRole(RoleManager), LetterData{ReceivedAt: g.Day, Digest: &g})
}

// SortingLetters orders one sorting mail of a day for every agent; none when there is nothing to
// sort. part numbers the sorting mails of a day with much to sort, from 1.
func (p Policy) SortingLetters(day time.Time, part int, items []SortingItem) []LetterOrder {
	if len(items) == 0 {
		return nil
	}
	orders := p.daily(LetterSorting, day, p.WithRole(RoleAgentDesk), LetterData{ReceivedAt: day, Sorting: items})
	for i := range orders {
		orders[i].Key += fmt.Sprintf("/%d", part)
	}
	return orders
}

func (p Policy) daily(kind LetterKind, day time.Time, to []Staff, data LetterData) []LetterOrder {
	var out []LetterOrder
	for _, s := range to {
		out = append(out, LetterOrder{
			Kind: kind, Key: string(kind) + "/" + day.Format("2006-01-02") + "/" + AddressKey(s.Address),
			To: Address{Name: s.Name, Address: s.Address}, Language: "en", Data: data,
		})
	}
	return out
}
