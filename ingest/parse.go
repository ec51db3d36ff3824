package ingest

import (
	"strings"
	"unicode"

	"privacybot/ticket"
)

// Options are what the operator knows about his own border.
type Options struct {
	// AuthservID is the name under which the operator's border server writes
	// Authentication-Results; no other such field counts. "" trusts none (CASES A10).
	AuthservID string
	// OwnLists are List-Id values that the operator's own group or alias stamps on every mail.
	// They say nothing about the sender and do not mute the bot.
	OwnLists []string
	// OwnAddresses are our own addresses, to recognise loops (CASES A33, B29).
	OwnAddresses []string
	// LookupTXT finds DKIM keys for our own check; nil makes none. Time-outs must be errors whose
	// Temporary method says so, otherwise they count as missing keys.
	LookupTXT func(domain string) ([]string, error)
}

// Parse reads one mail. It never fails and never panics; what could not be read is in Damage.
func Parse(raw []byte, o Options) (m ticket.Message) {
	var d damage
	defer func() {
		if recover() != nil {
			d.note("the parser failed on this mail")
		}
		if m.Automatic == "" {
			m.Automatic = ticket.NotAutomatic
		}
		m.Damage = d
	}()
	if len(raw) == 0 {
		d.note("empty mail")
	}
	top := readEntity(raw, true, &d)
	readHeader(&m, top, &d)
	t := &tree{d: &d, top: top, textLeft: maxTotalText}
	body := t.choose(t.walk(top, place{first: true}))
	fillBody(&m, t, body)
	judge(gather(&m, t, o))
	if m.Automatic == ticket.Bounce || m.Automatic == ticket.Receipt {
		m.Forwarded = "" // what a report returns is our own letter
	}
	m.Program = program(&m, top)
	m.Original = original(&m, t)
	m.Authentication = authenticate(top, raw, &m, o)
	return m
}

// program names the program that wrote the mail, as far as the mail says: its own name without the
// version, and the domain under which it makes Message-IDs.
func program(m *ticket.Message, top entity) string {
	name := top.header.Get("User-Agent")
	if name == "" {
		name = top.header.Get("X-Mailer")
	}
	name = strings.TrimFunc(cut(cleanLine(name, &damage{}), 60), func(r rune) bool { return !unicode.IsLetter(r) })
	name, _, _ = strings.Cut(name, "/")
	_, domain, _ := strings.Cut(m.MessageID, "@")
	if labels := strings.Split(domain, "."); len(labels) > 2 {
		domain = strings.Join(labels[len(labels)-2:], ".") // a program behind several servers is one program
	}
	return strings.ToLower(name + " " + domain)
}

// readHeader fills what the header says.
func readHeader(m *ticket.Message, top entity, d *damage) {
	h := top.header
	m.MessageID = messageID(h.Get("Message-Id"))
	if m.MessageID == "" && strings.TrimSpace(h.Get("Message-Id")) != "" {
		d.note("invalid Message-ID")
	}
	m.InReplyTo = messageIDs(h.Values("In-Reply-To"))
	m.References = messageIDs(h.Values("References"))
	m.Subject = cut(cleanLine(decodeWords(h.Get("Subject"), d), d), maxSubjectBytes)
	if date := h.Get("Date"); date != "" {
		if m.Date = parseDate(date); m.Date.IsZero() {
			d.note("unreadable date")
		}
	}
	readAuthors(m, h.Values("From"), d)
	m.ReplyTo = addresses(h.Values("Reply-To"), d)
	m.To = addresses(h.Values("To"), d)
	m.Cc = addresses(h.Values("Cc"), d)
	for _, field := range []string{"Delivered-To", "X-Original-To", "Envelope-To"} {
		for _, a := range addresses(h.Values(field), &damage{}) {
			m.DeliveredTo = append(m.DeliveredTo, a.Address)
		}
	}
	if h.Has("Return-Path") {
		v := strings.TrimSpace(h.Get("Return-Path"))
		m.NullSender = v == "<>" || v == "" || strings.EqualFold(v, "<MAILER-DAEMON>")
		if found := parseAddresses(v, &damage{}); len(found) > 0 {
			m.ReturnPath = found[0].Address
		}
	}
}

