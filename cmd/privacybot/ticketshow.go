package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"privacybot/store"
	"privacybot/ticket"
)

const minutes = "2006-01-02 15:04" // times on the terminal, in the office's zone

// showTicket prints a ticket as a person reads it: what is asked, when it is due and why, who is
// involved, what happened, what was sent.
func showTicket(w io.Writer, t ticket.Ticket, events []ticket.Event, letters []store.LetterState, zone *time.Location) error {
	at := func(x time.Time) string { return x.In(zone).Format(minutes) }
	fmt.Fprintf(w, "%s  %s\n", t.Ref, stateWords(t))
	line := func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %-11s %s\n", what, hanging(fmt.Sprintf(format, args...), 14))
	}
	line("received", "%s (%s)", t.ReceivedAt.In(zone).Format("Mon 2006-01-02 15:04"), zone)
	if legal, target := t.Due(); !legal.IsZero() {
		line("due", "%s, target %s", legal.In(zone).Format("Mon 2006-01-02"), target.In(zone).Format("Mon 2006-01-02"))
	}
	p := t.Requester()
	verified := "address not confirmed"
	if !p.Verified.IsZero() {
		verified = "confirmed " + at(p.Verified) + " by " + p.How
	}
	line("requester", "%s (%s)", orDash(p.Address.Address), verified)
	for _, s := range []struct{ what, text string }{
		{"taken by", t.Assignee}, {"legal hold", t.LegalHold}, {"joined to", t.MergedInto}, {"to sort", t.NeedsHuman}, {"no letters", t.Silent}, {"on hold", t.HoldWhy}, {"undelivered", t.Undeliverable},
	} {
		if s.text != "" {
			line(s.what, "%s", s.text)
		}
	}
	for _, f := range t.Flags {
		line("warning", "%s", f)
	}
	if a := t.Child; a != nil {
		line("child", "look by %s, block by %s, delete by %s", at(a.Look), at(a.Block), at(a.Done))
	}
	for _, i := range t.Informed {
		fate := "letter on its way"
		switch {
		case !i.AnsweredAt.IsZero():
			fate = "answered " + at(i.AnsweredAt)
		case !i.FailedAt.IsZero():
			fate = "could not be reached"
		case !i.SentAt.IsZero():
			fate = "told " + at(i.SentAt)
		}
		line("recipient", "%s: %s", i.Name, fate)
	}
	showRequests(w, t.Requests, zone)
	fmt.Fprintln(w, "\nhistory")
	for _, e := range events {
		fmt.Fprintf(w, "  %s  %-12s %s\n", at(e.At), clean(e.Actor), hanging(e.Text, 33))
	}
	showLetters(w, t.Ref, letters, at)
	return nil
}

func showRequests(w io.Writer, requests []ticket.Request, zone *time.Location) {
	for _, r := range requests {
		fmt.Fprintf(w, "\n%s  %s", r.Right, strings.ReplaceAll(string(r.State), "_", " "))
		if r.Confidence > 0 {
			fmt.Fprintf(w, "  confidence %.2f", r.Confidence)
		}
		fmt.Fprintln(w)
		if x := r.Wait; x != nil {
			fmt.Fprintf(w, "  %-11s %s\n", "waits for", hanging(x.For+" since "+x.Since.In(zone).Format(minutes)+": "+x.Why, 14))
		}
		label := "because"
		for _, e := range r.Evidence {
			reason := clean(e.Rule)
			if e.Quote != "" {
				reason = fmt.Sprintf("%q (%s)", e.Quote, reason)
			}
			fmt.Fprintf(w, "  %-11s %s\n", label, reason)
			label = ""
		}
		label = "dates"
		for _, proof := range r.Sheet(zone) {
			fmt.Fprintf(w, "  %-11s %s\n", label, hanging(proof, 14))
			label = ""
		}
	}
}

// stateWords is a ticket's state as people read it.
func stateWords(t ticket.Ticket) string {
	words := strings.ReplaceAll(t.State(), "_", " ")
	if t.Urgent && !t.Closed() {
		words += " URGENT"
	}
	return words
}

// showLetters lists what was written, to whom, and what became of it.
func showLetters(w io.Writer, ref string, letters []store.LetterState, at func(time.Time) string) {
	if len(letters) == 0 {
		return
	}
	fmt.Fprintln(w, "\nletters")
	held := false
	for _, l := range letters {
		fate := l.State
		switch {
		case !l.SentAt.IsZero():
			fate = "sent " + at(l.SentAt)
		case !l.FailedAt.IsZero():
			fate = fmt.Sprintf("given up %s, code %d", at(l.FailedAt), l.Code)
		case l.State == store.LetterHeld:
			fate, held = "held: "+l.Hold, true
		case l.State == store.LetterReady && l.Brake != "" && l.Attempts == 0:
			fate = fmt.Sprintf("waits until %s: enough letters to this %s for now (brakes)", at(l.NextAt), l.Brake)
		case l.State == store.LetterReady && l.Attempts == 0:
			fate = "waits to be sent"
		case l.Attempts > 0:
			fate = fmt.Sprintf("next try %s after %s, code %d", at(l.NextAt), tries(l.Attempts), l.Code)
		}
		fmt.Fprintf(w, "  %s  %-22s to %s: %s\n", at(l.CreatedAt), strings.ReplaceAll(string(l.Kind), "_", " "), clean(orDash(l.To)), clean(fate))
	}
	if held {
		fmt.Fprintf(w, "  to let held letters go: privacybot ticket release %s --config FILE\n", ref)
	}
}

func tries(n int) string {
	if n == 1 {
		return "1 try"
	}
	return fmt.Sprintf("%d tries", n)
}

// clean takes out what would steer a terminal or turn the direction of the text: it may come from
// a stranger's mail.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
}

// hanging is clean for texts of several lines: all but the first are indented.
func hanging(s string, columns int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i := range lines {
		lines[i] = clean(strings.TrimSuffix(lines[i], "\r"))
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", columns))
}
