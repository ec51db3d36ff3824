package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"privacybot/config"
	"privacybot/store"
)

func keySource(k config.Keys) store.KeySource {
	return store.KeySource{File: string(k.File), Text: k.Value.Reveal(), Command: strings.Fields(k.Command)}
}

type keysCmd struct {
	Show   keysShow   `cmd:"" help:"List the operator's keys by id and age; never the keys themselves."`
	Rotate keysRotate `cmd:"" help:"Make a new key and wrap everything by it, while the program runs."`
	Wrap   keysWrap   `cmd:"" help:"Put a plain key file behind keys.command."`
}

type keysShow struct {
	configFlag
	JSON bool `help:"Print JSON."`
}

type keyJSON struct {
	ID      string `json:"id"`
	Created string `json:"created"`
	Wraps   bool   `json:"wraps"`
	InFile  bool   `json:"in_file"`
	Data    int    `json:"data_keys"`
}

// Run lists the keys.
func (k keysShow) Run(ctx context.Context, c console) error {
	return withStore(ctx, c, k.Config, func(o office, s *store.Store) error {
		infos, err := s.KeyInfos(ctx)
		if err != nil {
			return err
		}
		zone := o.pipeline.Policy.Zone
		list := []keyJSON{}
		tw := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(tw, "KEY\tMADE\tAGE\tDATA KEYS\tIS")
		for _, i := range infos {
			list = append(list, keyJSON{i.ID, stamp(i.Created, zone), i.Wraps, i.InFile, i.Data})
			made, age := "-", "-"
			if !i.Created.IsZero() {
				made, age = i.Created.In(zone).Format(time.DateOnly), count(int(time.Since(i.Created).Hours()/24), "day")
			}
			is := "kept, for what it has wrapped and for older backups"
			switch {
			case i.Wraps:
				is = "in use"
			case !i.InFile:
				is = "MISSING in the key file"
			}
			fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%s\n", i.ID, made, age, i.Data, is)
		}
		if k.JSON {
			return plainJSON(c.out).Encode(list)
		}
		return tw.Flush()
	})
}

type keysRotate struct {
	configFlag
	AddOnly bool `help:"Only add the new key to the key file, to be copied to other machines before the rotation goes on."`
	KeepOld bool `help:"Leave the old key in the key file: backups made before now need it."`
}

// Run rotates the operator's key. It can be repeated after whatever interrupted it.
func (k keysRotate) Run(ctx context.Context, c console) error {
	return withStore(ctx, c, k.Config, func(o office, s *store.Store) error {
		r, err := s.RotateKeys(ctx, k.AddOnly, k.KeepOld)
		if errors.Is(err, store.ErrFixedKeys) {
			return wrongUse{err}
		}
		if err != nil {
			return err
		}
		if k.AddOnly {
			_, err = fmt.Fprintf(c.out, "key %s was added to %s; copy that file to the other machines, then run privacybot keys rotate\n", r.New, o.config.Keys.File)
			return err
		}
		resumed := ""
		if r.Resumed {
			resumed = " (an interrupted rotation was finished)"
		}
		fmt.Fprintf(c.out, "key %s is in use, %s wrapped by it%s\n", r.New, count(r.Rewrapped, "data key"), resumed)
		if !k.KeepOld {
			_, err = fmt.Fprintf(c.out, "earlier keys are gone from %s: keep a copy of it, and the old copy as long as the backups made with it\n", o.config.Keys.File)
		}
		return err
	})
}

type keysWrap struct{ configFlag }

// Run puts a key file behind the key command.
func (k keysWrap) Run(c console) error {
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return err
	}
	source := keySource(o.config.Keys)
	if len(source.Command) == 0 || source.Text != "" {
		return wrongUse{errors.New("keys.command must say how to wrap, and the keys must lie in keys.file")}
	}
	if err := source.Wrap(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s is wrapped now; copies of it in clear are still copies\n", o.config.Keys.File)
	return err
}
