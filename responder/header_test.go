package responder_test

import (
	"bytes"
	"errors"
	"net/mail"
	"strings"
	"testing"
	"time"

	"privacybot/responder"
	"privacybot/ticket"
)

func sample(t testing.TB, name string) responder.Sample {
	t.Helper()
	for _, s := range responder.Samples() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no sample %q", name)
	return responder.Sample{}
}

func TestHeader(t *testing.T) {
	c := newComposer(t, nil)
	for _, s := range responder.Samples() {
		t.Run(s.Name, func(t *testing.T) {
			letter := compose(t, c, s.Order, s.Now)
			m, err := mail.ReadMessage(bytes.NewReader(letter.Raw))
			if err != nil {
				t.Fatal(err)
			}
			h := m.Header
			for _, once := range []string{"From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "X-Privacybot", "Content-Language", "Content-Type"} {
				if len(h[once]) != 1 {
					t.Errorf("%d fields %s", len(h[once]), once)
				}
			}
			for _, never := range []string{"Cc", "Bcc", "Sender", "Precedence", "User-Agent", "X-Mailer", "List-Unsubscribe", "Disposition-Notification-To", "Reply-To"} { // B15, B19, B21, M17
				if h.Get(never) != "" {
					t.Errorf("%s: %s", never, h.Get(never))
				}
			}
			if from := h.Get("From"); from != `"Example Audio" <privacy@example.com>` {
				t.Errorf("From: %s", from)
			}
			if to, err := h.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != letter.To {
				t.Errorf("To: %s", h.Get("To"))
			}
			if s.Order.Kind.External() && s.Order.Data.ShadowFor == "" && strings.Contains(h.Get("To"), `"`) {
				t.Errorf("To has a name: %s", h.Get("To"))
			}
			if id := h.Get("Message-Id"); id != "<letter-1.0f3a@example.com>" || letter.MessageID != "letter-1.0f3a@example.com" {
				t.Errorf("Message-ID: %s", id)
			}
			if date, err := h.Date(); err != nil || !date.Equal(s.Now.Truncate(time.Second)) { // B20
				t.Errorf("Date: %s", h.Get("Date"))
			}
			auto := h.Get("Auto-Submitted")
			if (auto == "") != s.Order.Kind.ByPerson() || (auto == "") != (h.Get("X-Auto-Response-Suppress") == "") { // B13
				t.Errorf("Auto-Submitted: %s", auto)
			}
			if s.Order.Ref != "" && !strings.HasSuffix(h.Get("Subject"), "[PB-7K3M-Q9XD.t8d2kx4m7w]") {
				t.Errorf("Subject: %s", h.Get("Subject"))
			}
			if len(letter.Raw) > 64<<10 || bytes.Contains(bytes.ReplaceAll(letter.Raw, []byte("\r\n"), nil), []byte("\n")) {
				t.Errorf("%d bytes, or a bare line end", len(letter.Raw))
			}
			for _, l := range bytes.Split(letter.Raw, []byte("\r\n")) {
				if len(l) > 200 {
					t.Errorf("a line of %d bytes", len(l))
				}
			}
			again := compose(t, c, s.Order, s.Now)
			if !bytes.Equal(again.Raw, letter.Raw) {
				t.Error("the same order gives other bytes")
			}
		})
	}
}

