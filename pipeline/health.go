package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/store"
	"privacybot/ticket"
)

// Health is how the program's own work stands. It holds counts, times and names of folders and servers;
// nothing personal.
type Health struct {
	At           time.Time
	Figures      store.Figures
	Folders      map[string]time.Time // that are read, and since when they are known; empty before the mailbox was ever reached
	LedgerDiffer int                  // mails on the server that the ledger does not know, at LedgerAt
	LedgerAt     time.Time
	LedgerAgain  bool // the comparison before found a difference as well
	Canary       Canary
	CanaryOn     bool
	Certificates map[string]time.Time // their ends, by server
	Key          store.KeyInfo
	Servers      map[string]time.Time // servers that do not let us work, since when
	Stuck        []string             // loops of this process that show no sign of life
	Alarms       []ticket.HealthAlarm
}

const (
	metaFolders      = "folders"
	metaCertificates = "certificates"
	metaCompared     = "ledger_compared"
	staleDefault     = 15 * time.Minute
	certificateSoon  = 14 * 24 * time.Hour
)

// comparison is the last time the ledger was compared with the server.
type comparison struct {
	At     time.Time `json:"at"`
	Differ int       `json:"differ"`
	Again  bool      `json:"again,omitempty"` // the one before, an hour ago or more, differed as well
}

// ErrUnwell says that something about the program's own work is wrong; people were told.
var ErrUnwell = errors.New("not all is well; privacybot health tells more")

// Health gathers how things stand. It asks the database only.
func (p *Pipeline) Health(ctx context.Context) (Health, error) {
	h := Health{At: p.now(), CanaryOn: p.cfg.Canary.Enabled, Certificates: map[string]time.Time{}, Servers: map[string]time.Time{}, LedgerDiffer: -1}
	var err error
	if h.Figures, err = p.store.Figures(ctx, p.cfg.Account, h.At); err != nil {
		return h, err
	}
	for _, server := range []string{ticket.TroubleMailbox, ticket.TroubleMailServer} {
		a, err := p.access(ctx, server)
		if err != nil {
			return h, err
		}
		if !a.Since.IsZero() {
			h.Servers[server] = a.Since
		}
	}
	var compared comparison
	known, err := p.store.MetaJSON(ctx, metaCompared, &compared)
	if known {
		h.LedgerAt, h.LedgerDiffer, h.LedgerAgain = compared.At, compared.Differ, compared.Again
	}
	_, e1 := p.store.MetaJSON(ctx, metaFolders, &h.Folders)
	_, e2 := p.store.MetaJSON(ctx, metaCanary, &h.Canary)
	_, e3 := p.store.MetaJSON(ctx, metaCertificates, &h.Certificates)
	maps.Copy(h.Certificates, p.vitals.certificates())
	h.Key, h.Stuck = p.store.KeyInUse(), p.vitals.stuck(h.At)
	h.Alarms = p.alarms(h)
	return h, errors.Join(err, e1, e2, e3)
}

// staleAfter is how long a folder may go unread.
func (p *Pipeline) staleAfter() time.Duration {
	limit := p.cfg.Stale
	if limit == 0 {
		limit = staleDefault
	}
	return max(limit, p.cfg.Poll+time.Minute)
}

// stale names the folders that were not read for too long. A folder that is new gets the same time for
// its first look when grace is given: another instance may be about to read it.
func (p *Pipeline) stale(h Health, grace bool) []string {
	var out []string
	for _, folder := range slices.Sorted(maps.Keys(h.Folders)) {
		last := h.Figures.Polled[folder]
		if grace && last.Before(h.Folders[folder]) {
			last = h.Folders[folder]
		}
		if h.At.Sub(last) > p.staleAfter() {
			out = append(out, folder)
		}
	}
	return out
}

// Ready says why this installation does not do its work now; nothing when it does.
func (p *Pipeline) Ready(h Health) []string {
	var why []string
	for _, server := range slices.Sorted(maps.Keys(h.Servers)) {
		why = append(why, "the "+server+" does not let us work")
	}
	if len(h.Folders) == 0 {
		why = append(why, "no folder has been read yet")
	}
	for _, folder := range p.stale(h, false) {
		why = append(why, "a folder has not been read for too long: "+folder)
	}
	return why
}

// alarms says what is wrong, each with its sentences. Servers that do not let us work and a full disk have
// alarms of their own ([Pipeline.sweepAccess], [Pipeline.sweepDisk]); folders that are not read because of
// them are not told again.
func (p *Pipeline) alarms(h Health) []ticket.HealthAlarm {
	var out []ticket.HealthAlarm
	add := func(what string, lines ...string) { out = append(out, ticket.HealthAlarm{What: what, Lines: lines}) }
	at := func(t time.Time) string { return t.In(p.cfg.Policy.Zone).Format("2006-01-02 15:04") }
	if stale := p.stale(h, true); len(stale) > 0 && !p.vitals.young(h.At, p.staleAfter()) && h.Servers[ticket.TroubleMailbox].IsZero() && !errors.Is(p.room(), ErrDisk) {
		add(ticket.AlarmPolls, "These folders have not been read for too long: "+strings.Join(stale, ", ")+".",
			"Requests and alerts about children that arrive there are not seen until this is mended.")
	}
	if h.LedgerDiffer > 0 && h.LedgerAgain { // what was found is read again at once; it is wrong only if that does not help
		add(ticket.AlarmLedger, fmt.Sprintf("The comparison on %s found %d mails on the server that the ledger does not know.", at(h.LedgerAt), h.LedgerDiffer),
			"They are read again by themselves; \"privacybot ledger\" shows whether any are left.")
	}
	switch c := h.Canary; {
	case !h.CanaryOn || c.Day == "":
	case c.BackAt.IsZero() && h.At.Sub(c.SentAt) > p.cfg.Canary.Within:
		add(ticket.AlarmCanary, "The daily test mail, sent on "+at(c.SentAt)+", has not come back: either letters do not go out or mail is not read.")
	case c.Junk:
		add(ticket.AlarmCanary, "The daily test mail of "+c.Day+" came back in the junk folder: mail from our own address is taken for junk, and letters probably are as well.")
	}
	for _, server := range slices.Sorted(maps.Keys(h.Certificates)) {
		if end := h.Certificates[server]; end.Sub(h.At) < certificateSoon {
			add(ticket.AlarmCertificate, "The certificate of the "+server+" ends on "+at(end)+"; after that privacybot refuses to talk to it.")
		}
	}
	return out
}

