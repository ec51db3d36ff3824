package ticket_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

// A18: however a mail program wraps, marks, splits or cuts a mail to staff, none of it leaves.
func TestNoPartOfAStaffMailLeaves(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Access))
	for name, text := range map[string]string{
		"mark":           ticket.InternalMark,
		"wrapped mark":   "Internal: not for\n> the requester",
		"upper case":     strings.ToUpper(ticket.InternalMark),
		"split by HTML":  "internal:\n\nnot for the requester",
		"commands only":  "| #verified how:  records that you have checked who the\n|                requester is",
		"arithmetic":     "How the date was counted\n- " + tk.Requests[0].Deadline.Proof[0],
		"the foot":       "This mail is for\ncolleagues only.",
		"late command":   "bye\n#note he is rude",
		"late command 2": "bye\n  #Close: done",
	} {
		for _, text := range []string{"Dear Jane, all is done.\n\n" + text, "#close done\nDear Jane\n" + text, "#ask Which account?\n" + text} {
			d := staffReply(t, tk, ticket.LetterStaffNotice, desk(text))
			if len(external(d)) != 0 || d.Changes[0].Ticket.Closed() {
				t.Errorf("%s: %q went out: %v", name, text, external(d))
			}
			letter(t, d, ticket.LetterStaffHeld)
		}
	}
	fine := "Dear Jane,\nhere it is, due by 24 December, reference " + tk.Ref + ".\nDesk\n#1 in telephony\n#WeAreHiring"
	wantLetters(t, external(staffReply(t, tk, ticket.LetterStaffNotice, desk(fine))), "answer jane@example.org")
}

// BEHAVIOURS 34: a note beside another command never joins the text that leaves.
func TestNoteBesideAnotherCommand(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Access))
	for _, text := range []string{"#note he is rude\n#ask Which account?", "#note he is rude\n#close done\nAll done.", "#close done\n#note he is rude\nAll done."} {
		d := staffReply(t, tk, ticket.LetterStaffNotice, desk(text))
		for _, l := range d.Letters {
			if l.Kind.External() && strings.Contains(l.Data.Answer, "rude") {
				t.Errorf("%q: the note left: %q", text, l.Data.Answer)
			}
		}
		if len(external(d)) != 1 {
			t.Errorf("%q: letters %v", text, sent(d))
		}
	}
}

// A closing letter cannot promise an attachment that is not passed on; the small pictures of a
// signature hold nothing back.
func TestAttachmentsOfStaff(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Access))
	for _, text := range []string{"Hello", "#close done\nSee the file."} {
		file, logo := desk(text), desk(text)
		file.Attachments = []ticket.Attachment{{Name: "export.pdf", Type: "application/pdf", Size: 900}}
		logo.Attachments = []ticket.Attachment{{Name: "image001.png", Type: "image/png", Size: 4000}}
		wantLetters(t, sent(staffReply(t, tk, ticket.LetterStaffNotice, file)), "staff_held desk@example.com")
		if len(external(staffReply(t, tk, ticket.LetterStaffNotice, logo))) != 1 {
			t.Errorf("%q with a logo was held", text)
		}
	}
}

// A19: an absence note without any mark of a machine stops no child alarm.
func TestAbsenceNoteDoesNotStopTheAlarms(t *testing.T) {
	tk := opened(t, from("jane@example.org", "x"), asks(ticket.Child))
	for _, text := range []string{"I am out of the office until Monday.", "Ich bin bis Montag nicht im Büro.", "我正在休假，周一回来。", "Vielen Dank für Ihre Nachricht.\nIch bin im\nUrlaub."} {
		d := staffReply(t, tk, ticket.LetterEscalation, from("olivia@example.com", text))
		if a := d.Changes[0].Ticket.Child; !a.AcknowledgedAt.IsZero() || a.Alarms != 2 {
			t.Errorf("%q: %+v", text, a)
		}
		wantLetters(t, sent(d), "escalation mona@example.com", "staff_held olivia@example.com")
	}
	d := staffReply(t, tk, ticket.LetterEscalation, from("olivia@example.com", "#ack I am on holiday but I do it now"))
	if d.Changes[0].Ticket.Child.AcknowledgedAt.IsZero() {
		t.Error("#ack counts in any case")
	}
}

