package main_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

// The operator does at a terminal what staff do by mail, with the exit codes of DESIGN.md section 6.
func TestLifeAtTheTerminal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.set("recipients", `[{name: Host, address: privacy@host.example.net}]`)
	jane := "jane@people.example.org"
	h.receive(jane, "wrong name", "Please correct my name, it is Roe.", proven(jane))
	h.once()
	ref := h.ticket().Ref
	due := h.ticket().Due

	if out := h.fine("ticket", "extend", ref, "three", "systems"); !strings.Contains(out, "until then the limit stays") {
		t.Errorf("extend says %q", out)
	}
	if h.ticket().Due != due {
		t.Error("the date moved before the notice was sent")
	}
	h.once()
	h.one(jane, ticket.LetterExtension)
	if got := h.ticket(); got.Due <= due || got.State != "extended" {
		t.Errorf("extended: %+v", got)
	}
	if r := h.run("ticket", "extend", ref, "again"); r.code != 2 || !strings.Contains(r.err, "extended already") {
		t.Errorf("extended twice: %v", r)
	}
	for _, args := range [][]string{{"ticket", "extend", "PB-0000-0000", "x"}, {"ticket", "show", "PB-0000-0000"}, {"ticket", "do", "PB-0000-0000", "take"}} {
		if r := h.run(args...); r.code != 1 || !strings.Contains(r.err, "PB-0000-0000: no such ticket") || r.out != "" {
			t.Errorf("%v: %v", args, r)
		}
	}
	if r := h.run("ticket", "law", ref, "atlantis"); r.code != 2 || !strings.Contains(r.err, "eu-gdpr") {
		t.Errorf("unknown law: %v", r)
	}
	h.fine("ticket", "hold", ref, "court", "case")
	shown := h.fine("ticket", "show", ref)
	for _, want := range []string{"extended", "court case", "operator: extended, the notice was accepted", "three systems", "the limit was", "1 month", "3 months"} {
		if !strings.Contains(shown, want) {
			t.Errorf("ticket show lacks %q:\n%s", want, shown)
		}
	}
	var full struct {
		Ticket struct {
			Sheets []struct {
				Right string
				Lines []string
			}
			Requests []struct {
				Deadline struct {
					Version int
					Zone    string
					Changes []struct {
						By, What, Why string
						At            time.Time
					}
				}
			}
		}
	}
	decode(t, h.fine("ticket", "show", "--json", ref), &full)
	if len(full.Ticket.Sheets) != 1 || len(full.Ticket.Sheets[0].Lines) < 8 || full.Ticket.Requests[0].Deadline.Changes[0].By != "operator" || full.Ticket.Requests[0].Deadline.Zone != "Europe/Berlin" {
		t.Errorf("the sheet as JSON %+v", full)
	}

	out := h.fine("ticket", "close", ref, "done", "correction", "Your name is corrected.", "--inform", "customer 4711", "--yes")
	if !strings.Contains(out, "Recipients of the data are told: Host") {
		t.Errorf("close says %q", out)
	}
	h.once()
	h.one(jane, ticket.LetterClosing)
	if l := textOf(h.one("privacy@host.example.net", ticket.LetterRecipientNotice)); !strings.Contains(l, "customer 4711") || strings.Contains(l, "jane") || strings.Contains(l, "Roe") {
		t.Errorf("the recipient reads\n%s", l)
	}
}
