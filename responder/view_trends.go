package responder

import (
	"fmt"
	"strings"
	"time"

	"privacybot/ticket"
)

// trendsView is what the last 30 days were like.
type trendsView struct {
	PictureAlt text // "" = nothing to draw
	Weeks      []weekView
	Rights     []groupView
	Laws       []groupView
	Ages       []barView
	AgesMost   int
	Ack, Close text
}

type weekView struct {
	Name              text
	New, Closed, Open int
}

type groupView struct {
	Name                       text
	New, Closed, Open, Overdue int
}

func (c *Composer) trends(g ticket.Digest, w *wordlist) trendsView {
	var v trendsView
	if n := len(g.Month); n > 1 {
		most := 0
		for _, d := range g.Month {
			most = max(most, d.Open)
		}
		v.PictureAlt = text(fmt.Sprintf("The last %d days, day by day: %d tickets open now, %d at the start, %d at most.", n, g.Month[n-1].Open, g.Month[0].Open, most))
	}
	for end := len(g.Month); end > 0; end -= 7 {
		days := g.Month[max(end-7, 0):end]
		one := weekView{Name: line("to "+shortDay(days[len(days)-1].Day), 40), Open: days[len(days)-1].Open}
		for _, d := range days {
			one.New += d.New
			one.Closed += d.Closed
		}
		v.Weeks = append(v.Weeks, one)
	}
	v.Rights, v.Laws = groupViews(g.Rights), groupViews(g.Laws)
	for _, a := range g.Ages {
		name := fmt.Sprintf("%d to %d days", a.From, a.To)
		if a.To == 0 {
			name = fmt.Sprintf("%d days and more", a.From)
		}
		v.Ages = append(v.Ages, barView{text(name), a.Open})
		v.AgesMost = max(v.AgesMost, a.Open)
	}
	if v.AgesMost == 0 {
		v.Ages = nil
	}
	v.Ack, v.Close = speed(g.Acknowledging), speed(g.Closing)
	return v
}

func groupViews(all []ticket.DigestGroup) []groupView {
	var out []groupView
	for _, g := range all[:min(len(all), maxRows)] {
		out = append(out, groupView{Name: orText(line(strings.ReplaceAll(g.Name, "_", " "), 30), "none"), New: g.New, Closed: g.Closed, Open: g.Open, Overdue: g.Overdue})
	}
	return out
}

// speed says how long something took, "" when it did not happen.
func speed(s ticket.DigestSpeed) text {
	if s.Count == 0 {
		return ""
	}
	return text(fmt.Sprintf("half within %s, nine of ten within %s; %d of %d within the target", roughly(s.Median), roughly(s.P90), s.InTarget, s.Count))
}

// roughly gives a length of time in the unit that people would use.
func roughly(d time.Duration) string {
	n, unit := 0, ""
	switch {
	case d < 2*time.Minute:
		return "2 minutes"
	case d < 2*time.Hour:
		n, unit = int((d+time.Minute-1)/time.Minute), "minutes"
	case d < 48*time.Hour:
		n, unit = int((d+time.Hour-1)/time.Hour), "hours"
	default:
		n, unit = int((d+24*time.Hour-1)/(24*time.Hour)), "days"
	}
	return fmt.Sprintf("%d %s", n, unit)
}
