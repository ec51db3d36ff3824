package ingest

import (
	"regexp"
	"strings"

	"privacybot/ticket"
)

// original reads who wrote the mail that m forwards, and when: from the header of an attached mail, or
// from the block that mail programs put above a forwarded text. It is a proposal; both may be made up.
func original(m *ticket.Message, t *tree) ticket.Original {
	for _, a := range t.attached {
		if found := parseAddresses(a.entity.header.Get("From"), &damage{}); !a.headers && len(found) > 0 {
			return ticket.Original{From: found[0], Date: parseDate(a.entity.header.Get("Date"))}
		}
	}
	var o ticket.Original
	if m.Forwarded == "" {
		return o
	}
	lines := strings.SplitN(m.Forwarded, "\n", 25)
	for _, l := range lines[:min(len(lines), 24)] {
		l = strings.TrimLeft(l, "> ")
		switch is, value := headerLabel(l); {
		case is&labelFrom != 0 && o.From.IsZero():
			if found := parseAddresses(mailtoMark.ReplaceAllString(value, "<$1>"), &damage{}); len(found) > 0 {
				o.From = found[0]
			}
		case is&labelDate != 0 && o.Date.IsZero():
			o.Date = parseDate(strings.ReplaceAll(strings.ReplaceAll(value, " at ", " "), " um ", " "))
		}
	}
	return o
}

// mailtoMark is how Outlook writes an address in plain text: "Jane [mailto:jane@example.org]".
var mailtoMark = regexp.MustCompile(`[\[<]mailto:([^\]>]+)[\]>]`)
