package responder_test

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"privacybot/responder"
	"privacybot/templates"
	"privacybot/ticket"
)

// firstClass are the languages that letters to requesters are written in (issue 6 point 6).
var firstClass = []string{"de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "tr", "zh-Hans"}

// Every language has every letter that leaves the house, and nothing else; English has all.
func TestEveryLanguageIsComplete(t *testing.T) {
	for _, lang := range firstClass {
		want := []string{"_parts.txt", "words.yaml"}
		if lang == "en" {
			want = append(want, "_staff.txt")
		}
		for _, kind := range ticket.LetterKinds() {
			if kind.External() || lang == "en" {
				want = append(want, string(kind)+".txt")
			}
		}
		entries, err := fs.ReadDir(templates.FS, lang)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range entries {
			got = append(got, e.Name())
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", lang, diff)
		}
	}
}

// used gives what a template file refers to: fields, shared passages and the words that values are
// compared with.
func used(t *testing.T, name string) map[string]bool {
	t.Helper()
	src, err := fs.ReadFile(templates.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := template.New(name).Parse(string(src))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, one := range parsed.Templates() {
		prefix := ""
		if one.Name() != name {
			prefix = one.Name() + ": "
		}
		if one.Tree != nil {
			collect(one.Root, func(what string) { found[prefix+what] = true })
		}
	}
	return found
}

func collect(n parse.Node, add func(string)) {
	branch := func(b parse.BranchNode) {
		collect(b.Pipe, add)
		collect(b.List, add)
		if b.ElseList != nil {
			collect(b.ElseList, add)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, one := range n.Nodes {
			collect(one, add)
		}
	case *parse.ActionNode:
		collect(n.Pipe, add)
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.TemplateNode:
		add("template " + n.Name)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, arg := range c.Args {
				collect(arg, add)
			}
		}
	case *parse.FieldNode:
		add(n.String())
	case *parse.StringNode:
		add(n.Quoted)
	}
}

// All languages use the same placeholders in the same letter.
func TestSamePlaceholders(t *testing.T) {
	for _, lang := range firstClass {
		entries, _ := fs.Glob(templates.FS, lang+"/*.txt")
		for _, name := range entries {
			if diff := cmp.Diff(used(t, "en/"+path.Base(name)), used(t, name)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

// A letter has the same facts, headings, lists and codes in every language, so that nobody is told
// less than others.
func TestSameParts(t *testing.T) {
	count := func(page string) map[string]int {
		n := map[string]int{}
		for _, mark := range []string{"<h1", "<h2", "<th", "&#8226;", `class="code"`, `class="warn"`, "<a "} {
			n[mark] = strings.Count(page, mark)
		}
		return n
	}
	english := map[string]map[string]int{}
	each(t, func(t *testing.T, s responder.Sample, lang, _, _, page string) {
		if lang == "en" {
			english[s.Name] = count(page)
		}
	})
	each(t, func(t *testing.T, s responder.Sample, _, _, _, page string) {
		if diff := cmp.Diff(english[s.Name], count(page)); diff != "" {
			t.Error(diff)
		}
	})
}

// withoutWords gives the letter without what staff wrote, which is not ours to translate.
func withoutWords(s responder.Sample) responder.Sample {
	if s.Order.Data.Answer != "" {
		s.Order.Data.Answer = "4711"
	}
	s.Order.Data.Authority = ""
	return s
}

// House style that a machine can check: nothing left in English, no doubled spaces, no straight
// apostrophes, and the marks of each language.
func TestHouseStyle(t *testing.T) {
	english := regexp.MustCompile(`(?i)\b(the|your|you|please|reply|and|with|request)\b`)
	never := map[string]*regexp.Regexp{
		"":        regexp.MustCompile(`  |'| [.,]|\.\.|,,|\( | \)|\t`),
		"fr":      regexp.MustCompile(`[^\x{a0}\d/s][:;!?]( |$)`),
		"pl":      regexp.MustCompile(`(?i)\bPan(a|i)?\b`),
		"zh-Hans": regexp.MustCompile(`\p{Han}[,.:;!?()]|[,.:;!?()]\p{Han}`),
		"ja":      regexp.MustCompile(`[\p{Han}\p{Hiragana}\p{Katakana}][,.:;!?()]|[,.:;!?()][\p{Han}\p{Hiragana}\p{Katakana}]`),
		"pt":      regexp.MustCompile(`(?i)\b(equip[ae]|ficheiro|arquivo|regist\p{L}*|partilhar|compartilhar|você|vosso|connosco|conosco|consigo|porquê)\b`),
	}
	facts := regexp.MustCompile(`^(.*?[:：]) {2,}`)
	c := newComposer(t, func(c *responder.Config) {
		c.Organisation.Name, c.Organisation.Postal, c.Organisation.PolicyURL = "X", "", ""
	})
	for _, lang := range firstClass {
		for _, s := range responder.Samples() {
			if !s.Order.Kind.External() || s.Order.Data.ShadowFor != "" {
				continue
			}
			s = withoutWords(s)
			s.Order.Language = lang
			h, text, _ := parts(t, compose(t, c, s.Order, s.Now).Raw)
			subject, err := h.Text("Subject")
			if err != nil {
				t.Fatal(err)
			}
			text, _, _ = strings.Cut(subject+"\n"+strings.Replace(text, "\n-- \n", "\n\n", 1), "\nX,")
			for i, l := range strings.Split(text, "\n") {
				l = strings.TrimPrefix(strings.TrimLeft(l, " "), "- ")
				if i == 0 {
					l = strings.ReplaceAll(l, " ", "\u00a0") // subjects have plain spaces only
				}
				if lang == "en" {
					l = strings.ReplaceAll(l, "'", "")
				}
				if lang != "en" && english.MatchString(l) && !strings.Contains(l, "California") {
					t.Errorf("%s %s: English is left: %s", lang, s.Name, l)
				}
				for name, bad := range never {
					if m := facts.FindStringSubmatch(l); m != nil {
						l = m[1]
					}
					if (name == "" || name == lang) && !strings.HasPrefix(l, "Code: ") && bad.MatchString(l) {
						t.Errorf("%s %s line %d: %q in %s", lang, s.Name, i, bad.FindString(l), l)
					}
				}
			}
		}
	}
}

// Neutral and children's letters are the same whatever the mail asked for (DESIGN.md 2, D47).
func TestQuietLettersInEveryLanguage(t *testing.T) {
	c := newComposer(t, nil)
	for _, lang := range firstClass {
		for _, s := range responder.Samples() {
			switch s.Order.Kind {
			case ticket.LetterNeutral, ticket.LetterChild, ticket.LetterChildSelf:
			default:
				continue
			}
			o := s.Order
			o.Language = lang
			_, before, _ := parts(t, compose(t, c, o, s.Now).Raw)
			o.Data.Rights, o.Data.Due, o.Data.LawName, o.Data.Code, o.Data.CodeUntil = ticket.Rights(), s.Now, "EU General Data Protection Regulation", "4821-0937", s.Now
			o.Data.Answer, o.Data.State, o.Data.AskDetails = "4711", "closed", true
			if _, after, _ := parts(t, compose(t, c, o, s.Now).Raw); before != after {
				t.Errorf("%s %s: %s", lang, s.Name, cmp.Diff(before, after))
			}
		}
	}
}

// Dates are written as people of the language write them (issue 6 point 6).
func TestDatesOfEachLanguage(t *testing.T) {
	want := map[string][3]string{
		"de": {"20. November 2026", "1. Dezember 2026", "4. Mai 2027, 09:05 Uhr (UTC+2)"}, "en": {"20 November 2026", "1 December 2026", "4 May 2027, 09:05 (UTC+2)"},
		"es": {"20 de noviembre de 2026", "1 de diciembre de 2026", "4 de mayo de 2027, 09:05 (UTC+2)"},
		"fr": {"20 novembre 2026", "1er décembre 2026", "4 mai 2027, 09:05 (UTC+2)"}, "it": {"20 novembre 2026", "1º dicembre 2026", "4 maggio 2027, ore 09:05 (UTC+2)"},
		"ja": {"2026年11月20日", "2026年12月1日", "2027年5月4日 09:05（UTC+2）"}, "nl": {"20 november 2026", "1 december 2026", "4 mei 2027, 09:05 uur (UTC+2)"},
		"pl": {"20 listopada 2026 r.", "1 grudnia 2026 r.", "4 maja 2027 r., godz. 09:05 (UTC+2)"}, "pt": {"20 de novembro de 2026", "1 de dezembro de 2026", "4 de maio de 2027, 09:05 (UTC+2)"},
		"ru": {"20 ноября 2026 г.", "1 декабря 2026 г.", "4 мая 2027 г., 09:05 (UTC+2)"}, "tr": {"20 Kasım 2026", "1 Aralık 2026", "4 Mayıs 2027, saat 09.05 (UTC+2)"},
		"zh-Hans": {"2026年11月20日", "2026年12月1日", "2027年5月4日 09:05（UTC+2）"},
	}
	c := newComposer(t, nil)
	for _, lang := range firstClass {
		s := sample(t, "acknowledgement-code")
		s.Order.Language = lang
		s.Order.Data.ReceivedAt = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		s.Order.Data.Due = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
		s.Order.Data.CodeUntil = time.Date(2027, 5, 4, 7, 5, 0, 0, time.UTC)
		_, text, _ := parts(t, compose(t, c, s.Order, s.Now).Raw)
		for _, w := range want[lang] {
			if !strings.Contains(letters(text), letters(w)) || w == "" {
				t.Errorf("%s lacks %q:\n%s", lang, w, text)
			}
		}
	}
}

// All languages name the same laws and have all months, days and rights.
func TestWordsAreComplete(t *testing.T) {
	var laws []string
	for _, lang := range firstClass {
		src, err := fs.ReadFile(templates.FS, lang+"/words.yaml")
		if err != nil {
			t.Fatal(err)
		}
		var w struct {
			Language         string
			Months, Weekdays []string
			Laws             map[string]string
			Rights           map[string]struct{ Name, Now string }
		}
		if err := yaml.Unmarshal(src, &w); err != nil {
			t.Fatal(err)
		}
		unique := map[string]bool{}
		for _, s := range slices.Concat(w.Months, w.Weekdays) {
			unique[s] = true
		}
		for right, r := range w.Rights {
			unique[r.Name] = true
			unique[r.Now+right] = true
		}
		if w.Language != lang || len(unique) != 12+7+2*len(ticket.Rights()) {
			t.Errorf("%s: language %q, %d different words", lang, w.Language, len(unique))
		}
		if lang == "en" {
			continue
		}
		names := slices.Sorted(maps.Keys(w.Laws))
		if laws == nil {
			laws = names
		}
		if diff := cmp.Diff(laws, names); diff != "" {
			t.Errorf("%s: other laws: %s", lang, diff)
		}
		for _, l := range ticket.Laws() {
			if !slices.Contains(names, l.Name) {
				t.Errorf("%s: %s is named in English", lang, l.Name)
			}
		}
		for name, here := range w.Laws {
			if here == "" && name != "no law settled yet" {
				t.Errorf("%s: %s has no name", lang, name)
			}
		}
	}
}
