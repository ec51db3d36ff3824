package ticket_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

// office is a policy with one person per role, at a fixed time.
func office(t testing.TB) ticket.Policy {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	laws := ticket.Laws()
	return ticket.Policy{
		Organisation: ticket.Organisation{Name: "Example", Address: ticket.Address{Name: "Example Privacy", Address: "privacy@example.com"}},
		Zone:         zone, Law: laws["eu-gdpr"], Laws: laws,
		Staff: []ticket.Staff{
			{Name: "Desk", Address: "desk@example.com", Aliases: []string{"desk.alias@example.com"}, Roles: []ticket.StaffRole{ticket.RoleAgentDesk}},
			{Name: "Olivia", Address: "olivia@example.com", Roles: []ticket.StaffRole{ticket.RoleOnCall}},
			{Name: "Mona", Address: "mona@example.com", Roles: []ticket.StaffRole{ticket.RoleManager}},
			{Name: "Lee", Address: "lee@example.com", Roles: []ticket.StaffRole{ticket.RoleLegal}},
		},
		Relay: true, Child: ticket.ChildClock{Look: 4 * time.Hour, Block: 24 * time.Hour, Done: 72 * time.Hour},
		ChildRepeat: 30 * time.Minute, CodeExpires: 14 * 24 * time.Hour, CodeTries: 5, NoticesPerHour: 10,
	}
}

// noon is the time of the tests.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func hash(ref, address, code string) []byte { return []byte(ref + "|" + address + "|" + code) }

func supply(ref string) ticket.Supply {
	return ticket.Supply{Ref: ref, Code: "1234-5678", Hash: hash,
		Same: func(h []byte, a, b, code string) bool { return bytes.Equal(h, hash(a, b, code)) }}
}

func facts(t testing.TB) ticket.Facts {
	return ticket.Facts{Policy: office(t), Supply: supply("PB-TEST-0001")}
}

// from is a mail that a person wrote an hour ago.
func from(address, text string) ticket.Message {
	return ticket.Message{
		MessageID: "m1@mail.example.test", From: ticket.Address{Name: "Jane Roe", Address: address}, Authors: 1,
		Subject: "about my data", NewText: text, Text: text, ReceivedAt: noon.Add(-time.Hour), Automatic: ticket.NotAutomatic,
	}
}

func proven(m ticket.Message) ticket.Message {
	m.Authentication = ticket.Authentication{DMARC: ticket.Pass, Source: "authserv-id mx.example.com"}
	return m
}

func asks(rights ...ticket.Right) ticket.Verdict {
	v := ticket.Verdict{Route: ticket.RouteNew, Rights: rights, Language: "en", Confidence: map[ticket.Right]float64{}}
	for _, r := range rights {
		v.Confidence[r] = 0.95
		v.Evidence = append(v.Evidence, ticket.Evidence{Right: r, Quote: "words of the mail", Rule: "test"})
		v.Urgent = v.Urgent || r == ticket.Child
	}
	return v
}

// opened runs the first mail of a ticket and gives the ticket as stored.
func opened(t testing.TB, m ticket.Message, v ticket.Verdict) ticket.Ticket {
	t.Helper()
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: m, Verdict: v})
	if len(d.Changes) != 1 {
		t.Fatalf("%d tickets, want 1 (%s: %s)", len(d.Changes), d.Disposition, d.Reason)
	}
	return d.Changes[0].Ticket
}

// sent lists the letters of d as "kind to", in order.
func sent(d ticket.Decision) []string {
	var out []string
	for _, l := range d.Letters {
		out = append(out, string(l.Kind)+" "+l.To.Address)
	}
	return out
}

func letter(t testing.TB, d ticket.Decision, kind ticket.LetterKind) ticket.LetterOrder {
	t.Helper()
	for _, l := range d.Letters {
		if l.Kind == kind {
			return l
		}
	}
	t.Fatalf("no %s among %v", kind, sent(d))
	return ticket.LetterOrder{}
}

func external(d ticket.Decision) []string {
	var out []string
	for _, l := range d.Letters {
		if l.Kind.External() {
			out = append(out, string(l.Kind)+" "+l.To.Address)
		}
	}
	return out
}

func wantLetters(t testing.TB, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("letters\n got %s\nwant %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}
