package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"privacybot/ingest"
	"privacybot/responder"
	"privacybot/ticket"
)

// sequence is a run of mails and staff actions on one ticket, each mail read by ingest, each letter
// written by the composer: everything but the network and the database.
type sequence struct {
	*deskWork
	r        *rapid.T
	composer *responder.Composer
	now      time.Time
	mail     int64
	letters  []composed
	proof    ticket.StaffProof
	clean    map[int64][]byte // staff mails that hold no marker, which #send may release
}

type composed struct {
	ticket.LetterOrder
	ticket.Letter
	text string
}

// decide runs one mail through ingest, ticket and composer, and checks every letter that leaves.
func (s *sequence) decide(raw []byte, answer *composed, edit func(*ticket.MailCause)) ticket.Decision {
	c := s.read(raw, s.mail)
	c.Message.ReceivedAt = s.now
	if edit != nil {
		edit(&c)
	}
	f := ticket.Facts{Policy: s.policy, Proof: s.proof, ProofThread: "phone", Supply: ticket.Supply{Ref: fmt.Sprintf("PB-TEST-%04d", s.mail), Code: "1234-5678",
		Hash: func(a, b, c string) []byte { return []byte(a + b + c) }, Same: func(h []byte, a, b, c string) bool { return string(h) == a+b+c }}}
	if answer != nil {
		f.Answer = &ticket.SentLetter{Kind: answer.LetterOrder.Kind, Key: answer.LetterOrder.Key, Ref: answer.LetterOrder.Ref, To: answer.LetterOrder.To.Address}
		f.AnswerText = answer.text
		f.Ticket = &s.tk
	}
	for _, a := range ticket.AddressesIn(c.Message.NewText) {
		if slices.Contains(known, a) {
			f.KnownParties = append(f.KnownParties, a)
		}
	}
	d := ticket.Decide(s.now, f, c)
	if d.Disposition == "" {
		s.r.Fatal("a mail without a disposition")
	}
	for _, ch := range d.Changes {
		if s.tk.Ref == "" || ch.Ticket.Ref == s.tk.Ref {
			s.tk = ch.Ticket
		}
	}
	if d.Proof != nil {
		s.proof = *d.Proof
	}
	for i, o := range d.Letters {
		s.compose(o, i)
	}
	return d
}

func (s *sequence) compose(o ticket.LetterOrder, i int) {
	if o.Kind == ticket.LetterAlarm {
		return
	}
	l, err := s.composer.Compose(o, fmt.Sprintf("pb.%028x%04x", s.mail, i), s.now)
	if err != nil {
		s.r.Fatalf("%s cannot be written: %v", o.Kind, err)
	}
	m := ingest.Parse(l.Raw, ingest.Options{})
	s.letters = append(s.letters, composed{o, l, m.Text})
	if _, staff := s.policy.StaffByAddress(o.To.Address); !o.Kind.External() {
		if !staff {
			s.r.Fatalf("%s goes to %s", o.Kind, o.To.Address)
		}
		return
	}
	head, _, _ := strings.Cut(string(l.Raw), "\r\n\r\n")
	for _, part := range []string{head, m.Subject, m.Text, m.HiddenText, m.NewText} {
		if at := strings.Index(strings.ToLower(part), "marker"); at >= 0 {
			s.r.Fatalf("%s to %s carries what was planted: …%s…", o.Kind, o.To.Address, part[max(0, at-60):min(len(part), at+60)])
		}
	}
	if p, ok := s.tk.Party(o.To.Address); o.Ref == s.tk.Ref && (!ok || p.Role == ticket.RoleReporter || p.Role == ticket.RoleThirdParty) {
		s.r.Fatalf("%s goes to %s, who is no party", o.Kind, o.To.Address)
	}
}

// inbound is a mail from the world, full of markers, perhaps on a thread of ours.
func (s *sequence) inbound() {
	who := rapid.SampledFrom([]string{"jane@people.example.org", "jane@people.example.org", "mallory@evil.example.net", deskAt}).Draw(s.r, "who")
	text := rapid.SampledFrom([]string{"Please send me a copy of my data. MARKER-text", "Please delete my account MARKER-text", "My daughter is nine and has an account. MARKER-child", "Are you there? MARKER-text", "MARKER-text 1234-5678",
		"#close done MARKER-forged", "Dear Jane, MARKER-forged", "#send", "1234-5678"}).Draw(s.r, "text")
	head := []string{"From: MARKER-name <" + who + ">", "To: <" + privacy + ">", "Cc: MARKER <marker-cc@example.net>", "Reply-To: <marker-reply@example.net>", "Subject: MARKER-subject", fmt.Sprintf("Message-ID: <in%d@people.example.org>", s.mail)}
	if who != deskAt && rapid.Bool().Draw(s.r, "signed") {
		head = append([]string{"Authentication-Results: " + border + "; dmarc=pass header.from=" + who[strings.Index(who, "@")+1:]}, head...)
	}
	if rapid.IntRange(0, 5).Draw(s.r, "automatic") == 0 {
		head = append(head, "Auto-Submitted: auto-replied")
	}
	var answer *composed
	if len(s.letters) > 0 && rapid.Bool().Draw(s.r, "on the thread") {
		answer = &s.letters[rapid.IntRange(0, len(s.letters)-1).Draw(s.r, "letter")]
		head = append(head, "In-Reply-To: <"+answer.MessageID+">")
		if rapid.Bool().Draw(s.r, "quotes") {
			text += "\n\nOn Mon, Nov 23, 2026 at 9:00 AM Corp <" + privacy + "> wrote:\n" + quoted(answer.text)
		}
	}
	body := part("text/plain", text)
	if rapid.Bool().Draw(s.r, "html") {
		body = both(text, "<p>"+text+"</p><p style=\"color:#fff\">MARKER-hidden</p><img src=\"http://marker.example.net/p.png\">")
	}
	s.decide([]byte(strings.Join(head, "\r\n")+"\r\nMIME-Version: 1.0\r\n"+body), answer, nil)
}

