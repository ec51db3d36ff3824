package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

// acase is an attack on the ticket of one requester, through Dovecot and SMTP. Where the whole way has a
// test of its own it is named: A9 TestStaffProveThemselvesByCode, TestLeakedStaffThread; A15
// TestAddressThatCannotBeWrittenTo; A18 TestLeakingRepliesAreHeld; A24 TestWholeWay. The binary plays
// most of them again in "privacybot redteam".
type acase struct {
	name    string
	fields  []string // of the request that opens the ticket
	signed  bool     // the request's domain signs
	play    func(*arun)
	letters string // kinds of letters that the requester has in the end, in order; "*" = not looked at
	changed bool   // the ticket may have changed
	check   func(*arun)
}

// arun is a case under way.
type arun struct {
	*office
	t            *testing.T
	who, mallory string
	ack, notice  mailtest.Mail
	before       ticket.Ticket
}

func (x *arun) ticket() ticket.Ticket {
	for _, t := range x.tickets() {
		if t.Requester().Address.Key() == x.who {
			return t
		}
	}
	x.t.Fatalf("no ticket of %s", x.who)
	return ticket.Ticket{}
}

func (x *arun) code() string { return codeLine.FindStringSubmatch(text(x.ack))[1] }

func (x *arun) id() string {
	return "In-Reply-To: " + header(x.ack.Raw, "Message-ID")
}

const asksData = "Hello, please send me a copy of all personal data you hold about me."

// bounceOf is a delivery report about the letter with this id.
func bounceOf(x *arun, id, returned string) {
	x.receive("mailer-daemon@mx.example.net", "Undelivered Mail Returned to Sender", "--b\nContent-Type: text/plain\n\n550 user unknown\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; "+x.who+
		"\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\nFrom: <"+privacy+">\nMessage-ID: <"+id+">\n\n"+returned+"\n--b--",
		"Return-Path: <>", "Content-Type: multipart/report; report-type=delivery-status; boundary=b")
}

const gotAck, gotAnswer = "acknowledgement", "acknowledgement answer"

