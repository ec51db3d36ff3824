package responder

import (
	"fmt"
	"time"

	"privacybot/ticket"
)

func (s *sampler) ticket() ticket.Ticket {
	deadline := ticket.Deadline{Legal: s.due, Target: s.due.Add(-3 * 24 * time.Hour), Law: "eu-gdpr", Version: 1, Proof: []string{
		"received 2026-11-20T09:41:00+01:00, in Europe/Berlin on Friday, 20 November 2026",
		"eu-gdpr (version 1), GDPR art. 12(3): 1 month, day of receipt not counted",
		"ends on Sunday, 20 December 2026",
		"20 December 2026 is free (Sunday): moved to 21 December 2026 (Regulation 1182/71 art. 3(4))",
		"legal limit: Monday, 21 December 2026, end of day, 2026-12-21T23:59:59+01:00",
		"target: Friday, 18 December 2026, 28 days from receipt",
	}}
	return ticket.Ticket{
		Ref: sampleRef, Version: 1, ReceivedAt: s.received, Language: "de",
		Parties: []ticket.Party{{Role: ticket.RoleRequester, Address: ticket.Address{Name: "Jane Doe", Address: "jane.doe@example.org"}}},
		Requests: []ticket.Request{
			{Right: ticket.Access, State: ticket.Received, ReceivedAt: s.received, Law: "eu-gdpr", Deadline: deadline, Confidence: 0.97,
				Evidence: []ticket.Evidence{{Right: ticket.Access, Quote: "tell me what you know about me", Rule: "en access verb+object"}}},
			{Right: ticket.Deletion, State: ticket.Received, ReceivedAt: s.received, Law: "eu-gdpr", Deadline: deadline, Confidence: 0.91,
				Evidence: []ticket.Evidence{{Right: ticket.Deletion, Quote: "then delete my account", Rule: "en deletion verb+object"}}},
		},
		Verification: &ticket.Verification{Address: "jane.doe@example.org", AskedAt: s.now, ExpiresAt: s.now.Add(14 * 24 * time.Hour)},
	}
}

func (s *sampler) staff() {
	t := s.ticket()
	n := &ticket.Notice{
		Ticket: t, What: "A new request.", From: ticket.Address{Name: "Jane Doe", Address: "jane.doe@example.org"}, Subject: "My data",
		Text:        "Dear people,\n\nplease tell me what you know about me, then delete my account.\nMy customer number is on the attached invoice.\n\nJane Doe",
		Attachments: []ticket.Attachment{{Name: "invoice.pdf", Type: "application/pdf", Size: 48213}}, Commands: true,
		Sent: []string{"acknowledgement to the requester", "asked the requester to confirm the address with a code"},
	}
	d := ticket.LetterData{ReceivedAt: s.received, Rights: t.Rights(), Due: s.due, Notice: n}
	s.add("staff_notice", ticket.LetterStaffNotice, d)

	bad := *n
	bad.What, bad.ReplyTo = "A mail that people must sort: two readings are possible.", []ticket.Address{{Address: "other@example.net"}}
	bad.Warnings = []string{"sender not authenticated: DMARC failed, the address may be forged", "Reply-To differs from the sender and is not used: other@example.net"}
	bad.Ticket.NeedsHuman, bad.Ticket.Urgent, bad.Ticket.Writer = "two readings are possible", true, ticket.WriterLawyer
	bad.Ticket.Silent, bad.Ticket.HoldWhy, bad.Ticket.Parties = "a lawyer wrote", "it is older than three days", nil
	bad.Ticket.Requests, bad.Text, bad.Attachments, bad.Sent = nil, "", nil, nil
	bad.Ticket.Linked, bad.Ticket.Assignee = []string{"PB-2222-3333"}, "desk@example.com"
	s.add("staff_notice-sort", ticket.LetterStaffNotice, ticket.LetterData{ReceivedAt: s.received, Notice: &bad})

	more := *n
	more.What, more.Text, more.Attachments, more.Sent = "The requester has written again.", "When will I hear from you?", nil, nil
	more.Ticket.Parties = []ticket.Party{{Role: ticket.RoleRequester, Address: n.From, Verified: s.now, How: "code"}}
	more.Ticket.Undeliverable = "550 no such user"
	s.add("staff_followup", ticket.LetterStaffFollowup, ticket.LetterData{ReceivedAt: s.received, Rights: t.Rights(), Due: s.due, Notice: &more})

	s.add("staff_receipt", ticket.LetterStaffReceipt, ticket.LetterData{ReceivedAt: s.received, Rights: t.Rights(), Due: s.due, Lines: []string{
		"Your answer goes to the requester on file. This is what is sent:", "", "Hello,\n\nyour account is deleted.\n\nMira Lund"}})
	s.add("staff_held", ticket.LetterStaffHeld, ticket.LetterData{ReceivedAt: s.received, Rights: t.Rights(), Due: s.due, Lines: []string{
		"The requester has not shown that the address is theirs, so nothing about them may be sent there yet. Send a question with #ask, or record your own check with #verified how."}})
	s.add("staff_code", ticket.LetterStaffCode, ticket.LetterData{ReceivedAt: s.received, Code: "1234-5678", CodeUntil: s.now.Add(24 * time.Hour), Lines: []string{
		"It is not proven that this mail is from you: your mail server has not signed it (no DMARC pass).", "", "Dear Jane,\n\nyour account is deleted."}})
	s.add("staff_sent", ticket.LetterStaffSent, ticket.LetterData{ReceivedAt: s.received, Rights: t.Rights(), Due: s.due, Lines: []string{
		"The mail server has taken the answer to jane.doe@example.org at 10:02. If it comes back you are told. This is exactly what left:", "",
		"Dear Jane,\n\nyour account is deleted.\n\nReference: PB-7K3M-Q9XD"}})
	s.add("staff_warning", ticket.LetterStaffWarning, ticket.LetterData{ReceivedAt: s.received, Rights: t.Rights(), Due: s.due, Lines: []string{
		"A mail in the name of Desk was held, because it is not proven to be theirs."}})
	s.children(t)
	s.add("undelivered", ticket.LetterUndelivered, ticket.LetterData{ReceivedAt: s.received, Rights: t.Rights(), Due: s.due,
		Lines: []string{"Letter: acknowledgement", "Answer of the other side: 5.1.1"}})
}

