package classify

import (
	"regexp"
	"strings"

	"privacybot/ticket"
)

// replySubject matches what mail programs put before the subject of an answer or a forwarded mail.
var replySubject = regexp.MustCompile(`(?i)^\s*((re|aw|sv|vs|antw|ant|odp|ynt|rif|r|res|rv|tr|wg|fw|fwd|i|enc|vb|vl|pd|doorst|回复|答复|回覆|转发|轉寄|返信|転送|ответ|отв|απ|πρθ|رد|回信)\s*(\[\d+\])?\s*[:：]\s*)+`)

// subjectCounts reports whether the subject is the sender's own new words. The subject of an answer
// repeats an older one, ours perhaps, and counts only when the mail says nothing else.
func subjectCounts(m ticket.Message, body string) bool {
	if strings.TrimSpace(m.Subject) == "" {
		return false
	}
	if strings.TrimSpace(body) == "" {
		return true
	}
	return !replySubject.MatchString(m.Subject)
}

// markIgnored sets aside sentences that are not the sender's own words: quotes and signatures that
// the parser could not know, and a forwarded newsletter.
func markIgnored(d *document, m ticket.Message) {
	text := d.text[partBody]
	sign := strings.Index("\n"+text, "\n-- \n")
	from, to := forwardedNewsletter(m, text)
	start, read := 0, 0 // of the line, and how far line ends were looked for
	for i := range d.sents {
		s := &d.sents[i]
		if s.part != partBody {
			continue
		}
		at := d.tokens[s.from].from
		if n := strings.LastIndexByte(text[read:at], '\n'); n >= 0 {
			start = read + n + 1
		}
		read = at
		line := text[start:]
		switch {
		case strings.HasPrefix(strings.TrimLeft(line[:min(len(line), 8)], " "), ">"):
			s.ignored = "quoted text"
		case sign >= 0 && at >= sign:
			s.ignored = "signature"
		case from <= at && at < to:
			s.ignored = "forwarded newsletter"
		}
	}
}

// newsletterSigns are words that only mass mail carries; a forwarded mail with one of them is not a request.
var newsletterSigns = []string{"unsubscribe", "view in browser", "view this email", "abmelden", "abbestellen", "im browser", "désabonner", "désinscri",
	"darse de baja", "cancelar suscrip", "disiscri", "descadastr", "afmelden", "uitschrijven", "wypisz", "отписаться", "退订", "退訂", "配信停止", "購読解除", "aboneliktemen"}

// forwardedNewsletter gives the bytes of text that a forwarded newsletter takes up.
func forwardedNewsletter(m ticket.Message, text string) (from, to int) {
	if len(m.Forwarded) < 40 {
		return 0, 0
	}
	low := strings.ToLower(m.Forwarded)
	for _, sign := range newsletterSigns {
		if strings.Contains(low, sign) {
			if i := strings.Index(text, strings.TrimSpace(m.Forwarded)); i >= 0 {
				return i, i + len(m.Forwarded)
			}
			return 0, 0
		}
	}
	return 0, 0
}

// route tells the way of a mail from its form and its writer.
func route(m ticket.Message, ctx Context, v ticket.Verdict) ticket.Route {
	switch m.Automatic {
	case ticket.Bounce:
		return ticket.RouteBounce
	case ticket.AutoReply:
		return ticket.RouteAutoReply
	case ticket.Receipt:
		return ticket.RouteReceipt
	case ticket.Bulk:
		return ticket.RouteBulk
	}
	switch {
	case ctx.Staff != nil && ctx.Staff(m.From.Address):
		return ticket.RouteStaff
	case ctx.Followup:
		return ticket.RouteFollowup
	}
	return ticket.RouteNew
}
