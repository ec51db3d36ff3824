package pipeline_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"privacybot/classify"
	"privacybot/ingest"
	"privacybot/responder"
	"privacybot/ticket"
)

// desk is the place of a member of staff who answers a real notice, without a network: the mail is read
// by ingest, decided by ticket.
type deskWork struct {
	policy ticket.Policy
	tk     ticket.Ticket
	notice struct {
		raw     []byte
		plain   string // as a mail program shows it
		html    string
		subject string
		id      string
		to      ticket.SentLetter
	}
	classifier *classify.Classifier
}

var replyDay = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

const ownRef = "PB-7K3M-Q9XD"

// newDeskWork opens a ticket of a verified requester by a real mail and composes the notice about it.
func newDeskWork(t *testing.T, requester string) *deskWork {
	t.Helper()
	w := &deskWork{policy: officePolicy(t)}
	var err error
	if w.classifier, err = classify.New(); err != nil {
		t.Fatal(err)
	}
	raw := "Authentication-Results: " + border + "; dmarc=pass header.from=people.example.org\r\nFrom: Jane Roe <jane@people.example.org>\r\nTo: <" + privacy + ">\r\nSubject: my data\r\n" +
		"Message-ID: <m1@people.example.org>\r\nDate: Mon, 23 Nov 2026 08:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + requester
	f := ticket.Facts{Policy: w.policy, Supply: ticket.Supply{Ref: ownRef}}
	d := ticket.Decide(replyDay, f, w.read([]byte(raw), 1))
	if len(d.Changes) != 1 {
		t.Fatalf("the request opened %d tickets", len(d.Changes))
	}
	w.tk = d.Changes[0].Ticket
	composer, err := responder.NewComposer(responder.Config{Organisation: w.policy.Organisation, Zone: w.policy.Zone, Relay: true, Token: func(_, _ string) string { return "t8d2kx4m7w" }})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range d.Letters {
		if o.Kind == ticket.LetterStaffNotice {
			l, err := composer.Compose(o, "pb.00112233445566778899aabbccddeeff", replyDay)
			if err != nil {
				t.Fatal(err)
			}
			w.notice.raw, w.notice.id, w.notice.to = l.Raw, l.MessageID, ticket.SentLetter{Kind: o.Kind, Key: o.Key, Ref: o.Ref, To: o.To.Address}
		}
	}
	m := ingest.Parse(w.notice.raw, ingest.Options{})
	w.notice.plain, w.notice.subject, w.notice.html = m.Text, m.Subject, htmlOf(t, w.notice.raw)
	return w
}

func officePolicy(t *testing.T) ticket.Policy {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	laws := ticket.Laws()
	return ticket.Policy{
		Organisation: ticket.Organisation{Name: "Corp", Address: ticket.Address{Name: "Corp Privacy", Address: privacy}},
		Zone:         zone, Law: laws["eu-gdpr"], Laws: laws, Relay: true, CodeTries: 5,
		Staff: []ticket.Staff{
			{Name: "Desk", Address: deskAt, Roles: []ticket.StaffRole{ticket.RoleAgentDesk}},
			{Name: "Mona", Address: "manager@corp.example.com", Roles: []ticket.StaffRole{ticket.RoleManager}},
		},
	}
}

func (w *deskWork) read(raw []byte, id int64) ticket.MailCause {
	m := ingest.Parse(raw, ingest.Options{AuthservID: border, OwnAddresses: []string{privacy}})
	m.ReceivedAt = replyDay
	return ticket.MailCause{ID: id, Message: m, Verdict: w.classifier.Classify(m, classify.Context{ReceivedAt: replyDay, DefaultLaw: "eu-gdpr",
		Staff: func(a string) bool { _, ok := w.policy.StaffByAddress(a); return ok }})}
}

// known are the addresses that a store would know as parties of other tickets.
var known = []string{"bob.miller@people.example.org", "yuki@people.example.org", "max.mustermann@mail.example.org"}

// answer decides a staff mail and gives what would leave, "" when it was held.
func (w *deskWork) answer(t *testing.T, raw []byte) (left string, lines []string) {
	t.Helper()
	c := w.read(raw, 2)
	f := ticket.Facts{Policy: w.policy, Supply: ticket.Supply{Ref: "PB-0000-0000"}, Ticket: &w.tk, Answer: &w.notice.to, AnswerText: w.notice.plain}
	for _, a := range ticket.AddressesIn(c.Message.NewText) {
		for _, k := range known {
			if a == k {
				f.KnownParties = append(f.KnownParties, a)
			}
		}
	}
	for _, o := range ticket.Decide(replyDay.Add(time.Hour), f, c).Letters {
		if o.Kind.External() {
			left += o.Data.Answer
		} else {
			lines = append(lines, o.Data.Lines...)
		}
	}
	return left, lines
}

