package main

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"privacybot/classify"
	"privacybot/classify/corpus"
	"privacybot/ticket"
)

// counts are right and wrong answers for one right.
type counts struct{ tp, fp, fn int }

func (c counts) f1() float64 {
	if c.tp == 0 {
		return 0
	}
	return 2 * float64(c.tp) / float64(2*c.tp+c.fp+c.fn)
}

func share(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", float64(n)/float64(of))
}

// report prints the tables of one part of the corpus.
func report(w io.Writer, name string, all []outcome) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s: %d mails\n", name, len(all))
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "right\tmails\tprecision\trecall\tF1\t")
	var micro counts
	for _, r := range ticket.Rights() {
		var c counts
		for _, o := range all {
			switch want, got := o.wants(r), o.got.Has(r); {
			case want && got:
				c.tp++
			case got:
				c.fp++
			case want:
				c.fn++
			}
		}
		micro = counts{micro.tp + c.tp, micro.fp + c.fp, micro.fn + c.fn}
		fmt.Fprintf(tw, "%s\t%d\t%s\t%s\t%.3f\t\n", r, c.tp+c.fn, share(c.tp, c.tp+c.fp), share(c.tp, c.tp+c.fn), c.f1())
	}
	fmt.Fprintf(tw, "micro\t\t%s\t%s\t%.3f\t\n", share(micro.tp, micro.tp+micro.fp), share(micro.tp, micro.tp+micro.fn), micro.f1())
	tw.Flush()
	languages(w, all)
	batches(w, all)
	children(w, all)
	calibration(w, all)
	others(w, all)
}

