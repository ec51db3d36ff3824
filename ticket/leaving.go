package ticket

import (
	"slices"
	"strings"
	"unicode"
)

// maxPicture is the size in bytes up to which a picture is taken for part of a signature.
const maxPicture = 16 << 10

// internal reports whether text still holds a part of a mail to staff, however a mail program has
// wrapped, marked or cut it (A18): the mark on top of every such mail, an explanation of a command,
// a line of t's deadline arithmetic, or the line at the foot.
func internal(text string, t Ticket) bool {
	signs := []string{InternalMark, "They go in the first lines of your reply", "This mail is for colleagues only"}
	for _, h := range CommandHelps() {
		if len(h.Does) >= 30 {
			signs = append(signs, h.Does)
		}
	}
	for _, r := range t.Requests {
		signs = append(signs, r.Deadline.Proof...)
	}
	text = lettersOnly(text)
	return slices.ContainsFunc(signs, func(s string) bool {
		s = lettersOnly(s)
		return len(s) >= 16 && strings.Contains(text, s)
	})
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

// lateCommand finds a command behind the first other line: it was not carried out, and its words may
// not be meant for the requester. "" when there is none.
func lateCommand(text string) string {
	for line := range strings.SplitSeq(text, "\n") {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, marked := strings.CutPrefix(strings.TrimRight(word, ":"), "#")
		if cmd := (Command{Name: strings.ToLower(name)}); marked && cmd.Known() {
			return cmd.Name
		}
	}
	return ""
}

// heldWords refuses words that must not go to the requester as they stand.
func (w *work) heldWords() {
	switch late := lateCommand(w.text); {
	case internal(w.text, w.ch.Ticket):
		w.refuse("Your text still holds a part of the internal mail. Remove it and answer again.")
	case late != "":
		w.refuse("Your text has #%s on a later line. Commands go in the first lines; nothing was done or sent.", late)
	case w.attachments > 0:
		w.refuse("Your mail has attachments, and those are not passed on. Answer again without them.")
	}
}

// passedOver counts the attachments that are more than the small pictures of a signature.
func passedOver(as []Attachment) int {
	n := 0
	for _, a := range as {
		if !strings.HasPrefix(a.Type, "image/") || a.Size > maxPicture {
			n++
		}
	}
	return n
}
