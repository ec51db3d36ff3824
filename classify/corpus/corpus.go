// Package corpus reads the labelled mails of classify/testdata/corpus, which the tests, the
// evaluation and the training share. testdata/README.md describes the format. It belongs to
// development; the privacybot binary does not import it.
package corpus

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"privacybot/ticket"
)

// Mail is one labelled mail.
type Mail struct {
	ID      string
	Group   string // near-duplicates share it, so that the split keeps them together; the ID by default
	Lang    string
	Rights  []ticket.Right
	Subject string
	From    string
	Body    string

	Flags     []string // child, lookalike, review, urgent, human, followup, bulk, auto_reply
	Writer    string   // "" when not labelled
	Law       string   // "" when not labelled
	Route     string   // "" when not labelled
	Default   string   // the office's law, "" for eu-gdpr
	Files     []string // attachment names
	Forwarded string   // the end of Body that was forwarded
	Note      string
	File      string
}

// Received is the receipt time of every mail of the corpus; ages count from it.
var Received = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// Has reports whether the mail carries a flag.
func (m Mail) Has(flag string) bool { return slices.Contains(m.Flags, flag) }

// Held reports whether the mail belongs to the held-out three tenths: those whose group hashes to
// 0, 1 or 2 modulo ten (FNV-1a, 32 bits). Their errors are not looked at while rules are written.
func (m Mail) Held() bool {
	h := fnv.New32a()
	h.Write([]byte(m.Group))
	return h.Sum32()%10 < 3
}

// Fold spreads the mails over n parts by another hash of their group, for cross-validation.
func (m Mail) Fold(n int) int {
	h := fnv.New64a()
	h.Write([]byte(m.Group + "/fold"))
	return int(h.Sum64() % uint64(n))
}

// Batch names the authors of a mail: ids such as "nwe-012" begin with the three letters of a batch
// written by people who had not seen the lexicons; "own" are all others.
func (m Mail) Batch() string {
	if name, _, _ := strings.Cut(m.ID, "-"); len(name) == 3 {
		return name
	}
	return "own"
}

// Message is the mail as the parser would give it.
func (m Mail) Message() ticket.Message {
	msg := ticket.Message{From: address(m.From), Subject: m.Subject, NewText: m.Body, Text: m.Body, Forwarded: m.Forwarded, Automatic: ticket.NotAutomatic,
		ReceivedAt: Received}
	for _, f := range m.Files {
		msg.Attachments = append(msg.Attachments, ticket.Attachment{Name: f})
	}
	for _, a := range []ticket.Automatic{ticket.Bulk, ticket.AutoReply, ticket.Bounce, ticket.Receipt} {
		if m.Has(string(a)) {
			msg.Automatic = a
		}
	}
	return msg
}

func address(s string) ticket.Address {
	if name, addr, ok := strings.Cut(s, "<"); ok {
		return ticket.Address{Name: strings.TrimSpace(name), Address: strings.Trim(addr, " >")}
	}
	return ticket.Address{Address: s}
}

// Load reads every .txt file of a folder, in the order of their names. An error names file and entry.
func Load(dir string) ([]Mail, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var all []Mail
	seen := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		mails, err := Parse(filepath.Base(f), string(b))
		if err != nil {
			return nil, err
		}
		for _, m := range mails {
			if other, ok := seen[m.ID]; ok {
				return nil, fmt.Errorf("%s: %s is also in %s", m.File, m.ID, other)
			}
			seen[m.ID] = m.File
		}
		all = append(all, mails...)
	}
	return all, nil
}

// Parse reads one file.
func Parse(file, text string) ([]Mail, error) {
	var out []Mail
	for _, chunk := range strings.Split("\n"+strings.ReplaceAll(text, "\r\n", "\n"), "\n=== ")[1:] {
		head, body, _ := strings.Cut(chunk, "\n\n")
		lines := strings.Split(strings.TrimSpace(head), "\n")
		m := Mail{ID: strings.TrimSpace(lines[0]), Body: strings.TrimSpace(body), File: file, Lang: strings.SplitN(strings.TrimSuffix(file, ".txt"), "_", 2)[0]}
		m.Group = m.ID
		for _, line := range lines[1:] {
			key, value, ok := strings.Cut(line, ":")
			if !ok {
				return nil, fmt.Errorf("%s: %s: line %q is not \"key: value\"", file, m.ID, line)
			}
			if err := m.set(strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", file, m.ID, err)
			}
		}
		if len(m.Rights) == 0 {
			return nil, fmt.Errorf("%s: %s: no rights", file, m.ID)
		}
		if i := strings.Index(m.Body, "--- forwarded ---\n"); i >= 0 {
			m.Forwarded = m.Body[i+len("--- forwarded ---\n"):]
		}
		out = append(out, m)
	}
	return out, nil
}

func (m *Mail) set(key, value string) error {
	switch key {
	case "group":
		m.Group = value
	case "lang":
		m.Lang = value
	case "subject":
		m.Subject = value
	case "from":
		m.From = value
	case "writer":
		m.Writer = value
	case "law":
		m.Law = value
	case "route":
		m.Route = value
	case "default":
		m.Default = value
	case "note":
		m.Note = value
	case "files":
		m.Files = strings.Split(value, ",")
	case "flags":
		m.Flags = strings.Fields(strings.ReplaceAll(value, ",", " "))
	case "rights":
		for _, r := range strings.Fields(strings.ReplaceAll(value, ",", " ")) {
			if !ticket.Right(r).Valid() {
				return fmt.Errorf("unknown right %q", r)
			}
			m.Rights = append(m.Rights, ticket.Right(r))
		}
		m.Rights = ticket.SortRights(m.Rights)
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	return nil
}
