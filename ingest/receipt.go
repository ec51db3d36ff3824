package ingest

// receiptRules recognise read receipts (RFC 8098) and what Exchange sends in their place.
var receiptRules = []rule{
	{"B4 multipart/report disposition-notification", func(f *facts) bool {
		return f.statusReport("delivery-status") == nil && (f.kind == "multipart/report" && f.report == "disposition-notification" || f.statusReport("disposition") != nil)
	}},
	{"B4 receipt subject with stock text", func(f *facts) bool {
		return !f.parts.any && beginsWithAny(f.rawSubj, receiptSubjects) && len(f.own) < 1500 && containsAny(f.text, receiptPhrases)
	}},
}

var receiptSubjects = []string{
	"read:", "read :", "not read:", "read receipt", "return receipt", "disposition notification", "delivered:", "relayed:", "delivery receipt", "delivery confirmation",
	"gelesen:", "ungelesen:", "nicht gelesen:", "lesebestätigung", "empfangsbestätigung", "zugestellt:", "lu :", "lu:", "non lu", "accusé de lecture", "accusé de réception", "confirmation de lecture", "remis :", "leído:", "leido:", "no leído", "confirmación de lectura", "acuse de recibo", "entregado:", "letto:", "non letto", "conferma di lettura", "ricevuta di ritorno", "lida:", "lido:", "não lida", "confirmação de leitura", "gelezen:", "ongelezen:", "leesbevestiging", "ontvangstbevestiging", "przeczytano:", "przeczytane:", "nieprzeczytane", "potwierdzenie przeczytania", "přečteno:", "läst:", "oläst:", "läskvitto", "læst:", "lest:", "luettu:", "elolvasva:", "citit:", "okundu:", "прочитано:", "отчет о прочтении", "уведомление о прочтении", "διαβάστηκε:",
	"已读:", "已读：", "已读", "已讀:", "已讀：", "已讀", "讀取:", "读取:", "阅读回执", "已读回执", "開封済み", "開封確認", "既読:", "開封通知", "읽음:", "읽음", "수신확인", "مقروءة:", "נקרא:",
}

var receiptPhrases = []string{
	"was read on", "has been read", "was displayed", "was opened", "this is a receipt", "return receipt", "read receipt", "was deleted without being read", "has been delivered", "was delivered", "no guarantee that the message has been read", "was successfully delivered", "your message\n", "your message to ", "wurde gelesen", "wurde am", "wurde angezeigt", "ihre nachricht", "empfangsbestätigung", "lesebestätigung", "a été lu", "a été ouvert", "votre message", "accusé de réception", "fue leído", "se leyó", "ha sido leído", "su mensaje", "el mensaje", "è stato letto", "il messaggio", "foi lida", "foi lido", "a sua mensagem", "sua mensagem", "is gelezen", "uw bericht", "została przeczytana", "wiadomość", "byla přečtena", "lästes", "blev læst", "ble lest", "luettiin", "elolvas", "okundu", "прочитано", "было прочитано", "ваше сообщение", "已于", "已被阅读", "已經", "已讀取", "您的邮件", "您的郵件", "這是", "开封", "開封", "表示されました", "읽었습니다", "읽음",
}
