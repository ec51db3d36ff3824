package ingest

import "strings"

// unflow joins the soft line breaks of format=flowed text (RFC 3676). Quoted lines flow within
// their depth; the signature separator never flows.
func unflow(s string, delsp bool) string {
	lines := strings.Split(s, "\n")
	var out []string
	openDepth := -1 // quote depth of a line that is still flowing
	for _, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		depth := 0
		for depth < len(line) && line[depth] == '>' {
			depth++
		}
		text := line[depth:]
		text = strings.TrimPrefix(text, " ") // space-stuffing
		sig := text == "-- "
		flows := strings.HasSuffix(text, " ") && !sig
		if flows && delsp {
			text = text[:len(text)-1]
		}
		if openDepth == depth && !sig && len(out) > 0 {
			out[len(out)-1] += text
		} else {
			prefix := strings.Repeat(">", depth)
			if depth > 0 {
				prefix += " "
			}
			out = append(out, prefix+text)
		}
		openDepth = -1
		if flows {
			openDepth = depth
		}
	}
	return strings.Join(out, "\n")
}
