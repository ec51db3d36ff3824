package ticket

import "time"

// LetterKind names a letter; its templates carry the same name.
type LetterKind string

// Letters to the people who write to us. They copy nothing from inbound mail (DESIGN.md 5.3).
const (
	LetterAcknowledgement LetterKind = "acknowledgement"         // with the code question when one is asked
	LetterNeutral         LetterKind = "neutral_acknowledgement" // names no right and no law
	LetterChild           LetterKind = "child_acknowledgement"   // to a parent, a teacher, anybody who reports
	LetterChildSelf       LetterKind = "child_self"              // to a child who writes itself, in simple words
	LetterVerification    LetterKind = "verification"            // asks for the code: reminder or fresh code
	LetterVerified        LetterKind = "verified"
	LetterNotVerified     LetterKind = "not_verified" // wrong or expired code
	LetterAnswer          LetterKind = "answer"       // staff's words
	LetterClosing         LetterKind = "closing"      // the outcome in writing

	LetterExtension       LetterKind = "extension"        // more time: staff's reason, the new date
	LetterStatus          LetterKind = "status"           // how far the request is
	LetterReferral        LetterKind = "referral"         // another controller is responsible; staff say who
	LetterMandate         LetterKind = "mandate"          // asks an agent for proof of the mandate
	LetterMandatePerson   LetterKind = "mandate_person"   // asks the person whether the agent acts for them
	LetterRecipientNotice LetterKind = "recipient_notice" // to recipients of the data (GDPR art. 19)
	LetterRecorded        LetterKind = "recorded"         // an unsubscription is recorded, not yet carried out
	LetterStopped         LetterKind = "stopped"          // the mailings have really stopped
)

// Letters within the house.
const (
	LetterStaffNotice   LetterKind = "staff_notice"   // a new ticket, with all that is needed to act
	LetterStaffFollowup LetterKind = "staff_followup" // something new on a ticket
	LetterStaffReceipt  LetterKind = "staff_receipt"  // what was done with a staff mail
	LetterStaffHeld     LetterKind = "staff_held"     // why a staff mail was held, and how to go on
	LetterEscalation    LetterKind = "escalation"     // a child's data: answer now
	LetterUndelivered   LetterKind = "undelivered"    // a letter could not be delivered
	LetterQuarantine    LetterKind = "quarantine"     // a mail that could not be processed
	LetterSorting       LetterKind = "sorting"        // mails judged other or spam, daily
	LetterStaffCode     LetterKind = "staff_code"     // asks a member of staff whether a mail is theirs
	LetterStaffSent     LetterKind = "staff_sent"     // exactly what left with a colleague's words, and that it was accepted
	LetterStaffWarning  LetterKind = "staff_warning"  // what others must know about a mail that was held
	LetterDigest        LetterKind = "digest"
	LetterStaffWorklist LetterKind = "staff_worklist" // what one person has to do, on the mornings of the daily mails
	LetterStaffReminder LetterKind = "staff_reminder" // what falls due, where there is no work list that day
	LetterStaffSheet    LetterKind = "staff_sheet"    // all about one ticket, asked for with #show
	LetterTrouble       LetterKind = "trouble"        // the mailbox cannot be read
	LetterBrakes        LetterKind = "brakes"         // the brakes hold acknowledgements back for long
	LetterBundle        LetterKind = "bundle"         // many notices in one: the references only
	LetterHealth        LetterKind = "health"         // something is wrong with the program's own work
)

// LetterAlarm runs alarm.command with the reference only; it is not a mail.
const LetterAlarm LetterKind = "alarm"

// LetterCanary is the daily mail to ourselves; no template writes it, and no person reads it.
const LetterCanary LetterKind = "canary"

// LetterKinds lists the kinds that are mails, external ones first.
func LetterKinds() []LetterKind {
	return []LetterKind{LetterAcknowledgement, LetterNeutral, LetterChild, LetterChildSelf,
		LetterVerification, LetterVerified, LetterNotVerified, LetterAnswer, LetterClosing,
		LetterExtension, LetterStatus, LetterReferral, LetterMandate, LetterMandatePerson,
		LetterRecipientNotice, LetterRecorded, LetterStopped,
		LetterStaffNotice, LetterStaffFollowup, LetterStaffReceipt, LetterStaffHeld,
		LetterEscalation, LetterUndelivered, LetterQuarantine, LetterSorting, LetterDigest, LetterTrouble, LetterBrakes, LetterBundle, LetterHealth,
		LetterStaffCode, LetterStaffSent, LetterStaffWarning, LetterStaffWorklist, LetterStaffReminder, LetterStaffSheet}
}

// External reports whether letters of this kind leave the house.
func (k LetterKind) External() bool {
	switch k {
	case LetterAcknowledgement, LetterNeutral, LetterChild, LetterChildSelf, LetterVerification,
		LetterVerified, LetterNotVerified, LetterAnswer, LetterClosing, LetterExtension, LetterStatus,
		LetterReferral, LetterMandate, LetterMandatePerson, LetterRecipientNotice, LetterRecorded, LetterStopped:
		return true
	}
	return false
}

// Braked reports whether the rate brakes may delay letters of this kind: those that a forged sender
// could turn on somebody else (A52, A53). They never touch child alerts, what staff have ordered
// (answers, closings, extensions, referrals, notices to recipients) or mail within the house
// (DESIGN.md 5.4).
func (k LetterKind) Braked() bool {
	switch k {
	case LetterAcknowledgement, LetterNeutral, LetterChild, LetterChildSelf, LetterVerification, LetterVerified, LetterNotVerified,
		LetterStatus, LetterMandate, LetterMandatePerson, LetterRecorded, LetterStopped:
		return true
	}
	return false
}

