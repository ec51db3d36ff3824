package ticket

import (
	"fmt"
	"slices"
	"strings"
)

// Command is one instruction of staff, written as a line "#name argument" at the top of a mail,
// or given at the terminal.
type Command struct {
	Name string // without the #, lower case
	Arg  string // the rest of the line, trimmed
}

// The commands.
const (
	CmdNote      = "note"
	CmdAck       = "ack"
	CmdTake      = "take"
	CmdAsk       = "ask"
	CmdClose     = "close"
	CmdVerified  = "verified"
	CmdRight     = "right"
	CmdRequester = "requester"
	CmdRelease   = "release"
	CmdBlocked   = "blocked"
	CmdDeleted   = "deleted"
	CmdTicket    = "ticket"
	CmdHelp      = "help"
	CmdSend      = "send"
	CmdDrop      = "drop"
)

// CommandHelp is one line of the help, in the order in which it is shown.
type CommandHelp struct {
	Use, Does string
	Rare      bool // left out of the notices; #help lists it
}

// CommandHelps explains every command.
func CommandHelps() []CommandHelp {
	return append([]CommandHelp{
		{Use: "(plain text)", Does: "is sent to the requester as the company's answer"},
		{Use: "#note text", Does: "keeps the text on the ticket; it never leaves the house"},
		{Use: "#take", Does: "makes the ticket yours"},
		{Use: "#ask text", Does: "sends a question; also before the address is confirmed"},
		{Use: "#verified how", Does: "records that you have checked who the requester is"},
		{Use: "#right +access -deletion", Does: "corrects what is asked for; dates count from the first receipt"},
		{Use: "#requester address", Does: "names the requester of a mail that staff handed in; without an address: as proposed"},
		{Use: "#close done|partly|refused|withdrawn text", Does: "closes and tells the requester the outcome in writing"},
		{Use: "#close none", Does: "closes without a letter: nothing was asked"},
		{Use: "#release", Does: "lets waiting letters of this ticket go out"},
		{Use: "#ack", Does: "stops the alarms of a child alert: you are looking at it"},
		{Use: "#blocked", Does: "the child's data is blocked"},
		{Use: "#deleted", Does: "the child's data is deleted"},
		{Use: "#ticket M-…", Does: "in an answer to the sorting mail: opens a ticket for that mail"},
		{Use: "#send", Does: "in an answer to a held mail: sends that text after all"},
		{Use: "#drop", Does: "in an answer to a held mail: forgets that text"},
		{Use: "#help", Does: "sends the list of all commands"},
	}, lifeHelps()...)
}

// ParseCommands splits a staff mail into the commands of its first lines and the text that
// follows. Empty lines before and between commands are skipped; the first other line ends them.
func ParseCommands(text string) (cmds []Command, rest string) {
	lines := strings.Split(text, "\n")
	i := 0
	for ; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "" {
			continue
		}
		if !strings.HasPrefix(line, "#") || len(line) < 2 || line[1] == ' ' || line[1] == '#' {
			break
		}
		name, arg, _ := strings.Cut(line[1:], " ")
		cmds = append(cmds, Command{Name: strings.ToLower(name), Arg: strings.TrimSpace(arg)})
	}
	return cmds, strings.TrimSpace(strings.Join(lines[i:], "\n"))
}

// Known reports whether the command exists.
func (c Command) Known() bool {
	return slices.Contains([]string{CmdNote, CmdAck, CmdTake, CmdAsk, CmdClose, CmdVerified, CmdRight,
		CmdRequester, CmdRelease, CmdBlocked, CmdDeleted, CmdTicket, CmdHelp, CmdSend, CmdDrop}, c.Name) || c.life()
}

// ThreadOnly reports whether the command may be given by whoever answers on a staff member's
// own thread, without further proof: it lets nothing out and undoes nothing.
func (c Command) ThreadOnly() bool {
	return c.Name == CmdAck || c.Name == CmdNote || c.Name == CmdTake || c.Name == CmdHelp
}

// closeArgs reads "done", "partly deletion access" and the like.
func closeArgs(arg string) (Outcome, []Right, string, error) {
	fields := strings.Fields(arg)
	if len(fields) == 0 {
		return "", nil, "", fmt.Errorf("#close needs an outcome: done, partly, refused, withdrawn or none")
	}
	o := Outcome(strings.ToLower(fields[0]))
	if _, ok := o.Move(); !ok {
		return "", nil, "", fmt.Errorf("#close does not know %q; use done, partly, refused, withdrawn or none", cut(fields[0], 20))
	}
	fields = fields[1:]
	var rights []Right
	for len(fields) > 0 && Right(strings.ToLower(fields[0])).Valid() {
		rights = append(rights, Right(strings.ToLower(fields[0])))
		fields = fields[1:]
	}
	return o, rights, strings.Join(fields, " "), nil
}

// rightArgs reads "+access -deletion".
func rightArgs(arg string) (add, drop []Right, err error) {
	for _, f := range strings.Fields(strings.ToLower(strings.ReplaceAll(arg, ",", " "))) {
		sign, r := f[0], Right(strings.TrimLeft(f, "+-"))
		if !r.Valid() {
			return nil, nil, fmt.Errorf("#right does not know %q; the rights are %s", cut(string(r), 20), joinRights(Rights()))
		}
		if sign == '-' {
			drop = append(drop, r)
		} else {
			add = append(add, r)
		}
	}
	if len(add)+len(drop) == 0 {
		return nil, nil, fmt.Errorf("#right needs what to add or take away, for example: #right +access -deletion")
	}
	return add, drop, nil
}

func joinRights(rs []Right) string {
	words := make([]string, len(rs))
	for i, r := range rs {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}

// cut bounds s to n runes.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}
