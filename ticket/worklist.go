package ticket

import (
	"fmt"
	"slices"
	"time"
)

// Worklist is what one member of staff has to do, for a mail. References, rights and dates only.
type Worklist struct {
	Groups  []WorkGroup
	Overdue int // tickets whose limit has passed
}

// WorkGroup is one heading with its tickets.
type WorkGroup struct {
	Title string
	Late  bool // a limit has passed, or is near
	Rows  []WorkRow
}

// WorkRow is one ticket.
type WorkRow struct {
	Ref         string
	Rights      []Right
	State       string
	Due, Target time.Time // zero: no clock runs
	Why         string    // what to look at
	Whose       string    // "yours", "nobody's", or a colleague's name
}

// Len is the number of tickets on the list.
func (l Worklist) Len() int {
	n := 0
	for _, g := range l.Groups {
		n += len(g.Rows)
	}
	return n
}

// reminder steps before the dates, in days.
const (
	beforeTarget = 7
	beforeLegal  = 3
)

// Office hours in which staff are reminded: never at night (only alarms about children come then).
const (
	dayBegins = 7
	dayEnds   = 20
)

// WorklistFor gives the open tickets of a member and those that are nobody's, the most pressing
// first. A manager, or a member without the role of agent, gets only their own.
func WorklistFor(p Policy, s Staff, open []Ticket, now time.Time) Worklist {
	groups := []WorkGroup{{Title: "Overdue", Late: true}, {Title: "To finish this week"}, {Title: "To sort"}, {Title: "Waiting for an answer"}, {Title: "Under way"}}
	for _, t := range open {
		whose := p.whose(t, s)
		if t.Closed() || whose == "" {
			continue
		}
		row := WorkRow{Ref: t.Ref, Rights: SortRights(t.openRights()), State: t.State(), Whose: whose}
		row.Due, row.Target = t.Due()
		i := 4
		today := DateOf(now, p.Zone)
		switch {
		case !row.Due.IsZero() && now.After(row.Due):
			i, row.Why = 0, fmt.Sprintf("the limit passed %s ago", count(daysBetween(DateOf(row.Due, p.Zone), today), "day"))
		case !row.Target.IsZero() && now.After(row.Target):
			i, row.Why = 1, "the target has passed"
		case t.NeedsHuman != "":
			i = 2
		case t.State() == string(Waiting):
			i = 3
		case !row.Target.IsZero() && daysBetween(today, DateOf(row.Target, p.Zone)) <= beforeTarget:
			i = 1
		}
		if t.Undeliverable != "" {
			row.Why = joinWords(row.Why, "the requester cannot be reached")
		}
		if t.Child != nil && t.Child.State() != ChildDeleted && t.Child.State() != ChildCleared {
			row.Why = joinWords(row.Why, "a child's data: "+string(t.Child.State()))
		}
		groups[i].Rows = append(groups[i].Rows, row)
	}
	l := Worklist{Overdue: len(groups[0].Rows)}
	for _, g := range groups {
		if len(g.Rows) > 0 {
			slices.SortStableFunc(g.Rows, byDue)
			l.Groups = append(l.Groups, g)
		}
	}
	return l
}

func byDue(a, b WorkRow) int {
	switch {
	case a.Due.IsZero() && b.Due.IsZero():
		return 0
	case a.Due.IsZero():
		return 1
	case b.Due.IsZero():
		return -1
	}
	return a.Due.Compare(b.Due)
}

