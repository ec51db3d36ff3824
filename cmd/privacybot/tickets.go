package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

type ticketCmd struct {
	List    ticketList    `cmd:"" help:"List tickets."`
	Show    ticketShow    `cmd:"" help:"Show one ticket with its history, dates and letters."`
	Note    ticketNote    `cmd:"" help:"Keep a note on a ticket."`
	Ack     ticketAck     `cmd:"" help:"Stop the alarms of a child alert: you are looking at it."`
	Close   ticketClose   `cmd:"" help:"Close a ticket and tell the requester the outcome."`
	Release ticketRelease `cmd:"" help:"Let the waiting letters of a ticket go out."`
	Erase   ticketErase   `cmd:"" help:"Erase a closed ticket with its mails and letters, for good."`
	Do      ticketDo      `cmd:"" help:"Carry out any staff command, such as: do PB-… right +access."`

	Ask       staffCommand `cmd:"" help:"Send the requester a question."`
	Verified  staffCommand `cmd:"" help:"Record how you checked who the requester is."`
	Right     staffCommand `cmd:"" help:"Correct what is asked for: right PB-… +access -deletion."`
	Requester staffCommand `cmd:"" help:"Name the requester of a mail that staff handed in."`
	Extend    staffCommand `cmd:"" help:"Take longer and tell the requester why, before the limit and where the law has it."`
	Pause     staffCommand `cmd:"" help:"Ask the requester; the clock may stand still until the answer, where the law has it."`
	Resume    staffCommand `cmd:"" help:"Record that the answer came in another way."`
	Wait      staffCommand `cmd:"" help:"Record that something is needed from somebody else; the clock runs."`
	Law       staffCommand `cmd:"" help:"Settle the law; dates count anew from the original receipt."`
	Merge     staffCommand `cmd:"" help:"Join a ticket to another one, which goes on."`
	Split     staffCommand `cmd:"" help:"Make a linked ticket of its own for some rights."`
	Assign    staffCommand `cmd:"" help:"Give a ticket to a colleague."`
	Spam      staffCommand `cmd:"" help:"Close a ticket as spam, without a letter."`
	Hold      staffCommand `cmd:"" help:"Legal hold: nothing of a ticket is erased. hold PB-… off ends it."`
	Refer     staffCommand `cmd:"" help:"Close: another controller is responsible; the requester is told whom to ask."`
	Appeal    staffCommand `cmd:"" help:"Open again what the requester objects to."`
	Inform    staffCommand `cmd:"" help:"Tell the recipients of the data what they need to act (GDPR art. 19)."`
	Covered   staffCommand `cmd:"" help:"Mark points of the answer's checklist as covered."`
	Blocked   staffCommand `cmd:"" help:"Record that a child's data is blocked."`
	Deleted   staffCommand `cmd:"" help:"Record that a child's data is deleted."`
}

type ticketList struct {
	configFlag
	JSON bool `help:"Print JSON."`
	Open bool `help:"Only tickets that are not closed."`
}

// requestJSON and ticketJSON are the published form of DESIGN.md section 6.
type requestJSON struct {
	Right ticket.Right `json:"right"`
	State ticket.State `json:"state"`
	Law   string       `json:"law"`
	Due   string       `json:"due"`
}

type ticketJSON struct {
	Ref        string        `json:"ref"`
	State      string        `json:"state"`
	Requester  string        `json:"requester"`
	Verified   bool          `json:"verified"`
	Urgent     bool          `json:"urgent"`
	ReceivedAt string        `json:"received_at"`
	Due        string        `json:"due"`
	DueTarget  string        `json:"due_target"`
	Requests   []requestJSON `json:"requests"`
}

// Run lists tickets, the oldest first.
func (l ticketList) Run(ctx context.Context, c console) error {
	return withStore(ctx, c, l.Config, func(o office, s *store.Store) error {
		tickets, err := s.Tickets(ctx, store.Filter{OpenOnly: l.Open})
		if err != nil {
			return err
		}
		zone := o.pipeline.Policy.Zone
		if l.JSON {
			list := []ticketJSON{}
			for _, t := range tickets {
				list = append(list, toJSON(t, zone))
			}
			return plainJSON(c.out).Encode(list)
		}
		return ticketTable(c.out, tickets, zone)
	})
}

