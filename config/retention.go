package config

import (
	"fmt"
	"slices"
	"time"
)

// completeRetention gives a right the office's own term for each step that its entry leaves out.
func (l *loader) completeRetention() {
	r := &l.config.Retention
	if _, given := l.lines["retention.rights"]; !given {
		return // the default entries are whole
	}
	for i := range r.Rights {
		t := &r.Rights[i]
		for name, step := range map[string]struct{ own, all *time.Duration }{
			"attachments": {&t.Attachments, &r.Attachments}, "mail": {&t.Mail, &r.Mail},
			"personal": {&t.Personal, &r.Personal}, "record": {&t.Record, &r.Record},
		} {
			if _, given := l.lines[fmt.Sprintf("retention.rights[%d].%s", i, name)]; !given {
				*step.own = *step.all
			}
		}
	}
}

// checkRetention makes sure that a later step is not due before an earlier one.
func (l *loader) checkRetention() {
	r := l.config.Retention
	l.checkTerms("retention", []time.Duration{r.Attachments, r.Mail, r.Personal, r.Record})
	for i, t := range r.Rights {
		key := fmt.Sprintf("retention.rights[%d]", i)
		l.need(t.Right == "", key+".right", "child")
		if slices.ContainsFunc(r.Rights[:i], func(o RightTerms) bool { return o.Right == t.Right && t.Right != "" }) {
			l.problem(key+".right", "%s is given twice", t.Right)
		}
		l.checkTerms(key, []time.Duration{t.Attachments, t.Mail, t.Personal, t.Record})
	}
}

func (l *loader) checkTerms(key string, terms []time.Duration) {
	names := []string{"attachments", "mail", "personal", "record"}
	for i := 1; i < len(terms); i++ {
		if terms[i] < terms[i-1] && !l.bad[key+"."+names[i]] && !l.bad[key+"."+names[i-1]] {
			l.problem(key+"."+names[i], "is shorter than %s.%s, which goes first", key, names[i-1])
		}
	}
}
