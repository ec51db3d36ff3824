package responder

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
	"privacybot/ticket"
)

// write makes the mail: header, text part and HTML part.
func (c *Composer) write(o ticket.LetterOrder, tag, subject string, blocks []block, messageID string, now time.Time) ([]byte, error) {
	textPart := plain(blocks)
	htmlPart, err := c.catalogue.layout.htmlPart(c.page(o, tag, subject), blocks)
	if err != nil {
		return nil, err
	}
	raw, err := assemble(c.header(o, subject, messageID, now), messageID, textPart, htmlPart)
	if err != nil || len(raw) <= maxLetter {
		return raw, err
	}
	// The text says all that the HTML says, and half the size is better than no letter.
	raw, err = assemble(c.header(o, subject, messageID, now), messageID, textPart, "")
	switch {
	case err != nil:
		return nil, err
	case len(raw) > maxLong || (len(raw) > maxLetter && !o.Kind.ByPerson()):
		return nil, errors.New("the letter is too long")
	}
	return raw, nil
}

func (c *Composer) page(o ticket.LetterOrder, tag, subject string) page {
	p := page{Language: o.Language, Direction: c.catalogue.languages[tag].words.Direction, Title: subject,
		Organisation: string(line(c.config.Organisation.Name, maxLine)), Ref: string(line(o.Ref, maxLine)), Tone: "plain"}
	switch {
	case o.Kind == ticket.LetterEscalation:
		p.Tone = "alarm"
	case !o.Kind.External() || o.Data.ShadowFor != "":
		p.Tone = "internal"
	}
	return p
}

// header sets every field from our own configuration; only the recipient and the Message-IDs of
// the thread come from outside, both checked.
func (c *Composer) header(o ticket.LetterOrder, subject, messageID string, now time.Time) message.Header {
	org := c.config.Organisation
	var h mail.Header
	h.SetDate(now.In(c.config.Zone))
	h.SetAddressList("From", []*mail.Address{{Name: string(line(org.Name, 100)), Address: org.Address.Address}})
	h.SetAddressList("To", []*mail.Address{{Name: toName(o), Address: o.To.Address}})
	token := ""
	if o.Ref != "" {
		token = c.config.Token(o.Ref, o.To.Address)
	}
	if token != "" && c.config.Addressing == AddressPlus {
		h.SetAddressList("Reply-To", []*mail.Address{{Address: plusAddress(org.Address.Address, o.Ref, token)}})
	}
	h.SetSubject(string(line(subject, maxLine)) + c.label(o.Ref, token))
	h.SetMessageID(messageID)
	if inReplyTo, references := threading(o.InReplyTo, o.References); inReplyTo != "" {
		h.SetMsgIDList("In-Reply-To", []string{inReplyTo})
		h.SetMsgIDList("References", references)
	}
	if auto := autoSubmitted(o); auto != "" {
		h.Set("Auto-Submitted", auto)
		h.Set("X-Auto-Response-Suppress", "All") // Exchange (CASES B19)
	}
	h.Set("X-Privacybot", string(o.Kind))
	h.Set("Content-Language", o.Language)
	h.Set("MIME-Version", "1.0")
	return h.Header
}

// toName gives colleagues their name. A requester's name stands in no letter: it came from
// inbound mail.
func toName(o ticket.LetterOrder) string {
	if o.Kind.External() && o.Data.ShadowFor == "" {
		return ""
	}
	return string(line(o.To.Name, 100))
}

// label is what an answer's subject brings back.
func (c *Composer) label(ref, token string) string {
	ref, token = strings.ReplaceAll(string(line(ref, 60)), " ", ""), strings.ReplaceAll(string(line(token, 60)), " ", "")
	switch {
	case ref == "":
		return ""
	case token == "" || c.config.Addressing == AddressPlus:
		return " [" + ref + "]"
	}
	return " [" + ref + "." + token + "]"
}

// plusAddress is privacy+<ref>.<token>@…, in lower case because some servers fold the case.
func plusAddress(address, ref, token string) string {
	i := strings.LastIndexByte(address, '@')
	return strings.ToLower(address[:i] + "+" + ref + "." + token + address[i:])
}

// autoSubmitted is the field's value by RFC 3834 5: auto-replied for what answers a mail,
// auto-generated for what starts by itself, none for a person's words (CASES B13).
func autoSubmitted(o ticket.LetterOrder) string {
	switch o.Kind {
	case ticket.LetterAnswer, ticket.LetterClosing:
		return ""
	case ticket.LetterAcknowledgement, ticket.LetterNeutral, ticket.LetterChild, ticket.LetterChildSelf,
		ticket.LetterVerified, ticket.LetterNotVerified, ticket.LetterStaffReceipt, ticket.LetterStaffHeld:
		return "auto-replied"
	}
	return "auto-generated"
}

// assemble writes the mail. Boundaries come from the Message-ID, so that the bytes are the same
// each time. html may be empty.
func assemble(h message.Header, messageID, textPart, htmlPart string) ([]byte, error) {
	var b bytes.Buffer
	if htmlPart == "" {
		h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
		h.Set("Content-Transfer-Encoding", encoding(textPart))
		w, err := message.CreateWriter(&b, h)
		if err != nil {
			return nil, fmt.Errorf("write: %w", err)
		}
		if err := finish(w, textPart); err != nil {
			return nil, err
		}
		return crlf(b.Bytes()), nil
	}
	sum := sha256.Sum256([]byte(messageID))
	h.SetContentType("multipart/alternative", map[string]string{"boundary": "=_" + hex.EncodeToString(sum[:16])})
	w, err := message.CreateWriter(&b, h)
	if err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	for _, part := range []struct{ mediaType, body string }{{"text/plain", textPart}, {"text/html", htmlPart}} {
		var ph message.Header
		ph.SetContentType(part.mediaType, map[string]string{"charset": "utf-8"})
		ph.Set("Content-Transfer-Encoding", encoding(part.body))
		pw, err := w.CreatePart(ph)
		if err != nil {
			return nil, fmt.Errorf("write: %w", err)
		}
		if err := finish(pw, part.body); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	return crlf(b.Bytes()), nil
}

func finish(w *message.Writer, body string) error {
	if _, err := w.Write([]byte(strings.ReplaceAll(body, "\n", "\r\n"))); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// encoding picks the shorter of the two encodings that pass every server.
func encoding(s string) string {
	high := 0
	for i := range len(s) {
		if s[i] >= 0x80 {
			high++
		}
	}
	if high*6 > len(s) {
		return "base64"
	}
	return "quoted-printable"
}

// crlf makes every line end CRLF: no bare CR or LF leaves (CASES A45).
func crlf(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
}