func joinWords(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// whose says in which way t is s's business: "" when it is not.
func (p Policy) whose(t Ticket, s Staff) string {
	owner, ok := p.StaffByAddress(t.Assignee)
	switch {
	case ok && AddressKey(owner.Address) == AddressKey(s.Address):
		return "yours"
	case ok:
		return ""
	case slices.ContainsFunc(p.inCharge(t), func(m Staff) bool { return AddressKey(m.Address) == AddressKey(s.Address) }):
		return "nobody's"
	}
	return ""
}

// Reminder is one thing of which people are told once.
type Reminder struct {
	Row WorkRow
	To  []Staff
}

// Reminders gives what falls due after the day last and not after the day of now: seven days before
// the target, at the target, three days before the limit, and on its breach, up the line: first the
// one who has the ticket, or all agents; then all agents; then managers.
func (p Policy) Reminders(open []Ticket, last Date, now time.Time) []Reminder {
	today := DateOf(now, p.Zone)
	var out []Reminder
	for _, t := range open {
		for _, r := range t.Requests {
			if r.State.Closed() || r.Deadline.Legal.IsZero() && r.Deadline.Target.IsZero() {
				continue
			}
			if why, step := p.reminderOf(r, last, today); why != "" {
				row := WorkRow{Ref: t.Ref, Rights: []Right{r.Right}, State: string(r.State), Due: r.Deadline.Legal, Target: r.Deadline.Target, Why: why}
				out = append(out, Reminder{Row: row, To: p.line(t, step)})
			}
		}
	}
	return out
}

// reminderOf gives the latest step of r in the days after last up to today.
func (p Policy) reminderOf(r Request, last, today Date) (why string, step int) {
	received, target := DateOf(r.ReceivedAt, p.Zone), DateOf(r.Deadline.Target, p.Zone)
	in := func(d Date) bool { return last.Before(d) && !today.Before(d) && received.Before(d) }
	if !r.Deadline.Legal.IsZero() {
		legal := DateOf(r.Deadline.Legal, p.Zone)
		switch {
		case in(legal.AddDays(1)):
			return "the limit has passed: " + legal.Long(), 3
		case in(legal.AddDays(-beforeLegal)):
			return fmt.Sprintf("the limit is in %s", count(daysBetween(today, legal), "day")), 2
		}
	}
	if r.Deadline.Target.IsZero() {
		return "", 0
	}
	switch {
	case in(target):
		return "the target is " + target.Long(), 1
	case in(target.AddDays(-beforeTarget)):
		return fmt.Sprintf("the target is in %s", count(daysBetween(today, target), "day")), 1
	}
	return "", 0
}

// line is who is reminded of t at a step.
func (p Policy) line(t Ticket, step int) []Staff {
	var to []Staff
	add := func(more ...Staff) {
		for _, s := range more {
			if !slices.ContainsFunc(to, func(have Staff) bool { return AddressKey(have.Address) == AddressKey(s.Address) }) {
				to = append(to, s)
			}
		}
	}
	if s, ok := p.StaffByAddress(t.Assignee); ok {
		add(s)
	}
	if len(to) == 0 || step >= 2 {
		add(p.inCharge(t)...)
	}
	if step >= 3 {
		add(p.WithRole(RoleManager)...)
	}
	return to
}

// Daytime reports whether staff may be reminded at now, and on which local day: from the hour of the
// daily mails, but not before seven and not after eight in the evening.
func (s Schedule) Daytime(now time.Time) (time.Time, bool) {
	local := now.In(s.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, s.Zone)
	at, from := local.Hour()*60+local.Minute(), s.Hour*60+s.Minute
	return day, at >= min(max(from, dayBegins*60), (dayEnds-1)*60) && at < dayEnds*60
}

// WorkLetters orders at most one mail for each person on day: the work list with the reminders on top
// for those who have tickets, on the days of the daily mails; on other days, and for those without a
// list, the reminders alone. last is the day of the mails before.
func (p Policy) WorkLetters(s Schedule, open []Ticket, last Date, now time.Time) []LetterOrder {
	local := now.In(s.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, s.Zone)
	workday := slices.Contains(s.Days, day.Weekday())
	reminders := p.Reminders(open, last, now)
	var out []LetterOrder
	for _, m := range p.Staff {
		l := WorkGroup{Title: "Reminders", Late: true}
		for _, r := range reminders {
			if slices.ContainsFunc(r.To, func(to Staff) bool { return AddressKey(to.Address) == AddressKey(m.Address) }) {
				l.Rows = append(l.Rows, r.Row)
			}
		}
		kind, list := LetterStaffReminder, Worklist{}
		if workday {
			if all := WorklistFor(p, m, open, now); all.Len() > 0 {
				kind, list = LetterStaffWorklist, all
			}
		}
		if len(l.Rows) > 0 {
			list.Groups = append([]WorkGroup{l}, list.Groups...)
		}
		if list.Len() == 0 {
			continue
		}
		out = append(out, LetterOrder{Kind: kind, Key: "work/" + day.Format(time.DateOnly) + "/" + AddressKey(m.Address),
			To: Address{Name: m.Name, Address: m.Address}, Language: "en", Data: LetterData{ReceivedAt: day, Worklist: &list}})
	}
	return out
}
