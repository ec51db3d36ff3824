package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"privacybot/ingest"
	"privacybot/internal/mailtest"
	"privacybot/store"
	"privacybot/ticket"
)

// many delivers mails at once.
func (o *office) many(raws ...[]byte) {
	var out []mailtest.Delivery
	for _, raw := range raws {
		out = append(out, mailtest.Delivery{Raw: raw, At: o.clock()})
	}
	o.imap.DeliverMany("INBOX", out)
}

// A52, A64, B23: a flood in one name is one acknowledgement, a few notices and one mail that lists the rest;
// every mail is a ticket with its clock, each linked to others of its sender, and a child in the flood is told at once.
func TestFloodFromOneSender(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		const mails, flooder = 60, "flood@people.example.org"
		o := newOffice(t, url)
		o.config.Policy.NoticesPerHour = 4
		o.open()
		var raws [][]byte
		for i := range mails {
			raws = append(raws, o.raw(flooder, "Account", fmt.Sprintf("Please delete my account number %d.", i)))
		}
		o.many(raws...)
		o.receive(flooder, "My daughter", "My daughter is nine years old and made an account. Delete it.")
		o.once()
		if n := len(o.tickets()); n != mails+1 {
			t.Errorf("%d tickets, want %d", n, mails+1)
		}
		if last := o.tickets()[mails]; len(last.Linked) == 0 {
			t.Error("the tickets are not linked")
		}
		if n := len(o.all(flooder, ticket.LetterAcknowledgement)); n != 1 {
			t.Errorf("%d acknowledgements", n)
		}
		notices := o.all(deskAt, ticket.LetterStaffNotice)
		if len(notices) != 5 || !slices.ContainsFunc(notices, func(m mailtest.Mail) bool { return strings.Contains(text(m), "child") }) {
			t.Errorf("%d notices, want 4 and the child's", len(notices))
		}
		o.open() // a restart forgets nothing
		o.later(61 * time.Minute)
		o.once()
		o.once()
		listed := text(o.one(deskAt, ticket.LetterBundle))
		named := 0
		for _, tk := range o.tickets() {
			if strings.Contains(listed, tk.Ref) {
				named++
			}
		}
		if named != mails-4 {
			t.Errorf("the bundle names %d tickets, want %d", named, mails-4)
		}
		if strings.Contains(listed, "people.example.org") || strings.Contains(listed, "number") {
			t.Error("the bundle holds personal data")
		}

		// More mail on one thread is bundled as well.
		ack := o.one(flooder, ticket.LetterAcknowledgement)
		before := len(o.all(deskAt, ticket.LetterStaffFollowup))
		for i := range 9 {
			o.reply(flooder, ack, fmt.Sprintf("When will you be ready, I ask for the time number %d?", i+2))
			o.once()
			o.later(time.Second)
		}
		if n := len(o.all(deskAt, ticket.LetterStaffFollowup)) - before; n != 4 {
			t.Errorf("%d words about the thread, want 4", n)
		}
		o.later(2 * time.Hour)
		o.once()
		if n := len(o.all(deskAt, ticket.LetterBundle)); n != 2 {
			t.Errorf("%d bundles, want 2", n)
		}
	})
}

