package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"privacybot/pipeline"
	"privacybot/store"
	"privacybot/ticket"
)

// staffCommand is a command of staff with its own name on the command line. Its words are taken as they
// are, such as -deletion, which is no flag; so flags after them have to be found among them.
type staffCommand struct {
	Config string   `help:"Configuration file." type:"path" placeholder:"FILE"`
	Yes    bool     `help:"Do not ask before something leaves the house."`
	Ref    string   `arg:"" help:"Reference, such as PB-7K3M-Q9XD."`
	Words  []string `arg:"" optional:"" passthrough:"" help:"Its words, as in a mail of staff."`
}

// Run carries it out; the name of the command line is the command's.
func (k staffCommand) Run(ctx context.Context, c console, line *kong.Context) error {
	return k.run(ctx, c, line.Selected().Name, k.Words)
}

func (k staffCommand) run(ctx context.Context, c console, name string, given []string) error {
	var words []string
	for i := 0; i < len(given); i++ {
		switch path, config := strings.CutPrefix(given[i], "--config="); {
		case config:
			k.Config = path
		case given[i] == "--config" && i+1 < len(given):
			i++
			k.Config = given[i]
		case given[i] == "--yes":
			k.Yes = true
		default:
			words = append(words, given[i])
		}
	}
	if k.Config == "" {
		return wrongUse{errors.New("missing flags: --config=FILE")}
	}
	o := order{cmd: ticket.Command{Name: strings.ToLower(strings.TrimPrefix(name, "#")), Arg: strings.Join(words, " ")}, yes: k.Yes}
	o.Config, o.Ref = k.Config, k.Ref
	return command(ctx, c, o)
}

// ticketDo carries out any command of staff by its name.
type ticketDo struct {
	Config  string   `help:"Configuration file." type:"path" placeholder:"FILE"`
	Yes     bool     `help:"Do not ask before something leaves the house."`
	Ref     string   `arg:"" help:"Reference, such as PB-7K3M-Q9XD."`
	Command string   `arg:"" help:"Command without #, such as take, right, verified, requester, blocked, deleted."`
	Args    []string `arg:"" optional:"" passthrough:"" help:"Its words."`
}

// Run carries it out.
func (k ticketDo) Run(ctx context.Context, c console) error {
	return staffCommand{Config: k.Config, Yes: k.Yes, Ref: k.Ref}.run(ctx, c, k.Command, k.Args)
}

// order is one command of the operator on a ticket.
type order struct {
	refArg
	cmd  ticket.Command
	more []ticket.Command // that go with it
	text string
	yes  bool // the operator has confirmed what leaves the house
}

// command carries out an order. Before anything leaves the house, a person at a terminal is asked; a
// script, which has no terminal, has said what it wants.
func command(ctx context.Context, c console, k order) error {
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return err
	}
	p, s, done, err := o.open(ctx, c, false)
	if err != nil {
		return err
	}
	defer done()
	ref := strings.ToUpper(k.Ref)
	if k.leaves() && !k.yes && c.asks {
		if err := confirm(ctx, c, s, ref, o.pipeline.Policy, k); err != nil {
			return err
		}
	}
	said, err := p.Command(ctx, ref, "operator", k.cmd, k.text, k.more...)
	if errors.Is(err, pipeline.ErrRefused) {
		return wrongUse{err}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, said)
	return err
}

func (k order) leaves() bool { return k.cmd.Leaves() || len(k.more) > 0 }

// confirm shows to whom an order writes and what, and waits for a yes.
func confirm(ctx context.Context, c console, s *store.Store, ref string, p ticket.Policy, k order) error {
	t, err := s.Ticket(ctx, ref)
	if err != nil {
		return err
	}
	to := orDash(t.Requester().Address.Address)
	if k.cmd.Name == ticket.CmdInform {
		to = "the recipients of the data"
	} else if len(k.more) > 0 && len(p.Recipients) > 0 {
		to += ", and the recipients of the data"
	}
	fmt.Fprintf(c.err, "%s: #%s %s\nThis writes to %s. Go on? [y/N] ", ref, k.cmd.Name, clean(strings.TrimSpace(k.cmd.Arg+" "+k.text)), clean(to))
	line, _ := bufio.NewReader(c.in).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return errors.New("nothing was done")
}
