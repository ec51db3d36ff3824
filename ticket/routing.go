package ticket

import (
	"slices"
	"strings"
	"time"
)

// Responsible names who gets the mails about some tickets, instead of all agents. Officials and children
// keep their own ways.
type Responsible struct {
	Rights    []Right  // any of them; empty: every right
	Languages []string // of the requester, such as "de"; empty: every language
	To        []string // addresses of staff
}

// takes reports whether t goes this way. A language takes its regions and scripts: "zh" takes "zh-Hans".
func (r Responsible) takes(t Ticket) bool {
	byRight := len(r.Rights) == 0 || slices.ContainsFunc(t.openRights(), func(x Right) bool { return slices.Contains(r.Rights, x) })
	byLanguage := len(r.Languages) == 0 || slices.ContainsFunc(r.Languages, func(l string) bool {
		return strings.EqualFold(l, t.Language) || strings.HasPrefix(strings.ToLower(t.Language), strings.ToLower(l)+"-")
	})
	return byRight && byLanguage
}

// routed gives the staff of the first route that takes t; nobody when none does.
func (p Policy) routed(t Ticket) []Staff {
	for _, r := range p.Routes {
		if !r.takes(t) {
			continue
		}
		var to []Staff
		for _, address := range r.To {
			if s, ok := p.StaffByAddress(address); ok {
				to = append(to, s)
			}
		}
		return to
	}
	return nil
}

// breachTerm is how long a controller has to tell the authority of a personal data breach, counted
// from becoming aware of it (GDPR art. 33(1)). A mail that reports one may be that moment.
const breachTerm = 72 * time.Hour

// breachBy gives the end of that term for a mail that reports a breach; zero for every other.
func breachBy(c MailCause) time.Time {
	if !slices.ContainsFunc(c.Verdict.UrgentWhy, func(e Evidence) bool { return e.Rule == "breach" }) {
		return time.Time{}
	}
	return c.Message.ReceivedAt.Add(breachTerm)
}

// details is how many runes a complaint with details has at least.
const details = 200

// asksDetails reports whether a complaint says too little to be looked into: no evidence with it and
// few words.
func asksDetails(c MailCause) bool {
	return c.Verdict.Has(Complaint) && len([]rune(strings.TrimSpace(c.Message.NewText))) < details && !slices.ContainsFunc(c.Message.Attachments, writing)
}
