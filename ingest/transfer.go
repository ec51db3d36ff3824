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

func decodeBase64(body []byte, limit int, d *damage) ([]byte, int) {
	var (
		garbage bool
		size    int
		quad    [4]byte
		n       int
		out     []byte
	)
	if limit > 0 {
		out = make([]byte, 0, min(limit, len(body)*3/4+3))
	}
	put := func(k int) { // decode the k characters in quad
		var three [3]byte
		m, _ := base64.RawStdEncoding.Decode(three[:], quad[:k])
		size += m
		if len(out)+m <= limit {
			out = append(out, three[:m]...)
		}
		n = 0
	}
	for _, c := range body {
		switch {
		case isBase64(c):
			quad[n] = c
			if n++; n == 4 {
				put(4)
			}
		case c == '=':
			if n > 1 { // padding also ends a chunk in the middle: several encoders in a row
				put(n)
			}
			n = 0
		case c == '\n' || c == '\r' || c == ' ' || c == '\t':
		case c == '-' && n == 0: // a part's boundary that nobody recognised, or PEM lines
			garbage = true
		default:
			garbage = true
		}
	}
	if n > 1 {
		put(n)
	}
	if garbage {
		d.note("broken base64")
	}
	return out, size
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
