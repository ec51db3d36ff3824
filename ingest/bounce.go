package ingest

import "strings"

// bounceRules recognise delivery reports: the standard form first, then what qmail, Exim, old
// Exchange, Domino and many providers send instead.
var bounceRules = []rule{
	{"B4 multipart/report delivery-status", func(f *facts) bool {
		return f.kind == "multipart/report" && f.report == "delivery-status" && !f.ownReply()
	}},
	{"B4 delivery-status part", func(f *facts) bool { return f.statusReport("delivery-status") != nil }},
	{"B4 X-Failed-Recipients", func(f *facts) bool { return f.has("X-Failed-Recipients") && !f.humanReply() }},
	{"B3 daemon sender with returned mail", func(f *facts) bool { return f.daemon() && len(f.tree.attached) > 0 && !f.humanReply() }},
	{"B3 daemon sender", func(f *facts) bool {
		return strings.Contains(punctuation.Replace(f.local), "mailerdaemon") && !isOutOfOfficeSubject(f.rawSubj) && !f.humanReply()
	}},
	{"B3 daemon sender with failure text", func(f *facts) bool {
		return f.daemon() && !f.humanReply() && (beginsWithAny(f.subject, bounceSubjectStarts) || f.returnedText() || f.bounceText() && f.namesRecipient() || containsAny(f.subject, bounceSubjects) && f.bounceText())
	}},
	{"B3 null return path with failure text", func(f *facts) bool {
		return f.msg.NullSender && !isOutOfOfficeSubject(f.rawSubj) && (f.bounceText() || beginsWithAny(f.subject, bounceSubjectStarts) && (f.returnedText() || smtpCode(f.text) != "" || f.bounceHint()))
	}},
	{"B4 failure notice by its first words", func(f *facts) bool {
		return !f.parts.any && beginsWithAny(strings.TrimLeft(f.fromHead, " \n\t*-=>|<#"), bounceOpenings)
	}},
	{"B4 failure subject and failure text", func(f *facts) bool {
		return !f.parts.any && beginsWithAny(f.subject, bounceSubjectStarts) && !f.isConversation() && (f.returnedText() || f.bounceText() && f.namesRecipient())
	}},
}

// ownReply guards against programs that put a person's words under a report's type.
func (f *facts) ownReply() bool {
	return f.statusReport("delivery-status") == nil && len(f.tree.attached) == 0 && !f.daemon() && !f.msg.NullSender && f.isReply
}

// humanReply reports whether the subject says that somebody answered or forwarded.
func (f *facts) humanReply() bool { return f.parts.any && !f.msg.NullSender && f.autoSub == "" }

// isConversation reports whether the mail answers another one, as people do.
func (f *facts) isConversation() bool { return f.isReply && !f.msg.NullSender && !f.daemon() }

func (f *facts) statusReport(kind string) *statusReport {
	for i := range f.tree.reports {
		if strings.Contains(f.tree.reports[i].kind, kind) {
			return &f.tree.reports[i]
		}
	}
	return nil
}

// daemon reports whether the sender is a mail system.
func (f *facts) daemon() bool {
	plain := punctuation.Replace(f.local)
	switch {
	case strings.HasPrefix(plain, "mailerdaemon"), strings.HasSuffix(plain, "mailerdaemon"), strings.HasPrefix(plain, "postmaster"), strings.HasPrefix(plain, "maildaemon"),
		strings.HasPrefix(plain, "microsoftexchange"), plain == "maildelivery", plain == "mailerror", plain == "mmdf", plain == "nondelivery", plain == "administrator" && f.msg.NullSender, plain == "mailsystem", plain == "mailadmin", plain == "returnedmail":
		return true
	}
	return containsAny(f.name, daemonNames)
}

var daemonNames = []string{
	"mail delivery", "mailer-daemon", "mailer daemon", "mail administrator", "system administrator", "systemadministrator", "administrateur système", "administrador del sistema", "amministratore di sistema", "postmaster", "mail system", "mail subsystem", "internet mail delivery", "delivery subsystem", "mailsystem", "mail router", "邮件系统", "邮件管理员", "系统管理员", "系統管理員", "郵件系統", "メール配信", "微软邮件", "microsoft outlook", "microsoft exchange", "mdaemon",
}

// bounceText reports whether the text begins as delivery reports do.
func (f *facts) bounceText() bool { return containsAny(f.text, bouncePhrases) }

// bounceHint is weaker: words that failure notices use and people might.
func (f *facts) bounceHint() bool {
	return containsAny(f.text, []string{"undeliver", "not delivered", "could not be delivered", "delivery", "recipient", "mailbox", "zustell", "empfänger", "destinataire", "destinatario", "退信", "收件人", "宛先", "配信"})
}

// returnedText reports whether a returned mail or its header follows in the text.
func (f *facts) returnedText() bool {
	low := f.text
	if containsAny(low, returnedMarkers) {
		return true
	}
	n := 0
	for _, h := range []string{"\nreceived: from ", "\nmessage-id: <", "\nreturn-path: <", "\nmime-version: 1.0", "\ncontent-type: "} {
		if strings.Contains(low, h) {
			n++
		}
	}
	return n >= 2
}

// namesRecipient reports whether the text has what a failure notice cannot do without: a status, or
// the address that failed.
func (f *facts) namesRecipient() bool {
	return f.msg.NullSender || smtpCode(f.text) != "" || f.recipientInText(f.text) != ""
}

// smtpCode finds an enhanced status code or an SMTP reply that refuses.
func smtpCode(text string) string {
	if m := enhancedCode.FindString(text); m != "" {
		return m
	}
	if m := replyCode.FindString(text); m != "" {
		return strings.TrimSpace(m)
	}
	return ""
}
