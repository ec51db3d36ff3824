package ingest

import "slices"

// damage collects what could not be read as it should. Each note is said once, in plain English,
// and never quotes the mail.
type damage []string

func (d *damage) note(what string) {
	if len(*d) < maxDamage && !slices.Contains(*d, what) {
		*d = append(*d, what)
	}
}
