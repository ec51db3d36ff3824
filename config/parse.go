package config

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// parse gives the file's one YAML document; nil when it is empty. False means that the file is not
// fit for a closer look, and the problem is noted.
func (l *loader) parse(path string) (ast.Node, bool) {
	data, err := l.read(path, maxFile)
	if err != nil {
		l.problem("", "%s", err)
		return nil, false
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		l.problem("", "the file is not text in UTF-8")
		return nil, false
	}
	data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	if bytes.Count(data, []byte("\n")) > maxLines {
		l.problem("", "the file has more than %d lines", maxLines)
		return nil, false
	}
	tokens := lexer.Tokenize(string(data))
	if !l.plain(tokens) {
		return nil, false
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		l.syntax(err)
		return nil, false
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType:
		case body != nil:
			l.at(doc.Body.GetToken(), "a second document begins here; the file must hold one, without ---")
			return nil, false
		default:
			body = doc.Body
		}
	}
	return body, true
}

// Bounds beyond which the lexer and the parser, whose time grows with the square of both, would
// make the operator wait. The example has 150 lines and 250 tokens.
const (
	maxLines  = 5000
	maxTokens = 20000 // keys, values, colons, brackets, comments
)

// plain refuses what a configuration does not need and what would make the parser slow: deep
// nesting and long mappings cost it the square of their size in time and memory.
func (l *loader) plain(tokens token.Tokens) bool {
	depth, dashes := 0, 0
	if len(tokens) > maxTokens {
		l.at(tokens[maxTokens], "the file holds more keys and values than a configuration needs")
		return false
	}
	for _, t := range tokens {
		dash := t.Type == token.SequenceEntryType
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.MappingKeyType, token.DirectiveType:
			l.at(t, "a value or key that begins with & * ! ? %% or << has a meaning in YAML that is not supported here: put it in quotes")
			return false
		}
		if dash {
			dashes++
		} else {
			dashes = 0
		}
		if depth > 8 || dashes > 4 {
			l.at(t, "nested too deeply")
			return false
		}
	}
	return true
}

func (l *loader) at(t *token.Token, format string, args ...any) {
	l.problem("", format, args...)
	if t != nil && t.Position != nil {
		l.problems[len(l.problems)-1].Line = t.Position.Line
	}
}

// syntax notes an error of the parser by its message and place only: its full text quotes the
// lines around, and with them perhaps a password.
func (l *loader) syntax(err error) {
	var e yaml.Error
	if !errors.As(err, &e) {
		l.problem("", "the file is not valid YAML")
		return
	}
	l.at(e.GetToken(), "not valid YAML: %s; check the indentation, use spaces instead of tabs, and put values with : # { [ @ %% in quotes", e.GetMessage())
}
