package ingest

import "strings"

// skipBanner takes off the warning that a gateway put above the text ("This email originated from
// outside …").
func skipBanner(lines []line) []line {
	for i := 0; i < len(lines) && i < 4; i++ {
		if lines[i].blank {
			continue
		}
		if !isBanner(lines[i].s) {
			if isRuler(lines[i].s) {
				continue
			}
			break
		}
		j := i + 1
		for j < len(lines) && j < i+5 && !lines[j].blank {
			j++
		}
		rest := trimBlank(lines[j:])
		for len(rest) > 0 && isRuler(rest[0].s) {
			rest = trimBlank(rest[1:])
		}
		if len(rest) == 0 {
			return lines
		}
		return rest
	}
	return lines
}

var bannerPhrases = []string{
	"originated from outside", "originates from outside", "originated outside", "came from outside", "sent from outside", "is from outside", "from an external source", "from an external sender", "external email", "external sender", "[external]", "[ext]", "*external*", "you don't often get email from",
	"externe e-mail", "externer absender", "von außerhalb", "e-mail von extern", "expéditeur externe", "message externe", "provient de l'extérieur", "de l'extérieur de l'organisation", "correo externo", "remitente externo", "externo a la organización", "mail esterna", "mittente esterno", "e-mail externo", "[外部邮件]", "外部邮件", "外部メール", "[extern]", "externe afzender",
}

func isBanner(s string) bool {
	if len(s) > 600 {
		return false
	}
	low := strings.ToLower(s)
	for _, p := range bannerPhrases {
		if strings.Contains(low, p) {
			head := strings.Trim(low, " *[]<>!-_|")
			for _, w := range []string{"caution", "warning", "attention", "external", "ext", "this email", "this message", "this e-mail", "notice", "be careful", "achtung", "vorsicht", "extern", "expéditeur", "courriel", "message ext", "ce message", "correo", "este", "mail est", "questa", "外部", "you don't often", "think before", "alert", "important", "hinweis", "diese e-mail", "let op", "from:"} {
				if strings.HasPrefix(head, w) {
					return true
				}
			}
		}
	}
	return false
}

// maxFooter is how many lines from the end a footer can begin.
const maxFooter = 120

// cutFooter cuts at what nobody wrote by hand: list footers, virus scanners' notes, legal
// disclaimers.
func cutFooter(lines []line) []line {
	paragraph := true
	for i, l := range lines {
		if l.blank {
			paragraph = true
			continue
		}
		if i > 0 && i < len(lines)-maxFooter {
			continue
		}
		low := strings.ToLower(l.s)
		switch {
		case isListFooter(lines, i, low), isScannerLine(low) && len(lines)-i < 12:
			return dropRulers(lines[:i])
		case paragraph && isDisclaimer(lines[i:]):
			if len(dropRulers(lines[:i])) > 0 {
				return dropRulers(lines[:i])
			}
			return afterParagraph(lines[i:])
		}
		paragraph = isRuler(l.s)
	}
	return lines
}

// afterParagraph is what follows the first paragraph: a disclaimer on top hides nothing below it.
func afterParagraph(lines []line) []line {
	for i, l := range lines {
		if l.blank {
			return lines[i:]
		}
	}
	return nil
}

var listPhrases = []string{
	"you received this message because you are subscribed", "you are receiving this because you are subscribed to this", "to unsubscribe from this group", "to unsubscribe from this list", "to unsubscribe and stop receiving emails from this group",
	"to post to this group", "visit this group at", "yahoo! groups links", "to view this discussion on the web visit", "sie erhalten diese nachricht, weil sie in google groups", "vous recevez ce message, car vous êtes abonné", "has recibido este mensaje porque estás suscrito", "reply to this email directly or view it on github",
}

