package ticket_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

// receivedOn opens a proven ticket for rights at noon of a day in Berlin, under a law.
func receivedOn(t *testing.T, day, law string, rights ...ticket.Right) ticket.Ticket {
	t.Helper()
	f := facts(t)
	m, v := proven(from("jane@example.org", "x")), asks(rights...)
	m.ReceivedAt, v.Law, v.LawWhy = at(t, day), law, []ticket.Evidence{{Rule: ticket.RuleLawNamed}}
	return ticket.Decide(m.ReceivedAt, f, ticket.MailCause{ID: 1, Message: m, Verdict: v}).Changes[0].Ticket
}

func at(t *testing.T, day string) time.Time {
	t.Helper()
	d, err := time.ParseInLocation("2006-01-02 15:04", day+" 12:00", office(t).Zone)
	if err != nil {
		t.Fatal(err)
	}
	return d.UTC()
}

// says runs a staff mail on tk at a time and gives the decision.
func says(t *testing.T, tk ticket.Ticket, when time.Time, text string, change ...func(*ticket.Facts)) ticket.Decision {
	t.Helper()
	f := facts(t)
	f.Supply, f.Ticket = supply("PB-TEST-0009"), &tk
	f.Answer = &ticket.SentLetter{Kind: ticket.LetterStaffNotice, Ref: tk.Ref, To: "desk@example.com"}
	for _, c := range change {
		c(&f)
	}
	m := desk(text)
	m.ReceivedAt = when
	return ticket.Decide(when, f, ticket.MailCause{ID: 50, Message: m, Verdict: other()})
}

// delivered tells what became of a letter.
func delivered(t *testing.T, tk ticket.Ticket, when time.Time, o ticket.LetterOrder, r ticket.DeliveryResult, change ...func(*ticket.Facts)) ticket.Decision {
	t.Helper()
	f := facts(t)
	f.Ticket = &tk
	for _, c := range change {
		c(&f)
	}
	return ticket.Decide(when, f, ticket.DeliveryCause{Letter: ticket.SentLetter{Kind: o.Kind, Key: o.Key, Ref: o.Ref, To: o.To.Address, MessageID: "pb.x@example.com"}, Result: r, Status: "5.1.1"})
}

func dayOf(t *testing.T, when time.Time) string {
	t.Helper()
	return ticket.DateOf(when, office(t).Zone).String()
}

func notDone(t *testing.T, d ticket.Decision, why string) {
	t.Helper()
	if lines := strings.Join(letter(t, d, ticket.LetterStaffHeld).Data.Lines, "\n"); !strings.Contains(lines, why) {
		t.Errorf("does not say %q:\n%s", why, lines)
	}
}

// D12, D35, BEHAVIOURS 26: announced, accepted, in effect; and what refuses it.
func TestExtension(t *testing.T) {
	for _, c := range []struct{ id, law, received, on, want string }{
		{"D12 from the receipt, not from the first limit (D3)", "eu-gdpr", "2027-01-31", "2027-02-20", "2027-04-30"},
		{"D12 on the last day", "eu-gdpr", "2027-03-05", "2027-04-05", "2027-06-07"}, // 5 June is a Saturday
		{"D35", "us-ca-ccpa", "2026-11-23", "2026-12-20", "2027-02-21"},
		{"D50", "ca-pipeda", "2027-01-31", "2027-02-10", "2027-04-01"},
	} {
		t.Run(c.id, func(t *testing.T) {
			tk := receivedOn(t, c.received, c.law, ticket.Access)
			before := tk.Requests[0].Deadline.Legal
			d := says(t, tk, at(t, c.on), "#extend three systems have to be searched")
			o := letter(t, d, ticket.LetterExtension)
			if dayOf(t, o.Data.Due) != c.want || o.Data.Answer != "three systems have to be searched" || o.To.Address != "jane@example.org" {
				t.Errorf("the notice says %s: %q to %s", dayOf(t, o.Data.Due), o.Data.Answer, o.To.Address)
			}
			tk = d.Changes[0].Ticket
			if r := tk.Requests[0]; !r.Deadline.Legal.Equal(before) || r.State == ticket.Extended {
				t.Errorf("the date moved before the notice was accepted: %s, %s", r.Deadline.Legal, r.State)
			}
			accepted := delivered(t, tk, at(t, c.on).Add(time.Hour), o, ticket.DeliveryAccepted).Changes[0].Ticket
			r := accepted.Requests[0]
			if dayOf(t, r.Deadline.Legal) != c.want || r.State != ticket.Extended || accepted.State() != "extended" {
				t.Errorf("accepted: %s, %s, want %s", dayOf(t, r.Deadline.Legal), r.State, c.want)
			}
			sheet := strings.Join(r.Sheet(office(t).Zone), "\n")
			for _, want := range []string{"staff:Desk", "three systems", "extended", "the limit was"} {
				if !strings.Contains(sheet, want) {
					t.Errorf("the sheet lacks %q:\n%s", want, sheet)
				}
			}
			notDone(t, says(t, accepted, at(t, c.on).Add(2*time.Hour), "#extend again"), "extended already")

			// A hard bounce after the acceptance voids it and tells staff.
			back := delivered(t, accepted, at(t, c.on).Add(3*time.Hour), o, ticket.DeliveryBounced)
			if r := back.Changes[0].Ticket.Requests[0]; !r.Deadline.Legal.Equal(before) || r.State != ticket.InWork || r.Deadline.Extended {
				t.Errorf("bounced: %s, %s", r.Deadline.Legal, r.State)
			}
			if what := letter(t, back, ticket.LetterStaffFollowup).Data.Notice.What; !strings.Contains(what, "no effect") {
				t.Errorf("staff are told %q", what)
			}
			// Refused at once: the date never moved.
			never := delivered(t, tk, at(t, c.on).Add(time.Hour), o, ticket.DeliveryRefused).Changes[0].Ticket.Requests[0]
			if !never.Deadline.Legal.Equal(before) || never.Pending != nil {
				t.Errorf("refused: %+v", never)
			}
			// In shadow mode nobody was told.
			shadow := delivered(t, tk, at(t, c.on).Add(time.Hour), o, ticket.DeliveryAccepted, func(f *ticket.Facts) { f.Policy.Shadow = true })
			if r := shadow.Changes[0].Ticket.Requests[0]; !r.Deadline.Legal.Equal(before) {
				t.Error("shadow mode moved a date")
			}
		})
	}
}

