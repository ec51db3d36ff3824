package responder

import (
	"strings"

	"privacybot/ticket"
)

// workView is one heading of a work list with its tickets: references, rights and dates only.
type workView struct {
	Title text
	Late  bool // in the colour of alarm
	Count int
	Rows  []workRowView
	More  int // rows left out
}

type workRowView struct{ Ref, Rights, State, Due, Target, Why, Whose text }

// maxWork bounds the rows of one heading: the rest is counted.
const maxWork = 60

func (c *Composer) worklist(l ticket.Worklist, w *wordlist) []workView {
	var out []workView
	for _, g := range l.Groups {
		v := workView{Title: line(g.Title, 80), Late: g.Late, Count: len(g.Rows), More: max(len(g.Rows)-maxWork, 0)}
		for _, r := range g.Rows[:min(len(g.Rows), maxWork)] {
			var rights []string
			for _, right := range r.Rights {
				rights = append(rights, string(right))
			}
			v.Rows = append(v.Rows, workRowView{Ref: line(r.Ref, 40), Rights: line(strings.Join(rights, ", "), maxLine),
				State: line(strings.ReplaceAll(r.State, "_", " "), 40), Due: c.day(r.Due, w), Target: c.day(r.Target, w),
				Why: line(r.Why, maxLine), Whose: line(r.Whose, 80)})
		}
		out = append(out, v)
	}
	return out
}

// checklist names what the answer to the open requests must say, once each.
func (c *Composer) checklist(t ticket.Ticket) []text {
	var steps []string
	laws := ticket.Laws()
	for _, r := range t.Requests {
		if r.State.Closed() {
			continue
		}
		var points []string
		for _, p := range ticket.Checklist(r.Right, laws[r.Law], ticket.OutcomeDone) {
			if !p.Framed {
				points = append(points, p.Asks)
			}
		}
		if len(points) > 0 {
			steps = append(steps, string(r.Right)+": "+strings.Join(points, "; "))
		}
	}
	return texts(steps)
}

// recipients lists who was told as a recipient of the data, and what came of it.
func (c *Composer) recipients(t ticket.Ticket, w *wordlist) []text {
	var out []string
	for _, i := range t.Informed {
		fate := "the letter is on its way"
		switch {
		case !i.AnsweredAt.IsZero():
			fate = "answered " + string(c.at(i.AnsweredAt, w))
		case !i.FailedAt.IsZero():
			fate = "could not be reached"
		case !i.SentAt.IsZero():
			fate = "told " + string(c.at(i.SentAt, w))
		}
		out = append(out, i.Name+": "+fate)
	}
	return texts(out)
}