// htmlOf gives the HTML part of one of our letters.
func htmlOf(t *testing.T, raw []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err != nil {
			t.Fatal("no HTML part")
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			var body io.Reader = quotedprintable.NewReader(p)
			if p.Header.Get("Content-Transfer-Encoding") == "base64" {
				body = base64.NewDecoder(base64.StdEncoding, p)
			}
			all, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			_, inner, _ := strings.Cut(string(all), "<body")
			_, inner, _ = strings.Cut(inner, ">")
			inner, _, _ = strings.Cut(inner, "</body>")
			return inner
		}
	}
}

// head writes the header of an answer to the notice.
func (w *deskWork) head(l tongue, extra ...string) string {
	return strings.Join(append([]string{"Authentication-Results: " + border + "; dmarc=pass header.from=corp.example.com", "From: Ann Desk <" + deskAt + ">", "To: Corp Privacy <" + privacy + ">",
		"Subject: " + mime.BEncoding.Encode("utf-8", l.re+" "+w.notice.subject), "Date: Mon, 23 Nov 2026 10:00:00 +0100", "Message-ID: <a1@corp.example.com>",
		"In-Reply-To: <" + w.notice.id + ">", "References: <" + w.notice.id + ">", "MIME-Version: 1.0"}, extra...), "\r\n") + "\r\n"
}

func part(kind, body string) string {
	var b bytes.Buffer
	q := quotedprintable.NewWriter(&b)
	_, _ = q.Write([]byte(strings.ReplaceAll(body, "\n", "\r\n")))
	_ = q.Close()
	return "Content-Type: " + kind + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + b.String() + "\r\n"
}

func both(plain, page string) string {
	return "Content-Type: multipart/alternative; boundary=\"b1\"\r\n\r\n--b1\r\n" + part("text/plain", plain) + "--b1\r\n" + part("text/html", page) + "--b1--\r\n"
}

func quoted(s string) string { return "> " + strings.ReplaceAll(s, "\n", "\n> ") }

func paragraphs(s, open, shut string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		if line == "" {
			line = "\u00a0"
		}
		b.WriteString(open + html.EscapeString(line) + shut + "\n")
	}
	return b.String()
}

