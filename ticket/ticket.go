package ticket

import (
	"slices"
	"time"
)

// Ticket is one case: what one mail (and what followed it) asks for, who is involved and how
// far it is. The store keeps it sealed as a whole; only the fields that must be searched stand
// beside it in clear or as keyed hashes.
type Ticket struct {
	Ref     string `json:"ref"`     // a label for people, never a credential (CASES A6)
	Version int    `json:"version"` // grows by one with every change; 0 = not stored yet

	ReceivedAt time.Time `json:"received_at"` // INTERNALDATE of the mail that opened it, UTC
	OpenedBy   int64     `json:"opened_by"`   // the mail that opened it
	Language   string    `json:"language"`    // of the letters to the requester
	Urgent     bool      `json:"urgent"`
	NeedsHuman string    `json:"needs_human,omitempty"` // why people must sort it; "" when they need not
	Writer     Writer    `json:"writer,omitempty"`
	Danger     bool      `json:"danger,omitempty"` // a child may be in danger: nothing leaves by machine
	Silent     string    `json:"silent,omitempty"` // why the requester gets no automatic letter; "" when he does
	HoldWhy    string    `json:"hold,omitempty"`   // why letters to the requester wait for approval; "" when they go out
	Assignee   string    `json:"assignee,omitempty"`
	LegalHold  string    `json:"legal_hold,omitempty"` // why nothing of it may be erased (D60); "" when it may

	Parties      []Party       `json:"parties"`
	Requests     []Request     `json:"requests"`
	Verification *Verification `json:"verification,omitempty"`
	Child        *ChildAlert   `json:"child,omitempty"`
	Stopping     *Stopping     `json:"stopping,omitempty"` // a wish for no more mailings

	Thread        []string `json:"thread,omitempty"` // Message-IDs of the conversation with the requester, oldest first
	Linked        []string `json:"linked,omitempty"` // references of related tickets
	Undeliverable string   `json:"undeliverable,omitempty"`
	Flags         []string `json:"flags,omitempty"` // warnings for staff, such as "reply-to differs"

	StaffMails  []time.Time  `json:"staff_mails,omitempty"`  // when staff wrote on it lately, for the brake
	Proposed    *Original    `json:"proposed,omitempty"`     // who wrote the mail that staff handed in, until they have named the requester
	HeldAnswers []HeldAnswer `json:"held_answers,omitempty"` // staff's mails that #send may release
	Answers     []SentAnswer `json:"answers,omitempty"`      // the last letters with staff's words
	HeardAt     time.Time    `json:"heard_at,omitzero"`      // when a party last wrote on it

	BreachBy   time.Time  `json:"breach_by,omitzero"`    // a data breach was reported: 72 hours from the receipt (GDPR art. 33)
	MergedInto string     `json:"merged_into,omitempty"` // the ticket in which this one goes on; later mail goes there
	Informed   []Informed `json:"informed,omitempty"`    // recipients of the data who were told (GDPR art. 19)
}

// Request is one right within a ticket, with its own law, clock and outcome.
type Request struct {
	Right      Right      `json:"right"`
	State      State      `json:"state"`
	ReceivedAt time.Time  `json:"received_at"`
	Law        string     `json:"law"`
	Deadline   Deadline   `json:"deadline"` // zero where no clock runs
	Confidence float64    `json:"confidence"`
	Evidence   []Evidence `json:"evidence,omitempty"`
	Outcome    Outcome    `json:"outcome,omitempty"`
	ClosedAt   time.Time  `json:"closed_at,omitzero"`

	Wait       *Wait     `json:"wait,omitempty"`       // what it waits for, in the state waiting
	Pending    *Notified `json:"pending,omitempty"`    // an extension or a pause whose letter has not been accepted yet
	AppealedAt time.Time `json:"appealed_at,omitzero"` // the requester objected to the outcome
	MovedTo    string    `json:"moved_to,omitempty"`   // the ticket in which it goes on
	Covered    []string  `json:"covered,omitempty"`    // points of the checklist that staff's words have covered
}

// State is how far a request is. ARCHITECTURE.md draws the moves; only people close.
type State string

