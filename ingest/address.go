package ingest

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"privacybot/ticket"
)

// parseAddresses reads the addresses of a header value. It splits by itself, because real fields
// have bare commas, dots and brackets in names and forget the angle brackets; what it finds must
// then pass validAddress.
func parseAddresses(raw string, d *damage) []ticket.Address {
	raw = unfold(raw)
	if len(raw) > maxFieldBytes/2 {
		raw = raw[:maxFieldBytes/2]
		d.note("address list too long, cut")
	}
	if strings.Contains(raw, "=?") && (!strings.Contains(raw, "@") || oneWord(raw)) {
		raw = decodeWords(raw, d) // some programs encode the address along with the name
	}
	if strings.Contains(raw, "[mailto:") {
		raw = strings.NewReplacer("[mailto:", "<", "]", ">").Replace(raw)
	}
	var (
		out  []ticket.Address
		name string // words without an address: the front of a name with a comma in it
	)
	for rest := raw; rest != ""; {
		var piece mailbox
		piece, rest = nextMailbox(rest)
		if piece.address == "" {
			if piece.sep == ',' && strings.TrimSpace(piece.name) != "" {
				name = strings.TrimSpace(name + piece.name + ", ")
				continue
			}
			name = ""
			continue
		}
		a, ok := validAddress(piece.address)
		if ok {
			full := piece.name
			if name != "" && piece.angle {
				full = name + " " + full
			}
			out = append(out, ticket.Address{Name: displayName(full, d), Address: a})
		} else {
			d.note("invalid address")
		}
		name = ""
		if len(out) >= maxAddresses {
			if strings.Contains(rest, "@") {
				d.note("too many addresses, the rest is left out")
			}
			break
		}
	}
	return out
}

// oneWord reports whether a value is a single encoded word and nothing else.
func oneWord(raw string) bool {
	s := strings.TrimSpace(raw)
	return strings.HasPrefix(s, "=?") && strings.HasSuffix(s, "?=") && strings.Count(s, "=?") == 1 && !strings.ContainsAny(s, " \t")
}

// mailbox is one comma separated piece of an address list, unchecked.
type mailbox struct {
	name, address string
	angle         bool
	sep           byte
}

// nextMailbox cuts the first piece off s, up to a comma or semicolon outside quotes, comments and
// angle brackets.
func nextMailbox(s string) (m mailbox, rest string) {
	var quote, angle bool
	var depth int
	start, end := -1, -1 // of the last <…>
	i := 0
scan:
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quote || depth > 0):
			i++
		case c == '"' && depth == 0:
			// An opening quote without a partner is a letter like any other.
			if quote || strings.IndexByte(s[i+1:min(len(s), i+2000)], '"') >= 0 {
				quote = !quote
			}
		case quote:
		case c == '(' && !angle:
			if depth > 0 || strings.IndexByte(s[i:min(len(s), i+2000)], ')') >= 0 {
				depth++
			}
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle, start, end = true, i, -1
		case c == '>' && angle:
			angle, end = false, i
		case c == ',' && !angle, c == ';':
			m.sep = c
			break scan
		case c == ',' && angle && strings.IndexByte(s[i:min(len(s), i+500)], '>') < 0:
			m.sep = c // the closing bracket was forgotten
			break scan
		}
	}
	piece := s[:min(i, len(s))]
	if i < len(s) {
		rest = s[i+1:]
	}
	if start >= 0 {
		if end < 0 {
			end = len(piece)
		}
		m.angle = true
		m.name = piece[:start]
		m.address = strings.TrimSpace(piece[start+1 : end])
		if strings.TrimSpace(m.name) == "" && end+1 < len(piece) {
			m.name = piece[end+1:]
		}
		return m, rest
	}
	bareMailbox(&m, piece)
	return m, rest
}

