package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// kind is how one type of value is read from text. Errors continue a sentence that begins with the
// value; where it is hidden they must not repeat it.
type kind struct {
	parse  func(text string, tag reflect.StructTag) (any, error)
	hidden bool // the text may hold a secret
	file   bool // may come from a file named by key_file
	empty  bool // "" means not set
}

// kinds is the table of all types that a key can have.
func kinds() map[reflect.Type]kind {
	return map[reflect.Type]kind{
		reflect.TypeFor[string]():         {parse: parseString, empty: true},
		reflect.TypeFor[bool]():           {parse: parseBool},
		reflect.TypeFor[int]():            {parse: parseInt},
		reflect.TypeFor[time.Duration]():  {parse: parseDuration},
		reflect.TypeFor[time.Weekday]():   {parse: parseWeekday},
		reflect.TypeFor[*time.Location](): {parse: parseZone},
		reflect.TypeFor[Address]():        {parse: parseAddress},
		reflect.TypeFor[WebURL]():         {parse: parseWebURL, empty: true},
		reflect.TypeFor[Path]():           {parse: parsePath, empty: true},
		reflect.TypeFor[Size]():           {parse: parseSize},
		reflect.TypeFor[Clock]():          {parse: parseClock},
		reflect.TypeFor[Since]():          {parse: parseSince},
		reflect.TypeFor[Server]():         {parse: parseServer, hidden: true},
		reflect.TypeFor[Database]():       {parse: parseDatabase, hidden: true, file: true},
		reflect.TypeFor[Secret]():         {parse: parseSecret, hidden: true, file: true},
	}
}

func parseSecret(text string, _ reflect.StructTag) (any, error) {
	if strings.ContainsAny(text, "\r\n\x00") { // CASES A69
		return nil, errors.New("holds a line break")
	}
	return NewSecret(text), nil
}

// section reads a mapping into the struct that target points to.
func (l *loader) section(key string, node ast.Node, target any) {
	values, ok := entries(node)
	if !ok {
		l.problem(key, "must hold keys, each on its own line as \"key: value\"")
		return
	}
	v := reflect.ValueOf(target).Elem()
	for _, entry := range values {
		name := entry.Key.GetToken().Value
		full := join(key, name)
		if _, twice := l.lines[full]; twice {
			l.at(entry.Key.GetToken(), "%s is given twice, first on line %d", full, l.lines[full])
			continue
		}
		l.lines[full] = entry.Key.GetToken().Position.Line
		if field, tag, ok := fieldOf(v, name); ok {
			l.value(full, entry.Value, field, tag)
			continue
		}
		base, isFile := strings.CutSuffix(name, "_file")
		if field, tag, ok := fieldOf(v, base); ok && isFile && kinds()[field.Type()].file {
			l.fromFile(full, join(key, base), entry.Value, field, tag)
			continue
		}
		l.unknown(full, v.Type())
	}
}

// entries gives the entries of a mapping; none for a section that is left empty.
func entries(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	case *ast.NullNode:
		return nil, true
	}
	return nil, false
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

func fieldOf(v reflect.Value, name string) (reflect.Value, reflect.StructTag, bool) {
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Tag.Get("yaml") == name {
			return v.Field(i), f.Tag, true
		}
	}
	return reflect.Value{}, "", false
}

// value reads node into the field v of any type.
func (l *loader) value(key string, node ast.Node, v reflect.Value, tag reflect.StructTag) {
	k, scalar := kinds()[v.Type()]
	switch {
	case scalar:
		l.scalar(key, node, v, tag, k)
	case v.Kind() == reflect.Slice:
		l.list(key, node, v, tag)
	default:
		l.section(key, node, v.Addr().Interface())
	}
}

func (l *loader) list(key string, node ast.Node, v reflect.Value, tag reflect.StructTag) {
	if _, null := node.(*ast.NullNode); null {
		return
	}
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		l.problem(key, "must be a list: write [a, b], or one entry a line with - in front")
		return
	}
	list := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
	for i, item := range seq.Values {
		full := fmt.Sprintf("%s[%d]", key, i)
		l.lines[full] = l.line(key)
		if t := item.GetToken(); t != nil {
			l.lines[full] = t.Position.Line
		}
		l.value(full, item, list.Index(i), tag)
	}
	v.Set(list)
}

func (l *loader) scalar(key string, node ast.Node, v reflect.Value, tag reflect.StructTag, k kind) {
	if _, null := node.(*ast.NullNode); null {
		if k.hidden || strings.HasSuffix(key, "]") {
			l.problem(key, "is empty")
		}
		return // a key without value keeps its default
	}
	raw, ok := text(node)
	if !ok {
		l.problem(key, "must be one value")
		return
	}
	given, fromEnv, err := l.expand(raw)
	if err != nil {
		l.problem(key, "%s", err)
		return
	}
	if k.hidden && given != "" && !fromEnv && k.file {
		l.inline = l.inline || secretIn(v.Type(), given)
	}
	l.shown[key] = shown(raw, fromEnv, k)
	l.set(key, given, l.shown[key], v, tag, k)
}