func TestNoExtension(t *testing.T) {
	for _, c := range []struct {
		id, law, on, text, why string
		right                  ticket.Right
	}{
		{"D12 after the limit", "eu-gdpr", "2027-03-02", "#extend late", "before it only", ticket.Access},
		{"without a reason", "eu-gdpr", "2027-02-02", "#extend", "needs the reason", ticket.Access},
		{"D49 a law without", "br-lgpd", "2027-02-02", "#extend much", "no extension", ticket.Access},
		{"a child", "eu-gdpr", "2027-02-02", "#extend much", "no extension", ticket.Child},
		{"unsubscribe", "eu-gdpr", "2027-02-02", "#extend much", "no extension", ticket.Unsubscribe},
		{"two texts in one mail", "eu-gdpr", "2027-02-02", "#extend much\n#close done", "Only one of", ticket.Correction},
	} {
		t.Run(c.id, func(t *testing.T) {
			tk := receivedOn(t, "2027-01-31", c.law, c.right)
			d := says(t, tk, at(t, c.on), c.text)
			notDone(t, d, c.why)
			wantLetters(t, external(d))
		})
	}
	// Accepted after the limit, because the mail server was down: the first date stays (BEHAVIOURS 26).
	tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Access)
	d := says(t, tk, at(t, "2027-03-01"), "#extend last day")
	late := delivered(t, d.Changes[0].Ticket, at(t, "2027-03-02"), letter(t, d, ticket.LetterExtension), ticket.DeliveryAccepted)
	if r := late.Changes[0].Ticket.Requests[0]; dayOf(t, r.Deadline.Legal) != "2027-03-01" || r.State == ticket.Extended {
		t.Errorf("%s, %s", dayOf(t, r.Deadline.Legal), r.State)
	}
	letter(t, late, ticket.LetterStaffFollowup)
}

