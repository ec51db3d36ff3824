package responder

import (
	"strings"

	"privacybot/ticket"
)

const (
	refsInLine = 6
	maxRefs    = 1500 // references below the table
)

// bundleView is a list of tickets whose notices were saved: references only.
type bundleView struct {
	Count int
	Rows  []bundleRow
	More  []text // references that the table has no room for, several in a line
	Rest  int    // tickets that are not named at all
}

type bundleRow struct {
	rowView
	Mails int
}

func (c *Composer) bundle(all []ticket.BundleRow, w *wordlist) *bundleView {
	v := &bundleView{Count: len(all)}
	var refs []string
	for i, b := range all {
		switch {
		case i < maxRows:
			v.Rows = append(v.Rows, bundleRow{rowView: c.rows([]ticket.DigestRow{b.DigestRow}, w).Rows[0], Mails: b.Mails})
		case len(refs) < maxRefs:
			refs = append(refs, b.Ref)
		default:
			v.Rest++
		}
	}
	for len(refs) > 0 {
		n := min(len(refs), refsInLine)
		v.More, refs = append(v.More, line(strings.Join(refs[:n], ", "), maxLine)), refs[n:]
	}
	return v
}
