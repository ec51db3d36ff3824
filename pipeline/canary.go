package pipeline

import (
	"crypto/hmac"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

// CanaryConfig says when the daily test mail goes out: through the outbox and the mail server to our own
// address, and back through the mailbox (BEHAVIOURS 40).
type CanaryConfig struct {
	Enabled      bool
	Hour, Minute int           // local, every day
	Within       time.Duration // it must be back so soon
}

// Canary is how the last test mail fared.
type Canary struct {
	Day    string    `json:"day"` // local, such as 2026-11-24; "" = none was sent
	SentAt time.Time `json:"sent_at"`
	BackAt time.Time `json:"back_at,omitzero"`
	Junk   bool      `json:"junk,omitempty"` // it came back in the junk folder
}

const metaCanary = "canary"

// canaryLine carries the day and its token, in the mail's text: headers are rewritten by some servers.
var canaryLine = regexp.MustCompile(`(?m)^Canary: (\d{4}-\d{2}-\d{2})\.([0-9a-z]{26})\b`)

// canaryToken binds a day to this installation, by its secret key.
func (p *Pipeline) canaryToken(day string) string {
	return crockford.EncodeToString(p.store.Keys().Token("canary", day))[:26]
}

// canaryDay gives the day of our own test mail; "" when m is none.
func (p *Pipeline) canaryDay(m ticket.Message) string {
	if m.Automatic == ticket.NotAutomatic || len(m.Text) > 2000 {
		return ""
	}
	hit := canaryLine.FindStringSubmatch(m.Text)
	if hit == nil || !hmac.Equal([]byte(hit[2]), []byte(p.canaryToken(hit[1]))) {
		return ""
	}
	return hit[1]
}

// canaryBack notes that the test mail of a day came back. Later copies change nothing.
func (p *Pipeline) canaryBack(tx *store.Tx, day string, junk bool) error {
	var kept Canary
	if known, err := tx.MetaJSON(metaCanary, &kept); err != nil || !known || kept.Day != day || !kept.BackAt.IsZero() {
		return err
	}
	kept.BackAt, kept.Junk = p.now(), junk
	return tx.SetMetaJSON(metaCanary, kept)
}

// sendCanary queues the test mail of the day, once.
func (p *Pipeline) sendCanary(tx *store.Tx) error {
	c, now := p.cfg.Canary, p.now()
	local := now.In(p.cfg.Policy.Zone)
	if !c.Enabled || local.Hour()*60+local.Minute() < c.Hour*60+c.Minute {
		return nil
	}
	day := local.Format(time.DateOnly)
	var kept Canary
	if _, err := tx.MetaJSON(metaCanary, &kept); err != nil || kept.Day >= day && !kept.SentAt.After(now.Add(time.Hour)) {
		return err
	}
	own := p.cfg.Policy.Organisation.Address
	id := "pb.canary." + hex.EncodeToString(random(16)) + "@" + own.Domain()
	raw := fmt.Appendf(nil, "From: <%s>\r\nTo: <%s>\r\nSubject: privacybot canary %s\r\nDate: %s\r\nMessage-ID: <%s>\r\n"+
		"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nX-Privacybot: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"+
		"This mail goes out once a day and comes back, which shows that privacybot sends and reads. It can be deleted.\r\n\r\nCanary: %s.%s\r\n",
		own.Address, own.Address, day, now.Format(time.RFC1123Z), id, ticket.LetterCanary, day, p.canaryToken(day))
	letter := ticket.Letter{Kind: ticket.LetterCanary, Key: "canary/" + day, To: own.Address, MessageID: id, Raw: raw}
	if err := tx.QueueLetters([]ticket.Letter{letter}); err != nil {
		return err
	}
	return tx.SetMetaJSON(metaCanary, Canary{Day: day, SentAt: now})
}
