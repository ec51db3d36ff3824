package pipeline

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"regexp"
	"strings"

	"privacybot/responder"
	"privacybot/store"
	"privacybot/ticket"
)

// A letter's own envelope sender is "privacy+b-ID-MAC@…": the random part of its Message-ID and a keyed
// hash of the whole. What servers send back comes to that address, and so is tied to the very letter
// also when it names no Message-ID (CASES B18, B27). It cannot be made up (A30), and is a way for
// returned mail only.
var envelopeMark = regexp.MustCompile(`(?i)\+b-([0-9a-z]{26})-([0-9a-z]{10})@`)

const longestLocal = 64 // RFC 5321 4.5.3.1.1

// envelope gives the envelope sender of a letter, "" for the usual one.
func (p *Pipeline) envelope(messageID string) string {
	if !p.cfg.Plus || p.envelopeRefused.Load() {
		return ""
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(messageID, "pb."), "@")
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) != 16 {
		return ""
	}
	own := p.cfg.Policy.Organisation.Address.Address
	i := strings.LastIndexByte(own, '@')
	local := strings.ToLower(own[:i]) + "+b-" + crockford.EncodeToString(raw) + "-" + p.envelopeMAC(messageID)
	if len(local) > longestLocal {
		return ""
	}
	return local + own[i:]
}

func (p *Pipeline) envelopeMAC(messageID string) string {
	return crockford.EncodeToString(p.store.Keys().Token("envelope", messageID))[:10]
}

// returnedID gives the Message-ID of the letter that m was sent back for, by the address it came to; ""
// when that address is none of a letter's or is forged.
func (p *Pipeline) returnedID(m ticket.Message) string {
	places := append([]string(nil), m.DeliveredTo...)
	for _, a := range append(append([]ticket.Address(nil), m.To...), m.Cc...) {
		places = append(places, a.Address)
	}
	for _, place := range places {
		hit := envelopeMark.FindStringSubmatch(place)
		if hit == nil {
			continue
		}
		raw, err := crockford.DecodeString(strings.ToLower(hit[1]))
		if err != nil || len(raw) != 16 {
			continue
		}
		id := "pb." + hex.EncodeToString(raw) + "@" + p.cfg.Policy.Organisation.Address.Domain()
		if hmac.Equal([]byte(p.envelopeMAC(id)), []byte(strings.ToLower(hit[2]))) {
			return id
		}
	}
	return ""
}

// hand gives a letter to the mail server under its own envelope sender. A server that lets us send from
// the mailbox's plain address only gets that one from then on: bounces are then tied by what they return.
func (p *Pipeline) hand(ctx context.Context, l store.Delivery) responder.Result {
	from := p.envelope(l.MessageID)
	r := p.sender.SendFrom(ctx, from, l.To, l.Raw)
	if from == "" || r.Stage != responder.StageMail || r.Code < 500 {
		return r
	}
	again := p.sender.SendFrom(ctx, "", l.To, l.Raw)
	if again.Stage != responder.StageMail && !p.envelopeRefused.Swap(true) {
		p.log.Warn("the mail server takes no mail from plus addresses; letters go out from the plain address", "code", r.Code)
	}
	return again
}
