// Command train fits the linear model of package classify to the training part of its corpus and
// writes classify/model.bin. It is deterministic: the same corpus, lexicons and rules give the same
// file. It prints what cross-validation says of three methods (rules alone, model alone, both).
//
//	go run ./classify/train [-corpus DIR] [-out FILE]
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"

	"privacybot/classify"
	"privacybot/classify/corpus"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("train", flag.ContinueOnError)
	fs.SetOutput(stderr)
	dir := fs.String("corpus", "classify/testdata/corpus", "folder of the corpus")
	out := fs.String("out", "classify/model.bin", "file to write; empty for none")
	epochs := fs.Int("epochs", 30, "rounds over the mails")
	decay := fs.Float64("decay", 3e-4, "pull of every weight to zero")
	rate := fs.Float64("rate", 0.25, "length of a step")
	join := fs.Float64("join", 0.7, "how often two mails are learnt as one")
	trust := fs.Float64("trust", 0.8, "share of the rules' log odds")
	unseen := fs.Float64("unseen", 0.6, "share of the calibrated slope that is left on wording no lexicon was made from; see EVALUATION.md")
	show := fs.Bool("errors", false, "print the mistakes of cross-validation")
	batches := fs.Bool("batches", false, "leave out one batch of authors at a time instead of a fold, and write no model")
	if fs.Parse(args) != nil {
		return 2
	}
	set, err := load(*dir)
	if err != nil {
		fmt.Fprintln(stderr, "train:", err)
		return 1
	}
	p := params{epochs: *epochs, decay: *decay, rate: *rate, join: *join, trust: *trust, show: *show}
	if *batches {
		leaveBatchOut(stdout, set, p)
		return 0
	}
	slope, shift := crossValidate(stdout, set, p)
	m := fit(set, p, true)
	if *out == "" {
		return 0
	}
	b := m.quantised(slope**unseen, shift**unseen).Encode()
	if err := os.WriteFile(*out, b, 0o644); err != nil {
		fmt.Fprintln(stderr, "train:", err)
		return 1
	}
	fmt.Fprintf(stdout, "%s: %d bytes, %d mails\n", *out, len(b), len(set))
	return 0
}

// example is one mail with its answer.
type example struct {
	classify.Example
	mail corpus.Mail
	want []float64
	fold int
}

// load reads the training part of the corpus.
func load(dir string) ([]example, error) {
	c, err := classify.NewRules()
	if err != nil {
		return nil, err
	}
	mails, err := corpus.Load(dir)
	if err != nil {
		return nil, err
	}
	var set []example
	for _, m := range mails {
		if m.Held() {
			continue
		}
		law := m.Default
		if law == "" {
			law = "eu-gdpr"
		}
		x := example{mail: m, Example: c.Example(m.Message(), classify.Context{ReceivedAt: corpus.Received, DefaultLaw: law, Followup: m.Has("followup")}), fold: m.Fold(folds)}
		for _, r := range classify.ModelRights() {
			y := 0.0
			for _, have := range m.Rights {
				if have == r {
					y = 1
				}
			}
			x.want = append(x.want, y)
		}
		set = append(set, x)
	}
	return set, nil
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
