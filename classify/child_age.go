package classify

import (
	"strings"
	"time"
)

// mention is an age that the text gives somebody.
type mention struct {
	age      int
	sent     int
	from, to int
	self     bool // the writer
	kin      bool // a child of a family or a school
	bare     bool // years that may be a span of time, with nobody beside them whose age they could be
	how      string
}

// ages finds every age in the analysed text: "9 years old", "aged 9", "son (8)", "born in 2017", "third
// grade"; ages of accounts, contracts and companies are left out.
func (c *Classifier) ages(a *analysis, received time.Time) []mention {
	var out []mention
	for si := range a.doc.sents {
		f := &ageFinder{c: c, a: a, si: si, s: a.doc.sents[si], hits: a.hits[si], received: received}
		for i := f.s.from; i < f.s.to; i++ {
			if m, ok := f.at(i); ok {
				out = append(out, m)
				if len(out) >= 64 {
					return out
				}
			}
		}
	}
	return out
}

type ageFinder struct {
	c        *Classifier
	a        *analysis
	si       int
	s        sentence
	hits     []hit
	received time.Time
}

func (f *ageFinder) tok(i int) *token { return &f.a.doc.tokens[i] }

// near gives the hit of a concept that begins at token i, or ends there when back is set.
func (f *ageFinder) near(name string, i int, back bool) *hit {
	want, ok := f.c.lex.concepts[name]
	if !ok {
		return nil
	}
	for k := range f.hits {
		h := &f.hits[k]
		if h.concept == want && (!back && h.from == i || back && h.to == i) {
			return h
		}
	}
	return nil
}