// set parses given into v. What the problem says of the value is shown.
func (l *loader) set(key, given, shown string, v reflect.Value, tag reflect.StructTag, k kind) {
	if given == "" {
		if !k.empty || tag.Get("enum") != "" {
			l.problem(key, "is empty")
			return
		}
		v.SetZero()
		return
	}
	parsed, err := k.parse(given, tag)
	if err != nil {
		l.problem(key, "%s", strings.TrimSpace(shown+" "+err.Error()))
		return
	}
	v.Set(reflect.ValueOf(parsed))
}

// text gives a scalar as it is written, so that 08:00, 0123 and yes stay what they are.
func text(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// shown is the value as problems may quote it: as written in the file, never what the environment
// held, never a secret.
func shown(raw string, fromEnv bool, k kind) string {
	switch {
	case k.hidden:
		return ""
	case fromEnv:
		return strconv.Quote(raw) + " (from the environment)"
	}
	if r := []rune(raw); len(r) > 60 {
		raw = string(r[:60]) + "…"
	}
	return strconv.Quote(raw)
}

// secretIn reports whether text, written in the file itself, gives a secret away.
func secretIn(t reflect.Type, text string) bool {
	return t == reflect.TypeFor[Secret]() || strings.Contains(text, "@") || strings.Contains(text, "password=")
}

// fromFile reads a secret from the file that node names; base is the key without _file.
func (l *loader) fromFile(key, base string, node ast.Node, v reflect.Value, tag reflect.StructTag) {
	var path Path
	before := len(l.problems)
	l.scalar(key, node, reflect.ValueOf(&path).Elem(), tag, kinds()[reflect.TypeFor[Path]()])
	if len(l.problems) > before || path == "" {
		l.bad[base] = true
		if path == "" && len(l.problems) == before {
			l.problem(key, "names no file")
		}
		return
	}
	file := l.resolve(string(path))
	data, err := l.read(file, maxSecret)
	if err != nil {
		l.bad[base] = true
		l.problem(key, "%s", err)
		return
	}
	if l.open(file, 0o007) {
		l.warning(key, "%s can be read by everybody on this machine: chmod 600 %s", file, file)
	}
	content := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if content == "" {
		l.bad[base] = true
		l.problem(key, "%s is empty", file)
		return
	}
	l.set(key, content, file, v, tag, kinds()[v.Type()])
	l.bad[base] = l.bad[key]
}

// expand replaces ${NAME} from the environment; $${ stands for ${.
func (l *loader) expand(raw string) (out string, fromEnv bool, err error) {
	var b strings.Builder
	last := ""
	for {
		i := strings.Index(raw, "${")
		if i < 0 {
			break
		}
		if i > 0 && raw[i-1] == '$' {
			b.WriteString(raw[:i-1] + "${")
			raw = raw[i+2:]
			continue
		}
		name, rest, closed := strings.Cut(raw[i+2:], "}")
		if !closed || !envName(name) {
			return "", false, errors.New("holds ${ without a name and } behind it; write $${ for a plain ${")
		}
		value, set := l.from.Env(name)
		if !set {
			return "", true, fmt.Errorf("environment variable %s is not set", name)
		}
		b.WriteString(raw[:i] + value)
		raw, fromEnv, last = rest, true, name
	}
	b.WriteString(raw)
	if fromEnv && b.Len() == 0 {
		return "", true, fmt.Errorf("environment variable %s is empty", last)
	}
	return b.String(), fromEnv, nil
}

func envName(s string) bool {
	for i, r := range s {
		letter := r == '_' || (r >= 'A' && r <= 'Z') || (r >= 'a' && r <= 'z')
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// unknown notes a key that does not exist, with the most likely one that does: in its own section,
// or of the same name elsewhere.
func (l *loader) unknown(key string, section reflect.Type) {
	name := key[strings.LastIndexByte(key, '.')+1:]
	var here []string
	for i := range section.NumField() {
		f := section.Field(i)
		here = append(here, f.Tag.Get("yaml"))
		if kinds()[f.Type].file {
			here = append(here, f.Tag.Get("yaml")+"_file")
		}
	}
	if best := nearest(name, here); best != "" {
		l.problem(key, "no such key; did you mean %s?", best)
		return
	}
	var elsewhere []string
	for _, k := range keyNames() {
		if strings.HasSuffix(k, "."+name) {
			elsewhere = append(elsewhere, k)
		}
	}
	if len(elsewhere) > 0 {
		l.problem(key, "no such key; did you mean %s?", strings.Join(elsewhere, " or "))
		return
	}
	slices.Sort(here)
	l.problem(key, "no such key; here can stand %s", strings.Join(here, ", "))
}
