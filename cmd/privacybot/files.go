package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"privacybot/classify"
	"privacybot/config"
	"privacybot/ingest"
	"privacybot/ticket"
)

// maxFile bounds a mail given on the command line.
const maxFile = 256 << 20

type parseCmd struct {
	Files []string `arg:"" name:"file" help:"Mails as .eml files, or - for standard input."`
}

// Run prints one JSON object for each mail.
func (p parseCmd) Run(c console) error {
	enc := plainJSON(c.out)
	return eachFile(c, p.Files, func(name string, raw []byte) error {
		return enc.Encode(ingest.Report(name, ingest.Parse(raw, ingest.Options{})))
	})
}

type classifyCmd struct {
	Files  []string `arg:"" name:"file" help:"Mails as .eml files, or - for standard input."`
	JSON   bool     `help:"One JSON object a line."`
	Config string   `help:"Configuration file: its staff, law and authentication are taken into account." type:"path"`
}

// Run prints an explanation, or one JSON object, for each mail.
func (k classifyCmd) Run(c console) error {
	cl, err := classify.New()
	if err != nil {
		return err
	}
	ctx, opts := classify.Context{DefaultLaw: config.Default().Organisation.Law}, ingest.Options{}
	if k.Config != "" {
		o, err := loadOffice(c, k.Config)
		if err != nil {
			return err
		}
		policy := o.pipeline.Policy
		opts, ctx.DefaultLaw = o.pipeline.Parse, policy.Law.Code
		ctx.Staff = func(address string) bool { _, ok := policy.StaffByAddress(address); return ok }
	}
	enc := plainJSON(c.out)
	return eachFile(c, k.Files, func(name string, raw []byte) error {
		m := ingest.Parse(raw, opts)
		ctx.ReceivedAt = receiptOf(m)
		v := cl.Classify(m, ctx)
		if v.Law == "" { // nothing in the mail points to another one
			v.Law = ctx.DefaultLaw
		}
		if k.JSON {
			return enc.Encode(classify.JSON(name, v))
		}
		if len(k.Files) > 1 {
			fmt.Fprintf(c.out, "── %s\n", name)
		}
		classify.Explain(c.out, m, v, isTerminal(c.out))
		return nil
	})
}

// receiptOf is the best guess at when a mail in a file was received: its own date, unless that
// lies in the future or is missing.
func receiptOf(m ticket.Message) time.Time {
	if now := time.Now(); m.Date.IsZero() || m.Date.After(now) {
		return now
	}
	return m.Date
}

// eachFile calls fn for every file. A file that cannot be read does not stop the others.
func eachFile(c console, names []string, fn func(name string, raw []byte) error) error {
	failed := 0
	for _, name := range names {
		raw, err := readFile(c, name)
		if err == nil {
			err = fn(name, raw)
		}
		if err != nil {
			fmt.Fprintf(c.err, "privacybot: %v\n", err)
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files failed", failed, len(names))
	}
	return nil
}

func readFile(c console, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(c.in, maxFile))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// plainJSON writes JSON one object a line and leaves <, > and & as they are: it goes to scripts,
// not into a page.
func plainJSON(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}
