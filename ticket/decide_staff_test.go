package ticket_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

// staffReply runs a mail of the desk in answer to a letter of the given kind.
func staffReply(t *testing.T, tk ticket.Ticket, kind ticket.LetterKind, m ticket.Message) ticket.Decision {
	t.Helper()
	f := facts(t)
	f.Ticket = &tk
	f.Answer = &ticket.SentLetter{Kind: kind, Ref: tk.Ref, To: m.From.Address}
	return ticket.Decide(noon.Add(time.Hour), f, ticket.MailCause{ID: 50, Message: m, Verdict: other()})
}

func desk(text string) ticket.Message { return proven(from("desk@example.com", text)) }

func TestPlainReplyIsRelayedToTheRequester(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Access))
	d := staffReply(t, tk, ticket.LetterStaffNotice, desk("Dear Jane, here is what we hold."))
	wantLetters(t, sent(d), "answer jane@example.org", "staff_receipt desk@example.com")
	if a := letter(t, d, ticket.LetterAnswer); a.Data.Answer != "Dear Jane, here is what we hold." {
		t.Errorf("answer %q", a.Data.Answer)
	}
	if d.Disposition != ticket.DispStaff {
		t.Errorf("disposition %s", d.Disposition)
	}
}

// A18, A20 and DESIGN.md 5.3: what is held, with its reason.
func TestHeldStaffMail(t *testing.T) {
	jane := from("jane@example.org", "x")
	verified, unverified := opened(t, proven(jane), asks(ticket.Access)), opened(t, jane, asks(ticket.Access))
	attached := desk("see the file")
	attached.Attachments = []ticket.Attachment{{Name: "export.zip"}}
	cases := []struct {
		name string
		tk   ticket.Ticket
		m    ticket.Message
		why  string
	}{
		{"unverified requester", unverified, desk("Your address is 1 Main Street"), "#verified"},
		{"close done, unverified", unverified, desk("#close done\nAll deleted."), "#verified"},
		{"A18 internal text", verified, desk("Hello\n" + ticket.InternalMark + "\nnotes"), "internal mail"},
		{"attachment", verified, attached, "attachments"},
		{"unknown command", verified, desk("#delte\nfoo"), "no command #delte"},
		{"refusal without reasons", verified, desk("#close refused"), "reasons"},
		{"unknown outcome", verified, desk("#close finished"), "finished"},
		{"one bad command holds all", verified, desk("#take\n#right +nonsense"), "nonsense"},
		{"empty", verified, desk(""), "no text"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := staffReply(t, c.tk, ticket.LetterStaffNotice, c.m)
			wantLetters(t, sent(d), "staff_held desk@example.com")
			if lines := strings.Join(letter(t, d, ticket.LetterStaffHeld).Data.Lines, "\n"); !strings.Contains(lines, c.why) {
				t.Errorf("does not say %q:\n%s", c.why, lines)
			}
			for _, ch := range d.Changes {
				if ch.Ticket.State() != c.tk.State() || ch.Ticket.Assignee != c.tk.Assignee {
					t.Error("the ticket changed")
				}
			}
		})
	}
}

func TestRelayIsOffByDefault(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Correction))
	f := facts(t)
	f.Policy.Relay, f.Ticket = false, &tk
	f.Answer = &ticket.SentLetter{Kind: ticket.LetterStaffNotice, Ref: tk.Ref, To: "desk@example.com"}
	d := ticket.Decide(noon, f, ticket.MailCause{ID: 50, Message: desk("Hello"), Verdict: other()})
	wantLetters(t, sent(d), "staff_held desk@example.com")
}

