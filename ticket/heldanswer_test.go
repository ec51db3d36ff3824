package ticket_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

func held(t *testing.T, d ticket.Decision, why string) ticket.SentLetter {
	t.Helper()
	if len(external(d)) != 0 {
		t.Fatalf("it left: %v", external(d))
	}
	l := letter(t, d, ticket.LetterStaffHeld)
	if lines := strings.Join(l.Data.Lines, "\n"); !strings.Contains(lines, why) {
		t.Errorf("does not say %q:\n%s", why, lines)
	}
	return answerTo(l)
}

// again decides the mail that d lets be carried out, as the pipeline does.
func (k *counter) again(d ticket.Decision, m ticket.Message) ticket.Decision {
	k.t.Helper()
	if d.CarryOut == nil {
		k.t.Fatalf("nothing is carried out: %v", sent(d))
	}
	by := k.mail
	edit := k.edit
	k.edit = func(_ *ticket.Facts, c *ticket.MailCause) {
		c.ID, c.Again, c.Proven, c.Send = d.CarryOut.Mail, by, d.CarryOut.Proven, d.CarryOut.Send
	}
	defer func() { k.edit = edit }()
	return k.run(notice(k), m)
}

// Issue 5.7: what is found holds the answer with its reasons; #send in a reply to that mail releases
// exactly that text, once; #drop forgets it.
func TestSendAndDrop(t *testing.T) {
	leak := proven(desk("Dear Jane, see also PB-9999-8888."))
	k := newCounter(t)
	question := held(t, k.run(notice(k), leak), "PB-9999-8888")
	held(t, k.run(notice(k), proven(desk("#send"))), "No text is held") // not the mail that quotes it
	held(t, k.run(question, proven(desk("#send\nDear Jane, all is fine."))), "text of its own")
	held(t, k.run(question, proven(desk("#send\n#take"))), "alone")
	wantLetters(t, external(k.run(question, from("desk@example.com", "#send")))) // A9: releasing needs proof
	d := k.run(question, proven(desk("#send\n\nBest regards\nAnn, Privacy Desk")))
	out := k.again(d, leak)
	wantLetters(t, sent(out), "answer jane@example.org", "staff_receipt desk@example.com")
	if got := letter(t, out, ticket.LetterAnswer).Data.Answer; got != "Dear Jane, see also PB-9999-8888." {
		t.Errorf("sent %q", got)
	}
	held(t, k.run(question, proven(desk("#send"))), "works once")

	k = newCounter(t)
	question = held(t, k.run(notice(k), leak), "PB-9999-8888")
	wantLetters(t, sent(k.run(question, proven(desk("#drop")))), "staff_receipt desk@example.com")
	held(t, k.run(question, proven(desk("#send"))), "No text is held")
}

// A held text does not outlive what it was written for.
func TestHeldAnswerExpires(t *testing.T) {
	leak := proven(desk("#close done\nDear Jane, see also PB-9999-8888."))
	for name, c := range map[string]struct {
		why    string
		change func(*counter)
	}{
		"time": {"seven days", func(k *counter) { k.now = k.now.Add(8 * 24 * time.Hour) }},
		"requester wrote": {"written again", func(k *counter) {
			k.now = k.now.Add(time.Minute)
			k.edit = nil
			k.run(ticket.SentLetter{Kind: ticket.LetterAcknowledgement, Ref: k.tk.Ref, To: "jane@example.org"}, from("jane@example.org", "wait"))
		}},
		"requester change": {"has changed", func(k *counter) { k.run(notice(k), proven(desk("#requester max@example.org"))) }},
	} {
		k := newCounter(t)
		question := held(t, k.run(notice(k), leak), "PB-9999-8888")
		c.change(k)
		held(t, k.run(question, proven(desk("#send"))), c.why)
		if k.tk.Closed() {
			t.Errorf("%s: closed", name)
		}
	}
	k := newCounter(t)
	question := held(t, k.run(notice(k), leak), "PB-9999-8888")
	out := k.again(k.run(question, proven(desk("#send"))), leak)
	wantLetters(t, external(out), "closing jane@example.org")
	if !k.tk.Closed() {
		t.Error("the released #close did not close")
	}
}

