package ingest

import "strings"

// messageID gives a message id without its angle brackets, or "" when it could break a header it is
// copied into. Strict about characters, lenient about the shape: ids without @ exist.
func messageID(raw string) string {
	s := strings.TrimSpace(unfold(raw))
	if i := strings.IndexByte(s, '<'); i >= 0 {
		s = s[i+1:]
		j := strings.IndexByte(s, '>')
		if j < 0 {
			return ""
		}
		s = s[:j]
	} else if i := strings.IndexAny(s, " \t"); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 250 || s[0] == '@' || s[len(s)-1] == '@' {
		return ""
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`<>()",;\`, c) >= 0 {
			return ""
		}
	}
	return s
}

// messageIDs gives the valid ids of an In-Reply-To or References value, in order, each once.
func messageIDs(values []string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(id string) {
		if id != "" && !seen[id] && len(out) < maxReferences {
			seen[id] = true
			out = append(out, id)
		}
	}
	for _, v := range values {
		v = unfold(v)
		if !strings.Contains(v, "<") {
			for _, word := range strings.Fields(strings.ReplaceAll(v, ",", " ")) {
				if strings.Contains(word, "@") {
					add(messageID(word))
				}
			}
			continue
		}
		for {
			i := strings.IndexByte(v, '<')
			if i < 0 {
				break
			}
			j := strings.IndexByte(v[i:], '>')
			if j < 0 {
				break
			}
			add(messageID(v[i : i+j+1]))
			v = v[i+j+1:]
		}
	}
	return out
}
