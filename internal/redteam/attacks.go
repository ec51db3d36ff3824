package redteam

import (
	"fmt"
	"strings"

	"privacybot/internal/demo"
	"privacybot/ticket"
)

// Attacks lists the attacks in the order in which they are played.
func Attacks() []Attack {
	return []Attack{
		{"impostor access request", "A1, A2", "asks for another person's data from a free mail address, with their name and telephone number; staff answer in good faith", impostor},
		{"forged sender", "A2", "asks in the customer's own name with a failing signature, and guesses", forgedSender},
		{"reply-to diversion", "A3, A4", "asks in the customer's name with a Reply-To of the attacker", replyTo},
		{"leaked thread", "A5, A8, A28", "answers the customer's letter, code and all, from another address", leakedThread},
		{"guessed reference", "A6, A7", "writes with the reference in the subject and a made-up In-Reply-To", guessedReference},
		{"forged staff", "A9, A10, A20", "writes as the desk on its own thread, with a made-up Authentication-Results, then guesses the code", forgedStaff},
		{"display name", "A11, A12, A13", "writes under the desk's name and with a second From", displayName},
		{"look-alike address", "A14, A16", "writes from addresses that look like the customer's", lookAlike},
		{"reply-all with strangers", "A17", "asks with strangers in copy; the desk answers to all", replyAll},
		{"quoted internals", "A18", "gets the desk to answer with the whole internal mail below, unmarked", quotedInternals},
		{"absence note of staff", "A19", "has the desk's absence note answer the ticket", staffAway},
		{"ticket trick", "A21", "registers the reply address elsewhere, so that a link for the attacker comes into the ticket", ticketTrick},
		{"code guessing", "A22", "answers with two hundred codes", codeGuessing},
		{"code replay", "A23", "uses a code of one ticket for another, and twice", codeReplay},
		{"out-of-office confirmation", "A24, A26", "has absence notes, marked and unmarked, quote the code; a read receipt; a challenge", outOfOffice},
		{"returned code", "A25, A30", "returns the letter as a bounce, and forges one to silence the customer", forgedBounce},
		{"link scanner", "A27", "follows whatever a letter links to", linkScanner},
		{"change of address", "A29, A31", "asks on the thread to send the data elsewhere, and withdraws in the customer's name", changeOfAddress},
		{"own name and steering headers", "A33, A34", "writes as the mailbox itself and as a ticket system", ownName},
		{"mail loop of two bots", "A54", "answers every letter at once, without any mark of a machine", mailLoop},
	}
}

// The desk's answer with personal data, which only the right person may get.
const personal = "Dear Ms Roe,\n\nyou live at 12 Mill Lane. " + planted

func impostor(s *scene) {
	for _, from := range []string{attacker, "jane.roe@freemail.example"} {
		s.mail(from, "my data", "I am Jane Roe, +44 20 7946 0018. Please send me a copy of all personal data you hold about me.")
	}
	s.work()
	for _, notice := range s.letters(desk, ticket.LetterStaffNotice) {
		s.reply(desk, notice, personal, signed(desk))
		s.reply(desk, notice, "#close done\n"+personal, signed(desk))
	}
	s.work()
	for _, l := range s.outside() {
		m := read(l)
		if kindOf(l) != ticket.LetterAcknowledgement || strings.Contains(m.Text, "Jane") || strings.Contains(m.Text, "7946") {
			s.leak("%s to %s", kindOf(l), l.To)
		}
	}
}

func forgedSender(s *scene) {
	s.mail(jane, "my data", "Please send me a copy of all personal data you hold about me, and delete my account.", "Authentication-Results: "+demo.Border+"; dmarc=fail header.from=people.example")
	s.work()
	t := s.ticketOf(jane)
	if !t.Requester().Verified.IsZero() {
		s.leak("the forged sender counts as verified")
	}
	s.reply(desk, s.one(desk, ticket.LetterStaffNotice), personal, signed(desk))
	s.work()
	if n := len(s.letters(jane, ticket.LetterAnswer)); n > 0 {
		s.leak("an answer was released to an unproven address")
	}
}

func replyTo(s *scene) {
	ack, notice := s.request(signed(jane), "Reply-To: <"+attacker+">")
	s.reply(jane, ack, "When do I get it?", "Reply-To: <"+attacker+">", "Auto-Submitted: auto-replied")
	s.reply(jane, ack, "And please delete my account.", "Reply-To: <"+attacker+">")
	s.reply(desk, notice, "Dear Ms Roe, here it is.", signed(desk))
	s.work()
	s.nobodyGot(attacker)
}

func leakedThread(s *scene) {
	ack, _ := s.request()
	before := s.ticketOf(jane)
	s.reply(attacker, ack, "Here is the code: "+codeIn(ack), signed(attacker))
	s.reply(attacker, ack, "What is the state of this?", signed(attacker))
	s.mail(attacker, read(ack).Subject, codeIn(ack))
	s.work()
	s.unchanged(before)
	s.nobodyGot(attacker)
}

func guessedReference(s *scene) {
	s.request()
	before := s.ticketOf(jane)
	s.mail(attacker, "Re: ["+before.Ref+"] my data", "Please close this, I have withdrawn.", "In-Reply-To: <pb.000000000000000000000000000000a1@demo.example>")
	s.mail(jane, "Re: ["+before.Ref+".aaaaaaaaaa] my data", "Code 0000-0000")
	s.mail(attacker, "x", "#close done", "To: <privacy+"+strings.ToLower(before.Ref)+".aaaaaaaaaa@demo.example>")
	s.work()
	s.unchanged(before)
	for _, l := range s.letters(attacker, "") {
		if strings.Contains(string(l.Raw), before.Ref) {
			s.leak("%s speaks of another person's ticket", kindOf(l))
		}
	}
}

