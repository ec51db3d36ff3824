package ingest

import (
	"bytes"
	"regexp"
	"strings"

	"privacybot/ticket"
)

var (
	enhancedCode = regexp.MustCompile(`\b[245]\.[0-9]{1,3}\.[0-9]{1,3}\b`)
	replyCode    = regexp.MustCompile(`(?:^|[\s(:#\[<"'-])[45][0-57][0-9][ -]`)
	bareAddress  = regexp.MustCompile(`[A-Za-z0-9_.+=&%~!#$'*/?^{|}-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}\.[A-Za-z0-9-]{2,}`)
	textID       = regexp.MustCompile(`(?im)^[> \t|]*message-id:\s*<([^<>\s]{1,250})>`)
)

// fillReport says which letter a bounce or receipt is about, as far as it tells: from the
// machine-readable part, from the returned mail, from the text.
func (f *facts) fillReport() *ticket.Report {
	r := &ticket.Report{}
	if s := f.statusReport("delivery-status"); s != nil {
		readDeliveryStatus(s.body, r)
	}
	if s := f.statusReport("disposition"); s != nil {
		readDisposition(s.body, r)
	}
	if s := f.statusReport("feedback"); s != nil {
		readDisposition(s.body, r)
	}
	f.readReturned(r)
	if f.msg.Automatic == ticket.Bounce {
		f.readBounceText(r)
	}
	r.Diagnostic = cut(cleanLine(r.Diagnostic, &damage{}), 300)
	return r
}

// readDeliveryStatus reads the fields of RFC 3464. Of several recipients the first that failed
// counts, otherwise the first.
func readDeliveryStatus(body []byte, r *ticket.Report) {
	groups := fieldGroups(body)
	var best map[string]string
	for _, g := range groups {
		if id := g["original-message-id"]; id != "" && r.OriginalMessageID == "" {
			r.OriginalMessageID = messageID(id)
		}
		if g["final-recipient"] == "" && g["original-recipient"] == "" && g["action"] == "" && g["status"] == "" {
			continue
		}
		if best == nil || firstWord(g["action"]) == "failed" && firstWord(best["action"]) != "failed" {
			best = g
		}
	}
	if best == nil {
		return
	}
	r.Recipient = typedAddress(best["original-recipient"])
	if r.Recipient == "" {
		r.Recipient = typedAddress(best["final-recipient"])
	}
	r.Action = firstWord(best["action"])
	switch r.Action {
	case "failed", "delayed", "delivered", "relayed", "expanded":
	case "failure", "fail", "error":
		r.Action = "failed"
	default:
		r.Action = ""
	}
	r.Status = enhancedCode.FindString(best["status"])
	_, text, ok := strings.Cut(best["diagnostic-code"], ";")
	if !ok {
		text = best["diagnostic-code"]
	}
	r.Diagnostic = text
	if r.Status == "" || strings.HasSuffix(r.Status, ".0.0") {
		if m := enhancedCode.FindString(text); m != "" {
			r.Status = m
		}
	}
	if r.Action == "" && strings.HasPrefix(r.Status, "4") {
		r.Action = "delayed"
	}
	if r.Action == "" && strings.HasPrefix(r.Status, "5") {
		r.Action = "failed"
	}
}

// readDisposition reads the fields of RFC 8098 and RFC 5965.
func readDisposition(body []byte, r *ticket.Report) {
	for _, g := range fieldGroups(body) {
		if r.OriginalMessageID == "" {
			r.OriginalMessageID = messageID(g["original-message-id"])
		}
		for _, name := range []string{"original-recipient", "final-recipient", "original-rcpt-to", "removal-recipient"} {
			if r.Recipient == "" {
				r.Recipient = typedAddress(g[name])
			}
		}
		if d := g["disposition"]; d != "" && r.Diagnostic == "" {
			r.Diagnostic = d
		}
		if d := g["feedback-type"]; d != "" && r.Diagnostic == "" {
			r.Diagnostic = "feedback " + d
		}
	}
}