// Issue 5.5: a second agent's answer within an hour of the first is held, both are told, and either
// releases it.
func TestSecondAgentWithinTheHour(t *testing.T) {
	second := proven(from("lee@example.com", "Dear Jane, we have deleted it."))
	for _, who := range []string{"desk@example.com", "lee@example.com"} {
		k := newCounter(t)
		wantLetters(t, external(k.run(notice(k), proven(desk("Dear Jane, we look at it.")))), "answer jane@example.org")
		wantLetters(t, external(k.run(notice(k), proven(desk("Dear Jane, one more thing.")))), "answer jane@example.org") // the same agent
		k.now = k.now.Add(59 * time.Minute)
		d := k.run(notice(k), second)
		wantLetters(t, sent(d), "staff_warning desk@example.com", "staff_held lee@example.com")
		held(t, d, "less than an hour ago")
		told := letter(t, d, ticket.LetterStaffWarning)
		if who != "desk@example.com" {
			told = letter(t, d, ticket.LetterStaffHeld)
		}
		if got := strings.Join(told.Data.Lines, "\n"); !strings.Contains(got, "we have deleted it") {
			t.Errorf("told %q", got)
		}
		out := k.again(k.run(answerTo(told), proven(from(who, "#send"))), second)
		wantLetters(t, external(out), "answer jane@example.org")
	}
	k := newCounter(t)
	k.run(notice(k), proven(desk("Dear Jane, we look at it.")))
	k.now = k.now.Add(time.Hour)
	wantLetters(t, external(k.run(notice(k), second)), "answer jane@example.org")
}

// A17, BEHAVIOURS 34: what is also addressed to others, strangers or colleagues, is held.
func TestAnswerAlsoAddressedToOthers(t *testing.T) {
	at := func(as ...string) (out []ticket.Address) {
		for _, a := range as {
			out = append(out, ticket.Address{Address: a})
		}
		return out
	}
	for name, c := range map[string]struct {
		to, cc []ticket.Address
		hold   bool
	}{
		"to us":              {at("privacy@example.com"), nil, false},
		"to our plus":        {at("privacy+pb-test-0001.abcdefghjk@example.com"), nil, false},
		"copy to oneself":    {at("privacy@example.com"), at("desk.alias@example.com"), false},
		"colleague":          {at("privacy@example.com", "mona@example.com"), nil, true},
		"colleague in copy":  {at("privacy@example.com"), at("lee@example.com"), true},
		"stranger in copy":   {at("privacy@example.com"), at("consultant@example.net"), true},
		"requester in copy":  {at("privacy@example.com"), at("jane@example.org"), true},
		"not to us at all":   {at("jane@example.org"), nil, true},
		"another department": {at("privacy@example.com"), at("billing@example.com"), true},
	} {
		for _, text := range []string{"Dear Jane, all is done.", "#close done\nAll is done.", "#ask Which account?"} {
			k := newCounter(t)
			m := proven(desk(text))
			m.To, m.Cc = c.to, c.cc
			d := k.run(notice(k), m)
			if got := len(external(d)) == 0; got != c.hold {
				t.Errorf("%s, %q: held %v, want %v", name, text, got, c.hold)
			}
		}
		k := newCounter(t)
		m := proven(desk("#note for us\n#take"))
		m.To, m.Cc = c.to, c.cc
		wantLetters(t, sent(k.run(notice(k), m)), "staff_receipt desk@example.com")
	}
}

