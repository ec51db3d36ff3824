package ticket

import "time"

// Event is one entry of a ticket's history. It is only ever added.
type Event struct {
	At    time.Time `json:"at"`
	Kind  EventKind `json:"kind"`
	Actor string    `json:"actor"`          // "bot", "requester", "operator", or "staff:<name>"
	Mail  int64     `json:"mail,omitempty"` // the mail that caused it
	Text  string    `json:"text"`           // why, in one or a few plain sentences; may hold personal data, so it is sealed
}

// EventKind names what happened.
type EventKind string

// The kinds of events.
const (
	EventOpened       EventKind = "opened"
	EventRequest      EventKind = "request_added"
	EventFollowup     EventKind = "followup"
	EventStranger     EventKind = "stranger" // somebody who is no party wrote on the thread
	EventCodeAsked    EventKind = "code_asked"
	EventVerified     EventKind = "verified"
	EventCodeWrong    EventKind = "code_wrong"
	EventCodeLocked   EventKind = "code_locked"
	EventAlarm        EventKind = "child_alarm"
	EventAcknowledged EventKind = "child_acknowledged"
	EventBlocked      EventKind = "child_blocked"
	EventDeleted      EventKind = "child_deleted"
	EventLetterSent   EventKind = "letter_sent"
	EventLetterFailed EventKind = "letter_failed"
	EventBounced      EventKind = "letter_bounced"
	EventNote         EventKind = "note"
	EventTaken        EventKind = "taken"
	EventAnswer       EventKind = "answer"
	EventHeld         EventKind = "held"
	EventReclassified EventKind = "reclassified"
	EventClosed       EventKind = "closed"
	EventReopened     EventKind = "reopened"
	EventReleased     EventKind = "released" // held letters were approved
	EventParty        EventKind = "party"
	EventCleared      EventKind = "child_cleared"
	EventDates        EventKind = "dates" // extended, paused, counted by another law
	EventWaiting      EventKind = "waiting"
	EventMerged       EventKind = "merged"
	EventSplit        EventKind = "split"
	EventAssigned     EventKind = "assigned"
	EventHold         EventKind = "legal_hold"
	EventReferred     EventKind = "referred"
	EventAppeal       EventKind = "appeal"
	EventRecipient    EventKind = "recipient"         // a recipient of the data was told, or answered (GDPR art. 19)
	EventStopping     EventKind = "mailings_stopping" // the address is on the suppression list
	EventStopped      EventKind = "mailings_stopped"
	EventProposal     EventKind = "proposal" // what the machine proposes and people decide
)