// A53, DESIGN.md 5.4: forged senders of one house get acknowledgements by and by; managers are told before
// they are late, the digest and the ticket show it, and none is dropped.
func TestBrakesDelayAndTell(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.config.Brakes = store.BrakeLimit{PerHour: 100, PerDomainPerHour: 2, PerAddressPerDay: 5, PerThreadPerDay: 5}
	o.config.Policy.NoticesPerHour = 0
	o.open()
	var raws [][]byte
	for i := range 120 {
		raws = append(raws, o.raw(fmt.Sprintf("p%d@victim.example.org", i), "Account", "Please delete my account."))
	}
	o.many(raws...)
	o.once()
	sent := func() (n int) {
		for _, m := range o.smtp.Mails() {
			if header(m.Raw, "X-Privacybot") == string(ticket.LetterAcknowledgement) {
				n++
			}
		}
		return n
	}
	if n := sent(); n != 2 {
		t.Fatalf("%d acknowledgements in the first hour", n)
	}
	// 118 letters at 2 an hour end after 59 hours: later than two days, so people are told now.
	o.once()
	if n := len(o.all("manager@corp.example.com", ticket.LetterBrakes)); n != 1 {
		t.Errorf("%d warnings", n)
	}
	g, err := o.pipeline.Digest(t.Context(), o.clock(), o.clock(), o.clock().Add(-time.Hour))
	if err != nil || g.LettersBraked != 118 {
		t.Errorf("the digest tells of %d letters, %v", g.LettersBraked, err)
	}
	letters, err := o.store.Letters(t.Context(), o.tickets()[119].Ref)
	if err != nil || !slices.ContainsFunc(letters, func(l store.LetterState) bool { return l.Brake == "domain" && l.NextAt.After(o.clock()) }) {
		t.Errorf("the last ticket's letters: %+v, %v", letters, err)
	}
	for range 60 {
		o.later(61 * time.Minute)
		o.once()
	}
	if n := sent(); n != 120 {
		t.Errorf("%d acknowledgements in the end, want all 120", n)
	}
	for i := range 120 {
		if n := len(o.all(fmt.Sprintf("p%d@victim.example.org", i), ticket.LetterAcknowledgement)); n != 1 {
			t.Errorf("p%d got %d", i, n)
		}
	}
}

// A54: a program that strips every header and answers each of our letters with it, unmarked, is stopped by
// the counts alone, and the rights that our letter names do not become its requests.
func TestPingPongStops(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.open()
	const peer = "service@helpdesk.example.org"
	o.receive(peer, "Ticket 4711", "Please delete my account.")
	o.once()
	answered := map[string]bool{}
	for round := range 12 {
		for _, m := range o.smtp.To(peer) {
			id := header(m.Raw, "Message-Id")
			if answered[id] {
				continue
			}
			answered[id] = true
			body := ingest.Parse(m.Raw, ingest.Options{}).Text
			if round%2 == 0 { // on our thread, or as a mail of its own
				o.receive(peer, fmt.Sprintf("Ticket %d", 4712+round), "Your mail was received.\n\n"+body, "In-Reply-To: "+id)
			} else {
				o.receive(peer, fmt.Sprintf("Ticket %d", 4712+round), "Your mail was received.\n\n"+body)
			}
		}
		o.later(time.Minute)
		o.once()
	}
	if n := len(o.smtp.To(peer)); n > 2 {
		t.Errorf("%d letters to the program\n%s", n, o.listing())
	}
	for _, r := range o.tickets()[0].Requests {
		if r.Right != ticket.Deletion {
			t.Errorf("our own letter became a request: %s", r.Right)
		}
	}
}

// R5: a person's words above an unmarked copy of our letter are read, the copy is not.
func TestUnmarkedCopyIsNotRead(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.receive("jane@people.example.org", "Access", "What data do you hold about me? Send me a copy.")
	o.once()
	ack := o.one("jane@people.example.org", ticket.LetterAcknowledgement)
	body := ingest.Parse(ack.Raw, ingest.Options{}).Text
	o.receive("jane@people.example.org", "Re: "+header(ack.Raw, "Subject"), "Also, please correct my name, it is wrong in your records.\n\n"+body, "In-Reply-To: "+header(ack.Raw, "Message-Id"))
	o.once()
	tk := o.tickets()[0]
	if got := fmt.Sprint(tk.Rights()); len(o.tickets()) != 1 || got != fmt.Sprint([]ticket.Right{ticket.Access, ticket.Correction}) {
		t.Errorf("%d tickets, rights %s", len(o.tickets()), got)
	}
	followup := text(o.one(deskAt, ticket.LetterStaffFollowup))
	if !strings.Contains(followup, "correct my name") || !tk.Parties[0].Verified.IsZero() {
		t.Errorf("verified %v by\n%s", tk.Parties[0].Verified, followup)
	}
}
