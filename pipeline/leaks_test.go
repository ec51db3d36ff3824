package pipeline_test

import (
	"strings"
	"testing"
)

// leaking gives answers that must not go out as they stand, each by what is wrong with it.
func leaking(w *deskWork) map[string][]byte {
	en := tongues[0]
	plain := func(text string) []byte { return programs["thunderbird"](w, en, text) }
	bare := func(text string, extra ...string) []byte {
		return []byte(w.head(en, extra...) + part("text/plain", text))
	}
	notice := strings.Split(w.notice.plain, "\n")
	from := func(start string, n int) string {
		for i, l := range notice {
			if strings.HasPrefix(l, start) {
				return strings.Join(notice[i:min(len(notice), i+n)], "\n")
			}
		}
		return "no line of the notice begins with " + start
	}
	const hi = "Dear Jane,\n\nhere is what we hold.\n\n"
	all := map[string][]byte{
		// Internal text that no program has marked as a quote, as it is left by web mailers and by hand.
		"the notice below, unmarked":        bare(hi + w.notice.plain),
		"the notice below a rule":           bare(hi + "____________\n" + w.notice.plain),
		"the notice below stars":            bare(hi + "***\n" + w.notice.plain),
		"the notice marked with |":          bare(hi + "| " + strings.ReplaceAll(w.notice.plain, "\n", "\n| ")),
		"the notice marked with :":          bare(hi + ": " + strings.ReplaceAll(w.notice.plain, "\n", "\n: ")),
		"the notice, indented":              bare(hi + "    " + strings.ReplaceAll(w.notice.plain, "\n", "\n    ")),
		"the notice in one line":            bare(hi + strings.Join(strings.Fields(w.notice.plain), " ")),
		"the notice in capitals":            bare(hi + strings.ToUpper(w.notice.plain)),
		"only the mark":                     bare(hi + notice[0]),
		"only the commands":                 bare(hi + from("Commands", 12)),
		"only the arithmetic":               bare(hi + from("How the date was counted", 5)),
		"only the evidence":                 bare(hi + from("What is asked for", 6)),
		"only how to answer":                bare(hi + from("How to answer", 5)),
		"only who it is":                    bare(hi + from("Identity:", 2)),
		"only the foot":                     bare(hi + notice[len(notice)-2] + "\n" + notice[len(notice)-1]),
		"forwarded to us instead":           []byte(strings.Replace(string(programs["outlook-plain"](w, en, hi)), "Subject: RE:", "Subject: FW:", 1)),
		"the notice in HTML without quote":  []byte(w.head(en) + part("text/html", "<p>Dear Jane, here it is.</p>"+w.notice.html)),
		"answers inside the notice":         bare(strings.Replace(w.notice.plain, "What they wrote", "Dear Jane, we hold this:\n\nWhat they wrote", 1)),
		"the notice above":                  bare(w.notice.plain + "\n\n" + hi),
		"the notice translated by a reader": bare(hi + "Commands\n" + from("#note", 4)),

		// Notes and commands that were not carried out.
		"#note behind the text":  plain(hi + "#note he called twice and is rude"),
		"#Note: behind the text": plain(hi + "#Note: he is rude"),
		"# note":                 plain(hi + "# note he is rude"),
		"note:":                  plain(hi + "note: he is rude"),
		"[internal]":             plain(hi + "[internal] he is a known troublemaker"),
		"Internal:":              plain("Internal: ask legal first\n\n" + hi),
		"Interne Notiz:":         plain(hi + "Interne Notiz: Kunde droht"),
		"Note interne :":         plain(hi + "Note interne: client difficile"),
		"内部备注":                   plain(hi + "内部备注：此人很麻烦"),
		"do not forward":         plain(hi + "*** do not forward: legal is unsure"),
		"#close behind the text": plain(hi + "#close done"),

		// Other people.
		"another requester's address":            plain(hi + "Bob (bob.miller@people.example.org) asked the same."),
		"another requester's address, disguised": plain(hi + "Ask bob.miller [at] people.example.org."),
		"another requester's address, capitals":  plain(hi + "Ask YUKI@People.Example.ORG."),
		"another requester's address, a link":    []byte(w.head(en) + part("text/html", `<p>Dear Jane, ask <a href="mailto:yuki@people.example.org">yuki@people.example.org</a>.</p>`)),
		"another ticket":                         plain(hi + "The same was asked in PB-1234-ABCD."),
		"another ticket, small":                  plain(hi + "see pb-1234-abcd for it"),
		"the token of the thread":                plain(hi + "Use [PB-7K3M-Q9XD.t8d2kx4m7w] in the subject."),
		"the id of a mail":                       plain(hi + "In-Reply-To: <" + w.notice.id + ">"),
		"a copy to a colleague":                  bare(hi, "Cc: <manager@corp.example.com>"),
		"a copy to a stranger":                   bare(hi, "Cc: Consultant <consultant@advice.example.net>"),
		"to everybody":                           []byte(strings.Replace(string(bare(hi)), "To: Corp Privacy <"+privacy+">", "To: Corp Privacy <"+privacy+">, all@corp.example.com, jane@people.example.org", 1)),

		// Numbers.
		"a bank account":    plain(hi + "IBAN DE89 3704 0044 0532 0130 00"),
		"a card":            plain(hi + "card 4111 1111 1111 1111, valid to 12/27"),
		"a national number": plain(hi + "SSN 078-05-1120"),
		"an identity card":  plain(hi + "身份证 11010519491231002X"),
		"a tax number":      plain(hi + "Steuer-ID 86 095 742 719"),

		// Files.
		"a file":            []byte(w.head(en) + withFile("application/pdf", "export.pdf", hi)),
		"a mail as a file":  []byte(w.head(en) + withFile("message/rfc822", "notice.eml", hi)),
		"a page as a file":  []byte(w.head(en) + withFile("text/html", "export.html", hi)),
		"a file by a phone": []byte(w.head(en, "X-Mailer: iPhone Mail (22A3370)") + withFile("image/jpeg", "IMG_0042.jpg", hi+strings.Repeat(" ", 1))),
	}
	for _, l := range tongues[:4] { // forwarded: the program says that all of it is meant to go on
		fw := l
		fw.re = map[string]string{"en": "Fwd:", "de": "WG:", "fr": "TR:", "es": "RV:"}[l.name]
		all["forwarded "+l.name] = programs["outlook-html"](w, fw, l.texts[1])
	}
	return all
}

func withFile(kind, name, text string) string {
	return "Content-Type: multipart/mixed; boundary=\"m1\"\r\n\r\n--m1\r\n" + part("text/plain", text) +
		"--m1\r\nContent-Type: " + kind + "; name=\"" + name + "\"\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\n\r\nFrom: someone@people.example.org\r\nSubject: x\r\n\r\n" + strings.Repeat("0123456789abcdef\r\n", 2000) + "--m1--\r\n"
}

// Issue 5.7, A17, A18, BEHAVIOURS 33 and 34: none of these answers leaves, and the writer is told why.
func TestLeakingRepliesAreHeld(t *testing.T) {
	w := newDeskWork(t, "Hello, please send me a copy of all personal data you hold about me. My number is 100200300.\r\n\r\nJane Roe")
	cases := leaking(w)
	if len(cases) < 40 {
		t.Fatalf("%d cases", len(cases))
	}
	for name, raw := range cases {
		left, lines := w.answer(t, raw)
		if left != "" {
			t.Errorf("%s: left %q", name, left)
		}
		if said := strings.Join(lines, "\n"); !strings.Contains(said, "reply to this mail with #send: exactly") {
			t.Errorf("%s: nothing is offered: %q", name, said)
		}
	}
}
