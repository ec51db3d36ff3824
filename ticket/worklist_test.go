package ticket_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

// Reminders come before the target, at it, before the limit and on its breach, up the line, once each,
// over every day of the request's life.
func TestRemindersUpTheLine(t *testing.T) {
	tk := receivedOn(t, "2027-03-01", "eu-gdpr", ticket.Access) // target 29 March, limit 1 April
	p := office(t)
	run := func(tk ticket.Ticket) string {
		var got []string
		for day := ticket.DateOf(at(t, "2027-03-01"), p.Zone); day.String() != "2027-04-20"; day = day.AddDays(1) {
			now := at(t, day.String())
			for _, r := range p.Reminders([]ticket.Ticket{tk}, day.AddDays(-1), now) {
				var to []string
				for _, s := range r.To {
					to = append(to, s.Name)
				}
				got = append(got, fmt.Sprintf("%s %s", day.String()[5:], strings.Join(to, "+")))
			}
		}
		return strings.Join(got, ", ")
	}
	if got, want := run(tk), "03-22 Desk, 03-29 Desk, 04-02 Desk+Mona"; got != want {
		t.Errorf("nobody's ticket\n got %s\nwant %s", got, want)
	}
	tk.Assignee = "olivia@example.com"
	tk.Requests[0].Deadline.Target = at(t, "2027-03-25")
	if got, want := run(tk), "03-18 Olivia, 03-25 Olivia, 03-29 Olivia+Desk, 04-02 Olivia+Desk+Mona"; got != want {
		t.Errorf("Olivia's ticket\n got %s\nwant %s", got, want)
	}
	// What fell due while nothing ran is told afterwards, the worst only.
	late := p.Reminders([]ticket.Ticket{tk}, ticket.DateOf(at(t, "2027-03-10"), p.Zone), at(t, "2027-04-05"))
	if len(late) != 1 || !strings.Contains(late[0].Row.Why, "passed") {
		t.Errorf("after a week: %+v", late)
	}
}

// One mail for each person and day, none at night, lists on working days only.
func TestWorkLetters(t *testing.T) {
	p := office(t)
	s := ticket.Schedule{Hour: 8, Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}, Zone: p.Zone}
	overdue, open := receivedOn(t, "2027-02-01", "eu-gdpr", ticket.Access), receivedOn(t, "2027-03-20", "eu-gdpr", ticket.Deletion)
	open.Ref = "PB-OPEN-0001"
	all := []ticket.Ticket{open, overdue}
	letters := func(day string, last int) (out []string) {
		now := at(t, day)
		for _, o := range p.WorkLetters(s, all, ticket.DateOf(now, p.Zone).AddDays(-last), now) {
			out = append(out, string(o.Kind)+" "+o.To.Address)
			if o.Ref != "" || o.Kind.External() {
				t.Errorf("%s about %q", o.Kind, o.Ref)
			}
		}
		return out
	}
	wantLetters(t, letters("2027-03-24", 1), "staff_worklist desk@example.com")                                    // a Wednesday like others
	wantLetters(t, letters("2027-03-02", 1), "staff_worklist desk@example.com", "staff_reminder mona@example.com") // breach on the day before
	wantLetters(t, letters("2027-03-27", 1))                                                                       // a Saturday without a date
	wantLetters(t, letters("2027-04-10", 1), "staff_reminder desk@example.com")                                    // a Saturday with one
	list := ticket.WorklistFor(p, p.Staff[0], all, at(t, "2027-03-24"))
	if list.Overdue != 1 || list.Groups[0].Title != "Overdue" || list.Groups[0].Rows[0].Ref != overdue.Ref || !strings.Contains(list.Groups[0].Rows[0].Why, "23 days ago") {
		t.Errorf("list %+v", list)
	}
	for _, c := range []struct {
		hour, at int
		due      bool
	}{{8, 7, false}, {8, 8, true}, {8, 19, true}, {8, 20, false}, {8, 3, false}, {3, 3, false}, {3, 7, true}, {22, 18, false}, {22, 19, true}, {22, 22, false}} {
		s.Hour = c.hour
		if _, due := s.Daytime(time.Date(2027, 3, 24, c.at, 30, 0, 0, p.Zone)); due != c.due {
			t.Errorf("daily mails at %d h, at %d:30: %v", c.hour, c.at, due)
		}
	}
}
