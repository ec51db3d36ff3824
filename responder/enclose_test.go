package responder_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/emersion/go-message/mail"

	"privacybot/responder"
	"privacybot/ticket"
)

// A38, A44: attachments go as plain attachments with a harmless name and type, the letter itself is
// unchanged, and the same order gives the same bytes.
func TestEnclosedFiles(t *testing.T) {
	c := newComposer(t, nil)
	var o ticket.LetterOrder
	var s responder.Sample
	for _, s = range responder.Samples() {
		if s.Order.Kind == ticket.LetterAnswer {
			o = s.Order
			break
		}
	}
	plain := compose(t, c, o, s.Now)
	big := bytes.Repeat([]byte("data \x00\xff"), 300_000)
	o.Files = []ticket.File{
		{Attachment: ticket.Attachment{Name: "Auskunft für Jane.pdf", Type: "application/pdf"}, Content: big},
		{Attachment: ticket.Attachment{Name: "../../etc/pass\r\nBcc: x@y.example", Type: "text/html; x=\"\r\n"}, Content: []byte("<script>")},
		{Attachment: ticket.Attachment{}, Content: nil},
	}
	letter := compose(t, c, o, s.Now)
	if again := compose(t, c, o, s.Now); !bytes.Equal(again.Raw, letter.Raw) {
		t.Error("the same order gives other bytes")
	}
	r, err := mail.CreateReader(bytes.NewReader(letter.Raw))
	if err != nil {
		t.Fatal(err)
	}
	var names, kinds []string
	for {
		p, err := r.NextPart()
		if err != nil {
			break
		}
		body := new(bytes.Buffer)
		if _, err := body.ReadFrom(p.Body); err != nil {
			t.Fatal(err)
		}
		if h, ok := p.Header.(*mail.AttachmentHeader); ok {
			name, _ := h.Filename()
			kind, _, _ := h.ContentType()
			names, kinds = append(names, name), append(kinds, kind)
			if len(names) == 1 && !bytes.Equal(body.Bytes(), big) {
				t.Error("the file's bytes changed")
			}
		}
	}
	if got := strings.Join(names, "|"); got != "Auskunft für Jane.pdf|pass Bcc: x@y.example|attachment-3" {
		t.Errorf("names %q", got)
	}
	if got := strings.Join(kinds, "|"); got != "application/pdf|application/octet-stream|application/octet-stream" {
		t.Errorf("types %q", got)
	}
	_, body, _ := bytes.Cut(plain.Raw, []byte("\r\n\r\n"))
	if !bytes.Contains(letter.Raw, body) || bytes.Contains(letter.Raw, []byte("\r\nBcc:")) {
		t.Error("the letter itself changed")
	}
}