func TestCommands(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Deletion))
	unverified := opened(t, from("jane@example.org", "x"), asks(ticket.Access))
	cases := []struct {
		name, text string
		tk         ticket.Ticket
		external   []string
		check      func(ticket.Ticket) bool
	}{
		{"note stays inside", "#note he called twice", tk, nil, func(x ticket.Ticket) bool { return x.State() == tk.State() }},
		{"note over several lines", "#note\nhe called\ntwice", tk, nil, func(x ticket.Ticket) bool { return true }},
		{"take", "#take", tk, nil, func(x ticket.Ticket) bool { return x.Assignee == "desk@example.com" && x.State() == "in_work" }},
		{"ask before verification", "#ask Which account is it?", unverified, []string{"answer jane@example.org"}, func(x ticket.Ticket) bool { return !x.Closed() }},
		{"verified", "#verified called back", unverified, nil, func(x ticket.Ticket) bool { return x.Requester().How == "called back" }},
		{"verified and answered", "#verified called back\nHere it is.", unverified, nil, nil},
		{"close", "#close done\nAll is deleted.", tk, []string{"closing jane@example.org"}, ticket.Ticket.Closed},
		{"close without a letter", "#close none", tk, nil, ticket.Ticket.Closed},
		{"refuse with reasons", "#close refused The invoice must be kept.", tk, []string{"closing jane@example.org"}, ticket.Ticket.Closed},
		{"correct the rights", "#right +access -deletion", tk, nil, func(x ticket.Ticket) bool {
			return len(x.Requests) == 2 && x.Requests[0].State == ticket.NoRequest && x.Requests[1].Right == ticket.Access &&
				x.Requests[1].Deadline.Legal.Equal(tk.Requests[0].Deadline.Legal)
		}},
		{"requester", "#requester max@example.org", tk, nil, func(x ticket.Ticket) bool {
			return x.Requester().Address.Address == "max@example.org" && x.Requester().Verified.IsZero()
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := staffReply(t, c.tk, ticket.LetterStaffNotice, desk(c.text))
			wantLetters(t, external(d), c.external...)
			if len(d.Changes) != 1 || (c.check != nil && !c.check(d.Changes[0].Ticket)) {
				t.Errorf("ticket %+v", d.Changes)
			}
			letter(t, d, ticket.LetterStaffReceipt)
		})
	}
}

// A reply to an escalation acknowledges it, is kept as a note and never leaves the house.
func TestReplyToEscalation(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Child))
	reply := from("olivia@example.com", "I am on it, the account is being blocked.") // not even proven: #ack needs no proof
	d := staffReply(t, tk, ticket.LetterEscalation, reply)
	wantLetters(t, external(d))
	if got := d.Changes[0].Ticket; got.Child.AcknowledgedAt.IsZero() || got.NextAt().Before(got.Child.Look) {
		t.Errorf("alert %+v", got.Child)
	}
	away := reply
	away.Automatic = ticket.AutoReply
	d = staffReply(t, tk, ticket.LetterEscalation, away)
	if got := d.Changes[0].Ticket; !got.Child.AcknowledgedAt.IsZero() || got.Child.Alarms != 2 {
		t.Errorf("A19: an absence note must move the alarm on: %+v", got.Child)
	}
	if l := letter(t, d, ticket.LetterEscalation); l.To.Address != "mona@example.com" {
		t.Errorf("next alarm goes to %s", l.To.Address)
	}
}

// D48, C66: alarms go round the line until a human acknowledges.
func TestAlarmsRepeat(t *testing.T) {
	tk := opened(t, from("jane@example.org", "x"), asks(ticket.Child))
	now, want := noon, []string{"mona@example.com", "olivia@example.com", "mona@example.com"}
	for _, to := range want {
		now = now.Add(30 * time.Minute)
		f := facts(t)
		f.Ticket = &tk
		if tk.NextAt().After(now) {
			t.Fatalf("next alarm at %s, now %s", tk.NextAt(), now)
		}
		d := ticket.Decide(now, f, ticket.DueCause{})
		if l := letter(t, d, ticket.LetterEscalation); l.To.Address != to {
			t.Errorf("alarm goes to %s, want %s", l.To.Address, to)
		}
		tk = d.Changes[0].Ticket
	}
	f := facts(t)
	f.Ticket = &tk
	d := ticket.Decide(now, f, ticket.DeliveryCause{Letter: ticket.SentLetter{Kind: ticket.LetterEscalation, Ref: tk.Ref}, Result: ticket.DeliveryRefused, Status: "552"})
	letter(t, d, ticket.LetterEscalation)
}

