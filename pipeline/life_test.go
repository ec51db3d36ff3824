package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

// byAddress gives the tickets of a requester, the oldest first.
func (o *office) byAddress(address string) []ticket.Ticket {
	o.t.Helper()
	var found []ticket.Ticket
	for _, t := range o.tickets() {
		if t.Requester().Address.Address == address {
			found = append(found, t)
		}
	}
	return found
}

// newest gives the last letter of a kind to an address.
func (o *office) newest(to string, kind ticket.LetterKind) mailtest.Mail {
	o.t.Helper()
	all := o.all(to, kind)
	if len(all) == 0 {
		o.t.Fatalf("no %s to %s; sent were\n%s", kind, to, o.listing())
	}
	return all[len(all)-1]
}

// desk answers the desk's newest notice with a command.
func (o *office) desk(text string) {
	o.t.Helper()
	o.reply(deskAt, o.newest(deskAt, ticket.LetterStaffNotice), text, proven(deskAt))
	o.once()
}

func due(t ticket.Ticket) string {
	legal, _ := t.Due()
	return legal.UTC().Format(time.DateOnly)
}

// bounce is what another server says of a letter that it could not deliver.
func (o *office) bounce(m mailtest.Mail, to string) {
	id := header(m.Raw, "Message-ID")
	o.imap.Deliver("INBOX", []byte(strings.ReplaceAll(fmt.Sprintf(`Return-Path: <>
From: Mail Delivery System <mailer-daemon@people.example.org>
To: <%s>
Subject: Undelivered Mail Returned to Sender
Date: %s
Message-ID: <dsn-%d@people.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.people.example.org

Final-Recipient: rfc822; %s
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: %s
From: <%s>
To: <%s>

--b--
`, privacy, o.clock().Format(time.RFC1123Z), o.clock().UnixNano(), to, id, privacy, to), "\n", "\r\n")), o.clock())
	o.once()
}

// D12, D30, BEHAVIOURS 18, 19, 26: the dates and the ways of a request, by mail alone.
func TestLifeByMail(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		local := o.clock().In(o.config.Policy.Zone) // the mail server dates no mail into the future
		o.later(time.Date(local.Year(), local.Month(), local.Day()-10, 12, 0, 0, 0, local.Location()).Sub(o.clock()))
		jane := "jane@people.example.org"
		o.receive(jane, "my data", "Please send me a copy of all personal data you hold about me.", proven(jane))
		o.once()
		first := due(o.byAddress(jane)[0])

		o.desk("#extend\nThree systems have to be searched.")
		notice := o.one(jane, ticket.LetterExtension)
		if got := o.byAddress(jane)[0]; got.State() != "extended" || due(got) <= first {
			t.Errorf("extended: %s, due %s", got.State(), due(got))
		}
		if !strings.Contains(text(notice), "Three systems") {
			t.Errorf("the notice reads\n%s", text(notice))
		}
		o.later(time.Hour)
		o.bounce(notice, jane)
		if got := o.byAddress(jane)[0]; got.State() != "in_work" || due(got) != first {
			t.Errorf("after the bounce: %s, due %s, want %s", got.State(), due(got), first)
		}

		o.desk("#law uk-gdpr she lives in Leeds")
		first = due(o.byAddress(jane)[0])
		o.desk("#pause Which of your two accounts do you mean?")
		question := o.one(jane, ticket.LetterAnswer)
		if got := o.byAddress(jane)[0]; got.State() != "waiting" || due(got) != first {
			t.Errorf("paused: %s, due %s", got.State(), due(got))
		}
		o.later(7 * 24 * time.Hour)
		o.reply(jane, question, "I am away until Monday.", "Auto-Submitted: auto-replied")
		o.once()
		if got := o.byAddress(jane)[0]; got.State() != "waiting" {
			t.Error("an absence note ended the pause")
		}
		o.reply(jane, question, "I mean the blue one.", proven(jane))
		o.once()
		got := o.byAddress(jane)[0]
		if got.State() != "in_work" || got.Requests[0].Deadline.Excluded != 8 || due(got) <= first {
			t.Errorf("answered: %s, due %s, %d days excluded\n%s", got.State(), due(got), got.Requests[0].Deadline.Excluded, strings.Join(got.Requests[0].Sheet(time.UTC), "\n"))
		}
	})
}

