package pipeline_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"privacybot/ingest"
	"privacybot/ticket"
)

// Issue 5.7, from mailbox to mail server: an answer with a file is held, #send lets exactly it go, once,
// with the file and without what a program could run; the writer gets a copy of what left.
func TestHeldAnswerIsReleased(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o, jane, notice := verified(t, url)
		data := bytes.Repeat([]byte("%PDF-1.7 x\x00\xff\r\n"), 3000)
		file := func(kind, name string, content []byte) string {
			return "--b\r\nContent-Type: " + kind + "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\n\r\n" + base64.StdEncoding.EncodeToString(content) + "\r\n"
		}
		raw := string(o.raw(deskAt, "Re: your data", "", proven(deskAt), "In-Reply-To: "+header(notice.Raw, "Message-ID")))
		head, _, _ := strings.Cut(raw, "\r\n\r\n")
		head = strings.Replace(head, "Content-Type: text/plain; charset=utf-8", "Content-Type: multipart/mixed; boundary=b", 1)
		o.imap.Deliver("INBOX", []byte(head+"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nDear Jane, the file is attached.\r\n"+file("application/pdf", "export.pdf", data)+file("text/html", "page.html", []byte("<script>"))+"--b--\r\n"), o.clock())
		o.once()
		if n := len(o.all(jane, ticket.LetterAnswer)); n != 0 {
			t.Fatal("a file left unread")
		}
		held := o.one(deskAt, ticket.LetterStaffHeld)
		if got := text(held); !strings.Contains(got, "export.pdf") || !strings.Contains(got, "page.html") || !strings.Contains(got, "Dear Jane, the file is attached.") {
			t.Errorf("the reasons read\n%s", got)
		}
		o.reply(deskAt, held, "#send", proven(deskAt))
		o.once()
		answer := o.one(jane, ticket.LetterAnswer)
		files := ingest.Files(answer.Raw, 1<<20)
		if len(files) != 1 || files[0].Name != "export.pdf" || !bytes.Equal(files[0].Content, data) {
			t.Errorf("%d files left", len(files))
		}
		if got := text(o.one(deskAt, ticket.LetterStaffSent)); !strings.Contains(got, "the file is attached") || !strings.Contains(got, "export.pdf") {
			t.Errorf("the copy reads\n%s", got)
		}
		o.reply(deskAt, held, "#send", proven(deskAt))
		o.once()
		o.one(jane, ticket.LetterAnswer)
		if d := o.dispositions(); d[ticket.DispStaff] != 3 {
			t.Errorf("ledger %v", d)
		}
	})
}

// Another requester's address and ticket are known from the database, by their keyed hashes.
func TestOtherRequestersAreKnown(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o, jane, notice := verified(t, url)
		o.receive("bob@other.example.org", "my data", "Please delete my account.")
		o.receive(jane, "another thing", "I object to the use of my data for profiling.", proven(jane))
		o.once()
		own, other := "", ""
		for _, tk := range o.tickets() {
			if tk.Requester().Address.Address != jane {
				other = tk.Ref
			} else if !strings.Contains(text(notice), tk.Ref) {
				own = tk.Ref
			}
		}
		if own == "" || other == "" {
			t.Fatalf("tickets %+v", o.tickets())
		}
		o.reply(deskAt, notice, "Dear Jane, Bob (bob@other.example.org) asked as well.", proven(deskAt))
		o.reply(deskAt, notice, "Dear Jane, see "+other+".", proven(deskAt))
		o.once()
		if n := len(o.all(jane, ticket.LetterAnswer)); n != 0 {
			t.Errorf("%d answers with another's data left", n)
		}
		o.reply(deskAt, notice, "Dear Jane, "+jane+", see also your other request "+own+"; nobody@unknown.example.net may help.", proven(deskAt))
		o.once()
		o.one(jane, ticket.LetterAnswer)
	})
}
