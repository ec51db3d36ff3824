package ticket_test

import (
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

func named(t ticket.Ticket) func(*ticket.Facts) {
	return func(f *ticket.Facts) { f.Named = map[string]ticket.Named{t.Ref: {Ticket: t}} }
}

func changeOf(t *testing.T, d ticket.Decision, ref string) ticket.Ticket {
	t.Helper()
	for _, c := range d.Changes {
		if c.Ticket.Ref == ref {
			return c.Ticket
		}
	}
	t.Fatalf("%s is not changed", ref)
	return ticket.Ticket{}
}

// BEHAVIOURS 19: the earliest clock, nothing sent, nothing lost.
func TestMerge(t *testing.T) {
	old := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Access)
	old.Ref = "PB-OLD0-0001"
	fresh := receivedOn(t, "2027-02-20", "eu-gdpr", ticket.Access, ticket.Deletion)
	for name, c := range map[string]struct{ this, into ticket.Ticket }{"new into old": {fresh, old}, "old into new": {old, fresh}} {
		t.Run(name, func(t *testing.T) {
			d := says(t, c.this, at(t, "2027-02-21"), "#merge "+strings.ToLower(c.into.Ref), named(c.into))
			wantLetters(t, sent(d), "staff_receipt desk@example.com")
			gone, into := changeOf(t, d, c.this.Ref), changeOf(t, d, c.into.Ref)
			if !gone.Closed() || gone.MergedInto != into.Ref || gone.Requests[0].State != ticket.Moved {
				t.Errorf("joined: %s, %q", gone.State(), gone.MergedInto)
			}
			if len(into.Requests) != 2 || dayOf(t, into.Requests[0].Deadline.Legal) != "2027-03-01" || !into.Requests[0].ReceivedAt.Equal(old.ReceivedAt) ||
				dayOf(t, into.Requests[1].Deadline.Legal) != "2027-03-22" {
				t.Errorf("requests %+v", into.Requests)
			}
		})
	}
	notDone(t, says(t, fresh, at(t, "2027-02-21"), "#merge PB-NONE-0000"), "no ticket PB-NONE-0000")
	notDone(t, says(t, fresh, at(t, "2027-02-21"), "#merge "+fresh.Ref, named(fresh)), "itself")
	pending := says(t, fresh, at(t, "2027-02-21"), "#extend much").Changes[0].Ticket
	notDone(t, says(t, pending, at(t, "2027-02-21"), "#merge "+old.Ref, named(old)), "accepted")
}

// A code that was mailed for the ticket that is gone still confirms the address; a child alert goes on.
func TestMergeKeepsCodesAndAlarms(t *testing.T) {
	jane := "jane@example.org"
	a, b := opened(t, from(jane, "x"), asks(ticket.Correction)), opened(t, from(jane, "x"), asks(ticket.Access))
	a.Ref = "PB-OLD0-0001"
	into := changeOf(t, says(t, b, noon.Add(time.Minute), "#merge "+a.Ref, named(a)), a.Ref)
	d := onTicket(t, into, noon.Add(time.Hour), from(jane, "1234-5678"), other())
	if d.Changes[0].Ticket.Requester().Verified.IsZero() {
		t.Error("the code of the ticket that was joined confirms nothing")
	}
	c := opened(t, from(jane, "x"), asks(ticket.Child))
	if into := changeOf(t, says(t, c, noon.Add(time.Minute), "#merge "+a.Ref, named(a)), a.Ref); into.Child == nil || into.NextAt().IsZero() || !into.Urgent {
		t.Errorf("the alarm is gone: %+v", into.Child)
	}
}

// BEHAVIOURS 18: a ticket of its own, with the clock that it had.
func TestSplit(t *testing.T) {
	tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Correction)
	tk = onTicket(t, tk, at(t, "2027-02-10"), proven(from("jane@example.org", "and I complain")), asks(ticket.Complaint)).Changes[0].Ticket
	d := says(t, tk, at(t, "2027-02-20"), "#split complaint")
	wantLetters(t, external(d))
	was, fresh := changeOf(t, d, tk.Ref), changeOf(t, d, "PB-TEST-0009")
	if was.Closed() || was.Requests[1].State != ticket.Moved || was.Requests[1].MovedTo != fresh.Ref {
		t.Errorf("left: %+v", was.Requests)
	}
	if len(fresh.Requests) != 1 || dayOf(t, fresh.Requests[0].Deadline.Legal) != "2027-03-10" || fresh.Requester() != tk.Requester() || fresh.Linked[0] != tk.Ref {
		t.Errorf("split off: %+v", fresh)
	}
	if n := letter(t, d, ticket.LetterStaffNotice); n.Ref != fresh.Ref {
		t.Errorf("the notice is about %s", n.Ref)
	}
	for text, why := range map[string]string{"#split correction complaint": "Nothing would be left", "#split access": "Only what is open", "#split": "needs the rights"} {
		notDone(t, says(t, tk, at(t, "2027-02-20"), text), why)
	}
}

