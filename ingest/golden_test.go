package ingest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"privacybot/ticket"
)

var update = flag.Bool("update", false, "rewrite the expected results beside the golden mails")

// goldenOptions are the border of the golden mails.
var goldenOptions = Options{
	AuthservID:   "mx.example.com",
	OwnLists:     []string{"privacy-desk.example.com"},
	OwnAddresses: []string{"privacy@example.com"},
}

// golden is everything that a message says, in a form for people to review.
type golden struct {
	Mail           any
	InReplyTo      []string `json:",omitempty"`
	References     []string `json:",omitempty"`
	Authors        int
	ReplyTo        []ticket.Address      `json:",omitempty"`
	ReturnPath     string                `json:",omitempty"`
	NullSender     bool                  `json:",omitempty"`
	Forwarded      string                `json:",omitempty"`
	HiddenText     string                `json:",omitempty"`
	TextDiffers    bool                  `json:",omitempty"`
	AutomaticWhy   []string              `json:",omitempty"`
	NoAutoReply    bool                  `json:",omitempty"`
	NoReplyWhy     []string              `json:",omitempty"`
	Report         *ticket.Report        `json:",omitempty"`
	Authentication ticket.Authentication `json:",omitzero"`
}

// TestGolden parses the mails in testdata, each named by what is hard about it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d golden mails, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".eml"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m := Parse(raw, goldenOptions)
			checkMessage(t, m)
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			if err := enc.Encode(golden{
				Mail: Report(filepath.Base(file), m), InReplyTo: m.InReplyTo, References: m.References, Authors: m.Authors, ReplyTo: m.ReplyTo,
				ReturnPath: m.ReturnPath, NullSender: m.NullSender, Forwarded: m.Forwarded, HiddenText: m.HiddenText, TextDiffers: m.TextDiffers,
				AutomaticWhy: m.AutomaticWhy, NoAutoReply: m.NoAutoReply, NoReplyWhy: m.NoReplyWhy, Report: m.Report, Authentication: m.Authentication,
			}); err != nil {
				t.Fatal(err)
			}
			want := strings.TrimSuffix(file, ".eml") + ".json"
			if *update {
				if err := os.WriteFile(want, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			expected, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(expected, got.Bytes()) {
				t.Errorf("differs from %s; got\n%s", want, got.String())
			}
		})
	}
}
