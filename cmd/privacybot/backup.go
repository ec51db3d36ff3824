package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"privacybot/store"
)

type backupCmd struct {
	configFlag
	Out string `required:"" help:"New file to write, or - for standard output." placeholder:"FILE"`
}

// Run writes a backup, also while the daemon runs.
func (k backupCmd) Run(ctx context.Context, c console) error {
	return withStore(ctx, c, k.Config, func(o office, s *store.Store) error {
		var r store.BackupReport
		write := func(w io.Writer) (err error) {
			r, err = s.Backup(ctx, w)
			return err
		}
		if k.Out == "-" {
			return write(c.out)
		}
		if err := writeWhole(k.Out, write); err != nil {
			return err
		}
		_, err := fmt.Fprintf(c.out, "%s of %s written to %s; to restore it you need %s\n", count(int(r.Rows), "row"), count(r.Tables, "table"), k.Out, o.config.Keys.File)
		return err
	})
}

// writeWhole makes a new file, mode 0600, that is there whole and durable or not at all.
func writeWhole(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return wrongUse{fmt.Errorf("%s is there already", path)}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".privacybot-backup-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	err = write(tmp)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

type restoreCmd struct {
	configFlag
	In       string   `required:"" help:"The backup, or - for standard input." placeholder:"FILE"`
	Force    bool     `help:"Overwrite a database that is not empty."`
	Erasures []string `help:"Further erasure lists, of other instances." placeholder:"FILE"`
}

// Run fills the database of the configuration from a backup.
func (k restoreCmd) Run(ctx context.Context, c console) error {
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return err
	}
	from := c.in
	if k.In != "-" {
		f, err := os.Open(k.In)
		if err != nil {
			return err
		}
		defer f.Close()
		from = f
	}
	for _, path := range k.Erasures {
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	r, err := store.Restore(ctx, o.database, from, store.RestoreOptions{Force: k.Force, Erasures: k.Erasures, AuditHead: string(o.config.Keys.Audit)})
	if errors.Is(err, store.ErrNotEmpty) || errors.Is(err, store.ErrAtWork) || errors.Is(err, store.ErrNoKey) {
		return wrongUse{err}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s of %s restored, as they were on %s\n", count(int(r.Rows), "row"), count(r.Tables, "table"), r.MadeAt.In(o.pipeline.Policy.Zone).Format(time.RFC3339))
	_, err = fmt.Fprintf(c.out, "erased again: %d; letters that wait for approval because they may be out already: %d\n", r.Erased, r.Held)
	return err
}
