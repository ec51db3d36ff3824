package ingest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"privacybot/ticket"
)

// seed adds the golden mails to a fuzz target's corpus.
func seed(f *testing.F, every int) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for i, file := range files {
		if i%every != 0 {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
}

// FuzzParse: no bytes break the promises of a message, and the same bytes give the same message.
func FuzzParse(f *testing.F) {
	seed(f, 1)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw, goldenOptions)
		checkMessage(t, m)
		if again := Parse(raw, goldenOptions); !reflect.DeepEqual(m, again) {
			t.Error("not deterministic")
		}
		for _, d := range m.Damage {
			if d == "the parser failed on this mail" {
				t.Error("panic inside the parser")
			}
		}
		if _, err := json.Marshal(Report("x.eml", m)); err != nil {
			t.Error(err)
		}
	})
}

// FuzzNewText: what the sender wrote consists of lines of the text, in order.
func FuzzNewText(f *testing.F) {
	for _, text := range []string{
		"Yes.\n\nOn Mon, Jan 1, 2026 at 10:00 AM A <a@b.example> wrote:\n> x\n", "x\n-- \nsig", "-----Original Message-----\nFrom: a@b\nTo: c\nSubject: d\n\nx",
		"在 2026年11月2日，a <a@b.example> 写道：\n> x", "> q\n\na\n\n> q\nSent from my iPhone", quoteStart + "\nx",
	} {
		f.Add(text, true, false)
	}
	f.Fuzz(func(t *testing.T, text string, reply, forward bool) {
		var d damage
		text = cleanText(text, &d)
		w := newText(text, shape{subject: subjectParts{reply: reply, forward: forward, any: reply || forward}, reply: reply})
		rest := strings.Split(text, "\n")
		for _, l := range strings.Split(w.text, "\n") {
			l = strings.Trim(l, " \t")
			if l == "" {
				continue
			}
			for len(rest) > 0 && !strings.Contains(strings.ReplaceAll(rest[0], "\u00a0", " "), l) {
				rest = rest[1:]
			}
			if len(rest) == 0 {
				t.Fatalf("line %q is not in the text, or not in order", l)
			}
		}
	})
}

// FuzzReport: whatever stands in a delivery status, the report is clean and bounded.
func FuzzReport(f *testing.F) {
	f.Add("Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no", "Message-ID: <a@b>\n\nx")
	f.Add("Final-Recipient: <a@b.example>\nAction: Delayed (x)\nStatus: 4", "\x00")
	f.Fuzz(func(t *testing.T, status, returned string) {
		raw := "Return-Path: <>\nFrom: MAILER-DAEMON@a.example\nSubject: x\nContent-Type: multipart/report; report-type=delivery-status; boundary=qq1\n\n" +
			"--qq1\nContent-Type: message/delivery-status\n\n" + status + "\n--qq1\nContent-Type: message/rfc822\n\n" + returned + "\n--qq1--\n"
		m := Parse([]byte(raw), goldenOptions)
		checkMessage(t, m)
		if strings.Contains(status, "--qq1") || strings.Contains(returned, "--qq1") {
			return
		}
		if m.Report == nil || m.Automatic != ticket.Bounce && m.Automatic != ticket.Receipt {
			t.Fatalf("%q without a report", m.Automatic)
		}
		if r := m.Report; len(r.Diagnostic) > 300 || len(r.OriginalMessageID) > 250 || len(r.Status) > 11 {
			t.Errorf("report %+v", r)
		}
		switch m.Report.Action {
		case "", "failed", "delayed", "delivered", "relayed", "expanded":
		default:
			t.Errorf("action %q", m.Report.Action)
		}
	})
}