// D22, D29, D30: what a question does to the dates.
func TestPause(t *testing.T) {
	for _, c := range []struct {
		id, law, text                    string
		received, asked, answered        string
		waiting, legal, target, onRecord string
	}{
		{"D30 clarification, both days included", "uk-gdpr", "#pause Which account?", "2027-05-10", "2027-05-13", "2027-05-20", "2027-06-10", "2027-06-18", "2027-06-14", "8 days"},
		{"D29 identity: the whole month from the later receipt", "uk-gdpr", "#pause identity Which is your customer number?", "2027-05-10", "2027-05-13", "2027-05-20", "2027-06-10", "2027-06-21", "2027-06-17", "later receipt of the identity information"}, // 20 June is a Sunday
		{"D29 fee", "uk-gdpr", "#pause fee It costs ten pounds.", "2027-05-10", "2027-05-13", "2027-05-20", "2027-06-10", "2027-06-21", "2027-06-17", "later receipt of the fee"},
		{"D22 the date stays the alarm", "eu-gdpr", "#pause Which account?", "2027-05-10", "2027-05-13", "2027-05-20", "2027-06-10", "2027-06-10", "2027-06-07", "would make the limit Thu 2027-06-17"},
		{"D22 asked late", "eu-gdpr", "#pause Which account?", "2027-05-10", "2027-05-18", "2027-05-20", "2027-06-10", "2027-06-10", "2027-06-07", "too late"},
	} {
		t.Run(c.id, func(t *testing.T) {
			tk := receivedOn(t, c.received, c.law, ticket.Access)
			d := says(t, tk, at(t, c.asked), c.text)
			o := letter(t, d, ticket.LetterAnswer)
			tk = d.Changes[0].Ticket
			if tk.State() != "waiting" || tk.Requests[0].Wait.From != (time.Time{}) {
				t.Errorf("asked: %s, %+v", tk.State(), tk.Requests[0].Wait)
			}
			tk = delivered(t, tk, at(t, c.asked).Add(time.Minute), o, ticket.DeliveryAccepted).Changes[0].Ticket
			if dayOf(t, tk.Requests[0].Deadline.Legal) != c.waiting {
				t.Errorf("while it waits: %s, want %s", dayOf(t, tk.Requests[0].Deadline.Legal), c.waiting)
			}
			tk = onTicket(t, tk, at(t, c.answered), proven(from("jane@example.org", "the one with the blue icon")), other()).Changes[0].Ticket
			r := tk.Requests[0]
			if dayOf(t, r.Deadline.Legal) != c.legal || dayOf(t, r.Deadline.Target) != c.target || r.State != ticket.InWork || r.Wait != nil {
				t.Errorf("answered: %s, target %s, %s; want %s, %s", dayOf(t, r.Deadline.Legal), dayOf(t, r.Deadline.Target), r.State, c.legal, c.target)
			}
			if sheet := strings.Join(r.Sheet(office(t).Zone), "\n"); !strings.Contains(sheet, c.onRecord) {
				t.Errorf("the sheet lacks %q:\n%s", c.onRecord, sheet)
			}
		})
	}
}

// BEHAVIOURS 26, B10: only from the delivery, only to an answer by a person.
func TestPauseNeedsDeliveryAndAnswer(t *testing.T) {
	tk := receivedOn(t, "2027-05-10", "uk-gdpr", ticket.Access)
	d := says(t, tk, at(t, "2027-05-13"), "#pause Which account?")
	o, asked := letter(t, d, ticket.LetterAnswer), d.Changes[0].Ticket

	never := onTicket(t, asked, at(t, "2027-05-20"), proven(from("jane@example.org", "the blue one")), other()).Changes[0].Ticket.Requests[0]
	if dayOf(t, never.Deadline.Legal) != "2027-06-10" || never.State != ticket.InWork {
		t.Errorf("a question that was never accepted moved the date to %s", never.Deadline.Legal)
	}
	waiting := delivered(t, asked, at(t, "2027-05-13"), o, ticket.DeliveryAccepted).Changes[0].Ticket
	away := proven(from("jane@example.org", "I am away"))
	away.Automatic = ticket.AutoReply
	if d := onTicket(t, waiting, at(t, "2027-05-14"), away, other()); len(d.Changes) != 0 {
		t.Error("an automatic reply ended the pause")
	}
	bounced := delivered(t, waiting, at(t, "2027-05-14"), o, ticket.DeliveryBounced).Changes[0].Ticket.Requests[0]
	if bounced.State != ticket.InWork || dayOf(t, bounced.Deadline.Legal) != "2027-06-10" || bounced.Wait != nil {
		t.Errorf("bounced: %+v", bounced)
	}
	notDone(t, says(t, waiting, at(t, "2027-05-15"), "#pause And which colour?"), "waits already")
	if r := says(t, waiting, at(t, "2027-05-15"), "#take").Changes[0].Ticket.Requests[0]; r.State != ticket.Waiting {
		t.Errorf("taking the ticket ended the pause: %s", r.State)
	}
	resumed := says(t, waiting, at(t, "2027-05-20"), "#resume she called and named the account").Changes[0].Ticket.Requests[0]
	if dayOf(t, resumed.Deadline.Legal) != "2027-06-18" {
		t.Errorf("resumed by staff: %s", resumed.Deadline.Legal)
	}
	for _, c := range []struct {
		law   string
		right ticket.Right
	}{{"us-ca-ccpa", ticket.Access}, {"uk-gdpr", ticket.Deletion}, {"eu-gdpr", ticket.Unsubscribe}} { // D34
		tk := receivedOn(t, "2027-05-10", c.law, c.right)
		d := says(t, tk, at(t, "2027-05-13"), "#pause Which account?")
		notDone(t, d, "#ask")
		wantLetters(t, external(d))
	}
}

