package ticket

import (
	"slices"
	"strings"
)

// Point is one thing that the final answer to a request must say (CASES D26, D27).
type Point struct {
	Name    string   // for #covered
	Asks    string   // for people
	Article string   // where it is written
	Signs   []string // beginnings of words that show it in staff's text, in lower case
	Framed  bool     // our closing letter says it by itself
}

// Checklist gives the points of the answer to right under law, closed with o; with no outcome, those
// of an answer that grants it. It helps people and never stops them.
func Checklist(right Right, law Law, o Outcome) []Point {
	switch o {
	case OutcomeRefused:
		return append([]Point{
			{Name: "reasons", Asks: "the reasons", Article: lawArticle(law, "art. 12(4)"), Framed: true}, // #close refused needs them
		}, recourse(law)...)
	case OutcomeWithdrawn, OutcomeNone:
		return nil
	}
	points := granted(right, law)
	if o == OutcomePartly {
		points = append(points, Point{Name: "kept", Asks: "what was not done or is kept, and why", Article: lawArticle(law, "art. 12(4)"), Signs: signsKept()})
		points = append(points, recourse(law)...)
	}
	return points
}

// recourse is what every refusal names; our letter does.
func recourse(law Law) []Point {
	return []Point{
		{Name: "authority", Asks: "the right to complain to an authority", Article: lawArticle(law, "art. 12(4)"), Framed: true},
		{Name: "court", Asks: "the way to the courts", Article: lawArticle(law, "art. 12(4)"), Framed: true},
	}
}

// lawArticle names article where law is the EU's or the United Kingdom's, else the law.
func lawArticle(law Law, article string) string {
	switch law.Code {
	case "eu-gdpr":
		return "GDPR " + article
	case "uk-gdpr":
		return "UK GDPR " + article
	}
	return law.Articles
}

// granted is the table of points per right.
func granted(right Right, law Law) []Point {
	switch right {
	case Access:
		return accessPoints(law)
	case Portability:
		return []Point{
			{Name: "copy", Asks: "the data in a common, machine-readable format", Article: lawArticle(law, "art. 20(1)"), Signs: signsCopy()},
		}
	case Correction:
		return []Point{
			{Name: "corrected", Asks: "what was corrected or completed", Article: lawArticle(law, "art. 16"), Signs: signsCorrected()},
			{Name: "recipients", Asks: "that recipients were told", Article: lawArticle(law, "art. 19"), Signs: signsRecipients()},
		}
	case Deletion:
		return []Point{
			{Name: "deleted", Asks: "what was deleted", Article: lawArticle(law, "art. 17"), Signs: signsDeleted()},
			{Name: "recipients", Asks: "that recipients were told", Article: lawArticle(law, "art. 19"), Signs: signsRecipients()},
		}
	case Restriction:
		return []Point{
			{Name: "restricted", Asks: "what is blocked, and that you tell them before it is used again", Article: lawArticle(law, "art. 18(3)"), Signs: signsRestricted()},
			{Name: "recipients", Asks: "that recipients were told", Article: lawArticle(law, "art. 19"), Signs: signsRecipients()},
		}
	case Objection:
		return []Point{{Name: "stopped", Asks: "which use has stopped", Article: lawArticle(law, "art. 21"), Signs: signsStopped()}}
	case Complaint:
		return []Point{{Name: "outcome", Asks: "what was found and what follows from it", Article: "policy: the outcome in writing", Signs: signsOutcome()}}
	}
	return nil
}

