package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"privacybot/ingest"
	"privacybot/responder"
)

type digestCmd struct {
	configFlag
	Print bool   `help:"Print the digest (the default)." default:"true"`
	HTML  string `help:"Write the page for a browser into this file; - is the terminal." placeholder:"FILE" type:"path"`
	Date  string `help:"Local day it is for, such as 2026-11-23; today when not given." placeholder:"DAY"`
}

// Run prints the digest as managers get it; nothing is sent.
func (k digestCmd) Run(ctx context.Context, c console) error {
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return err
	}
	zone := o.pipeline.Policy.Zone
	day := time.Now().In(zone)
	if k.Date != "" {
		if day, err = time.ParseInLocation(time.DateOnly, k.Date, zone); err != nil {
			return wrongUse{fmt.Errorf("--date: %q is not a day such as 2026-11-23", k.Date)}
		}
	}
	p, _, done, err := o.open(ctx, c, false)
	if err != nil {
		return err
	}
	defer done()
	letters, err := p.DigestLetters(ctx, time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone))
	if err != nil || len(letters) == 0 {
		return err
	}
	if k.HTML != "" {
		page, err := responder.Page(letters[0].Raw)
		if err != nil {
			return err
		}
		if k.HTML == "-" {
			_, err = c.out.Write(page)
			return err
		}
		return os.WriteFile(k.HTML, page, 0o600)
	}
	m := ingest.Parse(letters[0].Raw, ingest.Options{})
	_, err = fmt.Fprintf(c.out, "%s\n\n%s\n", m.Subject, m.Text)
	return err
}
