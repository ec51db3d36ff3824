package ticket

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// SortingLabel is the name of a mail in the sorting mail, for example "M-12A". It is a label
// only: it works in an answer to the sorting mail that lists it.
func SortingLabel(mail int64) string { return fmt.Sprintf("M-%d", mail) }

// Sorted is one mail that staff want a ticket for.
type Sorted struct {
	Mail   int64
	By     string  // the member's name
	Rights []Right // what it asks for in their eyes; empty: as classified
}

// SortedLabels reads "#ticket M-12 deletion" lines from a proven staff answer to a sorting mail.
// Labels that the answered mail did not list are ignored.
func SortedLabels(now time.Time, f Facts, c MailCause) []Sorted {
	d := &draft{now: now, facts: f}
	s, staff := f.Policy.StaffByAddress(c.Message.From.Address)
	if !staff || f.Answer == nil || f.Answer.Kind != LetterSorting || !d.trusted(c) || c.Message.Automatic != NotAutomatic {
		return nil
	}
	cmds, _ := ParseCommands(c.Message.NewText)
	var out []Sorted
	for _, cmd := range cmds {
		if cmd.Name != CmdTicket {
			continue
		}
		var wanted []int64
		var rights []Right
		for _, w := range strings.FieldsFunc(cmd.Arg, func(r rune) bool { return r == ' ' || r == ',' }) {
			if r := Right(strings.ToLower(w)); r.Valid() {
				rights = append(rights, r)
			}
			for _, id := range f.Answer.Mails {
				if strings.EqualFold(w, SortingLabel(id)) && !slices.Contains(wanted, id) {
					wanted = append(wanted, id)
				}
			}
		}
		for _, id := range wanted {
			out = append(out, Sorted{Mail: id, By: s.Name, Rights: rights})
		}
	}
	return out
}
