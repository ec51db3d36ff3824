package main

import (
	"time"

	"privacybot/config"
	"privacybot/ticket"
)

// retentionOf turns what was settled into the rules of package ticket.
func retentionOf(c config.Retention) ticket.Retention {
	r := ticket.Retention{
		Terms:   ticket.Terms{Attachments: c.Attachments, Mail: c.Mail, Personal: c.Personal, Record: c.Record},
		ByRight: map[ticket.Right]ticket.Terms{},
		Early: map[ticket.Disposition]time.Duration{
			ticket.DispSpam: c.Spam, ticket.DispOther: c.Other, ticket.DispBulk: c.Automatic, ticket.DispAutoReply: c.Automatic,
			ticket.DispReceipt: c.Automatic, ticket.DispBounce: c.Automatic, ticket.DispDuplicate: c.Automatic,
		},
		Daily: c.Daily,
	}
	for _, t := range c.Rights {
		r.ByRight[ticket.Right(t.Right)] = ticket.Terms{Attachments: t.Attachments, Mail: t.Mail, Personal: t.Personal, Record: t.Record}
	}
	return r
}
