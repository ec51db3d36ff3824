package redteam

import (
	"fmt"
	"regexp"
	"strings"

	"privacybot/internal/demo"
	"privacybot/ticket"
)

func ticketTrick(s *scene) {
	ack, _ := s.request()
	link := "Welcome to Chat! Confirm your address: https://chat.example/join?token=" + planted
	s.reply("noreply@chat.example", ack, link, signed("noreply@chat.example"))
	s.mail("notifications@chat.example", "Confirm", link, signed("notifications@chat.example"))
	s.mail("feedback@chat.example", read(ack).Subject, link)
	s.work()
	s.nobodyGot("noreply@chat.example", "notifications@chat.example") // the third looks like a person: it may get a neutral letter
	s.reply(jane, ack, "What is the state of my request?")
	s.work() // nothingPlanted looks at what the attacker, who is the requester here, got
}

func codeGuessing(s *scene) {
	ack, _ := s.request()
	before := s.ticketOf(jane)
	for i := range 200 {
		s.reply(jane, ack, fmt.Sprintf("%04d-%04d", 9000-i, i))
	}
	s.work()
	s.unchanged(before)
	t := s.ticketOf(jane)
	if t.Verification == nil || t.Verification.LockedAt.IsZero() {
		s.leak("codes are not locked after two hundred guesses")
	}
	if n := len(s.letters(jane, "")); n > 10 {
		s.leak("%d letters went to the person in whose name the codes were guessed", n)
	}
}

func codeReplay(s *scene) {
	ack, _ := s.request()
	s.mail("bob@people.example", "my data", "Please send me a copy of all personal data you hold about me.")
	s.work()
	bob := s.one("bob@people.example", ticket.LetterAcknowledgement)
	s.reply("bob@people.example", bob, codeIn(ack))
	s.reply(jane, bob, codeIn(bob))
	s.work()
	if !s.ticketOf("bob@people.example").Requester().Verified.IsZero() || !s.ticketOf(jane).Requester().Verified.IsZero() {
		s.leak("the code of one ticket confirmed another")
	}
}

func outOfOffice(s *scene) {
	ack, _ := s.request()
	before := s.ticketOf(jane)
	id := []string{"In-Reply-To: <" + read(ack).MessageID + ">"}
	s.reply(jane, ack, "I am out of the office.", "Auto-Submitted: auto-replied")
	s.reply(jane, ack, "I am out of the office until Monday.")
	s.reply(jane, ack, "Ihre Nachricht ist eingegangen.")
	s.mail(jane, "Automatic reply: "+read(ack).Subject, read(ack).Text, id...)
	s.mail(jane, "Re: "+read(ack).Subject, "Your mail was received:\n\n"+read(ack).Text, id...)
	s.mail(jane, "Read: "+read(ack).Subject, "Your message was read. "+codeIn(ack), append(id, "Content-Type: multipart/report; report-type=disposition-notification; boundary=b")...)
	s.mail(jane, "Please confirm that you are human", "To deliver your mail "+codeIn(ack)+" click here", append(id, "Auto-Submitted: auto-generated")...)
	s.reply(jane, ack, "Fwd", "Return-Path: <>")
	s.work()
	s.unchanged(before)
	if n := len(s.letters(jane, ticket.LetterVerified)); n > 0 {
		s.leak("a machine confirmed the address")
	}
}

func forgedBounce(s *scene) {
	ack, _ := s.request()
	before := s.ticketOf(jane)
	report := func(id, text string) {
		s.mail("mailer-daemon@mx.people.example", "Undelivered Mail Returned to Sender", "--b\nContent-Type: text/plain\n\n"+text+"\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.people.example\n\nFinal-Recipient: rfc822; "+jane+
			"\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\nFrom: <"+demo.Mailbox+">\nTo: <"+jane+">\nMessage-ID: <"+id+">\n\n"+text+"\n--b--",
			"Return-Path: <>", "Content-Type: multipart/report; report-type=delivery-status; boundary=b")
	}
	report("made-up@demo.example", "550 user unknown")
	report("pb.000000000000000000000000000000a1@demo.example", "550 user unknown")
	s.work()
	if t := s.ticketOf(jane); t.Undeliverable != "" {
		s.leak("a forged bounce silenced the customer")
	}
	report(read(ack).MessageID, "returned: "+codeIn(ack)) // a real one confirms nothing either
	s.work()
	s.unchanged(before)
	if s.ticketOf(jane).Closed() {
		s.leak("a bounce closed the ticket")
	}
}

var urls = regexp.MustCompile(`(?i)(?:https?|mailto):[^\s"'<>]+`)

func linkScanner(s *scene) {
	ack, _ := s.request()
	before := s.ticketOf(jane)
	secret := []string{codeIn(ack), strings.ReplaceAll(codeIn(ack), "-", ""), before.Ref}
	for _, url := range urls.FindAllString(string(ack.Raw)+read(ack).Text, -1) {
		for _, x := range secret {
			if x != "" && strings.Contains(url, x) {
				s.leak("a letter links to %s", url)
			}
		}
	}
	s.unchanged(before)
}

func changeOfAddress(s *scene) {
	ack, notice := s.request(signed(jane))
	s.reply(jane, ack, "I have a new address: please send everything to "+attacker+".") // she may ask; nobody is written to there
	s.work()
	before := s.ticketOf(jane)
	s.mail(attacker, "I am Jane Roe", "This is my new address, please send the data of "+jane+" here.")
	s.reply(attacker, ack, "I withdraw my request, please close it.", signed(attacker))
	s.work()
	s.unchanged(before)
	s.reply(desk, notice, "Dear Ms Roe, here it is.", signed(desk))
	s.work()
	for _, l := range s.letters(attacker, "") {
		if k := kindOf(l); k == ticket.LetterAnswer || k == ticket.LetterClosing {
			s.leak("%s went to the address that a mail named", k)
		}
	}
}

func ownName(s *scene) {
	ack, notice := s.request(signed(jane))
	before := s.ticketOf(jane)
	s.mail(demo.Mailbox, "Re: "+read(notice).Subject, "#close done\n"+personal, "In-Reply-To: <"+read(notice).MessageID+">", signed(demo.Mailbox))
	s.mail("privacy+x@demo.example", "hello", "Please delete my account.")
	s.reply(attacker, ack, "take this", "X-Privacybot: staff_notice", "X-PrivacyBot-Verified: yes", "X-Zammad-Ticket-State: closed", "X-RT-Command: resolve", "Resent-From: <"+desk+">")
	s.work()
	s.unchanged(before)
	s.nobodyGot(demo.Mailbox, "privacy+x@demo.example", attacker)
}

func mailLoop(s *scene) {
	bot := "tickets@shop.example"
	s.mail(bot, "Please delete our account", "Please delete our account and all data you hold about us.", signed(bot))
	s.work()
	seen := 0
	for round := range 30 {
		s.clock.Set(8, round)
		all := s.letters(bot, "")
		if len(all) == seen {
			break
		}
		for _, l := range all[seen:] {
			s.reply(bot, l, fmt.Sprintf("Thank you for contacting us. Your ticket is #%d. Please delete our account.", 100+round), signed(bot))
		}
		seen = len(all)
		s.work()
	}
	if n := len(s.letters(bot, "")); n > 6 {
		s.leak("%d letters in a loop with another program", n)
	}
}
