package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"text/tabwriter"

	"privacybot/classify"
	"privacybot/ticket"
)

const folds = 5

type params struct {
	epochs int
	decay  float64
	rate   float64
	trust  float64
	join   float64 // how often a mail is also learnt together with another one
	show   bool    // print mistakes
}

// weights is the model while it is fitted.
type weights struct {
	n     int // rights
	w     []cell
	bias  []float64
	trust []float64
}

// cell is one weight and its sum of squared slopes, for AdaGrad.
type cell struct{ value, square float32 }

// fit minimises the logistic loss by stochastic steps (AdaGrad) over the mails of other folds; with
// rules it starts from the rules' log odds and learns what to add.
func fit(set []example, p params, rules bool) *weights {
	n := len(classify.ModelRights())
	m := &weights{n: n, w: make([]cell, classify.Buckets()*n), bias: make([]float64, n), trust: make([]float64, n)}
	for r := range m.trust {
		if rules {
			m.trust[r] = p.trust
		} else {
			m.bias[r] = -2
		}
	}
	rnd := rand.New(rand.NewPCG(7, 11))
	order := make([]int, len(set))
	for i := range order {
		order[i] = i
	}
	for e := 0; e < p.epochs; e++ {
		rnd.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			m.step(set[i], p)
			if other := set[rnd.IntN(len(set))]; joinable(set[i], other) && rnd.Float64() < p.join {
				m.step(join(set[i], other), p)
			}
		}
	}
	return m
}

// joinable tells mails that one writer might send as one: both use rights, not the same.
func joinable(a, b example) bool {
	used, same := 0, false
	for r := range a.want {
		used += int(a.want[r] + b.want[r])
		same = same || a.want[r] == 1 && b.want[r] == 1
	}
	question := len(a.want) - 1
	return !same && used >= 2 && used <= 3 && sum(a.want) > 0 && sum(b.want) > 0 && a.want[question]+b.want[question] == 0
}

func sum(xs []float64) float64 {
	total := 0.0
	for _, x := range xs {
		total += x
	}
	return total
}

// join makes one mail of two, so that the model learns that one right does not exclude another;
// real mails with two rights are too few to teach it.
func join(a, b example) example {
	out := example{want: make([]float64, len(a.want))}
	out.Rules = make([]float64, len(a.Rules))
	for r := range a.want {
		out.want[r] = max(a.want[r], b.want[r])
		out.Rules[r] = max(a.Rules[r], b.Rules[r])
	}
	at := make(map[uint32]int, len(a.Features)+len(b.Features))
	for _, list := range [][]classify.Feature{a.Features, b.Features} {
		for _, f := range list {
			if f.Bucket >= classify.LetterStart {
				f.Value *= 0.71 // the letters' part keeps its length
			}
			if i, ok := at[f.Bucket]; ok {
				out.Features[i].Value = max(out.Features[i].Value, f.Value)
				continue
			}
			at[f.Bucket] = len(out.Features)
			out.Features = append(out.Features, f)
		}
	}
	return out
}

// settled is the slope below which an answer is left as it is: most answers of a round are, and
// leaving them makes a round five times as fast.
const settled = 0.02

func (m *weights) step(x example, p params) {
	z := m.odds(x)
	open, slopes := make([]int, 0, m.n), make([]float32, 0, m.n)
	for r := 0; r < m.n; r++ {
		if g := sigmoid(z[r]) - x.want[r]; math.Abs(g) > settled {
			m.bias[r] -= 0.01 * g
			open, slopes = append(open, r), append(slopes, float32(g))
		}
	}
	if len(open) == 0 {
		return
	}
	decay, rate := float32(p.decay), float32(p.rate)
	for _, f := range x.Features {
		row := m.w[int(f.Bucket)*m.n:][:m.n]
		for k, r := range open {
			c := &row[r]
			slope := slopes[k]*f.Value + decay*c.value
			c.square += slope * slope
			c.value -= rate * slope / (0.1 + float32(math.Sqrt(float64(c.square))))
		}
	}
}

func (m *weights) odds(x example) []float64 {
	z := make([]float64, m.n)
	for r := range z {
		z[r] = m.bias[r] + m.trust[r]*x.Rules[r]
	}
	sum := make([]float32, m.n)
	for _, f := range x.Features {
		row := m.w[int(f.Bucket)*m.n:][:m.n]
		for r := range sum {
			sum[r] += f.Value * row[r].value
		}
	}
	for r := range z {
		z[r] += float64(sum[r])
	}
	return z
}

// quantised keeps every weight in one byte.
func (m *weights) quantised(slope, shift float64) classify.Model {
	out := classify.Model{Weights: make([]int8, len(m.w)), Slope: float32(slope), Shift: float32(shift)}
	for r := 0; r < m.n; r++ {
		most := 1e-6
		for i := r; i < len(m.w); i += m.n {
			most = math.Max(most, math.Abs(float64(m.w[i].value)))
		}
		out.Scale = append(out.Scale, float32(most/127))
		out.Bias = append(out.Bias, float32(m.bias[r]))
		out.Trust = append(out.Trust, float32(m.trust[r]))
		for i := r; i < len(m.w); i += m.n {
			out.Weights[i] = int8(math.Round(float64(m.w[i].value) / most * 127))
		}
	}
	return out
}