func toJSON(t ticket.Ticket, zone *time.Location) ticketJSON {
	legal, target := dates(t)
	p := t.Requester()
	j := ticketJSON{
		Ref: t.Ref, State: t.State(), Requester: p.Address.Address, Verified: !p.Verified.IsZero(), Urgent: t.Urgent,
		ReceivedAt: stamp(t.ReceivedAt, zone), Due: stamp(legal, zone), DueTarget: stamp(target, zone), Requests: []requestJSON{},
	}
	for _, r := range t.Requests {
		j.Requests = append(j.Requests, requestJSON{Right: r.Right, State: r.State, Law: r.Law, Due: stamp(r.Deadline.Legal, zone)})
	}
	return j
}

// dates gives the legal limit and the target of a ticket: the first that is still to be met, and
// for a closed ticket the first that was.
func dates(t ticket.Ticket) (legal, target time.Time) {
	if legal, target = t.Due(); !legal.IsZero() {
		return legal, target
	}
	for _, r := range t.Requests {
		if d := r.Deadline; !d.Legal.IsZero() && (legal.IsZero() || d.Legal.Before(legal)) {
			legal = d.Legal
		}
		if d := r.Deadline; !d.Target.IsZero() && (target.IsZero() || d.Target.Before(target)) {
			target = d.Target
		}
	}
	return legal, target
}