// programs writes an answer as mail programs do, with the notice below it.
var programs = map[string]func(w *deskWork, l tongue, text string) []byte{
	"outlook-html": func(w *deskWork, l tongue, text string) []byte {
		head := fmt.Sprintf("<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>%s</b> Corp Privacy &lt;%s&gt; <br><b>%s</b> %s<br><b>%s</b> Desk &lt;%s&gt;<br><b>%s</b> %s</p></div></div>",
			l.from, privacy, l.sent, l.date, l.to, deskAt, l.subject, html.EscapeString(w.notice.subject))
		plain := text + "\n\n" + l.from + " Corp Privacy <" + privacy + "> \n" + l.sent + " " + l.date + "\n" + l.to + " Desk <" + deskAt + ">\n" + l.subject + " " + w.notice.subject + "\n\n" + w.notice.plain
		page := "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><meta name=Generator content=\"Microsoft Word 15\"></head><body lang=EN-US><div class=WordSection1>" +
			paragraphs(text, "<p class=MsoNormal><span lang=EN-US>", "<o:p></o:p></span></p>") + head + w.notice.html + "</div></body></html>"
		return []byte(w.head(l, "X-Mailer: Microsoft Outlook 16.0", "Thread-Index: AdX=") + both(plain, page))
	},
	"outlook-plain": func(w *deskWork, l tongue, text string) []byte {
		return []byte(w.head(l, "X-Mailer: Microsoft Outlook 16.0") + part("text/plain", text+"\n\n-----"+l.original+"-----\n"+l.from+" Corp Privacy <"+privacy+"> \n"+l.sent+" "+l.date+"\n"+l.to+" Desk <"+deskAt+">\n"+l.subject+" "+w.notice.subject+"\n\n"+w.notice.plain))
	},
	"outlook-phone": func(w *deskWork, l tongue, text string) []byte {
		page := "<html><body><div dir=\"ltr\">" + paragraphs(text, "<div dir=\"ltr\">", "</div>") + "</div><div id=\"ms-outlook-mobile-signature\"><a href=\"https://aka.ms/o0ukef\">Outlook for iOS</a></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><b>" +
			l.from + "</b> Corp Privacy &lt;" + privacy + "&gt;<br><b>" + l.sent + "</b> " + l.date + "<br><b>" + l.to + "</b> Desk &lt;" + deskAt + "&gt;<br><b>" + l.subject + "</b> " + html.EscapeString(w.notice.subject) + "<div>&nbsp;</div></div>" + w.notice.html + "</body></html>"
		return []byte(w.head(l) + part("text/html", page))
	},
	"gmail": func(w *deskWork, l tongue, text string) []byte {
		page := "<div dir=\"ltr\">" + paragraphs(text, "<div>", "</div>") + "</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">" + html.EscapeString(l.wrote) + "<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">" + w.notice.html + "</blockquote></div>"
		return []byte(w.head(l) + both(text+"\n\n"+l.wrote+"\n\n"+quoted(w.notice.plain)+"\n", page))
	},
	"apple-mail": func(w *deskWork, l tongue, text string) []byte {
		page := "<html><head></head><body style=\"overflow-wrap: break-word;\">" + paragraphs(text, "<div>", "</div>") + "<div><br><blockquote type=\"cite\"><div>" + html.EscapeString(l.apple) + "</div><br class=\"Apple-interchange-newline\"><div>" + w.notice.html + "</div></blockquote></div></body></html>"
		return []byte(w.head(l, "X-Mailer: Apple Mail (2.3826.700.81)") + both(text+"\n\n> "+l.apple+"\n> \n"+quoted(w.notice.plain)+"\n", page))
	},
	"iphone": func(w *deskWork, l tongue, text string) []byte {
		page := "<html><body dir=\"auto\">" + paragraphs(text, "<div dir=\"ltr\">", "</div>") + "<br id=\"lineBreakAtBeginningOfSignature\"><div dir=\"ltr\">" + l.phone + "</div><div dir=\"ltr\"><br><blockquote type=\"cite\">" + html.EscapeString(l.apple) + "<br><br></blockquote></div><blockquote type=\"cite\"><div dir=\"ltr\">" + w.notice.html + "</div></blockquote></body></html>"
		return []byte(w.head(l, "X-Mailer: iPhone Mail (22A3370)") + both(text+"\n\n"+l.phone+"\n\n> "+l.apple+"\n> \n"+quoted(w.notice.plain)+"\n", page))
	},
	"thunderbird": func(w *deskWork, l tongue, text string) []byte {
		return []byte(w.head(l, "User-Agent: Mozilla Thunderbird") + part("text/plain", text+"\n\n"+l.bird+"\n"+quoted(w.notice.plain)+"\n\n-- \nAnn Desk\nCorp, Privacy\n"+deskAt+"\n"))
	},
	"samsung": func(w *deskWork, l tongue, text string) []byte {
		return []byte(w.head(l) + part("text/plain", text+"\n\n\n-------- "+l.original+" --------\n"+l.from+" Corp Privacy <"+privacy+"> \n"+l.dated+" 23/11/2026  09:00  (GMT+01:00) \n"+l.to+" "+deskAt+" \n"+l.subject+" "+w.notice.subject+" \n\n"+w.notice.plain))
	},
}

// Issue 5.7, A18: over more than 300 ordinary answers from the mail programs that people use, fewer than
// 2 % are held, and nothing of the notice leaves with any.
func TestOrdinaryRepliesAreNotHeld(t *testing.T) {
	w := newDeskWork(t, "Hello, please send me a copy of all personal data you hold about me. My number is 100200300.\r\n\r\nJane Roe")
	n, wrong := 0, 0
	for _, l := range tongues {
		for program, write := range programs {
			for i, body := range l.texts {
				n++
				name := fmt.Sprintf("%s %s %d", program, l.name, i)
				left, lines := w.answer(t, write(w, l, body))
				if left == "" {
					wrong++
					t.Logf("%s was held: %q", name, lines)
					continue
				}
				first, _, _ := strings.Cut(strings.SplitN(body, "\n\n", 2)[1][:20], "\n")
				if !strings.Contains(left, strings.ToValidUTF8(first, "")) {
					t.Errorf("%s lost its text: %q", name, left)
				}
				for _, never := range []string{ticket.InternalMark, "copy of all personal data you", "staff", "Commands", "t8d2kx4m7w", l.wrote, l.apple, l.bird} {
					if strings.Contains(left, never) {
						t.Errorf("%s let %q out: %q", name, never, left)
					}
				}
			}
		}
	}
	if n < 300 || wrong*50 >= n {
		t.Errorf("%d of %d ordinary answers were held", wrong, n)
	}
}