func TestJoinSplitReferByMail(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		max := "max@people.example.org"
		o.receive(max, "wrong name", "Please correct my name in your records.", proven(max))
		o.once()
		old := o.byAddress(max)[0]
		o.later(48 * time.Hour)
		o.receive(max, "again", "Please correct my name in your records. And I object to profiling of my data.", proven(max))
		o.once()
		ack := o.newest(max, ticket.LetterAcknowledgement)
		sent := len(o.smtp.To(max))

		o.desk("#merge " + old.Ref)
		ts := o.byAddress(max)
		if len(ts) != 2 || ts[1].MergedInto != old.Ref || !ts[1].Closed() || len(ts[0].Requests) != 2 || due(ts[0]) != due(old) {
			t.Fatalf("joined: %+v", ts)
		}
		o.reply(max, ack, "One more thing: it is spelled with ph.", proven(max))
		o.once()
		if n := len(o.smtp.To(max)); n != sent {
			t.Errorf("joining wrote %d letters\n%s", n-sent, o.listing())
		}
		if l := o.newest(deskAt, ticket.LetterStaffFollowup); !strings.Contains(header(l.Raw, "Subject"), old.Ref) {
			t.Errorf("later mail went to %s, not to %s", header(l.Raw, "Subject"), old.Ref)
		}

		o.reply(deskAt, o.newest(deskAt, ticket.LetterStaffFollowup), "#split objection", proven(deskAt))
		o.once()
		ts = o.byAddress(max)
		if len(ts) != 3 || ts[2].Requests[0].Right != ticket.Objection || ts[2].Linked[0] != old.Ref {
			t.Fatalf("split: %+v", ts)
		}
		o.desk("#refer\nExample Bank, privacy@bank.example.net, is responsible for this.")
		o.one(max, ticket.LetterReferral)
		if got := o.byAddress(max)[2]; got.Requests[0].State != ticket.Referred || !got.Closed() {
			t.Errorf("referred: %s", got.Requests[0].State)
		}
		o.desk("#show " + old.Ref)
		if l := text(o.one(deskAt, ticket.LetterStaffSheet)); !strings.Contains(l, "was joined to this ticket") || !strings.Contains(l, "1 month") {
			t.Errorf("the sheet reads\n%s", l)
		}
		o.desk("#list")
		if l := text(o.one(deskAt, ticket.LetterStaffWorklist)); !strings.Contains(l, old.Ref) {
			t.Errorf("the list reads\n%s", l)
		}
	})
}

// One work list a day, by day, through restarts; C6, C53.
func TestWorkListOnceADay(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		o.config.Schedule.Days = []time.Weekday{0, 1, 2, 3, 4, 5, 6}
		o.open()
		zone := o.config.Schedule.Zone
		local := o.clock().In(zone)
		o.later(time.Date(local.Year(), local.Month(), local.Day()+1, 3, 0, 0, 0, zone).Sub(o.clock())) // at night
		jane := "jane@people.example.org"
		o.receive(jane, "my name", "Please correct my name in your records.", proven(jane))
		o.once()
		if n := len(o.all(deskAt, ticket.LetterStaffWorklist)); n != 0 {
			t.Errorf("%d work lists at night", n)
		}
		for day := 1; day <= 2; day++ {
			for _, pause := range []time.Duration{6, 6, 12} { // 9 h, 15 h, 3 h
				o.later(pause * time.Hour)
				o.once()
			}
			o.open() // a restart between the days
			if n := len(o.all(deskAt, ticket.LetterStaffWorklist)); n != day {
				t.Errorf("day %d: %d work lists\n%s", day, n, o.listing())
			}
		}
		o.later((32*24 + 7) * time.Hour)
		o.once()
		if l := text(o.newest(deskAt, ticket.LetterStaffWorklist)); !strings.Contains(l, "the limit has passed") {
			t.Errorf("the list reads\n%s", l)
		}
		o.one("manager@corp.example.com", ticket.LetterStaffReminder)
	})
}
