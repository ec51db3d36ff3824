package responder

import (
	"encoding/base64"
	"strings"
)

const encodedLine = 76 // most columns of an encoded line (RFC 2045 6.7 and 6.8)

// encoding picks the shorter of the two encodings that pass every server.
func encoding(s string) string {
	high := 0
	for i := range len(s) {
		if s[i] >= 0x80 {
			high++
		}
	}
	if high*6 > len(s) {
		return "base64"
	}
	return "quoted-printable"
}

// appendEncoded appends body, whose lines end in LF, in the encoding called name with its lines
// ending in CRLF.
func appendEncoded(to []byte, name, body string) []byte {
	body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	if name == "base64" {
		return appendBase64(to, strings.ReplaceAll(body, "\n", "\r\n"))
	}
	for {
		l, rest, found := strings.Cut(body, "\n")
		if to = appendQuoted(to, l); !found {
			return to
		}
		to, body = append(to, "\r\n"...), rest
	}
}

func appendBase64(to []byte, s string) []byte {
	const whole = encodedLine / 4 * 3
	for len(s) > whole {
		to = append(base64.StdEncoding.AppendEncode(to, []byte(s[:whole])), "\r\n"...)
		s = s[whole:]
	}
	return base64.StdEncoding.AppendEncode(to, []byte(s))
}

// appendQuoted writes one line in quoted-printable, byte for byte as mime/quotedprintable does,
// but without passing every line through three writers.
func appendQuoted(to []byte, l string) []byte {
	const digits = "0123456789ABCDEF"
	left := encodedLine - 1 // columns before the "=" of a soft line break
	for l != "" {
		if n := literals(l, left); n > 0 {
			to, l, left = append(to, l[:n]...), l[n:], left-n
			continue
		}
		if left < len("=20") {
			to, left = append(to, "=\r\n"...), encodedLine-1
			continue
		}
		to, l, left = append(to, '=', digits[l[0]>>4], digits[l[0]&0xf]), l[1:], left-3
	}
	return to
}

// literals counts the bytes that l begins with and that stand for themselves, up to most. A space
// at the end of a line does not: programs on the way take it off.
func literals(l string, most int) int {
	n := 0
	for n < min(len(l), most) && literal(l[n]) {
		n++
	}
	if n == len(l) && n > 0 && (l[n-1] == ' ' || l[n-1] == '\t') {
		n--
	}
	return n
}

func literal(b byte) bool { return b >= ' ' && b <= '~' && b != '=' || b == '\t' }
