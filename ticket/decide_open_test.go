package ticket_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

func TestNewRequest(t *testing.T) {
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 7, Message: from("jane@example.org", "delete my account"), Verdict: asks(ticket.Deletion, ticket.Access)})
	if d.Disposition != ticket.DispTicket || d.Ref != "PB-TEST-0001" {
		t.Fatalf("disposition %s, ref %s", d.Disposition, d.Ref)
	}
	tk := d.Changes[0].Ticket
	if tk.Version != 1 || tk.State() != "verifying" || len(tk.Requests) != 2 {
		t.Errorf("version %d, state %s, %d requests", tk.Version, tk.State(), len(tk.Requests))
	}
	legal, _ := tk.Due()
	if got := legal.Format("2006-01-02 15:04:05"); got != "2026-12-23 23:59:59" {
		t.Errorf("due %s", got)
	}
	wantLetters(t, sent(d), "acknowledgement jane@example.org", "staff_notice desk@example.com")
	ack := letter(t, d, ticket.LetterAcknowledgement)
	if ack.Data.Code != "1234-5678" || ack.InReplyTo != "m1@mail.example.test" {
		t.Errorf("code %q, in reply to %q", ack.Data.Code, ack.InReplyTo)
	}
	if ack.Data.Notice != nil || ack.Data.Lines != nil {
		t.Error("the acknowledgement carries inbound text")
	}
	if strings.Contains(string(tk.Verification.CodeHash), "plain") || tk.Verification.Wrong != 0 {
		t.Error("verification is not fresh")
	}
}

// Who gets which first letter.
func TestFirstLetter(t *testing.T) {
	jane := "jane@example.org"
	official := asks(ticket.Complaint)
	official.Writer = ticket.WriterAuthority
	parent := asks(ticket.Child, ticket.Deletion)
	parent.Writer = ticket.WriterParent
	child := asks(ticket.Child)
	child.Writer = ticket.WriterChild
	agent := asks(ticket.Deletion)
	agent.Writer = ticket.WriterAgent
	unsure := ticket.Verdict{Rights: []ticket.Right{ticket.Other}, NeedsHuman: true, HumanWhy: "two readings", Language: "en"}
	with := func(m ticket.Message, change func(*ticket.Message)) ticket.Message { change(&m); return m }
	plain := from(jane, "text")

	cases := []struct {
		name     string
		m        ticket.Message
		v        ticket.Verdict
		external []string
		code     bool
	}{
		{"unproven access asks for a code", plain, asks(ticket.Access), []string{"acknowledgement " + jane}, true},
		{"proven access does not", proven(plain), asks(ticket.Access), []string{"acknowledgement " + jane}, false},
		{"D17 unsubscribe never does", plain, asks(ticket.Unsubscribe), []string{"recorded " + jane}, false},
		{"correction does not", plain, asks(ticket.Correction), []string{"acknowledgement " + jane}, false},
		{"a parent gets a kind letter without code", plain, parent, []string{"child_acknowledgement " + jane}, false},
		{"D47 a child gets simple words", plain, child, []string{"child_self " + jane}, false},
		{"D38 an agent shows the mandate", plain, agent, []string{"mandate " + jane}, false},
		{"unsure: neutral", plain, unsure, []string{"neutral_acknowledgement " + jane}, false},
		{"D24 an authority gets none", plain, official, nil, false},
		{"A2 forged: neutral, no code", with(plain, func(m *ticket.Message) { m.Authentication.DMARC = ticket.Fail }), asks(ticket.Access), []string{"neutral_acknowledgement " + jane}, false},
		{"B3 null sender", with(plain, func(m *ticket.Message) { m.NullSender = true }), asks(ticket.Access), nil, false},
		{"B6 a person on a list", with(plain, func(m *ticket.Message) { m.NoAutoReply = true }), asks(ticket.Deletion), nil, false},
		{"A12 two authors", with(plain, func(m *ticket.Message) { m.Authors = 2 }), asks(ticket.Deletion), nil, false},
		{"no sender at all", with(plain, func(m *ticket.Message) { m.From = ticket.Address{} }), asks(ticket.Deletion), nil, false},
		{"A3 Reply-To is never written to", with(plain, func(m *ticket.Message) { m.ReplyTo = []ticket.Address{{Address: "evil@example.net"}} }), asks(ticket.Correction), []string{"acknowledgement " + jane}, false},
		{"a right in a newsletter opens a ticket, unanswered", with(plain, func(m *ticket.Message) { m.Automatic = ticket.Bulk }), asks(ticket.Deletion), nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: c.m, Verdict: c.v})
			if d.Disposition != ticket.DispTicket {
				t.Fatalf("disposition %s (%s)", d.Disposition, d.Reason)
			}
			wantLetters(t, external(d), c.external...)
			for _, l := range d.Letters {
				if l.Kind.External() && (l.Data.Code != "") != c.code {
					t.Errorf("code %q", l.Data.Code)
				}
			}
			if d.Changes[0].Ticket.Requests[0].Right != ticket.Other && d.Changes[0].Ticket.Requests[0].Deadline.Target.IsZero() {
				t.Error("no clock runs")
			}
		})
	}
}

