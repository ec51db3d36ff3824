package main

import (
	"fmt"
	"io"
	"sort"
	"text/tabwriter"

	"privacybot/classify"
)

// leaveBatchOut judges the mails of every batch of authors with a model that was fitted without
// them, and prints what comes of it: the nearest that the corpus can say of mails by strangers. It
// gives the odds too, for calibration; mails of our own batch have none.
func leaveBatchOut(w io.Writer, set []example, p params) [][]float64 {
	names := map[string]int{}
	for _, x := range set {
		names[x.mail.Batch()]++
	}
	delete(names, "own") // the mails that were written beside the lexicons are always learnt from
	var order []string
	for name := range names {
		order = append(order, name)
	}
	sort.Strings(order)
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "left out\tmails\tmicro F1\texact set\tchild recall\talarms\t")
	odds := make([][]float64, len(set))
	var all tally
	count := 0
	for _, name := range order {
		var rest []example
		for _, x := range set {
			if x.mail.Batch() != name {
				rest = append(rest, x)
			}
		}
		m := fit(rest, p, true)
		var t tally
		for i, x := range set {
			if x.mail.Batch() == name {
				odds[i] = m.odds(x)
				if !t.add(x, odds[i]) && p.show {
					printError(w, x, odds[i])
				}
				all.add(x, odds[i])
				count++
			}
		}
		t.row(tw, name, names[name])
	}
	all.row(tw, "all", count)
	tw.Flush()
	fmt.Fprintf(w, "by right:")
	for r, right := range classify.ModelRights() {
		fmt.Fprintf(w, "  %s %.3f", right, all.rights[r].f1())
	}
	fmt.Fprintln(w)
	return odds
}

func (t *tally) row(tw io.Writer, name string, n int) {
	fmt.Fprintf(tw, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t\n", name, n, t.f1(), share(t.exact, n), share(t.found, t.child), share(t.alarms, t.likes))
}

// hits are right and wrong answers about one right.
type hits struct{ tp, fp, fn int }

func (h hits) f1() float64 { return 2 * float64(h.tp) / max(1, float64(2*h.tp+h.fp+h.fn)) }
