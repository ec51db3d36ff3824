package pipeline_test

import (
	"regexp"
	"strings"
	"testing"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

var ownEnvelope = regexp.MustCompile(`^privacy\+b-[0-9a-z]{26}-[0-9a-z]{10}@corp\.example\.com$`)

// returned is a failure notice that returns nothing of our letter, to the address it was sent from.
func (o *office) returned(to, delivered string) {
	o.imap.Deliver("INBOX", []byte(strings.ReplaceAll("Return-Path: <>\n"+delivered+"From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nTo: <"+to+">\nSubject: Undelivered Mail Returned to Sender\n"+
		"Date: Mon, 23 Nov 2026 12:00:00 +0000\nMessage-ID: <dsn-"+strings.ReplaceAll(to, "@", ".")+squeeze(delivered)+"@mx.example.org>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nThe mail could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\n"+
		"Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; somebody@elsewhere.example.org\nAction: failed\nStatus: 5.1.1\n\n--b--\n", "\n", "\r\n")), o.clock())
}

func squeeze(line string) string { return regexp.MustCompile(`\W`).ReplaceAllString(line, "") }

// B18, B27: with plus addressing each letter has an envelope sender of its own, and what comes back to it
// is tied to that letter also when it returns nothing. A30: the address cannot be made up.
func TestBounceIsTiedByItsEnvelope(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		o.config.Plus = true
		o.open()
		for _, from := range []string{"jane@people.example.org", "joe@people.example.org"} {
			o.receive(from, "My account", "Please delete my account.")
		}
		o.once()
		seen := map[string]bool{}
		for _, m := range o.smtp.Mails() {
			if !ownEnvelope.MatchString(m.From) || seen[m.From] || len(m.Notify) != 1 || m.Notify[0] != "FAILURE" {
				t.Errorf("%s: from %s, notify %v", header(m.Raw, "X-Privacybot"), m.From, m.Notify)
			}
			seen[m.From] = true
		}
		jane := o.one("jane@people.example.org", ticket.LetterAcknowledgement)

		forged := jane.From[:40] + "0000" + jane.From[44:]
		o.returned(forged, "")
		o.returned(strings.Replace(jane.From, "+b-", "+b-0", 1), "")
		o.once()
		for _, tk := range o.tickets() {
			if tk.Undeliverable != "" {
				t.Fatalf("a made-up address marks %s", tk.Ref)
			}
		}
		o.returned(privacy, "Delivered-To: "+strings.ToUpper(jane.From)+"\n")
		o.once()
		for _, tk := range o.tickets() {
			if want := tk.Requester().Address.Address == "jane@people.example.org"; (tk.Undeliverable != "") != want {
				t.Errorf("%s: undeliverable %q", tk.Requester().Address.Address, tk.Undeliverable)
			}
		}
		if n := len(o.all(deskAt, ticket.LetterUndelivered)); n != 1 {
			t.Errorf("%d words to the desk", n)
		}
		joe := o.one("joe@people.example.org", ticket.LetterAcknowledgement)
		o.returned(joe.From, "")
		o.once()
		if n := len(o.all(deskAt, ticket.LetterUndelivered)); n != 2 {
			t.Errorf("%d words to the desk", n)
		}

		// A person who writes there is a person.
		o.imap.Deliver("INBOX", []byte(strings.Replace(string(o.raw("max@people.example.org", "Data", "What do you know about me?")), "<"+privacy+">", "<"+jane.From+">", 1)), o.clock())
		o.once()
		o.one("max@people.example.org", ticket.LetterAcknowledgement)
	})
}

// A server that lets us send from the plain address only gets that: no letter waits for it.
func TestEnvelopeOfItsOwnIsRefused(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.config.Plus = true
	o.open()
	o.smtp.Configure(mailtest.NoTLS(), mailtest.OnlyFrom(privacy))
	o.receive("jane@people.example.org", "My account", "Please delete my account.")
	o.once()
	if m := o.one("jane@people.example.org", ticket.LetterAcknowledgement); m.From != privacy {
		t.Errorf("from %s", m.From)
	}
	if n := strings.Count(o.log.String(), "takes no mail from plus addresses"); n != 1 {
		t.Errorf("told %d times", n)
	}
}