// isListFooter recognises the footer of a mailing list: one of its stock phrases, or a rule with
// the list's address below it.
func isListFooter(lines []line, i int, low string) bool {
	for _, p := range listPhrases {
		if strings.Contains(low, p) {
			return true
		}
	}
	if !isRuler(low) || len(strings.TrimSpace(low)) < 5 {
		return false
	}
	rest := lines[i+1:]
	if filled(rest, 13) > 12 {
		return false
	}
	for _, l := range rest[:min(len(rest), 5)] {
		next := strings.ToLower(l.s)
		for _, w := range []string{"mailing list", "mailingliste", "mailing-list", "liste de diffusion", "lista de correo", "mailman/listinfo", "/listinfo/", "unsubscribe", "list archive", "lists.", "-request@", "postorius", "邮件列表", "メーリングリスト"} {
			if strings.Contains(next, w) {
				return true
			}
		}
	}
	return false
}

// isScannerLine recognises the notes of virus scanners.
func isScannerLine(low string) bool {
	if len(low) > 300 {
		return false
	}
	for _, p := range []string{
		"virus-free.", "virus free.", "checked for viruses by", "has been checked for viruses", "no virus found in this", "checked by avg", "avast antivirus", "avast.com", "information from eset", "signature database", "scanned by mailscanner", "scanned for viruses", "has been scanned by", "message scanned by",
		"auf viren geprüft", "auf viren überprüft", "virenfrei.", "keine viren", "analysé par l'antivirus", "sans virus.", "absence de virus", "vérifié par avast", "recherche de virus", "libre de virus.", "comprobado el software antivirus", "analizado en busca de virus", "privo di virus.", "senza virus.", "controllata da avast", "livre de vírus.", "verificado quanto a vírus", "virusvrij.", "gecontroleerd op virussen", "wolny od wirusów.", "sprawdzona przez", "без вирусов.", "проверено на вирусы", "проверено на отсутствие вирусов", "viirusevaba",
	} {
		if strings.Contains(low, p) {
			return true
		}
	}
	return false
}

// disclaimerTitles begin a disclaimer.
var disclaimerTitles = []string{
	"confidentiality notice", "confidentiality note", "confidentiality:", "disclaimer", "legal disclaimer", "email disclaimer", "e-mail disclaimer", "important notice:", "notice of confidentiality", "privileged and confidential communication", "privacy and confidentiality notice",
	"vertraulichkeitshinweis", "haftungsausschluss", "wichtiger hinweis: diese", "avis de confidentialité", "clause de confidentialité", "avertissement :", "aviso legal", "aviso de confidencialidad", "cláusula de confidencialidad", "aviso de confidencialidade", "avviso di riservatezza", "nota di riservatezza", "le informazioni contenute nel",
	"klauzula poufności", "免责声明", "保密声明", "保密提示", "重要提示：", "免責聲明", "gizlilik uyarısı", "yasal uyarı", "конфиденциальность:",
}