func TestAutoSubmitted(t *testing.T) { // B13
	c := newComposer(t, nil)
	want := map[ticket.LetterKind]string{
		ticket.LetterAcknowledgement: "auto-replied", ticket.LetterNeutral: "auto-replied", ticket.LetterChild: "auto-replied",
		ticket.LetterChildSelf: "auto-replied", ticket.LetterVerified: "auto-replied", ticket.LetterNotVerified: "auto-replied",
		ticket.LetterVerification: "auto-generated", ticket.LetterAnswer: "", ticket.LetterClosing: "",
		ticket.LetterExtension: "", ticket.LetterReferral: "", ticket.LetterRecipientNotice: "", ticket.LetterStatus: "auto-replied",
		ticket.LetterMandate: "auto-replied", ticket.LetterMandatePerson: "auto-generated", ticket.LetterRecorded: "auto-replied", ticket.LetterStopped: "auto-generated",
		ticket.LetterStaffReceipt: "auto-replied", ticket.LetterStaffHeld: "auto-replied",
		ticket.LetterStaffNotice: "auto-generated", ticket.LetterStaffFollowup: "auto-generated", ticket.LetterEscalation: "auto-generated",
		ticket.LetterUndelivered: "auto-generated", ticket.LetterQuarantine: "auto-generated", ticket.LetterSorting: "auto-generated", ticket.LetterDigest: "auto-generated",
		ticket.LetterTrouble: "auto-generated", ticket.LetterStaffCode: "auto-replied", ticket.LetterStaffWarning: "auto-generated", ticket.LetterStaffSent: "auto-generated",
		ticket.LetterBrakes: "auto-generated", ticket.LetterBundle: "auto-generated", ticket.LetterHealth: "auto-generated",
		ticket.LetterStaffWorklist: "auto-generated", ticket.LetterStaffReminder: "auto-generated", ticket.LetterStaffSheet: "auto-generated",
	}
	for _, s := range responder.Samples() {
		h, _, _ := parts(t, compose(t, c, s.Order, s.Now).Raw)
		if got := h.Get("Auto-Submitted"); got != want[s.Order.Kind] {
			t.Errorf("%s: %q, want %q", s.Name, got, want[s.Order.Kind])
		}
	}
	for _, kind := range ticket.LetterKinds() {
		if _, found := want[kind]; !found {
			t.Errorf("%s is not in this table", kind)
		}
	}
}

func TestThreading(t *testing.T) { // B14, M12, A62
	c := newComposer(t, nil)
	s := sample(t, "acknowledgement-code")
	for _, one := range []struct {
		name       string
		inReplyTo  string
		references []string
		reply, ref string
	}{
		{"usual", "b@mx.example.org", []string{"a@mx.example.org"}, "<b@mx.example.org>", "<a@mx.example.org> <b@mx.example.org>"},
		{"already there", "b@mx.example.org", []string{"a@mx.example.org", "b@mx.example.org"}, "<b@mx.example.org>", "<a@mx.example.org> <b@mx.example.org>"},
		{"literal", "b@[192.0.2.1]", nil, "<b@[192.0.2.1]>", "<b@[192.0.2.1]>"},
		{"none", "", []string{"a@mx.example.org"}, "", ""},
		{"injected", "b@mx.example.org>\r\nBcc: x@example.net", []string{"a@mx.example.org"}, "", ""},
		{"spaces", "b c@mx.example.org", nil, "", ""},
		{"not ascii", "bä@mx.example.org", nil, "", ""},
		{"no domain", "b", nil, "", ""},
		{"huge", strings.Repeat("x", 10000) + "@mx.example.org", nil, "", ""},
		{"bad reference", "b@mx.example.org", []string{"a a@x", "x\r\ny@z", "ok@mx.example.org"}, "<b@mx.example.org>", "<ok@mx.example.org> <b@mx.example.org>"},
	} {
		t.Run(one.name, func(t *testing.T) {
			o := s.Order
			o.InReplyTo, o.References = one.inReplyTo, one.references
			h, _, _ := parts(t, compose(t, c, o, s.Now).Raw)
			if h.Get("In-Reply-To") != one.reply || h.Get("References") != one.ref {
				t.Errorf("In-Reply-To %q, References %q", h.Get("In-Reply-To"), h.Get("References"))
			}
		})
	}
	o := s.Order
	o.InReplyTo, o.References = "last@mx.example.org", nil
	for i := range 500 {
		o.References = append(o.References, "r"+strings.Repeat("i", i%30)+"@mx.example.org")
	}
	h, _, _ := parts(t, compose(t, c, o, s.Now).Raw)
	ids := strings.Fields(h.Get("References"))
	if len(ids) != 12 || ids[0] != "<r@mx.example.org>" || ids[11] != "<last@mx.example.org>" {
		t.Errorf("%d references: %v", len(ids), ids)
	}
}

