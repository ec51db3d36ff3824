package ingest

import (
	"time"

	"privacybot/ticket"
)

// report is the JSON form of one parsed mail (DESIGN.md section 6, `parse`).
type report struct {
	File        string              `json:"file"`
	MessageID   string              `json:"message_id"`
	From        ticket.Address      `json:"from"`
	To          []ticket.Address    `json:"to"`
	Cc          []ticket.Address    `json:"cc"`
	Subject     string              `json:"subject"`
	Date        string              `json:"date"`
	NewText     string              `json:"new_text"`
	Text        string              `json:"text"`
	Attachments []ticket.Attachment `json:"attachments"`
	Automatic   ticket.Automatic    `json:"automatic"`
	Damage      []string            `json:"damage"`
}

// Report gives the value that `privacybot parse` prints as JSON for one file. The date is RFC 3339 as
// the sender claims it, "" when unreadable; lists are never null.
func Report(file string, m ticket.Message) any {
	r := report{File: file, MessageID: m.MessageID, From: m.From, To: m.To, Cc: m.Cc, Subject: m.Subject,
		NewText: m.NewText, Text: m.Text, Attachments: m.Attachments, Automatic: m.Automatic, Damage: m.Damage}
	if !m.Date.IsZero() {
		r.Date = m.Date.Format(time.RFC3339)
	}
	if r.To == nil {
		r.To = []ticket.Address{}
	}
	if r.Cc == nil {
		r.Cc = []ticket.Address{}
	}
	if r.Attachments == nil {
		r.Attachments = []ticket.Attachment{}
	}
	if r.Damage == nil {
		r.Damage = []string{}
	}
	return r
}
