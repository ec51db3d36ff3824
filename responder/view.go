package responder

import (
	"slices"
	"strings"
	"time"

	"privacybot/ticket"
)

// Bounds of what a template is given. They keep every letter below maxLetter.
const (
	maxLine  = 300   // bytes of a value on one line
	maxList  = 4000  // bytes of a list of sentences
	maxWords = 20000 // bytes of staff's words in a receipt
	maxFrame = 12000 // bytes of a requester's words in a notice
	maxRows  = 25    // rows of one list
)

// view is what a template sees (templates/README.md). Every value that comes from outside is a
// text, words or frame.
type view struct {
	Organisation text
	Address      text
	Postal       text
	PolicyURL    text
	Footer       []text // the operator's own lines below letters to requesters

	Kind       string
	Ref        text
	Received   text // the day
	ReceivedAt text // day and time
	Rights     []rightView
	RightNames text // "Access, Deletion"
	RightCodes text // "access, deletion"
	Due        text // the latest day for the answer
	DueAt      text // with time, for what is due within hours
	Law        text
	Code       text
	CodeUntil  text
	TriesLeft  int
	Answer     words
	Outcome    string
	State      string // for comparisons
	Late       bool
	AskDetails bool
	Unreadable bool
	Authority  text
	Appeal     bool

	Relay   bool   // staff's answers are passed on
	Lines   []text // staff receipts
	Said    frame  // what was sent, below the lines
	Notice  *noticeView
	Sorting []sortingView
	Work    []workView // work list and reminders
	Overdue int        // tickets of the list whose limit has passed
	Digest  *digestView
	Bundle  *bundleView
}

// rightView is a right in the words of the reader's language.
type rightView struct {
	Right     string // its code, for comparisons
	Name, Now string // from words.yaml
}

// newView gives what the templates of o may use.
func (c *Composer) newView(o ticket.LetterOrder, w *wordlist, now time.Time) view {
	d := o.Data
	in := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(c.config.Zone)
	}
	org := c.config.Organisation
	v := view{
		Organisation: line(org.Name, maxLine), Address: line(org.Address.Address, maxLine),
		Postal: line(org.Postal, maxLine), PolicyURL: line(org.PolicyURL, maxLine),
		Footer: texts(nonEmpty(c.config.Footer)),
		Kind:   string(o.Kind), Ref: line(o.Ref, maxLine),
		Received: text(w.date(in(d.ReceivedAt))), ReceivedAt: text(w.clock(in(d.ReceivedAt))),
		Due: text(w.date(in(d.Due))), DueAt: text(w.clock(in(d.Due))),
		Law: line(w.law(d.LawName), maxLine), Code: line(d.Code, 20), CodeUntil: text(w.clock(in(d.CodeUntil))),
		TriesLeft: max(d.TriesLeft, 0), Outcome: string(d.Outcome), Late: d.Late,
		State: d.State, AskDetails: d.AskDetails, Unreadable: d.Unreadable, Authority: line(w.authority(d.Authority), maxLine), Appeal: d.Appeal,
		Answer: words(lines(d.Answer, 2*maxLong)), // never cut in silence: what is longer is refused
	}
	rights := ticket.SortRights(d.Rights)
	var names, codes []string
	for _, r := range rights {
		v.Rights = append(v.Rights, rightView{Right: string(r), Name: w.Rights[r].Name, Now: w.Rights[r].Now})
		names, codes = append(names, w.Rights[r].Name), append(codes, string(r))
	}
	v.RightNames, v.RightCodes = text(strings.Join(names, w.Join)), text(strings.Join(codes, ", "))
	if o.Kind.External() {
		return v
	}
	v.Relay = c.config.Relay
	v.Lines, v.Said = receipt(d.Lines)
	v.Sorting = c.sorting(d.Sorting, w)
	if d.Worklist != nil {
		v.Work, v.Overdue = c.worklist(*d.Worklist, w), d.Worklist.Overdue
	}
	if d.Notice != nil {
		v.Notice = c.notice(*d.Notice, w)
	}
	if len(d.Bundle) > 0 {
		v.Bundle = c.bundle(d.Bundle, w)
	}
	if d.Digest != nil {
		v.Digest = c.digest(*d.Digest, w, now)
	}
	return v
}

// nonEmpty gives the lines of s that hold something.
func nonEmpty(s string) []string {
	return slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
}

// receipt splits the lines of a receipt: statements first; after an empty line, the words that
// are sent.
func receipt(all []string) ([]text, frame) {
	for i, l := range all {
		if strings.TrimSpace(l) == "" {
			return texts(all[:i]), frame(lines(strings.Join(all[i+1:], "\n"), maxWords))
		}
	}
	return texts(all), ""
}
