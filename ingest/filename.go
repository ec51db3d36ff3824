package ingest

import (
	"path"
	"strings"
)

// attachmentName gives a name that is safe to show and to use as a file name: the last path
// element, one line, without control characters, separators and reserved names (CASES A44).
func attachmentName(raw string, d *damage) string {
	if raw == "" {
		return ""
	}
	name := cleanLine(decodeWords(cut(raw, maxFieldBytes), d), d)
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch r {
		case '/', ':', '*', '?', '"', '<', '>', '|', 0:
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if len(name) > 200 {
		ext := path.Ext(name)
		if len(ext) > 20 {
			ext = ""
		}
		name = cut(name, 200-len(ext)) + ext
	}
	stem := strings.ToLower(name)
	if i := strings.IndexByte(stem, '.'); i >= 0 {
		stem = stem[:i]
	}
	if reservedNames[strings.TrimSpace(stem)] {
		name = "_" + name
	}
	return name
}

// reservedNames are device names on Windows, with any extension.
var reservedNames = map[string]bool{
	"con": true, "prn": true, "aux": true, "nul": true, "com1": true, "com2": true, "com3": true, "com4": true, "com5": true,
	"com6": true, "com7": true, "com8": true, "com9": true, "lpt1": true, "lpt2": true, "lpt3": true, "lpt4": true, "lpt5": true,
	"lpt6": true, "lpt7": true, "lpt8": true, "lpt9": true,
}