func TestNoTicket(t *testing.T) {
	spam := asks(ticket.Deletion)
	spam.Route = ticket.RouteSpam
	other := ticket.Verdict{Rights: []ticket.Right{ticket.Other}}
	bot := from("privacy@example.com", "delete")
	auto := from("jane@example.org", "away")
	auto.Automatic, auto.AutomaticWhy = ticket.AutoReply, []string{"B1"}
	cases := []struct {
		name string
		m    ticket.Message
		v    ticket.Verdict
		want ticket.Disposition
	}{
		{"spam", from("a@example.net", "x"), spam, ticket.DispSpam},
		{"other", from("a@example.net", "thanks"), other, ticket.DispOther},
		{"A33 in our own name", bot, other, ticket.DispOther},
		{"B1 out of office", auto, other, ticket.DispAutoReply},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: c.m, Verdict: c.v})
			if d.Disposition != c.want || len(d.Changes) != 0 || len(d.Letters) != 0 {
				t.Errorf("%s, %d tickets, letters %v", d.Disposition, len(d.Changes), sent(d))
			}
		})
	}
}

// A33, DESIGN.md 5.1: a mail in our own name is answered to nobody, but a right in it (contact forms
// of the house send like this) reaches people; a letter of ours that came back does not.
func TestMailInOurOwnName(t *testing.T) {
	m := from("privacy@example.com", "my daughter is nine and has an account")
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: m, Verdict: asks(ticket.Child)})
	wantLetters(t, external(d))
	letter(t, d, ticket.LetterEscalation)
	if tk := d.Changes[0].Ticket; !tk.Requester().Address.IsZero() || tk.Silent == "" {
		t.Errorf("the mailbox is the requester of %+v", tk)
	}
	f := facts(t)
	f.OwnLetter = true
	if d := ticket.Decide(noon, f, ticket.MailCause{ID: 1, Message: m, Verdict: asks(ticket.Child)}); d.Disposition != ticket.DispOther || len(d.Letters) > 0 {
		t.Errorf("our own letter became %s", d.Disposition)
	}
}

// B23, A52: one acknowledgement in 24 hours for the same right; a new right gets its own.
func TestBrakes(t *testing.T) {
	f := facts(t)
	f.AckCount, f.AckedRights = 1, []ticket.Right{ticket.Deletion}
	same := ticket.Decide(noon, f, ticket.MailCause{ID: 2, Message: from("jane@example.org", "x"), Verdict: asks(ticket.Deletion)})
	wantLetters(t, external(same))
	if same.Disposition != ticket.DispTicket {
		t.Errorf("the ticket itself is withheld: %s", same.Disposition)
	}
	other := ticket.Decide(noon, f, ticket.MailCause{ID: 3, Message: from("jane@example.org", "x"), Verdict: asks(ticket.Access)})
	wantLetters(t, external(other), "acknowledgement jane@example.org")
	forged := from("jane@example.org", "x")
	forged.Authentication.DMARC = ticket.Fail // one letter for all of them
	wantLetters(t, external(ticket.Decide(noon, f, ticket.MailCause{ID: 4, Message: forged, Verdict: asks(ticket.Access)})))
	first := facts(t)
	once := ticket.Decide(noon, first, ticket.MailCause{ID: 4, Message: forged, Verdict: asks(ticket.Access)})
	wantLetters(t, external(once), "neutral_acknowledgement jane@example.org")
	if tk := once.Changes[0].Ticket; tk.Verification != nil || !tk.NextAt().IsZero() {
		t.Error("a sender who is not authenticated is reminded")
	}
	child := ticket.Decide(noon, f, ticket.MailCause{ID: 5, Message: from("jane@example.org", "x"), Verdict: asks(ticket.Child)})
	wantLetters(t, external(child), "child_acknowledgement jane@example.org")
}

