package main

import (
	"context"
	"errors"
	"fmt"

	"privacybot/store"
)

type auditCmd struct {
	Verify auditVerify `cmd:"" help:"Check every entry against the one before, and every event against its entry."`
}

type auditVerify struct {
	configFlag
	Head string `help:"An entry that is known from elsewhere, such as a digest: NUMBER:HASH." placeholder:"ENTRY"`
	JSON bool   `help:"Print JSON."`
}

// Run checks the audit chain and fails when anything does not hold.
func (k auditVerify) Run(ctx context.Context, c console) error {
	return withStore(ctx, c, k.Config, func(o office, s *store.Store) error {
		kept, err := store.ReadAuditHead(string(o.config.Keys.Audit))
		if err != nil {
			return err
		}
		known := []store.AuditHead{kept}
		if k.Head != "" {
			var h store.AuditHead
			if n, err := fmt.Sscanf(k.Head, "%d:%s", &h.Seq, &h.Hash); n != 2 || err != nil || h.Seq < 1 {
				return wrongUse{fmt.Errorf("--head: %q is no entry such as 17:0f3a…", k.Head)}
			}
			known = append(known, h)
		}
		r, err := s.VerifyAudit(ctx, known...)
		if err != nil {
			return err
		}
		if k.JSON {
			problems := r.Problems
			if problems == nil {
				problems = []string{}
			}
			err = plainJSON(c.out).Encode(map[string]any{"entries": r.Entries, "events": r.Events, "erased": r.Erased,
				"head": r.Head.String(), "problems": problems, "more": r.More})
		} else {
			err = auditText(c, r, kept)
		}
		if err == nil && len(r.Problems) > 0 {
			err = errors.New("the audit chain does not hold")
		}
		return err
	})
}

func auditText(c console, r store.AuditReport, kept store.AuditHead) error {
	for _, p := range r.Problems {
		fmt.Fprintln(c.out, p)
	}
	if r.More > 0 {
		fmt.Fprintf(c.out, "and %s more\n", count(r.More, "problem"))
	}
	if kept.Seq == 0 {
		fmt.Fprintln(c.out, "no earlier entry is known: an end that was cut off would not be seen")
	}
	entries := "entries"
	if r.Entries == 1 {
		entries = "entry"
	}
	_, err := fmt.Fprintf(c.out, "%d %s, %d of them events of tickets; content erased by the rules: %d\nlast entry %s\n",
		r.Entries, entries, r.Events, r.Erased, orDash(r.Head.String()))
	return err
}
