package mailbox

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/emersion/go-imap/v2"
)

var (
	// ErrAuth: the server refused the sign-in. Trying again soon may lock the account (CASES C25).
	ErrAuth = errors.New("sign-in refused")
	// ErrLost: the connection is closed; dial again.
	ErrLost = errors.New("connection lost")
	// ErrNoUIDValidity: the server does not say which generation of UIDs it uses, so that no mail
	// of the folder can be named (RFC 3501 2.3.1.1, CASES C27).
	ErrNoUIDValidity = errors.New("server gives no UIDVALIDITY")
	// ErrNoFolder: a configured folder does not exist or cannot be opened.
	ErrNoFolder = errors.New("no such folder")

	errNoBody   = errors.New("server gives no body")
	errTooLarge = errors.New("body is much larger than the server announced")
)

// PoisonError names a mail that the server has but that could not be fetched, alone, over a working
// connection. When it also is [ErrLost] the connection broke while the mail was read, which may be
// the network's fault: only a mail that does so repeatedly is to blame.
type PoisonError struct {
	UID uint32
	Err error
}

func (e *PoisonError) Error() string { return fmt.Sprintf("mail with uid %d: %v", e.UID, e.Err) }

func (e *PoisonError) Unwrap() error { return e.Err }

// refused reports whether the server answered a command with NO or BAD, after which the connection
// is still good.
func refused(err error) bool {
	var answer *imap.Error
	return errors.As(err, &answer)
}

// busy reports whether a refusal is about the server's state and passes by itself (RFC 5530;
// OVERQUOTA and THROTTLED are used by large providers for too much traffic; CASES C24).
func busy(err error) bool {
	switch code(err) {
	case "UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA", "THROTTLED":
		return true
	}
	return false
}

// code is the response code of a refusal, "" when there is none.
func code(err error) string {
	var answer *imap.Error
	if !errors.As(err, &answer) {
		return ""
	}
	return strings.ToUpper(string(answer.Code))
}

var quotedText = regexp.MustCompile(`"(?:\\.|[^"\\])*"?`)

// clean makes an error of the library or the server fit for a log: one short line without quoted
// text, which may be a mail's, and without the secrets.
func clean(err error, secrets ...string) error {
	if errors.Is(err, errTooLarge) || errors.Is(err, errBudget) || errors.Is(err, errNoBody) {
		return err
	}
	text := err.Error()
	var answer *imap.Error
	if errors.As(err, &answer) {
		text = strings.TrimSpace(fmt.Sprintf("server says %s %s %s", answer.Type, answer.Code, answer.Text))
	}
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	text = quotedText.ReplaceAllString(text, `"…"`)
	text, _, _ = strings.Cut(text, "\n")
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	return errors.New(text)
}
