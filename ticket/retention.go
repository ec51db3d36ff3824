package ticket

import "time"

// Retention says how long what is kept (CASES D57 to D60). It only answers what is due; the store
// erases, and nothing that is on legal hold.
type Retention struct {
	Terms                                 // of a ticket, counted from its closing
	ByRight map[Right]Terms               // instead of Terms, for tickets with this right
	Early   map[Disposition]time.Duration // of mails without a ticket, counted from their decision
	Daily   time.Duration                 // of digests, sorting mails and other letters without a ticket, from their sending
}

// Terms are the steps in which a closed ticket is forgotten, each not longer than the next.
type Terms struct {
	Attachments time.Duration // identity documents and everything else that was attached
	Mail        time.Duration // the raw mails
	Personal    time.Duration // names, addresses, texts, notes, letters
	Record      time.Duration // what is left: reference, dates, rights, decisions, keyed hash of the address
}

const day = 24 * time.Hour

// DefaultRetention is what an office gets that settles nothing. The record stays for 24 months
// (CCPA regulations 7101; D57).
func DefaultRetention() Retention {
	return Retention{
		Terms:   Terms{Attachments: 7 * day, Mail: 90 * day, Personal: 365 * day, Record: 730 * day},
		ByRight: map[Right]Terms{Child: {Attachments: day, Mail: 7 * day, Personal: 365 * day, Record: 730 * day}},
		Early: map[Disposition]time.Duration{
			DispSpam: 30 * day, DispBulk: 14 * day, DispAutoReply: 14 * day, DispReceipt: 14 * day,
			DispBounce: 14 * day, DispDuplicate: 14 * day, DispOther: 90 * day,
		},
		Daily: 30 * day,
	}
}

// Of gives the terms for a ticket with these rights. A child's are never prolonged by another
// right; otherwise the longest of each step counts, so that no right's evidence goes before its
// time.
func (r Retention) Of(rights []Right) Terms {
	var longest Terms
	for _, right := range rights {
		own, special := r.ByRight[right]
		if !special {
			own = r.Terms
		}
		if right == Child {
			return own
		}
		longest.Attachments = max(longest.Attachments, own.Attachments)
		longest.Mail = max(longest.Mail, own.Mail)
		longest.Personal = max(longest.Personal, own.Personal)
		longest.Record = max(longest.Record, own.Record)
	}
	if len(rights) == 0 {
		return r.Terms
	}
	return longest
}

// Kept is what retention must know of a mail or a ticket. It holds no personal data.
type Kept struct {
	Ref         string      // the ticket, "" for a mail without
	Disposition Disposition // of a mail
	DecidedAt   time.Time   // of a mail
	ClosedAt    time.Time   // of the ticket; zero while it is open, or when there is none
	Rights      []Right     // of the ticket
	Held        bool        // the ticket is on legal hold (D60)
}

// MailDue says what is to be erased of a mail at now: its attachments, or all of it.
func (r Retention) MailDue(k Kept, now time.Time) (attachments, all bool) {
	if k.Held || k.DecidedAt.IsZero() {
		return false, false
	}
	if k.Ref == "" {
		if k.Disposition == DispQuarantine { // nobody has looked at it yet
			return false, false
		}
		term, early := r.Early[k.Disposition]
		if !early {
			term = r.Terms.Mail
		}
		return false, past(k.DecidedAt, term, now)
	}
	if k.ClosedAt.IsZero() {
		return false, false
	}
	from, terms := later(k.ClosedAt, k.DecidedAt), r.Of(k.Rights)
	return past(from, terms.Attachments, now), past(from, terms.Mail, now)
}

// TicketDue says what is to be erased of a ticket at now: the personal fields with all letters and
// notes, or also the record.
func (r Retention) TicketDue(k Kept, now time.Time) (personal, record bool) {
	if k.Held || k.ClosedAt.IsZero() {
		return false, false
	}
	terms := r.Of(k.Rights)
	return past(k.ClosedAt, terms.Personal, now), past(k.ClosedAt, terms.Record, now)
}

// Soonest is the shortest term there is: nothing younger can be due.
func (r Retention) Soonest() time.Duration {
	least := min(r.Terms.Attachments, r.Terms.Personal, r.Daily)
	for _, t := range r.ByRight {
		least = min(least, t.Attachments, t.Personal)
	}
	for _, d := range r.Early {
		least = min(least, d)
	}
	return least
}

func past(from time.Time, term time.Duration, now time.Time) bool { return !now.Before(from.Add(term)) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