// bareMailbox reads a piece without angle brackets: the word with the @ is the address, a comment
// or the other words are the name.
func bareMailbox(m *mailbox, piece string) {
	if i := strings.IndexByte(piece, ':'); i >= 0 && !strings.Contains(piece[:i], "@") && !strings.Contains(piece[:i], `"`) {
		piece = piece[i+1:] // "group: a@b, c@d;", "mailto:a@b"
	}
	var names []string
	for len(piece) > 0 {
		piece = strings.TrimLeft(piece, " \t")
		n := tokenLen(piece)
		tok := piece[:n]
		piece = piece[n:]
		switch {
		case tok == "":
		case m.address == "" && strings.Contains(tok, "@") && tok[0] != '(' && (tok[0] != '"' || !strings.HasSuffix(tok, `"`)):
			m.address = strings.Trim(tok, "[]'<>")
		default:
			names = append(names, tok)
		}
	}
	m.name = strings.Join(names, " ")
}

// tokenLen is the length of the first word, quoted string or comment of s.
func tokenLen(s string) int {
	if s == "" {
		return 0
	}
	if s[0] == '(' {
		if i := strings.IndexByte(s, ')'); i > 0 {
			return i + 1
		}
	}
	if s[0] == '"' {
		if i := strings.IndexByte(s[1:], '"'); i >= 0 {
			i += 2
			if i < len(s) && s[i] == '@' { // a quoted local part
				return i + wordLen(s[i:])
			}
			return i
		}
	}
	return max(wordLen(s), 1)
}

func wordLen(s string) int {
	if i := strings.IndexAny(s, " \t("); i >= 0 {
		return i
	}
	return len(s)
}

// unescape undoes the backslashes of quoted strings and comments.
var unescape = strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\(`, `(`, `\)`, `)`)

// displayName decodes and unquotes a display name.
func displayName(raw string, d *damage) string {
	s := decodeWords(strings.TrimSpace(raw), d)
	s = strings.TrimSpace(s)
	for len(s) >= 2 && (s[0] == '"' && s[len(s)-1] == '"' || s[0] == '\'' && s[len(s)-1] == '\'' || s[0] == '(' && s[len(s)-1] == ')') {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	s = unescape.Replace(s)
	if strings.Contains(s, "=?") {
		s = decodeWords(s, d)
	}
	return cut(cleanLine(s, d), maxNameBytes)
}

// validAddress checks an addr-spec and gives it with its domain in ASCII. Refused are quoted local
// parts with anything that needs the quotes (CASES A46), address literals, control characters and
// what net/mail refuses as well; doubled and trailing dots in local parts exist and are allowed.
func validAddress(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if len(s) > 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		s = s[1 : len(s)-1]
	}
	if len(s) > 320 || !utf8.ValidString(s) {
		return "", false
	}
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 {
		return "", false
	}
	local, domain := s[:at], strings.TrimSuffix(s[at+1:], ".")
	if len(local) >= 2 && local[0] == '"' && local[len(local)-1] == '"' {
		local = local[1 : len(local)-1]
	}
	if !validLocal(local) {
		return "", false
	}
	ascii, ok := asciiDomain(domain)
	if !ok {
		return "", false
	}
	plain := strings.Trim(strings.ReplaceAll(local, "..", "."), ".")
	if !strings.Contains(plain, "..") && plain != "" && !strings.Contains(ascii, "_") {
		if _, err := mail.ParseAddress("<" + plain + "@" + ascii + ">"); err != nil {
			return "", false
		}
	}
	return local + "@" + ascii, true
}

func validLocal(local string) bool {
	if local == "" || len(local) > 128 || strings.Trim(local, ".") == "" {
		return false
	}
	for _, r := range local {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
		case r < 0x80:
			if !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r) {
				return false
			}
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			return false
		}
	}
	return true
}

var hostnames = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule())

// asciiDomain gives a host name in lower case and punycode.
func asciiDomain(domain string) (string, bool) {
	for _, c := range []byte(domain) {
		if c < 0x80 && !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_') {
			return "", false
		}
	}
	domain = strings.ToLower(domain)
	if !isASCII([]byte(domain)) {
		ascii, err := hostnames.ToASCII(domain)
		if err != nil {
			return "", false
		}
		domain = ascii
	}
	if domain == "" || len(domain) > 253 || strings.Contains(domain, "..") || domain[0] == '.' || domain[0] == '-' {
		return "", false
	}
	return domain, true
}
