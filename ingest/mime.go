package ingest

import (
	"bytes"
	"strings"

	"privacybot/ticket"
)

// tree collects what the walk over a mail's parts finds.
type tree struct {
	d           *damage
	parts       int
	textLeft    int
	attachments []ticket.Attachment
	attached    []attachedMail
	reports     []statusReport
	calendar    string // METHOD of a calendar part, "none" when it has none
	top         entity // the mail itself
	raw         string // its whole text

	keep     bool // the content of attachments is wanted
	fileLeft int
	files    []ticket.File
}

// attachedMail is a message/rfc822 or text/rfc822-headers part.
type attachedMail struct {
	entity  entity
	text    string
	headers bool // only the header was returned
}

// statusReport is a message/delivery-status, disposition-notification or feedback-report part.
type statusReport struct {
	kind string
	body []byte
}

// block is a stretch of the mail's text, in the forms the mail has it.
type block struct {
	plain, html       string
	hasPlain, hasHTML bool
}

// place says where in the mail a part stands.
type place struct {
	depth    int
	inMail   bool // inside an attached mail: its parts are not our attachments
	digest   bool // parts are mails unless they say otherwise
	siblings int  // parts beside it in a mixed
	first    bool
	related  bool // belongs to an HTML part
}

// walk reads one entity and everything below it.
func (t *tree) walk(e entity, at place) []block {
	t.parts++
	if t.parts > maxParts {
		t.d.note("too many parts, the rest is left out")
		return nil
	}
	kind, params := contentType(e, at)
	if at.depth > maxDepth {
		t.d.note("parts nested too deeply, the inner ones are left out")
		t.attach(e, kind, params, at)
		return nil
	}
	switch {
	case strings.HasPrefix(kind, "multipart/"):
		return t.walkMultipart(e, kind, params, at)
	case kind == "message/rfc822", kind == "message/global", kind == "message/news":
		t.walkAttached(e, kind, params, at)
		return nil
	case kind == "text/rfc822-headers", kind == "message/rfc822-headers", kind == "message/global-headers":
		body, _ := t.decode(e, maxHeaderBytes)
		if !at.inMail && len(t.attached) < 50 {
			t.attached = append(t.attached, attachedMail{entity: readEntity(body, true, &damage{}), headers: true})
		}
		return nil
	case isStatus(kind):
		if !at.inMail && len(t.reports) < 20 {
			body, _ := t.decode(e, 256<<10)
			t.reports = append(t.reports, statusReport{kind: kind, body: body})
		}
		return nil
	}
	return t.walkLeaf(e, kind, params, at)
}

func isStatus(kind string) bool {
	switch kind {
	case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
		"message/global-disposition-notification", "message/feedback-report":
		return true
	}
	return false
}

// contentType gives the media type, repaired.
func contentType(e entity, at place) (kind string, params map[string]string) {
	kind, params = parseMedia(e.header.Get("Content-Type"))
	switch kind {
	case "":
		if at.digest {
			return "message/rfc822", params
		}
		if !e.header.Has("Content-Type") && sniffBoundary(e.body[:min(len(e.body), 2000)]) != nil {
			return "multipart/mixed", params
		}
		return "text/plain", params
	case "text", "plain", "text/text", "plain/text", "txt", "text/plain/html", "text-plain":
		kind = "text/plain"
	case "html", "text/htm", "html/text", "text-html", "application/xhtml+xml", "text/xhtml":
		kind = "text/html"
	default:
		if !strings.Contains(kind, "/") {
			kind = "text/plain"
			if e.header.Has("Content-Disposition") || e.header.Get("Content-Transfer-Encoding") == "base64" {
				kind = "application/octet-stream"
			}
		}
	}
	return kind, params
}

func (t *tree) walkMultipart(e entity, kind string, params map[string]string, at place) []block {
	parts, ok := splitMultipart(e.body, params["boundary"], maxParts+1, t.d)
	if !ok {
		// Not a multipart after all: what is there is shown as text.
		return t.text(e, "text/plain", params, at)
	}
	if kind == "multipart/encrypted" {
		t.d.note("encrypted")
	}
	var alternatives, blocks []block
	for i, raw := range parts {
		child := readEntity(raw, false, t.d)
		sub := place{depth: at.depth + 1, inMail: at.inMail, digest: kind == "multipart/digest", siblings: len(parts), first: i == 0 && (at.first || at.depth == 0)}
		sub.related = at.related || kind == "multipart/related" && i > 0
		found := t.walk(child, sub)
		if kind == "multipart/alternative" {
			alternatives = append(alternatives, joinBlocks(found))
		} else {
			blocks = append(blocks, found...)
		}
		if t.parts > maxParts {
			break
		}
	}
	if kind == "multipart/alternative" {
		return []block{bestAlternative(alternatives)}
	}
	return blocks
}

// joinBlocks makes one block of several.
func joinBlocks(blocks []block) block {
	if len(blocks) == 1 {
		return blocks[0]
	}
	var all block
	for _, b := range blocks {
		if b.hasPlain {
			all.plain, all.hasPlain = joinText(all.plain, b.plain), true
		}
		if b.hasHTML {
			all.html, all.hasHTML = all.html+"\n"+b.html, true
		}
	}
	return all
}

func joinText(a, b string) string {
	if strings.TrimSpace(a) == "" {
		return b
	}
	if strings.TrimSpace(b) == "" {
		return a
	}
	return strings.TrimRight(a, "\n") + "\n\n" + b
}

