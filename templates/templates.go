// Package templates holds the letters: one folder per language, one source per letter, and the
// one layout that all HTML parts share. How a letter is written is said in README.md beside this
// file; package responder reads them.
package templates

import "embed"

// FS holds layout.html, <language>/<letter kind>.txt, <language>/_*.txt (shared passages) and
// <language>/words.yaml (names, dates).
//
//go:embed layout.html */*.txt */*.yaml
var FS embed.FS
