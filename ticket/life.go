package ticket

import (
	"fmt"
	"slices"
	"strings"
)

// Move names what happens to a request, or to a child alert. What it leads to stands in [Moves].
type Move string

// The moves of a request.
const (
	MoveAcknowledge Move = "acknowledge" // the acknowledgement was accepted by the mail server
	MoveWork        Move = "work"        // staff take it, answer, or go on after a wait
	MoveAsk         Move = "ask"         // something is needed from the requester or a third party
	MoveResume      Move = "resume"      // what was needed has come
	MoveExtend      Move = "extend"      // the notice of an extension was accepted by the mail server
	MoveVoid        Move = "void"        // that notice came back: there is no extension
	MoveAnswer      Move = "close"       // #close done, partly
	MoveRefuse      Move = "refuse"      // #close refused
	MoveWithdraw    Move = "withdraw"    // #close withdrawn
	MoveNone        Move = "close_none"  // #close none, #right -…, #spam
	MoveRefer       Move = "refer"       // #refer
	MoveAway        Move = "move_away"   // #merge, #split: it goes on in another ticket
	MoveReopen      Move = "reopen"      // the requester answers, objects or appeals
	MoveLook        Move = "look"        // a person looks at a child alert
	MoveBlock       Move = "block"       // #blocked
	MoveDelete      Move = "delete"      // #deleted
	MoveClear       Move = "clear"       // people found no child's data
)

// Transition is one row of a table of moves.
type Transition struct {
	From   State
	Move   Move
	To     State
	People bool   // only people make this move, never the machine
	Why    string // for the drawing: what has happened
}

// Moves is the table of everything that can happen to a request. Whatever is not in it is refused.
func Moves() []Transition {
	open := []State{Received, Acknowledged, InWork, Waiting, Extended, Reopened}
	ends := []Transition{
		{Move: MoveAnswer, To: Answered, People: true, Why: "#close done, partly"},
		{Move: MoveRefuse, To: Refused, People: true, Why: "#close refused"},
		{Move: MoveWithdraw, To: Withdrawn, People: true, Why: "#close withdrawn"},
		{Move: MoveNone, To: NoRequest, People: true, Why: "#close none"},
		{Move: MoveRefer, To: Referred, People: true, Why: "#refer"},
		{Move: MoveAway, To: Moved, People: true, Why: "#merge, #split"},
	}
	table := []Transition{
		{From: Received, Move: MoveAcknowledge, To: Acknowledged, Why: "the acknowledgement was accepted by the mail server"},
		{From: Received, Move: MoveWork, To: InWork, People: true, Why: "staff take it or answer"},
		{From: Acknowledged, Move: MoveWork, To: InWork, People: true, Why: "staff take it or answer"},
		{From: Reopened, Move: MoveWork, To: InWork, People: true, Why: "staff take it or answer"},
		{From: Waiting, Move: MoveWork, To: InWork, People: true, Why: "staff go on"},
		{From: Waiting, Move: MoveResume, To: InWork, Why: "the answer has come, or the question did not arrive"},
		{From: Extended, Move: MoveVoid, To: InWork, Why: "the notice of the extension came back"},
	}
	for _, s := range open {
		if s != Waiting {
			table = append(table, Transition{From: s, Move: MoveAsk, To: Waiting, People: true, Why: "#ask, #pause, #wait"})
		}
		if s != Extended && s != Waiting { // a wait keeps its state; the dates count all the same
			table = append(table, Transition{From: s, Move: MoveExtend, To: Extended, Why: "the notice of the extension was accepted by the mail server"})
		}
	}
	for _, end := range ends {
		for _, s := range open {
			end.From = s
			table = append(table, end)
		}
		if end.To != Moved {
			table = append(table, Transition{From: end.To, Move: MoveReopen, To: Reopened, Why: "the requester answers, objects or appeals"})
		}
	}
	return table
}

// ChildMoves is the same for an alert about a child's data, which goes its way beside the request.
func ChildMoves() []Transition {
	return []Transition{
		{From: Alerted, Move: MoveLook, To: ChildAcknowledged, People: true, Why: "a person answers the alarm"},
		{From: Alerted, Move: MoveBlock, To: ChildBlocked, People: true, Why: "#blocked"},
		{From: Alerted, Move: MoveDelete, To: ChildDeleted, People: true, Why: "#deleted"},
		{From: Alerted, Move: MoveClear, To: ChildCleared, People: true, Why: "#right -child"},
		{From: ChildAcknowledged, Move: MoveBlock, To: ChildBlocked, People: true, Why: "#blocked"},
		{From: ChildAcknowledged, Move: MoveDelete, To: ChildDeleted, People: true, Why: "#deleted"},
		{From: ChildAcknowledged, Move: MoveClear, To: ChildCleared, People: true, Why: "#right -child"},
		{From: ChildBlocked, Move: MoveDelete, To: ChildDeleted, People: true, Why: "#deleted"},
		{From: ChildBlocked, Move: MoveClear, To: ChildCleared, People: true, Why: "#right -child"},
	}
}

// IllegalMove says that a move is not in the table, and what is possible instead.
type IllegalMove struct {
	From     State
	Move     Move
	Possible []Move
}

// Error names the state and what can be done in it.
func (e IllegalMove) Error() string {
	can := make([]string, len(e.Possible))
	for i, m := range e.Possible {
		can[i] = strings.ReplaceAll(string(m), "_", " ")
	}
	return fmt.Sprintf("%s is not possible for what is %s; possible are: %s",
		strings.ReplaceAll(string(e.Move), "_", " "), strings.ReplaceAll(string(e.From), "_", " "), strings.Join(can, ", "))
}

// after gives the state that m leads to in table, from s.
func after(table []Transition, s State, m Move) (State, error) {
	var possible []Move
	for _, t := range table {
		if t.From != s {
			continue
		}
		if t.Move == m {
			return t.To, nil
		}
		possible = append(possible, t.Move)
	}
	return s, IllegalMove{From: s, Move: m, Possible: possible}
}

// move takes r along the table, or leaves it as it is and says what is possible.
func (r *Request) move(m Move) error {
	to, err := after(Moves(), r.State, m)
	if err == nil {
		r.State = to
	}
	return err
}

// can reports whether m is possible for r.
func (r Request) can(m Move) bool {
	_, err := after(Moves(), r.State, m)
	return err == nil
}

// State of the alert: how far people are with it.
func (a ChildAlert) State() State {
	switch {
	case !a.ClearedAt.IsZero():
		return ChildCleared
	case !a.DeletedAt.IsZero():
		return ChildDeleted
	case !a.BlockedAt.IsZero():
		return ChildBlocked
	case !a.AcknowledgedAt.IsZero():
		return ChildAcknowledged
	}
	return Alerted
}

// openState is the order in which the states of open requests make the state of their ticket: the
// least advanced one counts.
func openStates() []State {
	return []State{Received, Reopened, Acknowledged, InWork, Extended, Waiting}
}

// Diagram draws a table of moves for ARCHITECTURE.md; a test compares the two.
func Diagram(table []Transition, start State, startWhy string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "stateDiagram-v2\n    [*] --> %s: %s\n", start, startWhy)
	var drawn []string
	for _, t := range table {
		line := fmt.Sprintf("    %s --> %s: %s\n", t.From, t.To, t.Why)
		if !slices.Contains(drawn, line) {
			drawn = append(drawn, line)
			b.WriteString(line)
		}
	}
	return b.String()
}
