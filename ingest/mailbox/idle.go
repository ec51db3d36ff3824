package mailbox

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// pollPause is how often a folder is looked at when its server cannot announce mail.
const pollPause = time.Minute

// Idle waits until the server announces mail in the open folder, max has passed, or ctx ends. It
// returns at once when mail was announced since the last Select. Whatever it returns without an
// error, look again: changed tells only whether there is a reason.
//
// One wait is never longer than Config.IdleTimeout, so that no router on the way forgets the
// connection (CASES C69). On a server without IDLE it waits at most a minute.
func (c *Conn) Idle(ctx context.Context, max time.Duration) (changed bool, err error) {
	if !c.selected {
		return false, errNotSelected
	}
	select {
	case <-c.changed:
		return true, nil
	default:
	}
	max = min(max, c.cfg.IdleTimeout)
	if c.noIdle {
		max = min(max, pollPause)
		return c.wait(ctx, max)
	}
	var idle *imapclient.IdleCommand
	err = c.do(ctx, "idle", c.cfg.Timeout, smallAnswer, func() (err error) {
		idle, err = c.client.Idle()
		return err
	})
	if refused(err) {
		c.noIdle = true
		return c.wait(ctx, min(max, pollPause))
	}
	if err != nil {
		return false, err
	}
	changed, waitErr := c.wait(ctx, max)
	// A server that is told to stop has to answer, whether or not ctx has ended; else the connection is of no use.
	err = c.do(context.WithoutCancel(ctx), "end idle", min(c.cfg.Timeout, goodbye*2), smallAnswer, func() error {
		return errors.Join(idle.Close(), idle.Wait())
	})
	if waitErr != nil {
		return false, waitErr
	}
	return changed, err
}

// wait sleeps until an announcement, the end of max or ctx, or the loss of the connection.
func (c *Conn) wait(ctx context.Context, max time.Duration) (changed bool, err error) {
	c.guard.allow(max+c.cfg.Timeout, smallAnswer)
	timer := time.NewTimer(max)
	defer timer.Stop()
	select {
	case <-c.changed:
		return true, nil
	case <-timer.C:
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	case <-c.client.Closed():
		return false, ErrLost
	}
}
