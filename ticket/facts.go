package ticket

import (
	"errors"
	"time"
)

// ErrNotFound says that no ticket has this reference.
var ErrNotFound = errors.New("no such ticket")

// Facts is everything a decision may rest on besides the time and the cause. The pipeline
// gathers it; [Decide] only reads it.
type Facts struct {
	Policy Policy
	Supply Supply

	Ticket *Ticket     // the ticket the cause belongs to: by a valid token, or named by a command
	Answer *SentLetter // the letter of ours that a mail answers or a bounce reports

	OwnLetter bool // the mail itself is a letter of ours that came back
	Canary    bool // the mail is our daily test mail, proven by its token

	Named       map[string]Named // the tickets that commands name, by reference
	OpenTickets []Ticket         // all open ones, when a command asks for the list

	Open         []Ticket // open tickets of the sender, newest first
	AckCount     int      // acknowledgements ordered to the sender in the last 24 h
	AckedRights  []Right  // rights of the tickets they were for
	Duplicate    bool     // the same mail was delivered before and decided
	DuplicateRef string   // the ticket of that earlier copy, may be ""

	// Notices is how many notices staff got within the last hour about the sender (of a mail on no thread),
	// or about the thread.
	Notices int

	StaffTold int // letters to the sender, a member of staff, about mails of theirs on no ticket, in this hour

	Proof       StaffProof // what is kept about whether mails of the sender, a member of staff, are theirs
	ProofThread string     // keyed hash of the sender, the thread and the program that wrote; "" when it is no staff mail

	AnswerText   string   // of a staff mail: the text of the letter within the house that it answers
	KnownParties []string // of a staff mail: the addresses in its text that are parties of other tickets
	OwnRefs      []string // of a staff mail: the references in its text that are the requester's own

	HoldBefore time.Time // letters answering mail received before this wait for approval; zero = none do
}

// Supply holds what only a random source or a secret key can make. Decide uses each at most
// once for a ticket it opens or a code it asks for.
type Supply struct {
	Ref  string                                    // of a ticket to be opened
	Code string                                    // "1234-5678"
	Hash func(ref, address, code string) []byte    // keyed; the same input gives the same hash
	Same func(hash []byte, a, b, code string) bool // constant-time comparison of Hash(a, b, code) with hash
}

// SentLetter is what is known of a letter of ours when it is answered or reported.
type SentLetter struct {
	ID        int64
	Kind      LetterKind
	Key       string
	Ref       string
	To        string
	MessageID string
	SentAt    time.Time
	Mails     []int64 // the items of a sorting mail
}

// Cause is what made a decision necessary: a [MailCause], [DeliveryCause], [DueCause] or
// [CommandCause].
type Cause interface{ cause() }

// MailCause is a mail that was received, parsed and classified.
type MailCause struct {
	ID         int64
	Message    Message
	Verdict    Verdict
	Junk       bool    // found in the junk folder
	Partial    bool    // too large: only its beginning was fetched
	OpenedBy   string  // staff opened it by hand from the sorting mail; "" otherwise
	AsRights   []Right // what staff say it asks for; empty: the verdict's rights
	Quarantine string  // why it cannot be processed; the message is then empty
	Again      int64   // it was held; this later mail lets it be carried out. 0 otherwise
	Send       bool    // with Again: a colleague has read what was found in it and releases it
	Proven     bool    // with Again: its sender sent back the code that was mailed for it
}

// DeliveryCause is the last word about a letter.
type DeliveryCause struct {
	Letter SentLetter
	Result DeliveryResult
	Status string // reply code or enhanced status, "" when unknown
	Copy   string // the text of the letter as it left, for the staff member whose words it carries
}

// DeliveryResult of a letter.
type DeliveryResult string

// The delivery results that change a ticket; temporary failures do not.
const (
	DeliveryAccepted DeliveryResult = "accepted" // by our mail server
	DeliveryRefused  DeliveryResult = "refused"  // for good, or given up
	DeliveryBounced  DeliveryResult = "bounced"  // accepted first, returned later
)

// DueCause says that Ticket.NextAt has come.
type DueCause struct{}

// CommandCause is a command at the terminal, with its actor.
type CommandCause struct {
	Actor   string
	Command Command
	More    []Command // that go with it, such as #inform with #close
	Text    string    // the words that go with it: an answer, a reason, a note
}

func (MailCause) cause()     {}
func (DeliveryCause) cause() {}
func (DueCause) cause()      {}
func (CommandCause) cause()  {}

// Decision is everything that follows from a cause. The store applies it in one transaction.
type Decision struct {
	Disposition Disposition // of the mail; "" when the cause is no mail
	Reason      string      // why, in one sentence, for the ledger
	Ref         string      // the ticket the mail belongs to, "" when to none
	Changes     []Change
	Letters     []LetterOrder
	CarryOut    *CarryOut   // a held staff mail that is to be decided again now
	Proof       *StaffProof // what is to be kept about the sender, a member of staff; nil: as it was
	ReleaseHeld string      // reference of the ticket whose waiting letters may go now
	Refused     []string    // why a command was not carried out; nothing has changed then
	Stops       []Stop      // what the suppression list is to say
	Bundled     []string    // references whose notice waits for the mail that lists many
}

// Change is a ticket as it is to be, with the events that explain it.
type Change struct {
	Ticket Ticket // Version is one more than the stored one
	Events []Event
}
