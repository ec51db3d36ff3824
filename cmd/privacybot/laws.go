package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"privacybot/ticket"
)

type lawsCmd struct {
	Code string `arg:"" optional:"" help:"Code of one law, such as eu-gdpr."`
}

// Run lists the laws with their periods, or explains one of them.
func (k lawsCmd) Run(c console) error {
	if k.Code == "" {
		return lawTable(c.out)
	}
	l, known := ticket.LawByCode(strings.ToLower(k.Code))
	if !known {
		return wrongUse{fmt.Errorf("no law %q; the laws are %s", k.Code, strings.Join(slices.Sorted(maps.Keys(ticket.Laws())), ", "))}
	}
	return showLaw(c.out, l)
}

func lawTable(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "LAW\tANSWER\tTARGET\tEXTENSION\tAPPEAL\tRIGHTS APART\tARTICLES")
	laws := ticket.Laws()
	for _, code := range slices.Sorted(maps.Keys(laws)) {
		l := laws[code]
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Code, l.Answer, l.Target, period(l.Extension), period(l.Appeal), orDash(rightWords(apart(l))), l.Articles)
	}
	return tw.Flush()
}

// apart lists the rights that l treats apart.
func apart(l ticket.Law) []ticket.Right {
	return ticket.SortRights(slices.Collect(maps.Keys(l.Rights)))
}

func period(p ticket.Period) string {
	if p.IsZero() {
		return "-"
	}
	return p.String()
}

func showLaw(w io.Writer, l ticket.Law) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "%s\t%s (version %d)\n", l.Code, l.Name, l.Version)
	line := func(what, value string) {
		if value != "" && value != "-" {
			fmt.Fprintf(tw, "  %s\t%s\n", what, value)
		}
	}
	periods(line, l)
	line("complaint confirmed", period(l.ComplaintAcknowledge))
	line("appeal", period(l.Appeal))
	line("end on a free day moves", l.Roll)
	if l.Pause {
		line("pause", "by staff, with #pause")
	}
	line("record kept at least", period(l.Records))
	line("complaints go to", l.Authority)
	line("source", l.Source)
	for _, r := range apart(l) {
		fmt.Fprintf(tw, "\t\n%s\t\n", r)
		periods(line, l.For(r))
	}
	return tw.Flush()
}

func periods(line func(what, value string), l ticket.Law) {
	line("articles", l.Articles)
	line("answer", period(l.Answer))
	line("target", period(l.Target))
	line("extension", period(l.Extension))
	line("receipt confirmed", period(l.Acknowledge))
	line("note", l.Note)
}