// alarmState is what was told of an alarm.
type alarmState struct {
	Since  time.Time `json:"since"`
	Told   int       `json:"told"`
	ToldAt time.Time `json:"told_at"`
}

// sweepHealth sends the day's test mail and tells people of what is wrong, at once and again every few hours.
func (p *Pipeline) sweepHealth(ctx context.Context) error {
	if err := p.store.InTx(ctx, p.sendCanary); err != nil {
		return err
	}
	h, err := p.Health(ctx)
	if err != nil {
		return err
	}
	if h, err = p.compareAgain(ctx, h); err != nil {
		return err
	}
	if err := p.keepMeta(ctx, metaCertificates, p.vitals.certificates(), len(p.vitals.certificates()) > 0); err != nil {
		return err
	}
	var told, states = map[string]alarmState{}, map[string]alarmState{}
	if _, err := p.store.MetaJSON(ctx, metaAlarms, &told); err != nil {
		return err
	}
	var orders []ticket.LetterOrder
	for _, a := range h.Alarms {
		s, again := told[a.What]
		if !again || s.Since.After(h.At) {
			s = alarmState{Since: h.At}
		}
		if s.Told == 0 || s.ToldAt.After(h.At) || !h.At.Before(s.ToldAt.Add(a.Repeat())) {
			a.Since, a.Told = s.Since, s.Told
			p.log.Error("something is wrong; people are told", "what", a.What, "since", a.Since, "told", a.Told)
			orders = append(orders, p.cfg.Policy.HealthLetters(a)...)
			s.Told, s.ToldAt = s.Told+1, h.At
		}
		states[a.What] = s
	}
	if maps.Equal(told, states) {
		return nil
	}
	nudge(p.nudgeDeliver)
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		if err := p.apply(tx, h.At, ticket.Decision{Letters: orders}); err != nil {
			return err
		}
		return tx.SetMetaJSON(metaAlarms, states)
	})
}

const metaAlarms = "alarms"

// compareAgain compares the ledger with the server where the last comparison found a difference, or is
// more than a day old: on some days there is no digest.
func (p *Pipeline) compareAgain(ctx context.Context, h Health) (Health, error) {
	age := h.At.Sub(h.LedgerAt)
	if h.LedgerAt.IsZero() || age < time.Hour || h.LedgerDiffer == 0 && age < 25*time.Hour || !h.Servers[ticket.TroubleMailbox].IsZero() {
		return h, nil
	}
	l, err := p.Ledger(ctx)
	if err != nil {
		p.log.Warn("the ledger could not be compared with the server", "err", err)
		return h, nil
	}
	if err := p.compared(ctx, l, h.At); err != nil {
		return h, err
	}
	if err := p.readAgain(ctx, l.Overdue); err != nil {
		return h, err
	}
	return p.Health(ctx)
}

// compared keeps what a comparison found.
func (p *Pipeline) compared(ctx context.Context, l Ledger, now time.Time) error {
	var before comparison
	if _, err := p.store.MetaJSON(ctx, metaCompared, &before); err != nil {
		return err
	}
	c := comparison{At: now.UTC(), Differ: len(l.Overdue)}
	c.Again = c.Differ > 0 && before.Differ > 0 && (before.Again || now.Sub(before.At) >= time.Hour)
	return p.keepMeta(ctx, metaCompared, c, true)
}

// unwell gives [ErrUnwell] when something is wrong that must not wait: the exit status of once.
func (p *Pipeline) unwell(ctx context.Context) error {
	h, err := p.Health(ctx)
	if err != nil {
		return err
	}
	var what []string
	for _, a := range h.Alarms {
		if a.Wakes() {
			what = append(what, a.What)
		}
	}
	if len(what) == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w", strings.Join(what, ", "), ErrUnwell)
}

// noteFolders keeps the names of the folders that are read.
func (p *Pipeline) noteFolders(ctx context.Context, folders []mailbox.Folder) error {
	var before map[string]time.Time
	if _, err := p.store.MetaJSON(ctx, metaFolders, &before); err != nil {
		return err
	}
	known := map[string]time.Time{}
	for _, f := range folders {
		if known[f.Name] = before[f.Name]; known[f.Name].IsZero() {
			known[f.Name] = p.now().UTC().Truncate(time.Second)
		}
	}
	return p.keepMeta(ctx, metaFolders, known, len(known) > 0)
}

// keepMeta writes value only when there is something new to write.
func (p *Pipeline) keepMeta(ctx context.Context, name string, value any, some bool) error {
	if !some {
		return nil
	}
	before, _, err := p.store.Meta(ctx, name)
	if err != nil || before == encoded(value) {
		return err
	}
	return p.store.InTx(ctx, func(tx *store.Tx) error { return tx.SetMetaJSON(name, value) })
}

func encoded(value any) string {
	b, _ := json.Marshal(value) // maps of times and lists of words never fail
	return string(b)
}
