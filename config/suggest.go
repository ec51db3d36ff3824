package config

import (
	"fmt"
	"slices"
	"strings"
)

// oneOf checks that text is among known; the error names them and the most likely one.
func oneOf(text string, known []string) error {
	if slices.Contains(known, text) {
		return nil
	}
	list := "must be one of " + strings.Join(known, ", ")
	if best := nearest(text, known); best != "" {
		return fmt.Errorf("%s: did you mean %s?", list, best)
	}
	return fmt.Errorf("%s", list)
}

// nearest gives the one of known that was probably meant, or "".
func nearest(text string, known []string) string {
	text = strings.ToLower(text)
	if other, ok := otherNames[text]; ok && slices.Contains(known, other) {
		return other
	}
	best, least := "", 1+max(1, len(text)/3)
	for _, k := range known {
		lower := strings.ToLower(k)
		d := distance(text, lower)
		if len(text) >= 3 && (strings.Contains(lower, text) || strings.Contains(text, lower)) {
			d = min(d, 1)
		}
		if d < least && len(k) > 2 || d == 0 {
			best, least = k, d
		}
	}
	return best
}

// otherNames are what people write for the names that we use.
var otherNames = map[string]string{
	"uk": "GB", "england": "GB", "wales": "GB", "scotland": "GB-SCT", "germany": "DE", "el": "GR",
	"ccpa": "us-ca-ccpa", "cpra": "us-ca-ccpa", "gdpr": "eu-gdpr", "dsgvo": "eu-gdpr", "rgpd": "eu-gdpr",
	"on-call": "oncall", "warning": "warn", "host": "server", "user": "username", "login": "username",
	"company": "organisation", "organization": "organisation", "dry-run": "shadow", "test": "shadow",
}

// distance is the number of letters to insert, delete, change or swap with a neighbour between a
// and b (optimal string alignment). Both are cut at 64 bytes.
func distance(a, b string) int {
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