func TestStaffMailWithoutThread(t *testing.T) {
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 3, Message: desk("Please look at this request"), Verdict: asks(ticket.Deletion)})
	wantLetters(t, external(d))
	if len(d.Changes) != 1 || !d.Changes[0].Ticket.Requester().Address.IsZero() {
		t.Errorf("a request handed in by staff has no requester yet: %+v", d.Changes)
	}
	d = ticket.Decide(noon, facts(t), ticket.MailCause{ID: 3, Message: desk("lunch?"), Verdict: other()})
	wantLetters(t, sent(d), "staff_held desk@example.com")
}

// A requester who answers an external letter from a staff address is not staff on that thread.
func TestSortingLabels(t *testing.T) {
	f := facts(t)
	f.Answer = &ticket.SentLetter{Kind: ticket.LetterSorting, To: "desk@example.com", Mails: []int64{7, 8}}
	got := ticket.SortedLabels(noon, f, ticket.MailCause{Message: desk("#ticket M-7 deletion\n#ticket m-9\n#ticket M-8")})
	if len(got) != 2 || got[0].Mail != 7 || got[0].Rights[0] != ticket.Deletion || got[1].Mail != 8 {
		t.Errorf("labels %+v", got)
	}
	if got := ticket.SortedLabels(noon, f, ticket.MailCause{Message: from("desk@example.com", "#ticket M-7")}); got != nil {
		t.Errorf("an unproven mail opened %+v", got)
	}
}

// B25, B26, A30: a permanent failure is shown and told; nothing else changes anything.
func TestBounce(t *testing.T) {
	tk := opened(t, from("jane@example.org", "x"), asks(ticket.Correction))
	run := func(r *ticket.Report, answer bool) ticket.Decision {
		f := facts(t)
		m := from("mailer-daemon@example.org", "")
		m.Automatic, m.Report = ticket.Bounce, r
		if answer {
			f.Ticket, f.Answer = &tk, &ticket.SentLetter{Kind: ticket.LetterAcknowledgement, Key: "k", Ref: tk.Ref, To: "jane@example.org"}
		}
		return ticket.Decide(noon, f, ticket.MailCause{ID: 9, Message: m, Verdict: other()})
	}
	hard := run(&ticket.Report{Action: "failed", Status: "5.1.1"}, true)
	if hard.Changes[0].Ticket.Undeliverable == "" || hard.Changes[0].Ticket.Closed() {
		t.Error("a hard bounce must show, and close nothing")
	}
	wantLetters(t, sent(hard), "undelivered desk@example.com")
	for name, d := range map[string]ticket.Decision{
		"B26 delayed":      run(&ticket.Report{Action: "delayed", Status: "4.4.1"}, true),
		"A30 not ours":     run(&ticket.Report{Action: "failed", Status: "5.1.1"}, false),
		"soft":             run(&ticket.Report{Action: "failed", Status: "4.2.2"}, true),
		"nothing readable": run(nil, true),
	} {
		if d.Disposition != ticket.DispBounce || len(d.Changes) != 0 || len(d.Letters) != 0 {
			t.Errorf("%s: %s, %d changes, %v", name, d.Disposition, len(d.Changes), sent(d))
		}
	}
}

func TestAcceptedLetterAcknowledges(t *testing.T) {
	tk := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Access))
	f := facts(t)
	f.Ticket = &tk
	d := ticket.Decide(noon, f, ticket.DeliveryCause{Letter: ticket.SentLetter{Kind: ticket.LetterAcknowledgement, Ref: tk.Ref, MessageID: "pb.1@example.com"}, Result: ticket.DeliveryAccepted})
	if got := d.Changes[0].Ticket; got.State() != "acknowledged" || got.Thread[len(got.Thread)-1] != "pb.1@example.com" {
		t.Errorf("state %s, thread %v", got.State(), got.Thread)
	}
}

// Whoever may be alarmed about a child gets what was written: the alarm itself holds no text.
func TestAlarmedPeopleGetTheNotice(t *testing.T) {
	d := ticket.Decide(noon, facts(t), ticket.MailCause{ID: 1, Message: from("jane@example.org", "she is nine"), Verdict: asks(ticket.Child)})
	wantLetters(t, sent(d), "child_acknowledgement jane@example.org", "escalation olivia@example.com",
		"staff_notice desk@example.com", "staff_notice olivia@example.com", "staff_notice mona@example.com")
}
