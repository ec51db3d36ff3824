package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"privacybot/ticket"
)

func repository(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var documents = []string{"README.md", "CONTRIBUTING.md", "docs/operator.md", "docs/staff.md", "docs/privacy-officer.md", "docs/threat-model.md", "docs/dependencies.md"}

// What stands in quotes of code as a command exists, with its flags.
func TestDocumentsNameWhatExists(t *testing.T) {
	app, err := model()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{} // flags, by command
	for _, l := range leaves(app.Node, "") {
		for _, f := range flagsOf(l.node) {
			known[l.path] += " --" + f.Name + " "
		}
		known[l.path] += " "
		first, _, _ := strings.Cut(l.path, " ")
		known[first] += known[l.path]
	}
	span := regexp.MustCompile("`(?:runuser -u privacybot -- )?privacybot ([a-z][^`]*)`")
	flag := regexp.MustCompile(`--[a-z][a-z-]*`)
	found := 0
	for _, doc := range documents {
		for _, hit := range span.FindAllStringSubmatch(repository(t, doc), -1) {
			found++
			words := strings.Fields(hit[1])
			flags, ok := known[words[0]]
			if !ok {
				t.Errorf("%s names privacybot %s, which does not exist", doc, words[0])
			}
			if len(words) > 1 && regexp.MustCompile(`^[a-z]+$`).MatchString(words[1]) {
				if _, ok := known[words[0]+" "+words[1]]; !ok && strings.Contains("ticket keys audit", words[0]) {
					t.Errorf("%s names privacybot %s %s", doc, words[0], words[1])
				}
			}
			for _, f := range flag.FindAllString(hit[1], -1) {
				if !strings.Contains(flags, " "+f+" ") {
					t.Errorf("%s: privacybot %s has no %s", doc, words[0], f)
				}
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d commands were found in the documents", found)
	}
}

// staff.md lists the commands exactly as the mails do. This test writes what it wants.
func TestStaffGuideListsTheCommands(t *testing.T) {
	guide := repository(t, "docs/staff.md")
	var table strings.Builder
	for _, h := range ticket.CommandHelps() {
		fmt.Fprintf(&table, "| `%s` | %s |\n", strings.ReplaceAll(h.Use, "|", `\|`), h.Does)
	}
	if !strings.Contains(guide, table.String()) {
		t.Errorf("docs/staff.md must hold\n%s", table.String())
	}
}

// Every module of go.mod stands in docs/dependencies.md with an allowed licence, direct ones with a reason.
func TestDependenciesAreListed(t *testing.T) {
	list := repository(t, "docs/dependencies.md")
	allowed := map[string]bool{"MIT": true, "BSD-3-Clause": true, "BSD-2-Clause": true, "ISC": true, "Apache-2.0": true, "FTL": true}
	module := regexp.MustCompile(`(?m)^\t(\S+) v\S+( // indirect)?$`)
	row := regexp.MustCompile(`(?m)^\| (\S+) \| (\S+) \|(?: (.+) \|)?$`)
	said := map[string][]string{}
	for _, r := range row.FindAllStringSubmatch(list, -1) {
		said[r[1]] = r
	}
	n := 0
	for _, m := range module.FindAllStringSubmatch(repository(t, "go.mod"), -1) {
		n++
		r := said[m[1]]
		switch {
		case r == nil:
			t.Errorf("%s is not in docs/dependencies.md", m[1])
		case m[2] == "" && r[3] == "":
			t.Errorf("%s is there without a reason", m[1])
		case !allowed[r[2]] && !(r[2] == "MPL-2.0" && strings.HasPrefix(r[3], "tests:")):
			t.Errorf("%s: licence %s", m[1], r[2])
		}
	}
	if n < 30 {
		t.Errorf("only %d modules found", n)
	}
}