// accessPoints is GDPR art. 15(1)(a) to (h) and 15(3), or what stands in its place.
func accessPoints(law Law) []Point {
	purposes := Point{Name: "purposes", Asks: "the purposes", Signs: signsPurposes()}
	categories := Point{Name: "categories", Asks: "the categories of data", Signs: signsCategories()}
	recipients := Point{Name: "recipients", Asks: "the recipients", Signs: signsRecipients()}
	retention := Point{Name: "retention", Asks: "how long the data are kept", Signs: signsRetention()}
	rights := Point{Name: "rights", Asks: "the rights to correction, deletion, restriction, objection", Signs: signsRights()}
	authority := Point{Name: "authority", Asks: "the right to complain to an authority", Framed: true}
	source := Point{Name: "source", Asks: "where the data come from", Signs: signsSource()}
	automated := Point{Name: "automated", Asks: "automated decisions and profiling, or that there are none", Signs: signsAutomated()}
	copied := Point{Name: "copy", Asks: "a copy of the data", Signs: signsCopy()}
	name := func(points []Point, article string) []Point {
		for i := range points {
			points[i].Article = article
		}
		return points
	}
	switch law.Code {
	case "eu-gdpr", "uk-gdpr":
		points := []Point{purposes, categories, recipients, retention, rights, authority, source, automated}
		for i := range points {
			points[i].Article = lawArticle(law, "art. 15(1)("+string(rune('a'+i))+")")
		}
		copied.Article = lawArticle(law, "art. 15(3)")
		return append(points, copied)
	case "ch-fadp":
		return name([]Point{copied, purposes, retention, source, automated, recipients}, "FADP art. 25(2)")
	case "br-lgpd":
		return name([]Point{copied, source, purposes, {Name: "criteria", Asks: "the criteria used", Signs: []string{"criter", "critér"}}}, "LGPD art. 19, II")
	case "us-ca-ccpa":
		return name([]Point{categories, source, purposes, recipients, copied}, "CCPA § 1798.110(a)")
	}
	return name([]Point{copied, purposes, recipients}, law.Articles)
}

// Words in twelve languages that show a point. They are beginnings of words, and a help only: what is
// said in other words, or in an attachment, is marked with #covered.
func signsPurposes() []string {
	return []string{"purpose", "zweck", "finalité", "finalidad", "finalità", "scop", "finalidade", "doel", "cel ", "cele", "celu", "amaç", "amac", "цел", "目的"}
}
func signsCategories() []string {
	return []string{"categor", "kategor", "catégor", "categorí", "kategori", "категори", "类别", "種類", "项目", "種別"}
}
func signsRecipients() []string {
	return []string{"recipient", "third part", "passed on", "shared with", "empfänger", "weitergegeben", "destinat", "ontvanger", "odbiorc", "alıcı", "aktarıl", "получател", "接收", "第三方", "提供先", "第三者"}
}
func signsRetention() []string {
	return []string{"retain", "retention", "kept for", "keep it for", "store for", "stored for", "speicherdauer", "aufbewahr", "gespeichert bis", "conserv", "bewaar", "przechow", "okres", "sakla", "хран", "保存", "保留", "保管"}
}
func signsRights() []string {
	return []string{"right to", "your rights", "recht auf", "ihre rechte", "droit", "derecho", "diritt", "direito", "recht op", "rechten", "prawo", "prawa", "hakk", "прав", "权利", "権利"}
}
func signsSource() []string {
	return []string{"source", "you gave us", "from you", "collected from", "herkunft", "quelle", "von ihnen", "origin", "provenance", "procedencia", "fonte", "herkomst", "bron", "źródł", "pochodz", "kaynak", "источник", "来源", "入手", "取得"}
}
func signsAutomated() []string {
	return []string{"automated", "profiling", "automatisiert", "profilage", "automatis", "automatiz", "automatizz", "profila", "perfil", "geautomatiseerd", "zautomatyz", "profilow", "otomatik", "автоматизир", "自动", "自動", "画像"}
}
func signsCopy() []string {
	return []string{"copy", "attach", "below", "kopie", "anhang", "anlage", "anbei", "copie", "ci-joint", "copia", "adjunt", "allegat", "cópia", "em anexo", "bijlage", "kopi", "załącz", "ekte", "копи", "прилож", "副本", "附件", "写し", "添付"}
}
func signsCorrected() []string {
	return []string{"correct", "updat", "chang", "berichtig", "korrig", "geändert", "rectifi", "corrig", "modifi", "rettific", "gewijzigd", "gecorrig", "popraw", "sprost", "düzelt", "исправ", "更正", "訂正"}
}
func signsDeleted() []string {
	return []string{"delet", "eras", "remov", "gelöscht", "löschung", "supprim", "effac", "elimin", "borrad", "cancell", "apagad", "exclu", "verwijder", "gewist", "usuni", "sil", "удал", "删除", "刪除", "削除", "消去"}
}
func signsRestricted() []string {
	return []string{"restrict", "block", "lock", "gesperrt", "eingeschränkt", "limit", "bloqu", "blocc", "beperk", "geblokk", "ogranicz", "zablok", "kısıt", "огранич", "заблок", "限制", "冻结", "停止"}
}
func signsStopped() []string {
	return []string{"stop", "no longer", "not use", "nicht mehr", "eingestellt", "cess", "n'utilis", "plus utilis", "dej", "cesad", "non più", "não mais", "niet meer", "gestopt", "przest", "zaprzest", "durdur", "прекра", "停止", "不再", "中止"}
}
func signsOutcome() []string {
	return []string{"found", "result", "outcome", "investigat", "ergebnis", "geprüft", "festgestellt", "résultat", "constat", "enquête", "result", "esito", "uitkomst", "gebleken", "ustal", "wynik", "sonuç", "incele", "результат", "выясн", "结果", "调查", "調査"}
}
func signsKept() []string {
	return []string{"keep", "kept", "retain", "not delet", "could not", "cannot", "behalten", "aufbewahr", "nicht", "conserv", "gard", "manten", "mantene", "non poss", "não pode", "bewaar", "niet", "zachow", "nie moż", "sakla", "сохран", "не мож", "保留", "保存", "保管", "できません"}
}

