package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
)

// leaf is a command that can be run, such as "ticket show".
type leaf struct {
	path string
	node *kong.Node
}

// leaves lists the commands of the model in their order.
func leaves(n *kong.Node, path string) []leaf {
	var out []leaf
	for _, child := range n.Children {
		name := strings.TrimSpace(path + " " + child.Name)
		if below := leaves(child, name); len(below) > 0 {
			out = append(out, below...)
			continue
		}
		out = append(out, leaf{name, child})
	}
	return out
}

// model is the command line as kong knows it.
func model() (*kong.Application, error) {
	k, err := kong.New(&cli{}, kong.Name("privacybot"), kong.Exit(func(int) {}))
	if err != nil {
		return nil, err
	}
	return k.Model, nil
}

type manCmd struct{}

// Run writes the manual page.
func (manCmd) Run(c console) error {
	app, err := model()
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString(".TH PRIVACYBOT 1\n.SH NAME\nprivacybot \\- looks after a privacy mailbox\n.SH SYNOPSIS\n.B privacybot\n.I command\n[flags]\n" +
		".SH DESCRIPTION\nWatches the mailbox that a privacy policy names, understands what people ask for, keeps legal deadlines, answers in time and lets nothing out. " +
		"Results go to standard output, everything else to standard error.\n.SH COMMANDS\n")
	for _, l := range leaves(app.Node, "") {
		fmt.Fprintf(&b, ".SS %s%s\n%s\n", roff(l.path), roff(arguments(l.node)), roff(l.node.Help))
		for _, f := range flagsOf(l.node) {
			value := ""
			if !f.IsBool() {
				value = " \\fI" + roff(strings.ToUpper(f.FormatPlaceHolder())) + "\\fR"
			}
			fmt.Fprintf(&b, ".TP\n\\fB%s\\fR%s\n%s\n", roff("--"+f.Name), value, roff(f.Help))
		}
	}
	b.WriteString(".SH EXIT STATUS\n0: fine. 1: failed, or something is wrong. 2: wrong use or wrong configuration.\n" +
		".SH FILES\n.TP\n/etc/privacybot/privacybot.yaml\nThe configuration of the packaged service.\n.TP\n/var/lib/privacybot\nIts database and keys.\n")
	_, err = io.WriteString(c.out, b.String())
	return err
}

func arguments(n *kong.Node) string {
	var b strings.Builder
	for _, p := range n.Positional {
		b.WriteString(" <" + p.Name + ">")
	}
	return b.String()
}

func flagsOf(n *kong.Node) []*kong.Flag {
	var out []*kong.Flag
	for _, f := range n.Flags {
		if !f.Hidden && f.Name != "help" {
			out = append(out, f)
		}
	}
	return out
}

// roff keeps text from being read as requests or escapes.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run writes a completion script.
func (k completionCmd) Run(c console) error {
	app, err := model()
	if err != nil {
		return err
	}
	var b strings.Builder
	all := leaves(app.Node, "")
	switch k.Shell {
	case "fish":
		b.WriteString("complete -c privacybot -n __fish_use_subcommand -f\n")
		for _, n := range app.Children {
			fmt.Fprintf(&b, "complete -c privacybot -n __fish_use_subcommand -a %s -d %s\n", n.Name, shellQuote(n.Help))
		}
		for _, l := range all {
			words := strings.Fields(l.path)
			if len(words) > 1 {
				fmt.Fprintf(&b, "complete -c privacybot -n '__fish_seen_subcommand_from %s' -f -a %s -d %s\n", words[0], words[1], shellQuote(l.node.Help))
			}
			for _, f := range flagsOf(l.node) {
				fmt.Fprintf(&b, "complete -c privacybot -n '__fish_seen_subcommand_from %s' -l %s -d %s\n", words[len(words)-1], f.Name, shellQuote(f.Help))
			}
		}
	default:
		if k.Shell == "zsh" {
			b.WriteString("#compdef privacybot\nautoload -U +X bashcompinit && bashcompinit\n")
		}
		bashCompletion(&b, app, all)
	}
	_, err = io.WriteString(c.out, b.String())
	return err
}

func bashCompletion(b *strings.Builder, app *kong.Application, all []leaf) {
	b.WriteString("_privacybot() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n" +
		"  case $prev in --config|--in|--out) COMPREPLY=($(compgen -f -- \"$cur\")); return;; esac\n" +
		"  case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n")
	groups := map[string][]string{}
	for _, l := range all {
		var flags []string
		for _, f := range flagsOf(l.node) {
			flags = append(flags, "--"+f.Name)
		}
		first, second, _ := strings.Cut(l.path, " ")
		if second != "" {
			groups[first] = append(groups[first], second)
			fmt.Fprintf(b, "    '%s') words='%s';;\n", l.path, strings.Join(flags, " "))
		} else {
			fmt.Fprintf(b, "    '%s '*) words='%s';;\n", first, strings.Join(flags, " "))
		}
	}
	var top []string
	for _, n := range app.Children {
		top = append(top, n.Name)
		if below := groups[n.Name]; below != nil {
			fmt.Fprintf(b, "    '%s '*) words='%s';;\n", n.Name, strings.Join(below, " "))
		}
	}
	fmt.Fprintf(b, "  esac\n  [ \"$COMP_CWORD\" -gt 1 ] || words='%s'\n", strings.Join(top, " "))
	b.WriteString("  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _privacybot privacybot\n")
}

func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// billOfMaterials lists the modules in this binary, as CycloneDX 1.5.
func billOfMaterials(w io.Writer) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("this binary does not say what it was built from")
	}
	type component struct {
		Type    string `json:"type"`
		Ref     string `json:"bom-ref,omitempty"`
		Name    string `json:"name"`
		Version string `json:"version"`
		PURL    string `json:"purl,omitempty"`
		Props   []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"properties,omitempty"`
	}
	list := []component{{Type: "platform", Name: "go", Version: strings.TrimPrefix(info.GoVersion, "go")}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		purl := "pkg:golang/" + m.Path + "@" + m.Version
		entry := component{Type: "library", Ref: purl, Name: m.Path, Version: m.Version, PURL: purl}
		entry.Props = append(entry.Props, struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		}{"go:sum", m.Sum})
		list = append(list, entry)
	}
	return plainJSON(w).Encode(map[string]any{
		"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
		"metadata":   map[string]any{"component": component{Type: "application", Name: "privacybot", Version: version}},
		"components": list,
	})
}
