package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"privacybot/ingest"
	"privacybot/responder"
	"privacybot/store"
	"privacybot/ticket"
)

const (
	letterLease = 15 * time.Minute // longer than the longest wait for a server's answer (M16)
	letterBatch = 50
	giveUpAfter = 5 * 24 * time.Hour // RFC 5321 4.5.4.1
	alarmLimit  = time.Minute

	// Stages at which no server was asked.
	stageShadow = "shadow"
	stageAlarm  = "alarm"
	stageSeal   = "seal"
)

// errShadow says that a letter was written before the office went into shadow mode, in which mail
// goes to staff only. It waits, and is not given up.
var errShadow = errors.New("shadow mode: letters to requesters wait")

// ErrMailServer says that the mail server refuses this installation (sign-in, sender, TLS): every
// letter waits, none is given up (CASES C42, C47).
var ErrMailServer = errors.New("the mail server refuses this installation; letters wait")

// Deliver tries every letter that is due and gives how many were accepted. Temporary failures are
// tried again later with the same bytes; only a refusal of this very recipient ends a letter.
func (p *Pipeline) Deliver(ctx context.Context) (int, error) {
	accepted := 0
	door, err := p.access(ctx, ticket.TroubleMailServer)
	if err != nil {
		return 0, err
	}
	shut := p.closed(door, ticket.TroubleMailServer)
	for {
		due, err := p.store.ClaimLetters(ctx, p.now(), letterLease, letterBatch, p.cfg.Brakes)
		if err != nil {
			return accepted, fmt.Errorf("claim letters: %w", err)
		}
		if len(due) == 0 {
			return accepted, nil
		}
		alarmsFirst(due)
		for i, l := range due {
			res := p.send(ctx, l, shut)
			if err := p.delivered(ctx, l, res); err != nil {
				return accepted, errors.Join(err, p.unclaim(ctx, due[i+1:], 0))
			}
			if door, err = p.noteServer(ctx, door, res, shut); err != nil {
				return accepted, errors.Join(err, p.unclaim(ctx, due[i+1:], 0))
			}
			p.told(Step{Letter: &l, Result: res})
			if res.Outcome == responder.Delivered {
				accepted++
			}
			if ctx.Err() != nil { // told to stop: the next process goes on at once (C8)
				return accepted, errors.Join(p.unclaim(ctx, due[i+1:], 0), ctx.Err())
			}
			if res.Outcome == responder.Configuration {
				return accepted, errors.Join(p.unclaim(ctx, due[i+1:], responder.Backoff(1)), fmt.Errorf("%w: %w", ErrMailServer, res.Err))
			}
		}
	}
}

