package ingest

import (
	"bytes"
	"strings"

	"github.com/emersion/go-message"
)

// entity is one header block with its undecoded body: the mail itself, a part, or an attached mail.
type entity struct {
	header message.Header
	body   []byte
	fields int // header fields found
}

// readEntity splits raw into header and body and repairs the header block on the way: byte order
// mark, leading empty lines, mbox "From " lines, lines that are no fields, bare CR or LF.
// go-message's own reader refuses a whole mail for one such line (STACK.md section 5).
func readEntity(raw []byte, top bool, d *damage) entity {
	if top {
		raw = trimStart(raw, d)
	}
	raw = bareCR(raw)
	var (
		fields []field
		rest   = raw
		broken bool
	)
	for len(rest) > 0 {
		line, next := nextLine(rest)
		if len(line) == 0 {
			rest = next
			break
		}
		if len(raw)-len(rest) > maxHeaderBytes || len(fields) >= maxHeaderFields {
			d.note("header block too large, the rest of it is left out")
			rest = skipHeader(rest)
			break
		}
		switch name, value, ok := splitField(line); {
		case isSpace(line[0]) && len(fields) > 0:
			if isBlank(line) && !continues(next) {
				return finishEntity(fields, next, top, d)
			}
			fields[len(fields)-1].add(line)
		case ok:
			fields = append(fields, field{name: name, value: value})
		case isMboxFrom(line):
			broken = broken || len(fields) > 0
		case len(fields) == 0 && !headerAhead(next, 1), !headerAhead(next, 20):
			// Not a header any more: the empty line before the body is missing.
			if len(fields) > 0 {
				d.note("no empty line between header and body")
			}
			return finishEntity(fields, rest, top, d)
		default:
			broken = true
			if len(fields) > 0 {
				fields[len(fields)-1].add(line)
			}
		}
		rest = next
	}
	if broken {
		d.note("broken header line")
	}
	return finishEntity(fields, rest, top, d)
}

// field is a header field before it becomes go-message's. The value keeps its raw bytes.
type field struct {
	name  string
	value []byte
	owned bool // value is our copy and may grow
}

func (f *field) add(line []byte) {
	if len(f.value) > maxFieldBytes {
		return
	}
	if !f.owned {
		f.value, f.owned = append(make([]byte, 0, 2*len(f.value)+len(line)+1), f.value...), true
	}
	f.value = append(append(f.value, ' '), bytes.TrimSpace(line)...)
}

func finishEntity(fields []field, body []byte, top bool, d *damage) entity {
	e := entity{body: body, fields: len(fields)}
	for i := len(fields) - 1; i >= 0; i-- { // Add puts a field in front
		v := fields[i].value
		if len(v) > maxFieldBytes {
			d.note("header field too long, cut")
			v = v[:maxFieldBytes]
		}
		e.header.Add(fields[i].name, string(v))
	}
	if top && len(fields) == 0 {
		d.note("no header")
	}
	return e
}

func trimStart(raw []byte, d *damage) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	trimmed := bytes.TrimLeft(raw, "\r\n")
	if len(trimmed) != len(raw) {
		if line, _ := nextLine(trimmed); isMboxFrom(line) || headerAhead(trimmed, 1) {
			d.note("empty lines before the header")
			return trimmed
		}
	}
	return raw
}

// bareCR turns CR line ends into LF where the text knows no LF at all (old Macintosh exports).
func bareCR(raw []byte) []byte {
	head := raw[:min(len(raw), 64<<10)]
	if bytes.IndexByte(head, '\n') >= 0 || bytes.IndexByte(head, '\r') < 0 {
		return raw
	}
	return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
}

// nextLine cuts the first line off b, without its line end (LF, CRLF or CRCRLF).
func nextLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimRight(b, "\r"), nil
	}
	return bytes.TrimRight(b[:i], "\r"), b[i+1:]
}

// splitField reads "Name: value". Blanks before the colon are tolerated.
func splitField(line []byte) (name string, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 80 {
		return "", nil, false
	}
	n := bytes.TrimRight(line[:i], " \t")
	if len(n) == 0 {
		return "", nil, false
	}
	for _, c := range n {
		if c <= ' ' || c >= 0x7f {
			return "", nil, false
		}
	}
	return string(n), bytes.TrimSpace(line[i+1:]), true
}

// knownFields are names that make a line a header line beyond doubt.
var knownFields = map[string]bool{
	"from": true, "to": true, "cc": true, "bcc": true, "subject": true, "date": true, "message-id": true,
	"received": true, "return-path": true, "reply-to": true, "sender": true, "mime-version": true,
	"content-type": true, "content-transfer-encoding": true, "content-disposition": true, "content-id": true,
	"content-description": true, "content-language": true, "in-reply-to": true, "references": true,
	"delivered-to": true, "envelope-to": true, "authentication-results": true, "dkim-signature": true,
	"received-spf": true, "auto-submitted": true, "precedence": true, "list-id": true,
	"list-unsubscribe": true, "list-post": true, "user-agent": true, "thread-index": true, "thread-topic": true,
	"importance": true, "priority": true, "organization": true, "status": true, "errors-to": true, "lines": true,
}

// headerAhead reports whether one of the next lines, before an empty one, is surely a header field.
func headerAhead(b []byte, lines int) bool {
	for range lines {
		line, rest := nextLine(b)
		if len(line) == 0 {
			return false
		}
		if name, _, ok := splitField(line); ok {
			low := strings.ToLower(name)
			if knownFields[low] || strings.HasPrefix(low, "x-") || strings.HasPrefix(low, "arc-") {
				return true
			}
		}
		b = rest
	}
	return false
}

func isMboxFrom(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}

// continues reports whether the header goes on after a line of blanks.
func continues(b []byte) bool {
	line, _ := nextLine(b)
	if len(line) == 0 {
		return false
	}
	return headerAhead(b, 1) || isSpace(line[0]) && !isBlank(line) && headerAhead(b, 10)
}

func skipHeader(b []byte) []byte {
	for len(b) > 0 {
		line, rest := nextLine(b)
		b = rest
		if len(line) == 0 {
			break
		}
	}
	return b
}

func isSpace(c byte) bool      { return c == ' ' || c == '\t' }
func isBlank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }
