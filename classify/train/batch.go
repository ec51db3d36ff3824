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

// sweep prints what other limits would give.
func sweep(w io.Writer, set []example, odds [][]float64) {
	for _, limit := range []float64{0.5, 0, -0.5, -1, -1.5, -2} {
		for _, fall := range []float64{0, -1, -2, -3, -4} {
			var t tally
			n := 0
			for i, x := range set {
				if odds[i] == nil {
					continue
				}
				n++
				z := make([]float64, len(odds[i]))
				best := 1
				for r := range z {
					z[r] = odds[i][r] - limit
					if r > 0 && odds[i][r] > odds[i][best] {
						best = r
					}
				}
				z[0] = odds[i][0]
				none := true
				for r := range z {
					none = none && z[r] < 0
				}
				if none && odds[i][best] > fall {
					z[best] = 1
				}
				t.add(x, z)
			}
			fmt.Fprintf(w, "limit %.1f fall %.1f: F1 %.3f exact %.3f\n", limit, fall, t.f1(), share(t.exact, n))
		}
	}
}

// childSweep prints what other limits of the child alert would give.
func childSweep(w io.Writer, set []example, odds [][]float64) {
	for _, limit := range []float64{0.5, 0.43, 0.35, 0.3, 0.25, 0.2, 0.15} {
		var t tally
		other, others := 0, 0
		for i, x := range set {
			if odds[i] == nil {
				continue
			}
			p := max(x.ChildLeast, min(x.ChildMost, sigmoid(0.6*odds[i][0])))
			t.addChild(x, p >= limit, x.want[0] == 1)
			if x.want[0] == 0 && !x.mail.Has("lookalike") {
				others++
				if p >= limit {
					other++
				}
			}
		}
		fmt.Fprintf(w, "child limit %.2f: recall %.3f of %d, look-alikes %.3f, others %.3f\n", limit, share(t.found, t.child), t.child, share(t.alarms, t.likes), share(other, others))
	}
}