// alarmsFirst puts alarm.command before the mails: it must work when the mail server does not.
func alarmsFirst(due []store.Delivery) {
	rank := func(l store.Delivery) int {
		if l.Kind == ticket.LetterAlarm {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(due, func(a, b store.Delivery) int { return rank(a) - rank(b) })
}

// send tries one letter. shut says why the mail server is not to be asked now, nil when it is.
func (p *Pipeline) send(ctx context.Context, l store.Delivery, shut error) responder.Result {
	if l.Unreadable != nil {
		return responder.Result{Outcome: responder.Permanent, Stage: stageSeal, Err: l.Unreadable}
	}
	if l.Kind == ticket.LetterAlarm {
		return p.alarm(ctx, l)
	}
	if _, staff := p.cfg.Policy.StaffByAddress(l.To); p.cfg.Policy.Shadow && l.Kind.External() && !staff {
		return responder.Result{Outcome: responder.Temporary, Stage: stageShadow, Err: errShadow}
	}
	if shut != nil {
		return responder.Result{Outcome: responder.Configuration, Stage: responder.StageAuth, Err: shut}
	}
	return p.hand(ctx, l)
}

// noteServer keeps what a try tells about the mail server.
func (p *Pipeline) noteServer(ctx context.Context, door access, r responder.Result, shut error) (access, error) {
	works, refused, config, known := smtpAccess(r)
	if !known || shut != nil || ctx.Err() != nil {
		return door, nil
	}
	return p.noteAccess(ctx, ticket.TroubleMailServer, door, works, refused, config)
}

// alarm runs alarm.command with the reference as its only argument, or with the name of the server that
// is in trouble: no personal data leaves by this way.
func (p *Pipeline) alarm(ctx context.Context, l store.Delivery) responder.Result {
	if len(p.cfg.Alarm) == 0 {
		return responder.Result{Outcome: responder.Delivered, Stage: stageAlarm}
	}
	ctx, cancel := context.WithTimeout(ctx, alarmLimit)
	defer cancel()
	about := l.Ref
	if about == "" {
		about, _, _ = strings.Cut(l.Key, "/")
	}
	args := append(append([]string(nil), p.cfg.Alarm[1:]...), about)
	cmd := exec.CommandContext(ctx, p.cfg.Alarm[0], args...)
	cmd.WaitDelay = time.Second
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")} // no secret of our own environment
	if err := cmd.Run(); err != nil {
		return responder.Result{Outcome: responder.Temporary, Stage: stageAlarm, Err: fmt.Errorf("alarm.command: %w", err)}
	}
	return responder.Result{Outcome: responder.Delivered, Stage: stageAlarm}
}

// delivered records the result and what follows from it for the ticket, in one transaction that
// fails when the claim has passed to somebody else.
func (p *Pipeline) delivered(ctx context.Context, l store.Delivery, res responder.Result) error {
	now := p.now()
	pause := responder.Backoff(l.Attempt)
	if res.Outcome == responder.Configuration { // all letters wait for the operator, who should not wait for them then (C42)
		pause = responder.Backoff(1)
	}
	if ctx.Err() != nil { // it was we who broke off, not the mail server
		pause = 0
	}
	ctx = context.WithoutCancel(ctx) // the letter is out: its record must be kept
	result, final := outcome(res, now.Sub(l.CreatedAt))
	err := p.store.InTx(ctx, func(tx *store.Tx) error {
		switch {
		case !final:
			if res.Outcome == responder.Configuration { // no fault of the letter's: no try is counted (C42)
				return tx.LetterPutBack(l, now.Add(pause), res.Code)
			}
			return tx.LetterRetry(l, now.Add(pause), res.Code)
		case result == ticket.DeliveryAccepted:
			if err := tx.LetterSent(l, now); err != nil {
				return err
			}
		default:
			if err := tx.LetterFailed(l, res.Code); err != nil {
				return err
			}
		}
		return p.follow(tx, now, l, result, res)
	})
	if errors.Is(err, store.ErrLeaseLost) {
		p.log.Warn("letter was taken over by another instance while it was being sent", "letter", l.ID)
		return nil
	}
	if err != nil {
		return fmt.Errorf("record letter %d: %w", l.ID, err)
	}
	p.log.Info("letter tried", "letter", l.ID, "ticket", l.Ref, "kind", string(l.Kind), "attempt", l.Attempt, "outcome", string(res.Outcome), "code", res.Code)
	return nil
}

// follow decides what the last word about a letter means for its ticket.
func (p *Pipeline) follow(tx *store.Tx, now time.Time, l store.Delivery, result ticket.DeliveryResult, res responder.Result) error {
	if l.Ref == "" {
		return nil
	}
	t, err := tx.Ticket(l.Ref)
	if errors.Is(err, ticket.ErrNotFound) || errors.Is(err, store.ErrErased) {
		return nil
	}
	if err != nil {
		return err
	}
	status := res.Status
	if status == "" && res.Code != 0 {
		status = fmt.Sprint(res.Code)
	}
	d := ticket.Decide(now, ticket.Facts{Policy: p.cfg.Policy, Supply: p.supply(), Ticket: &t}, ticket.DeliveryCause{
		Letter: ticket.SentLetter{ID: l.ID, Kind: l.Kind, Key: l.Key, Ref: l.Ref, To: l.To, MessageID: l.MessageID, SentAt: now},
		Result: result, Status: status, Copy: copyOf(l),
	})
	return p.apply(tx, now, d)
}

// copyOf gives the text of a letter with staff's words, as it left.
func copyOf(l store.Delivery) string {
	if !l.Kind.ByPerson() {
		return ""
	}
	m := ingest.Parse(l.Raw, ingest.Options{})
	text := m.Text
	for _, a := range m.Attachments {
		text += "\n\n[attachment: " + a.Name + "]"
	}
	return text
}

// outcome says what a try means, and whether it is the last word.
func outcome(res responder.Result, age time.Duration) (ticket.DeliveryResult, bool) {
	switch {
	case res.Outcome == responder.Delivered:
		return ticket.DeliveryAccepted, true
	case res.Outcome == responder.Permanent:
		return ticket.DeliveryRefused, true
	case res.Outcome != responder.Configuration && res.Stage != stageShadow && age > giveUpAfter: // C49
		return ticket.DeliveryRefused, true
	}
	return "", false
}

// unclaim gives letters back that were claimed but not tried, to be tried after pause.
func (p *Pipeline) unclaim(ctx context.Context, rest []store.Delivery, pause time.Duration) error {
	return p.store.InTx(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		for _, l := range rest {
			if err := tx.LetterPutBack(l, p.now().Add(pause), 0); err != nil && !errors.Is(err, store.ErrLeaseLost) {
				return err
			}
		}
		return nil
	})
}