// work shows the work list, the reminder and the sheet of a ticket on which dates were changed.
func (s *sampler) work() {
	t := s.ticket()
	rows := []ticket.WorkRow{
		{Ref: sampleRef, Rights: t.Rights(), State: "in_work", Due: s.due, Target: s.due.Add(-3 * 24 * time.Hour), Whose: "yours"},
		{Ref: "PB-9C2F-TT4A", Rights: []ticket.Right{ticket.Complaint}, State: "received", Whose: "nobody's", Why: "the requester cannot be reached"},
	}
	late := ticket.WorkRow{Ref: "PB-3FQ8-M1ZD", Rights: []ticket.Right{ticket.Access}, State: "waiting", Due: s.received.Add(-48 * time.Hour), Whose: "yours", Why: "the limit passed 2 days ago"}
	list := ticket.Worklist{Overdue: 1, Groups: []ticket.WorkGroup{{Title: "Reminders", Late: true, Rows: rows[:1]}, {Title: "Overdue", Late: true, Rows: []ticket.WorkRow{late}}, {Title: "Under way", Rows: rows}}}
	s.add("staff_worklist", ticket.LetterStaffWorklist, ticket.LetterData{ReceivedAt: s.received, Worklist: &list})
	s.add("staff_reminder", ticket.LetterStaffReminder, ticket.LetterData{ReceivedAt: s.received,
		Worklist: &ticket.Worklist{Groups: []ticket.WorkGroup{{Title: "Reminders", Late: true, Rows: []ticket.WorkRow{late}}}}})

	longer := s.due.Add(62 * 24 * time.Hour)
	t.Requests[0].State, t.Requests[0].Deadline.Legal = ticket.Extended, longer
	t.Requests[0].Deadline.Changes = []ticket.DateChange{{At: s.now, By: "staff:Mira Lund", What: "extended, the notice was accepted by the mail server", Why: "three systems have to be searched",
		Legal: longer, WasLegal: s.due, Proof: []string{"eu-gdpr (version 1), GDPR art. 12(3), extended: 3 months, day of receipt not counted"}}}
	t.Informed = []ticket.Informed{{Name: "Example Hosting", Address: "privacy@example.net", SentAt: s.now}}
	s.add("staff_sheet", ticket.LetterStaffSheet, ticket.LetterData{ReceivedAt: s.received, Rights: t.Rights(), Due: s.due,
		Notice: &ticket.Notice{Ticket: t, What: "You asked for this ticket.", From: t.Requester().Address},
		Lines:  []string{"", "2026-11-20 09:48, bot: opened for access, deletion", "2026-11-20 10:02, staff:Mira Lund: took the ticket"}})
}

