package ticket

import (
	"slices"
	"strings"
)

// The commands about the life of a request: its dates, its way between tickets and people, its
// recipients.
const (
	CmdExtend  = "extend"
	CmdPause   = "pause"
	CmdResume  = "resume"
	CmdWait    = "wait"
	CmdLaw     = "law"
	CmdMerge   = "merge"
	CmdSplit   = "split"
	CmdAssign  = "assign"
	CmdSpam    = "spam"
	CmdHold    = "hold"
	CmdList    = "list"
	CmdShow    = "show"
	CmdRefer   = "refer"
	CmdAppeal  = "appeal"
	CmdInform  = "inform"
	CmdCovered = "covered"
)

// lifeHelps explains them.
func lifeHelps() []CommandHelp {
	return []CommandHelp{
		{Use: "#extend [right] reason", Does: "tells the requester that it takes longer, and why; only before the limit, where the law has it; the new date counts once the letter was accepted"},
		{Use: "#pause [identity|fee] question", Does: "asks the requester; the clock may stand still from then to the answer, where the law has it"},
		{Use: "#resume how", Does: "the answer came in another way than by mail on the ticket", Rare: true},
		{Use: "#wait what for", Does: "something is needed from somebody else; the clock runs", Rare: true},
		{Use: "#law code why", Does: "another law applies; dates are counted anew from the original receipt", Rare: true},
		{Use: "#merge PB-…", Does: "joins this ticket to that one; the earliest clock counts, later mail goes there, nothing is sent"},
		{Use: "#split right…", Does: "makes a linked ticket of its own for these rights, with their clock", Rare: true},
		{Use: "#assign name", Does: "gives the ticket to a colleague, by name or address"},
		{Use: "#spam", Does: "closes without a letter: this is spam", Rare: true},
		{Use: "#hold reason", Does: "legal hold: nothing of the ticket is erased; #hold off ends it", Rare: true},
		{Use: "#refer name and address", Does: "closes: another controller is responsible; the requester is told whom to ask"},
		{Use: "#appeal [right]", Does: "the requester objects to the outcome: opens it again", Rare: true},
		{Use: "#inform text", Does: "tells the recipients of the data, when correction, deletion or restriction is done: the reference, the right and this text", Rare: true},
		{Use: "#covered point…", Does: "these points of the answer's checklist are covered, for example in an attachment", Rare: true},
		{Use: "#list", Does: "sends your open tickets", Rare: true},
		{Use: "#show PB-…", Does: "sends all about a ticket: dates, history, letters", Rare: true},
	}
}

// life reports whether c is one of these commands.
func (c Command) life() bool {
	return slices.Contains([]string{CmdExtend, CmdPause, CmdResume, CmdWait, CmdLaw, CmdMerge, CmdSplit, CmdAssign, CmdSpam,
		CmdHold, CmdList, CmdShow, CmdRefer, CmdAppeal, CmdInform, CmdCovered}, c.Name)
}

// writes reports whether the text below c goes to the requester with it.
func (c Command) writes() bool {
	return slices.Contains([]string{CmdAsk, CmdClose, CmdExtend, CmdPause, CmdRefer}, c.Name)
}

// Leaves reports whether c may write to somebody outside the house.
func (c Command) Leaves() bool {
	return c.writes() && !strings.EqualFold(strings.TrimSpace(c.Arg), string(OutcomeNone)) || c.Name == CmdInform || c.Name == CmdRelease
}

// Named is what a decision must know of a ticket that a command names.
type Named struct {
	Ticket Ticket
	Events []Event
}

// Refs lists the tickets that commands name, in capitals, and whether they ask for the list of open
// tickets. The pipeline looks them up before [Decide].
func Refs(cmds []Command) (refs []string, list bool) {
	for _, c := range cmds {
		switch c.Name {
		case CmdMerge, CmdShow:
			if f := strings.Fields(c.Arg); len(f) > 0 && len(f[0]) <= 40 {
				refs = append(refs, refOf(f[0]))
			}
		case CmdList:
			list = true
		}
	}
	return refs[:min(len(refs), 5)], list
}

func refOf(word string) string { return strings.ToUpper(strings.Trim(word, "[]().,;")) }

// life carries out one of these commands.
func (w *work) life(c Command) {
	switch c.Name {
	case CmdExtend:
		w.extend(c.Arg)
	case CmdPause:
		w.pause(c.Arg)
	case CmdResume:
		w.resume(c.Arg)
	case CmdWait:
		w.wait(c.Arg)
	case CmdLaw:
		w.law(c.Arg)
	case CmdMerge:
		w.merge(c.Arg)
	case CmdSplit:
		w.split(c.Arg)
	case CmdAssign:
		w.assign(c.Arg)
	case CmdSpam:
		w.spam()
	case CmdHold:
		w.legalHold(c.Arg)
	case CmdList:
		w.list()
	case CmdShow:
		w.show(c.Arg)
	case CmdRefer:
		w.refer(c.Arg)
	case CmdAppeal:
		w.appeal(c.Arg)
	case CmdInform:
		w.inform(c.Arg)
	case CmdCovered:
		w.cover(c.Arg)
	}
}

// leadingRights takes the rights that stand first in arg.
func leadingRights(arg string) (rights []Right, rest string) {
	rest = strings.TrimSpace(arg)
	for {
		word, more, _ := strings.Cut(rest, " ")
		r := Right(strings.ToLower(strings.TrimRight(word, ",")))
		if !r.Valid() {
			return rights, rest
		}
		rights, rest = append(rights, r), strings.TrimSpace(more)
	}
}

// mayWrite names what forbids that staff's words go to the requester in a letter that may go
// before the address is confirmed, because it tells nothing about them.
func (w *work) mayWrite(c string) {
	w.checkLeaving()
	switch {
	case len(w.files()) > 0:
		w.refuse("Attachments do not go with #%s. Send them in a plain reply or with #ask.", c)
	case w.ch.Ticket.Requester().Address.IsZero():
		w.refuse("This ticket has no requester to write to. Name one with #requester address.")
	case !w.draft.facts.Policy.Relay && !w.atTerminal:
		w.refuse("Passing words on to requesters is switched off (relay.enabled): use #%s at the terminal.", c)
	}
}

// openRequests gives the open requests with one of rights, or all when rights is empty.
func (w *work) openRequests(rights []Right) []*Request {
	var out []*Request
	for i := range w.ch.Ticket.Requests {
		if r := &w.ch.Ticket.Requests[i]; !r.State.Closed() && (len(rights) == 0 || slices.Contains(rights, r.Right)) {
			out = append(out, r)
		}
	}
	return out
}
