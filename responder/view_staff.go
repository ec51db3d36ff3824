package responder

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"privacybot/ticket"
)

// noticeView is what a letter to staff shows of a ticket and a mail.
type noticeView struct {
	What        text
	Step        int
	Urgent      bool
	NeedsHuman  text
	Writer      text
	Assignee    text
	Language    text
	Silent      text // why there is no automatic letter
	Hold        text // why letters wait
	Linked      text
	Undelivered text

	From        text // "Jane <jane@example.org>": the address is always there (CASES A11)
	FromAddress text
	ReplyTo     text
	Identity    text
	Verified    bool
	NeedsCode   bool // nothing may be released before the address is confirmed
	Requester   text
	NoRequester bool

	Requests    []requestView
	Proof       []text
	Checklist   []text // what the answer must say
	Recipients  []text // of the data, who were told
	Subject     text
	Text        frame
	Attachments []text
	Warnings    []text
	Sent        []text
	Commands    []commandView
	Child       *childView
}

type requestView struct {
	Right, Law, Due, Target, State, Received text
	Evidence                                 []evidenceView
}

type evidenceView struct{ Quote, Rule text }

type commandView struct{ Use, Does text }

type childView struct{ Look, Block, Done, Acknowledged, Blocked, Deleted text }

func (c *Composer) notice(n ticket.Notice, w *wordlist) *noticeView {
	t := n.Ticket
	at := func(when time.Time) text { return c.at(when, w) }
	requester := t.Requester()
	v := &noticeView{
		What: line(n.What, 3*maxLine), Step: n.Step, Urgent: t.Urgent, NeedsHuman: line(t.NeedsHuman, maxLine),
		Writer: line(strings.ReplaceAll(string(t.Writer), "_", " "), 40), Assignee: line(t.Assignee, maxLine),
		Language: line(t.Language, 20), Silent: line(t.Silent, maxLine), Hold: line(t.HoldWhy, maxLine),
		Linked: line(strings.Join(t.Linked[:min(len(t.Linked), maxRows)], ", "), maxLine), Undelivered: line(t.Undeliverable, maxLine),
		From: person(n.From), FromAddress: line(n.From.Address, maxLine), ReplyTo: people(n.ReplyTo),
		Verified: !requester.Verified.IsZero(), Requester: person(requester.Address), NoRequester: requester.Address.IsZero(),
		Subject: line(n.Subject, maxLine), Text: frame(lines(n.Text, maxFrame)),
		Warnings: sentences(n.Warnings), Sent: sentences(n.Sent),
	}
	if v.NeedsHuman != "" && strings.Contains(string(v.What), string(v.NeedsHuman)) {
		v.NeedsHuman = "" // said already
	}
	v.Identity, v.NeedsCode = c.identity(t, w)
	v.Requests, v.Proof = c.requests(t, n.Evidence, w)
	v.Checklist, v.Recipients = c.checklist(t), c.recipients(t, w)
	var attached []string
	for _, a := range n.Attachments {
		attached = append(attached, fmt.Sprintf("%s (%s, %s)", orElse(string(line(a.Name, 120)), "without a name"), line(a.Type, 80), size(a.Size)))
	}
	v.Attachments = texts(attached)
	if n.Commands {
		for _, h := range ticket.CommandHelps() {
			if h.Rare {
				continue
			}
			v.Commands = append(v.Commands, commandView{Use: text(h.Use), Does: text(h.Does)})
		}
	}
	if a := t.Child; a != nil {
		v.Child = &childView{Look: at(a.Look), Block: at(a.Block), Done: at(a.Done),
			Acknowledged: at(a.AcknowledgedAt), Blocked: at(a.BlockedAt), Deleted: at(a.DeletedAt)}
	}
	return v
}

// identity says in one sentence what is known of the requester, and whether something waits
// for it.
func (c *Composer) identity(t ticket.Ticket, w *wordlist) (text, bool) {
	p := t.Requester()
	needs := false
	for _, r := range t.Requests {
		needs = needs || (!r.State.Closed() && r.Right.NeedsAddressControl())
	}
	switch {
	case p.Address.IsZero():
		return "no requester yet", needs
	case !p.Verified.IsZero():
		how := map[string]string{"dmarc": "the sender's mail server signed for it (DMARC)", "code": "the code was sent back from it"}[p.How]
		return line("the address is confirmed: "+orElse(how, p.How)+", "+string(c.at(p.Verified, w)), maxLine), false
	case t.Verification != nil && !t.Verification.LockedAt.IsZero():
		return line(fmt.Sprintf("not confirmed: %d wrong codes, codes are locked; check and use #verified", t.Verification.Wrong), maxLine), needs
	case t.Verification != nil:
		return line("not confirmed yet: a code was asked for, valid until "+string(c.at(t.Verification.ExpiresAt, w)), maxLine), needs
	case needs:
		return "not confirmed, and no code was asked for: check and use #verified", true
	}
	return "not confirmed; nothing that is asked for needs it", false
}

