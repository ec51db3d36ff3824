package responder

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"privacybot/ticket"
)

// stalePoll is after which time without a poll the digest warns of a folder.
const stalePoll = 15 * time.Minute

// digestView holds a manager's morning: references and numbers only.
type digestView struct {
	Day   text
	Quiet bool // nothing asks for anybody today

	Children, Overdue, DueSoon, Unverified, Undeliverable, NeedsHuman rowsView

	Quarantined, LettersWait, LettersHeld, LettersBraked, LettersFailed, UnmatchedDSN int
	New, Closed, Open                                                                 int
	Moved                                                                             int // the largest of New, Closed and Open
	ByRight                                                                           []barView
	ByRightMost                                                                       int

	Mails, Pending int
	Dispositions   []barView
	Polls          []pollView
	Ledger         int // mails on the server that the ledger does not know; -1: not compared
	JunkWatched    bool
	Alarms         []text // what is wrong with the program's own work
	AuditEntry     text
	Headline       text // the figures that matter, for the subject
	Trends         trendsView
}

type rowsView struct {
	Count int
	Rows  []rowView
	More  int
}

type rowView struct{ Ref, Rights, Due, State text }

type barView struct {
	Name  text
	Value int
}

type pollView struct {
	Folder, At text
	Stale      bool
}

func (c *Composer) digest(g ticket.Digest, w *wordlist, now time.Time) *digestView {
	v := &digestView{
		Day:      c.day(g.Day, w),
		Children: c.rows(g.Children, w), Overdue: c.rows(g.Overdue, w), DueSoon: c.rows(g.DueSoon, w),
		Unverified: c.rows(g.Unverified, w), Undeliverable: c.rows(g.Undeliverable, w), NeedsHuman: c.rows(g.NeedsHuman, w),
		Quarantined: g.Quarantined, LettersWait: g.LettersWait, LettersHeld: g.LettersHeld, LettersBraked: g.LettersBraked, LettersFailed: g.LettersFailed,
		UnmatchedDSN: g.UnmatchedDSN, New: g.New, Closed: g.Closed, Open: g.Open, Moved: max(g.New, g.Closed, g.Open),
		Alarms: texts(g.Alarms[:min(len(g.Alarms), maxRows)]),
		Mails:  g.Mails, Pending: g.Pending, Ledger: g.LedgerDiffer, JunkWatched: g.JunkWatched, AuditEntry: orText(line(g.AuditEntry, 60), "none"),
	}
	for _, r := range ticket.Rights() {
		if n := g.OpenByRight[r]; n > 0 {
			v.ByRight = append(v.ByRight, barView{text(r), n})
			v.ByRightMost = max(v.ByRightMost, n)
		}
	}
	for _, d := range ticket.Dispositions() {
		if n := g.Dispositions[string(d)]; n > 0 {
			v.Dispositions = append(v.Dispositions, barView{text(strings.ReplaceAll(string(d), "_", " ")), n})
		}
	}
	stale := false
	for _, folder := range slices.Sorted(maps.Keys(g.LastPoll)) {
		at := g.LastPoll[folder]
		p := pollView{Folder: line(folder, 60), At: orText(c.at(at, w), "never"), Stale: now.Sub(at) > stalePoll}
		stale = stale || p.Stale
		v.Polls = append(v.Polls, p)
	}
	waiting := v.Children.Count + v.Overdue.Count + v.DueSoon.Count + v.Unverified.Count + v.Undeliverable.Count + v.NeedsHuman.Count
	v.Quiet = waiting+g.Quarantined+g.LettersWait+g.LettersHeld+g.LettersBraked+g.LettersFailed+g.UnmatchedDSN+g.Pending == 0 && g.LedgerDiffer <= 0 && !stale && len(g.Alarms) == 0
	v.Headline, v.Trends = headline(g), c.trends(g, w)
	return v
}

func headline(g ticket.Digest) text {
	var parts []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(len(g.Children), "child alert", "child alerts")
	add(len(g.Overdue), "overdue", "overdue")
	add(len(g.DueSoon), "due within 7 days", "due within 7 days")
	return text(strings.Join(parts, ", "))
}

func (c *Composer) rows(all []ticket.DigestRow, w *wordlist) rowsView {
	v := rowsView{Count: len(all), More: max(len(all)-maxRows, 0)}
	for _, r := range all[:min(len(all), maxRows)] {
		var codes []string
		for _, right := range ticket.SortRights(r.Rights) {
			codes = append(codes, string(right))
		}
		v.Rows = append(v.Rows, rowView{Ref: line(r.Ref, 40), Rights: line(strings.Join(codes, ", "), 120),
			Due: orText(c.day(r.Due, w), "no date"), State: line(strings.ReplaceAll(r.State, "_", " "), 30)})
	}
	return v
}

func orText(t, other text) text {
	if t == "" {
		return other
	}
	return t
}
