package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"privacybot/config"
	"privacybot/ingest"
	"privacybot/ingest/mailbox"
	"privacybot/pipeline"
	"privacybot/responder"
	"privacybot/store"
	"privacybot/ticket"
)

// office is a checked configuration, turned into what the packages take.
type office struct {
	config   *config.Config
	pipeline pipeline.Config
	database store.Config
}

// known lists the names that config checks but does not own.
func known() config.Known {
	var laws []string
	for code := range ticket.Laws() {
		laws = append(laws, code)
	}
	return config.Known{Laws: laws, Holidays: ticket.HolidayCodes()}
}

// loadOffice reads a configuration. Every problem is in the error, one a line; warnings go to
// the console.
func loadOffice(c console, path string) (office, error) {
	cfg, problems := config.Load(path, sources(c), known())
	var wrong []string
	for _, p := range problems {
		if p.Warning {
			fmt.Fprintf(c.err, "privacybot: %s\n", p)
			continue
		}
		wrong = append(wrong, p.String())
	}
	if len(wrong) > 0 {
		return office{}, wrongUse{fmt.Errorf("%s\n%s", strings.Join(wrong, "\n"), count(len(wrong), "problem"))}
	}
	o := office{config: cfg}
	var err error
	o.pipeline, err = pipelineConfig(cfg)
	o.database = store.Config{URL: databaseURL(cfg.Database), Keys: keySource(cfg.Keys), Erasures: string(cfg.Keys.Erasures)}
	return o, err
}

// sources reads files as usual and the environment of the console.
func sources(c console) config.Sources {
	from := config.OS()
	from.Env = c.env
	return from
}

func databaseURL(d config.Database) string {
	if d.Driver == config.Postgres {
		return d.URL.Reveal()
	}
	return config.SQLite + ":" + string(d.Path)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func pipelineConfig(c *config.Config) (pipeline.Config, error) {
	policy, err := policyOf(c)
	if err != nil {
		return pipeline.Config{}, err
	}
	p := pipeline.Config{
		Policy:   policy,
		Schedule: ticket.Schedule{Hour: c.Digest.At.Hour, Minute: c.Digest.At.Minute, Days: c.Digest.Days, Zone: policy.Zone},
		Mailbox: mailbox.Config{
			Server: c.IMAP.Server.String(), Username: c.IMAP.Username, Password: c.IMAP.Password.Reveal(),
			Folders: c.IMAP.Folders, MaxMailSize: int64(c.IMAP.MaxMailSize),
		},
		Account: c.IMAP.Username + "@" + c.IMAP.Server.Host,
		Parse: ingest.Options{
			AuthservID: c.Authentication.AuthservID, OwnLists: c.OwnLists, OwnAddresses: []string{string(c.Organisation.Address)},
		},
		SMTP: responder.SMTPConfig{
			Server: c.SMTP.Server.String(), Username: c.SMTP.Username, Password: c.SMTP.Password.Reveal(), From: string(c.Organisation.Address),
		},
		Templates: string(c.Letters.Templates), Footer: c.Letters.Footer, Plus: c.Addressing == config.Plus,
		Alarm: strings.Fields(c.Alarm.Command), Brakes: store.BrakeLimit{PerHour: c.Brakes.PerHour, PerAddressPerDay: c.Brakes.PerAddressPerDay,
			PerDomainPerHour: c.Brakes.PerDomainPerHour, PerThreadPerDay: c.Brakes.PerThreadPerDay},
		AnswerSince: c.Intake.AnswerSince.Within, Poll: c.IMAP.Poll,
		Retention: retentionOf(c.Retention), PurgeServer: c.Retention.Server, AuditHead: string(c.Keys.Audit), DiskWarn: c.Disk.Warn, DiskStop: c.Disk.Stop,
		Canary: pipeline.CanaryConfig{Enabled: c.Canary.Enabled, Hour: c.Canary.At.Hour, Minute: c.Canary.At.Minute, Within: c.Canary.Within}, Stale: c.Health.Stale,
	}
	p.Suppression = pipeline.SuppressionHook{Command: strings.Fields(c.Suppression.Command), URL: string(c.Suppression.URL), Token: c.Suppression.Token.Reveal()}
	for disposition, folder := range c.IMAP.Move.Folders() {
		if p.Move == nil {
			p.Move = map[ticket.Disposition]string{}
		}
		p.Move[ticket.Disposition(disposition)] = folder
	}
	p.MailboxOAuth, p.SMTPOAuth = oauth(c.IMAP.OAuth), oauth(c.SMTP.OAuth)
	if c.Authentication.DKIMLookup {
		p.Parse.LookupTXT = net.LookupTXT
	}
	switch {
	case c.Intake.AnswerSince.All:
		p.AnswerSince = -1
	case c.Intake.AnswerSince.Date != "":
		p.AnswerSinceDate = c.Intake.AnswerSince.Instant(time.Time{}, policy.Zone)
	}
	return p, nil
}

// oauth gives nil when a password is used.
func oauth(o config.OAuth) *pipeline.OAuth {
	if o.IsZero() {
		return nil
	}
	return &pipeline.OAuth{TokenURL: string(o.TokenURL), ClientID: o.ClientID, ClientSecret: o.ClientSecret.Reveal(),
		RefreshToken: o.RefreshToken.Reveal(), Scopes: o.Scopes}
}

func policyOf(c *config.Config) (ticket.Policy, error) {
	laws := ticket.Laws()
	p := ticket.Policy{
		Organisation: ticket.Organisation{
			Name: c.Organisation.Name, Address: ticket.Address{Name: c.Organisation.Name, Address: string(c.Organisation.Address)},
			PolicyURL: string(c.Organisation.PolicyURL), Postal: c.Organisation.PostalAddress,
		},
		Zone: c.Organisation.Timezone, Law: laws[c.Organisation.Law], Laws: laws,
		Shadow: c.Mode == config.Shadow, Relay: c.Relay.Enabled, Attachments: c.Relay.Attachments,
		Child:       ticket.ChildClock{Look: c.Child.Look, Block: c.Child.Block, Done: c.Child.Done},
		ChildRepeat: c.Child.Repeat, Alarm: c.Alarm.Command != "",
		CodeExpires: c.Verification.Expires, CodeTries: c.Verification.Tries, NoticesPerHour: c.Brakes.NoticesPerHour,
	}
	p.Suppression = ticket.Suppression{Hook: c.Suppression.Command != "" || c.Suppression.URL != "", Mail: string(c.Suppression.Mail)}
	for _, s := range c.Staff {
		m := ticket.Staff{Name: s.Name, Address: string(s.Address)}
		for _, a := range s.Aliases {
			m.Aliases = append(m.Aliases, string(a))
		}
		for _, r := range s.Roles {
			m.Roles = append(m.Roles, ticket.StaffRole(r))
		}
		p.Staff = append(p.Staff, m)
	}
	for _, r := range c.Routing {
		route := ticket.Responsible{Languages: r.Languages}
		for _, right := range r.Rights {
			route.Rights = append(route.Rights, ticket.Right(right))
		}
		for _, to := range r.To {
			route.To = append(route.To, string(to))
		}
		p.Routes = append(p.Routes, route)
	}
	for _, r := range c.Recipients {
		rec := ticket.Recipient{Name: r.Name, Address: string(r.Address), Language: r.Language}
		for _, right := range r.Rights {
			rec.Rights = append(rec.Rights, ticket.Right(right))
		}
		p.Recipients = append(p.Recipients, rec)
	}
	var err error
	p.Holidays, err = ticket.HolidaysFor(c.Organisation.Holidays)
	return p, err
}

// logger writes to the console's error stream: references and row numbers, never an address, a
// name or a text (DESIGN.md 5.8).
func (o office) logger(c console) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(o.config.Log.Level)) // checked by config
	opts := &slog.HandlerOptions{Level: level}
	if o.config.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(c.err, opts))
	}
	return slog.New(slog.NewTextHandler(c.err, opts))
}

