package responder_test

import (
	"bytes"
	"fmt"
	"net/mail"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
	"privacybot/responder"
	"privacybot/ticket"
)

// hostile draws what a stranger may put into a field.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{
			"# heading", "- item", "| a | b", "| a | b | c", "Code: 9999-9999", "! alarm", "~ quiet", "@ l | https://evil.example", "---", "% x | 1 | 2",
			"x\n# heading", "x\n\n| a | b", "x\nCode: 9999-9999", "x\r\nBcc: evil@example.net", "x\r\n\r\nbody", "=?utf-8?q?=0D=0ABcc:_x@y?=",
			"{{.Config}}", "${jndi:x}", "%s%n", "<script>alert(1)</script>", `"><img src=x onerror=1>`, "javascript:alert(1)",
			"\uE000\uE001", "\uE001# x\uE000", "\uE002words", "\uE003frame\uE004line", "a\u202Eb", "\x00\x07\x1b[31m", "::", " :: ", " | ", "\u2028# x", "-- ",
		}),
		rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"# ", "| ", " | ", "- ", "\n", "\r", "Code: ", "!", "\uE000", "\uE001", "\uE002", "\uE004", "x", " ", "字"}), 0, 12).Draw(t, "pieces"), "")
		}),
	)
}

// fill replaces every string of v by a drawn one, but for those that the program itself sets.
func fill(t *rapid.T, v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(t, v.Elem(), path)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(t, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.String() != "" {
			v.SetString(hostile().Draw(t, path) + "z") // never empty: empty fields are left out on purpose
		}
	}
}

func bound(s string, n int) string { return string([]rune(s)[:min(n, len([]rune(s)))]) + "z" }

// deep copies an order by value, so that samples are not changed.
func deep(o ticket.LetterOrder) ticket.LetterOrder {
	if g := o.Data.Digest; g != nil {
		c := *g
		for _, rows := range []*[]ticket.DigestRow{&c.Children, &c.Overdue, &c.DueSoon, &c.Unverified, &c.Undeliverable, &c.NeedsHuman} {
			*rows = append([]ticket.DigestRow(nil), *rows...)
		}
		o.Data.Digest = &c
	}
	if o.Data.Notice != nil {
		n := *o.Data.Notice
		n.Ticket.Parties = append([]ticket.Party(nil), n.Ticket.Parties...)
		n.Ticket.Requests = append([]ticket.Request(nil), n.Ticket.Requests...)
		for i := range n.Ticket.Requests {
			n.Ticket.Requests[i].Evidence = append([]ticket.Evidence(nil), n.Ticket.Requests[i].Evidence...)
			n.Ticket.Requests[i].Deadline.Proof = append([]string(nil), n.Ticket.Requests[i].Deadline.Proof...)
		}
		n.Ticket.Linked = append([]string(nil), n.Ticket.Linked...)
		n.ReplyTo, n.Attachments = append([]ticket.Address(nil), n.ReplyTo...), append([]ticket.Attachment(nil), n.Attachments...)
		n.Warnings, n.Sent, n.Evidence = append([]string(nil), n.Warnings...), append([]string(nil), n.Sent...), append([]ticket.Evidence(nil), n.Evidence...)
		if v := n.Ticket.Verification; v != nil {
			c := *v
			n.Ticket.Verification = &c
		}
		o.Data.Notice = &n
	}
	o.Data.Sorting = append([]ticket.SortingItem(nil), o.Data.Sorting...)
	o.Data.Lines = append([]string(nil), o.Data.Lines...)
	return o
}

// skeleton is what of a page data must not change: its tags without their texts.
func skeleton(html string) string {
	var b strings.Builder
	for _, l := range strings.Split(html, "<")[1:] {
		tag, _, _ := strings.Cut(l, ">")
		name, _, _ := strings.Cut(tag, " ")
		if strings.Contains(tag, `dir="auto"`) || strings.Contains(tag, "line-height:14px") || strings.Contains(tag, "line-height:12px") || name == "div" || name == "/div" {
			continue // the lines of verbatim text
		}
		b.WriteString(name + "\n")
	}
	return b.String()
}

