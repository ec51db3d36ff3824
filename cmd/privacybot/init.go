package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"privacybot/config"
)

type initCmd struct {
	Out      string        `help:"Where to write the configuration; secrets go into files beside it." type:"path" default:"privacybot.yaml" placeholder:"FILE"`
	State    string        `help:"Folder for the database and the key; beside the configuration, or /var/lib/privacybot for one in /etc." type:"path" placeholder:"DIR"`
	Force    bool          `help:"Replace files that are there."`
	Yes      bool          `help:"Ask nothing: take flags and defaults, and fail when something needed is missing."`
	NoProbe  bool          `help:"Do not try the servers afterwards."`
	Wait     time.Duration `help:"How long the probe waits for its mails." default:"1m"`
	Name     string        `help:"Name of the organisation."`
	Address  string        `help:"The address that the privacy policy names."`
	Timezone string        `help:"IANA zone, such as Europe/Berlin."`
	Law      string        `help:"The law of a request when nothing points to another one."`
	Holidays string        `help:"Country whose public holidays count, such as DE, or none."`
	Policy   string        `help:"Web address of the privacy policy."`
	Provider string        `help:"microsoft365, google or other."`
	IMAP     string        `help:"IMAP server, such as imaps://imap.example.com." name:"imap"`
	SMTP     string        `help:"SMTP server, such as smtps://smtp.example.com." name:"smtp"`
	Username string        `help:"Name to sign in with; the privacy address by default."`
	Border   string        `help:"Name under which your mail server states its findings (authentication.authserv_id)."`
	Tenant   string        `help:"Microsoft 365: tenant id."`
	Client   string        `help:"Microsoft 365 and Google: client id."`
	Desk     string        `help:"Address of who works on requests."`
	OnCall   string        `help:"Address of who is woken for a child's data; the desk by default."`
	Manager  string        `help:"Address of who gets the digest; the desk by default."`
	Mode     string        `help:"shadow (mail goes to staff only) or live." default:"shadow"`
}

// The variables that secrets are taken from when nobody is asked; a flag would stand in the process list (A70).
const (
	envPassword = "PRIVACYBOT_PASSWORD"
	envClient   = "PRIVACYBOT_CLIENT_SECRET"
	envRefresh  = "PRIVACYBOT_REFRESH_TOKEN"
)

// Run asks, writes the configuration and its secrets for the owner's eyes only, and tries them.
func (k initCmd) Run(ctx context.Context, c console) error {
	if k.State == "" && strings.HasPrefix(k.Out, "/etc/") {
		k.State = "/var/lib/privacybot"
	}
	a := answers{initCmd: k, console: c, in: bufio.NewReader(c.in)}
	if err := a.free(k.Out); err != nil {
		return err
	}
	if err := a.ask(); err != nil {
		return err
	}
	text := a.configuration()
	files := []secretFile{{k.Out, text}}
	for _, s := range a.secrets {
		files = append(files, secretFile{filepath.Join(filepath.Dir(k.Out), s.path), s.content + "\n"})
	}
	for _, f := range files {
		if err := a.free(f.path); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(k.Out), 0o700); err != nil {
		return err
	}
	for _, f := range files {
		if err := writePrivate(f.path, f.content); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "wrote %s\n", f.path)
	}
	check := checkCmd{configFlag: configFlag{Config: k.Out}, Probe: !k.NoProbe, Wait: k.Wait}
	if check.Probe {
		fmt.Fprintf(c.out, "trying it: privacybot check --config %s --probe\n", k.Out)
	}
	if err := check.Run(ctx, c); err != nil {
		return fmt.Errorf("%w\n%s was written; change it and run privacybot check --config %s --probe", err, k.Out, k.Out)
	}
	_, err := fmt.Fprintf(c.out, "\nNext: privacybot run --config %s\n", k.Out)
	return err
}

// secretFile is a file for its owner only.
type secretFile struct{ path, content string }

// free refuses a path that is taken, unless it may be replaced.
func (k initCmd) free(path string) error {
	if _, err := os.Lstat(path); err == nil && !k.Force {
		return wrongUse{fmt.Errorf("%s is there already: use --out for another place, or --force to replace it", path)}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// writePrivate replaces a file as a whole, mode 0600.
func writePrivate(path, content string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".privacybot-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// answers holds what was asked and told.
type answers struct {
	initCmd
	console console
	in      *bufio.Reader
	secrets []secretFile // by their name beside the configuration
	server  provider
}

// question asks for one value, and again until check lets it pass. Without anybody to ask, the flag or
// the default counts.
func (a *answers) question(flag, given, ask, byDefault string, check func(string) error) (string, error) {
	if given != "" || a.Yes {
		value := given
		if value == "" {
			value = byDefault
		}
		if err := check(value); err != nil {
			return "", wrongUse{fmt.Errorf("--%s: %w", flag, err)}
		}
		return value, nil
	}
	for range 5 {
		if byDefault != "" {
			fmt.Fprintf(a.console.out, "%s [%s]: ", ask, byDefault)
		} else {
			fmt.Fprintf(a.console.out, "%s: ", ask)
		}
		line, err := a.in.ReadString('\n')
		if line = strings.TrimSpace(line); line == "" {
			line = byDefault
		}
		if err != nil && line == "" {
			return "", wrongUse{fmt.Errorf("nobody answers; use --yes with flags (--%s …)", flag)}
		}
		if bad := check(line); bad != nil {
			fmt.Fprintf(a.console.out, "  %v\n", bad)
			continue
		}
		return line, nil
	}
	return "", wrongUse{fmt.Errorf("--%s: no usable answer", flag)}
}

// secret asks without showing what is typed, or takes a variable when nobody is asked. It goes into a file.
func (a *answers) secret(env, ask, file string) error {
	value, _ := a.console.env(env)
	if value == "" && !a.Yes {
		fmt.Fprintf(a.console.out, "%s (not shown): ", ask)
		var err error
		if f, ok := a.console.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			var typed []byte
			typed, err = term.ReadPassword(int(f.Fd()))
			value = string(typed)
		} else {
			value, err = a.in.ReadString('\n')
			if errors.Is(err, io.EOF) {
				err = nil
			}
		}
		fmt.Fprintln(a.console.out)
		if err != nil {
			return err
		}
	}
	value = strings.TrimRight(value, "\r\n")
	if value == "" {
		return wrongUse{fmt.Errorf("%s: nothing was given; without a terminal it is read from the variable %s", ask, env)}
	}
	a.secrets = append(a.secrets, secretFile{file, value})
	return nil
}

// wellFormed checks a value as config does, by loading a configuration that differs from a good one in
// this value only.
func wellFormed(format, key string) func(string) error {
	return func(value string) error {
		if strings.ContainsAny(value, "\"\\\n\r") {
			return errors.New("must not hold quotes or backslashes")
		}
		text := fmt.Sprintf(format, value)
		from := config.Sources{Env: func(string) (string, bool) { return "", false },
			ReadFile: func(string) ([]byte, error) { return []byte(text), nil }}
		_, problems := config.Load("x.yaml", from, known())
		for _, p := range problems {
			if p.Key == key && !p.Warning {
				return errors.New(p.Text)
			}
		}
		return nil
	}
}
