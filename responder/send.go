package responder

import (
	"context"
	"errors"
	"io"
	"time"
)

// Send hands raw to the mail server for one recipient and says what became of it. raw is sent as
// it is, but for line ends, which become CRLF, and dots, which are stuffed (CASES A45).
//
// A connection is used for many letters. When it turns out to be lost before the letter's first
// byte, one fresh connection is tried at once. When ctx ends, the conversation is cut.
func (s *Sender) Send(ctx context.Context, to string, raw []byte) Result {
	return s.SendFrom(ctx, "", to, raw)
}

// SendFrom is [Sender.Send] with an envelope sender of the letter's own; "" is the configured one.
func (s *Sender) SendFrom(ctx context.Context, from, to string, raw []byte) Result {
	address, unicode, err := recipient(to)
	if err != nil {
		return Result{Outcome: Permanent, Stage: StageRecipient, Err: errRecipient}
	}
	sender := s.from
	if from != "" {
		own, wide, err := recipient(from)
		if err != nil || wide {
			return Result{Outcome: Permanent, Stage: StageRecipient, Err: errors.New("the envelope sender is not an address that mail can be sent from")}
		}
		sender = "<" + own + ">"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Result{Outcome: Temporary, Stage: StageConnect, Err: errors.New("smtp: the sender is closed")}
	}
	if s.line != nil && time.Since(s.line.used) > s.config.Timeouts.Idle {
		s.drop()
	}
	reused := s.line != nil
	r := s.try(ctx, sender, address, unicode, raw)
	if reused && r.Stage == StageMail && r.Outcome == Temporary && (r.Code == 0 || r.Code == 421) && ctx.Err() == nil {
		s.drop() // the server hung up between two letters
		r = s.try(ctx, sender, address, unicode, raw)
	}
	return r
}

// try makes one conversation out of what is open.
func (s *Sender) try(ctx context.Context, from, to string, unicode bool, raw []byte) Result {
	if s.line == nil {
		line, r := s.dial(ctx)
		if line == nil {
			return r
		}
		s.line = line
	}
	line := s.line
	stop := context.AfterFunc(ctx, func() { line.conn.SetDeadline(time.Unix(1, 0)) })
	r := s.transact(ctx, line, from, to, unicode, raw)
	if !stop() {
		s.drop() // the deadline may be cut at any time from here on
		return r
	}
	line.used = time.Now()
	switch {
	case r.Outcome == Delivered || r.Stage == StageRecipient:
	case r.Code == 0 || r.Code == 421 || r.Outcome == Configuration:
		s.drop()
	default:
		line.conn.SetDeadline(time.Now().Add(s.config.Timeouts.Command))
		if err := line.client.Reset(); err != nil {
			s.drop() // the verdict on the letter stands (M15)
		}
	}
	return r
}

// transact is one mail transaction (RFC 5321 3.3).
func (s *Sender) transact(ctx context.Context, line *connection, from, to string, unicode bool, raw []byte) Result {
	client := line.client
	client.SkipSMTPUTF8(!unicode)
	if unicode {
		if offered, _ := client.Extension("SMTPUTF8"); !offered { // M14, A15
			return Result{Outcome: Permanent, Stage: StageRecipient, Err: errors.New("smtp: the address needs SMTPUTF8, which the server does not offer")}
		}
	}
	patience := func(d time.Duration) error {
		line.conn.SetDeadline(time.Now().Add(d))
		if err := ctx.Err(); err != nil { // it may have ended before the line above
			line.conn.SetDeadline(time.Unix(1, 0))
			return err
		}
		return nil
	}
	t := s.config.Timeouts
	if err := patience(t.Command); err != nil {
		return failed(StageMail, err)
	}
	if err := client.Mail(from); err != nil {
		return failed(StageMail, err)
	}
	if err := patience(t.Command); err != nil {
		return failed(StageRcpt, err)
	}
	if err := client.Rcpt("<" + to + ">"); err != nil {
		return failed(StageRcpt, err)
	}
	if err := patience(t.Command); err != nil {
		return failed(StageData, err)
	}
	w, err := client.Data()
	if err != nil {
		return failed(StageData, err)
	}
	for body := crlf(raw); len(body) > 0; {
		n := min(len(body), 32<<10)
		if err := patience(t.Block); err != nil {
			return failed(StageData, err)
		}
		if _, err := w.Write(body[:n]); err != nil {
			return failed(StageData, err)
		}
		body = body[n:]
	}
	return s.final(w, patience)
}

// final ends the mail. From here on no answer means that nobody knows (C43).
func (s *Sender) final(w io.Closer, patience func(time.Duration) error) Result {
	if err := patience(s.config.Timeouts.Final); err != nil {
		return failed(StageData, err) // the last dot was not sent
	}
	if err := w.Close(); err != nil {
		return failed(StageFinal, err)
	}
	r := Result{Outcome: Delivered, Code: 250, Stage: StageFinal}
	if d, ok := w.(interface{ ServerResponse() string }); ok {
		r.Status = enhanced(d.ServerResponse())
	}
	return r
}

// Probe connects and signs in, and sends nothing. It is for checking a configuration.
func (s *Sender) Probe(ctx context.Context) Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop()
	line, r := s.dial(ctx)
	if line == nil {
		return r
	}
	line.conn.SetDeadline(time.Now().Add(s.config.Timeouts.Command))
	if err := line.client.Noop(); err != nil {
		line.conn.Close()
		return failed(StageConnect, err)
	}
	line.used = time.Now()
	s.line = line
	return Result{Outcome: Delivered, Code: 250, Stage: StageConnect}
}
