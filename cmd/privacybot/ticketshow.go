package main

import (
	"fmt"
	"io"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

// showTicket prints a ticket as a person reads it: what is asked, when it is due and why, who is
// involved, what happened, what was sent.
func showTicket(w io.Writer, t ticket.Ticket, events []ticket.Event, letters []store.LetterState, zone *time.Location) error {
	at := func(x time.Time) string { return x.In(zone).Format("2006-01-02 15:04") }
	p := t.Requester()
	verified := "address not confirmed"
	if !p.Verified.IsZero() {
		verified = "confirmed " + at(p.Verified) + " by " + p.How
	}
	fmt.Fprintf(w, "%s  %s\n", t.Ref, t.State())
	fmt.Fprintf(w, "  received   %s\n", t.ReceivedAt.In(zone).Format(time.RFC1123Z))
	fmt.Fprintf(w, "  requester  %s (%s)\n", orDash(p.Address.Address), verified)
	if t.Assignee != "" {
		fmt.Fprintf(w, "  taken by   %s\n", t.Assignee)
	}
	for _, s := range []struct{ what, text string }{{"to sort", t.NeedsHuman}, {"no letters", t.Silent}, {"on hold", t.HoldWhy}, {"undelivered", t.Undeliverable}} {
		if s.text != "" {
			fmt.Fprintf(w, "  %-10s %s\n", s.what, s.text)
		}
	}
	for _, f := range t.Flags {
		fmt.Fprintf(w, "  warning    %s\n", f)
	}
	if a := t.Child; a != nil {
		fmt.Fprintf(w, "  child      look by %s, block by %s, delete by %s\n", at(a.Look), at(a.Block), at(a.Done))
	}
	for _, r := range t.Requests {
		fmt.Fprintf(w, "\n%s  %s", r.Right, r.State)
		if r.Confidence > 0 {
			fmt.Fprintf(w, "  confidence %.2f", r.Confidence)
		}
		fmt.Fprintln(w)
		for _, e := range r.Evidence {
			fmt.Fprintf(w, "  because    %q (%s)\n", e.Quote, e.Rule)
		}
		for _, line := range r.Deadline.Proof {
			fmt.Fprintf(w, "  date       %s\n", line)
		}
	}
	fmt.Fprintln(w, "\nhistory")
	for _, e := range events {
		fmt.Fprintf(w, "  %s  %-14s %s\n", at(e.At), e.Actor, e.Text)
	}
	fmt.Fprintln(w, "\nletters")
	for _, l := range letters {
		fmt.Fprintf(w, "  %s  %-24s %s\n", at(l.CreatedAt), l.Kind, l.State)
	}
	return nil
}
