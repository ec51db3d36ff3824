package pipeline

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"privacybot/ingest"
	"privacybot/ingest/mailbox"
	"privacybot/responder"
	"privacybot/ticket"
)

// Finding is one thing that a probe has found out, in words for the operator.
type Finding struct {
	Bad  bool
	Text string
}

// Probe mails itself (DESIGN.md section 6): it signs in to both servers, sends a mail to the mailbox
// and one to an address that does not exist, and looks for what arrives, for at most patience. So
// it shows whether letters go out, whether the envelope sender is accepted, where mail arrives,
// whether plus addressing works, whether bounces come back and whether mail of the own domain,
// which is staff's, is proven. It needs no database and leaves its mails in the mailbox.
func Probe(ctx context.Context, c Config, patience time.Duration) []Finding {
	p := &probe{cfg: c, now: time.Now}
	p.cfg.useTokens(p.now)
	if p.connect(ctx); p.bad() {
		return p.found
	}
	defer p.close()
	if p.send(ctx); !p.bad() {
		p.wait(ctx, patience)
	}
	p.conclude(patience)
	return p.found
}

// probe is one run of [Probe].
type probe struct {
	cfg    Config
	now    func() time.Time
	found  []Finding
	conn   *mailbox.Conn
	sender *responder.Sender
	seen   []seenFolder
	sent   []*probeMail
}

type seenFolder struct {
	folder mailbox.Folder
	last   uint32 // UID up to which it was looked through
}

// probeMail is a mail of the probe and what became of it.
type probeMail struct {
	what, to, id string
	bounce       bool // its bounce is waited for
	sentAt       time.Time
	refused      int // code with which the server refused the recipient
	arrived      *ticket.Message
	raw          []byte
	in           mailbox.Folder
	after        time.Duration
}

func (p *probe) say(bad bool, format string, args ...any) {
	p.found = append(p.found, Finding{Bad: bad, Text: fmt.Sprintf(format, args...)})
}

func (p *probe) bad() bool {
	for _, f := range p.found {
		if f.Bad {
			return true
		}
	}
	return false
}

func (p *probe) close() {
	_ = p.conn.Close()
	_ = p.sender.Close()
}

// connect signs in to both servers and notes how far the folders go.
func (p *probe) connect(ctx context.Context) {
	if err := p.openMailbox(ctx); err != nil {
		p.say(true, "imap: %v", err)
	}
	var err error
	if p.sender, err = responder.NewSender(p.cfg.SMTP); err == nil {
		err = p.sender.Probe(ctx).Err
	}
	if err != nil {
		p.say(true, "%v (%s)", err, p.cfg.SMTP.Server)
	}
	if p.bad() {
		if p.conn != nil {
			_ = p.conn.Close()
		}
		return
	}
	p.say(false, "mailbox and mail server accept the sign-in")
}

func (p *probe) openMailbox(ctx context.Context) (err error) {
	if p.conn, err = mailbox.Dial(ctx, p.cfg.Mailbox); err != nil {
		return err
	}
	folders, err := p.conn.Folders(ctx)
	if err != nil {
		return fmt.Errorf("folders: %w", err)
	}
	for _, f := range folders {
		s, err := p.conn.Select(ctx, f.Name)
		if err != nil {
			return fmt.Errorf("folder %s: %w", f.Name, err)
		}
		p.seen = append(p.seen, seenFolder{folder: f, last: max(s.UIDNext, 1) - 1})
	}
	return nil
}

// send posts the probe's mails.
func (p *probe) send(ctx context.Context) {
	own := p.cfg.Policy.Organisation.Address.Address
	local, domain, _ := strings.Cut(own, "@")
	name := hex.EncodeToString(random(6))
	p.sent = []*probeMail{{what: "a mail to the mailbox", to: own}}
	if p.cfg.Plus {
		p.sent = append(p.sent, &probeMail{what: "a mail to a plus address of the mailbox", to: local + "+probe-" + name + "@" + domain})
	}
	p.sent = append(p.sent, &probeMail{what: "the bounce of a mail to an address that does not exist", to: "privacybot-probe-" + name + "@" + domain, bounce: true})
	for _, m := range p.sent {
		m.id = "pb.probe." + hex.EncodeToString(random(16)) + "@" + domain
		m.sentAt = p.now()
		from := ""
		if m.bounce && p.cfg.Plus { // as letters have it
			from = local + "+b-probe-" + name + "@" + domain
		}
		res := p.sender.SendFrom(ctx, from, m.to, probeText(own, m, m.sentAt))
		if from != "" && res.Stage == responder.StageMail && res.Code >= 500 {
			p.say(false, "the mail server takes no mail from plus addresses, so letters go out from %s and bounces are tied by what they return", own)
			res = p.sender.Send(ctx, m.to, probeText(own, m, m.sentAt))
		}
		switch {
		case m.bounce && res.Outcome == responder.Permanent:
			m.refused = res.Code
		case res.Outcome != responder.Delivered:
			p.say(true, "%s could not be sent from %s: %v", m.what, own, res.Err)
		}
	}
	if !p.bad() {
		p.say(false, "the mail server accepts letters from %s", own)
	}
}

