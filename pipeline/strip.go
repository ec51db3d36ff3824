package pipeline

import (
	"bytes"
	"fmt"
	"strings"

	"privacybot/ingest"
)

// withoutAttachments gives a mail with its header and its text alone, or nil when it has nothing
// else. Identity documents come as attachments, and nobody needs them once the case is closed.
func withoutAttachments(raw []byte, opts ingest.Options) []byte {
	m := ingest.Parse(raw, opts)
	if len(m.Attachments) == 0 {
		return nil
	}
	head, _, _ := bytes.Cut(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	var b strings.Builder
	drop := false
	for line := range strings.SplitSeq(string(head), "\n") {
		if folded := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t"); !folded {
			name, _, _ := strings.Cut(strings.ToLower(line), ":")
			drop = strings.HasPrefix(name, "content-") || name == "mime-version"
		}
		if !drop {
			b.WriteString(line + "\r\n")
		}
	}
	fmt.Fprintf(&b, "X-Privacybot-Removed: %d\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", len(m.Attachments))
	b.WriteString(strings.ReplaceAll(m.Text, "\n", "\r\n"))
	return []byte(b.String())
}
