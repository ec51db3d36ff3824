package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that must not be shown. Every way of printing or encoding it gives "***", or ""
// when it is not set; [Secret.Reveal] is the only way to the text. The text lies behind a pointer,
// so that printing a struct which holds a secret in a private field shows no more than an address.
type Secret struct{ text *string }

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{text: &text} }

// Reveal gives the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no text.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// String gives "***".
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return "***"
}

// GoString gives "***", for %#v.
func (s Secret) GoString() string { return s.String() }

// Format writes "***" for every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText gives "***", for JSON, YAML and XML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue gives "***", for package slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
