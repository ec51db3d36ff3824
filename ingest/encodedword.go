package ingest

import (
	"strings"
)

// decodeWords decodes the RFC 2047 encoded words of a header value and brings everything else into
// UTF-8. Real mail splits words in the middle of a character, puts blanks inside them, forgets
// their end or does not encode at all; adjacent words of one charset are therefore joined as bytes
// before the charset is applied.
func decodeWords(raw string, d *damage) string {
	raw = unfold(raw)
	if !strings.Contains(raw, "=?") {
		if isASCII([]byte(raw)) && !strings.Contains(raw, "\x1b") {
			return raw
		}
		return decodeCharset([]byte(raw), "", d)
	}
	var (
		out     strings.Builder
		pending word // words waiting for their neighbour
	)
	flush := func() {
		if pending.charset != "" || len(pending.text) > 0 || len(pending.b64) > 0 {
			out.WriteString(decodeCharset(pending.bytes(d), pending.charset, d))
			pending = word{}
		}
	}
	for rest := raw; rest != ""; {
		i := strings.Index(rest, "=?")
		if i < 0 {
			flush()
			out.WriteString(plainPart(rest, d))
			break
		}
		w, n, ok := parseWord(rest[i:], d)
		between := rest[:i]
		if !ok {
			flush()
			out.WriteString(plainPart(rest[:i+2], d))
			rest = rest[i+2:]
			continue
		}
		if strings.TrimSpace(between) != "" || pending.charset == "" || !strings.EqualFold(pending.charset, w.charset) {
			flush()
			if strings.TrimSpace(between) != "" || out.Len() == 0 {
				out.WriteString(plainPart(between, d))
			}
		}
		pending.join(w, d)
		rest = rest[i+n:]
	}
	flush()
	return out.String()
}

func plainPart(s string, d *damage) string {
	if isASCII([]byte(s)) {
		return s
	}
	return decodeCharset([]byte(s), "", d)
}

// word is one encoded word, or several of one charset joined.
type word struct {
	charset string
	text    []byte // decoded bytes
	b64     string // base64 not decoded yet, because the next word may go on in mid-quantum
}

func (w *word) join(next word, d *damage) {
	if w.charset == "" {
		*w = next
		return
	}
	if next.b64 != "" && !strings.HasSuffix(w.b64, "=") {
		if len(next.text) == 0 {
			w.b64 += next.b64
			return
		}
	}
	w.settle(d)
	w.text = append(w.text, next.text...)
	w.b64 = next.b64
}

func (w *word) settle(d *damage) {
	if w.b64 != "" {
		b, _ := decodeBase64([]byte(w.b64), maxFieldBytes, d)
		w.text = append(w.text, b...)
		w.b64 = ""
	}
}

func (w *word) bytes(d *damage) []byte {
	w.settle(d)
	return w.text
}

// parseWord reads an encoded word at the start of s ("=?charset?Q?text?=") and how long it is.
func parseWord(s string, d *damage) (w word, n int, ok bool) {
	p := 2
	end := strings.IndexByte(s[p:], '?')
	if end < 0 || end > 60 || strings.ContainsAny(s[p:p+end], " \"<>@") && strings.TrimSpace(s[p:p+end]) != s[p:p+end] {
		return w, 0, false
	}
	w.charset = s[p : p+end]
	if i := strings.IndexByte(w.charset, '*'); i >= 0 { // RFC 2231 language
		w.charset = w.charset[:i]
	}
	if w.charset == "" {
		w.charset = "unknown"
	}
	p += end + 1
	if len(s) < p+2 || s[p+1] != '?' {
		return w, 0, false
	}
	enc := s[p] | 0x20
	if enc != 'q' && enc != 'b' {
		return w, 0, false
	}
	p += 2
	stop := strings.Index(s[p:], "?=")
	n = p + stop + 2
	if next := strings.Index(s[p:], "=?"); stop < 0 || next >= 0 && next < stop && beginsWord(s[p+next:]) {
		d.note("encoded word without its end")
		stop = len(s) - p
		if next >= 0 && beginsWord(s[p+next:]) {
			stop = next
		}
		n = p + stop
	}
	text := s[p : p+stop]
	if enc == 'b' {
		w.b64 = strings.TrimSpace(text)
		return w, n, true
	}
	w.text, _ = appendQP(nil, []byte(strings.ReplaceAll(strings.TrimRight(text, " "), "_", " ")), false)
	return w, n, true
}

// beginsWord reports whether s begins like an encoded word, as opposed to Q text with "=?" in it.
func beginsWord(s string) bool {
	i := strings.IndexByte(s[2:], '?')
	if i <= 1 || i > 40 || len(s) < i+5 || s[i+4] != '?' {
		return false
	}
	c := s[i+3] | 0x20
	return (c == 'q' || c == 'b') && !strings.ContainsAny(s[2:2+i], " =")
}

// unfold joins the lines of a folded header value.
func unfold(s string) string {
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	return strings.NewReplacer("\r\n", "", "\n", "", "\r", "").Replace(s)
}
