package ticket

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// followup handles a mail of a party on the ticket's own thread.
func (d *draft) followup(c MailCause, t Ticket) {
	ch := d.change(t)
	d.remember(ch, c.Message.MessageID)
	ch.Ticket.HeardAt = d.now
	if d.answersCode(ch, c) {
		d.resumeAll(ch, c, true)
		return
	}
	d.event(ch, EventFollowup, "requester", "the %s wrote again", t.Requester().Role)
	resumed := d.resumeAll(ch, c, false)
	var appealed []Right
	if d.objects(ch.Ticket, c) {
		appealed = d.reopen(ch, refusedRights(ch.Ticket), c.Message.ReceivedAt, "requester", "the requester objects to the outcome", true)
	}
	if len(c.Verdict.Danger) > 0 && !t.Danger {
		ch.Ticket.endanger(c.Verdict)
		d.event(ch, EventFollowup, "bot", "%s", inDanger)
	}
	added := d.newRights(ch, c)
	d.settle(DispFollowup, t.Ref, "on its ticket's thread, from a party")
	what := "The requester wrote again."
	if len(added) > 0 {
		what = "The requester wrote again and now also asks for " + joinRights(added) + "."
		d.acknowledgeMore(ch, c, added)
	}
	if len(appealed) > 0 {
		what += " This is an appeal against the outcome: " + joinRights(appealed) + " is open again."
	} else if d.reopens(ch, c) {
		what += " The ticket was closed and is open again."
	}
	if resumed {
		what += " It may be the answer to your question: work goes on, and so does the clock."
	}
	proposal := d.proposal(ch, c)
	what += proposal
	if len(added) == 0 && len(appealed) == 0 && proposal == "" && d.answerStatus(ch, c) {
		what += " The question where things stand was answered with state, date and reference."
	}
	if ch.Ticket.Child != nil && t.Child == nil {
		d.alarm(ch)
	}
	d.noticeFollowup(ch, c, what)
}

// remember keeps the thread for the References of later letters, bounded.
func (d *draft) remember(ch *Change, messageID string) {
	if messageID == "" || slices.Contains(ch.Ticket.Thread, messageID) {
		return
	}
	ch.Ticket.Thread = append(ch.Ticket.Thread, messageID)
	if n := len(ch.Ticket.Thread); n > 12 {
		ch.Ticket.Thread = append(ch.Ticket.Thread[:1], ch.Ticket.Thread[n-11:]...)
	}
}

// newRights adds what the mail asks for beyond the ticket's requests, each with its own clock
// from its own receipt (BEHAVIOURS 18).
func (d *draft) newRights(ch *Change, c MailCause) []Right {
	var added []Right
	for _, r := range c.Verdict.Rights {
		if r == Other || r == Question || slices.Contains(ch.Ticket.openRights(), r) {
			continue
		}
		if r != Child && (c.Verdict.NeedsHuman || c.Verdict.Route == RouteSpam) {
			continue // staff read the mail and decide; a child's data waits for nobody
		}
		ch.Ticket.Requests = append(ch.Ticket.Requests, d.request(r, c))
		if r == Child && ch.Ticket.Child == nil {
			ch.Ticket.Child, ch.Ticket.Urgent = d.childAlert(c.Message.ReceivedAt), true
		}
		d.event(ch, EventRequest, "requester", "also asks for %s", r)
		added = append(added, r)
	}
	return added
}

func (t Ticket) openRights() []Right {
	var rs []Right
	for _, r := range t.Requests {
		if !r.State.Closed() {
			rs = append(rs, r.Right)
		}
	}
	return rs
}

// acknowledgeMore tells the requester that a further right was understood.
func (d *draft) acknowledgeMore(ch *Change, c MailCause, added []Right) {
	t := &ch.Ticket
	if d.stops(*t, c, added) {
		d.stop(ch, c)
		if onlyStops(added) {
			if !t.Stopping.Quiet {
				d.stopLetter(ch, c)
			}
			return
		}
	}
	if d.silent(c) != "" || t.Silent != "" {
		return
	}
	kind := LetterAcknowledgement
	if slices.Contains(added, Child) {
		kind = LetterChild
	} else if d.braked(t, c) != "" {
		return
	}
	o := d.toRequester(ch, kind)
	o.Data.Rights = added
	o.Data.ReceivedAt = c.Message.ReceivedAt.In(d.facts.Policy.Zone)
	var asked []Request
	for _, r := range t.Requests {
		if slices.Contains(added, r.Right) {
			asked = append(asked, r)
		}
	}
	o.Data.Due, o.Data.LawName = d.promised(asked)
	o.Data.AskDetails = asksDetails(c) && slices.Contains(added, Complaint)
	if kind == LetterAcknowledgement && t.Verification == nil && d.asksCode(*t, c) {
		d.askCode(ch, &o)
	}
	d.order(d.inAnswerTo(c, o))
}

// reopens opens a closed ticket again when the requester still wants something. Thanks do not.
func (d *draft) reopens(ch *Change, c MailCause) bool {
	t := &ch.Ticket
	if !t.Closed() || !asksSomething(c.Verdict) {
		return false
	}
	return len(d.reopen(ch, nil, c.Message.ReceivedAt, "requester", "the requester answered the closing letter", false)) > 0
}

// A code as people type it: eight digits, in two groups or run together, perhaps after "Code:".
var typedCode = regexp.MustCompile(`(?:^|[^0-9-])([0-9]{4})[ \-‐‑–—]?([0-9]{4})(?:[^0-9-]|$)`)