func TestOfficeCommands(t *testing.T) {
	tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Correction)
	on := at(t, "2027-02-03")
	d := says(t, tk, on, "#assign mona")
	if got := d.Changes[0].Ticket; got.Assignee != "mona@example.com" || got.State() != "in_work" {
		t.Errorf("assigned to %q", got.Assignee)
	}
	wantLetters(t, sent(d), "staff_followup mona@example.com", "staff_receipt desk@example.com")
	notDone(t, says(t, tk, on, "#assign nobody"), "Olivia")

	d = says(t, tk, on, "#spam")
	wantLetters(t, external(d))
	if !d.Changes[0].Ticket.Closed() {
		t.Error("spam is open")
	}
	notDone(t, says(t, opened(t, from("a@example.org", "x"), asks(ticket.Child)), noon, "#spam"), "#right -child")

	onHold := says(t, tk, on, "#hold court case 12/27").Changes[0].Ticket
	if onHold.LegalHold != "court case 12/27" || says(t, onHold, on, "#hold off").Changes[0].Ticket.LegalHold != "" {
		t.Errorf("legal hold %q", onHold.LegalHold)
	}
	notDone(t, says(t, tk, on, "#hold"), "reason") // D60

	d = says(t, tk, on, "#refer correction Example Bank, privacy@bank.example.net")
	if got := d.Changes[0].Ticket; got.Requests[0].State != ticket.Referred || letter(t, d, ticket.LetterReferral).Data.Answer != "Example Bank, privacy@bank.example.net" {
		t.Errorf("referred: %+v", got.Requests)
	}
	notDone(t, says(t, tk, on, "#refer"), "who is responsible")

	d = says(t, tk, on, "#wait the archive looks for the file")
	if got := d.Changes[0].Ticket; got.State() != "waiting" || !got.Requests[0].Deadline.Legal.Equal(tk.Requests[0].Deadline.Legal) {
		t.Errorf("waits: %s", got.State())
	}
	waiting := onTicket(t, d.Changes[0].Ticket, on.Add(time.Hour), proven(from("jane@example.org", "hello?")), other()).Changes[0].Ticket
	if waiting.State() != "waiting" {
		t.Error("the requester's mail ended a wait for somebody else")
	}

	d = says(t, tk, on, "#show "+tk.Ref, named(tk))
	if l := letter(t, d, ticket.LetterStaffSheet); l.To.Address != "desk@example.com" || l.Data.Notice.Ticket.Ref != tk.Ref {
		t.Errorf("sheet %+v", l.To)
	}
	d = says(t, tk, on, "#list", func(f *ticket.Facts) { f.OpenTickets = []ticket.Ticket{tk} })
	if l := letter(t, d, ticket.LetterStaffWorklist); l.Data.Worklist.Len() != 1 {
		t.Errorf("list %+v", l.Data.Worklist)
	}
	help := strings.Join(letter(t, says(t, tk, on, "#help"), ticket.LetterStaffReceipt).Data.Lines, "\n")
	for _, h := range ticket.CommandHelps() {
		if !strings.Contains(help, h.Use) {
			t.Errorf("#help lacks %s", h.Use)
		}
	}
}

// Illegal moves name what is possible.
func TestRefusedMoves(t *testing.T) {
	tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Correction)
	closed := says(t, tk, at(t, "2027-02-03"), "#close done It is corrected.").Changes[0].Ticket
	notDone(t, says(t, closed, at(t, "2027-02-04"), "#close done again"), "possible are: reopen")
	notDone(t, says(t, closed, at(t, "2027-02-04"), "#refer somebody"), "possible are: reopen")
	notDone(t, says(t, tk, at(t, "2027-02-04"), "#appeal"), "close")
	notDone(t, says(t, tk, at(t, "2027-02-04"), "#resume by phone"), "waits")

	child := opened(t, from("a@example.org", "x"), asks(ticket.Child))
	child = says(t, child, noon, "#deleted").Changes[0].Ticket
	notDone(t, says(t, child, noon, "#blocked"), "what is deleted")
	cleared := says(t, opened(t, from("a@example.org", "x"), asks(ticket.Child)), noon, "#right -child +question").Changes[0].Ticket // BEHAVIOURS 24
	if cleared.Child.State() != ticket.ChildCleared || !cleared.NextAt().IsZero() {
		t.Errorf("the alarm goes on: %+v", cleared.Child)
	}
}

