// Command eval measures package classify on its corpus: for the part that rules and weights are
// made on and for the held part, per right, per language, for children, for calibration and speed.
//
//	go run ./classify/eval            tables
//	go run ./classify/eval -errors    and every mistake of the training part (never of the held part)
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"privacybot/classify"
	"privacybot/classify/corpus"
	"privacybot/ticket"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("eval", flag.ContinueOnError)
	fs.SetOutput(stderr)
	dir := fs.String("corpus", "classify/testdata/corpus", "folder of the corpus")
	showErrors := fs.Bool("errors", false, "print the mistakes of the training part")
	lang := fs.String("lang", "", "only this language")
	rulesOnly := fs.Bool("rules", false, "judge by the rules alone, without the model")
	if fs.Parse(args) != nil {
		return 2
	}
	load := classify.New
	if *rulesOnly {
		load = classify.NewRules
	}
	c, err := load()
	if err != nil {
		fmt.Fprintln(stderr, "eval:", err)
		return 1
	}
	mails, err := corpus.Load(*dir)
	if err != nil {
		fmt.Fprintln(stderr, "eval:", err)
		return 1
	}
	var train, held []outcome
	for _, m := range mails {
		if *lang != "" && !strings.HasPrefix(m.Lang, *lang) {
			continue
		}
		o := judge(c, m)
		if m.Held() {
			held = append(held, o)
			continue
		}
		train = append(train, o)
		if *showErrors && !o.exact() {
			printError(stdout, o)
		}
	}
	report(stdout, "train", train)
	report(stdout, "held", held)
	speed(stdout, c, mails)
	return 0
}

// outcome is one mail with what was said about it.
type outcome struct {
	mail corpus.Mail
	got  ticket.Verdict
}

func judge(c *classify.Classifier, m corpus.Mail) outcome {
	law := m.Default
	if law == "" {
		law = "eu-gdpr"
	}
	return outcome{m, c.Classify(m.Message(), classify.Context{ReceivedAt: corpus.Received, DefaultLaw: law, Followup: m.Has("followup")})}
}

func (o outcome) exact() bool { return fmt.Sprint(o.mail.Rights) == fmt.Sprint(o.got.Rights) }

func (o outcome) wants(r ticket.Right) bool {
	for _, have := range o.mail.Rights {
		if have == r {
			return true
		}
	}
	return false
}

func printError(w io.Writer, o outcome) {
	fmt.Fprintf(w, "%s (%s, seen as %s): want %v, got %v %v\n    %s | %.300s\n", o.mail.ID, o.mail.Lang, o.got.Language, o.mail.Rights, o.got.Rights, o.got.Confidence,
		o.mail.Subject, strings.ReplaceAll(o.mail.Body, "\n", " / "))
	for _, e := range o.got.Evidence {
		fmt.Fprintf(w, "      %s %s: %q\n", e.Right, e.Rule, e.Quote)
	}
}
