package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"privacybot/pipeline"
)

type healthCmd struct {
	configFlag
	JSON bool `help:"Print JSON."`
}

// healthJSON is the published form.
type healthJSON struct {
	Ready        bool              `json:"ready"`
	Problems     []string          `json:"problems"`
	Polled       map[string]string `json:"polled"`
	LedgerDiffer int               `json:"ledger_differ"` // -1: never compared
	LedgerAt     string            `json:"ledger_at"`
	Tickets      map[string]int    `json:"tickets"`
	Letters      map[string]int    `json:"letters"`
	OldestLetter string            `json:"oldest_letter"`
	Mails        map[string]int    `json:"mails"`
	Certificates map[string]string `json:"certificates"`
	KeyMade      string            `json:"key_made"`
	CanarySent   string            `json:"canary_sent"`
	CanaryBack   string            `json:"canary_back"`
}

// Run shows how the program's own work stands; exit 1 when something is wrong, so that any monitor can
// call it.
func (k healthCmd) Run(ctx context.Context, c console) error {
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return err
	}
	p, _, done, err := o.open(ctx, c, false)
	if err != nil {
		return err
	}
	defer done()
	h, err := p.Health(ctx)
	if err != nil {
		return err
	}
	j := healthForm(p, h, o.pipeline.Policy.Zone)
	if k.JSON {
		err = plainJSON(c.out).Encode(j)
	} else {
		err = healthTable(c.out, j)
	}
	if err == nil && len(j.Problems) > 0 {
		return fmt.Errorf("%s", count(len(j.Problems), "problem"))
	}
	return err
}

func healthForm(p *pipeline.Pipeline, h pipeline.Health, zone *time.Location) healthJSON {
	f := h.Figures
	why := p.Ready(h)
	j := healthJSON{Ready: len(why) == 0, Problems: append([]string{}, why...), Polled: map[string]string{}, Certificates: map[string]string{},
		LedgerDiffer: h.LedgerDiffer, LedgerAt: stamp(h.LedgerAt, zone), OldestLetter: stamp(f.OldestReady, zone), KeyMade: stamp(h.Key.Created, zone),
		CanarySent: stamp(h.Canary.SentAt, zone), CanaryBack: stamp(h.Canary.BackAt, zone),
		Tickets: ticketFigures(h), Letters: letterFigures(h), Mails: mailFigures(h)}
	for _, a := range h.Alarms {
		if a.What != "polls" { // among the reasons already, folder by folder
			j.Problems = append(j.Problems, a.Lines[0])
		}
	}
	for folder := range h.Folders {
		j.Polled[folder] = stamp(f.Polled[folder], zone)
	}
	for server, end := range h.Certificates {
		j.Certificates[server] = stamp(end, zone)
	}
	return j
}

func ticketFigures(h pipeline.Health) map[string]int {
	f := h.Figures
	return map[string]int{"open": f.Open, "overdue": f.Overdue, "due_soon": f.DueSoon, "needs_human": f.NeedsHuman, "undeliverable": f.Undeliverable,
		"child": f.Children, "child_unacknowledged": f.Unacknowledged}
}

func letterFigures(h pipeline.Health) map[string]int {
	f := h.Figures
	return map[string]int{"ready": f.Ready, "braked": f.Braked, "held": f.Held, "failed": f.Failed}
}

func mailFigures(h pipeline.Health) map[string]int {
	return map[string]int{"ledger": h.Figures.Mails, "pending": h.Figures.Pending, "quarantined": h.Figures.Quarantined}
}

func healthTable(w io.Writer, j healthJSON) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(what, value string) { fmt.Fprintf(tw, "%s\t%s\n", what, orDash(value)) }
	for _, folder := range slices.Sorted(maps.Keys(j.Polled)) {
		row("last read: "+folder, j.Polled[folder])
	}
	switch {
	case j.LedgerDiffer < 0:
		row("ledger and server", "not compared yet")
	case j.LedgerDiffer == 0:
		row("ledger and server", "the same on "+j.LedgerAt)
	default:
		row("ledger and server", fmt.Sprintf("%s on the server only on %s", count(j.LedgerDiffer, "mail"), j.LedgerAt))
	}
	for _, group := range []struct {
		name string
		of   map[string]int
	}{{"mails", j.Mails}, {"tickets", j.Tickets}, {"letters", j.Letters}} {
		for _, what := range slices.Sorted(maps.Keys(group.of)) {
			row(group.name+": "+what, fmt.Sprint(group.of[what]))
		}
	}
	row("oldest letter not sent", j.OldestLetter)
	row("canary sent", j.CanarySent)
	row("canary back", j.CanaryBack)
	for _, server := range slices.Sorted(maps.Keys(j.Certificates)) {
		row("certificate of the "+server+" ends", j.Certificates[server])
	}
	row("key in use since", j.KeyMade)
	for _, p := range j.Problems {
		row("PROBLEM", p)
	}
	if len(j.Problems) == 0 {
		row("all is well", "no problem")
	}
	return tw.Flush()
}
