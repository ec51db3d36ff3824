package responder

import (
	"time"

	"privacybot/ticket"
)

// Sample is a made-up order that shows a letter: what NewComposer rehearses, what the golden
// tests keep and what a preview can show.
type Sample struct {
	Name  string // "acknowledgement-code"
	Order ticket.LetterOrder
	Now   time.Time
}

// Samples gives at least one order for every kind of letter, and one for every way a template
// can go. The data is made up; addresses are in reserved domains (RFC 2606).
func Samples() []Sample {
	s := sampler{received: time.Date(2026, 11, 20, 8, 41, 0, 0, time.UTC)}
	s.due = time.Date(2026, 12, 21, 22, 59, 59, 0, time.UTC)
	s.now = s.received.Add(7 * time.Minute)
	s.requesters()
	s.outcomes()
	s.onTheWay()
	s.staff()
	s.work()
	s.house()
	return s.out
}

type sampler struct {
	received, due, now time.Time
	out                []Sample
}

const (
	sampleRef = "PB-7K3M-Q9XD"
	sampleLaw = "EU General Data Protection Regulation"

	sampleAuthority = "Office of the Example Commissioner, www.example.org/complaints"
)

func (s *sampler) add(name string, kind ticket.LetterKind, d ticket.LetterData) {
	o := ticket.LetterOrder{Kind: kind, Key: "sample/" + name, Ref: sampleRef, To: ticket.Address{Address: "jane.doe@example.org"},
		Language: fallback, InReplyTo: "CAF-1792@mail.example.org", References: []string{"first-1@mail.example.org"}, Data: d}
	if !kind.External() {
		o.To = ticket.Address{Name: "Privacy Desk", Address: "desk@example.com"}
		o.InReplyTo, o.References = "", nil
	}
	s.out = append(s.out, Sample{Name: name, Order: o, Now: s.now})
}

func (s *sampler) requesters() {
	base := ticket.LetterData{ReceivedAt: s.received, Rights: []ticket.Right{ticket.Access, ticket.Deletion}, Due: s.due, LawName: sampleLaw}
	until := s.now.Add(14 * 24 * time.Hour)

	d := base
	d.Code, d.CodeUntil, d.TriesLeft = "4821-0937", until, 5
	s.add("acknowledgement-code", ticket.LetterAcknowledgement, d)
	s.add("verification", ticket.LetterVerification, d)
	s.add("not_verified-fresh", ticket.LetterNotVerified, d)

	d = base
	d.Rights, d.Late = ticket.Rights(), true
	s.add("acknowledgement-late", ticket.LetterAcknowledgement, d)
	d = base
	d.Rights, d.Due, d.LawName = []ticket.Right{ticket.Unsubscribe}, time.Time{}, ""
	s.add("acknowledgement-unsubscribe", ticket.LetterAcknowledgement, d)
	d = base
	d.ShadowFor = "jane.doe@example.org"
	s.add("acknowledgement-shadow", ticket.LetterAcknowledgement, d)

	d = base
	d.Rights, d.AskDetails = []ticket.Right{ticket.Complaint}, true
	s.add("acknowledgement-details", ticket.LetterAcknowledgement, d)
	d = base
	d.Rights, d.AskDetails = []ticket.Right{ticket.Access, ticket.Complaint}, true
	d.Code, d.CodeUntil, d.TriesLeft, d.Authority = "4821-0937", until, 5, sampleAuthority
	s.add("acknowledgement-details-code", ticket.LetterAcknowledgement, d)

	s.add("neutral_acknowledgement", ticket.LetterNeutral, ticket.LetterData{ReceivedAt: s.received})
	s.add("neutral_acknowledgement-late", ticket.LetterNeutral, ticket.LetterData{ReceivedAt: s.received, Late: true})
	s.add("neutral_acknowledgement-unreadable", ticket.LetterNeutral, ticket.LetterData{ReceivedAt: s.received, Unreadable: true})
	s.add("child_acknowledgement", ticket.LetterChild, ticket.LetterData{ReceivedAt: s.received, Rights: []ticket.Right{ticket.Child}})
	s.add("child_acknowledgement-late", ticket.LetterChild, ticket.LetterData{ReceivedAt: s.received, Late: true})
	s.add("child_self", ticket.LetterChildSelf, ticket.LetterData{ReceivedAt: s.received, Rights: []ticket.Right{ticket.Child}})

	s.add("verification-reminder", ticket.LetterVerification, base)
	s.add("verified", ticket.LetterVerified, base)
	d = base
	d.TriesLeft = 3
	s.add("not_verified", ticket.LetterNotVerified, d)
	d.TriesLeft = 1
	s.add("not_verified-last", ticket.LetterNotVerified, d)
	d.TriesLeft = 0
	s.add("not_verified-locked", ticket.LetterNotVerified, d)
}

