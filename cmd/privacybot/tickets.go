package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"privacybot/pipeline"
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

// fullTicket is everything about a ticket, for scripts: the form of the list, and under "ticket"
// all that is kept.
func fullTicket(t ticket.Ticket, events []ticket.Event, letters []store.LetterState, zone *time.Location) any {
	if v := t.Verification; v != nil {
		shown := *v
		shown.CodeHash = nil
		t.Verification = &shown
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
		Ticket  ticket.Ticket  `json:"ticket"`
		Events  []ticket.Event `json:"events"`
		Letters []letterJSON   `json:"letters"`
	}{toJSON(t, zone), t, events, list}
}

type ticketNote struct {
	refArg
	Text []string `arg:"" help:"The note."`
}

func (k ticketNote) Run(ctx context.Context, c console) error {
	return command(ctx, c, k.refArg, ticket.Command{Name: ticket.CmdNote}, strings.Join(k.Text, " "))
}

type ticketAck struct{ refArg }

func (k ticketAck) Run(ctx context.Context, c console) error {
	return command(ctx, c, k.refArg, ticket.Command{Name: ticket.CmdAck}, "")
}

type ticketRelease struct{ refArg }

func (k ticketRelease) Run(ctx context.Context, c console) error {
	return command(ctx, c, k.refArg, ticket.Command{Name: ticket.CmdRelease}, "")
}

type ticketClose struct {
	refArg
	Outcome string   `arg:"" enum:"done,partly,refused,withdrawn,none" help:"done, partly, refused, withdrawn or none."`
	Text    []string `arg:"" optional:"" help:"What the requester is told."`
}

func (k ticketClose) Run(ctx context.Context, c console) error {
	return command(ctx, c, k.refArg, ticket.Command{Name: ticket.CmdClose, Arg: k.Outcome}, strings.Join(k.Text, " "))
}

// ticketDo takes the words of its command as they are, such as -deletion, which is no flag. So
// --config after them has to be found among them.
type ticketDo struct {
	Config  string   `help:"Configuration file." type:"path" placeholder:"FILE"`
	Ref     string   `arg:"" help:"Reference, such as PB-7K3M-Q9XD."`
	Command string   `arg:"" help:"Command without #, such as take, right, verified, requester, blocked, deleted."`
	Args    []string `arg:"" optional:"" passthrough:"" help:"Its words."`
}

func (k ticketDo) Run(ctx context.Context, c console) error {
	var words []string
	for i := 0; i < len(k.Args); i++ {
		if path, ok := strings.CutPrefix(k.Args[i], "--config="); ok {
			k.Config = path
		} else if k.Args[i] == "--config" && i+1 < len(k.Args) {
			i++
			k.Config = k.Args[i]
		} else {
			words = append(words, k.Args[i])
		}
	}
	if k.Config == "" {
		return wrongUse{errors.New("missing flags: --config=FILE")}
	}
	var r refArg
	r.Config, r.Ref = k.Config, k.Ref
	return command(ctx, c, r, ticket.Command{Name: strings.TrimPrefix(k.Command, "#"), Arg: strings.Join(words, " ")}, "")
}

// command carries out cmd on a ticket as the operator.
func command(ctx context.Context, c console, k refArg, cmd ticket.Command, text string) error {
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return err
	}
	p, _, done, err := o.open(ctx, c, false)
	if err != nil {
		return err
	}
	defer done()
	said, err := p.Command(ctx, strings.ToUpper(k.Ref), "operator", cmd, text)
	if errors.Is(err, pipeline.ErrRefused) {
		return wrongUse{err}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, said)
	return err
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