// Whatever stands in an order's strings, the letter keeps its blocks, its header and its
// recipients (A35, A36, A37; issue: data cannot forge blocks).
func TestDataForgesNothing(t *testing.T) {
	c := newComposer(t, nil)
	byKind := map[ticket.LetterKind][]responder.Sample{}
	for _, s := range responder.Samples() {
		byKind[s.Order.Kind] = append(byKind[s.Order.Kind], s)
	}
	for kind, samples := range byKind {
		t.Run(string(kind), func(t *testing.T) {
			benign := make([]string, len(samples))
			for i, s := range samples {
				_, _, html := parts(t, compose(t, c, s.Order, s.Now).Raw)
				benign[i] = skeleton(html)
			}
			rapid.Check(t, func(rt *rapid.T) {
				i := rapid.IntRange(0, len(samples)-1).Draw(rt, "sample")
				s := samples[i]
				o := deep(s.Order)
				data := reflect.ValueOf(&o.Data).Elem()
				fill(rt, data, "Data")
				if n := o.Data.Notice; n != nil && n.Ticket.NeedsHuman != "" {
					n.Ticket.NeedsHuman = bound(n.Ticket.NeedsHuman, 20)
					n.What = "for people: " + n.Ticket.NeedsHuman // what the first sentence says is not repeated
				}
				if n := o.Data.Notice; n != nil && len(n.Ticket.Requests) == 2 {
					n.Ticket.Requests[1].Deadline.Proof = n.Ticket.Requests[0].Deadline.Proof // the same proof is shown once
				}
				o.InReplyTo, o.References = hostile().Draw(rt, "in-reply-to"), []string{hostile().Draw(rt, "reference")}
				o.To.Name = hostile().Draw(rt, "name")
				letter, err := c.Compose(o, "letter-1.0f3a", s.Now)
				if err != nil {
					rt.Fatal(err)
				}
				m, err := mail.ReadMessage(bytes.NewReader(letter.Raw))
				if err != nil {
					rt.Fatal(err)
				}
				for name := range m.Header {
					switch name {
					case "Date", "From", "To", "Subject", "Message-Id", "In-Reply-To", "References", "Auto-Submitted",
						"X-Auto-Response-Suppress", "X-Privacybot", "Content-Language", "Mime-Version", "Content-Type", "Content-Transfer-Encoding":
					default:
						rt.Errorf("header field %q", name)
					}
				}
				if to, err := m.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != s.Order.To.Address {
					rt.Errorf("To: %q", m.Header.Get("To"))
				}
				_, text, html := parts(t, letter.Raw)
				if html == "" {
					return // too long for the page
				}
				if strings.ContainsAny(text+html, "\uE000\uE001\uE002\uE003\uE004") {
					rt.Error("fences are left in the letter")
				}
				if skeleton(html) != benign[i] {
					rt.Errorf("the page has other blocks:\n%s", html)
				}
			})
		})
	}
}

// Letters that leave the house hold nothing of what only staff may see, in any field that the
// composer is given (DESIGN.md 5.3, A21).
func TestExternalLettersCopyNothing(t *testing.T) {
	c := newComposer(t, nil)
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom(responder.Samples()).Draw(rt, "sample")
		if !s.Order.Kind.External() {
			return
		}
		marker := "MARK" + rapid.StringMatching(`[A-Z]{12}`).Draw(rt, "marker")
		o := deep(s.Order)
		o.Language = rapid.SampledFrom(c.Languages()).Draw(rt, "language")
		if o.Data.ShadowFor == "" {
			o.To.Name = marker
		}
		var n ticket.Notice
		n.Ticket.Parties = []ticket.Party{{Address: ticket.Address{Name: marker, Address: marker + "@example.net"}}}
		n.Ticket.NeedsHuman, n.Ticket.HoldWhy, n.Subject, n.Text, n.What = marker, marker, marker, marker, marker
		n.From = ticket.Address{Name: marker, Address: marker + "@example.net"}
		n.ReplyTo = []ticket.Address{n.From}
		n.Attachments, n.Evidence = []ticket.Attachment{{Name: marker}}, []ticket.Evidence{{Quote: marker, Rule: marker}}
		n.Warnings, n.Sent = []string{marker}, []string{marker}
		o.Data.Notice, o.Data.Lines = &n, []string{marker}
		o.Data.Sorting = []ticket.SortingItem{{Label: marker, From: n.From, Subject: marker, Text: marker, Mail: 7}}
		o.Data.Digest = &ticket.Digest{Children: []ticket.DigestRow{{Ref: marker}}}
		o.Hold = marker
		letter, err := c.Compose(o, "letter-1", s.Now)
		if err != nil {
			rt.Fatal(err)
		}
		_, text, html := parts(t, letter.Raw)
		if strings.Contains(string(letter.Raw)+text+html, marker) || len(letter.Mails) != 0 {
			rt.Errorf("%s in %s holds what it must not", s.Name, o.Language)
		}
	})
}