// D55: an objection to a refusal opens it again, with the law's own term where it has one.
func TestAppeal(t *testing.T) {
	withAppeal := func(f *ticket.Facts) {
		law := f.Policy.Laws["us-ca-ccpa"]
		law.Code, law.Appeal = "us-va-test", ticket.Period{Days: 60}
		f.Policy.Laws["us-va-test"] = law
	}
	for _, c := range []struct{ id, law, objects, want string }{
		{"no appeal in the law, limit still to come", "eu-gdpr", "2027-02-20", "2027-03-01"},
		{"no appeal in the law, limit over: from the objection", "eu-gdpr", "2027-03-10", "2027-04-12"}, // 10 April is a Saturday
		{"D55 the law's own term", "us-va-test", "2027-02-20", "2027-04-21"},
	} {
		t.Run(c.id, func(t *testing.T) {
			tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Deletion)
			tk = says(t, tk, at(t, "2027-02-01"), "#law "+c.law, withAppeal).Changes[0].Ticket
			closed := says(t, tk, at(t, "2027-02-10"), "#close refused We must keep the invoices.", withAppeal)
			if offered := letter(t, closed, ticket.LetterClosing).Data.Appeal; offered != (c.law == "us-va-test") {
				t.Errorf("the letter offers an appeal: %v", offered)
			}
			tk = closed.Changes[0].Ticket
			f := facts(t)
			withAppeal(&f)
			m := proven(from("jane@example.org", "I do not accept this. Delete my data."))
			m.ReceivedAt = at(t, c.objects)
			f.Ticket, f.Answer = &tk, &ticket.SentLetter{Kind: ticket.LetterClosing, Ref: tk.Ref, To: "jane@example.org"}
			d := ticket.Decide(m.ReceivedAt, f, ticket.MailCause{ID: 9, Message: m, Verdict: asks(ticket.Deletion)})
			got := d.Changes[0].Ticket
			r := got.Requests[0]
			if len(got.Requests) != 1 || r.State != ticket.Reopened || r.AppealedAt.IsZero() || dayOf(t, r.Deadline.Legal) != c.want {
				t.Errorf("%d requests, %s, due %s, want %s", len(got.Requests), r.State, dayOf(t, r.Deadline.Legal), c.want)
			}
			if what := letter(t, d, ticket.LetterStaffFollowup).Data.Notice.What; !strings.Contains(what, "appeal") {
				t.Errorf("staff read %q", what)
			}
			again := says(t, got, at(t, "2027-03-15"), "#close refused We must keep the invoices.", withAppeal)
			if letter(t, again, ticket.LetterClosing).Data.Appeal {
				t.Error("the answer to an appeal offers another one")
			}
		})
	}
	tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Deletion)
	tk = says(t, tk, at(t, "2027-02-10"), "#close refused We must keep the invoices.").Changes[0].Ticket
	if again := says(t, tk, at(t, "2027-02-12"), "#appeal she called").Changes[0].Ticket; again.Requests[0].State != ticket.Reopened {
		t.Errorf("#appeal: %s", again.State())
	}
}

// A31: a withdrawal is proposed to people, and only from a confirmed address.
func TestWithdrawalIsProposed(t *testing.T) {
	verified, not := opened(t, proven(from("jane@example.org", "x")), asks(ticket.Deletion)), opened(t, from("jane@example.org", "x"), asks(ticket.Deletion))
	for _, c := range []struct {
		tk         ticket.Ticket
		text, want string
	}{
		{verified, "I withdraw my request, thanks", "#close withdrawn"},
		{verified, "Ich ziehe meine Anfrage zurück", "#close withdrawn"},
		{not, "Please cancel my request", "not proven"},
	} {
		d := onTicket(t, c.tk, noon.Add(time.Hour), from("jane@example.org", c.text), other())
		if d.Changes[0].Ticket.Closed() {
			t.Error("the machine closed a ticket")
		}
		wantLetters(t, external(d))
		if what := letter(t, d, ticket.LetterStaffFollowup).Data.Notice.What; !strings.Contains(what, c.want) {
			t.Errorf("%q: staff read %q", c.text, what)
		}
	}
}

