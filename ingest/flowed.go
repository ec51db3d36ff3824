package ingest

import "strings"

// unflow joins the soft line breaks of format=flowed text (RFC 3676). Quoted lines flow within
// their depth; the signature separator never flows.
func unflow(s string, delsp bool) string {
	var out strings.Builder
	out.Grow(len(s))
	openDepth := -1 // quote depth of a line that is still flowing
	for i, line := range strings.Split(s, "\n") {
		line = strings.TrimSuffix(line, "\r")
		text := strings.TrimLeft(line, ">")
		depth := len(line) - len(text)
		text = strings.TrimPrefix(text, " ") // space-stuffing
		sig := text == "-- "
		flows := strings.HasSuffix(text, " ") && !sig
		if flows && delsp {
			text = text[:len(text)-1]
		}
		if openDepth != depth || sig {
			if i > 0 {
				out.WriteByte('\n')
			}
			for range depth {
				out.WriteByte('>')
			}
			if depth > 0 {
				out.WriteByte(' ')
			}
		}
		out.WriteString(text)
		openDepth = -1
		if flows {
			openDepth = depth
		}
	}
	return out.String()
}