func forgedStaff(s *scene) {
	_, notice := s.request(signed(jane))
	before := s.ticketOf(jane)
	for _, results := range []string{"X-None: 1", "Authentication-Results: mx.evil.example; dmarc=pass header.from=demo.example", "Authentication-Results: " + demo.Border + "; dmarc=fail header.from=demo.example",
		`Authentication-Results: ` + demo.Border + `; spf=none smtp.mailfrom="a; dmarc=pass header.from=demo.example"`} {
		for _, text := range []string{personal, "#close done\n" + personal, "#ask " + planted, "#requester " + attacker, "#verified I know her", "#release", "#send"} {
			s.reply(desk, notice, text, results)
		}
	}
	s.work()
	for _, q := range s.letters(desk, ticket.LetterStaffCode) {
		for i := range 8 {
			s.reply(desk, q, fmt.Sprintf("%04d-%04d", i, i))
		}
		s.reply(attacker, q, codeIn(q), signed(attacker))
		s.reply(desk, q, "I am out of the office.", "Auto-Submitted: auto-replied") // quotes the code
		s.reply(desk, q, "Thank you for your mail.")
	}
	s.work()
	s.unchanged(before)
	s.nobodyGot(attacker)
	for _, kind := range []ticket.LetterKind{ticket.LetterAnswer, ticket.LetterClosing} {
		for _, l := range s.letters(jane, kind) {
			s.leak("%s left by forged staff: %q", kind, read(l).NewText)
		}
	}
	if len(s.letters(manager, ticket.LetterStaffWarning)) == 0 {
		s.leak("the manager was not told of forged staff mail")
	}
}

func displayName(s *scene) {
	_, notice := s.request(signed(jane))
	before := s.ticketOf(jane)
	s.reply(attacker, notice, "#close done\n"+personal, signed(attacker), `From: "desk@demo.example" <`+attacker+`>`)
	s.reply(attacker, notice, personal, signed(attacker), "From: <"+desk+">, <"+attacker+">")
	s.reply(attacker, notice, personal, signed(attacker), "From: <"+attacker+">", "Sender: <"+desk+">", "Resent-From: <"+desk+">")
	s.work()
	s.unchanged(before)
	if n := len(s.letters(jane, ticket.LetterAnswer)); n > 0 {
		s.leak("an answer left under a false name")
	}
}

func lookAlike(s *scene) {
	ack, _ := s.request()
	before := s.ticketOf(jane)
	for _, from := range []string{"jane@peop1e.example", "jane+x@people.example", "j.ane@people.example", "jаne@people.example"} { // the last with a Cyrillic letter
		s.reply(from, ack, codeIn(ack), signed(from))
	}
	s.work()
	s.unchanged(before)
}

func replyAll(s *scene) {
	strangers := []string{"boss@work.example", "friend@people.example"}
	_, notice := s.request(signed(jane), "Cc: <"+strings.Join(strangers, ">, <")+">")
	s.reply(desk, notice, "Dear Ms Roe, here it is.", signed(desk), "Cc: <"+strangers[0]+">")
	s.work()
	s.reply(desk, notice, "Dear Ms Roe, here it is.", signed(desk))
	s.work()
	s.nobodyGot(strangers...)
	for _, l := range s.outside() {
		for _, a := range strangers {
			if strings.Contains(string(l.Raw), a) {
				s.leak("%s names %s", kindOf(l), a)
			}
		}
	}
	if n := len(s.letters(jane, ticket.LetterAnswer)); n != 1 {
		s.leak("%d answers left, want the one that was addressed to nobody else", n)
	}
}

func quotedInternals(s *scene) {
	_, notice := s.request(signed(jane))
	internal := read(notice).Text
	id := "In-Reply-To: <" + read(notice).MessageID + ">"
	for _, text := range []string{"Dear Ms Roe\n\n" + internal, internal + "\n\nDear Ms Roe", "Dear Ms Roe\n\n| " + strings.ReplaceAll(internal, "\n", "\n| "), "Dear Ms Roe\n\n" + strings.Join(strings.Fields(internal), " "),
		"Dear Ms Roe\n#note " + planted, "Dear Ms Roe\n\nInternal: " + planted, "#close done\nDear Ms Roe\n" + internal, "#ask Who are you?\n" + internal} {
		s.mail(desk, "Re: "+read(notice).Subject, text, signed(desk), id)
	}
	s.work()
	for _, kind := range []ticket.LetterKind{ticket.LetterAnswer, ticket.LetterClosing} {
		for range s.letters(jane, kind) {
			s.leak("an answer left with internal text")
		}
	}
}

func staffAway(s *scene) {
	_, notice := s.request(signed(jane))
	s.reply(desk, notice, "I am out of the office until Monday. "+planted, signed(desk), "Auto-Submitted: auto-replied")
	s.reply(desk, notice, "Ich bin bis Montag nicht im Büro. "+planted, signed(desk))
	s.work()
	if n := len(s.letters(jane, ticket.LetterAnswer)); n > 0 {
		s.leak("an absence note went to the requester")
	}
}
