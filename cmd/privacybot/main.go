// Command privacybot looks after a privacy mailbox. Package pipeline says what it does; here are
// the flags, the wiring, the exit codes and what people see on a terminal.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // zone rules also on machines that have none (CASES C55)

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// Exit codes, which others script against (DESIGN.md section 6).
const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2 // wrong use or wrong configuration
)

// version is set by the release build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)   // a second signal ends the process at once (C8)
	signal.Ignore(syscall.SIGPIPE) // who reads our log may leave; writing to it fails then, and that is all (C60)
	code := run(ctx, os.Args[1:], console{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv, asks: term.IsTerminal(int(os.Stdin.Fd()))})
	stop()
	os.Exit(code)
}

// console is where a command reads and writes.
type console struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) (string, bool)
	asks     bool // a person sits at in and can be asked
}

// cli is the command line.
type cli struct {
	Demo        demoCmd        `cmd:"" help:"Show the whole way on a sample mailbox. Needs no account and no configuration."`
	Init        initCmd        `cmd:"" help:"Ask a few questions, write a configuration and try it."`
	Run         runCmd         `cmd:"" help:"Watch the mailbox until stopped."`
	Once        onceCmd        `cmd:"" help:"Receive, decide, send and sweep all that is due now, then exit."`
	Check       checkCmd       `cmd:"" help:"Check the configuration and tell every problem at once."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the database up to date."`
	Parse       parseCmd       `cmd:"" help:"Show how mails are read: one JSON object a line."`
	Classify    classifyCmd    `cmd:"" help:"Show what mails ask for, and why."`
	Ticket      ticketCmd      `cmd:"" help:"Look at tickets and work on them."`
	Ledger      ledgerCmd      `cmd:"" help:"List what became of every mail and compare it with the server."`
	Redteam     redteamCmd     `cmd:"" help:"Play published attacks against the program on this machine and print what leaked."`
	Digest      digestCmd      `cmd:"" help:"Show the managers' digest."`
	Laws        lawsCmd        `cmd:"" help:"Show the laws with their periods and sources."`
	Health      healthCmd      `cmd:"" help:"Show how the program's own work stands; exit 1 when something is wrong."`
	Letters     lettersCmd     `cmd:"" help:"Write every letter in every language into a folder, to look at."`
	Purge       purgeCmd       `cmd:"" help:"Erase what has been kept long enough, or show it."`
	Suppression suppressionCmd `cmd:"" help:"The addresses that get no mailings any more."`
	Audit       auditCmd       `cmd:"" help:"Check the chain over all that happened."`
	Backup      backupCmd      `cmd:"" help:"Write a backup while the program runs."`
	Restore     restoreCmd     `cmd:"" help:"Fill a database from a backup."`
	Keys        keysCmd        `cmd:"" help:"Look at the operator's keys and rotate them."`
	Shadow      shadowCmd      `cmd:"" help:"List what shadow mode has kept from requesters."`
	Support     supportCmd     `cmd:"" help:"Write a bundle that may be handed out to who helps."`
	Man         manCmd         `cmd:"" help:"Write the manual page (roff)."`
	Completion  completionCmd  `cmd:"" help:"Write a completion script for a shell."`
	Version     versionCmd     `cmd:"" help:"Show the version."`
}

// wrongUse is an error that the caller can mend: it ends with exit code 2.
type wrongUse struct{ error }

// run carries out one command line and gives its exit code. Results go to out, everything else
// to err.
func run(ctx context.Context, args []string, c console) int {
	var commands cli
	exited := -1
	parser, err := kong.New(&commands,
		kong.Name("privacybot"),
		kong.Description("Looks after a privacy mailbox: loses nothing, answers in time, lets nothing out."),
		kong.Writers(c.out, c.err),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c),
	)
	if err != nil {
		fmt.Fprintf(c.err, "privacybot: %v\n", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help was shown
		return exited
	}
	if err != nil {
		fmt.Fprintf(c.err, "privacybot: %v\nTry privacybot --help\n", err)
		return exitUsage
	}
	err = parsed.Run()
	var wrong wrongUse
	switch {
	case err == nil || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, syscall.EPIPE): // C60
		return exitFine
	case errors.As(err, &wrong):
		complain(c.err, err)
		return exitUsage
	}
	complain(c.err, err)
	return exitFailed
}

func complain(w io.Writer, err error) {
	if text := strings.TrimSpace(err.Error()); text != "" {
		fmt.Fprintf(w, "privacybot: %s\n", text)
	}
}

type versionCmd struct {
	SBOM bool `help:"List what the binary is made of, as CycloneDX JSON." name:"sbom"`
}

// Run prints the version.
func (k versionCmd) Run(c console) error {
	if k.SBOM {
		return billOfMaterials(c.out)
	}
	_, err := fmt.Fprintln(c.out, "privacybot", version)
	return err
}