// typedCodes finds what may be codes in what the person wrote now, at most three.
func typedCodes(text string) []string {
	var codes []string
	for _, m := range typedCode.FindAllStringSubmatch(westernDigits(text), 3) {
		if code := m[1] + "-" + m[2]; !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

// westernDigits reads the full-width digits of East Asian keyboards.
func westernDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return '0' + r - '０'
		}
		return r
	}, text)
}

// answersCode handles a mail that types a code, and reports whether that was all it did. Only the
// sender's own new words count, never a quote, and never a mail that a machine may have written
// (A22 to A28). A number that is no code, or words beside one, leave the mail a followup, so that
// staff read it.
func (d *draft) answersCode(ch *Change, c MailCause) bool {
	t := &ch.Ticket
	v := t.Verification
	if v == nil || AddressKey(c.Message.From.Address) != v.Address || c.Message.Forwarded != "" || c.Message.NoAutoReply || c.Message.NullSender {
		return false
	}
	codes := typedCodes(c.Message.NewText)
	if len(codes) == 0 {
		return false
	}
	p := t.requesterParty()
	var until time.Time
	i := slices.IndexFunc(codes, func(code string) (right bool) {
		right, until = v.opens(t.Ref, func(hash []byte, ref string) bool { return d.facts.Supply.Same(hash, ref, v.Address, code) })
		return right
	})
	right := i >= 0
	more := slices.ContainsFunc(c.Verdict.Rights, func(r Right) bool { return r != Other && r != Question && !slices.Contains(t.openRights(), r) })
	switch {
	case !p.Verified.IsZero() && right:
		d.event(ch, EventFollowup, "requester", "typed a code again; the address was confirmed before") // A23
	case !p.Verified.IsZero():
		return false
	case right && (quotedOnly(c.Message.NewText, t.Ref, codes[i]) || away(c.Message.NewText)):
		d.event(ch, EventFollowup, "bot", "the code stands in a copy of our letter only, or beside an absence note, and confirms nothing") // A24
		return false
	case !v.LockedAt.IsZero():
		d.event(ch, EventCodeLocked, "requester", "typed a code while codes are locked")
	case right && d.now.Before(until):
		p.Verified, p.How = d.now, "code"
		d.event(ch, EventVerified, "requester", "confirmed the address with the code")
		d.order(d.inAnswerTo(c, d.toRequester(ch, LetterVerified)))
		d.noticeFollowup(ch, c, "The requester has confirmed the address with the code.")
		d.settle(DispVerification, t.Ref, "answers the question for the code")
		return !more
	case right:
		d.event(ch, EventCodeWrong, "requester", "typed a code that had expired")
		d.freshCode(ch, c)
	default:
		d.wrongCode(ch, c)
	}
	d.settle(DispVerification, t.Ref, "answers the question for the code")
	return !more && onlyCode(c.Message.NewText)
}

// shortestLetter is fewer runes than any letter that asks for a code has, in any language.
const shortestLetter = 400

// quotedOnly reports whether text holds code no more often than a copy of our letter in it does. A
// letter that asks for a code holds that once, beside the ticket's reference; an absence note may
// repeat all of it without any sign of a quote (A24).
func quotedOnly(text, ref, code string) bool {
	if !strings.Contains(strings.ToUpper(text), ref) || utf8.RuneCountInString(text) < shortestLetter {
		return false
	}
	n := 0
	for _, m := range typedCode.FindAllStringSubmatch(westernDigits(text), -1) {
		if m[1]+"-"+m[2] == code {
			n++
		}
	}
	return n < 2
}

// onlyCode reports whether text says nothing beside a code and a word or two.
func onlyCode(text string) bool {
	return len(strings.Fields(typedCode.ReplaceAllString(westernDigits(text), " "))) <= 3
}

// inAnswerTo lets o wait for approval when the mail it answers calls for that.
func (d *draft) inAnswerTo(c MailCause, o LetterOrder) LetterOrder {
	if o.Hold == "" {
		o.Hold = d.hold(c)
	}
	return o
}

// wrongCode counts a wrong code. After the last try codes are locked and staff are told; the
// request itself goes on (A22).
func (d *draft) wrongCode(ch *Change, c MailCause) {
	v := ch.Ticket.Verification
	v.Wrong++
	left := max(d.facts.Policy.CodeTries-v.Wrong, 0)
	d.event(ch, EventCodeWrong, "requester", "typed a wrong code, %d tries are left", left)
	if left == 0 {
		v.LockedAt = d.now
		d.event(ch, EventCodeLocked, "bot", "too many wrong codes: codes are locked, the request goes on")
		d.noticeFollowup(ch, c, "The requester typed too many wrong codes. Codes are locked; the request goes on. Check who it is and use #verified.")
	}
	o := d.toRequester(ch, LetterNotVerified)
	o.Data.TriesLeft = left
	d.order(d.inAnswerTo(c, o))
}

// freshCode sends a new code in place of an expired one.
func (d *draft) freshCode(ch *Change, c MailCause) {
	o := d.toRequester(ch, LetterVerification)
	d.askCode(ch, &o)
	d.order(d.inAnswerTo(c, o))
}

func (t *Ticket) requesterParty() *Party {
	for i, p := range t.Parties {
		if p.Role == RoleRequester || p.Role == RoleParent || p.Role == RoleAgent {
			return &t.Parties[i]
		}
	}
	return &Party{}
}