func processors(f *ticket.Facts) {
	f.Policy.Recipients = []ticket.Recipient{
		{Name: "Host", Address: "privacy@host.example.net", Language: "en"},
		{Name: "Mailer", Address: "dpo@mailer.example.net", Language: "de", Rights: []ticket.Right{ticket.Deletion}},
	}
}

// D18, GDPR art. 19: recipients hear of what is done, with nothing of the requester but staff's words.
func TestRecipientsAreTold(t *testing.T) {
	on := at(t, "2027-02-10")
	tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Correction, ticket.Access)
	d := says(t, tk, on, "#inform customer number 4711\n#close done correction\nYour name is corrected.", processors)
	wantLetters(t, external(d), "closing jane@example.org", "recipient_notice privacy@host.example.net")
	o := letter(t, d, ticket.LetterRecipientNotice)
	if o.Data.Answer != "customer number 4711" || len(o.Data.Rights) != 1 || o.Data.Rights[0] != ticket.Correction || o.InReplyTo != "" || o.References != nil {
		t.Errorf("the notice %+v", o)
	}
	tk = delivered(t, d.Changes[0].Ticket, on, o, ticket.DeliveryAccepted, processors).Changes[0].Ticket
	if tk.Informed[0].SentAt.IsZero() {
		t.Error("not on record as told")
	}
	for _, id := range tk.Thread {
		if id == "pb.x@example.com" {
			t.Error("the id of a letter to a recipient stands in the requester's thread")
		}
	}
	bounced := delivered(t, tk, on, o, ticket.DeliveryBounced, processors)
	if got := bounced.Changes[0].Ticket; got.Undeliverable != "" || got.Informed[0].FailedAt.IsZero() {
		t.Errorf("a recipient's bounce: undeliverable %q", got.Undeliverable)
	}
	letter(t, bounced, ticket.LetterUndelivered)

	// The answer goes to staff only.
	f := facts(t)
	f.Ticket, f.Answer = &tk, &ticket.SentLetter{Kind: ticket.LetterRecipientNotice, Ref: tk.Ref, To: "privacy@host.example.net"}
	d = ticket.Decide(on, f, ticket.MailCause{ID: 9, Message: from("privacy@host.example.net", "We have deleted it too."), Verdict: asks(ticket.Deletion)})
	wantLetters(t, sent(d), "staff_followup desk@example.com")
	if got := d.Changes[0].Ticket; len(d.Changes) != 1 || got.Informed[0].AnsweredAt.IsZero() || len(got.Requests) != 2 || d.Disposition != ticket.DispFollowup {
		t.Errorf("%d changes, %s", len(d.Changes), d.Disposition)
	}
	d = says(t, tk, on.Add(time.Hour), "#inform it was order 12", processors)
	wantLetters(t, external(d), "recipient_notice privacy@host.example.net")
	notDone(t, says(t, receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Deletion), on, "#inform 4711", processors), "#close done")
}

// D26, D27: what an answer may lack is named, and stops nothing.
func TestChecklist(t *testing.T) {
	tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Access)
	on := at(t, "2027-02-10")
	receipt := func(d ticket.Decision) string {
		return strings.Join(letter(t, d, ticket.LetterStaffReceipt).Data.Lines, "\n")
	}
	d := says(t, tk, on, "#close done\nWe hold your name and address for the purpose of delivery.")
	if !d.Changes[0].Ticket.Closed() {
		t.Error("a checklist stopped a closing")
	}
	got := receipt(d)
	for _, want := range []string{"how long the data are kept (GDPR art. 15(1)(d))", "where the data come from (GDPR art. 15(1)(g))", "a copy of the data (GDPR art. 15(3))"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "the purposes (") {
		t.Errorf("names what was said:\n%s", got)
	}
	// Said in an earlier answer, or marked, it is covered.
	tk = says(t, tk, on, "Dear Jane, a copy is attached below. We keep it for two years (retention); the source is your order. Recipients: our carrier.").Changes[0].Ticket
	tk = says(t, tk, on, "#covered automated, categories rights").Changes[0].Ticket
	if got := receipt(says(t, tk, on, "#close done\nThe purpose is delivery.")); strings.Contains(got, "Please check") {
		t.Errorf("still lacks:\n%s", got)
	}
	notDone(t, says(t, tk, on, "#covered nonsense"), "purposes")
	if n := len(ticket.Checklist(ticket.Access, ticket.Laws()["eu-gdpr"], ticket.OutcomeDone)); n != 9 {
		t.Errorf("%d points of art. 15, want (a) to (h) and the copy", n)
	}
}