func probeText(from string, m *probeMail, at time.Time) []byte {
	return fmt.Appendf(nil, "From: <%s>\r\nTo: <%s>\r\nSubject: privacybot probe\r\nDate: %s\r\nMessage-ID: <%s>\r\n"+
		"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nX-Privacybot: probe\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"+
		"This mail was sent by \"privacybot check --probe\". It can be deleted.\r\n", from, m.to, at.Format(time.RFC1123Z), m.id)
}

// wait looks through the folders until everything arrived or patience is over.
func (p *probe) wait(ctx context.Context, patience time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !p.complete() {
		for i := range p.seen {
			if err := p.look(ctx, &p.seen[i]); err != nil {
				if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
					p.say(true, "imap: %v", err)
				}
				return
			}
		}
		if !p.complete() && !sleep(ctx, 500*time.Millisecond, nil) {
			return
		}
	}
}

func (p *probe) complete() bool {
	for _, m := range p.sent {
		if m.arrived == nil && m.refused == 0 {
			return false
		}
	}
	return true
}

// look reads what is new in a folder.
func (p *probe) look(ctx context.Context, s *seenFolder) error {
	if _, err := p.conn.Select(ctx, s.folder.Name); err != nil {
		return err
	}
	items, err := p.conn.Sizes(ctx, s.last)
	if err != nil {
		return err
	}
	return p.conn.Fetch(ctx, items, func(mail mailbox.Mail) error {
		s.last = mail.UID
		m := ingest.Parse(mail.Raw, p.cfg.Parse)
		for _, sent := range p.sent {
			id := m.MessageID
			if sent.bounce {
				id = ""
				if m.Report != nil {
					id = m.Report.OriginalMessageID
				}
			}
			if id == sent.id && sent.arrived == nil {
				sent.arrived, sent.raw, sent.in, sent.after = &m, mail.Raw, s.folder, p.now().Sub(sent.sentAt)
			}
		}
		return nil
	})
}

// conclude says what arrived, and what that means.
func (p *probe) conclude(patience time.Duration) {
	for _, m := range p.sent {
		switch {
		case m.refused != 0:
			p.say(false, "mail to an address that does not exist is refused at once (%d), so undeliverable letters are noticed", m.refused)
		case m.arrived == nil && m.bounce:
			p.say(true, "%s did not come back within %s: undeliverable letters may stay unnoticed", m.what, patience)
		case m.arrived == nil && p.cfg.Plus && m.to != p.cfg.Policy.Organisation.Address.Address:
			p.say(true, "addressing: %s did not arrive within %s: use addressing: subject", m.what, patience)
		case m.arrived == nil:
			p.say(true, "%s did not arrive within %s", m.what, patience)
		case m.in.Junk:
			p.say(true, "%s arrived in the junk folder %s", m.what, m.in.Name)
		default:
			p.say(false, "%s arrived in %s after %s", m.what, m.in.Name, m.after.Round(100*time.Millisecond))
		}
	}
	if len(p.sent) > 0 && p.sent[0].arrived != nil {
		p.concludeStaff(*p.sent[0])
	}
}

// concludeStaff says whether a mail of the own domain, as staff send it, counts as proven.
func (p *probe) concludeStaff(m probeMail) {
	domain := p.cfg.Policy.Organisation.Address.Domain()
	if m.arrived.Authentication.Aligned() {
		p.say(false, "mail from %s is proven (%s): staff there can act by mail", domain, m.arrived.Authentication.Source)
		return
	}
	hint := "its mail server states nothing in Authentication-Results"
	if names := statedBy(m.raw); len(names) > 0 {
		hint = "it carries results of " + strings.Join(names, ", ")
	}
	if p.cfg.Parse.AuthservID == "" && p.cfg.Parse.LookupTXT == nil {
		p.say(false, "authentication.authserv_id is not set, so no mail is proven: staff's answers are held and every requester needs a code (of the mail that came back: %s)", hint)
		return
	}
	p.say(true, "mail from %s is not proven by %q: staff's mails from there are held (of the mail that came back: %s)", domain, p.cfg.Parse.AuthservID, hint)
}

var authservID = regexp.MustCompile(`(?im)^authentication-results:[ \t]*(?:\r?\n[ \t]+)?([^\s;]+)`)

// statedBy lists who wrote Authentication-Results into a mail (RFC 8601 section 2.2).
func statedBy(raw []byte) []string {
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	var names []string
	for _, hit := range authservID.FindAllSubmatch(head, 5) {
		names = append(names, string(hit[1]))
	}
	return names
}