// A64: when staff got enough notices about a sender in this hour, the next are listed in one mail; a child,
// or what is urgent, is told at once.
func TestNoticesAreBundled(t *testing.T) {
	f := facts(t)
	mail := ticket.MailCause{ID: 2, Message: from("jane@example.org", "x"), Verdict: asks(ticket.Deletion)}
	f.Notices = f.Policy.NoticesPerHour - 1
	letter(t, ticket.Decide(noon, f, mail), ticket.LetterStaffNotice)
	f.Notices++
	d := ticket.Decide(noon, f, mail)
	wantLetters(t, sent(d), "acknowledgement jane@example.org")
	if len(d.Bundled) != 1 || d.Bundled[0] != d.Ref || d.Disposition != ticket.DispTicket {
		t.Errorf("bundled %v of %s", d.Bundled, d.Ref)
	}
	letter(t, ticket.Decide(noon, f, ticket.MailCause{ID: 3, Message: mail.Message, Verdict: asks(ticket.Child)}), ticket.LetterStaffNotice)
	urgent := mail
	urgent.Verdict.Urgent = true
	letter(t, ticket.Decide(noon, f, urgent), ticket.LetterStaffNotice)
	tk := opened(t, mail.Message, mail.Verdict)
	f.Ticket = &tk
	more := ticket.Decide(noon, f, ticket.MailCause{ID: 4, Message: from("jane@example.org", "and?"), Verdict: asks(ticket.Other)})
	if wantLetters(t, sent(more)); len(more.Bundled) != 1 {
		t.Errorf("more mail on a thread: bundled %v", more.Bundled)
	}
}

// B7: a person whose program marks everything as bulk is seen by people; a newsletter is not.
func TestUnsubscribeMarkedAsBulk(t *testing.T) {
	m := from("jane@example.org", "Please unsubscribe me.")
	m.Automatic, m.AutomaticWhy, m.NoAutoReply = ticket.Bulk, []string{"B7 precedence"}, true
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 2, Message: m, Verdict: asks(ticket.Unsubscribe)})
	if wantLetters(t, sent(d)); !d.Disposition.Sorted() {
		t.Errorf("became %s", d.Disposition)
	}
	for _, change := range []func(*ticket.Message){
		func(m *ticket.Message) { m.AutomaticWhy = []string{"B6 list mail"} },
		func(m *ticket.Message) { m.Text = strings.Repeat("News of this week. ", 40) },
	} {
		news := m
		change(&news)
		if d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 2, Message: news, Verdict: asks(ticket.Unsubscribe)}); d.Disposition != ticket.DispBulk {
			t.Errorf("a newsletter became %s", d.Disposition)
		}
	}
}

// Letters about old or junk mail wait; clocks and alarms do not (DESIGN.md section 6, C34).
func TestLettersThatWait(t *testing.T) {
	f := facts(t)
	f.HoldBefore = noon
	d := ticket.Decide(noon, f, ticket.MailCause{ID: 1, Message: from("jane@example.org", "x"), Verdict: asks(ticket.Child)})
	for _, l := range d.Letters {
		if waits := l.Hold != ""; waits != l.Kind.External() {
			t.Errorf("%s waits: %v", l.Kind, waits)
		}
	}
	junk := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Junk: true, Message: from("jane@example.org", "x"), Verdict: asks(ticket.Deletion)})
	if letter(t, junk, ticket.LetterAcknowledgement).Hold == "" {
		t.Error("a letter about a mail in junk goes out by itself")
	}
}

func TestShadowModeSendsToStaffOnly(t *testing.T) {
	f := facts(t)
	f.Policy.Shadow = true
	d := ticket.Decide(noon, f, ticket.MailCause{ID: 1, Message: from("jane@example.org", "x"), Verdict: asks(ticket.Child, ticket.Deletion)})
	for _, l := range d.Letters {
		if _, staff := f.Policy.StaffByAddress(l.To.Address); !staff {
			t.Errorf("%s goes to %s", l.Kind, l.To.Address)
		}
		if l.Kind.External() && l.Data.ShadowFor != "jane@example.org" {
			t.Errorf("%s does not say whom it is for", l.Kind)
		}
	}
}