// coverage notes which points staff's words cover.
func (w *work) coverage(text string) {
	text = strings.ToLower(text)
	for _, r := range w.openRequests(nil) {
		for _, p := range append(granted(r.Right, w.draft.facts.Policy.law(r.Law)), Checklist(r.Right, w.draft.facts.Policy.law(r.Law), OutcomePartly)...) {
			if !slices.Contains(r.Covered, p.Name) && slices.ContainsFunc(p.Signs, func(s string) bool { return strings.Contains(text, s) }) {
				r.Covered = append(r.Covered, p.Name)
			}
		}
	}
}

// cover notes that points are covered in a way that cannot be seen.
func (w *work) cover(arg string) {
	names := strings.Fields(strings.ToLower(strings.ReplaceAll(arg, ",", " ")))
	known := []string{"all"}
	for _, r := range w.ch.Ticket.Requests {
		for _, p := range Checklist(r.Right, w.draft.facts.Policy.law(r.Law), OutcomePartly) {
			if !p.Framed && !slices.Contains(known, p.Name) {
				known = append(known, p.Name)
			}
		}
	}
	if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(known, n) }) {
		w.refuse("#covered needs points of the checklist: %s.", strings.Join(known, ", "))
		return
	}
	for i := range w.ch.Ticket.Requests {
		r := &w.ch.Ticket.Requests[i]
		for _, p := range Checklist(r.Right, w.draft.facts.Policy.law(r.Law), OutcomePartly) {
			if (slices.Contains(names, p.Name) || slices.Contains(names, "all")) && !slices.Contains(r.Covered, p.Name) {
				r.Covered = append(r.Covered, p.Name)
			}
		}
	}
	w.draft.event(w.ch, EventNote, w.actor, "marked as covered in the answer: %s", strings.Join(names, ", "))
	w.done = append(w.done, "Marked as covered: "+strings.Join(names, ", ")+".")
}

// Missing gives the points of r's answer that nothing shows, when it is closed with o.
func (r Request) Missing(law Law, o Outcome) []Point {
	return slices.DeleteFunc(Checklist(r.Right, law, o), func(p Point) bool { return p.Framed || slices.Contains(r.Covered, p.Name) })
}

// checked names in the receipt what the closing may lack. It stops nothing.
func (w *work) checked(closed []Right, o Outcome) {
	for _, r := range w.ch.Ticket.Requests {
		if !slices.Contains(closed, r.Right) || r.Outcome != o || !r.ClosedAt.Equal(w.draft.now) {
			continue
		}
		var lacks []string
		for _, p := range r.Missing(w.draft.facts.Policy.law(r.Law), o) {
			if p.Name != "recipients" || r.Right == Access || len(w.draft.facts.Policy.Recipients) > 0 {
				lacks = append(lacks, p.Asks+" ("+p.Article+")")
			}
		}
		if a := w.ch.Ticket.Child; r.Right == Child && o == OutcomeDone && a != nil && a.State() != ChildDeleted && a.State() != ChildCleared {
			lacks = append(lacks, "that the child's data is deleted (#deleted)")
		}
		if len(lacks) > 0 {
			w.done = append(w.done, "Please check, "+string(r.Right)+": nothing in your words shows "+strings.Join(lacks, "; ")+". What was missing can follow in a plain reply.")
		}
	}
}

// closedAs does what follows from a closing: recipients are told when data were corrected, deleted or
// restricted.
func (w *work) closedAs(closed []Right, o Outcome) {
	if o == OutcomeDone || o == OutcomePartly {
		w.tellRecipients(closed, w.informText)
	}
}
