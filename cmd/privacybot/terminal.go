package main

import (
	"io"
	"net"
	"os"
	"strings"

	"golang.org/x/term"
)

// isTerminal reports whether w shows colours to a person.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == ""
}

// indent gives text with every line three columns to the right.
func indent(text string) string {
	return "   " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n   ") + "\n"
}

// split gives the host and the port of an address.
func split(address string) (host, port string) {
	host, port, _ = net.SplitHostPort(address)
	return host, port
}
