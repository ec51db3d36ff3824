package ingest

import (
	"bytes"
)

// splitMultipart cuts the body of a multipart into its parts. It works on slices of the body, so
// that nesting costs one scan per level; go-message's reader is quadratic there (CASES M9).
// A missing closing boundary is forgiven, a missing or wrong boundary is looked for in the text.
func splitMultipart(body []byte, boundary string, limit int, d *damage) (parts [][]byte, ok bool) {
	if boundary != "" {
		if parts, closed := cutParts(body, []byte(boundary), limit); len(parts) > 0 {
			if !closed {
				d.note("multipart without its closing boundary")
			}
			return parts, true
		}
	}
	found := sniffBoundary(body)
	if found == nil {
		d.note("multipart without parts")
		return nil, false
	}
	d.note("multipart boundary missing or wrong")
	parts, _ = cutParts(body, found, limit)
	return parts, len(parts) > 0
}

func cutParts(body, boundary []byte, limit int) (parts [][]byte, closed bool) {
	start := -1
	for pos := 0; pos < len(body) && len(parts) < limit; {
		i := nextDashes(body, pos)
		if i < 0 {
			break
		}
		end := bytes.IndexByte(body[i:], '\n')
		lineEnd := len(body)
		if end >= 0 {
			lineEnd = i + end + 1
		}
		line := bytes.TrimRight(body[i+2:lineEnd], "\r\n \t")
		pos = lineEnd
		final := false
		if !bytes.Equal(line, boundary) {
			rest, isOurs := bytes.CutPrefix(line, boundary)
			if !isOurs || !bytes.HasPrefix(rest, []byte("--")) || len(bytes.TrimRight(rest, "- \t")) > 0 {
				continue
			}
			final = true
		}
		if start >= 0 {
			parts = append(parts, trimPartEnd(body[start:i]))
		}
		start = lineEnd
		if final {
			if start < 0 || len(parts) > 0 {
				return parts, true
			}
		}
	}
	if start >= 0 && start <= len(body) && len(parts) < limit {
		parts = append(parts, body[start:])
	}
	return parts, false
}

// nextDashes finds the next line that starts with two dashes, at or after pos (a line start).
func nextDashes(body []byte, pos int) int {
	if bytes.HasPrefix(body[pos:], []byte("--")) {
		return pos
	}
	if i := bytes.Index(body[pos:], []byte("\n--")); i >= 0 {
		return pos + i + 1
	}
	return -1
}

// trimPartEnd removes the line end that belongs to the boundary.
func trimPartEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

// sniffBoundary finds a line "--x" that is followed by a Content- field, or nil.
func sniffBoundary(body []byte) []byte {
	body = body[:min(len(body), 256<<10)]
	for pos, tries := 0, 0; pos < len(body) && tries < 200; tries++ {
		i := nextDashes(body, pos)
		if i < 0 {
			return nil
		}
		line, rest := nextLine(body[i:])
		pos = len(body) - len(rest)
		if len(rest) == 0 {
			return nil
		}
		name := bytes.TrimRight(line[2:], " \t")
		if len(name) < 1 || len(name) > 200 || bytes.HasSuffix(name, []byte("--")) {
			continue
		}
		next, _ := nextLine(rest)
		if len(next) > 8 && bytes.EqualFold(next[:8], []byte("content-")) {
			return name
		}
	}
	return nil
}
