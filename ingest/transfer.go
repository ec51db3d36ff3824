package ingest

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// decodeTransfer undoes a content transfer encoding and gives at most limit bytes, with the size
// that all of it would have. It is lenient: letters outside the base64 alphabet are skipped, broken
// quoted-printable escapes stay as they are, unknown encodings are taken as plain (CASES A59).
func decodeTransfer(body []byte, encoding string, limit int, d *damage) (out []byte, size int) {
	switch encoding {
	case "base64":
		return decodeBase64(body, limit, d)
	case "quoted-printable":
		return decodeQP(body, limit, d)
	}
	if len(body) > limit {
		return body[:limit], len(body)
	}
	return body, len(body)
}

// transferName gives the encoding in lower case, "" for none.
func transferName(value string, d *damage) string {
	name := strings.ToLower(strings.Trim(strings.TrimSpace(value), "\"';:,"))
	if i := strings.IndexAny(name, " ;\t("); i > 0 {
		name = name[:i]
	}
	switch name {
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "7bits", "8bits":
		return ""
	case "base64", "base-64", "b", "base_64":
		return "base64"
	case "quoted-printable", "quoted_printable", "quotedprintable", "quoted-printable7bit", "q", "qp":
		return "quoted-printable"
	}
	d.note("unknown transfer encoding, text taken as it is")
	return ""
}

// decodeBase64 decodes line by line; what a strict decoder refuses is read letter by letter. Beyond
// limit the bytes are only counted.
func decodeBase64(body []byte, limit int, d *damage) ([]byte, int) {
	b := base64Reader{limit: limit}
	if limit > 0 {
		b.out = make([]byte, 0, min(limit, len(body)*3/4+3))
	}
	for len(body) > 0 {
		var line []byte
		line, body = nextLine(body)
		switch {
		case len(b.out) >= limit:
			b.count(line)
		case b.n == 0 && len(line)%4 == 0 && len(line) <= 1<<16 && b.whole(line):
		default:
			b.letters(line)
		}
	}
	b.put()
	if b.garbage {
		d.note("broken base64")
	}
	return b.out, b.size + b.counted*3/4
}

// base64Reader is the state of a lenient decoder.
type base64Reader struct {
	out     []byte
	limit   int
	size    int // decoded bytes
	counted int // letters counted, not decoded
	quad    [4]byte
	n       int // letters in quad
	garbage bool
}

// whole decodes a line that is well formed.
func (b *base64Reader) whole(line []byte) bool {
	n := len(b.out)
	if n+len(line)*3/4 > b.limit {
		return false
	}
	b.out = append(b.out, make([]byte, len(line)/4*3)...)
	m, err := base64.StdEncoding.Decode(b.out[n:], line)
	if err != nil {
		b.out = b.out[:n]
		return false
	}
	b.out = b.out[:n+m]
	b.size += m
	return true
}

func (b *base64Reader) count(line []byte) {
	b.counted += b.n
	b.n = 0
	for _, c := range line {
		if isBase64(c) {
			b.counted++
		}
	}
}

// letters decodes whatever belongs to the alphabet.
func (b *base64Reader) letters(line []byte) {
	for _, c := range line {
		switch {
		case isBase64(c):
			b.quad[b.n] = c
			if b.n++; b.n == 4 {
				b.put()
			}
		case c == '=':
			b.put() // padding also ends a chunk in the middle: several encoders in a row
		case c != ' ' && c != '\t':
			b.garbage = true
		}
	}
}

// put decodes the letters collected so far.
func (b *base64Reader) put() {
	var three [3]byte
	m, _ := base64.RawStdEncoding.Decode(three[:], b.quad[:b.n])
	b.n = 0
	b.size += m
	if len(b.out)+m <= b.limit {
		b.out = append(b.out, three[:m]...)
	}
}

func decodeQP(body []byte, limit int, d *damage) ([]byte, int) {
	if limit <= 0 {
		return nil, len(body)
	}
	broken := false
	out := make([]byte, 0, min(limit, len(body)))
	rest := body
	for len(rest) > 0 && len(out) < limit {
		i := bytes.IndexByte(rest, '\n')
		line, eol := rest, false
		if i >= 0 {
			line, eol = rest[:i], true
			rest = rest[i+1:]
		} else {
			rest = nil
		}
		line = bytes.TrimRight(line, " \t\r")
		soft := len(line) > 0 && line[len(line)-1] == '='
		if soft {
			line = line[:len(line)-1]
		}
		out, broken = appendQP(out, line, broken)
		if eol && !soft {
			out = append(out, '\n')
		}
	}
	if broken {
		d.note("broken quoted-printable")
	}
	size := len(out)
	if len(out) > limit {
		out = out[:limit]
	}
	return out, size + len(rest)
}

func appendQP(out, line []byte, broken bool) ([]byte, bool) {
	for i := 0; i < len(line); i++ {
		if line[i] != '=' {
			out = append(out, line[i])
			continue
		}
		if i+2 < len(line) {
			hi, ok1 := unhex(line[i+1])
			lo, ok2 := unhex(line[i+2])
			if ok1 && ok2 {
				out = append(out, hi<<4|lo)
				i += 2
				continue
			}
		}
		broken = true
		out = append(out, '=')
	}
	return out, broken
}

func unhex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}