// The states of a request.
const (
	Received     State = "received"     // ticketed, nobody told yet
	Acknowledged State = "acknowledged" // the acknowledgement was accepted by the mail server
	InWork       State = "in_work"      // a person has taken it
	Waiting      State = "waiting"      // something is needed from the requester or a third party
	Extended     State = "extended"     // in work, and the requester was told that it takes longer
	Reopened     State = "reopened"     // closed before; the requester objects, or still wants something
	Answered     State = "answered"     // closed with an outcome, the requester was written to
	Refused      State = "refused"      // closed by people with reasons
	Withdrawn    State = "withdrawn"    // the requester took it back, people confirmed it
	NoRequest    State = "no_request"   // people found that nothing was asked
	Referred     State = "referred"     // another controller is responsible, the requester was told who
	Moved        State = "moved"        // goes on in another ticket
)

// The states of a child alert.
const (
	Alerted           State = "alerted"
	ChildAcknowledged State = "acknowledged" // a human looks at it
	ChildBlocked      State = "blocked"
	ChildDeleted      State = "deleted"
	ChildCleared      State = "cleared" // people found no child's data
)

// Closed reports whether nothing more is owed in state s.
func (s State) Closed() bool {
	switch s {
	case Answered, Refused, Withdrawn, NoRequest, Referred, Moved:
		return true
	}
	return false
}

// Outcome is what staff decided.
type Outcome string

// The outcomes that staff can close with.
const (
	OutcomeDone      Outcome = "done"
	OutcomePartly    Outcome = "partly"
	OutcomeRefused   Outcome = "refused"
	OutcomeWithdrawn Outcome = "withdrawn"
	OutcomeNone      Outcome = "none"     // nothing was asked: closed without a letter
	OutcomeReferred  Outcome = "referred" // by #refer: another controller is responsible
	OutcomeMoved     Outcome = "moved"    // by #merge and #split
)

// Move gives the move that closes a request with o, and whether #close knows o.
func (o Outcome) Move() (Move, bool) {
	switch o {
	case OutcomeDone, OutcomePartly:
		return MoveAnswer, true
	case OutcomeRefused:
		return MoveRefuse, true
	case OutcomeWithdrawn:
		return MoveWithdraw, true
	case OutcomeNone:
		return MoveNone, true
	}
	return "", false
}

// Party is a person involved in a ticket.
type Party struct {
	Role     Role      `json:"role"`
	Address  Address   `json:"address"`
	Verified time.Time `json:"verified,omitzero"` // when control of the address was shown; zero = not
	How      string    `json:"how,omitempty"`     // "dmarc", "code", or the words of the staff member
}

// Role of a party.
type Role string

// The roles of parties.
const (
	RoleRequester  Role = "requester"
	RoleParent     Role = "parent" // or guardian
	RoleAgent      Role = "agent"  // acts for somebody else
	RoleThirdParty Role = "third_party"
	RoleReporter   Role = "reporter" // staff who handed the mail in; not written to as a requester
)