// stamp is RFC 3339 with the office's zone; "" for no time.
func stamp(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

func ticketTable(w io.Writer, tickets []ticket.Ticket, zone *time.Location) error {
	if len(tickets) == 0 {
		_, err := fmt.Fprintln(w, "no tickets")
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "TICKET\tSTATE\tRECEIVED\tDUE\tASKS FOR\tREQUESTER")
	for _, t := range tickets {
		legal, _ := t.Due()
		due := "-"
		if !legal.IsZero() {
			due = legal.In(zone).Format(time.DateOnly)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", t.Ref, stateWords(t), t.ReceivedAt.In(zone).Format(minutes), due, rightWords(t.Rights()), clean(orDash(t.Requester().Address.Address)))
	}
	return tw.Flush()
}

func rightWords(rs []ticket.Right) string {
	var words []string
	for _, r := range rs {
		words = append(words, string(r))
	}
	return strings.Join(words, ", ")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

type refArg struct {
	configFlag
	Ref string `arg:"" help:"Reference, such as PB-7K3M-Q9XD."`
}

type ticketShow struct {
	refArg
	JSON bool `help:"Print JSON."`
}

// Run shows one ticket.
func (k ticketShow) Run(ctx context.Context, c console) error {
	return withStore(ctx, c, k.Config, func(o office, s *store.Store) error {
		t, err := s.Ticket(ctx, strings.ToUpper(k.Ref))
		if err != nil {
			return err
		}
		events, err := s.Events(ctx, t.Ref)
		if err != nil {
			return err
		}
		letters, err := s.Letters(ctx, t.Ref)
		if err != nil {
			return err
		}
		if k.JSON {
			return plainJSON(c.out).Encode(fullTicket(t, events, letters, o.pipeline.Policy.Zone))
		}
		return showTicket(c.out, t, events, letters, o.pipeline.Policy.Zone)
	})
}

// letterJSON is one letter of a ticket.
type letterJSON struct {
	Kind      ticket.LetterKind `json:"kind"`
	To        string            `json:"to"`
	MessageID string            `json:"message_id"`
	State     string            `json:"state"`
	Hold      string            `json:"hold"`
	Attempts  int               `json:"attempts"`
	Code      int               `json:"code"`
	CreatedAt string            `json:"created_at"`
	SentAt    string            `json:"sent_at"`
	FailedAt  string            `json:"failed_at"`
}

// ticketWithSheets is all that is kept of a ticket, with the proof of its dates in words.
type ticketWithSheets struct {
	ticket.Ticket
	Sheets []sheetJSON `json:"sheets"`
}

// sheetJSON is the proof of one request's dates.
type sheetJSON struct {
	Right ticket.Right `json:"right"`
	Lines []string     `json:"lines"`
}

// fullTicket is everything about a ticket, for scripts: the form of the list, and under "ticket"
// all that is kept.
func fullTicket(t ticket.Ticket, events []ticket.Event, letters []store.LetterState, zone *time.Location) any {
	if v := t.Verification; v != nil {
		shown := *v
		shown.CodeHash = nil
		t.Verification = &shown
	}
	sheets := []sheetJSON{}
	for _, r := range t.Requests {
		sheets = append(sheets, sheetJSON{Right: r.Right, Lines: append([]string{}, r.Sheet(zone)...)})
	}
	list := []letterJSON{}
	for _, l := range letters {
		list = append(list, letterJSON{
			Kind: l.Kind, To: l.To, MessageID: l.MessageID, State: l.State, Hold: l.Hold, Attempts: l.Attempts, Code: l.Code,
			CreatedAt: stamp(l.CreatedAt, zone), SentAt: stamp(l.SentAt, zone), FailedAt: stamp(l.FailedAt, zone),
		})
	}
	return struct {
		ticketJSON
		Ticket  ticketWithSheets `json:"ticket"`
		Events  []ticket.Event   `json:"events"`
		Letters []letterJSON     `json:"letters"`
	}{toJSON(t, zone), ticketWithSheets{t, sheets}, events, list}
}

type ticketNote struct {
	refArg
	Text []string `arg:"" help:"The note."`
}

func (k ticketNote) Run(ctx context.Context, c console) error {
	return command(ctx, c, order{refArg: k.refArg, cmd: ticket.Command{Name: ticket.CmdNote}, text: strings.Join(k.Text, " ")})
}

type ticketAck struct{ refArg }

func (k ticketAck) Run(ctx context.Context, c console) error {
	return command(ctx, c, order{refArg: k.refArg, cmd: ticket.Command{Name: ticket.CmdAck}})
}

type ticketRelease struct {
	refArg
	Yes bool `help:"Do not ask first."`
}

func (k ticketRelease) Run(ctx context.Context, c console) error {
	return command(ctx, c, order{refArg: k.refArg, cmd: ticket.Command{Name: ticket.CmdRelease}, yes: k.Yes})
}

type ticketClose struct {
	refArg
	Outcome string   `arg:"" enum:"done,partly,refused,withdrawn,none" help:"done, partly, refused, withdrawn or none."`
	Text    []string `arg:"" optional:"" help:"What the requester is told; rights in front of it close these only."`
	Inform  string   `help:"What the recipients of the data must know to act (GDPR art. 19)." placeholder:"TEXT"`
	Yes     bool     `help:"Do not ask first."`
}

func (k ticketClose) Run(ctx context.Context, c console) error {
	rights := 0 // words that are rights by themselves; a sentence in quotes never is
	for rights < len(k.Text) && ticket.Right(k.Text[rights]).Valid() {
		rights++
	}
	o := order{refArg: k.refArg, yes: k.Yes, text: strings.Join(k.Text[rights:], " "),
		cmd: ticket.Command{Name: ticket.CmdClose, Arg: strings.TrimSpace(k.Outcome + " " + strings.Join(k.Text[:rights], " "))}}
	if k.Inform != "" {
		o.more = []ticket.Command{{Name: ticket.CmdInform, Arg: k.Inform}}
	}
	return command(ctx, c, o)
}

// withStore runs fn on the database of a configuration.
func withStore(ctx context.Context, c console, path string, fn func(office, *store.Store) error) error {
	o, err := loadOffice(c, path)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, o.database)
	if err != nil {
		return err
	}
	defer s.Close()
	return fn(o, s)
}
