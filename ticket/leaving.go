package ticket

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// leaks says what stands in w's text or beside it that may not be meant for the requester (issue 5.7).
// Whatever is found holds the mail; a colleague who has read the reasons releases it with #send.
func (w *work) leaks() []string {
	t, f := w.ch.Ticket, w.draft.facts
	if w.text == "" && len(w.attachments) == 0 {
		return nil
	}
	found := partsOfOurMail(w.text, f.AnswerText, t)
	if mark := noteMark(w.text); mark != "" {
		found = append(found, fmt.Sprintf("The line %q reads like a note or a command for this house. Commands go in the first lines.", cut(mark, 40)))
	}
	for _, a := range addressesIn(w.text) {
		if w.elsewhere(a) {
			found = append(found, "It holds the address of somebody else who writes to this mailbox: "+a+".")
		}
	}
	for _, ref := range RefsIn(w.text) {
		if ref != t.Ref && !slices.Contains(f.OwnRefs, ref) {
			found = append(found, "It holds the reference of another ticket: "+ref+".")
		}
	}
	if keyMark.MatchString(w.text) {
		found = append(found, "It holds a key to a thread of this mailbox: a token or the id of one of its mails.")
	}
	for _, n := range idNumbers(w.text, f.AnswerText) {
		found = append(found, "It holds "+n+". Make sure that it is the requester's own, and needed.")
	}
	if others := w.others(); len(others) > 0 {
		found = append(found, "Your mail is also addressed to "+strings.Join(others, ", ")+". Answers go to the requester on file and to nobody else; what is written to colleagues may not be meant for the requester.")
	}
	if by, at := w.answeredLately(); by != "" {
		found = append(found, fmt.Sprintf("%s answered the requester at %s, less than an hour ago. Perhaps the same has been said already.", by, at.In(f.Policy.Zone).Format("15:04")))
	}
	return append(found, w.enclosed()...)
}

// checkLeaving notes what speaks against the text going out, unless a colleague has released it.
func (w *work) checkLeaving() {
	if !w.released {
		for _, s := range w.leaks() {
			if !slices.Contains(w.findings, s) {
				w.findings = append(w.findings, s)
			}
		}
	}
}

// Text of our own that stands in every letter to staff.
var ownSigns = []string{InternalMark, "They go in the first lines of your reply", "This mail is for colleagues only"}

// minSign is how many letters and digits a line must have to be known again for sure.
const minSign = 28

// partsOfOurMail finds what of a letter to staff still stands in text, however a mail program has
// wrapped, marked or cut it (A18): the mark on top, the commands, the arithmetic of a deadline, and any
// line of the very letter that is answered. What the requester wrote is his own.
func partsOfOurMail(text, answered string, t Ticket) []string {
	signs := slices.Clone(ownSigns)
	for _, h := range CommandHelps() {
		if len(h.Does) >= 30 {
			signs = append(signs, h.Does)
		}
	}
	for _, r := range t.Requests {
		signs = append(signs, r.Deadline.Proof...)
		for _, c := range r.Deadline.Changes {
			signs = append(signs, c.Proof...)
		}
	}
	body := lettersOnly(text)
	holds := func(line string, least int) bool {
		line = lettersOnly(line)
		return len([]rune(line)) >= least && strings.Contains(body, line)
	}
	if slices.ContainsFunc(signs, func(s string) bool { return holds(s, 16) }) {
		return []string{"It still holds a part of the internal mail. Remove it and answer again."}
	}
	own := true // the words in the frame are the requester's
	for line := range strings.SplitSeq(answered, "\n") {
		if author, ok := strings.CutPrefix(line, "From:"); ok {
			own = strings.Contains(AddressKey(author), t.Requester().Address.Key())
		}
		if framed := strings.HasPrefix(line, "|"); framed && own {
			continue
		}
		if holds(line, minSign) {
			return []string{fmt.Sprintf("It repeats a line of the internal mail: %q.", cut(strings.TrimSpace(line), 60))}
		}
	}
	return nil
}

// lettersOnly gives the letters and digits of s in lower case, so that line breaks, marks of quotes
// and tables between words do not matter.
func lettersOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// noteWords begin a line that is meant for colleagues: "Internal: …", "[intern]", "#todo".
var noteWords = strings.Split("note|internal|internal note|internal only|for internal use|for internal use only|do not send|do not forward|not for the customer|not for the requester|todo|fyi only|"+
	"notiz|intern|interne notiz|nur intern|nicht weiterleiten|nicht senden|note interne|interne|usage interne|ne pas envoyer|nota interna|uso interno|no enviar|interno|notitie|interne notitie|alleen intern|"+
	"notatka|notatka wewnętrzna|wewnętrzne|внутреннее|заметка|не отправлять|内部|内部备注|备注|仅限内部|內部|備註|内部メモ|社内メモ|내부 메모|dahili not", "|")

