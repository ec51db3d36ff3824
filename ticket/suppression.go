package ticket

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Suppression says how mailings to an address are stopped.
type Suppression struct {
	Hook bool   // a program or a service of the office takes the address, and its word counts
	Mail string // the address of those who keep the lists; "" = nobody is mailed
}

// Stopping is a wish to get no mailings any more, on its way to having really stopped (CASES D17).
type Stopping struct {
	Address   string    `json:"address"`
	AddedAt   time.Time `json:"added_at"`
	Quiet     bool      `json:"quiet,omitempty"`     // the requester was told of the same lately: no letter when it is done
	Told      bool      `json:"told,omitempty"`      // the requester was told that the wish is recorded
	FailedAt  time.Time `json:"failed_at,omitzero"`  // the hook failed first
	StoppedAt time.Time `json:"stopped_at,omitzero"` // the hook, or a person, said that the mailings have stopped
	DroppedAt time.Time `json:"dropped_at,omitzero"` // people found that nothing was to stop
}

// StopState is how far a wish to get no mailings is.
type StopState string

// The states of such a wish.
const (
	StopWaiting StopState = "waiting"
	StopDone    StopState = "done"
	StopDropped StopState = "dropped"
)

// Stop is one entry of the suppression list as a decision wants it.
type Stop struct {
	Ref     string
	Address string
	At      time.Time // from when on the hook may be run
	Want    StopState
}

// SuppressionCause is the last word of the suppression hook about the address of a ticket.
type SuppressionCause struct {
	Address string
	Done    bool
	Attempt int    // counted from 1
	Why     string // of a failure; holds no address
}

func (SuppressionCause) cause() {}

// stops reports whether the mail asks, clearly and by the person concerned, for no more mailings: only
// then does the machine act on it. Nobody proves who they are for that, but nobody acts for another
// without people having looked (CASES D17, D38).
func (d *draft) stops(t Ticket, c MailCause, rights []Right) bool {
	m := c.Message
	p, ok := t.Party(m.From.Address)
	switch {
	case !slices.Contains(rights, Unsubscribe) && !(slices.Contains(rights, Objection) && marketing(c)):
		return false
	case !ok || p.Role != RoleRequester || m.Authors != 1 || t.Writer.Official() || t.Writer == WriterAgent:
		return false
	case c.Verdict.NeedsHuman && len(c.AsRights) == 0, m.Authentication.DMARC == Fail, c.Verdict.Route == RouteSpam:
		return false
	}
	return m.Automatic == NotAutomatic || m.Automatic == ""
}

// stop puts the requester's address on the suppression list. It says what was done, for staff.
func (d *draft) stop(ch *Change, c MailCause) []string {
	t, p := &ch.Ticket, d.facts.Policy
	if t.Stopping != nil && t.Stopping.DroppedAt.IsZero() && t.Stopping.StoppedAt.IsZero() {
		return nil
	}
	t.Stopping = &Stopping{Address: t.Requester().Address.Address, AddedAt: d.now, Quiet: t.Silent != "" || d.silent(c) != "" || d.braked(t, c) != ""}
	d.event(ch, EventStopping, "bot", "the address is on the suppression list")
	switch {
	case p.Suppression.Hook:
		return []string{"the address is on the suppression list, and the suppression hook is told; you hear if it fails"}
	case p.Suppression.Mail != "":
		d.mailStop(ch)
		return []string{"the address is on the suppression list and was mailed to " + p.Suppression.Mail + "; when the mailings have stopped, reply: #close done unsubscribe"}
	}
	return []string{"the address is on the suppression list (privacybot suppression export); take it off the mailing lists by " + dayOr(d.stopBy(*t), p.Zone) + ", then reply: #close done unsubscribe"}
}

// stopBy is the day by which mailings are to have stopped: the next working day.
func (d *draft) stopBy(t Ticket) time.Time {
	return DateOf(t.Stopping.AddedAt, d.facts.Policy.Zone).AddBusinessDays(1, d.facts.Policy.Holidays).End(d.facts.Policy.Zone)
}

// mailStop tells those who keep the lists. They are of the house, so they get the address.
func (d *draft) mailStop(ch *Change) {
	t := ch.Ticket
	o := d.toStaff(LetterStaffWarning, Staff{Address: d.facts.Policy.Suppression.Mail}, t)
	o.Key = t.Ref + "/suppression/" + AddressKey(t.Stopping.Address)
	o.Data.Lines = []string{"Stop all mailings to this address by " + dayOr(d.stopBy(t), d.facts.Policy.Zone) + ": " + t.Stopping.Address,
		"Tell the privacy desk when they have stopped."}
	d.order(o)
}

// onlyStops reports whether rights ask for nothing but an end of the mailings.
func onlyStops(rights []Right) bool { return slices.Equal(rights, []Right{Unsubscribe}) }

// stopLetter orders the first letter to somebody who only unsubscribes. With a hook nothing is said
// until its word is known, in the same minute.
func (d *draft) stopLetter(ch *Change, c MailCause) []string {
	if d.facts.Policy.Suppression.Hook {
		return []string{"the requester is told when the hook has answered"}
	}
	d.recorded(ch, c.Message.ReceivedAt)
	return []string{"told the requester that the wish is recorded"}
}

