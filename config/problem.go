package config

import "fmt"

// Problem is one thing that is wrong with the configuration, in words an operator can act on.
type Problem struct {
	Key     string // "imap.password_file", "staff[0].address"; "" for the file as a whole
	Text    string // small letter, no full stop; never holds a secret
	Line    int    // in the file, from 1; 0 when no line is to blame
	Warning bool   // the program can run, but should not stay like this
}

// String gives "imap.poll: "5" needs a unit, such as 30s, 12h or 14d (line 12)".
func (p Problem) String() string {
	s := p.Text
	if p.Key != "" {
		s = p.Key + ": " + s
	}
	if p.Warning {
		s = "warning: " + s
	}
	if p.Line > 0 {
		s += fmt.Sprintf(" (line %d)", p.Line)
	}
	return s
}
