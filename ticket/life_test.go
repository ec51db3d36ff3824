package ticket

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The drawings in ARCHITECTURE.md are those of the tables.
func TestDiagramsAreTheTables(t *testing.T) {
	doc, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"requests":     Diagram(Moves(), Received, "mail judged a request"),
		"child alerts": Diagram(ChildMoves(), Alerted, "mail judged a report about a child's data"),
	} {
		if !strings.Contains(string(doc), "```mermaid\n"+want+"```") {
			t.Errorf("ARCHITECTURE.md does not show the table of %s; it must hold\n%s", name, want)
		}
	}
}

// Nothing but move sets a state: every other way would leave the table.
func TestOnlyMoveSetsStates(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") || f == "life.go" {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if set, ok := n.(*ast.AssignStmt); ok {
				for _, left := range set.Lhs {
					if sel, ok := left.(*ast.SelectorExpr); ok && sel.Sel.Name == "State" {
						t.Errorf("%s sets a state by itself", f)
					}
				}
			}
			return true
		})
	}
}

func TestTables(t *testing.T) {
	for name, table := range map[string][]Transition{"requests": Moves(), "child alerts": ChildMoves()} {
		seen := map[string]bool{}
		for _, row := range table {
			key := string(row.From) + " " + string(row.Move)
			if seen[key] {
				t.Errorf("%s: %s twice", name, key)
			}
			seen[key] = true
			if name == "requests" && row.To.Closed() && !row.People {
				t.Errorf("the machine closes by %s", row.Move) // DESIGN.md 5.9
			}
			if row.Why == "" {
				t.Errorf("%s: %s has no words for the drawing", name, key)
			}
		}
	}
	// From everywhere that is open people can close; from everything that was closed but went elsewhere, it opens again.
	for _, s := range []State{Received, Acknowledged, InWork, Waiting, Extended, Reopened} {
		for _, m := range []Move{MoveAnswer, MoveRefuse, MoveWithdraw, MoveNone, MoveRefer, MoveAway} {
			if to, err := after(Moves(), s, m); err != nil || !to.Closed() {
				t.Errorf("%s cannot %s", s, m)
			}
		}
		if !slices.Contains(openStates(), s) {
			t.Errorf("%s has no place among the states of a ticket", s)
		}
	}
	if _, err := after(Moves(), Moved, MoveReopen); err == nil {
		t.Error("what goes on in another ticket opens again here")
	}
}

// An illegal move changes nothing and names what is possible.
func TestIllegalMove(t *testing.T) {
	r := Request{State: Answered}
	err := r.move(MoveWork)
	var illegal IllegalMove
	if !errors.As(err, &illegal) || r.State != Answered || fmt.Sprint(illegal.Possible) != "[reopen]" {
		t.Errorf("%v, state %s", err, r.State)
	}
	if !strings.Contains(err.Error(), "possible are: reopen") {
		t.Errorf("says %q", err)
	}
}