// requests lists what is asked for, each with its evidence, and the arithmetic of the dates.
func (c *Composer) requests(t ticket.Ticket, fresh []ticket.Evidence, w *wordlist) (out []requestView, proof []text) {
	type sheet struct{ rights, steps []string }
	var sheets []sheet // most tickets have one for all rights
	var steps []string
	for i, r := range t.Requests {
		if i == maxRows {
			break
		}
		v := requestView{Right: text(r.Right), Law: line(r.Law, 40), State: line(strings.ReplaceAll(string(r.State), "_", " "), 40),
			Due: c.day(r.Deadline.Legal, w), Target: c.day(r.Deadline.Target, w), Received: c.at(r.ReceivedAt, w)}
		evidence := r.Evidence
		for _, e := range fresh {
			if len(evidence) == 0 && e.Right == r.Right {
				v.Evidence = append(v.Evidence, evidenceView{line(e.Quote, maxLine), line(e.Rule, 80)})
			}
		}
		for _, e := range evidence {
			v.Evidence = append(v.Evidence, evidenceView{line(e.Quote, maxLine), line(e.Rule, 80)})
		}
		v.Evidence = v.Evidence[:min(len(v.Evidence), 4)]
		out = append(out, v)
		own := r.Sheet(c.config.Zone)
		j := slices.IndexFunc(sheets, func(s sheet) bool { return slices.Equal(s.steps, own) })
		switch {
		case j >= 0:
			sheets[j].rights = append(sheets[j].rights, string(r.Right))
		case len(own) > 0:
			sheets = append(sheets, sheet{[]string{string(r.Right)}, own})
		}
	}
	for _, s := range sheets {
		if len(sheets) > 1 {
			steps = append(steps, strings.Join(s.rights, ", ")+":")
		}
		steps = append(steps, s.steps...)
	}
	return out, bounded(steps, maxProof, maxFrame)
}

// sortingView is one mail of the sorting mail.
type sortingView struct {
	Number                      int
	Label, Received, From       text
	Subject, Words, Disposition text
}

// sorting lists every mail; the more there are, the less is said of each.
func (c *Composer) sorting(items []ticket.SortingItem, w *wordlist) []sortingView {
	var out []sortingView
	subject, begin := 160, 240
	if len(items) > 30 {
		subject, begin = 100, 0
	}
	for i, it := range items {
		out = append(out, sortingView{Number: i + 1, Label: line(it.Label, 20), Received: c.at(it.ReceivedAt, w), From: person(it.From),
			Subject: line(orElse(it.Subject, "(no subject)"), subject), Words: line(bound(it.Text, begin), 2*begin), Disposition: line(string(it.Disposition), 20)})
	}
	return out
}

func (c *Composer) at(t time.Time, w *wordlist) text {
	if t.IsZero() {
		return ""
	}
	return text(w.clock(t.In(c.config.Zone)))
}

func (c *Composer) day(t time.Time, w *wordlist) text {
	if t.IsZero() {
		return ""
	}
	return text(w.date(t.In(c.config.Zone)))
}

// person writes name and address; the address is never left out.
func person(a ticket.Address) text {
	name, address := string(line(a.Name, 100)), string(line(a.Address, maxLine))
	switch {
	case address == "":
		return text(name)
	case name == "":
		return text(address)
	}
	return text(name + " <" + address + ">")
}

func people(all []ticket.Address) text {
	var out []string
	for _, a := range all[:min(len(all), 5)] {
		out = append(out, string(person(a)))
	}
	return line(strings.Join(out, ", "), 2*maxLine)
}

// maxProof is how many steps of arithmetic are shown: several rights with several changes each.
const maxProof = 120

// texts makes a list of sentences, bounded as a whole. What does not fit is counted.
func texts(all []string) []text { return bounded(all, maxRows, maxList) }

func bounded(all []string, rows, left int) []text {
	var out []text
	for i, s := range all {
		t := line(s, 2*maxLine)
		if left -= len(t); left < 0 || i == rows {
			return append(out, text(fmt.Sprintf("and %d more", len(all)-i)))
		}
		out = append(out, t)
	}
	return out
}

// sentences is texts with a capital at the beginning of each.
func sentences(all []string) []text {
	out := texts(all)
	for i, t := range out {
		r, n := utf8.DecodeRuneInString(string(t))
		if r != utf8.RuneError {
			out[i] = text(string(unicode.ToUpper(r)) + string(t[n:]))
		}
	}
	return out
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// size writes a number of bytes for people.
func size(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", (n+1<<9)>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
