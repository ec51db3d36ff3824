package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the import rule of DESIGN.md section 4: a package's top folder and the folders of
// ours that it may use besides itself. Siblings do not know each other; only the store knows gorm.
var mayImport = map[string][]string{
	"ticket":            nil,
	"ingest":            {"ticket"},
	"classify":          {"ticket"},
	"responder":         {"ticket", "templates"},
	"store":             {"ticket", "migrations"},
	"pipeline":          {"ticket", "ingest", "classify", "responder", "store"},
	"config":            nil,
	"templates":         nil,
	"migrations":        nil,
	"cmd":               {"config", "pipeline", "ticket", "ingest", "classify", "responder", "store", "internal/demo", "internal/redteam"},
	"internal/redteam":  {"ticket", "ingest", "responder", "store", "pipeline", "internal/demo"},
	"internal/demo":     {"ticket", "ingest", "classify", "responder", "store", "pipeline"},
	"internal/mailtest": nil,
}

// onlyIn says which package alone may use a library.
var onlyIn = map[string]string{
	"gorm.io/":                          "store",
	"modernc.org/":                      "store",
	"github.com/wneessen/":              "responder",
	"github.com/alecthomas/kong":        "cmd",
	"github.com/prometheus/":            "cmd",
	"github.com/tink-crypto/":           "store",
	"github.com/emersion/go-msgauth":    "ingest",
	"github.com/emersion/go-imap/v2/im": "ingest",
}

func TestImportRule(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		room := roomOf(filepath.ToSlash(filepath.Dir(rel)))
		allowed, known := mayImport[room]
		if !known {
			t.Errorf("%s is in no room of the design", rel)
			return nil
		}
		seen[room] = true
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			checkImport(t, rel, room, allowed, imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range mayImport {
		if !seen[room] {
			t.Errorf("no Go file in %s: the rule is out of date", room)
		}
	}
}

func checkImport(t *testing.T, file, room string, allowed []string, imported string) {
	t.Helper()
	isTest := strings.HasSuffix(file, "_test.go")
	if ours, ok := strings.CutPrefix(imported, "privacybot/"); ok {
		other := roomOf(ours)
		if other != room && !slices.Contains(allowed, other) && !(isTest && other == "internal/mailtest") {
			t.Errorf("%s imports %s", file, imported)
		}
		return
	}
	if isTest || strings.HasPrefix(room, "internal/") {
		return
	}
	for library, owner := range onlyIn {
		if strings.HasPrefix(imported, library) && room != owner {
			t.Errorf("%s imports %s, which only %s may", file, imported, owner)
		}
	}
}

// roomOf is the top folder, or two levels of internal.
func roomOf(dir string) string {
	parts := strings.Split(dir, "/")
	if parts[0] == "internal" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}