// ByPerson reports whether a person wrote the substance, so that the letter does not call
// itself automatic (CASES B13).
func (k LetterKind) ByPerson() bool {
	switch k {
	case LetterAnswer, LetterClosing, LetterExtension, LetterReferral, LetterRecipientNotice:
		return true
	}
	return false
}

// LetterOrder asks for one letter. The composer turns it into bytes; the store keeps those.
type LetterOrder struct {
	Kind       LetterKind
	Key        string // the letter's identity: a second order with the same key is never stored
	Ref        string // ticket; "" for digest and sorting mail
	To         Address
	Language   string
	InReplyTo  string
	References []string
	Hold       string    // why it waits for approval; "" when it may go
	NotBefore  time.Time // zero: at once
	FilesOf    int64     // the staff mail whose attachments go with it; 0 = none do
	Files      []File    `json:"-"` // their content, put in by whoever composes
	Data       LetterData
}

// LetterData is everything a template may use. Text from inbound mail stands in Notice,
// Sorting and Reason only, which no template of an external letter can reach: [External] drops
// them.
type LetterData struct {
	ReceivedAt time.Time // of the mail that is answered, in the office's zone
	Rights     []Right
	Due        time.Time // the latest answer date; zero when no clock runs
	LawName    string    // "" when none is to be named
	Code       string    // "1234-5678"; "" when no code is asked for
	CodeUntil  time.Time
	TriesLeft  int
	Answer     string  // staff's own words
	Outcome    Outcome // of a closing letter
	State      string  // of a status letter, from [Ticket.State]; one without words of its own is "being worked on"
	Late       bool    // the mail was received more than a day before the acknowledgement
	AskDetails bool    // acknowledgement of a complaint that has neither details nor evidence
	Unreadable bool    // neutral acknowledgement of a mail that is encrypted or too large to read
	Authority  string  // where to complain, from the law's data and never from a mail; "" = any data protection authority
	Appeal     bool    // closing: the law lets people appeal to the organisation itself
	ShadowFor  string  // in shadow mode: the address it would have gone to

	Notice   *Notice
	Sorting  []SortingItem
	Digest   *Digest
	Bundle   []BundleRow
	Worklist *Worklist
	Lines    []string // staff receipts and held notices: one statement a line
}

// External gives d without everything that may carry inbound text.
func (d LetterData) External() LetterData {
	d.Notice, d.Sorting, d.Digest, d.Bundle, d.Worklist, d.Lines = nil, nil, nil, nil, nil, nil
	return d
}

// Notice is what staff see of a ticket and of the mail that caused the notice.
type Notice struct {
	Ticket      Ticket
	What        string // one sentence: why this notice
	From        Address
	ReplyTo     []Address // only where it differs from From
	Subject     string
	Text        string // the sender's new text, bounded
	Attachments []Attachment
	Evidence    []Evidence
	Warnings    []string
	Sent        []string // what the bot did: "acknowledgement sent", "code asked for"
	Commands    bool     // list the commands
	Step        int      // escalation: how many times people were alarmed
}

// SortingItem is one mail of the daily sorting mail.
type SortingItem struct {
	Label       string // "M-7K3M": named in the reply to open a ticket
	Mail        int64
	ReceivedAt  time.Time
	From        Address
	Subject     string
	Text        string // the first words, bounded
	Disposition Disposition
}

// Digest holds the figures of a manager's morning. It has references and numbers, no personal
// data.
type Digest struct {
	Day           time.Time // local midnight of the day it is for
	Children      []DigestRow
	Overdue       []DigestRow
	DueSoon       []DigestRow // within 7 days
	Unverified    []DigestRow
	Undeliverable []DigestRow
	NeedsHuman    []DigestRow
	Quarantined   int
	LettersWait   int // not delivered yet, retries running
	LettersHeld   int // waiting for approval
	LettersBraked int // held back by the brakes
	LettersFailed int
	UnmatchedDSN  int
	New           int // opened since the digest before
	Closed        int
	Open          int
	OpenByRight   map[Right]int
	Mails         int            // locations on the ledger
	Pending       int            // of them not decided yet
	Dispositions  map[string]int // since the digest before
	LastPoll      map[string]time.Time
	LedgerDiffer  int // mails on the server that the ledger does not know; -1 when not compared
	JunkWatched   bool
	Alarms        []string // what is wrong with the program's own work, one sentence each
	AuditEntry    string   // the last entry of the audit chain, "17:0f3a…"; "" when it has none

	Month         []DigestDay   // the last 30 days, the oldest first
	Rights        []DigestGroup // the busiest first
	Laws          []DigestGroup
	Ages          []DigestAge
	Acknowledging DigestSpeed // from receipt to the first letter; the target is a day
	Closing       DigestSpeed // from receipt to the outcome
}

// BundleRow is one ticket of which staff got no notice of its own.
type BundleRow struct {
	DigestRow
	Mails int // notices that were saved: a new ticket or more mail on it
}

// DigestRow is one ticket in the digest.
type DigestRow struct {
	Ref    string
	Rights []Right
	Due    time.Time
	State  string
}

// Letter is a finished letter: the bytes that go to the server, the same on every try.
type Letter struct {
	Kind      LetterKind
	Key       string
	Ref       string
	To        string // one address; "" for an alarm
	MessageID string // without angle brackets
	Raw       []byte // RFC 5322, CRLF
	Hold      string
	NotBefore time.Time
	Unbraked  bool    // no brake holds it, whatever its kind: it stays within the house
	Mails     []int64 // a sorting mail's items, in their order
}
