package pipeline

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"privacybot/ingest/mailbox"
)

const (
	backoffMin = 5 * time.Second
	backoffMax = 15 * time.Minute // also the least pause after a refused sign-in (CASES C24, C25)
	workEvery  = 10 * time.Second
	sweepEvery = 15 * time.Second
)

// Run keeps all loops going until ctx ends, and returns when they have stopped. Failures are
// logged and tried again with growing pauses; nothing makes it give up.
func (p *Pipeline) Run(ctx context.Context) error {
	leave, err := p.attend(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	if err := p.noticeRestore(ctx); err != nil {
		return errors.Join(err, leave())
	}
	p.vitals.begin(p.now())
	var wg sync.WaitGroup
	loop := func(name string, every time.Duration, wake <-chan struct{}, once func(context.Context) error) {
		wg.Go(func() { p.loop(ctx, name, every, wake, once) })
	}
	loop("work", workEvery, p.nudgeWork, func(ctx context.Context) error { _, err := p.Work(ctx); return err })
	loop("deliver", workEvery, p.nudgeDeliver, func(ctx context.Context) error { _, err := p.Deliver(ctx); return err })
	loop("sweep", sweepEvery, nil, p.Sweep)
	if p.cfg.Suppression.Set() {
		loop("suppression", suppressEvery, nil, p.Suppress)
	}
	loop("purge", purgeEvery, nil, p.purgeDaily)
	if len(p.cfg.Move) > 0 {
		loop("move", moveEvery, nil, func(ctx context.Context) error { _, err := p.Move(ctx); return err })
	}
	wg.Go(func() { p.watch(ctx) })
	wg.Wait()
	return leave()
}

// loop calls once when woken and at least every so often, with a growing pause after failures.
func (p *Pipeline) loop(ctx context.Context, name string, every time.Duration, wake <-chan struct{}, once func(context.Context) error) {
	failures := 0
	for {
		p.vitals.beat(name, p.now())
		err := p.clock()
		if err == nil {
			err = once(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		pause := every
		if err != nil {
			failures++
			pause = min(backoff(failures), p.longest(err))
			p.log.Error("round failed, will be tried again", "loop", name, "err", err, "pause", pause.String())
		} else {
			failures = 0
		}
		nudges := wake
		if err != nil {
			nudges = nil // new work does not cut the pause after a failure short
		}
		if !sleep(ctx, pause, nudges) {
			return
		}
	}
}

// longest is how long a round waits at most after err. While the mail server lets nobody in it is not
// asked either, but alarm.command has to run in time (C66).
func (p *Pipeline) longest(err error) time.Duration {
	if errors.Is(err, ErrMailServer) {
		return time.Minute
	}
	return backoffMax
}

// sleep waits for d, a nudge or the end; false at the end.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-wake:
	}
	return true
}

// backoff grows from seconds to a quarter of an hour, with jitter so that instances spread.
func backoff(failures int) time.Duration {
	d := backoffMin << min(failures-1, 8)
	d = min(d, backoffMax)
	return d/2 + rand.N(d/2+1)
}

// lookEvery is how often folders are listed anew: a server may make the junk folder only when it
// has something to put there (CASES C34).
const lookEvery = 10 * time.Minute

// watch finds the folders, now and again, and keeps one connection on each.
func (p *Pipeline) watch(ctx context.Context) {
	var wg sync.WaitGroup
	watched := map[string]bool{}
	for ctx.Err() == nil {
		var folders []mailbox.Folder
		p.loopUntil(ctx, "folders", func(ctx context.Context) error {
			conn, err := p.dialMailbox(ctx)
			if err != nil {
				return err
			}
			defer conn.Close()
			if folders, err = conn.Folders(ctx); errors.Is(err, mailbox.ErrNoFolder) && len(folders) > 0 {
				p.log.Error("a configured folder is missing; the others are read", "err", err) // C35
				err = nil
			}
			return errors.Join(err, p.noteJunk(ctx, folders), p.noteFolders(ctx, folders))
		})
		for _, f := range folders {
			if !watched[f.Name] {
				watched[f.Name] = true
				wg.Go(func() { p.watchFolder(ctx, f) })
			}
		}
		sleep(ctx, max(lookEvery, p.cfg.Poll), nil)
	}
	wg.Wait()
}

// loopUntil repeats once until it succeeds or ctx ends.
func (p *Pipeline) loopUntil(ctx context.Context, name string, once func(context.Context) error) {
	for failures := 1; ctx.Err() == nil; failures++ {
		err := once(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		p.log.Error("mailbox cannot be read, will be tried again", "loop", name, "err", err)
		sleep(ctx, pauseAfter(err, failures), nil)
	}
}

// pauseAfter keeps away from a server that refused the sign-in, so that the account is not
// locked (C25).
func pauseAfter(err error, failures int) time.Duration {
	if errors.Is(err, mailbox.ErrAuth) {
		return backoffMax
	}
	return backoff(failures)
}

// watchFolder reads a folder whenever the server announces mail, and at least every poll
// interval, for ever.
func (p *Pipeline) watchFolder(ctx context.Context, f mailbox.Folder) {
	failures := 0
	for ctx.Err() == nil {
		began := p.now()
		err := p.followFolder(ctx, f)
		if ctx.Err() != nil {
			return
		}
		if p.now().Sub(began) > backoffMax {
			failures = 0
		}
		failures++
		p.log.Warn("mailbox connection ended, connecting again", "folder", f.Name, "err", err)
		sleep(ctx, pauseAfter(err, failures), nil)
	}
}

// followFolder reads a folder over one connection until that breaks.
func (p *Pipeline) followFolder(ctx context.Context, f mailbox.Folder) error {
	conn, err := p.dialMailbox(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for {
		if err := p.clock(); err != nil {
			return err
		}
		if _, err := p.receiveFolder(ctx, conn, f); err != nil {
			return err
		}
		if _, err := conn.Idle(ctx, p.cfg.Poll); err != nil {
			return err
		}
	}
}