// fieldGroups splits a report body into its blank line separated groups of fields; names are in
// lower case, the first of a name counts.
func fieldGroups(body []byte) []map[string]string {
	var groups []map[string]string
	var now map[string]string
	last := ""
	for rest := bytes.TrimLeft(body, "\r\n"); len(rest) > 0 && len(groups) < 200; {
		var line []byte
		line, rest = nextLine(rest)
		if isBlank(line) {
			now = nil
			continue
		}
		if now == nil {
			now = map[string]string{}
			groups = append(groups, now)
		}
		if isSpace(line[0]) && last != "" {
			if len(now[last]) < 4000 {
				now[last] += " " + string(bytes.TrimSpace(line))
			}
			continue
		}
		name, value, ok := splitField(line)
		if !ok {
			continue
		}
		last = strings.ToLower(name)
		if _, seen := now[last]; !seen {
			now[last] = string(value)
		}
	}
	return groups
}

// typedAddress reads "rfc822; jane@example.com".
func typedAddress(v string) string {
	if _, after, ok := strings.Cut(v, ";"); ok {
		v = after
	}
	v = strings.Trim(strings.TrimSpace(v), "<>")
	if a, ok := validAddress(v); ok {
		return a
	}
	return firstAddress(v)
}

func firstAddress(s string) string {
	if a, ok := validAddress(strings.TrimRight(bareAddress.FindString(s), ".")); ok {
		return a
	}
	return ""
}

func firstWord(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.IndexAny(s, " \t(;"); i >= 0 {
		s = s[:i]
	}
	return s
}

// readReturned takes the original's Message-ID from the returned mail or header.
func (f *facts) readReturned(r *ticket.Report) {
	for _, a := range f.tree.attached {
		if id := messageID(a.entity.header.Get("Message-Id")); id != "" && r.OriginalMessageID == "" {
			r.OriginalMessageID = id
		}
		if r.Recipient == "" && f.msg.Automatic == ticket.Bounce {
			if to := parseAddresses(a.entity.header.Get("To"), &damage{}); len(to) == 1 {
				r.Recipient = to[0].Address
			}
		}
	}
	if r.OriginalMessageID == "" {
		if m := textID.FindStringSubmatch(f.tree.raw); m != nil {
			r.OriginalMessageID = messageID(m[1])
		}
	}
	if r.OriginalMessageID == "" && len(f.msg.InReplyTo) > 0 {
		r.OriginalMessageID = f.msg.InReplyTo[0]
	}
}

// readBounceText fills what the machine-readable part left open from the words for people.
func (f *facts) readBounceText(r *ticket.Report) {
	text := cut(f.tree.raw, 16<<10)
	if r.Recipient == "" {
		r.Recipient = firstOf(f.header("X-Failed-Recipients"))
	}
	if r.Recipient == "" {
		r.Recipient = f.recipientInText(text)
	}
	if r.Status == "" {
		r.Status = enhancedCode.FindString(text)
	}
	if r.Diagnostic == "" {
		for _, l := range strings.Split(text, "\n") {
			if smtpCode(" "+l+" ") != "" {
				r.Diagnostic = strings.TrimSpace(l)
				break
			}
		}
	}
	if r.Action == "" {
		r.Action = "failed"
		if containsAny(f.text, delayPhrases) || containsAny(f.rawSubj, delayPhrases) || strings.HasPrefix(r.Status, "4.") {
			r.Action = "delayed"
		}
	}
}

func firstOf(list string) string {
	if found := parseAddresses(list, &damage{}); len(found) > 0 {
		return found[0].Address
	}
	return ""
}

// recipientInText finds the first address that is neither ours nor the reporter's.
func (f *facts) recipientInText(text string) string {
	for _, found := range bareAddress.FindAllString(text, 20) {
		a, ok := validAddress(strings.TrimRight(found, "."))
		if !ok || f.isOwn(a) || strings.EqualFold(a, f.msg.From.Address) || robotLocal(strings.ToLower(a[:strings.LastIndexByte(a, '@')])) {
			continue
		}
		mine := false
		for _, to := range f.msg.To {
			mine = mine || strings.EqualFold(to.Address, a)
		}
		if !mine {
			return a
		}
	}
	return ""
}
