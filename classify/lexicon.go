package classify

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// Names of lexicon files that are not a language.
const (
	rulesFile = "lexicon/rules.txt"
	hanFile   = "lexicon/han.txt"
)

// concept is the number of a meaning such as "delete" or "account"; names are in lexicon/README.md.
type concept int16

// language is one lexicon file.
type language struct {
	code     string
	name     string
	script   string
	before   int // negation reaches so many words back …
	after    int // … and so many on, within its clause
	stops    map[string]bool
	numbers  map[string]int
	ageStems []string // ends of words like "achtjährig"
}

// entry is one word or phrase of a lexicon.
type entry struct {
	concept concept
	lang    int8
	negated bool  // the words carry their own negation ("-delete: löschen Sie nicht")
	words   []pat // what follows the first word
}

// entries are the words and phrases that begin alike, with the languages they come from.
type entries struct {
	langs langSet
	list  []entry
}

// pat is one word of a phrase.
type pat struct {
	text string
	kind byte // '=' whole word, '<' beginning, '>' ending, '.' up to four words of anything
}

// lexicon is all languages together.
type lexicon struct {
	fold     *folder
	langs    []language
	concepts map[string]concept
	names    []string
	nouns    map[concept]bool // concepts that a negation does not turn round; the group "noun" of rules.txt
	sayings  map[concept]bool // phrases inside which a negation keeps its reach
	whole    map[string]entries
	prefix   map[string]entries
	suffix   map[string]entries
	longest  int             // bytes of the longest beginning or ending
	users    map[rune][]int8 // languages that have a letter
	stopsOf  map[string][]int8
	numbers  map[string][]numberWord // by their first word
}

// numberWord is a number written out.
type numberWord struct {
	lang  int8
	rest  []string // its further words
	value int
}

func (x *lexicon) concept(name string) concept {
	if c, ok := x.concepts[name]; ok {
		return c
	}
	c := concept(len(x.names))
	x.concepts[name] = c
	x.names = append(x.names, name)
	return c
}

