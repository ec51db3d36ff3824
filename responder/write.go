package responder

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"
	"privacybot/ticket"
)

// write makes the mail: header, text part and HTML part.
func (c *Composer) write(o ticket.LetterOrder, tag, subject string, blocks []block, messageID string, now time.Time) ([]byte, error) {
	textPart := plain(blocks)
	htmlPart, err := c.catalogue.layout.htmlPart(c.page(o, tag, subject), blocks)
	if err != nil {
		return nil, err
	}
	head := func(h *mail.Header) { c.header(h, o, subject, messageID, now) }
	raw, err := assemble(head, messageID, textPart, htmlPart)
	if err != nil || len(raw) <= maxLetter {
		return raw, err
	}
	// The text says all that the HTML says, and half the size is better than no letter.
	raw, err = assemble(head, messageID, textPart, "")
	switch {
	case err != nil:
		return nil, err
	case len(raw) > maxLong || (len(raw) > maxLetter && !mayBeLong(o.Kind)):
		return nil, errors.New("the letter is too long")
	}
	return raw, nil
}

// mayBeLong: staff's own words are never cut, the sorting mail names every mail, the bundle every ticket.
func mayBeLong(k ticket.LetterKind) bool {
	return k.ByPerson() || k == ticket.LetterSorting || k == ticket.LetterBundle
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
// the thread come from outside, both checked. The field set last stands first in the mail.
func (c *Composer) header(h *mail.Header, o ticket.LetterOrder, subject, messageID string, now time.Time) {
	org, token := c.config.Organisation, ""
	if o.Ref != "" {
		token = c.config.Token(o.Ref, o.To.Address)
	}
	h.Set("Content-Language", o.Language)
	h.Set("X-Privacybot", string(o.Kind))
	if auto := autoSubmitted(o); auto != "" {
		h.Set("X-Auto-Response-Suppress", "All") // Exchange (CASES B19)
		h.Set("Auto-Submitted", auto)
	}
	if inReplyTo, references := threading(o.InReplyTo, o.References); inReplyTo != "" {
		h.SetMsgIDList("References", references)
		h.SetMsgIDList("In-Reply-To", []string{inReplyTo})
	}
	h.SetMessageID(messageID)
	h.AddRaw([]byte("Subject: " + foldSubject(string(line(subject, maxLine)), c.label(o.Ref, token)) + "\r\n"))
	if token != "" && c.config.Addressing == AddressPlus {
		h.SetAddressList("Reply-To", []*mail.Address{{Address: plusAddress(org.Address.Address, o.Ref, token)}})
	}
	h.SetAddressList("To", []*mail.Address{{Name: toName(o), Address: o.To.Address}})
	h.SetAddressList("From", []*mail.Address{{Name: name(org.Name), Address: org.Address.Address}})
	h.SetDate(now.In(c.config.Zone))
}

// foldSubject writes subject and label within 76 columns (RFC 2047 2). The label stays plain
// ASCII, so that it survives programs that do not decode.
func foldSubject(subject, label string) string {
	var b strings.Builder
	column := len("Subject: ")
	add := func(word string) {
		if b.Len() > 0 {
			if column+1+len(word) > 76 {
				b.WriteString("\r\n")
				column = 0
			}
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	if plainASCII(subject) {
		for _, word := range strings.Fields(subject) {
			add(word)
		}
	} else {
		for rest := subject; rest != ""; {
			cut := boundary(rest, 39) // 52 letters of base64 within a word of 64
			add("=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(rest[:cut])) + "?=")
			rest = rest[cut:]
		}
	}
	if label != "" {
		add(label)
	}
	return b.String()
}

// plainASCII reports whether s may stand in a header as it is; "=?" would be read as encoded.
func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return !strings.Contains(s, "=?")
}

// toName gives colleagues their name. A requester's name stands in no letter: it came from
// inbound mail.
func toName(o ticket.LetterOrder) string {
	if o.Kind.External() && o.Data.ShadowFor == "" {
		return ""
	}
	return name(o.To.Name)
}

// label is what an answer's subject brings back.
func (c *Composer) label(ref, token string) string {
	ref, token = word(ref), word(token)
	switch {
	case ref == "":
		return ""
	case token == "" || c.config.Addressing == AddressPlus:
		return "[" + ref + "]"
	}
	return "[" + ref + "." + token + "]"
}

// word leaves of a reference or token what is one: it goes into a header as it is.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && dotAtom(string(r)) {
			return r
		}
		return -1
	}, bound(s, 60))
}

// plusAddress is privacy+<ref>.<token>@…, in lower case because some servers fold the case.
func plusAddress(address, ref, token string) string {
	i := strings.LastIndexByte(address, '@')
	return strings.ToLower(address[:i] + "+" + word(ref) + "." + word(token) + address[i:])
}

// autoSubmitted is the field's value by RFC 3834 5: auto-replied for what answers a mail,
// auto-generated for what starts by itself, none for a person's words (CASES B13).
func autoSubmitted(o ticket.LetterOrder) string {
	if o.Kind.ByPerson() {
		return ""
	}
	switch o.Kind {
	case ticket.LetterStatus, ticket.LetterMandate, ticket.LetterRecorded, ticket.LetterAcknowledgement, ticket.LetterNeutral, ticket.LetterChild, ticket.LetterChildSelf,
		ticket.LetterVerified, ticket.LetterNotVerified, ticket.LetterStaffReceipt, ticket.LetterStaffHeld, ticket.LetterStaffCode:
		return "auto-replied"
	}
	return "auto-generated"
}

// assemble writes the mail; head sets the fields that say what it is about. Boundaries come from
// the Message-ID, so that the bytes are the same each time. htmlPart may be empty.
func assemble(head func(*mail.Header), messageID, textPart, htmlPart string) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(2<<10 + 5*(len(textPart)+len(htmlPart))/4)
	var h mail.Header
	boundary := ""
	if htmlPart == "" {
		h.Set("Content-Transfer-Encoding", encoding(textPart))
		h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	} else {
		sum := sha256.Sum256([]byte(messageID))
		boundary = "=_" + hex.EncodeToString(sum[:16])
		h.SetContentType("multipart/alternative", map[string]string{"boundary": boundary})
	}
	h.Set("MIME-Version", "1.0")
	head(&h)
	if err := textproto.WriteHeader(&b, h.Header.Header); err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	if htmlPart == "" {
		return crlf(appendEncoded(b.Bytes(), encoding(textPart), textPart)), nil
	}
	for _, part := range []struct{ mediaType, body string }{{"text/plain", textPart}, {"text/html", htmlPart}} {
		used := encoding(part.body)
		fmt.Fprintf(&b, "--%s\r\nContent-Transfer-Encoding: %s\r\nContent-Type: %s; charset=utf-8\r\n\r\n", boundary, used, part.mediaType)
		b.Write(appendEncoded(b.AvailableBuffer(), used, part.body))
		b.WriteString("\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return crlf(b.Bytes()), nil
}

// crlf makes every line end CRLF: no bare CR or LF leaves (CASES A45). What is right already is
// given back as it is.
func crlf(raw []byte) []byte {
	if n := bytes.Count(raw, []byte("\r\n")); n == bytes.Count(raw, []byte("\n")) && n == bytes.Count(raw, []byte("\r")) {
		return raw
	}
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
}