// noteMark finds a line that is marked as a note, or as a command behind the first other line, which
// was not carried out. "" when there is none. "Note that …", "#1 in …" and hashtags are neither.
func noteMark(text string) string {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		bare := strings.TrimLeft(line, "#/*[(<{>!@-–— \t")
		marked := bare != line && strings.ContainsAny(line[:len(line)-len(bare)], "#/[(<{!@*")
		low := strings.ToLower(bare)
		word, _, _ := strings.Cut(low, " ")
		word = strings.TrimRight(word, ":：])>}*")
		if strings.HasPrefix(line, "#") && (Command{Name: word}).Known() {
			return line
		}
		for _, n := range noteWords {
			rest, ok := strings.CutPrefix(low, n)
			if !ok {
				continue
			}
			if strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：") || marked && (rest == "" || strings.ContainsAny(rest[:1], "])>}*") || strings.HasPrefix(line, "#") && rest[0] == ' ') {
				return line
			}
		}
	}
	return ""
}

var (
	refForm = regexp.MustCompile(`(?i)\bPB-[0-9A-Z]{4}-[0-9A-Z]{4}\b`)
	// The token of a thread behind a reference, or one of our Message-IDs.
	keyMark     = regexp.MustCompile(`(?i)\bPB-[0-9A-Z]{4}-[0-9A-Z]{4}\.[0-9a-z]{10}\b|\bpb\.[0-9a-f]{32}@`)
	addressForm = regexp.MustCompile(`(?i)[\p{L}0-9._%+\-]+\s?(?:@|＠|\(at\)|\[at\])\s?[\p{L}0-9\-]+(?:\.[\p{L}0-9\-]+)+`)
	atForm      = regexp.MustCompile(`(?i)\s?(?:＠|\(at\)|\[at\]|@)\s?`)
)

// maxMentions bounds how many addresses and references of one text are looked at.
const maxMentions = 50

// RefsIn lists the ticket references in text, in upper case, each once.
func RefsIn(text string) []string {
	var refs []string
	for _, r := range refForm.FindAllString(text, maxMentions) {
		if r = strings.ToUpper(r); !slices.Contains(refs, r) {
			refs = append(refs, r)
		}
	}
	return refs
}

// AddressesIn lists the mail addresses in text in the form of [AddressKey], each once; "jane (at)
// example.org" is one.
func AddressesIn(text string) []string { return addressesIn(text) }

func addressesIn(text string) []string {
	var found []string
	for _, a := range addressForm.FindAllString(text, maxMentions) {
		if a = AddressKey(atForm.ReplaceAllString(strings.TrimRight(a, "."), "@")); !slices.Contains(found, a) {
			found = append(found, a)
		}
	}
	return found
}

// elsewhere reports whether address is that of another person who has to do with this mailbox: a party
// of another ticket, or a third party of this one. Colleagues stand in every signature.
func (w *work) elsewhere(address string) bool {
	p := w.draft.facts.Policy
	if _, staff := p.StaffByAddress(address); staff || p.own(address) || address == w.ch.Ticket.Requester().Address.Key() {
		return false
	}
	if party, ok := w.ch.Ticket.Party(address); ok {
		return party.Role == RoleThirdParty
	}
	return slices.Contains(w.draft.facts.KnownParties, address)
}

// others lists who else the mail is addressed to: anybody but this mailbox and its writer.
func (w *work) others() []string {
	var out []string
	p := w.draft.facts.Policy
	for _, a := range w.addressed {
		if !p.own(a.Address) && !sameMember(p, w.member, a.Address) && !slices.Contains(out, a.Address) && len(out) < 5 {
			out = append(out, a.Address)
		}
	}
	return out
}

// secondAnswer is how long an answer keeps that of a second agent waiting.
const secondAnswer = time.Hour

// answeredLately names the colleague who answered on the ticket within the hour; "" when that was nobody
// or the writer.
func (w *work) answeredLately() (name string, at time.Time) {
	n := len(w.ch.Ticket.Answers)
	if n == 0 || w.atTerminal {
		return "", at
	}
	last := w.ch.Ticket.Answers[n-1]
	p := w.draft.facts.Policy
	first, ok := p.StaffByAddress(last.By)
	if !ok || sameMember(p, w.member, last.By) || w.draft.now.Sub(last.At) >= secondAnswer {
		return "", at
	}
	return first.Name, last.At
}
