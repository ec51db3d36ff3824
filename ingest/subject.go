package ingest

import "strings"

// replyPrefixes and forwardPrefixes are what mail programs put before the subject, in lower case.
var replyPrefixes = words(`re aw antw antwort sv vs res r rif odp ynt cevap yan ответ отв на αп σχετ απ απάντηση re^2 回复 回覆 答复 答覆 返信 답장 회신 رد השב תשובה trả\ lời bls balas vá vastaus atb réponse rép rp resp respuesta risposta svar ref re[2] re[3] re[4] ad odg vá: ats vas notes`)

var forwardPrefixes = words(`fwd fw wg tr rv enc i doorst vb vl pd vid fs ilt i̇lt ynt-fw пер пересл перенаправлено fwd[2] 转发 轉寄 轉發 転送 전달 إعادة\ توجيه הועבר továbbítás πρθ tov weiterl weitergeleitet inoltra trans transf encaminhado chuyển\ tiếp trs prosl přepos`)

// words makes a set of a blank separated list; "\ " is a blank inside a word.
func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(strings.ReplaceAll(list, `\ `, "\x00")) {
		set[strings.ReplaceAll(w, "\x00", " ")] = true
	}
	return set
}

// subjectParts is a subject without its prefixes, and the outermost prefix of note.
type subjectParts struct {
	base    string // in lower case
	reply   bool   // the outermost prefix is a reply's
	forward bool   // the outermost prefix is a forward's
	any     bool   // there was any prefix
}

// splitSubject takes prefixes off, through list tags such as [help] and [EXTERNAL].
func splitSubject(subject string) subjectParts {
	var p subjectParts
	s := strings.TrimSpace(subject)
	for range 12 {
		if strings.HasPrefix(s, "[") {
			if i := strings.IndexByte(s, ']'); i > 0 && i < 60 && strings.TrimSpace(s[i+1:]) != "" {
				if inner := strings.ToLower(s[1:i]); inner == "fwd" || inner == "fw" {
					p.note(false)
				}
				s = strings.TrimSpace(s[i+1:])
				continue
			}
		}
		i := strings.IndexAny(s, ":：")
		if i <= 0 || i > 24 {
			break
		}
		word := strings.ToLower(strings.TrimSpace(s[:i]))
		if j := strings.IndexAny(word, "[(^"); j > 0 {
			word = strings.TrimSpace(word[:j]) // Re[2]:, Re(3):
		}
		reply, forward := replyPrefixes[word], forwardPrefixes[word]
		if !reply && !forward {
			break
		}
		p.note(reply)
		n := 1
		if s[i] >= 0x80 {
			n = len("：")
		}
		s = strings.TrimSpace(s[i+n:])
	}
	p.base = strings.ToLower(s)
	return p
}

func (p *subjectParts) note(reply bool) {
	if !p.any {
		p.reply, p.forward = reply, !reply
	}
	p.any = true
}