func (s *sampler) children(t ticket.Ticket) {
	t.Requests = []ticket.Request{{Right: ticket.Child, State: ticket.Received, ReceivedAt: s.received}}
	t.Child = &ticket.ChildAlert{RaisedAt: s.received, Look: s.received.Add(4 * time.Hour), Block: s.received.Add(24 * time.Hour), Done: s.received.Add(72 * time.Hour)}
	for _, one := range []struct {
		name string
		step int
	}{{"escalation", 1}, {"escalation-again", 3}} {
		n := &ticket.Notice{Ticket: t, What: "A child's data has been reported.", Step: one.step}
		s.add(one.name, ticket.LetterEscalation, ticket.LetterData{ReceivedAt: s.received, Rights: t.Rights(), Due: t.Child.Look, Notice: n})
	}
}

func (s *sampler) house() {
	s.add("quarantine", ticket.LetterQuarantine, ticket.LetterData{ReceivedAt: s.received, Due: s.due, Lines: []string{"three attempts to read it ended in an error"}})
	s.add("trouble", ticket.LetterTrouble, ticket.LetterData{ReceivedAt: s.received, Lines: []string{
		"The mailbox refuses the sign-in since 2026-11-20 09:41. It is tried again every 15 minutes."}})
	s.add("health", ticket.LetterHealth, ticket.LetterData{ReceivedAt: s.received, Lines: []string{
		"The daily test mail, sent on 2026-11-20 at 06:30, has not come back: either letters do not go out or mail is not read."}})
	s.add("brakes", ticket.LetterBrakes, ticket.LetterData{ReceivedAt: s.received, Lines: []string{
		"214 acknowledgements, code requests or status answers wait; the longest since 2026-11-20 09:41.",
		"The tickets are open, their clocks run, and staff were told of them: only the automatic letters wait. None is dropped."}})
	bundle := make([]ticket.BundleRow, 60)
	for i := range bundle {
		bundle[i] = ticket.BundleRow{Mails: 1 + i%3/2, DigestRow: ticket.DigestRow{Ref: fmt.Sprintf("PB-2F%02d-8KQ1", i), Rights: []ticket.Right{ticket.Deletion}, Due: s.due, State: "received"}}
	}
	s.add("bundle", ticket.LetterBundle, ticket.LetterData{ReceivedAt: s.received, Bundle: bundle})
	s.add("sorting", ticket.LetterSorting, ticket.LetterData{ReceivedAt: s.received, Sorting: []ticket.SortingItem{
		{Label: "M-7K3M", Mail: 41, ReceivedAt: s.received, From: ticket.Address{Name: "Ada", Address: "ada@example.net"}, Subject: "Your headset", Text: "Hi, my headset does not charge any more. Who can help me?", Disposition: ticket.DispOther},
		{Label: "M-P2XA", Mail: 42, ReceivedAt: s.received.Add(time.Hour), From: ticket.Address{Address: "win@example.net"}, Subject: "", Text: "You have won", Disposition: ticket.DispSpam},
	}})
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	quiet := ticket.Digest{Day: day, Mails: 412, LastPoll: map[string]time.Time{"INBOX": s.now, "Junk": s.now}, JunkWatched: true, AuditEntry: "218:5a0c77b1f02e9d43", LedgerDiffer: 0, Open: 2, OpenByRight: map[ticket.Right]int{ticket.Access: 2}}
	s.add("digest-quiet", ticket.LetterDigest, ticket.LetterData{ReceivedAt: day, Digest: &quiet})

	row := func(ref string, due time.Time, state string, rights ...ticket.Right) ticket.DigestRow {
		return ticket.DigestRow{Ref: ref, Rights: rights, Due: due, State: state}
	}
	full := ticket.Digest{Day: day,
		Children:      []ticket.DigestRow{row("PB-9C2F-TT4A", s.received.Add(24*time.Hour), "received", ticket.Child, ticket.Deletion)},
		Overdue:       []ticket.DigestRow{row("PB-3FQ8-M1ZD", day.Add(-48*time.Hour), "in_work", ticket.Access)},
		DueSoon:       []ticket.DigestRow{row(sampleRef, day.Add(72*time.Hour), "verifying", ticket.Access, ticket.Deletion), row("PB-8811-KD2M", day.Add(120*time.Hour), "acknowledged", ticket.Complaint)},
		Unverified:    []ticket.DigestRow{row(sampleRef, day.Add(72*time.Hour), "verifying", ticket.Access, ticket.Deletion)},
		Undeliverable: []ticket.DigestRow{row("PB-4XJ0-7VNE", s.due, "acknowledged", ticket.Unsubscribe)},
		NeedsHuman:    []ticket.DigestRow{row("PB-66TC-0QWP", time.Time{}, "received", ticket.Other)},
		Quarantined:   1, LettersWait: 2, LettersHeld: 3, LettersBraked: 4, LettersFailed: 1, UnmatchedDSN: 1, New: 9, Closed: 6, Open: 17,
		OpenByRight: map[ticket.Right]int{ticket.Child: 1, ticket.Access: 6, ticket.Deletion: 7, ticket.Complaint: 2, ticket.Unsubscribe: 1, ticket.Other: 1},
		Mails:       431, Pending: 1, Dispositions: map[string]int{"ticket": 9, "followup": 4, "other": 3, "spam": 11},
		LastPoll: map[string]time.Time{"INBOX": s.now.Add(-2 * time.Hour)}, LedgerDiffer: 2,
		Alarms: []string{"The daily test mail, sent on 2026-11-20 at 06:30, has not come back: either letters do not go out or mail is not read."}}
	s.add("digest", ticket.LetterDigest, ticket.LetterData{ReceivedAt: day, Digest: &full})
	busy := full
	busy.Month, busy.Ages = sampleMonth(day), []ticket.DigestAge{{To: 7, Open: 6}, {From: 8, To: 14, Open: 5}, {From: 15, To: 21, Open: 4}, {From: 22, To: 28, Open: 1}, {From: 29, Open: 1}}
	busy.Open = busy.Month[len(busy.Month)-1].Open
	busy.Rights = []ticket.DigestGroup{{Name: "deletion", New: 31, Closed: 27, Open: 7}, {Name: "access", New: 22, Closed: 18, Open: 6, Overdue: 1}, {Name: "complaint", New: 4, Closed: 3, Open: 2}, {Name: "child", New: 2, Closed: 1, Open: 1}, {Name: "unsubscribe", New: 12, Closed: 11, Open: 1}}
	busy.Laws = []ticket.DigestGroup{{Name: "eu-gdpr", New: 48, Closed: 41, Open: 12, Overdue: 1}, {Name: "us-ca-ccpa", New: 14, Closed: 12, Open: 3}, {Name: "cn-pipl", New: 9, Closed: 7, Open: 2}}
	busy.Acknowledging = ticket.DigestSpeed{Count: 71, Median: 3 * time.Minute, P90: 40 * time.Minute, InTarget: 70}
	busy.Closing = ticket.DigestSpeed{Count: 60, Median: 9 * 24 * time.Hour, P90: 23 * 24 * time.Hour, InTarget: 58}
	s.add("digest-month", ticket.LetterDigest, ticket.LetterData{ReceivedAt: day, Digest: &busy})
	for i := range s.out {
		switch s.out[i].Order.Kind {
		case ticket.LetterStaffWorklist, ticket.LetterStaffReminder, ticket.LetterSorting, ticket.LetterDigest,
			ticket.LetterQuarantine, ticket.LetterTrouble, ticket.LetterBrakes, ticket.LetterBundle, ticket.LetterHealth:
			s.out[i].Order.Ref = ""
		}
	}
}

// sampleMonth is a month with busy and quiet days, weekends and a campaign in the middle.
func sampleMonth(day time.Time) []ticket.DigestDay {
	open, days := 9, []ticket.DigestDay{}
	for i := range 30 {
		d := time.Date(day.Year(), day.Month(), day.Day()-29+i, 0, 0, 0, 0, time.UTC)
		one := ticket.DigestDay{Day: d.Format(time.DateOnly), New: 2 + i*5%4, Closed: 1 + i*7%5}
		if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			one.New, one.Closed = 1, 0
		}
		if i > 12 && i < 16 {
			one.New += 6
		}
		one.Closed = min(one.Closed, open)
		open += one.New - one.Closed
		one.Open = open
		days = append(days, one)
	}
	return days
}