// batches shows each batch of authors by itself: mails by strangers to the lexicons are harder.
func batches(w io.Writer, all []outcome) {
	by := map[string][]outcome{}
	for _, o := range all {
		by[o.mail.Batch()] = append(by[o.mail.Batch()], o)
	}
	var keys []string
	for k := range by {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "authors\tmails\tmicro F1\texact set\tchild recall\tlook-alikes alarmed\tto a human\t")
	for _, k := range keys {
		var c counts
		exact, human, child, found, likes, alarms := 0, 0, 0, 0, 0, 0
		for _, o := range by[k] {
			for _, r := range ticket.Rights() {
				switch want, got := o.wants(r), o.got.Has(r); {
				case want && got:
					c.tp++
				case got:
					c.fp++
				case want:
					c.fn++
				}
			}
			exact, human = exact+one(o.exact()), human+one(o.got.NeedsHuman)
			child, found = child+one(o.wants(ticket.Child)), found+one(o.wants(ticket.Child) && o.got.Has(ticket.Child))
			likes, alarms = likes+one(o.mail.Has("lookalike")), alarms+one(o.mail.Has("lookalike") && o.got.Has(ticket.Child))
		}
		n := len(by[k])
		fmt.Fprintf(tw, "%s\t%d\t%.3f\t%s\t%s of %d\t%s of %d\t%s\t\n", k, n, c.f1(), share(exact, n), share(found, child), child, share(alarms, likes), likes, share(human, n))
	}
	tw.Flush()
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func languages(w io.Writer, all []outcome) {
	type row struct{ n, exact, lang, human int }
	rows := map[string]*row{"all": {}}
	for _, o := range all {
		key := strings.SplitN(o.mail.Lang, "-", 2)[0]
		if rows[key] == nil {
			rows[key] = &row{}
		}
		for _, r := range []*row{rows[key], rows["all"]} {
			r.n++
			if o.exact() {
				r.exact++
			}
			if strings.HasPrefix(o.got.Language, key) {
				r.lang++
			}
			if o.got.NeedsHuman {
				r.human++
			}
		}
	}
	var keys []string
	for k := range rows {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "language\tmails\texact set\tlanguage seen\tto a human\t")
	for _, k := range keys {
		r := rows[k]
		fmt.Fprintf(tw, "%s\t%d\t%s\t%s\t%s\t\n", k, r.n, share(r.exact, r.n), share(r.lang, r.n), share(r.human, r.n))
	}
	tw.Flush()
}

func children(w io.Writer, all []outcome) {
	var cases, found, likes, alarms, reviews, seen int
	for _, o := range all {
		if o.mail.Has("lookalike") {
			likes++
			if o.got.Has(ticket.Child) {
				alarms++
			}
		} else if o.wants(ticket.Child) {
			cases++
			if o.got.Has(ticket.Child) {
				found++
			}
		}
		if o.mail.Has("review") {
			reviews++
			if strings.Contains(strings.Join(o.got.Review, " "), "child-exactly-13") {
				seen++
			}
		}
	}
	fmt.Fprintf(w, "children: %d cases, recall %s; %d look-alikes, alarmed %s; exactly 13: %d, flagged %s\n", cases, share(found, cases), likes, share(alarms, likes), reviews, share(seen, reviews))
}

// calibration shows whether of the rights given 0.9 about nine in ten are right.
func calibration(w io.Writer, all []outcome) {
	var n, ok [10]int
	var sum [10]float64
	for _, o := range all {
		for r, p := range o.got.Confidence {
			if !o.got.Has(r) {
				continue
			}
			b := min(9, int(p*10))
			n[b]++
			sum[b] += p
			if o.wants(r) {
				ok[b]++
			}
		}
	}
	fmt.Fprint(w, "calibration (said: true of n):")
	for b := range n {
		if n[b] > 0 {
			fmt.Fprintf(w, "  %.2f: %s of %d", sum[b]/float64(n[b]), share(ok[b], n[b]), n[b])
		}
	}
	fmt.Fprintln(w)
}

func others(w io.Writer, all []outcome) {
	var writers, writersOK, laws, lawsOK, urgent, urgentOK, calm, calmOK, spam, spamOK int
	for _, o := range all {
		if o.mail.Writer != "" {
			writers++
			if string(o.got.Writer) == o.mail.Writer {
				writersOK++
			}
		}
		if o.mail.Law != "" {
			laws++
			if o.got.Law == o.mail.Law {
				lawsOK++
			}
		}
		if o.mail.Has("urgent") || o.mail.Has("child") {
			urgent++
			if o.got.Urgent {
				urgentOK++
			}
		} else {
			calm++
			if !o.got.Urgent {
				calmOK++
			}
		}
		if o.mail.Route == "spam" {
			spam++
			if o.got.Route == ticket.RouteSpam {
				spamOK++
			}
		}
	}
	fmt.Fprintf(w, "writer %s of %d; law %s of %d; urgent %s of %d, calm %s of %d; spam %s of %d\n", share(writersOK, writers), writers, share(lawsOK, laws), laws,
		share(urgentOK, urgent), urgent, share(calmOK, calm), calm, share(spamOK, spam), spam)
}

// speed classifies the corpus for a second on one core, and one long mail at growing length.
func speed(w io.Writer, c *classify.Classifier, mails []corpus.Mail) {
	if len(mails) == 0 {
		return
	}
	msgs := make([]ticket.Message, len(mails))
	for i, m := range mails {
		msgs[i] = m.Message()
	}
	start, n := time.Now(), 0
	for time.Since(start) < time.Second {
		c.Classify(msgs[n%len(msgs)], classify.Context{DefaultLaw: "eu-gdpr"})
		n++
	}
	fmt.Fprintf(w, "\nspeed: %.0f mails a second on one core", float64(n)/time.Since(start).Seconds())
	for _, kb := range []int{1, 4, 16, 64, 256, 1024} {
		text := strings.Repeat("Please delete my account, do not send me your newsletter and tell me what you know about me. ", kb*1024/90)
		start := time.Now()
		c.Classify(ticket.Message{NewText: text}, classify.Context{})
		fmt.Fprintf(w, "; %d KB %.1f ms", kb, float64(time.Since(start).Microseconds())/1000)
	}
	fmt.Fprintln(w)
}
