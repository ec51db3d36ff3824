package responder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"privacybot/templates"
	"privacybot/ticket"
)

const wordsFile = "words.yaml"

// language holds the letters of one language.
type language struct {
	words   *wordlist
	letters map[ticket.LetterKind]*template.Template
}

// catalogue holds all letters: those that come with the program, each file replaced by the one of
// the same name in the operator's folder, which may also add languages.
type catalogue struct {
	languages map[string]*language // by folder name
	layout    *layout
}

// source is a folder of templates: the one built in, with the operator's before it.
type source struct {
	built    fs.FS
	override fs.FS // nil when there is none
	folder   string
}

func openSource(folder string) (source, error) {
	s := source{built: templates.FS, folder: folder}
	if folder == "" {
		return s, nil
	}
	info, err := os.Stat(folder)
	if err != nil {
		return s, fmt.Errorf("templates: %w", err)
	}
	if !info.IsDir() {
		return s, fmt.Errorf("templates: %s is not a folder", folder)
	}
	s.override = os.DirFS(folder)
	return s, nil
}

// find gives where name is read from, and the name to show in errors.
func (s source) find(name string) (fs.FS, string) {
	if s.override != nil {
		if _, err := fs.Stat(s.override, name); err == nil {
			return s.override, filepath.Join(s.folder, filepath.FromSlash(name))
		}
	}
	return s.built, name
}

// list gives the names matching pattern in both folders, each once, sorted.
func (s source) list(pattern string) ([]string, error) {
	names, err := fs.Glob(s.built, pattern)
	if err != nil {
		return nil, err
	}
	if s.override != nil {
		more, err := fs.Glob(s.override, pattern)
		if err != nil {
			return nil, err
		}
		names = append(names, more...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func readCatalogue(folder string) (*catalogue, error) {
	s, err := openSource(folder)
	if err != nil {
		return nil, err
	}
	c := &catalogue{languages: map[string]*language{}}
	files, shown := s.find("layout.html")
	if c.layout, err = parseLayout(files, "layout.html", shown); err != nil {
		return nil, err
	}
	names, err := s.list("*/" + wordsFile)
	if err != nil {
		return nil, err
	}
	var problems []error
	for _, name := range names {
		tag := path.Dir(name)
		lang, err := readLanguage(s, tag)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		c.languages[tag] = lang
	}
	return c, errors.Join(problems...)
}

// readLanguage parses a folder. English must have every letter, the others those that leave the
// house.
func readLanguage(s source, tag string) (*language, error) {
	files, shown := s.find(tag + "/" + wordsFile)
	w, err := readWords(files, tag+"/"+wordsFile, shown)
	if err != nil {
		return nil, err
	}
	shared, err := s.list(tag + "/_*.txt")
	if err != nil {
		return nil, err
	}
	base := template.New(tag).Option("missingkey=error")
	for _, name := range shared {
		if _, err := parseInto(base, s, name); err != nil {
			return nil, err
		}
	}
	lang := &language{words: w, letters: map[ticket.LetterKind]*template.Template{}}
	var problems []error
	for _, kind := range ticket.LetterKinds() {
		if !kind.External() && tag != fallback {
			continue
		}
		t, err := parseInto(base, s, tag+"/"+string(kind)+".txt")
		if err != nil {
			problems = append(problems, err)
			continue
		}
		lang.letters[kind] = t
	}
	return lang, errors.Join(problems...)
}

func parseInto(base *template.Template, s source, name string) (*template.Template, error) {
	files, shown := s.find(name)
	src, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	if strings.ContainsRune(string(src), '\r') {
		src = []byte(strings.ReplaceAll(string(src), "\r\n", "\n"))
	}
	return base.New(shown).Parse(string(src)) // the error names the file and the line
}

// match gives the folder of the language for a tag.
func (c *catalogue) match(tag string) string {
	return matchLanguage(tag, func(t string) (string, bool) {
		for name := range c.languages {
			if strings.EqualFold(name, t) {
				return name, true
			}
		}
		return "", false
	})
}

// tags lists the languages, sorted.
func (c *catalogue) tags() []string {
	var out []string
	for tag := range c.languages {
		out = append(out, tag)
	}
	slices.Sort(out)
	return out
}
