package ticket_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"privacybot/ticket"
)

// reachable gives the states that a request can have after at most three moves of one decision,
// by people or only by the machine and the requester.
func reachable(from ticket.State, people bool) map[ticket.State]bool {
	reached := map[ticket.State]bool{from: true}
	for range 3 {
		for s := range maps(reached) {
			for _, row := range ticket.Moves() {
				if row.From == s && (people || !row.People) {
					reached[row.To] = true
				}
			}
		}
	}
	return reached
}

func maps(m map[ticket.State]bool) map[ticket.State]bool {
	c := map[ticket.State]bool{}
	for k := range m {
		c[k] = true
	}
	return c
}

// No sequence of mails, commands, deliveries and time leaves the table; only people close; a date moves
// only with an entry on its sheet; and the sheet only grows.
func TestNoSequenceLeavesTheTable(t *testing.T) {
	texts := []string{"#take", "#note x", "#ask Which?", "#pause Which account?", "#pause identity Who?", "#extend much to do", "#close done All done.", "#close partly Some is kept.",
		"#close refused It must be kept.", "#close withdrawn", "#close none", "#refer Example Bank", "#appeal", "#spam", "#right +access", "#right -child", "#law uk-gdpr", "#law us-ca-ccpa x",
		"#wait the archive", "#resume by phone", "#split access", "#split complaint deletion", "#blocked", "#deleted", "#ack", "#assign Mona", "#hold x", "Dear Jane, yes."}
	rapid.Check(t, func(r *rapid.T) {
		rights := rapid.SliceOfNDistinct(rapid.SampledFrom([]ticket.Right{ticket.Access, ticket.Deletion, ticket.Complaint, ticket.Child, ticket.Correction}), 1, 3, rapid.ID).Draw(r, "rights")
		v := asks(ticket.SortRights(rights)...)
		v.Law = rapid.SampledFrom([]string{"eu-gdpr", "uk-gdpr", "us-ca-ccpa", "br-lgpd"}).Draw(r, "law")
		now := noon
		tk := ticket.Decide(now, facts(t), ticket.MailCause{ID: 1, Message: proven(from("jane@example.org", "x")), Verdict: v}).Changes[0].Ticket
		var letters []ticket.LetterOrder
		for i := range rapid.IntRange(1, 25).Draw(r, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 6*24*60).Draw(r, "minutes")) * time.Minute)
			f := facts(t)
			f.Ticket, f.Supply = &tk, supply("PB-SPLT-0001")
			var cause ticket.Cause
			people := false
			switch rapid.IntRange(0, 3).Draw(r, "what") {
			case 0:
				people = true
				f.Answer = &ticket.SentLetter{Kind: ticket.LetterStaffNotice, Ref: tk.Ref, To: "desk@example.com"}
				m := desk(rapid.SampledFrom(texts).Draw(r, "command"))
				m.ReceivedAt = now
				cause = ticket.MailCause{ID: int64(i + 10), Message: m, Verdict: other()}
			case 1:
				f.Answer = &ticket.SentLetter{Kind: ticket.LetterAnswer, Ref: tk.Ref, To: "jane@example.org"}
				m := proven(from("jane@example.org", rapid.SampledFrom([]string{"I withdraw my request", "I appeal", "the blue one", "delete it"}).Draw(r, "words")))
				m.ReceivedAt = now
				m.Automatic = rapid.SampledFrom([]ticket.Automatic{ticket.NotAutomatic, ticket.NotAutomatic, ticket.AutoReply}).Draw(r, "automatic")
				cause = ticket.MailCause{ID: int64(i + 10), Message: m, Verdict: rapid.SampledFrom([]ticket.Verdict{other(), asks(ticket.Deletion), asks(ticket.Complaint)}).Draw(r, "verdict")}
			case 2:
				if len(letters) == 0 {
					continue
				}
				l := rapid.SampledFrom(letters).Draw(r, "letter")
				cause = ticket.DeliveryCause{Letter: ticket.SentLetter{Kind: l.Kind, Key: l.Key, Ref: l.Ref, To: l.To.Address}, Status: "5.1.1",
					Result: rapid.SampledFrom([]ticket.DeliveryResult{ticket.DeliveryAccepted, ticket.DeliveryRefused, ticket.DeliveryBounced}).Draw(r, "result")}
			default:
				cause = ticket.DueCause{}
			}
			d := ticket.Decide(now, f, cause)
			letters = append(letters, slices.DeleteFunc(slices.Clone(d.Letters), func(o ticket.LetterOrder) bool { return !o.Kind.External() })...)
			for _, c := range d.Changes {
				if c.Ticket.Ref != tk.Ref {
					continue
				}
				checkStep(r, tk, c.Ticket, people)
				tk = c.Ticket
			}
		}
	})
}

func checkStep(r *rapid.T, before, after ticket.Ticket, people bool) {
	if len(after.Requests) < len(before.Requests) {
		r.Fatal("a request is gone")
	}
	for i, was := range before.Requests {
		is := after.Requests[i]
		if !reachable(was.State, people)[is.State] {
			r.Fatalf("%s went from %s to %s (people: %v)", was.Right, was.State, is.State, people)
		}
		if is.State.Closed() && !was.State.Closed() && !people {
			r.Fatalf("the machine closed %s as %s", is.Right, is.State)
		}
		if is.State.Closed() != !is.ClosedAt.IsZero() || (is.State == ticket.Waiting) != (is.Wait != nil) {
			r.Fatalf("%s: closed at %s, waits for %+v", is.State, is.ClosedAt, is.Wait)
		}
		if len(is.Deadline.Changes) < len(was.Deadline.Changes) || !slices.Equal(is.Deadline.Proof, was.Deadline.Proof) {
			r.Fatal("the sheet lost a line")
		}
		if !is.Deadline.Legal.Equal(was.Deadline.Legal) && len(is.Deadline.Changes) == len(was.Deadline.Changes) {
			r.Fatalf("%s moved from %s to %s without a line on the sheet", is.Right, was.Deadline.Legal, is.Deadline.Legal)
		}
		if n := len(is.Deadline.Changes); n > 0 && !is.Deadline.Changes[n-1].Legal.Equal(is.Deadline.Legal) {
			r.Fatal("the last line of the sheet names another date")
		}
	}
}