// open opens the database and makes the pipeline over it. The returned function closes both.
func (o office) open(ctx context.Context, c console, migrate bool, opts ...pipeline.Option) (*pipeline.Pipeline, *store.Store, func(), error) {
	if err := o.checkTemplates(); err != nil {
		return nil, nil, nil, err
	}
	db := o.database
	db.Migrate = migrate
	s, err := store.Open(ctx, db)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := pipeline.New(o.pipeline, s, o.logger(c), opts...)
	if err != nil {
		s.Close()
		return nil, nil, nil, err
	}
	return p, s, func() { p.Close(); s.Close() }, nil
}

// checkTemplates renders every letter once with the operator's templates; those of the program
// are proven by its tests.
func (o office) checkTemplates() error {
	if o.pipeline.Templates == "" {
		return nil
	}
	_, err := responder.NewComposer(responder.Config{
		Organisation: o.pipeline.Policy.Organisation, Zone: o.pipeline.Policy.Zone, Templates: o.pipeline.Templates,
		Addressing: responder.Addressing(o.config.Addressing), Token: func(_, _ string) string { return "0000000000" },
	})
	if err != nil {
		return wrongUse{fmt.Errorf("letters.templates: %w", err)}
	}
	return nil
}

// probe tries the database, the mailbox and the mail server. It makes no file: the one who checks
// may be another user than the one who runs.
func (o office) probe(ctx context.Context, patience time.Duration) []pipeline.Finding {
	var found []pipeline.Finding
	if err := o.probeDatabase(ctx); err != nil {
		found = append(found, pipeline.Finding{Bad: true, Text: err.Error()})
	}
	return append(found, pipeline.Probe(ctx, o.pipeline, patience)...)
}

// probeDatabase opens a database that is there already. One that run and once would still have to
// make, or to bring up to date, is no problem.
func (o office) probeDatabase(ctx context.Context) error {
	if o.config.Database.Driver == config.SQLite {
		path := string(o.config.Database.Path)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Stat(filepath.Dir(path)); err != nil {
				return fmt.Errorf("database: %w", err)
			}
			return nil
		}
	}
	s, err := store.Open(ctx, o.database)
	if errors.Is(err, store.ErrOlderSchema) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return s.Close()
}
