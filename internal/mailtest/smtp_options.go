package mailtest

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// SMTPOption changes how [SMTP] behaves.
type SMTPOption func(*faults)

// faults is what an SMTP server has been told to do; it is never changed after it was made.
type faults struct {
	rcpt               map[string]*smtp.SMTPError
	mail, data         *smtp.SMTPError
	dropAfterData      countdown
	dropAfterReply     countdown
	slow               time.Duration
	username, password string
	oauth              *OAuthServer
	sender             string
	tls, noTLS         bool
}

// countdown says how many times something still happens; nil is never.
type countdown struct{ left *atomic.Int64 }

func (c countdown) take() bool { return c.left != nil && c.left.Add(-1) >= 0 }

func times(n int) countdown {
	c := countdown{left: new(atomic.Int64)}
	c.left.Store(int64(n))
	return c
}

// FailRcpt refuses one recipient with code and text, such as 550 "no such user".
func FailRcpt(address string, code int, text string) SMTPOption {
	return func(f *faults) { f.rcpt[strings.ToLower(address)] = refusal(code, text) }
}

// FailMail refuses every sender (MAIL FROM).
func FailMail(code int, text string) SMTPOption {
	return func(f *faults) { f.mail = refusal(code, text) }
}

// OnlyFrom refuses every sender but this one.
func OnlyFrom(address string) SMTPOption {
	return func(f *faults) { f.sender = address }
}

// FailData refuses every mail after its last byte.
func FailData(code int, text string) SMTPOption {
	return func(f *faults) { f.data = refusal(code, text) }
}

// DropAfterData closes the connection after the final dot of the next n mails, before any reply:
// the sender cannot know whether the mail was taken. It is in Mails with Reply 0.
func DropAfterData(n int) SMTPOption {
	return func(f *faults) { f.dropAfterData = times(n) }
}

// DropAfterReply says 250 to the next n mails and then closes the connection.
func DropAfterReply(n int) SMTPOption {
	return func(f *faults) { f.dropAfterReply = times(n) }
}

// Slow waits before each answer to a mail's data.
func Slow(d time.Duration) SMTPOption {
	return func(f *faults) { f.slow = d }
}

// RequireAuth refuses mail from sessions that have not signed in (AUTH PLAIN or LOGIN).
func RequireAuth(username, password string) SMTPOption {
	return func(f *faults) { f.username, f.password = username, password }
}

// TakeTokens refuses mail from sessions that have not signed in with a good token of o, by what
// o.Mechanisms names.
func TakeTokens(o *OAuthServer) SMTPOption { return func(f *faults) { f.oauth = o } }

// TLS speaks TLS from the first byte (smtps).
func TLS() SMTPOption { return func(f *faults) { f.tls = true } }

// NoTLS offers no STARTTLS.
func NoTLS() SMTPOption { return func(f *faults) { f.noTLS = true } }

// refusal is an SMTP reply with the enhanced code that fits its class (RFC 3463).
func refusal(code int, text string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: text}
}