// within gives the hit of a concept between two tokens, the one nearest to at.
func (f *ageFinder) within(name string, from, to, at int) *hit {
	want, ok := f.c.lex.concepts[name]
	if !ok {
		return nil
	}
	var best *hit
	for k := range f.hits {
		h := &f.hits[k]
		if h.concept == want && h.from >= from && h.to <= to && (best == nil || abs(h.from-at) < abs(best.from-at)) {
			best = h
		}
	}
	return best
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// number reads a number at token i, in digits or words, and gives its value and end: "twenty-six",
// "treinta y cinco", "二十六" are one number.
func (f *ageFinder) number(i int) (n, end int) {
	n, end = f.plainNumber(i)
	if n < 20 || n > 99 || n%10 != 0 || f.tok(i).number >= 0 {
		return n, end
	}
	for next := end; next < f.s.to && next <= end+1 && f.tok(next).clause == f.tok(i).clause; next++ {
		if m, to := f.plainNumber(next); m >= 0 {
			if m > 0 && m < 20 && f.tok(next).number < 0 && (m < 10 || n%20 == 0) {
				return n + m, to
			}
			break
		}
		if len(f.tok(next).text) > 3 {
			break
		}
	}
	return n, end
}

// tail reports whether token i goes on with a number that began before it: the six of "twenty-six".
func (f *ageFinder) tail(i int) bool {
	for back := max(f.s.from, i-3); back < i; back++ {
		if f.tok(back).number >= 0 {
			continue
		}
		if n, end := f.number(back); n >= 10 && end > i {
			return true
		}
	}
	return false
}

// plainNumber reads a number that the lexicon has, or one in digits.
func (f *ageFinder) plainNumber(i int) (n, end int) {
	if t := f.tok(i); t.number >= 0 {
		return t.number, i + 1
	} else if t.address {
		return -1, i
	}
	langs, best, end := f.a.tongue.active[f.si], -1, i
	for _, w := range f.c.lex.numbers[f.tok(i).text] {
		if !langs.has(w.lang) || i+1+len(w.rest) > f.s.to {
			continue
		}
		same := true
		for k, r := range w.rest {
			same = same && f.tok(i+1+k).text == r
		}
		if same && i+1+len(w.rest) > end {
			best, end = w.value, i+1+len(w.rest)
		}
	}
	return best, end
}

// at looks for an age that begins at token i.
func (f *ageFinder) at(i int) (mention, bool) {
	if n, ok := f.compound(i); ok {
		return f.person(mention{age: n, from: i, to: i + 1, how: "age"}, true)
	}
	n, end := f.number(i) // a short one ("een", "un") is an article: "vorig jaar een abonnement"
	if n < 0 || f.tok(i).number < 0 && (f.tail(i) || n == 1 && len(f.tok(i).text) <= 4 && !f.tok(i).wide) {
		return mention{}, false
	}
	if n >= 1900 && n <= f.received.Year() {
		return f.birth(i, n)
	}
	if n > 99 || f.near("duration", i, true) != nil {
		return mention{}, false
	}
	if m, ok := f.inGrade(i, end, n); ok {
		return m, true
	}
	if u := f.unit(end); u != nil {
		if !f.owned(i, u) && f.thing(u.to) || f.thingBefore(i) ||
			f.near("duration", u.to, false) != nil && f.within("kin", max(f.s.from, i-3), i, i) == nil {
			return mention{}, false
		}
		m, ok := f.person(mention{age: n, from: i, to: u.to, how: "age"}, false)
		m.bare = m.bare && f.years(u)
		if f.years(u) && !f.beside(i, u.to) {
			m.bare, m.self, m.kin = true, false, m.kin && f.within("kin", max(f.s.from, i-9), min(f.s.to, u.to+9), i) != nil
		}
		return m, ok
	}
	if p := f.near("agepre", i, true); p != nil && (f.ends(end) || f.within("kin", max(f.s.from, p.from-3), p.from, i) != nil && !f.counted(end)) {
		return f.person(mention{age: n, from: p.from, to: end, how: "age"}, false)
	}
	if f.alone(i, end) {
		return f.person(mention{age: n, from: i, to: end, how: "age"}, false)
	}
	return mention{}, false
}

// years reports whether the unit is only "years", which are a time as often as an age.
func (f *ageFinder) years(u *hit) bool {
	y := f.near("yearword", u.from, false)
	return y != nil && y.to == u.to
}

// beside reports whether somebody stands so close to plain years from i to end that they are an age:
// "she has nine years", "tengo solo nueve años", "my son, nine years".
func (f *ageFinder) beside(i, end int) bool {
	for _, name := range []string{"self", "person", "kin"} {
		if f.near(name, i, true) != nil || f.within(name, i, end, i) != nil {
			return true
		}
	}
	if p := f.near("agepre", i, true); p != nil {
		return true
	}
	return f.within("kin", max(f.s.from, i-4), min(f.s.to, end+4), i) != nil
}

// compound reads ages in one word, such as "achtjährige" or "nioåring".
func (f *ageFinder) compound(i int) (int, bool) {
	t := f.tok(i)
	if t.wide || len(t.text) < 6 || t.address {
		return 0, false
	}
	for l := range f.c.lex.langs {
		lang := &f.c.lex.langs[l]
		if len(lang.ageStems) == 0 || !f.a.tongue.active[f.si].has(int8(l)) {
			continue
		}
		for _, stem := range lang.ageStems {
			if at := strings.Index(t.text, stem); at > 1 {
				if n, ok := lang.numbers[t.text[:at]]; ok {
					return n, true
				}
			}
		}
	}
	return 0, false
}

// unit is "years old" after the number, next to it or one word on.
func (f *ageFinder) unit(end int) *hit {
	if h := f.near("ageunit", end, false); h != nil {
		return h
	}
	if end+1 < f.s.to && !f.tok(end).wide && len(f.tok(end).text) <= 3 {
		return f.near("ageunit", end+1, false)
	}
	return nil
}

// owned reports whether the age at i is plainly a person's: the writer stands right before the number
// or in its unit ("yaşındayım"), a child stands before it, a clause ends after it, or it is possessive.
func (f *ageFinder) owned(i int, unit *hit) bool {
	return f.near("self", i, true) != nil || f.near("kin", i, true) != nil || f.within("self", i, unit.to, i) != nil ||
		f.near("ageowner", unit.from, false) != nil || unit.to < f.s.to && f.tok(unit.to).clause != f.tok(i).clause
}

// thing reports whether what follows the age is an account, a phone or the like.
func (f *ageFinder) thing(at int) bool {
	for _, name := range []string{"account", "support", "data", "mailing", "company"} {
		if f.near(name, at, false) != nil {
			return true
		}
	}
	return false
}

// thingBefore reports whether the nearest one that the age can belong to is an account, a company or a cat.
func (f *ageFinder) thingBefore(i int) bool {
	near := -1
	for _, name := range []string{"account", "company"} {
		if h := f.within(name, max(f.s.from, i-5), i, i); h != nil {
			near = max(near, h.from)
		}
	}
	if near < 0 {
		return false
	}
	for _, name := range []string{"kin", "self", "young"} {
		if h := f.within(name, max(f.s.from, i-9), min(f.s.to, i+5), i); h != nil && (h.from >= near || h.from >= i-3) {
			return false
		}
	}
	return true
}

// counted reports whether the number counts things: "my son has 9 contacts".
func (f *ageFinder) counted(end int) bool {
	for _, name := range []string{"support", "data", "item", "mailing", "account", "day", "hour", "company", "request"} {
		if f.near(name, end, false) != nil {
			return true
		}
	}
	return end < f.s.to && f.tok(end).number >= 0
}

// ends reports whether the clause ends at token i, or a little word goes on: "is nine and …".
func (f *ageFinder) ends(i int) bool {
	if i >= f.s.to || f.tok(i).clause != f.tok(i-1).clause {
		return true
	}
	if f.tok(i).number >= 0 || f.tok(i).wide {
		return false
	}
	if f.near("person", i, false) != nil {
		return true // "my sister is 7 she made a profile"
	}
	return len(f.c.lex.stopsOf[f.tok(i).text]) > 0
}

// alone reports whether the number stands by itself behind a person: "my son (8)", "I'm 11", "Tochter, 8,".
func (f *ageFinder) alone(i, end int) bool {
	if !f.ends(end) || end < f.s.to && f.tok(end).number >= 0 {
		return false
	}
	if f.near("self", i, true) != nil {
		return true
	}
	if n := f.tok(i).number; n >= 3 && n < 18 && f.bracketed(i, end) && f.within("person", end, f.s.to, end) != nil {
		return true // "one of the cubs (8) … with his full name"
	}
	before := f.within("kin", max(f.s.from, i-4), i, i)
	if before == nil {
		before = f.within("person", max(f.s.from, i-3), i, i)
		if n, _ := f.number(i); n < 3 || n > 17 {
			before = nil
		}
	}
	if before == nil {
		return false
	}
	if i-before.to <= 1 && (before.to == i || len(f.c.lex.stopsOf[f.tok(i-1).text]) > 0) {
		return true
	}
	apart := i == f.s.from || f.tok(i).clause != f.tok(i-1).clause || before.to == i
	return apart && (end >= f.s.to || f.tok(end).clause != f.tok(end-1).clause) || i-before.to <= 2 && f.near("agepre", i, true) != nil
}

// bracketed reports whether tokens i to end stand alone in brackets.
func (f *ageFinder) bracketed(i, end int) bool {
	text := f.a.doc.text[f.s.part]
	from, to := f.tok(i).from, f.tok(end-1).to
	return from > 0 && to < len(text) && text[from-1] == '(' && text[to] == ')'
}

// person finds whose age it is; without anybody near it is nobody's.
func (f *ageFinder) person(m mention, loose bool) (mention, bool) {
	m.sent = f.si
	from, to := max(f.s.from, m.from-9), min(f.s.to, m.to+9)
	kin := f.within("kin", from, to, m.from)
	self := f.within("self", max(f.s.from, m.from-3), m.to, m.from)
	m.kin = kin != nil || f.near("my", m.from, true) != nil // "my ten-year-old"
	if self != nil && (kin == nil || kin.to <= self.from && m.from-self.to <= 1 || self.to == m.to || kin.from > m.to) {
		m.self, m.kin = true, false
		m.from = min(m.from, self.from)
		return m, true
	}
	if kin != nil {
		m.from, m.to = min(m.from, kin.from), max(m.to, kin.to)
		return m, true
	}
	if m.kin || f.bracketed(m.from, m.to) || f.within("person", max(f.s.from, m.from-4), to, m.from) != nil || loose || f.within("young", f.s.from, f.s.to, m.from) != nil {
		return m, true
	}
	// "9 ans", "12岁" without any person still speaks of one when the mail speaks of children, or when
	// there is nothing else in the sentence that has an age.
	if m.age < 3 || m.age >= 20 {
		return m, false
	}
	m.bare = true
	near := min(f.s.to, m.to+3) // "the phone is nine years old and recorded …", "nine-year-old Zeynep … on your phone"
	nothing := f.within("company", f.s.from, near, m.from) == nil && f.within("account", f.s.from, near, m.from) == nil &&
		f.within("duration", f.s.from, f.s.to, m.from) == nil && f.within("support", f.s.from, near, m.from) == nil
	heard := f.within("signup", f.s.from, f.s.to, m.from) != nil || f.within("mailing", f.s.from, f.s.to, m.from) != nil
	return m, nothing && heard || f.a.mentions(f.c, "kin")
}

// inGrade reads school grades: a child of grade n is about n+5 years old.
func (f *ageFinder) inGrade(i, end, n int) (mention, bool) {
	g := f.near("grade", end, false)
	if g == nil && end < f.s.to && len(f.tok(end).text) <= 2 {
		g = f.near("grade", end+1, false)
	}
	if g != nil && f.near("ageunit", g.from, false) != nil {
		return mention{}, false // Dutch "10 jaar" is an age, "jaar 4" a grade
	}
	if g == nil {
		g = f.near("grade", i, true)
	}
	if g == nil || n < 1 || n > 13 {
		return mention{}, false
	}
	m := mention{age: n + 5, from: min(i, g.from), to: max(end, g.to), sent: f.si, how: "school grade"}
	m.kin = f.within("kin", f.s.from, f.s.to, i) != nil
	m.self = !m.kin && f.within("self", f.s.from, f.s.to, i) != nil // "I teach children of class 5"
	return m, m.self || m.kin || f.within("person", f.s.from, f.s.to, i) != nil || f.a.mentions(f.c, "kin") || f.a.mentions(f.c, "childself")
}

// birth reads "born in 2017", "geb. 12.05.2014", "2015年出生".
func (f *ageFinder) birth(i, year int) (mention, bool) {
	b := f.within("born", max(f.s.from, i-8), min(f.s.to, i+5), i)
	if b == nil {
		return mention{}, false
	}
	age := f.received.Year() - year
	month, day := f.dayOf(i)
	if month == 0 {
		month, day = 7, 1
	}
	if f.received.Month() < time.Month(month) || f.received.Month() == time.Month(month) && f.received.Day() < day {
		age--
	}
	m := mention{age: age, from: min(b.from, i), to: max(b.to, i+1), sent: f.si, how: "birth date"}
	m.self = f.within("self", f.s.from, i, i) != nil
	m.kin = f.within("kin", f.s.from, f.s.to, i) != nil
	return m, age >= 0
}

// dayOf reads day and month beside a year in digits, on either side; zero when there are none.
func (f *ageFinder) dayOf(i int) (month, day int) {
	num := func(k int) int {
		if k < f.s.from || k >= f.s.to {
			return -1
		}
		return f.tok(k).number
	}
	if d, m := num(i-2), num(i-1); d > 0 && m > 0 && d <= 31 && m <= 31 {
		if m > 12 {
			d, m = m, d
		}
		return m, d
	}
	for _, gap := range []int{1, 2} { // 2014-05-12, 2014年5月12日
		if m, d := num(i+gap), num(i+2*gap); m > 0 && m <= 12 && d > 0 && d <= 31 {
			return m, d
		}
	}
	return 0, 0
}
