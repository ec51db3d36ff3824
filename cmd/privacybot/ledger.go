package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"privacybot/pipeline"
	"privacybot/store"
)

type ledgerCmd struct {
	configFlag
	JSON bool `help:"Print JSON."`
}

type locationJSON struct {
	Folder      string `json:"folder"`
	UIDValidity uint32 `json:"uidvalidity"`
	UID         uint32 `json:"uid"`
}

type ledgerMailJSON struct {
	locationJSON
	ReceivedAt  string `json:"received_at"`
	Disposition string `json:"disposition"`
	Ticket      string `json:"ticket"`
}

type ledgerJSON struct {
	Mails    []ledgerMailJSON `json:"mails"`
	OnServer map[string]int   `json:"on_server"`
	Missing  []locationJSON   `json:"missing"`
	Unknown  []locationJSON   `json:"unknown"`
}

// Run prints the ledger and fails when the server holds a mail that the ledger does not know.
func (k ledgerCmd) Run(ctx context.Context, c console) error {
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return err
	}
	p, _, done, err := o.open(ctx, c, false)
	if err != nil {
		return err
	}
	defer done()
	l, err := p.Ledger(ctx)
	if err != nil {
		return err
	}
	zone := o.pipeline.Policy.Zone
	j := ledgerJSON{Mails: []ledgerMailJSON{}, OnServer: l.OnServer, Missing: locations(l.Missing), Unknown: locations(l.Unknown)}
	for _, r := range l.Rows {
		j.Mails = append(j.Mails, ledgerMailJSON{locationJSON: location(r.Location), ReceivedAt: stamp(r.ReceivedAt, zone), Disposition: string(r.Disposition), Ticket: r.Ref})
	}
	if k.JSON {
		err = plainJSON(c.out).Encode(j)
	} else {
		err = ledgerTable(c, l, zone)
	}
	if err == nil && !l.Agrees() {
		err = fmt.Errorf("%s on the server not on the ledger", count(len(l.Missing), "mail"))
	}
	return err
}

func location(l store.Location) locationJSON {
	return locationJSON{Folder: l.Folder, UIDValidity: l.UIDValidity, UID: l.UID}
}

func locations(ls []store.Location) []locationJSON {
	out := []locationJSON{}
	for _, l := range ls {
		out = append(out, location(l))
	}
	return out
}

func ledgerTable(c console, l pipeline.Ledger, zone *time.Location) error {
	tw := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "FOLDER\tUID\tRECEIVED\tBECAME\tTICKET")
	for _, r := range l.Rows {
		fmt.Fprintf(tw, "%s\t%d\t%s\t%s\t%s\n", clean(r.Folder), r.UID, r.ReceivedAt.In(zone).Format(minutes), r.Disposition, orDash(r.Ref))
	}
	for _, m := range l.Missing {
		fmt.Fprintf(tw, "%s\t%d\t-\tNOT ON THE LEDGER\t-\n", clean(m.Folder), m.UID)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	total := 0
	for _, n := range l.OnServer {
		total += n
	}
	_, err := fmt.Fprintf(c.out, "\n%s on the ledger, %d on the server, %d missing, %d no longer on the server\n", count(len(l.Rows), "mail"), total, len(l.Missing), len(l.Unknown))
	return err
}