func (s *sampler) outcomes() {
	base := ticket.LetterData{ReceivedAt: s.received, Rights: []ticket.Right{ticket.Access, ticket.Deletion}}
	d := base
	d.Answer = "Hello,\n\nthank you for your patience. We have looked through our shop system and our newsletter.\n\n  1. Shop: two orders, from March and June.\n  2. Newsletter: no entry.\n\nThe list is in the protected area that we wrote to you about.\n\nKind regards\nMira Lund"
	s.add("answer", ticket.LetterAnswer, d)
	for _, one := range []struct {
		outcome ticket.Outcome
		words   string
	}{
		{ticket.OutcomeDone, "We have deleted your customer account and your newsletter entry.\nWe have told our shipping company to do the same."},
		{ticket.OutcomePartly, "We have deleted your customer account.\n\nWe keep two invoices until the end of 2034, because tax law makes us keep them for eight years. Nobody uses them for anything else."},
		{ticket.OutcomeRefused, "We asked you twice to show that the address is yours, and could not make sure of it. We may give information about a person to that person only."},
		{ticket.OutcomeWithdrawn, ""},
		{ticket.OutcomeDone, ""},
	} {
		d := base
		d.Outcome, d.Answer = one.outcome, one.words
		name := "closing-" + string(one.outcome)
		if one.words == "" && one.outcome == ticket.OutcomeDone {
			name += "-plain"
		}
		s.add(name, ticket.LetterClosing, d)
		if one.outcome == ticket.OutcomeRefused || one.words != "" && one.outcome == ticket.OutcomeDone {
			d.Authority, d.Appeal = sampleAuthority, true
			s.add(name+"-appeal", ticket.LetterClosing, d)
		}
	}
}

// onTheWay shows the letters between the acknowledgement and the outcome.
func (s *sampler) onTheWay() {
	base := ticket.LetterData{ReceivedAt: s.received, Rights: []ticket.Right{ticket.Access, ticket.Deletion}, Due: s.due, LawName: sampleLaw}
	d := base
	d.Due = time.Date(2027, 2, 22, 22, 59, 59, 0, time.UTC)
	d.Answer = "Your data is spread over three systems, and one of them is kept by a partner who has asked us for more time."
	s.add("extension", ticket.LetterExtension, d)
	for _, state := range []string{"acknowledged", "verifying", "in_work", "waiting", "extended", "closed", "another"} {
		d = base
		if d.State = state; state == "closed" {
			d.Due = time.Time{}
		}
		s.add("status-"+state, ticket.LetterStatus, d)
	}
	d = base
	d.Answer = "Example Shops Ltd\nMarket Street 5, Dublin\nprivacy@shops.example.net"
	s.add("referral", ticket.LetterReferral, d)
	s.add("mandate", ticket.LetterMandate, base)
	d = base
	d.Code, d.CodeUntil = "4821-0937", s.now.Add(14*24*time.Hour)
	s.add("mandate_person", ticket.LetterMandatePerson, d)
	d = base
	d.Rights = []ticket.Right{ticket.Correction, ticket.Deletion, ticket.Restriction, ticket.Objection, ticket.Complaint}
	d.Answer = "Your customer number: 4711\nOrders of March and June 2026"
	s.add("recipient_notice", ticket.LetterRecipientNotice, d)
	d.Rights = nil
	s.add("recipient_notice-plain", ticket.LetterRecipientNotice, d)
	d = base
	d.Rights, d.Due, d.LawName = []ticket.Right{ticket.Unsubscribe}, time.Time{}, ""
	s.add("recorded", ticket.LetterRecorded, d)
	s.add("stopped", ticket.LetterStopped, d)
}
