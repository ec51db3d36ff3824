package ingest

import "strings"

// unarmor takes the text out of an inline PGP signature. Encrypted text stays as it is, noted.
func (t *tree) unarmor(s string) string {
	if !strings.Contains(s, "-----BEGIN PGP ") {
		return s
	}
	if strings.Contains(s, "-----BEGIN PGP MESSAGE-----") {
		t.d.note("encrypted")
	}
	before, rest, ok := strings.Cut(s, "-----BEGIN PGP SIGNED MESSAGE-----")
	if !ok {
		return s
	}
	if _, after, ok := strings.Cut(rest, "\n\n"); ok { // Hash: lines
		rest = after
	}
	signed, tail, ok := strings.Cut(rest, "-----BEGIN PGP SIGNATURE-----")
	if !ok {
		return s
	}
	_, after, _ := strings.Cut(tail, "-----END PGP SIGNATURE-----")
	lines := strings.Split(signed, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, "- ") // dash escapes, RFC 4880 7.1
	}
	return before + strings.Join(lines, "\n") + after
}

// stripEnriched removes the commands of text/enriched (RFC 1896).
func stripEnriched(s string) string {
	var b strings.Builder
	unclosed := false
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		if strings.HasPrefix(s, "<<") {
			b.WriteByte('<')
			s = s[2:]
			continue
		}
		j := strings.IndexByte(s[:min(len(s), 70)], '>')
		if j < 0 || j > 60 {
			b.WriteByte('<')
			s = s[1:]
			continue
		}
		if !unclosed && strings.EqualFold(s[:j+1], "<param>") {
			if _, after, ok := strings.Cut(s, "</param>"); ok {
				s = after
				continue
			}
			unclosed = true // and so is every later one
		}
		s = s[j+1:]
	}
	b.WriteString(s)
	return b.String()
}
