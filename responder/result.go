package responder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"regexp"
	"syscall"
	"time"
)

// Outcome says what became of one try to send a letter.
type Outcome string

// The outcomes. Unknown is no failure: the server may have taken the mail, so the same bytes go
// out again under the same Message-ID (RFC 5321 4.2.5, CASES C43). Configuration means that no
// letter would go: hold all of them and count no try (C42).
const (
	Delivered     Outcome = "delivered"     // accepted by our mail server, whatever happened after (C44)
	Temporary     Outcome = "temporary"     // try later
	Permanent     Outcome = "permanent"     // this letter will never go to this address
	Unknown       Outcome = "unknown"       // all was sent, no answer came
	Configuration Outcome = "configuration" // signing in, the sender or TLS: the operator must act
)

// The stages of a conversation, in their order.
const (
	StageRecipient = "recipient" // the address itself, before any connection
	StageConnect   = "connect"
	StageTLS       = "tls"
	StageAuth      = "auth"
	StageMail      = "mail from"
	StageRcpt      = "rcpt to"
	StageData      = "data"
	StageFinal     = "final" // after the last byte
)

// Result is what became of one try. Its error and status never hold an address, a secret, a
// server's words or text of the mail.
type Result struct {
	Outcome Outcome
	Code    int    // the server's reply code, 0 without an answer
	Status  string // enhanced status such as "5.1.1" (RFC 3463), "" when the server gave none
	Stage   string
	Err     error // nil when delivered
}

// String is for logs.
func (r Result) String() string {
	if r.Err == nil {
		return string(r.Outcome)
	}
	return string(r.Outcome) + ": " + r.Err.Error()
}

// Backoff gives how long to wait after the given number of failed tries (CASES C39). It is pure;
// when to give up is decided by whoever keeps the letters.
func Backoff(attempt int) time.Duration {
	steps := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}
	return steps[max(0, min(attempt-1, len(steps)-1))]
}

// failed judges an error of a stage. The table is CASES M15 and C39 to C46.
func failed(stage string, err error) Result {
	r := Result{Stage: stage, Outcome: Temporary}
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		r.Err = fmt.Errorf("smtp %s: %s", stage, cause(err))
		switch {
		case stage == StageFinal:
			r.Outcome = Unknown
		case transient(err):
		case stage == StageTLS || errors.Is(err, errNoAuth):
			// Certificate errors name hosts and dates, which the operator needs.
			r.Outcome, r.Err = Configuration, fmt.Errorf("smtp %s: %w", stage, err)
		case stage == StageAuth:
			r.Outcome = Configuration
		}
		return r
	}
	r.Code, r.Status = reply.Code, enhanced(reply.Msg)
	r.Outcome = judge(stage, reply.Code)
	r.Err = fmt.Errorf("smtp %s: the server answered %d", stage, reply.Code)
	if r.Status != "" {
		r.Err = fmt.Errorf("smtp %s: the server answered %d %s", stage, reply.Code, r.Status)
	}
	return r
}

func judge(stage string, code int) Outcome {
	switch {
	case code == 530 || code == 534 || code == 535 || code == 538: // RFC 4954 section 6
		return Configuration
	case code >= 500 && code < 600:
		switch stage {
		case StageRcpt, StageData, StageFinal:
			return Permanent
		}
		return Configuration
	case code >= 400 && code < 500:
		return Temporary
	case stage == StageFinal:
		return Unknown // neither yes nor no
	}
	return Temporary
}

var enhancedStatus = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

func enhanced(msg string) string { return enhancedStatus.FindString(msg) }

// transient reports whether err is about the connection and not about what was said on it.
func transient(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error") {
		return false // a TLS alert
	}
	var n net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, context.Canceled) || errors.As(err, &n) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// cause names what happened to the connection, in words that hold no text from outside.
func cause(err error) string {
	var dns *net.DNSError
	var n net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return "the server's name is not known"
	case errors.As(err, &dns):
		return "the server's name could not be looked up"
	case errors.Is(err, context.Canceled):
		return "stopped"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "time-out"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no route to the server"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was lost"
	case errors.As(err, &n) && n.Timeout():
		return "time-out"
	}
	return "the conversation failed"
}