// The clock starts at receipt, however late the mail is seen (C57, D16).
func TestClockStartsAtReceipt(t *testing.T) {
	m := from("jane@example.org", "x")
	m.ReceivedAt = time.Date(2026, 11, 11, 8, 0, 0, 0, time.UTC)
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: m, Verdict: asks(ticket.Correction)})
	legal, _ := d.Changes[0].Ticket.Due()
	if got := legal.Format("2006-01-02"); got != "2026-12-11" {
		t.Errorf("due %s", got)
	}
	if !letter(t, d, ticket.LetterAcknowledgement).Data.Late {
		t.Error("the letter does not say that it is late")
	}
}

// DESIGN.md section 2: where the house promises more than the law, its own date counts.
func TestOwnClocks(t *testing.T) {
	cases := []struct {
		right         ticket.Right
		legal, target string
	}{
		{ticket.Child, "2026-11-26", "2026-11-26"}, // 72 hours, end of that day
		{ticket.Unsubscribe, "2026-12-23", "2026-11-24"},
		{ticket.Question, "0001-01-01", "2026-12-21"},
		{ticket.Complaint, "2026-12-23", "2026-12-21"},
	}
	for _, c := range cases {
		tk := opened(t, from("jane@example.org", "x"), asks(c.right))
		d := tk.Requests[0].Deadline
		if d.Legal.Format("2006-01-02") != c.legal || d.Target.Format("2006-01-02") != c.target {
			t.Errorf("%s: legal %s, target %s", c.right, d.Legal, d.Target)
		}
	}
}

// Every mail gets a disposition, whatever it is.
func TestQuarantineIsToldToStaff(t *testing.T) {
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Quarantine: "could not be processed in three attempts", Message: ticket.Message{ReceivedAt: noon}})
	if d.Disposition != ticket.DispQuarantine {
		t.Errorf("disposition %s", d.Disposition)
	}
	wantLetters(t, sent(d), "quarantine desk@example.com")
}

// A57, A59: what nobody can read may be a request, so a person gets it as a ticket.
func TestUnreadableMailIsATicket(t *testing.T) {
	other := ticket.Verdict{Rights: []ticket.Right{ticket.Other}}
	empty := from("jane@example.org", "")
	damaged, headless := empty, from("", "some text")
	damaged.Damage, headless.Damage = []string{"broken base64"}, []string{"no header"}
	headless.From = ticket.Address{}
	cases := []struct {
		name string
		c    ticket.MailCause
		want ticket.Disposition
	}{
		{"too large", ticket.MailCause{Message: from("jane@example.org", "the beginning"), Partial: true}, ticket.DispTicket},
		{"no text left", ticket.MailCause{Message: damaged}, ticket.DispTicket},
		{"no sender", ticket.MailCause{Message: headless}, ticket.DispTicket},
		{"empty but whole", ticket.MailCause{Message: empty}, ticket.DispOther},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.c.ID, c.c.Verdict = 1, other
			d := ticket.Decide(noon, facts(t), c.c)
			if d.Disposition != c.want {
				t.Fatalf("disposition %s", d.Disposition)
			}
			if c.want == ticket.DispTicket && d.Changes[0].Ticket.NeedsHuman == "" {
				t.Error("the ticket does not say what people must do")
			}
		})
	}
}

// Every newsletter speaks of unsubscribing; other rights in a list's mail still open a ticket.
func TestNewsletterIsNoUnsubscription(t *testing.T) {
	m := from("news@vendor.example.org", "Unsubscribe here")
	m.Automatic, m.AutomaticWhy = ticket.Bulk, []string{"B6 List-Unsubscribe"}
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: m, Verdict: asks(ticket.Unsubscribe)})
	if d.Disposition != ticket.DispBulk || len(d.Changes) != 0 {
		t.Errorf("%s, %d tickets", d.Disposition, len(d.Changes))
	}
	d = ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: m, Verdict: asks(ticket.Child)})
	letter(t, d, ticket.LetterEscalation)
}