// readAuthors sets From to the first valid author and counts the distinct ones (CASES A12).
func readAuthors(m *ticket.Message, fields []string, d *damage) {
	seen := map[string]bool{}
	for _, v := range fields {
		for _, a := range parseAddresses(v, d) {
			if m.From.IsZero() {
				m.From = a
			}
			seen[a.Key()] = true
		}
	}
	m.Authors = len(seen)
	if len(fields) > 1 {
		d.note("several From fields")
	}
	if m.From.IsZero() {
		d.note("no valid author")
		if len(fields) > 0 {
			m.From.Name = cut(cleanLine(displayName(fields[0], d), d), maxNameBytes)
		}
	}
}

func addresses(fields []string, d *damage) []ticket.Address {
	var out []ticket.Address
	for _, v := range fields {
		for _, a := range parseAddresses(v, d) {
			if len(out) < maxAddresses {
				out = append(out, a)
			}
		}
	}
	return out
}

// fillBody sets the texts and attachments.
func fillBody(m *ticket.Message, t *tree, body chosen) {
	parts := splitSubject(m.Subject)
	w := newText(searchable(body.text, t.d), shape{subject: parts, reply: len(m.InReplyTo) > 0 || len(m.References) > 0})
	m.NewText = strings.TrimSpace(stripMarks(w.text))
	m.Text = strings.TrimSpace(stripMarks(body.text))
	m.Forwarded = strings.TrimSpace(stripMarks(w.forwarded))
	for _, a := range t.attached {
		if !a.headers && strings.TrimSpace(a.text) != "" {
			m.Forwarded = joinText(m.Forwarded, strings.TrimSpace(stripMarks(a.text)))
		}
	}
	m.HiddenText = strings.TrimSpace(body.hidden)
	m.TextDiffers = body.differs
	m.Attachments = t.attachments
	t.raw = m.Text
}

// searchable is the front of a very long text. Nobody writes that much by hand.
func searchable(text string, d *damage) string {
	if len(text) <= maxNewText && strings.Count(text, "\n") <= maxNewLines {
		return text
	}
	d.note("very long text, only its beginning counts as new")
	text = cut(text, maxNewText)
	for i, n := 0, 0; i < len(text); i++ {
		if text[i] == '\n' {
			if n++; n > maxNewLines {
				return text[:i]
			}
		}
	}
	return text
}

// stripMarks removes the lines by which the HTML reader marks the beginning of a quote.
func stripMarks(s string) string {
	if !strings.Contains(s, quoteStart) {
		return s
	}
	s = strings.ReplaceAll(s, quoteStart+"\n", "")
	return strings.ReplaceAll(s, quoteStart, "")
}

// gather prepares what the rules about automatic mail look at.
func gather(m *ticket.Message, t *tree, o Options) *facts {
	h := t.top.header
	f := &facts{msg: m, opts: o, tree: t, header: h.Get, has: h.Has}
	kind, params := parseMedia(h.Get("Content-Type"))
	f.kind, f.report = kind, strings.ToLower(params["report-type"])
	if i := strings.LastIndexByte(m.From.Address, '@'); i > 0 {
		f.local = strings.ToLower(m.From.Address[:i])
	} else if raw := strings.ToLower(h.Get("From")); strings.Contains(raw, "mailer-daemon") || strings.Contains(raw, "postmaster") {
		f.local = "mailer-daemon" // "From: MAILER-DAEMON" without any domain
	}
	f.name = strings.ToLower(m.From.Name)
	f.rawSubj = strings.ToLower(m.Subject)
	f.parts = splitSubject(m.Subject)
	f.subject = f.parts.base
	f.text = strings.ToLower(cut(m.Text, 16<<10))
	f.own = strings.ToLower(cut(m.NewText, 8<<10))
	f.fromHead = cut(f.text, 400)
	f.isReply = len(m.InReplyTo) > 0 || len(m.References) > 0
	f.autoSub = autoSubmitted(h.Values("Auto-Submitted"))
	f.preced = precedence(h.Get("Precedence"), h.Get("X-Precedence"), h.Get("Preference"))
	return f
}

// autoSubmitted gives the keyword of Auto-Submitted, "" for none or "no" (RFC 3834 section 5;
// parameters and comments are ignored, CASES B1 and B2).
func autoSubmitted(values []string) string {
	for _, v := range values {
		v = strings.ToLower(strings.TrimSpace(dropComments(v)))
		if i := strings.IndexAny(v, "; \t"); i >= 0 {
			v = v[:i]
		}
		if v != "" && v != "no" {
			return v
		}
	}
	return ""
}

func precedence(values ...string) string {
	for _, v := range values {
		switch v = strings.ToLower(strings.TrimSpace(v)); v {
		case "bulk", "junk", "list", "auto_reply", "auto-reply", "autoreply":
			return v
		}
	}
	return ""
}
