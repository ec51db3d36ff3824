package ticket_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

// counter is a staff member's day: mails in order, with what is kept between them.
type counter struct {
	t     *testing.T
	tk    ticket.Ticket
	proof ticket.StaffProof
	now   time.Time
	mail  int64
	edit  func(*ticket.Facts, *ticket.MailCause)
}

func (k *counter) run(answer ticket.SentLetter, m ticket.Message) ticket.Decision {
	k.t.Helper()
	k.mail++
	f := facts(k.t)
	f.Ticket, f.Answer, f.Proof, f.ProofThread = &k.tk, &answer, k.proof, "desk's phone on this ticket"
	m.ReceivedAt = k.now
	c := ticket.MailCause{ID: k.mail, Message: m, Verdict: other()}
	if k.edit != nil {
		k.edit(&f, &c)
	}
	d := ticket.Decide(k.now, f, c)
	for _, ch := range d.Changes {
		if ch.Ticket.Ref == k.tk.Ref {
			k.tk = ch.Ticket
		}
	}
	if d.Proof != nil {
		k.proof = *d.Proof
	}
	return d
}

// answerTo is what the store knows of a letter that was ordered.
func answerTo(l ticket.LetterOrder) ticket.SentLetter {
	return ticket.SentLetter{Kind: l.Kind, Key: l.Key, Ref: l.Ref, To: l.To.Address}
}

func notice(k *counter) ticket.SentLetter {
	return ticket.SentLetter{Kind: ticket.LetterStaffNotice, Key: k.tk.Ref + "/staff_notice/mail-1/desk@example.com", Ref: k.tk.Ref, To: "desk@example.com"}
}

func newCounter(t *testing.T) *counter {
	return &counter{t: t, tk: opened(t, proven(from("jane@example.org", "x")), asks(ticket.Access)), now: noon, mail: 1}
}

// A9: a mail in the name of staff that is not proven does nothing but what the thread permits; the
// listed address is asked and the managers are told.
func TestUnprovenStaffMailIsHeldAndAsked(t *testing.T) {
	for _, text := range []string{"please send the file", "#close done", "#ask who are you", "#verified I know her", "#note a\n#right -access", "#release"} {
		k := newCounter(t)
		d := k.run(notice(k), from("desk@example.com", text))
		wantLetters(t, sent(d), "staff_code desk@example.com", "staff_warning mona@example.com")
		if l := letter(t, d, ticket.LetterStaffCode); l.Data.Code == "" || !strings.Contains(strings.Join(l.Data.Lines, "\n"), text) {
			t.Errorf("the question shows %q", l.Data.Lines)
		}
		if w := strings.Join(letter(t, d, ticket.LetterStaffWarning).Data.Lines, ""); strings.Contains(w, text) {
			t.Errorf("the warning repeats the mail: %q", w)
		}
		if d.CarryOut != nil || k.tk.State() != "received" || k.tk.Assignee != "" {
			t.Error("it was carried out")
		}
		second := k.run(notice(k), from("desk@example.com", text))
		wantLetters(t, sent(second), "staff_code desk@example.com") // managers are told once an hour
	}
	for _, text := range []string{"#ack", "#note he called", "#take", "#help", "#take\n#note mine"} {
		k := newCounter(t)
		wantLetters(t, sent(k.run(notice(k), from("desk@example.com", text))), "staff_receipt desk@example.com")
	}
}

// Issue 5.6: the code that comes back carries out that mail, and the thread and program count as
// theirs until the end of the day.
func TestStaffCode(t *testing.T) {
	k := newCounter(t)
	d := k.run(notice(k), from("desk@example.com", "Dear Jane, here it is."))
	held, question := k.mail, answerTo(letter(t, d, ticket.LetterStaffCode))
	d = k.run(question, from("desk@example.com", "1234-5678"))
	if d.CarryOut == nil || d.CarryOut.Mail != held || !d.CarryOut.Proven {
		t.Fatalf("not carried out: %+v, %v", d.CarryOut, sent(d))
	}
	k.edit = func(_ *ticket.Facts, c *ticket.MailCause) { c.ID, c.Again, c.Proven = held, k.mail, true }
	wantLetters(t, sent(k.run(notice(k), from("desk@example.com", "Dear Jane, here it is."))), "answer jane@example.org", "staff_receipt desk@example.com")
	k.edit = nil
	wantLetters(t, sent(k.run(question, from("desk@example.com", "1234-5678"))), "staff_held desk@example.com") // A23: once
	wantLetters(t, external(k.run(notice(k), from("desk@example.com", "And one more thing."))), "answer jane@example.org")

	k.edit = func(f *ticket.Facts, _ *ticket.MailCause) { f.ProofThread = "another program or ticket" }
	wantLetters(t, external(k.run(notice(k), from("desk@example.com", "And another."))))
	k.edit = nil
	forged := from("desk@example.com", "And a third.")
	forged.Authentication.DMARC = ticket.Fail
	wantLetters(t, external(k.run(notice(k), forged)))
	k.now = k.now.Add(24 * time.Hour)
	wantLetters(t, external(k.run(notice(k), from("desk@example.com", "Next day."))))
}