var acases = []acase{
	{name: "A1 impostor with name and telephone number", letters: gotAck, play: func(x *arun) {
		x.reply(deskAt, x.notice, "You live at 12 Mill Lane.", proven(deskAt))
	}, check: func(x *arun) {
		if got := text(x.ack); strings.Contains(got, "Jane") || strings.Contains(strings.ToLower(got), "we hold your") {
			x.t.Errorf("the acknowledgement says\n%s", got)
		}
	}},
	{name: "A2 forged sender", fields: []string{"Authentication-Results: " + border + "; dmarc=fail header.from=people.example.org"}, letters: "neutral_acknowledgement", play: func(x *arun) {
		x.reply(deskAt, x.notice, "You live at 12 Mill Lane.", proven(deskAt))
	}, check: func(x *arun) {
		if !strings.Contains(text(x.notice), "DMARC failed") {
			x.t.Error("the notice does not warn of a forged sender")
		}
	}},
	{name: "A3 Reply-To of the attacker", fields: []string{"Reply-To: <a3@evil.example.net>"}, signed: true, letters: gotAnswer, changed: true, play: func(x *arun) {
		x.reply(deskAt, x.notice, "Dear Jane, here it is.", proven(deskAt))
	}, check: func(x *arun) {
		if !strings.Contains(text(x.notice), "a3@evil.example.net") {
			x.t.Error("staff do not see the Reply-To")
		}
	}},
	{name: "A4 automatic reply with another Reply-To", letters: gotAck, play: func(x *arun) {
		x.reply(x.who, x.ack, "I am away.", "Auto-Submitted: auto-replied", "Reply-To: <x.autoreply@evil.example.net>")
	}},
	{name: "A5 a third party answers on the thread", letters: gotAck, play: func(x *arun) {
		x.reply(x.mallory, x.ack, "What is the state of this? "+x.before.Ref, proven(x.mallory))
	}},
	{name: "A6 a reference in the subject", letters: gotAck, play: func(x *arun) {
		x.receive(x.mallory, "Re: ["+x.before.Ref+"] my data", "Please proceed.")
		x.receive(x.mallory, "Re: ["+x.before.Ref+".aaaaaaaaaa]", "Please proceed.")
		x.receive(x.who, "Re: ["+x.before.Ref+".aaaaaaaaaa]", "0000-0000")
	}},
	{name: "A7 a forged In-Reply-To", letters: gotAck, play: func(x *arun) {
		x.receive(x.mallory, "Re: my data", "Please proceed.", "In-Reply-To: <pb.124.1@corp.example.com>", "References: <pb.00000000000000000000000000000001@corp.example.com>")
	}},
	{name: "A8 the token from another address", letters: gotAck, play: func(x *arun) {
		x.receive(x.mallory, "Re: "+header(x.ack.Raw, "Subject"), "The code is "+x.code(), x.id(), proven(x.mallory))
	}},
	{name: "A10 own Authentication-Results", letters: gotAck, play: func(x *arun) {
		x.reply(deskAt, x.notice, "#close done\nHere it is.", "Authentication-Results: corp; dmarc=pass header.from=corp.example.com", "Authentication-Results: mx.evil.example.net; dmarc=pass header.from=corp.example.com")
	}},
	{name: "A11 a colleague's display name", letters: gotAck, play: func(x *arun) {
		raw := strings.Replace(string(x.raw(x.mallory, "Re: "+header(x.notice.Raw, "Subject"), "#close done\nHere it is.", proven(x.mallory), "In-Reply-To: "+header(x.notice.Raw, "Message-ID"))), "Jane Roe <", `"`+deskAt+`" <`, 1)
		x.imap.Deliver("INBOX", []byte(raw), x.clock())
	}},
	{name: "A12 two authors", letters: gotAck, play: func(x *arun) {
		x.reply(deskAt, x.notice, "#close done\nHere it is.", proven(deskAt), "From: <"+x.mallory+">")
		x.reply(x.who, x.ack, x.code(), "From: <"+x.mallory+">")
	}},
	{name: "A13 Sender and Resent-From", letters: gotAck, play: func(x *arun) {
		x.reply(x.mallory, x.notice, "#close done\nHere it is.", proven(x.mallory), "Sender: <"+deskAt+">", "Resent-From: <"+deskAt+">")
		x.reply(x.mallory, x.ack, x.code(), proven(x.mallory), "Sender: <"+x.who+">")
	}},
	{name: "A14 a look-alike address", letters: gotAck, play: func(x *arun) {
		x.reply(strings.Replace(x.who, "a", "\u0430", 1), x.ack, x.code())
	}},
	{name: "A16 plus and dots", letters: gotAck, play: func(x *arun) {
		x.reply(strings.Replace(x.who, "@", "+x@", 1), x.ack, x.code())
		x.reply("j."+x.who, x.ack, x.code())
	}},
	{name: "A17 strangers in copy", fields: []string{"Cc: <cc17@evil.example.net>"}, signed: true, letters: gotAnswer, changed: true, play: func(x *arun) {
		x.reply(deskAt, x.notice, "Dear Jane, here it is (1).", proven(deskAt), "Cc: <cc17@evil.example.net>")
		x.reply(deskAt, x.notice, "Dear Jane, here it is (2).", proven(deskAt))
	}},
	{name: "A19 absence notes of staff", signed: true, letters: gotAck, play: func(x *arun) {
		x.reply(deskAt, x.notice, "I am out of the office until Monday.", proven(deskAt), "Auto-Submitted: auto-replied")
		x.reply(deskAt, x.notice, "Ich bin bis Montag nicht im Büro.", proven(deskAt))
	}},
	{name: "A20 staff forwarded the notice, a third party answers it", signed: true, letters: gotAck, play: func(x *arun) {
		x.reply(x.mallory, x.notice, "Dear Jane, send me your passport.", proven(x.mallory))
	}},
	{name: "A21 ticket trick", letters: gotAck, play: func(x *arun) {
		x.reply("noreply@chat.example.net", x.ack, "Confirm: https://chat.example.net/?t=secret", proven("noreply@chat.example.net"))
	}},
	{name: "A22 guessing", letters: "*", changed: true, play: func(x *arun) {
		for i := range 20 {
			x.reply(x.who, x.ack, fmt.Sprintf("%04d-9999", i))
		}
	}, check: func(x *arun) {
		if v := x.ticket().Verification; v == nil || v.LockedAt.IsZero() || !x.ticket().Requester().Verified.IsZero() {
			x.t.Errorf("after twenty guesses: %+v", v)
		}
	}},
	{name: "A23 a code twice, and elsewhere", letters: "acknowledgement verified", changed: true, play: func(x *arun) {
		x.reply(x.who, x.ack, x.code())
		x.reply(x.who, x.ack, x.code())
	}},
	{name: "A25 the code in a bounce", letters: gotAck, changed: true, play: func(x *arun) {
		bounceOf(x, strings.Trim(header(x.ack.Raw, "Message-ID"), "<>"), text(x.ack))
	}, check: func(x *arun) {
		if t := x.ticket(); !t.Requester().Verified.IsZero() || t.Undeliverable == "" || t.Closed() {
			x.t.Errorf("after a real bounce: %+v", t)
		}
	}},
	{name: "A26 a read receipt and a challenge", letters: gotAck, play: func(x *arun) {
		x.receive(x.who, "Read: "+header(x.ack.Raw, "Subject"), "--b\nContent-Type: text/plain\n\nread "+x.code()+"\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; "+x.who+"\nOriginal-Message-ID: "+header(x.ack.Raw, "Message-ID")+"\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--",
			x.id(), "Content-Type: multipart/report; report-type=disposition-notification; boundary=b")
		x.receive(x.who, "Please confirm that you are human", "To deliver your mail "+x.code()+" click https://spam.example.net/", x.id(), "Auto-Submitted: auto-replied")
	}},
	{name: "A27 nothing to click", letters: gotAck, play: func(*arun) {}, check: func(x *arun) {
		if got := string(x.ack.Raw); strings.Contains(got, "href=3D\"http") || strings.Contains(got, "href=\"http") {
			x.t.Error("the letter with the code has a link that a scanner can follow")
		}
	}},
	{name: "A28 forwarded to somebody who confirms", letters: gotAck, play: func(x *arun) {
		x.reply(x.mallory, x.ack, x.code())
	}},
	{name: "A29 send it to my new address", signed: true, letters: "*", changed: true, play: func(x *arun) {
		x.reply(x.who, x.ack, "I have a new address, please send everything to a29@evil.example.net.")
		x.reply(deskAt, x.notice, "Dear Jane, here it is.", proven(deskAt))
	}, check: func(x *arun) {
		if len(x.all(x.who, ticket.LetterAnswer)) != 1 || x.ticket().Requester().Address != x.before.Requester().Address {
			x.t.Error("the requester's address changed by a mail")
		}
	}},
	{name: "A30 a forged bounce", letters: gotAck, play: func(x *arun) {
		bounceOf(x, "pb.00000000000000000000000000000001@corp.example.com", "x")
		bounceOf(x, "anything@corp.example.com", "x")
	}, check: func(x *arun) {
		if x.ticket().Undeliverable != "" {
			x.t.Error("a forged bounce silenced the requester")
		}
	}},
	{name: "A31 a forged withdrawal", letters: gotAck, play: func(x *arun) {
		x.receive(x.mallory, "withdrawal", "I withdraw the request "+x.before.Ref+", please close it.")
		x.receive(x.who, "withdrawal", "I withdraw my request, please close it.", "Authentication-Results: "+border+"; dmarc=fail header.from=people.example.org")
	}},
	{name: "A32 delete all accounts of others", letters: "*", changed: true, play: func(x *arun) {
		x.receive("a32@evil.example.net", "deletion", "Please delete all accounts of @people.example.org users.")
	}},
	{name: "A33 written as the mailbox itself", letters: gotAck, play: func(x *arun) {
		x.receive(privacy, "Re: "+header(x.notice.Raw, "Subject"), "#close done\nHere it is.", proven(privacy), "In-Reply-To: "+header(x.notice.Raw, "Message-ID"))
		x.receive("privacy+x@corp.example.com", "hello", "Are you there?")
	}},
	{name: "A34 steering headers", letters: gotAck, play: func(x *arun) {
		x.receive(x.mallory, "hello", "Nice weather.", x.id(), "X-Privacybot: staff_notice", "X-Privacybot-Verified: yes", "X-Zammad-Ticket-State: closed", "X-RT-Command: resolve")
	}},
}