// What happens to attachments, by relay.attachments and by what is known of the requester.
func TestAttachmentPolicy(t *testing.T) {
	pdf := ticket.Attachment{Name: "export.pdf", Type: "application/pdf", Size: 9000}
	mail := ticket.Attachment{Name: "fwd.eml", Type: "message/rfc822", Size: 900}
	page := ticket.Attachment{Name: "export.html", Type: "text/html", Size: 900}
	huge := ticket.Attachment{Name: "export.zip", Type: "application/zip", Size: 40 << 20}
	shot := ticket.Attachment{Name: "image001.png", Type: "image/png", Size: 90_000, Inline: true}
	jane := from("jane@example.org", "x")
	access, open, loose := opened(t, proven(jane), asks(ticket.Access)), opened(t, jane, asks(ticket.Access)), opened(t, jane, asks(ticket.Complaint))
	for name, c := range map[string]struct {
		policy, text string
		tk           ticket.Ticket
		files        []ticket.Attachment
		want         string // what becomes of it, and of it after #send
	}{
		"default holds":                {"", "Hello", access, []ticket.Attachment{pdf}, "held, sent with files"},
		"hold":                         {"hold", "#close done\nHello", access, []ticket.Attachment{pdf}, "held, sent with files"},
		"send to the verified":         {"send", "Hello", access, []ticket.Attachment{pdf}, "sent with files"},
		"send to the unverified":       {"send", "Hello", loose, []ticket.Attachment{pdf}, "held, sent with files"},
		"content to the unverified":    {"send", "#ask Is this yours?", open, []ticket.Attachment{pdf}, "refused"},
		"drop":                         {"drop", "Hello", access, []ticket.Attachment{pdf}, "sent"},
		"drop to the unverified":       {"drop", "#ask Is this yours?", open, []ticket.Attachment{pdf}, "sent"},
		"an internal mail":             {"send", "Hello", access, []ticket.Attachment{mail}, "held, sent"},
		"a page":                       {"send", "Hello", access, []ticket.Attachment{page, pdf}, "held, sent with files"},
		"too large":                    {"hold", "Hello", access, []ticket.Attachment{huge}, "refused"},
		"pictures of the HTML form":    {"hold", "Hello", access, []ticket.Attachment{shot}, "sent"},
		"a signature's cryptography":   {"hold", "Hello", access, []ticket.Attachment{{Name: "smime.p7s", Type: "application/pkcs7-signature", Size: 40_000}}, "sent"},
		"a card and an appointment":    {"hold", "Hello", access, []ticket.Attachment{{Name: "ann.vcf", Type: "text/vcard", Size: 900}, {Type: "text/calendar", Size: 900}}, "sent"},
		"a program by its name":        {"send", "Hello", access, []ticket.Attachment{{Name: "form.pdf.exe", Type: "application/pdf", Size: 900}}, "held, sent"},
		"a picture that is a document": {"hold", "Hello", access, []ticket.Attachment{{Name: "scan.jpg", Type: "image/jpeg", Size: 900_000}}, "held, sent with files"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newCounter(t)
			k.tk = c.tk
			m := proven(desk(c.text))
			m.Attachments = c.files
			policy := func(f *ticket.Facts, _ *ticket.MailCause) { f.Policy.Attachments = c.policy }
			k.edit = policy
			d := k.run(notice(k), m)
			how := ""
			if len(external(d)) == 0 {
				how = "refused"
				l := letter(t, d, ticket.LetterStaffHeld)
				if strings.Contains(strings.Join(l.Data.Lines, "\n"), "#send: exactly") {
					how = "held, "
					sending := k.run(answerTo(l), proven(desk("#send")))
					by := sending.CarryOut
					k.edit = func(f *ticket.Facts, c *ticket.MailCause) {
						policy(f, c)
						c.ID, c.Again, c.Proven, c.Send = by.Mail, k.mail, true, true
					}
					d = k.run(notice(k), m)
				}
			}
			for _, o := range d.Letters {
				if o.Kind.External() {
					how += "sent"
					if o.FilesOf != 0 {
						how += " with files"
					}
				}
			}
			if how != c.want {
				t.Errorf("%s, want %s", how, c.want)
			}
		})
	}
}

// BEHAVIOURS 33: whoever wrote an answer gets exactly what left when the mail server has taken it, and
// hears when it came back.
func TestCopyAndDeliveryResult(t *testing.T) {
	k := newCounter(t)
	k.tk = opened(t, proven(from("jane@example.org", "x")), asks(ticket.Access))
	l := letter(t, k.run(notice(k), proven(from("lee@example.com", "Dear Jane"))), ticket.LetterAnswer)
	f := facts(t)
	f.Ticket = &k.tk
	for result, want := range map[ticket.DeliveryResult]string{
		ticket.DeliveryAccepted: "[staff_sent lee@example.com]", ticket.DeliveryRefused: "[undelivered desk@example.com undelivered lee@example.com]", ticket.DeliveryBounced: "[undelivered desk@example.com undelivered lee@example.com]",
	} {
		d := ticket.Decide(noon, f, ticket.DeliveryCause{Letter: answerTo(l), Result: result, Copy: "Dear Jane\n\nReference: PB"})
		if got := fmt.Sprint(sent(d)); got != want {
			t.Errorf("%s: %s", result, got)
		}
		if result == ticket.DeliveryAccepted && !strings.Contains(strings.Join(d.Letters[0].Data.Lines, "\n"), "Reference: PB") {
			t.Errorf("the copy reads %q", d.Letters[0].Data.Lines)
		}
	}
}