// A54, C66: when nobody on the line can be reached, the alarms keep their pace.
func TestUnreachableLineIsNoLoop(t *testing.T) {
	tk := opened(t, from("jane@example.org", "x"), asks(ticket.Child))
	refuse := func(now time.Time) int {
		f := facts(t)
		f.Ticket = &tk
		d := ticket.Decide(now, f, ticket.DeliveryCause{Letter: ticket.SentLetter{Kind: ticket.LetterEscalation, Ref: tk.Ref}, Result: ticket.DeliveryRefused, Status: "550"})
		tk = d.Changes[0].Ticket
		n := 0
		for _, l := range d.Letters {
			if l.Kind == ticket.LetterEscalation {
				n++
			}
		}
		return n
	}
	if n := refuse(noon) + refuse(noon) + refuse(noon); n != 1 {
		t.Errorf("%d alarms at once on a line of two, want one for the other person", n)
	}
	f := facts(t)
	f.Ticket = &tk
	tk = ticket.Decide(noon.Add(30*time.Minute), f, ticket.DueCause{}).Changes[0].Ticket
	if n := refuse(noon.Add(30 * time.Minute)); n != 1 {
		t.Errorf("after the pause %d, want 1", n)
	}
}

// A1, DESIGN.md 5.3: a closing letter brings no data to a parent or an agent without proof either; a
// child's data are deleted and the case closed all the same.
func TestNoContentForUnprovenParentsAndAgents(t *testing.T) {
	for _, writer := range []ticket.Writer{ticket.WriterParent, ticket.WriterAgent} {
		v := asks(ticket.Access)
		v.Writer = writer
		tk := opened(t, from("jane@example.org", "x"), v)
		wantLetters(t, external(staffReply(t, tk, ticket.LetterStaffNotice, desk("#close done\nHe lives at 1 Main Street."))))
		wantLetters(t, external(staffReply(t, tk, ticket.LetterStaffNotice, desk("#verified birth certificate\n#close done\nHere it is."))), "closing jane@example.org")
	}
	v := asks(ticket.Child, ticket.Deletion)
	v.Writer = ticket.WriterParent
	tk := opened(t, from("jane@example.org", "x"), v)
	wantLetters(t, external(staffReply(t, tk, ticket.LetterStaffNotice, desk("#close done\nAll is deleted."))), "closing jane@example.org")
}

// Issue 5.7: there is no command whose words go round the firewall. Every command of the help, with
// any of its first words, is tried with a text that names another ticket.
func TestNoCommandGoesRoundTheFirewall(t *testing.T) {
	const leak = "PB-9999-8888"
	tk := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Access, ticket.Deletion))
	for _, h := range ticket.CommandHelps() {
		use := strings.Fields(h.Use)
		if !strings.HasPrefix(use[0], "#") {
			continue
		}
		first := []string{""}
		for _, word := range use[1:] {
			first = append(first, strings.Split(strings.Trim(word, "[]()"), "|")...)
		}
		first = append(first, "2026-12-20", "7d", "Acme", "processor@example.net", "deletion", "+access")
		for _, word := range first {
			for _, text := range []string{use[0] + " " + word + " see " + leak, use[0] + " " + word + "\nsee " + leak, use[0] + " " + word + " Acme processor@example.net\nsee " + leak} {
				for _, l := range staffReply(t, tk, ticket.LetterStaffNotice, desk(text)).Letters {
					if l.Kind.External() && strings.Contains(l.Data.Answer, leak) {
						t.Errorf("%q: %s carries %q", text, l.Kind, l.Data.Answer)
					}
				}
			}
		}
	}
}