// Verification is an open question for a code. The code itself is not kept.
type Verification struct {
	CodeHash  []byte    `json:"code_hash"` // keyed, bound to ticket and address
	Address   string    `json:"address"`
	AskedAt   time.Time `json:"asked_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Wrong     int       `json:"wrong"`
	LockedAt  time.Time `json:"locked_at,omitzero"`
	Reminded  int       `json:"reminded"`

	Earlier []EarlierCode `json:"earlier,omitempty"` // codes of letters before a reminder, which name a date that is kept
}

// EarlierCode is a code that was asked for before a reminder brought a new one.
type EarlierCode struct {
	CodeHash  []byte    `json:"code_hash"`
	ExpiresAt time.Time `json:"expires_at"`
	Ref       string    `json:"ref,omitempty"` // the ticket on which it was asked for, when that was joined to this one
}

// opens reports whether code is one of v's, by the comparison same, and until when it is valid.
func (v Verification) opens(ref string, same func(hash []byte, ref string) bool) (bool, time.Time) {
	if len(v.CodeHash) > 0 && same(v.CodeHash, ref) {
		return true, v.ExpiresAt
	}
	for _, e := range v.Earlier {
		if same(e.CodeHash, orElse(e.Ref, ref)) {
			return true, e.ExpiresAt
		}
	}
	return false, time.Time{}
}

// ChildAlert follows a report about a child's data to its end (CASES D42 to D48).
type ChildAlert struct {
	RaisedAt       time.Time `json:"raised_at"` // receipt of the mail
	Look           time.Time `json:"look"`      // a human must have looked
	Block          time.Time `json:"block"`
	Done           time.Time `json:"done"`
	Alarms         int       `json:"alarms"` // how often people were alarmed
	NextAlarm      time.Time `json:"next_alarm,omitzero"`
	AtOnce         int       `json:"at_once,omitempty"`  // alarms since the last timed one, because somebody could not be reached
	Reminded       string    `json:"reminded,omitempty"` // the milestone that people were reminded of
	NextLate       time.Time `json:"next_late,omitzero"` // the next call because a milestone is late
	AcknowledgedAt time.Time `json:"acknowledged_at,omitzero"`
	AcknowledgedBy string    `json:"acknowledged_by,omitempty"`
	BlockedAt      time.Time `json:"blocked_at,omitzero"`
	DeletedAt      time.Time `json:"deleted_at,omitzero"`
	ClearedAt      time.Time `json:"cleared_at,omitzero"` // people found no child's data
}

// State of the whole ticket: closed when every request is, otherwise that of its least
// advanced open request; "verifying" while the requester is asked for a code.
func (t Ticket) State() string {
	open := slices.Collect(func(yield func(State) bool) {
		for _, r := range t.Requests {
			if !r.State.Closed() && !yield(r.State) {
				return
			}
		}
	})
	switch {
	case len(open) == 0:
		return "closed"
	case t.Verifying():
		return "verifying"
	}
	for _, s := range openStates() {
		if slices.Contains(open, s) {
			return string(s)
		}
	}
	return string(InWork)
}

// Closed reports whether nothing more is owed on t.
func (t Ticket) Closed() bool { return t.State() == "closed" }

// Verifying reports whether t waits for the requester to show control of the address.
func (t Ticket) Verifying() bool {
	return t.Verification != nil && t.Requester().Verified.IsZero() && t.needsControl()
}

func (t Ticket) needsControl() bool {
	return slices.ContainsFunc(t.Requests, func(r Request) bool {
		return !r.State.Closed() && r.Right.NeedsAddressControl()
	})
}

// asksContent reports whether somebody wants to be sent the data themselves: nobody gets those without
// proof, parents and agents included (A1).
func (t Ticket) asksContent() bool {
	return slices.ContainsFunc(t.Requests, func(r Request) bool {
		return !r.State.Closed() && (r.Right == Access || r.Right == Portability)
	})
}

// Requester is the party who gets the letters: the requester, parent or agent. It is zero when
// only staff have handed in the mail.
func (t Ticket) Requester() Party {
	for _, p := range t.Parties {
		if p.Role == RoleRequester || p.Role == RoleParent || p.Role == RoleAgent {
			return p
		}
	}
	return Party{}
}

// Party gives the party with this address and whether there is one.
func (t Ticket) Party(address string) (Party, bool) {
	for _, p := range t.Parties {
		if p.Address.Key() == AddressKey(address) {
			return p, true
		}
	}
	return Party{}, false
}

// Rights of t's requests, in display order.
func (t Ticket) Rights() []Right {
	var rs []Right
	for _, r := range t.Requests {
		rs = append(rs, r.Right)
	}
	return SortRights(rs)
}

// Due is the earliest legal limit and the earliest target of the open requests; zero when no
// clock runs.
func (t Ticket) Due() (legal, target time.Time) {
	for _, r := range t.Requests {
		if r.State.Closed() || r.Deadline.Legal.IsZero() {
			continue
		}
		if legal.IsZero() || r.Deadline.Legal.Before(legal) {
			legal = r.Deadline.Legal
		}
		if target.IsZero() || r.Deadline.Target.Before(target) {
			target = r.Deadline.Target
		}
	}
	return legal, target
}

// NextAt is when t must be looked at again though nothing was heard: the next child alarm or
// the next reminder for a code. Zero when nothing is due by itself.
func (t Ticket) NextAt() time.Time {
	var next time.Time
	sooner := func(at time.Time) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if t.Child != nil && !t.Closed() {
		sooner(t.Child.nextAt())
	}
	if t.Verifying() && t.Undeliverable == "" {
		sooner(t.Verification.nextReminder())
	}
	return next
}

// Reminders go out three and seven days after the code was asked for.
func (v Verification) nextReminder() time.Time {
	days := []int{3, 7}
	if v.Reminded >= len(days) || !v.LockedAt.IsZero() {
		return time.Time{}
	}
	at := v.AskedAt.Add(time.Duration(days[v.Reminded]) * 24 * time.Hour)
	if at.After(v.ExpiresAt) {
		return time.Time{}
	}
	return at
}
