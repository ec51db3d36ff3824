package main

import (
	"context"
	"fmt"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

// suppressionCmd holds the commands about the addresses that get no mailings any more.
type suppressionCmd struct {
	Export suppressionExport `cmd:"" help:"Print the addresses that are to get no mailings, one a line."`
	Remove suppressionRemove `cmd:"" help:"Take an address off the list: the person wants mailings again."`
}

type suppressionExport struct {
	configFlag
	JSON bool `help:"Print JSON."`
}

// suppressionJSON is one address of the list.
type suppressionJSON struct {
	Address   string `json:"address"`
	Reference string `json:"reference"`
	AddedAt   string `json:"added_at"`
	StoppedAt string `json:"stopped_at"` // "" while it waits
}

// Run prints the list. It is personal data: it goes to standard output and nowhere else.
func (k suppressionExport) Run(ctx context.Context, c console) error {
	return withStore(ctx, c, k.Config, func(o office, s *store.Store) error {
		list := []suppressionJSON{}
		err := s.Suppressions(ctx, func(x store.Suppression) error {
			if !k.JSON {
				_, err := fmt.Fprintln(c.out, x.Address)
				return err
			}
			list = append(list, suppressionJSON{x.Address, x.Ref, stamp(x.AddedAt, o.pipeline.Policy.Zone), stamp(x.DoneAt, o.pipeline.Policy.Zone)})
			return nil
		})
		if err != nil || !k.JSON {
			return err
		}
		return plainJSON(c.out).Encode(list)
	})
}

type suppressionRemove struct {
	configFlag
	Address string `arg:"" help:"The address."`
}

// Run takes an address off the list.
func (k suppressionRemove) Run(ctx context.Context, c console) error {
	return withStore(ctx, c, k.Config, func(o office, s *store.Store) error {
		n, err := s.DropSuppression(ctx, ticket.AddressKey(k.Address))
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("the address is not on the list")
		}
		_, err = fmt.Fprintf(c.out, "taken off the list on %s\n", time.Now().In(o.pipeline.Policy.Zone).Format(time.DateOnly))
		return err
	})
}