// Extended and paused at once: the days are added to the longer period.
func TestPauseOfAnExtendedRequest(t *testing.T) {
	tk := receivedOn(t, "2027-05-10", "uk-gdpr", ticket.Access)
	d := says(t, tk, at(t, "2027-05-11"), "#extend much to search")
	tk = delivered(t, d.Changes[0].Ticket, at(t, "2027-05-11"), letter(t, d, ticket.LetterExtension), ticket.DeliveryAccepted).Changes[0].Ticket
	d = says(t, tk, at(t, "2027-05-13"), "#pause Which account?")
	tk = delivered(t, d.Changes[0].Ticket, at(t, "2027-05-13"), letter(t, d, ticket.LetterAnswer), ticket.DeliveryAccepted).Changes[0].Ticket
	r := onTicket(t, tk, at(t, "2027-05-20"), proven(from("jane@example.org", "the blue one")), other()).Changes[0].Ticket.Requests[0]
	if dayOf(t, r.Deadline.Legal) != "2027-08-18" || r.State != ticket.Extended {
		t.Errorf("%s, %s, want 2027-08-18 extended", dayOf(t, r.Deadline.Legal), r.State)
	}
}

// D59: new rules change no date that was counted; only an act of people counts anew, and says so.
func TestStoredDatesSurviveNewRules(t *testing.T) {
	tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Access)
	before, _ := json.Marshal(tk.Requests[0].Deadline)
	newer := func(f *ticket.Facts) {
		law := f.Policy.Laws["eu-gdpr"]
		law.Version, law.Answer, law.Target = 2, ticket.Period{Days: 10}, ticket.Period{Days: 5}
		f.Policy.Laws["eu-gdpr"], f.Policy.Law = law, law
	}
	for name, d := range map[string]ticket.Decision{
		"taken":    says(t, tk, at(t, "2027-02-03"), "#take", newer),
		"assigned": says(t, tk, at(t, "2027-02-03"), "#assign Lee", newer),
		"asked":    says(t, tk, at(t, "2027-02-03"), "#ask Which account?", newer),
		"held":     says(t, tk, at(t, "2027-02-03"), "#hold court case", newer),
		"sent":     delivered(t, tk, at(t, "2027-02-03"), ticket.LetterOrder{Kind: ticket.LetterAcknowledgement, Ref: tk.Ref}, ticket.DeliveryAccepted, newer),
	} {
		after, _ := json.Marshal(d.Changes[0].Ticket.Requests[0].Deadline)
		if string(after) != string(before) {
			t.Errorf("%s changed the date:\n%s\n%s", name, before, after)
		}
	}
	law := says(t, tk, at(t, "2027-02-03"), "#law eu-gdpr new rules", newer).Changes[0].Ticket.Requests[0].Deadline
	if dayOf(t, law.Legal) != "2027-02-10" || law.Version != 2 || len(law.Changes) != 1 || law.Changes[0].By != "staff:Desk" || !strings.Contains(law.Changes[0].Why, "new rules") {
		t.Errorf("recounted by staff: %+v", law)
	}
}

// #law counts from the original receipt, whenever it is given, and the sheet says who and why.
func TestLaw(t *testing.T) {
	tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Access, ticket.Unsubscribe)
	got := says(t, tk, at(t, "2027-02-15"), "#law us-ca-ccpa lives in Fresno").Changes[0].Ticket
	r := got.Requests[0]
	if r.Law != "us-ca-ccpa" || dayOf(t, r.Deadline.Legal) != "2027-03-17" {
		t.Errorf("%s, %s", r.Law, dayOf(t, r.Deadline.Legal))
	}
	if sheet := strings.Join(r.Sheet(office(t).Zone), "\n"); !strings.Contains(sheet, "staff:Desk: law eu-gdpr changed to us-ca-ccpa (lives in Fresno)") {
		t.Errorf("sheet\n%s", sheet)
	}
	notDone(t, says(t, tk, at(t, "2027-02-15"), "#law atlantis"), "uk-gdpr")
}

// BEHAVIOURS 23, 27: a corrected right counts from the receipt, however late it is corrected.
func TestRightCountsFromTheReceipt(t *testing.T) {
	tk := receivedOn(t, "2027-01-31", "eu-gdpr", ticket.Question)
	got := says(t, tk, at(t, "2027-02-20"), "#right +deletion -question").Changes[0].Ticket
	if d := got.Requests[1].Deadline; dayOf(t, d.Legal) != "2027-03-01" {
		t.Errorf("due %s", dayOf(t, d.Legal))
	}
}
