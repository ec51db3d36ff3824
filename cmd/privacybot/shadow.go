package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"privacybot/store"
)

type shadowCmd struct {
	configFlag
	Since time.Duration `help:"How far to look back." default:"168h"`
	JSON  bool          `help:"Print JSON."`
}

// shadowJSON is one letter that would have gone to a requester.
type shadowJSON struct {
	At     string `json:"at"`
	Kind   string `json:"kind"`
	Ticket string `json:"ticket"`
	State  string `json:"state"`
}

// Run lists what went to staff in shadow mode and would have gone to requesters: kinds, counts and
// references, nothing personal.
func (k shadowCmd) Run(ctx context.Context, c console) error {
	return withStore(ctx, c, k.Config, func(o office, s *store.Store) error {
		letters, err := s.ExternalLetters(ctx, time.Now().Add(-k.Since))
		if err != nil {
			return err
		}
		list, kinds := []shadowJSON{}, map[string]int{}
		for _, l := range letters {
			// Letters that had been written before shadow mode wait with the requester's address.
			if _, staff := o.pipeline.Policy.StaffByAddress(l.To); !staff && (!o.pipeline.Policy.Shadow || l.State == store.LetterSent) {
				continue
			}
			list = append(list, shadowJSON{stamp(l.CreatedAt, o.pipeline.Policy.Zone), string(l.Kind), l.Ref, l.State})
			kinds[string(l.Kind)]++
		}
		if k.JSON {
			return plainJSON(c.out).Encode(list)
		}
		tw := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		if len(list) > 0 {
			fmt.Fprintln(tw, "WRITTEN\tLETTER\tTICKET\tSTATE")
		}
		for _, l := range list {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", l.At, l.Kind, orDash(l.Ticket), l.State)
		}
		if err := tw.Flush(); err != nil {
			return err
		}
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			fmt.Fprintf(c.out, "%d × %s\n", kinds[kind], kind)
		}
		_, err = fmt.Fprintf(c.out, "%s would have gone to requesters in the last %s\n", count(len(list), "letter"), k.Since)
		return err
	})
}
