package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"privacybot/internal/demo"
	"privacybot/internal/redteam"
	"privacybot/pipeline"
)

type redteamCmd struct {
	JSON bool `help:"One JSON object per attack, one a line."`
}

// Run plays published attacks against the program on this machine only, and fails when anything leaked.
func (k redteamCmd) Run(ctx context.Context, c console) error {
	outcomes, err := redteam.Run(ctx, func(w *demo.World) pipeline.Config { return demoOffice(w, time.UTC) })
	if err != nil {
		return err
	}
	leaked := 0
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	if !k.JSON {
		fmt.Fprintln(table, "ATTACK\tCASES\tLEAKED\tTRIED")
	}
	for _, o := range outcomes {
		leaked += len(o.Leaked)
		if k.JSON {
			if err := plainJSON(c.out).Encode(o); err != nil {
				return err
			}
			continue
		}
		what := "nothing"
		if len(o.Leaked) > 0 {
			what = strings.Join(o.Leaked, "; ")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", o.Name, o.Cases, what, o.Tried)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if !k.JSON {
		fmt.Fprintf(c.out, "\n%s played, %s.\n", count(len(outcomes), "attack"), count(leaked, "leak"))
	}
	if leaked > 0 {
		return fmt.Errorf("%s of %d got something out", count(leaked, "finding"), len(outcomes))
	}
	return nil
}
