package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wroteWords are the verbs of the line that introduces a quote, in lower case: "… wrote:".
var wroteWords = strings.Split(strings.ReplaceAll(`wrote|writes|written by|schrieb|geschrieben|a écrit|écrit :|a ecrit|escribió|escribio|escribía|escribiste|ha scritto|scrisse|scritto:|escreveu|escrito|schreef|geschreven|napisał|napisal|napísal|napsal|pisze:|
skrev|skreiv|kirjoitti|írta|ezt írta|a scris|yazdı|şunları yazdı|tarihinde|написал|пишет|писал|написав|написала|пише|писав|έγραψε|έγραψαν|写道|寫道|さんは書きました|が書きました|は書きました|さんからのメッセージ|님이 작성|님이 쓴 글|작성:|
كتب|تمت كتابة|כתב|כתבה|מאת|đã viết|menulis|เขียน|va escriure|skrifaði|kirjutas|rakstīja|rašė|napisao|napisala|je pisao|написа|idatzi|geskryf|ने लिखा|a répondu|antwortete|said:|says:|sagte:|zitat von|quoting |citando |citat |citation de|cita de`, "\n", ""), "|")

// attributionStarts are the first words of such a line, in lower case.
var attributionStarts = strings.Split(strings.ReplaceAll(`on |am |le |el |il |em |op |in data |il giorno |il giorno|w dniu |dnia |dne |dňa |den |pe |la |în |at |le :|mon, |tue, |wed, |thu, |fri, |sat, |sun, |mon |tue |wed |thu |fri |sat |sun |
kl. |kl |ti |ma |ke |to |pe |la |su |ons |tor |fre |lör |man |tir |fr., |mo., |di., |mi., |do., |sa., |so., |пн, |вт, |ср, |чт, |пт, |сб, |вс, |нд, |понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|в |on: |στις |στις|την |
在|于|於|vào |pada |เมื่อ |ב-|בתאריך |ביום |في |بتاريخ |le lun|le mar|le mer|le jeu|le ven|le sam|le dim|el lun|el mar|el mié|el jue|el vie|el sáb|el dom|dana |dne: |quoting |zitat von |citando |--- |från: |lun, |mar, |mer, |gio, |ven, |sab, |dom, |seg., |ter., |qua., |qui., |sex., |sáb., |dom., |pon., |wt., |śr., |czw., |pt., |sob., |niedz., |po |út |st |čt |pá |so |ne |2`, "\n", ""), "|")

// attributionKind says how sure an attribution line is.
type attributionKind int

const (
	noAttribution     attributionKind = iota
	weakAttribution                   // counts when a quote follows
	strongAttribution                 // counts alone
)

// attribution reads a line such as "On Monday, Jane <jane@example.com> wrote:" that starts at line
// i and may be wrapped over up to four lines. It gives the line behind it. The reading after which
// a quote follows is preferred.
func attribution(lines []line, i int) (end int, kind attributionKind) {
	joined := ""
	for j := i; j < len(lines) && j < i+4; j++ {
		if lines[j].blank || lines[j].quoted || lines[j].mark {
			break
		}
		joined = strings.TrimSpace(joined + " " + lines[j].s)
		if len(joined) > 600 || j > i && !mayWrap(lines, i) {
			break
		}
		k := attributionText(joined)
		switch {
		case k == noAttribution:
		case quoteFollows(lines, j+1):
			return j + 1, k
		case k == strongAttribution && kind != strongAttribution:
			end, kind = j+1, k
		}
	}
	return end, kind
}

// mayWrap reports whether line i can be the first of several: it begins like an attribution, or
// names an address or a time; and the next line is not an attribution by itself.
func mayWrap(lines []line, i int) bool {
	low := strings.ToLower(lines[i].s)
	if startsAttribution(low) {
		return true
	}
	if next := lines[i+1].s; startsAttribution(strings.ToLower(next)) && attributionText(next) == strongAttribution {
		return false
	}
	return strings.Contains(low, "@") || hasDateOrTime(low)
}

// attributionText judges a joined candidate.
func attributionText(s string) attributionKind {
	s = strings.Trim(s, " -_*=‐—–")
	colon := strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") || strings.HasSuffix(s, ":>") || strings.HasSuffix(s, ":]")
	if !colon && len(s) < 12 || len(s) < 6 {
		return noAttribution
	}
	date := hasDateOrTime(s)
	if !colon && !date {
		return noAttribution
	}
	low := strings.ToLower(s)
	verb := hasWroteWord(low)
	if !colon && !verb {
		if strings.HasSuffix(strings.TrimSpace(s), ">") && s[0] >= '0' && s[0] <= '9' && strings.Contains(s, "@") {
			return weakAttribution // "2026/11/2 Jane <jane@example.com>"
		}
		return noAttribution
	}
	address := strings.Contains(s, "@")
	start := startsAttribution(low)
	switch {
	case colon && verb && date && (address || start && hasClock(s) && !inPerson(low)):
		return strongAttribution
	case colon && address && date && strings.ContainsAny(s, "<>[]("):
		return strongAttribution
	case !colon && verb && date && start && wroteAtEnd(low) && (address || hasClock(s) && !inPerson(low)):
		return strongAttribution
	case colon && verb && address && wroteAtEnd(low):
		return strongAttribution
	case colon && (verb && len(s) < 160 || address || date && start):
		return weakAttribution
	case verb && date:
		return weakAttribution
	}
	return noAttribution
}

func startsAttribution(low string) bool {
	low = strings.TrimLeft(low, " -_*=\"'«<>[(‐—–")
	if low == "" {
		return false
	}
	if low[0] >= '0' && low[0] <= '9' {
		return true
	}
	for _, w := range attributionStarts {
		if strings.HasPrefix(low, w) {
			return true
		}
	}
	return false
}

func hasWroteWord(low string) bool {
	for _, w := range wroteWords {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// wroteAtEnd reports whether the verb stands within the last words, as in "Jane wrote:".
func wroteAtEnd(low string) bool {
	return hasWroteWord(cutFront(low, 40))
}

// hasDateOrTime finds a year, a time of day or a date in digits of any script.
func hasDateOrTime(s string) bool {
	run, groups := 0, 0
	prev := rune(0)
	for _, r := range s {
		if unicode.IsDigit(r) {
			run++
			if run == 1 && groups > 0 && (prev == ':' || prev == '.' || prev == '/' || prev == '-' || prev == 'h' || prev == '：') {
				return true
			}
			prev = r
			continue
		}
		if run == 4 {
			return true
		}
		if run == 1 || run == 2 {
			groups++
		} else if run > 0 || !strings.ContainsRune(":./-h：", r) {
			groups = 0
		}
		run = 0
		prev = r
	}
	return run == 4
}

// hasClock finds a time of day.
func hasClock(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == 'h') && isDigit(s[i-1]) && isDigit(s[i+1]) && isDigit(s[i+2]) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// inPerson recognises people who tell what was written: "On 5 May you wrote:".
func inPerson(low string) bool {
	return containsAny(low, []string{"you wrote", "i wrote", "we wrote", "schrieb ich", "schrieben sie", "haben sie", "habe ich", "vous avez écrit", "j'ai écrit", "usted escribió", "le escribí", "ho scritto", "avete scritto", "ik schreef", "schreef u", "schreef ik"})
}

// firstRune is the first character of s.
func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
