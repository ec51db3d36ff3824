package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"privacybot/responder"
	"privacybot/store"
	"privacybot/ticket"
)

const (
	suppressLease = 5 * time.Minute
	suppressLimit = 30 * time.Second // for one answer of the hook
	suppressBatch = 100
	suppressEvery = 10 * time.Second
)

// SuppressionHook is who takes an address off the mailing lists: a program or a service of the office.
// Either may get the same address twice, when a process ended between its answer and our commit.
type SuppressionHook struct {
	Command []string // run with the reference as its last argument and the address on standard input; exit 0 = stopped
	URL     string   // gets a POST with {"address","reference"}; 2xx = stopped. https, or loopback
	Token   string   // sent to URL as a bearer token; "" = none
}

// Set reports whether there is a hook.
func (h SuppressionHook) Set() bool { return len(h.Command) > 0 || h.URL != "" }

// Suppress runs the hook for every address that waits, and decides what follows from its word. One
// instance does it at a time. In shadow mode nothing leaves the house, so the addresses wait.
func (p *Pipeline) Suppress(ctx context.Context) error {
	if !p.cfg.Suppression.Set() || p.cfg.Policy.Shadow {
		return nil
	}
	lease, got, err := p.store.Acquire(ctx, "suppression", suppressLease)
	if err != nil || !got {
		return err
	}
	defer func() { _ = p.store.Release(context.WithoutCancel(ctx), lease) }()
	due, err := p.store.DueSuppressions(ctx, p.now(), suppressBatch)
	if err != nil {
		return err
	}
	for _, s := range due {
		if err := p.store.Renew(ctx, lease, suppressLease); err != nil {
			return fmt.Errorf("suppression: %w", err)
		}
		hookErr := p.cfg.Suppression.tell(ctx, s)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := p.noteSuppression(ctx, s, hookErr); err != nil {
			return fmt.Errorf("suppression: %w", err)
		}
	}
	return nil
}

// tell hands one address to the hook. Its error holds no address.
func (h SuppressionHook) tell(ctx context.Context, s store.Suppression) error {
	ctx, cancel := context.WithTimeout(ctx, suppressLimit)
	defer cancel()
	if len(h.Command) > 0 {
		return h.run(ctx, s)
	}
	return h.post(ctx, s)
}

// run gives the address on standard input: arguments can be read by every user of the machine.
func (h SuppressionHook) run(ctx context.Context, s store.Suppression) error {
	cmd := exec.CommandContext(ctx, h.Command[0], append(append([]string(nil), h.Command[1:]...), s.Ref)...)
	cmd.Stdin = strings.NewReader(s.Address + "\n")
	cmd.WaitDelay = time.Second
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")} // no secret of our own environment
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errors.New("suppression.command did not end in time")
	case errors.As(err, &exit):
		return fmt.Errorf("suppression.command: %s", exit.ProcessState)
	}
	return errors.New("suppression.command cannot be run")
}

func (h SuppressionHook) post(ctx context.Context, s store.Suppression) error {
	body, err := json.Marshal(map[string]string{"address": s.Address, "reference": s.Ref})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("suppression.url cannot be asked")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", s.Ref)
	if h.Token != "" {
		req.Header.Set("Authorization", "Bearer "+h.Token)
	}
	// The address goes to the one place that was configured and nowhere else.
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return errors.New("suppression.url did not answer")
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("suppression.url answered %d", resp.StatusCode)
	}
	return nil
}

// noteSuppression keeps the hook's word with the list and the ticket, in one transaction.
func (p *Pipeline) noteSuppression(ctx context.Context, s store.Suppression, hookErr error) error {
	now := p.now()
	c := ticket.SuppressionCause{Address: s.Address, Done: hookErr == nil, Attempt: s.Attempts + 1}
	if hookErr != nil {
		c.Why = hookErr.Error()
		p.log.Warn("the suppression hook failed, will be tried again", "ticket", s.Ref, "attempt", c.Attempt, "err", hookErr)
	}
	err := p.store.InTx(context.WithoutCancel(ctx), func(tx *store.Tx) error { // the hook was told: its word must be kept
		if hookErr == nil {
			if err := tx.SuppressionDone(s.ID); err != nil {
				return err
			}
		} else if waits, err := tx.SuppressionTried(s.ID, now.Add(responder.Backoff(c.Attempt))); err != nil || !waits {
			return err
		}
		t, err := tx.Ticket(s.Ref)
		if errors.Is(err, ticket.ErrNotFound) || errors.Is(err, store.ErrErased) {
			return nil
		}
		if err != nil {
			return err
		}
		return p.apply(tx, now, ticket.Decide(now, ticket.Facts{Policy: p.cfg.Policy, Supply: p.supply(), Ticket: &t}, c))
	})
	nudge(p.nudgeDeliver)
	return err
}
