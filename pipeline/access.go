package pipeline

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/responder"
	"privacybot/store"
	"privacybot/ticket"
)

const (
	// signInPause is the least time between a refused sign-in and the next try, for all processes of
	// this office together: more could lock the account (CASES C25).
	signInPause = 15 * time.Minute
	// unreachableAfter is how long a server may be out of reach before people are told.
	unreachableAfter = time.Hour
)

// access is how a server has treated us since it last let us work. It is kept, because a program that
// cron starts every minute must not try every minute.
type access struct {
	Since   time.Time `json:"since"`            // zero: it lets us work
	Refused time.Time `json:"refused,omitzero"` // the last refused sign-in
	With    string    `json:"with,omitempty"`   // what it was tried with, as a keyed hash: other credentials are tried at once
	Config  bool      `json:"config,omitempty"` // only people can help
	Told    int       `json:"told,omitempty"`   // how often people were told
	ToldAt  time.Time `json:"told_at,omitzero"`
}

func metaAccess(server string) string { return "access/" + server }

func (p *Pipeline) access(ctx context.Context, server string) (access, error) {
	kept, _, err := p.store.Meta(ctx, metaAccess(server))
	var a access
	if err == nil && kept != "" {
		_ = json.Unmarshal([]byte(kept), &a) // what cannot be read counts as nothing known
	}
	return a, err
}

func setAccess(tx *store.Tx, server string, a access) error {
	kept, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return tx.SetMeta(metaAccess(server), string(kept))
}

// credentials is a keyed hash of what we sign in with.
func (p *Pipeline) credentials(server string) string {
	parts := []string{p.cfg.Mailbox.Server, p.cfg.Mailbox.Username, p.cfg.Mailbox.Password}
	oauth := p.cfg.MailboxOAuth
	if server == ticket.TroubleMailServer {
		parts, oauth = []string{p.cfg.SMTP.Server, p.cfg.SMTP.Username, p.cfg.SMTP.Password}, p.cfg.SMTPOAuth
	}
	if oauth != nil {
		parts = append(parts, oauth.TokenURL, oauth.ClientID, oauth.ClientSecret, oauth.RefreshToken)
		parts = append(parts, oauth.Scopes...)
	}
	return hex.EncodeToString(p.store.Keys().Token("sign-in", parts...)[:16])
}

// closed says why no sign-in is to be tried now; nil when one may be.
func (p *Pipeline) closed(a access, server string) error {
	now, next := p.now(), a.Refused.Add(signInPause)
	if a.Refused.IsZero() || a.Refused.After(now) || !now.Before(next) || a.With != p.credentials(server) {
		return nil
	}
	return fmt.Errorf("the sign-in was refused at %s and is tried again at %s, so that the account is not locked",
		a.Refused.In(p.cfg.Policy.Zone).Format("15:04"), next.In(p.cfg.Policy.Zone).Format("15:04"))
}

// noteAccess keeps how the last try went: whether the server let us work, and if not, whether it refused
// the sign-in or only people can help.
func (p *Pipeline) noteAccess(ctx context.Context, server string, a access, works, refused, config bool) (access, error) {
	next := a
	switch {
	case works:
		next = access{}
	default:
		if a.Since.IsZero() || a.Since.After(p.now()) {
			next.Since = p.now()
		}
		next.Config = config
		if refused {
			next.Refused, next.With = p.now(), p.credentials(server)
		}
	}
	if next == a {
		return a, nil
	}
	return next, p.store.InTx(context.WithoutCancel(ctx), func(tx *store.Tx) error { return setAccess(tx, server, next) })
}

// dialMailbox connects and signs in, unless a sign-in was refused a short while ago. The loops of a
// process do it one after the other, so that a wrong password is tried once and not by each.
func (p *Pipeline) dialMailbox(ctx context.Context) (*mailbox.Conn, error) {
	select {
	case p.dialling <- struct{}{}:
		defer func() { <-p.dialling }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	a, err := p.access(ctx, ticket.TroubleMailbox)
	if err != nil {
		return nil, err
	}
	if err := p.closed(a, ticket.TroubleMailbox); err != nil {
		return nil, fmt.Errorf("%w: %w", mailbox.ErrAuth, err)
	}
	conn, err := mailbox.Dial(ctx, p.cfg.Mailbox)
	if ctx.Err() != nil { // it was we who broke off
		return conn, err
	}
	refused := errors.Is(err, mailbox.ErrAuth)
	if _, noteErr := p.noteAccess(ctx, ticket.TroubleMailbox, a, err == nil, refused, refused); noteErr != nil && err == nil {
		conn.Close()
		return nil, noteErr
	}
	return conn, err
}

// sweepAccess tells people of a server that does not let us work: at once when only they can help, after
// an hour when it cannot be reached, and again every few hours.
func (p *Pipeline) sweepAccess(ctx context.Context) error {
	for _, server := range []string{ticket.TroubleMailbox, ticket.TroubleMailServer} {
		a, err := p.access(ctx, server)
		if err != nil {
			return err
		}
		now := p.now()
		t := ticket.Trouble{Server: server, Since: a.Since, Told: a.Told}
		switch {
		case a.Since.IsZero(),
			!a.Config && now.Before(a.Since.Add(unreachableAfter)),
			a.Told > 0 && !a.ToldAt.After(now) && now.Before(t.DueAgain(a.ToldAt)):
			continue
		}
		t.Lines = p.troubleWords(a, server)
		a.Told, a.ToldAt = a.Told+1, now
		p.log.Error("a server does not let us work; people are told", "server", server, "since", a.Since, "told", a.Told)
		err = p.store.InTx(ctx, func(tx *store.Tx) error {
			if err := p.apply(tx, now, ticket.Decision{Letters: p.cfg.Policy.TroubleLetters(t)}); err != nil {
				return err
			}
			return setAccess(tx, server, a)
		})
		if err != nil {
			return err
		}
		nudge(p.nudgeDeliver)
	}
	return nil
}

func (p *Pipeline) troubleWords(a access, server string) []string {
	since := a.Since.In(p.cfg.Policy.Zone).Format("2006-01-02 15:04")
	what := "The " + server + " cannot be reached since " + since + "."
	if !a.Refused.IsZero() {
		what = "The " + server + " refuses the sign-in since " + since + ". It is tried again every 15 minutes."
	}
	return []string{what,
		"Mail that arrives meanwhile is not lost: it waits in the mailbox and its clocks run from its arrival there.",
		"\"privacybot check --probe\" tells what the server says. Requests and alerts about children are not seen until this is mended."}
}

// smtpAccess says what a try to send tells about the mail server.
func smtpAccess(r responder.Result) (works, refused, config, known bool) {
	switch {
	case r.Stage == stageShadow || r.Stage == responder.StageRecipient || r.Stage == stageAlarm || r.Stage == stageSeal:
		return false, false, false, false
	case r.Outcome == responder.Configuration:
		return false, r.Stage == responder.StageAuth, true, true
	case r.Outcome == responder.Temporary && (r.Stage == responder.StageConnect || r.Stage == responder.StageTLS || r.Stage == responder.StageAuth):
		return false, false, false, true
	}
	return true, false, false, true
}