// A22 to A28: what never confirms a staff mail, and what uses up the tries.
func TestStaffCodeIsNotConfirmedBy(t *testing.T) {
	cases := map[string]func(*ticket.Message){
		"an absence note":      func(m *ticket.Message) { m.Automatic = ticket.AutoReply },
		"an unmarked absence":  func(m *ticket.Message) { m.NewText = "I am out of the office. 1234-5678" },
		"a list":               func(m *ticket.Message) { m.NoAutoReply = true },
		"the null sender":      func(m *ticket.Message) { m.NullSender = true },
		"a forwarded mail":     func(m *ticket.Message) { m.Forwarded = "1234-5678" },
		"a bounce":             func(m *ticket.Message) { m.Automatic = ticket.Bounce },
		"a quote":              func(m *ticket.Message) { m.NewText = "ok" },
		"two authors":          func(m *ticket.Message) { m.Authors = 2 },
		"a failed signature":   func(m *ticket.Message) { m.Authentication.DMARC = ticket.Fail },
		"a colleague":          func(m *ticket.Message) { m.From.Address = "mona@example.com" },
		"the requester":        func(m *ticket.Message) { m.From.Address = "jane@example.org" },
		"another code":         func(m *ticket.Message) { m.NewText = "8765-4321" },
		"a drop beside a code": func(m *ticket.Message) { m.NewText = "#drop\n1234-5678" },
	}
	for name, edit := range cases {
		k := newCounter(t)
		question := answerTo(letter(t, k.run(notice(k), from("desk@example.com", "Dear Jane")), ticket.LetterStaffCode))
		m := from("desk@example.com", "1234-5678")
		edit(&m)
		d := k.run(question, m)
		if d.CarryOut != nil || len(external(d)) != 0 || len(k.proof.Open) != 0 {
			t.Errorf("%s confirmed it: %v", name, sent(d))
		}
	}
	k := newCounter(t)
	question := answerTo(letter(t, k.run(notice(k), from("desk@example.com", "Dear Jane")), ticket.LetterStaffCode))
	for i := range 5 { // A22
		k.run(question, from("desk@example.com", fmt.Sprintf("0000-000%d", i)))
	}
	if d := k.run(question, from("desk@example.com", "1234-5678")); d.CarryOut != nil {
		t.Error("the sixth try was accepted")
	}
	k = newCounter(t)
	question = answerTo(letter(t, k.run(notice(k), from("desk@example.com", "Dear Jane")), ticket.LetterStaffCode))
	k.now = k.now.Add(25 * time.Hour)
	if d := k.run(question, from("desk@example.com", "1234-5678")); d.CarryOut != nil {
		t.Error("an old code was accepted")
	}
}

// BEHAVIOURS 32: a colleague whose mail is signed acts on a ticket whose notice went to another
// listed address; one whose mail is not is asked, also for what a thread of his own would permit.
func TestColleagueAnswersFromAnotherListedAddress(t *testing.T) {
	k := newCounter(t)
	d := k.run(notice(k), proven(from("mona@example.com", "We have looked it up.")))
	wantLetters(t, sent(d), "answer jane@example.org", "staff_receipt mona@example.com")
	wantLetters(t, sent(k.run(notice(k), from("mona@example.com", "#take"))), "staff_code mona@example.com")
	ack := ticket.SentLetter{Kind: ticket.LetterAcknowledgement, Ref: k.tk.Ref, To: "jane@example.org"}
	d = k.run(ack, proven(from("mona@example.com", "We have deleted all your data.")))
	wantLetters(t, sent(d), "staff_held mona@example.com") // the requester's own letter is nobody else's thread
	if len(d.Changes) != 0 || d.Disposition != ticket.DispStaff {
		t.Errorf("%s, %d changes", d.Disposition, len(d.Changes))
	}
}
