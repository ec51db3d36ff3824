package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	"privacybot/store"
)

// configFlag is shared by the commands that need an office.
type configFlag struct {
	Config string `required:"" help:"Configuration file." type:"path" placeholder:"FILE"`
}

type runCmd struct{ configFlag }

// Run watches the mailbox until the process is told to stop.
func (r runCmd) Run(ctx context.Context, c console) error {
	o, err := loadOffice(c, r.Config)
	if err != nil {
		return err
	}
	p, _, done, err := o.open(ctx, c, true)
	if err != nil {
		return err
	}
	defer done()
	signal.Ignore(syscall.SIGHUP) // the terminal may go (C10)
	address, stop, err := serveHealth(ctx, o.config.Health.Listen, p)
	if err != nil {
		return err
	}
	defer stop()
	if address != "" {
		o.logger(c).Info("health is served", "listen", address)
	}
	o.logger(c).Info("watching", "version", version, "mode", o.config.Mode)
	return p.Run(ctx)
}

type onceCmd struct{ configFlag }

// Run does all that is due now.
func (r onceCmd) Run(ctx context.Context, c console) error {
	o, err := loadOffice(c, r.Config)
	if err != nil {
		return err
	}
	p, _, done, err := o.open(ctx, c, true)
	if err != nil {
		return err
	}
	defer done()
	err = p.Once(ctx)
	if ctx.Err() != nil {
		return errors.New("stopped before all was done that is due")
	}
	return err
}

type migrateCmd struct{ configFlag }

// Run brings the database to the schema of this program.
func (m migrateCmd) Run(ctx context.Context, c console) error {
	o, err := loadOffice(c, m.Config)
	if err != nil {
		return err
	}
	db := o.database
	db.Migrate = true
	s, err := store.Open(ctx, db)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, "the database is up to date")
	return err
}

type checkCmd struct {
	configFlag
	Probe bool          `help:"Also sign in, mail the mailbox itself and look for what arrives."`
	Wait  time.Duration `help:"How long the probe waits for its mails." default:"1m"`
}

// Run tells every problem at once; with --probe it also tries the servers.
func (k checkCmd) Run(ctx context.Context, c console) error {
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return err
	}
	if err := o.checkTemplates(); err != nil {
		return err
	}
	if !k.Probe {
		_, err := fmt.Fprintln(c.out, "the configuration is fine")
		return err
	}
	bad := 0
	for _, f := range o.probe(ctx, k.Wait) {
		if f.Bad {
			bad++
			fmt.Fprintf(c.err, "privacybot: %s\n", f.Text)
			continue
		}
		fmt.Fprintln(c.out, f.Text)
	}
	if bad > 0 {
		return errors.New(count(bad, "problem"))
	}
	_, err = fmt.Fprintln(c.out, "the configuration is fine")
	return err
}