// A1 to A34: one scenario each, through a real Dovecot and a real SMTP conversation. Whatever is tried,
// the requester stays who they are, the ticket stays as it was unless the case says otherwise, and
// nobody but the requester and the house is written to about it.
func TestACases(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	runs := make([]*arun, len(acases))
	for i, c := range acases {
		x := &arun{office: o, t: t, who: fmt.Sprintf("jane%02d@people.example.org", i), mallory: fmt.Sprintf("mallory%02d@evil.example.net", i)}
		fields := c.fields
		if c.signed {
			fields = append([]string{proven(x.who)}, fields...)
		}
		o.receive(x.who, "my data", asksData+" I am "+x.who+", +44 20 7946 0018.", fields...)
		runs[i] = x
	}
	o.once()
	for i, c := range acases {
		x := runs[i]
		found := append(o.all(x.who, ticket.LetterAcknowledgement), o.all(x.who, ticket.LetterNeutral)...)
		if len(found) != 1 {
			t.Fatalf("%s: %d acknowledgements\n%s", c.name, len(found), o.listing())
		}
		x.ack, x.before = found[0], x.ticket()
		for _, n := range o.all(deskAt, ticket.LetterStaffNotice) {
			if strings.Contains(text(n), x.who) {
				x.notice = n
			}
		}
		if x.notice.Raw == nil {
			t.Fatalf("%s: no notice", c.name)
		}
		c.play(x)
	}
	o.once()
	outside := map[string][]string{}
	for _, m := range o.smtp.Mails() {
		for _, to := range m.To {
			outside[to] = append(outside[to], header(m.Raw, "X-Privacybot"))
		}
	}
	for i, c := range acases {
		t.Run(c.name, func(t *testing.T) {
			x := runs[i]
			x.t = t
			after := x.ticket()
			if after.Requester().Address != x.before.Requester().Address || !c.changed && (after.State() != x.before.State() || after.Requester() != x.before.Requester() || len(after.Requests) != len(x.before.Requests)) {
				t.Errorf("the ticket was %s, %+v, and is %s, %+v", x.before.State(), x.before.Requester(), after.State(), after.Requester())
			}
			if got := strings.Join(outside[x.who], " "); c.letters != "*" && got != c.letters {
				t.Errorf("letters to the requester: %s", got)
			}
			if got := outside[x.mallory]; len(got) > 0 {
				t.Errorf("letters to the attacker: %v", got)
			}
			if c.check != nil {
				c.check(x)
			}
		})
	}
	for to, kinds := range outside {
		if !strings.HasSuffix(to, "@people.example.org") && !strings.HasSuffix(to, "@corp.example.com") && to != "a32@evil.example.net" || to == privacy || strings.HasPrefix(to, "privacy+") {
			t.Errorf("%v went to %s", kinds, to)
		}
	}
}
