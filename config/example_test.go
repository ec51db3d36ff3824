package config

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/google/go-cmp/cmp"
)

const examplePath = "../privacybot.example.yaml"

func loadExample(t *testing.T) *Config {
	t.Helper()
	w := newWorld()
	from := OS()
	from.Env = w.sources().Env
	c, problems := Load(examplePath, from, Known{
		Laws:     []string{"eu-gdpr", "uk-gdpr", "ch-fadp", "us-ca-ccpa", "br-lgpd", "ca-pipeda", "unknown"},
		Holidays: []string{"none", "DE", "GB"},
	})
	for _, p := range problems {
		t.Errorf("problem: %s", p)
	}
	if c == nil {
		t.FailNow()
	}
	return c
}

func TestExampleHasEveryKey(t *testing.T) {
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	collect(file.Docs[0].Body, "", given)
	for _, key := range keyNames() {
		name := key[strings.LastIndexByte(key, '.')+1:]
		if strings.HasPrefix(key, "imap.oauth.") { // stands instead of the password, so it is commented out
			if !strings.Contains(string(data), "#   "+name+": ") {
				t.Errorf("%s is not explained", key)
			}
			continue
		}
		if strings.HasPrefix(key, "smtp.oauth.") {
			continue // the same as under imap, as the example says
		}
		if strings.HasSuffix(key, "_file") || key == "keys.value" || key == "suppression.token" || key == "suppression.mail" { // stands instead of the plain key, so it is commented out
			if !strings.Contains(string(data), "# "+name+": ") {
				t.Errorf("%s is not explained", key)
			}
		} else if !given[key] {
			t.Errorf("%s is missing", key)
		}
	}
}

func collect(node ast.Node, key string, given map[string]bool) {
	given[key] = true
	if list, ok := node.(*ast.SequenceNode); ok {
		for _, item := range list.Values {
			collect(item, key+"[]", given)
		}
		return
	}
	values, _ := entries(node)
	for _, entry := range values {
		collect(entry.Value, join(key, entry.Key.GetToken().Value), given)
	}
}

// What the example says must be filled in or differs on purpose; all else in it is the default.
func TestExampleShowsTheDefaults(t *testing.T) {
	got, want := loadExample(t), Default()
	want.Organisation, want.Recipients, want.Routing = got.Organisation, got.Recipients, got.Routing
	want.IMAP.Server, want.IMAP.Username, want.IMAP.Password = got.IMAP.Server, got.IMAP.Username, got.IMAP.Password
	want.SMTP, want.Staff = got.SMTP, got.Staff
	want.Database.Path, want.Keys.File = "../privacybot.db", "../privacybot.key"
	want.Keys.Erasures, want.Keys.Audit = "../privacybot.erasures", "../privacybot.audit"
	want.OwnLists = []string{}
	reveal := cmp.Transformer("secret", func(s Secret) string { return s.Reveal() })
	same := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, got, reveal, same); diff != "" {
		t.Error(diff)
	}
}