// Every letter to staff carries the mark that stops it from being relayed; no other does.
func TestInternalMark(t *testing.T) {
	c := newComposer(t, nil)
	for _, s := range responder.Samples() {
		_, text, html := parts(t, compose(t, c, s.Order, s.Now).Raw)
		internal := !s.Order.Kind.External() || s.Order.Data.ShadowFor != ""
		if strings.HasPrefix(text, ticket.InternalMark+"\n") != internal || strings.Contains(html, ticket.InternalMark) != internal {
			t.Errorf("%s: mark is wrong", s.Name)
		}
	}
}

// Subjects of mail within the house hold no personal data (DESIGN.md 5.8).
func TestInternalSubjects(t *testing.T) {
	c := newComposer(t, nil)
	for _, s := range responder.Samples() {
		if s.Order.Kind.External() {
			continue
		}
		h, _, _ := parts(t, compose(t, c, s.Order, s.Now).Raw)
		subject, err := h.Text("Subject")
		if err != nil {
			t.Fatal(err)
		}
		for _, personal := range []string{"Jane", "Doe", "jane", "My data", "example.org", "invoice", "Ada", "headset"} {
			if strings.Contains(subject, personal) {
				t.Errorf("%s: %q", s.Name, subject)
			}
		}
	}
}

// Every letter within the house stays below 64 kB however much it is given.
func TestSizeIsBounded(t *testing.T) {
	c := newComposer(t, nil)
	long := strings.Repeat("字<&", 20000)
	for _, s := range responder.Samples() {
		if s.Order.Kind.ByPerson() {
			continue
		}
		o := deep(s.Order)
		if n := o.Data.Notice; n != nil {
			n.Text, n.Subject, n.What = long, long, long
			for range 400 {
				n.Warnings, n.Sent = append(n.Warnings, long), append(n.Sent, long)
				n.Attachments = append(n.Attachments, ticket.Attachment{Name: long})
				n.Ticket.Linked = append(n.Ticket.Linked, long)
				if len(n.Ticket.Requests) > 0 {
					n.Ticket.Requests = append(n.Ticket.Requests, n.Ticket.Requests[0])
				}
			}
		}
		for range 300 {
			if len(o.Data.Lines) > 0 {
				o.Data.Lines = append(o.Data.Lines, long)
			}
			if len(o.Data.Sorting) > 0 {
				o.Data.Sorting = append(o.Data.Sorting, ticket.SortingItem{Label: "M-1", Subject: long, Text: long, From: ticket.Address{Name: long, Address: long}})
			}
			if d := o.Data.Digest; d != nil {
				d.Overdue = append(d.Overdue, ticket.DigestRow{Ref: "PB-1", State: long})
			}
		}
		letter, err := c.Compose(o, "letter-1", s.Now)
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		most := 64 << 10
		switch s.Order.Kind {
		case ticket.LetterSorting:
			most = 512 << 10
		case ticket.LetterDigest:
			most = 104 << 10 // with its picture
		}
		if len(letter.Raw) > most {
			t.Errorf("%s: %d bytes", s.Name, len(letter.Raw))
		}
	}
}