// disclaimerCore are phrases that only disclaimers use; disclaimerMore go with them.
var disclaimerCore = []string{
	"intended recipient", "intended addressee", "not the addressee", "named addressee", "to whom it is addressed", "to whom they are addressed", "to which it is addressed", "solely for the addressee", "for the use of the addressee", "received this email in error", "received this e-mail in error", "received this message in error", "received this communication in error", "received this transmission in error", "received it in error", "receive this email in error",
	"nicht der richtige adressat", "nicht der beabsichtigte", "nicht der vorgesehene", "nicht der bestimmungsgemäße", "irrtümlich erhalten", "irrtümlich zugesandt", "fälschlicherweise erhalten", "versehentlich erhalten",
	"n'êtes pas le destinataire", "n'etes pas le destinataire", "reçu ce message par erreur", "reçu cet email par erreur", "reçu ce courriel par erreur", "recevez ce message par erreur", "intention exclusive de ses destinataires", "exclusivement à l'intention", "exclusivement aux destinataires",
	"no es el destinatario", "no es usted el destinatario", "recibido este mensaje por error", "recibido este correo por error", "recibido por error", "exclusivamente a su destinatario", "exclusivamente al destinatario", "exclusivamente para su destinatario",
	"não é o destinatário", "não for o destinatário", "recebido esta mensagem por engano", "recebeu esta mensagem por engano", "recebido por engano", "non siete il destinatario", "non è il destinatario", "ricevuto questo messaggio per errore", "ricevuto per errore", "ricevuta per errore", "esclusivamente al destinatario", "esclusivamente per il destinatario",
	"niet de geadresseerde", "niet de beoogde", "uitsluitend bestemd voor", "ten onrechte ontvangen", "per abuis ontvangen", "nie są państwo adresatem", "nie jesteś adresatem", "nie jest adresatem", "omyłkowo otrzym", "wyłącznie do użytku adresata", "wyłącznie dla adresata", "otrzymali państwo tę wiadomość omyłkowo",
	"inte den avsedda", "inte är avsedd mottagare", "ikke den tilsigtede", "modtaget denne mail ved en fejl", "modtaget denne e-mail ved en fejl", "mottatt denne e-posten ved en feil", "не являетесь адресатом", "не являетесь получателем", "получили это сообщение по ошибке", "получили это письмо по ошибке", "предназначено исключительно", "предназначена исключительно",
	"如果您不是", "如您不是", "若您不是", "如果你不是", "若您並非", "如您并非", "误收", "誤收", "誤って受信", "意図された受信者", "誤送信", "귀하가 수신자가 아", "잘못 수신", "yanlışlıkla size", "hedeflenen alıcı", "muhatabı değilseniz", "nejste zamýšleným", "nejste-li oprávněným",
}

var disclaimerMore = []string{
	"confidential", "privileged", "disclosure", "dissemination", "distribution", "copying", "prohibited", "notify the sender", "notify us", "inform the sender", "delete", "destroy", "attachment", "unauthor", "virus", "liability", "views expressed",
	"vertraulich", "unbefugt", "absender", "vernichten", "löschen", "informieren", "nicht gestattet", "confidentiel", "l'expéditeur", "diffusion", "interdite", "détruire", "supprimer", "confidencial", "prohibid", "remitente", "elimin", "borr", "notifi", "comunic", "remetente", "apag", "proibid", "riservat", "vietat", "mittente", "cancell", "distrugg",
	"vertrouwelijk", "afzender", "verwijder", "toegestaan", "poufn", "nadawc", "usun", "zabron", "konfidentiel", "fortrolig", "avsända", "afsender", "slet", "radera", "конфиденциальн", "отправител", "удал", "保密", "机密", "機密", "发件人", "寄件", "删除", "刪除", "破棄", "削除", "送信者", "비밀", "삭제", "발신", "gizli", "gönderen", "silin", "důvěrn", "odesílatel",
}

// isDisclaimer judges the paragraph that begins with lines[0].
func isDisclaimer(lines []line) bool {
	var b strings.Builder
	for _, l := range lines {
		if l.blank || b.Len() > 4000 {
			break
		}
		b.WriteString(strings.ToLower(l.s))
		b.WriteByte(' ')
	}
	text := strings.TrimLeft(b.String(), " *_-[(|>")
	if len(text) < 30 {
		for _, t := range disclaimerTitles {
			if strings.HasPrefix(text, t) && len(text) < len(t)+4 {
				return len(lines) > 1
			}
		}
		return false
	}
	core := countPhrases(text, disclaimerCore)
	titled := beginsWithAny(text, disclaimerTitles)
	if core == 0 && !titled {
		return false
	}
	n := core + countPhrases(text, disclaimerMore)
	return titled && n >= 1 || n >= 3
}

func countPhrases(text string, phrases []string) int {
	n := 0
	for _, p := range phrases {
		if strings.Contains(text, p) {
			n++
		}
	}
	return n
}
