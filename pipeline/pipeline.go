package pipeline

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"privacybot/classify"
	"privacybot/ingest"
	"privacybot/ingest/mailbox"
	"privacybot/responder"
	"privacybot/store"
	"privacybot/ticket"
)

// Config is what the operator has settled, checked and typed.
type Config struct {
	Policy   ticket.Policy
	Schedule ticket.Schedule // of digest and sorting mail
	Mailbox  mailbox.Config
	Account  string // names the mailbox in locations: the IMAP user at its server
	Parse    ingest.Options
	SMTP     responder.SMTPConfig

	MailboxOAuth, SMTPOAuth *OAuth // instead of the passwords; nil = none

	Templates string                        // folder with changed templates, "" for the built-in ones
	Footer    string                        // the operator's own lines below letters to requesters
	Move      map[ticket.Disposition]string // folders that decided mail is moved to; none = nothing is changed on the server
	Plus      bool                          // replies go to a plus address; otherwise the token stands in the subject
	Alarm     []string
	Brakes    store.BrakeLimit

	Suppression SuppressionHook // who takes addresses off the mailing lists; zero: people do

	Retention   ticket.Retention // zero terms: everything is kept
	PurgeServer bool             // what is erased here is deleted on the mail server as well
	DiskWarn    int              // percent of the database's disk at which people are woken; 0 = never
	DiskStop    int              // percent at which no more mail is taken in; 0 = never
	AuditHead   string           // file that the end of the audit chain is written to, "" for none

	// AnswerSince: mail received before the first start less this waits for approval. Negative:
	// everything is answered.
	AnswerSince     time.Duration
	AnswerSinceDate time.Time // instead of AnswerSince, when not zero
	Poll            time.Duration

	Canary CanaryConfig
	Stale  time.Duration // a folder not read for longer is an alarm; 0 = 15 min
}

// Pipeline runs the steps over one store, one mailbox and one mail server.
type Pipeline struct {
	cfg        Config
	store      *store.Store
	composer   *responder.Composer
	sender     *responder.Sender
	classifier *classify.Classifier
	now        func() time.Time
	log        *slog.Logger
	told       func(Step)

	nudgeWork, nudgeDeliver chan struct{}
	dialling                chan struct{} // holds one token while the mailbox is dialled
	trouble                 trouble
	vitals                  vitals
	envelopeRefused         atomic.Bool // the mail server takes no letter's own envelope sender
}

// Step is told to a watcher when something was done. It is for the demo's narration and holds
// personal data: it must never be logged.
type Step struct {
	Mail     *ticket.MailCause // set when a mail was decided
	Decision ticket.Decision
	Letter   *store.Delivery // set when a letter was tried
	Result   responder.Result
}

// Option changes a pipeline at its making.
type Option func(*Pipeline)

// WithClock replaces the system's clock, for simulations.
func WithClock(now func() time.Time) Option { return func(p *Pipeline) { p.now = now } }

// WithWatcher calls told after every committed step, from the loop that did it.
func WithWatcher(told func(Step)) Option { return func(p *Pipeline) { p.told = told } }

// New makes a pipeline. Every letter in every language is rendered once, so that a broken
// template stops the start and not a letter (CASES C59).
func New(c Config, s *store.Store, log *slog.Logger, opts ...Option) (*Pipeline, error) {
	p := &Pipeline{cfg: c, store: s, log: log, now: func() time.Time { return time.Now().UTC() }, told: func(Step) {},
		nudgeWork: make(chan struct{}, 1), nudgeDeliver: make(chan struct{}, 1), dialling: make(chan struct{}, 1)}
	for _, o := range opts {
		o(p)
	}
	var err error
	addressing := responder.AddressSubject
	if c.Plus {
		addressing = responder.AddressPlus
	}
	if p.composer, err = responder.NewComposer(responder.Config{
		Organisation: c.Policy.Organisation, Zone: c.Policy.Zone, Templates: c.Templates, Footer: c.Footer,
		Addressing: addressing, Relay: c.Policy.Relay, Token: p.threadToken,
	}); err != nil {
		return nil, fmt.Errorf("letters: %w", err)
	}
	p.cfg.useTokens(p.now)
	p.watchServers()
	if p.sender, err = responder.NewSender(p.cfg.SMTP); err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	if p.classifier, err = classify.New(); err != nil {
		return nil, fmt.Errorf("classifier: %w", err)
	}
	return p, nil
}

// waitForOthers is how long Once waits for another process on the same SQLite file: calls from cron
// must not pile up behind a daemon.
const waitForOthers = 30 * time.Second

// ErrBusy says that another process works on the same SQLite file and does what is due.
var ErrBusy = errors.New("another process works on this database and does what is due")

// attend waits until this process may work on the store.
func (p *Pipeline) attend(ctx context.Context) (leave func() error, err error) {
	return p.store.Attend(ctx, func() { p.log.Warn("another process works on this database; waiting for it to end") })
}

// Close lets go of the mail server connection. The store belongs to the caller.
func (p *Pipeline) Close() error { return p.sender.Close() }

// Once does all that is due now: receive every folder, decide, sweep, deliver. A mailbox or
// mail server that cannot be reached is an error, but what can be done without it is done first.
func (p *Pipeline) Once(ctx context.Context) (err error) {
	wait, cancel := context.WithTimeout(ctx, waitForOthers)
	leave, err := p.attend(wait)
	cancel()
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return ErrBusy
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leave()) }()
	if err := p.clock(); err != nil {
		return err
	}
	if err := p.noticeRestore(ctx); err != nil {
		return err
	}
	_, receiveErr := p.Receive(ctx)
	_, workErr := p.Work(ctx)
	suppressErr := p.Suppress(ctx)
	sweepErr := p.Sweep(ctx)
	_, deliverErr := p.Deliver(ctx)
	_, moveErr := p.Move(ctx)
	purgeErr := p.purgeDaily(ctx)
	return errors.Join(receiveErr, workErr, suppressErr, sweepErr, deliverErr, moveErr, purgeErr, p.keepAuditHead(ctx), p.unwell(ctx))
}

// ErrClock says that the computer's clock cannot be right. Nothing is done then: receipt times and
// deadlines would be wrong for good (CASES C52).
var ErrClock = errors.New("the clock of this computer is wrong; set it, nothing is done until then")

// builtAfter is earlier than any day on which this program runs.
var builtAfter = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (p *Pipeline) clock() error {
	if p.now().Before(builtAfter) {
		return ErrClock
	}
	return nil
}

// parallel is how many mails are parsed side by side.
func parallel() int { return max(2, runtime.GOMAXPROCS(0)) }

// random gives n bytes of the system's random source, which never fails (crypto/rand).
func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // one waiting nudge is enough: the rows are what counts
	}
}