// crossValidate prints how three methods do on mails that they were not fitted to, and gives the
// calibration of the last one.
func crossValidate(w io.Writer, set []example, p params) (slope, shift float64) {
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "method (5-fold, training part)\tmicro F1\texact set\tchild recall\talarms\t")
	var z, y []float64
	for k, name := range []string{"rules alone", "model alone", "rules and model"} {
		odds := oddsByFold(set, p, k)
		var t tally
		for i, x := range set {
			if !t.add(x, odds[i]) && k == 2 && p.show {
				printError(w, x, odds[i])
			}
			for r, want := range x.want {
				// Answers far from the threshold say nothing about the confidence near it.
				if k == 2 && odds[i][r] > -1 && odds[i][r] < 6 {
					z, y = append(z, odds[i][r]), append(y, want)
				}
			}
		}
		fmt.Fprintf(tw, "%s\t%.3f\t%.3f\t%.3f\t%.3f\t\n", name, t.f1(), share(t.exact, len(set)), share(t.found, t.child), share(t.alarms, t.likes))
	}
	tw.Flush()
	slope, shift = platt(z, y)
	fmt.Fprintf(w, "calibration: slope %.2f, shift %.2f over %d doubtful answers\n", slope, shift, len(z))
	return slope, shift
}

// oddsByFold judges every mail with a model that was fitted to the other folds: by the rules alone
// (method 0), the model alone (1) or both (2).
func oddsByFold(set []example, p params, method int) [][]float64 {
	odds := make([][]float64, len(set))
	for fold := 0; fold < folds; fold++ {
		var m *weights
		if method > 0 {
			var rest []example
			for _, x := range set {
				if x.fold != fold {
					rest = append(rest, x)
				}
			}
			m = fit(rest, p, method == 2)
		}
		for i, x := range set {
			if x.fold != fold {
				continue
			}
			odds[i] = x.Rules
			if m != nil {
				odds[i] = m.odds(x)
			}
		}
	}
	return odds
}

// tally counts right and wrong answers.
type tally struct {
	hits
	exact, child, found, likes, alarms int
	rights                             [16]hits // in the order of ModelRights; what is beyond stays zero
}

// childAccept is the confidence at which classify raises a child alert.
const childAccept = 0.35

// add counts one mail and reports whether every right was judged rightly.
func (t *tally) add(x example, odds []float64) bool {
	same, none := true, true
	for r, want := range x.want {
		got := odds[r] >= 0
		if classify.ModelRights()[r] == ticket.Child {
			got = max(x.ChildLeast, min(x.ChildMost, sigmoid(odds[r]))) >= childAccept
			t.addChild(x, got, want == 1)
		}
		t.rights[r].add(got, want == 1)
		t.hits.add(got, want == 1)
		same = same && got == (want == 1)
		none = none && !got
	}
	wanted := sum(x.want) == 0
	t.hits.add(none, wanted) // "other"
	if same {
		t.exact++
	}
	return same
}

func (t *tally) addChild(x example, got, want bool) {
	switch {
	case want:
		t.child++
		if got {
			t.found++
		}
	case x.mail.Has("lookalike"):
		t.likes++
		if got {
			t.alarms++
		}
	}
}

func (h *hits) add(got, want bool) {
	switch {
	case got && want:
		h.tp++
	case got:
		h.fp++
	case want:
		h.fn++
	}
}

func share(n, of int) float64 { return float64(n) / math.Max(1, float64(of)) }

// platt fits slope and shift so that the stated confidence is the share that is right (Platt 1999).
func platt(z, y []float64) (slope, shift float64) {
	slope = 1
	for e := 0; e < 400; e++ {
		ga, gb := 0.0, 0.0
		for i := range z {
			g := sigmoid(slope*z[i]+shift) - y[i]
			ga += g * z[i]
			gb += g
		}
		slope -= 2 * ga / float64(len(z))
		shift -= 2 * gb / float64(len(z))
	}
	return slope, shift
}

// printError shows one mail that cross-validation got wrong.
func printError(w io.Writer, x example, odds []float64) {
	fmt.Fprintf(w, "%s want %v:", x.mail.ID, x.mail.Rights)
	for r, right := range classify.ModelRights() {
		if odds[r] > -1.5 || x.Rules[r] > -0.5 || x.want[r] == 1 {
			fmt.Fprintf(w, " %s %.1f (rules %.1f)", right, odds[r], x.Rules[r])
		}
	}
	fmt.Fprintf(w, "\n    %s | %.260s\n", x.mail.Subject, strings.ReplaceAll(x.mail.Body, "\n", " / "))
}