func TestPlusAddressing(t *testing.T) {
	c := newComposer(t, func(c *responder.Config) { c.Addressing = responder.AddressPlus })
	s := sample(t, "acknowledgement-code")
	h, _, _ := parts(t, compose(t, c, s.Order, s.Now).Raw)
	if got := h.Get("Reply-To"); got != "<privacy+pb-7k3m-q9xd.t8d2kx4m7w@example.com>" {
		t.Errorf("Reply-To: %s", got)
	}
	if got := h.Get("Subject"); !strings.HasSuffix(got, " [PB-7K3M-Q9XD]") {
		t.Errorf("Subject: %s", got)
	}
}

// The token is bound to the ticket and to the one who gets the letter.
func TestTokenArguments(t *testing.T) {
	var got []string
	c := newComposer(t, func(c *responder.Config) {
		c.Token = func(ref, address string) string { got = append(got, ref+" "+address); return "tok" }
	})
	got = nil
	s := sample(t, "staff_notice")
	compose(t, c, s.Order, s.Now)
	s = sample(t, "digest")
	compose(t, c, s.Order, s.Now)
	if len(got) != 1 || got[0] != "PB-7K3M-Q9XD desk@example.com" {
		t.Errorf("asked for %q", got)
	}
}

func TestComposeRefuses(t *testing.T) {
	c := newComposer(t, nil)
	s := sample(t, "acknowledgement-code")
	for name, change := range map[string]func(*ticket.LetterOrder){
		"alarm":          func(o *ticket.LetterOrder) { o.Kind = ticket.LetterAlarm },
		"unknown kind":   func(o *ticket.LetterOrder) { o.Kind = "postcard" },
		"no recipient":   func(o *ticket.LetterOrder) { o.To.Address = "" },
		"two recipients": func(o *ticket.LetterOrder) { o.To.Address = "a@example.org, b@example.org" },
		"injection":      func(o *ticket.LetterOrder) { o.To.Address = "a@example.org\r\nBcc: jane@example.org" },
		"empty answer":   func(o *ticket.LetterOrder) { o.Kind = ticket.LetterAnswer },
		"outcome none":   func(o *ticket.LetterOrder) { o.Kind, o.Data.Outcome = ticket.LetterClosing, ticket.OutcomeNone },
		"no notice":      func(o *ticket.LetterOrder) { o.Kind = ticket.LetterStaffNotice },
		"no digest":      func(o *ticket.LetterOrder) { o.Kind = ticket.LetterDigest },
		"answer too long": func(o *ticket.LetterOrder) {
			o.Kind, o.Data.Answer = ticket.LetterAnswer, strings.Repeat("word ", 1<<20)
		},
	} {
		o := s.Order
		change(&o)
		_, err := c.Compose(o, "letter-1", s.Now)
		if err == nil {
			t.Errorf("%s: composed", name)
			continue
		}
		if strings.Contains(err.Error(), "jane") || strings.Contains(err.Error(), "example") {
			t.Errorf("%s: the error tells an address: %v", name, err)
		}
		if (name == "alarm") && !errors.Is(err, responder.ErrNotAMail) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, id := range []string{"a b", "a@b\r\nX: y", "<a@b>", ""} {
		if _, err := c.Compose(s.Order, id, s.Now); err == nil {
			t.Errorf("accepted Message-ID %q", id)
		}
	}
}

// A45 and the size rule: long words of staff go out whole, as text alone when need be; nothing
// is cut in silence.
func TestLongAnswer(t *testing.T) {
	c := newComposer(t, nil)
	s := sample(t, "answer")
	s.Order.Data.Answer = strings.Repeat("A line that staff wrote.\n.\n", 3000) + "the end"
	raw := compose(t, c, s.Order, s.Now).Raw
	_, text, html := parts(t, raw)
	if html != "" || !strings.Contains(text, "the end") || strings.Contains(text, "[…]") {
		t.Errorf("%d bytes of text, %d of HTML", len(text), len(html))
	}
}
