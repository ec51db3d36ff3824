package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"privacybot/pipeline"
	"privacybot/store"
)

type purgeCmd struct {
	configFlag
	DryRun bool `help:"Only show what is due; nothing is erased."`
	Now    bool `help:"Erase what is due now, without waiting for the daily purge."`
	JSON   bool `help:"Print JSON."`
}

// purgeJSON is one thing that is due, or was erased.
type purgeJSON struct {
	Erase       string `json:"erase"`
	Ticket      string `json:"ticket"`
	Mail        int64  `json:"mail"`
	Letter      int64  `json:"letter"`
	Disposition string `json:"disposition"`
	ClosedAt    string `json:"closed_at"`
}

// Run prints what is due, or erases it and prints that. Nothing personal is printed.
func (k purgeCmd) Run(ctx context.Context, c console) error {
	if k.DryRun == k.Now {
		return wrongUse{errors.New("say --dry-run to see what is due, or --now to erase it")}
	}
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return err
	}
	p, _, done, err := o.open(ctx, c, false)
	if err != nil {
		return err
	}
	defer done()
	plan, err := p.PurgePlan(ctx)
	if err != nil {
		return err
	}
	if k.Now {
		if plan.Items, err = p.Purge(ctx); err != nil {
			return err
		}
	}
	if k.JSON {
		list := []purgeJSON{}
		for _, i := range plan.Items {
			list = append(list, purgeJSON{string(i.Step), i.Ref, i.Mail, i.Letter, string(i.Disposition), stamp(i.ClosedAt, o.pipeline.Policy.Zone)})
		}
		return plainJSON(c.out).Encode(list)
	}
	return purgeTable(c.out, plan, k.Now, o.pipeline.Policy.Zone)
}

func purgeTable(w io.Writer, plan pipeline.PurgePlan, did bool, zone *time.Location) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(plan.Items) > 0 {
		fmt.Fprintln(tw, "ERASE\tTICKET\tOF\tCLOSED\tASKED FOR")
	}
	for _, i := range plan.Items {
		of, closed := "ticket", "-"
		switch {
		case i.Mail != 0:
			of = fmt.Sprintf("mail %d (%s)", i.Mail, i.Disposition)
		case i.Letter != 0:
			of = fmt.Sprintf("letter %d", i.Letter)
		}
		if !i.ClosedAt.IsZero() {
			closed = i.ClosedAt.In(zone).Format(time.DateOnly)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", i.Step, orDash(i.Ref), of, closed, orDash(rightWords(i.Rights)))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	what := "due to be erased"
	if did {
		what = "erased"
	}
	held := ""
	if plan.Held > 0 {
		held = fmt.Sprintf("; kept by legal hold: %d", plan.Held)
	}
	_, err := fmt.Fprintf(w, "%s %s%s\n", count(len(plan.Items), "item"), what, held)
	return err
}

type ticketErase struct {
	refArg
	Yes bool `help:"Really erase. It cannot be undone."`
}

// Run erases one closed ticket.
func (k ticketErase) Run(ctx context.Context, c console) error {
	ref := strings.ToUpper(k.Ref)
	if !k.Yes {
		return wrongUse{fmt.Errorf("this erases %s with its mails and letters for good: repeat it with --yes", ref)}
	}
	return withStore(ctx, c, k.Config, func(o office, s *store.Store) error {
		err := s.InTx(ctx, func(tx *store.Tx) error { return tx.EraseTicket(ref) })
		if errors.Is(err, store.ErrHeld) || errors.Is(err, store.ErrOpen) {
			return wrongUse{err}
		}
		if err != nil {
			return err
		}
		if err := s.Scrub(ctx); err != nil {
			fmt.Fprintf(c.err, "privacybot: %v\n", err)
		}
		_, err = fmt.Fprintf(c.out, "%s was erased; its dates, rights and decisions stay on record\n", ref)
		return err
	})
}