func (d *draft) recorded(ch *Change, received time.Time) {
	ch.Ticket.Stopping.Told = true
	o := d.toRequester(ch, LetterRecorded)
	o.Key = ch.Ticket.Ref + "/" + string(LetterRecorded) + "/" + fmt.Sprint(ch.Ticket.Stopping.AddedAt.UnixMicro())
	o.Data.ReceivedAt = received.In(d.facts.Policy.Zone)
	o.Data.Rights = []Right{Unsubscribe}
	d.order(o)
}

// suppressed carries on with what the hook said: "stopped" is written only after it succeeded.
func (d *draft) suppressed(c SuppressionCause) {
	if d.facts.Ticket == nil || d.facts.Ticket.Stopping == nil {
		return
	}
	t := *d.facts.Ticket
	if s := t.Stopping; AddressKey(s.Address) != AddressKey(c.Address) || !s.StoppedAt.IsZero() || !s.DroppedAt.IsZero() {
		return
	}
	ch := d.change(t)
	s, unsub := ch.Ticket.Stopping, false
	for i := range ch.Ticket.Requests {
		r := &ch.Ticket.Requests[i]
		if r.Right != Unsubscribe || r.State.Closed() {
			continue
		}
		unsub = true
		if c.Done && r.move(MoveAnswer) == nil {
			r.Outcome, r.ClosedAt, r.Wait = OutcomeDone, d.now, nil
		}
	}
	switch {
	case c.Done:
		s.StoppedAt = d.now
		d.event(ch, EventStopped, "bot", "the suppression hook has taken the address: the mailings have stopped")
		if !s.Quiet {
			o := d.toRequester(ch, LetterStopped)
			o.Key = ch.Ticket.Ref + "/" + string(LetterStopped) + "/" + fmt.Sprint(s.AddedAt.UnixMicro())
			o.Data.Rights = []Right{Unsubscribe}
			d.order(o)
		}
	case s.FailedAt.IsZero():
		s.FailedAt = d.now
		d.event(ch, EventStopping, "bot", "the suppression hook failed (%s) and will be tried again", c.Why)
		if unsub && !s.Quiet && !s.Told && onlyStops(ch.Ticket.openRights()) {
			d.recorded(ch, ch.Ticket.ReceivedAt)
		}
		d.hookFailed(ch, c)
	default:
		d.event(ch, EventStopping, "bot", "the suppression hook failed again (%s)", c.Why)
	}
}

// hookFailed gives staff the task to stop the mailings by hand, due the next working day.
func (d *draft) hookFailed(ch *Change, c SuppressionCause) {
	by := dayOr(d.stopBy(ch.Ticket), d.facts.Policy.Zone)
	for _, s := range d.facts.Policy.inCharge(ch.Ticket) {
		o := d.toStaff(LetterStaffFollowup, s, ch.Ticket)
		o.Key = ch.Ticket.Ref + "/suppression-failed/" + AddressKey(s.Address)
		o.Data.Notice = &Notice{Ticket: ch.Ticket, Commands: true, From: ch.Ticket.Requester().Address,
			What: "The suppression hook failed (" + c.Why + "). It is tried again, and the requester is told only when it has worked. Take the address off the mailing lists by " + by + " if it has not; then reply: #close done unsubscribe"}
		d.order(o)
	}
}

// keepStops brings the suppression list in step with the tickets of this decision: what people closed
// as done has stopped, what they found to be nothing is dropped.
func (d *draft) keepStops() {
	for _, ch := range d.out.Changes {
		s := ch.Ticket.Stopping
		if s == nil {
			continue
		}
		w := Stop{Ref: ch.Ticket.Ref, Address: s.Address, At: s.AddedAt, Want: StopWaiting}
		switch {
		case !s.StoppedAt.IsZero():
			w.Want = StopDone
		case !s.DroppedAt.IsZero():
			w.Want = StopDropped
		}
		d.out.Stops = append(d.out.Stops, w)
	}
}

// settleStopping notes on the ticket what staff's closing means for the mailings.
func (w *work) settleStopping(closed []Right, o Outcome) {
	s := w.ch.Ticket.Stopping
	if s == nil || !s.StoppedAt.IsZero() || !slices.Contains(closed, Unsubscribe) && (!slices.Contains(closed, Objection) || slices.Contains(w.ch.Ticket.openRights(), Unsubscribe)) {
		return
	}
	switch o {
	case OutcomeDone, OutcomePartly:
		s.StoppedAt = w.draft.now
		w.draft.event(w.ch, EventStopped, w.actor, "the mailings have stopped")
	case OutcomeNone, OutcomeWithdrawn:
		s.DroppedAt = w.draft.now
		w.draft.event(w.ch, EventStopping, w.actor, "the address is off the suppression list again")
	}
}

// marketing reports whether an objection is about direct marketing, which is always honoured (GDPR
// art. 21(3)): the words that spoke for it name advertising.
func marketing(c MailCause) bool {
	return slices.ContainsFunc(c.Verdict.Evidence, func(e Evidence) bool { return e.Right == Objection && says(e.Quote, advertising()) })
}

// advertising are words for it, in lower case.
func advertising() []string {
	return strings.Fields(`marketing advertis promotion mailing newsletter werb mailings publicit prospection démarchage publicidad
		mercadotecnia pubblicit promozion publicidade propaganda reclame marketingow reklam пазарлама pazarlama рекла маркетинг рассыл
		营销 推广 广告 行銷 廣告 マーケティング 広告 宣伝`)
}