// staff is a proven staff mail in answer to any mail they got, quoted as programs do.
func (s *sequence) staff() {
	var mine []composed
	for _, l := range s.letters {
		if l.LetterOrder.To.Address == deskAt && !l.LetterOrder.Kind.External() && l.LetterOrder.Ref == s.tk.Ref {
			mine = append(mine, l)
		}
	}
	if len(mine) == 0 {
		return
	}
	answer := mine[rapid.IntRange(0, len(mine)-1).Draw(s.r, "answers")]
	text := rapid.SampledFrom([]string{"Dear Jane,\n\nwe looked at it.", "#ask Which account is it?", "#close done\nAll is done.", "#close refused\nWe must keep it.", "#take", "#verified by phone", "#right +access", "#requester jane@people.example.org",
		"#note MARKER-note", "#note MARKER-note\n#ask Which account is it?", "#blocked", "Dear Jane,\n\nwe looked.\n\n#note MARKER-note", "Dear Jane,\n\nnote: MARKER-note", "Dear Jane, MARKER bob.miller@people.example.org", "Dear Jane, see PB-9999-AAAA MARKER",
		"Dear Jane\n\nInternal: MARKER", "#close done\nHello MARKER 4111 1111 1111 1111", "#drop", "#send", "#nonsense MARKER", "I am out of the office. MARKER"}).Draw(s.r, "says")
	w := *s.deskWork
	w.notice.plain, w.notice.html, w.notice.subject, w.notice.id = answer.text, "<pre>"+answer.text+"</pre>", "about it", answer.MessageID
	names := []string{"gmail", "outlook-html", "outlook-plain", "thunderbird", "apple-mail", "unmarked"}
	var raw []byte
	if program := rapid.SampledFrom(names).Draw(s.r, "program"); program == "unmarked" {
		raw = []byte(w.head(tongues[0]) + part("text/plain", text+"\n\n"+answer.text)) // no quote at all
		if !strings.Contains(answer.text, ticket.InternalMark) {
			s.r.Fatal("a letter to staff without its mark")
		}
	} else {
		raw = programs[program](&w, tongues[rapid.IntRange(0, len(tongues)-1).Draw(s.r, "language")], text)
		if !strings.Contains(text, "MARKER") {
			s.clean[s.mail] = raw
		}
	}
	if strings.HasPrefix(text, "#send") && !s.maySend(answer) {
		return // whoever reads a planted word and sends it wants it to leave
	}
	d := s.decide(raw, &answer, nil)
	if d.CarryOut != nil {
		by, held := s.mail, d.CarryOut
		s.decide(s.clean[held.Mail], &answer, func(c *ticket.MailCause) { c.ID, c.Again, c.Proven, c.Send = held.Mail, by, held.Proven, held.Send })
	}
}

// maySend reports whether the text that answer quotes holds no marker.
func (s *sequence) maySend(answer composed) bool {
	for mail := range s.clean {
		if strings.Contains(answer.LetterOrder.Key, fmt.Sprintf("/mail-%d/", mail)) {
			return true
		}
	}
	return false
}

// DESIGN.md 5.3, A18, A21, A52, issue 5: over random sequences of mails and staff actions no letter to the
// outside ever contains what was planted in inbound mail, notes or other tickets.
func TestNothingPlantedLeaves(t *testing.T) {
	base := newDeskWork(t, "x: Please send me a copy of all personal data you hold about me.")
	composer, err := responder.NewComposer(responder.Config{Organisation: base.policy.Organisation, Zone: base.policy.Zone, Relay: true, Token: func(_, _ string) string { return "t8d2kx4m7w" }})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		w := *base
		w.tk = ticket.Ticket{}
		w.policy.Child, w.policy.ChildRepeat, w.policy.CodeExpires = ticket.ChildClock{Look: time.Hour, Block: time.Hour, Done: time.Hour}, time.Hour, 24*time.Hour
		w.policy.Attachments = rapid.SampledFrom([]string{"hold", "drop", "send"}).Draw(r, "attachments")
		s := &sequence{deskWork: &w, r: r, composer: composer, now: replyDay, clean: map[int64][]byte{}}
		for range rapid.IntRange(2, 14).Draw(r, "steps") {
			s.mail++
			s.now = s.now.Add(time.Duration(rapid.IntRange(1, 600).Draw(r, "minutes")) * time.Minute)
			if s.tk.Ref == "" || rapid.Bool().Draw(r, "the world writes") {
				s.inbound()
			} else {
				s.staff()
			}
		}
	})
}
