package ingest

import "testing"

func TestValidAddress(t *testing.T) {
	for in, want := range map[string]string{
		"jane@example.org":                 "jane@example.org",
		"Jane.O'Hara+x=1@Example.ORG":      "Jane.O'Hara+x=1@example.org",
		`"jane"@example.org`:               "jane@example.org",
		"mailto:jane@example.org":          "jane@example.org",
		"'jane@example.org'":               "jane@example.org",
		"info@bücher.example":              "info@xn--bcher-kva.example",
		"用户@例子.example":                    "用户@xn--fsqu00a.example",
		"a..b.@docomo.example":             "a..b.@docomo.example",
		"a@foo_bar.example":                "a@foo_bar.example",
		"root@localhost":                   "root@localhost",
		"a@example.org.":                   "a@example.org",
		`"a@b.example> ORCPT=x"@c.example`: "", // A46
		`"x@g.example y"@internal.example`: "",
		`"a b"@c.example`:                  "",
		"a b@c.example":                    "",
		"a@[127.0.0.1]":                    "",
		"a@b@c.example":                    "",
		"a@-c.example":                     "",
		"a@c..example":                     "",
		"a\r\nBcc: x@y.example@z.example":  "",
		"@example.org":                     "",
		"a@":                               "",
		"\u202ea@example.org":              "",
		"a\u00a0b@example.org":             "",
	} {
		if got, ok := validAddress(in); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", in, got, ok, want)
		}
	}
}

func TestMessageID(t *testing.T) {
	for in, want := range map[string]string{
		"<a@b.example>": "a@b.example", " <a@b> (comment)": "a@b", "a@b": "a@b", "<no-at-sign>": "no-at-sign", "<a b@c>": "", "<>": "", "": "", "<a@b": "",
		"<a@b\r\n>": "a@b", "<a\x00@b>": "", "<ä@b>": "", "<a\"@b>": "", "<a,b@c>": "", "<@b>": "", // A62
	} {
		if got := messageID(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