// bestAlternative puts the plain and the HTML form of one text into one block: the first plain
// text and the last HTML that say something.
func bestAlternative(all []block) block {
	var best block
	for _, b := range all {
		if b.hasPlain && strings.TrimSpace(best.plain) == "" {
			best.plain, best.hasPlain = b.plain, true
		}
		if b.hasHTML && (strings.TrimSpace(b.html) != "" || !best.hasHTML) {
			best.html, best.hasHTML = b.html, true
		}
	}
	return best
}

// walkAttached reads an attached mail: listed as an attachment, its text kept as forwarded.
func (t *tree) walkAttached(e entity, kind string, params map[string]string, at place) {
	body, _ := t.decode(e, maxPartText)
	if len(body) == 0 {
		t.attach(e, kind, params, at)
		return
	}
	inner := readEntity(bytes.TrimLeft(body, "\r\n"), true, &damage{})
	t.attach(e, kind, params, at)
	if at.inMail && at.depth > 3 {
		return
	}
	text := t.choose(t.walk(inner, place{depth: at.depth + 1, inMail: true, first: true})).text
	if !at.inMail && len(t.attached) < 50 {
		t.attached = append(t.attached, attachedMail{entity: inner, text: text})
	}
}

func (t *tree) walkLeaf(e entity, kind string, params map[string]string, at place) []block {
	disposition, dparams := parseMedia(e.header.Get("Content-Disposition"))
	named := params["name"] != "" || dparams["filename"] != ""
	switch {
	case kind == "text/calendar" || kind == "application/ics":
		t.noteCalendar(e, params)
	case disposition == "attachment" && !(at.depth == 0 && kind == "text/plain" && !named):
	case kind == "text/plain" || kind == "text/html" || kind == "text/enriched" || kind == "text/richtext":
		// A named text beside others is an attached file; alone or first it is the message.
		if !at.related && (!named || at.first || at.siblings <= 1) {
			return t.text(e, kind, params, at)
		}
	case kind == "application/pkcs7-mime" || kind == "application/x-pkcs7-mime":
		if inner, ok := signedContent(e, params, t.d); ok && at.depth < maxDepth {
			return t.walk(readEntity(inner, false, t.d), place{depth: at.depth + 1, inMail: at.inMail, first: true})
		}
		t.d.note("encrypted")
	case isTNEF(kind, params, dparams):
		t.d.note("content packed as winmail.dat")
		body, _ := t.decode(e, maxPartText)
		if text := tnefText(body); text != "" && at.depth <= 1 {
			t.attach(e, kind, params, at)
			return []block{{plain: text, hasPlain: true}}
		}
	}
	t.attach(e, kind, params, at)
	return nil
}

// text decodes a text part.
func (t *tree) text(e entity, kind string, params map[string]string, at place) []block {
	limit := min(maxPartText, t.textLeft)
	body, size := t.decode(e, limit)
	if size > len(body) {
		t.d.note("text too long, the rest of it is left out")
	}
	t.textLeft -= len(body)
	if kind == "text/html" && params["charset"] == "" {
		params = map[string]string{"charset": metaCharset(body)}
	}
	s := decodeCharset(body, params["charset"], t.d)
	switch kind {
	case "text/html":
		return []block{{html: s, hasHTML: true}}
	case "text/enriched", "text/richtext":
		s = stripEnriched(s)
	default:
		if !e.header.Has("Content-Type") && looksHTML(s) {
			return []block{{html: s, hasHTML: true}}
		}
		s = strings.ReplaceAll(s, "\r\n", "\n")
		if strings.EqualFold(params["format"], "flowed") {
			s = unflow(s, strings.EqualFold(params["delsp"], "yes"))
		}
		s = t.unarmor(s)
	}
	return []block{{plain: s, hasPlain: true}}
}

func (t *tree) decode(e entity, limit int) (body []byte, size int) {
	return decodeTransfer(e.body, transferName(e.header.Get("Content-Transfer-Encoding"), t.d), limit, t.d)
}

// attach lists a part as an attachment. Its content is only counted.
func (t *tree) attach(e entity, kind string, params map[string]string, at place) {
	if at.inMail || len(t.attachments) >= maxAttachments {
		return
	}
	_, dparams := parseMedia(e.header.Get("Content-Disposition"))
	name := dparams["filename"]
	if name == "" {
		name = params["name"]
	}
	size := len(e.body)
	if transferName(e.header.Get("Content-Transfer-Encoding"), t.d) == "base64" {
		_, size = decodeBase64(e.body, 0, &damage{})
	}
	disposition, _ := parseMedia(e.header.Get("Content-Disposition"))
	a := ticket.Attachment{Name: attachmentName(name, t.d), Type: cut(cleanLine(kind, &damage{}), 127), Size: size,
		Inline: at.related && disposition != "attachment"}
	t.attachments = append(t.attachments, a)
	t.file(a, e)
}

func (t *tree) noteCalendar(e entity, params map[string]string) {
	method := strings.ToUpper(params["method"])
	if method == "" {
		body, _ := t.decode(e, 4096)
		if _, after, ok := strings.Cut(strings.ToUpper(string(body)), "METHOD:"); ok {
			method = strings.TrimSpace(cut(strings.SplitN(after, "\n", 2)[0], 20))
		}
	}
	if method == "" {
		method = "none"
	}
	t.calendar = method
}

// looksHTML recognises HTML in a mail that does not say what it is.
func looksHTML(s string) bool {
	head := strings.ToLower(strings.TrimSpace(cut(s, 500)))
	return strings.HasPrefix(head, "<html") || strings.HasPrefix(head, "<!doctype html")
}