// loadLexicon reads every language file of fsys; the error names file and line.
func loadLexicon(fsys fs.FS) (*lexicon, error) {
	han, err := fs.ReadFile(fsys, hanFile)
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	x := &lexicon{fold: newFolder(string(han)), concepts: map[string]concept{}, whole: map[string]entries{}, users: map[rune][]int8{},
		prefix: map[string]entries{}, suffix: map[string]entries{}, stopsOf: map[string][]int8{}, numbers: map[string][]numberWord{}}
	x.concept("")
	files, err := fs.Glob(fsys, "lexicon/*.txt")
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	slices.Sort(files)
	for _, name := range files {
		if name == rulesFile || name == hanFile || strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("lexicon: %w", err)
		}
		if err := x.read(name, string(b)); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// headerKeys describe the language; every other key is a concept.
var headerKeys = map[string]bool{"language": true, "script": true, "negation": true, "letters": true, "clitics": true, "agestem": true, "number": true}

// read takes in one language file.
func (x *lexicon) read(name, text string) error {
	l := language{code: strings.TrimSuffix(path.Base(name), ".txt"), after: 6, stops: map[string]bool{}, numbers: map[string]int{}}
	id := int8(len(x.langs))
	var clitics []string
	header := true // "stop" is the list of little words until the first concept, and the concept after it
	sc := bufio.NewScanner(strings.NewReader(text))
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		key, rest, ok := strings.Cut(line, ":")
		if !ok {
			return fmt.Errorf("%s:%d: want \"concept: words\"", name, n)
		}
		rest = strings.TrimSpace(rest)
		var err error
		switch {
		case key == "stop" && header:
			x.addStops(&l, id, rest)
			continue
		case !headerKeys[key]:
			header = false
		}
		switch key {
		case "language":
			l.name = rest
		case "script":
			l.script = rest
		case "negation":
			_, err = fmt.Sscanf(rest, "before %d after %d", &l.before, &l.after)
		case "letters":
			for _, r := range rest {
				if r != ' ' && !slices.Contains(x.users[r], id) {
					x.users[r] = append(x.users[r], id)
				}
			}
		case "clitics":
			clitics = strings.Fields(rest)
		case "agestem":
			for _, w := range strings.Split(rest, ",") {
				for _, p := range x.words(w) {
					l.ageStems = append(l.ageStems, p.text)
				}
			}
		case "number":
			err = x.addNumbers(&l, id, rest)
		default:
			err = x.addConcept(key, rest, id, clitics)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	x.langs = append(x.langs, l)
	return sc.Err()
}

func (x *lexicon) addStops(l *language, id int8, rest string) {
	for _, w := range strings.Fields(rest) {
		for _, p := range x.words(w) {
			if !l.stops[p.text] {
				l.stops[p.text] = true
				x.stopsOf[p.text] = append(x.stopsOf[p.text], id)
			}
		}
	}
}

func (x *lexicon) addNumbers(l *language, id int8, rest string) error {
	for _, item := range strings.Split(rest, ",") {
		word, num, ok := strings.Cut(strings.TrimSpace(item), "=")
		n, err := strconv.Atoi(strings.TrimSpace(num))
		if !ok || err != nil {
			return fmt.Errorf("number %q: want word=7", item)
		}
		var key []string
		for _, p := range x.words(word) {
			key = append(key, p.text)
		}
		if len(key) > 0 {
			l.numbers[strings.Join(key, " ")] = n
			x.numbers[key[0]] = append(x.numbers[key[0]], numberWord{id, key[1:], n})
		}
	}
	return nil
}

func (x *lexicon) addConcept(key, rest string, id int8, clitics []string) error {
	if strings.ContainsAny(key, " \t") {
		return fmt.Errorf("concept %q has a space", key)
	}
	negated := strings.HasPrefix(key, "-")
	c := x.concept(strings.TrimPrefix(key, "-"))
	for _, item := range strings.Split(rest, ",") {
		words := x.words(item)
		if len(words) == 0 {
			continue
		}
		x.insert(entry{concept: c, lang: id, negated: negated, words: words[1:]}, words[0])
		for _, clitic := range clitics {
			for _, p := range x.words(clitic) {
				if words[0].kind == '=' || words[0].kind == '<' {
					x.insert(entry{concept: c, lang: id, negated: negated, words: words[1:]}, pat{p.text + words[0].text, words[0].kind})
				}
			}
		}
	}
	return nil
}

func (x *lexicon) insert(e entry, first pat) {
	m := x.whole
	switch first.kind {
	case '<':
		m = x.prefix
	case '>':
		m = x.suffix
	}
	if first.kind != '=' {
		x.longest = max(x.longest, len(first.text))
	}
	at := m[first.text]
	m[first.text] = entries{at.langs | 1<<uint(e.lang), append(at.list, e)}
}

// words cuts one phrase of a lexicon the way mail is cut. A * at the end of a word stands for any
// ending, at its start for any beginning; .. stands for up to four words.
func (x *lexicon) words(item string) []pat {
	var out []pat
	for _, w := range strings.Fields(item) {
		if w == ".." {
			out = append(out, pat{kind: '.'})
			continue
		}
		kind := byte('=')
		switch {
		case strings.HasSuffix(w, "*"):
			kind = '<'
		case strings.HasPrefix(w, "*"):
			kind = '>'
		}
		d := &document{}
		d.add(x.fold, partBody, strings.Trim(w, "*"))
		for i, t := range d.tokens {
			k := byte('=')
			if i == len(d.tokens)-1 && kind == '<' && !t.wide || i == 0 && kind == '>' {
				k = kind
			}
			out = append(out, pat{t.text, k})
		}
	}
	return out
}

func (p pat) matches(t *token) bool {
	switch p.kind {
	case '<':
		return strings.HasPrefix(t.text, p.text)
	case '>':
		return strings.HasSuffix(t.text, p.text)
	}
	return t.text == p.text
}

// minPrefix is the shortest beginning, in bytes, that a lexicon may abbreviate a word to.
const minPrefix = 2

// candidates calls f with every entry of the given languages whose first word may be t.
func (x *lexicon) candidates(t *token, langs langSet, f func(*entry)) {
	each := func(e entries) {
		if e.langs&langs == 0 {
			return
		}
		for i := range e.list {
			if langs.has(e.list[i].lang) {
				f(&e.list[i])
			}
		}
	}
	s := t.text
	each(x.whole[s])
	if t.wide {
		return
	}
	for i := minPrefix; i <= min(len(s), x.longest); i++ {
		if i == len(s) || utf8.RuneStart(s[i]) {
			each(x.prefix[s[:i]])
		}
	}
	for i := max(1, len(s)-x.longest); i <= len(s)-3; i++ {
		if utf8.RuneStart(s[i]) {
			each(x.suffix[s[i:]])
		}
	}
}
