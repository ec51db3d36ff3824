package ingest

import "strings"

// originalPhrases stand between dashes above a mail that is answered (or forwarded by older
// programs); forwardPhrases only above one that is forwarded.
var originalPhrases = phraseSet(`original message|original e-mail|original mail|original email|ursprüngliche nachricht|originalnachricht|original-nachricht|original nachricht|ursprungliche nachricht|ursprüngliche mail|ursprüngliche e-mail|
message d'origine|message d’origine|message original|mail original|courriel original|e-mail original|correo original|email original|message initial|mensaje original|messaggio originale|messaggio originario|mensagem original|oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht|oryginalna wiadomość|wiadomość oryginalna|wiadomość oryginał|
původní zpráva|původní e-mail|pôvodný e-mail|邮件原文|原文件|pôvodná správa|originalmeddelande|ursprungligt meddelande|oprindelig meddelelse|oprindelig besked|originalmeddelelse|opprinnelig melding|originalmelding|alkuperäinen viesti|eredeti üzenet|mesaj original|mesajul original|orijinal mesaj|özgün ileti|orijinal i̇leti|
исходное сообщение|оригинальное сообщение|первоначальное сообщение|оригінальне повідомлення|вихідне повідомлення|початкове повідомлення|αρχικό μήνυμα|原始邮件|原始郵件|原邮件|原邮件信息|邮件原件|回复的原邮件|回复的邮件|元のメッセージ|オリジナルメッセージ|オリジナル メッセージ|
원본 메시지|원본메시지|원본 메일|الرسالة الأصلية|רسالة أصلية|הודעה מקורית|izvorna poruka|originalna poruka|izvirno sporočilo|thư gốc|tin nhắn gốc|pesan asli|ข้อความต้นฉบับ|reply message|replied message|回复消息|missatge original|upphafleg skilaboð|algne sõnum|reply to message|original post|original-nachricht|mensaje original|urspr. nachricht|original message text`)

var forwardPhrases = phraseSet(`forwarded message|forwarded email|forwarded mail|forwarded by|forward message|weitergeleitete nachricht|weitergeleitet von|weitergeleitete mail|weitergeleitete e-mail|message transféré|message transmis|message réexpédié|courriel transféré|mensaje reenviado|messaggio inoltrato|mensagem encaminhada|mensagem reencaminhada|
doorgestuurd bericht|przekazana wiadomość|wiadomość przekazana|treść przekazanej wiadomości|přeposlaná zpráva|preposlaná správa|vidarebefordrat meddelande|videresendt besked|videresendt meddelelse|videresendt melding|videresendte meldinger|välitetty viesti|továbbított üzenet|továbbított levél|mesaj redirecționat|mesaj redirectionat|yönlendirilmiş mesaj|iletilmiş mesaj|iletilen mesaj|
пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение|пересылаемое письмо|переслане повідомлення|пересилається повідомлення|προωθημένο μήνυμα|转发的邮件|转发邮件|转发邮件信息|轉寄的郵件|轉寄郵件|轉寄的訊息|転送メッセージ|転送されたメッセージ|전달된 메시지|전달된 메일|رسالة مُعاد توجيهها|رسالة معاد توجيهها|الرسالة المعاد توجيهها|הודעה שהועברה|הודעה מועברת|
begin forwarded message|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|début du message réexpédié|début du message transféré|inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht|início da mensagem encaminhada|início da mensagem reencaminhada|początek przekazywanej wiadomości|vidarebefordrat brev|vidarebefordrat mejl|start på videresendt besked|videresendt mail|välitetty viesti alkaa|
начало переадресованного сообщения|начало пересылаемого сообщения|以下是转发的邮件|以下是轉寄的郵件|開始轉寄郵件|下面是被转发的邮件|以下は転送メッセージです|転送されたメール|chuyển tiếp thư|thư đã chuyển tiếp|pesan terusan|pesan yang diteruskan|ข้อความที่ส่งต่อ|proslijeđena poruka|posredovano sporočilo|missatge reenviat|birtoingarmail`)

func phraseSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, p := range strings.Split(strings.ReplaceAll(list, "\n", ""), "|") {
		set[p] = true
	}
	return set
}

// forwardLine reports whether a line announces a forwarded mail.
func forwardLine(s string) bool { return markerPhrase(s, forwardPhrases) }

// originalLine reports whether a line announces the mail that is answered.
func originalLine(s string) bool { return markerPhrase(s, originalPhrases) }

// markerPhrase compares what stands between the dashes of a marker line. Phrases without dashes
// count when a colon ends them, as Apple Mail writes them.
func markerPhrase(s string, set map[string]bool) bool {
	t := strings.TrimSpace(strings.ReplaceAll(s, "&nbsp;", " "))
	if len(t) < 6 || len(t) > 200 {
		return false
	}
	core := strings.Trim(t, "-_=*>< \t—–―~+|#.")
	dashed := len(t)-len(core) >= 4 && strings.ContainsAny(string([]rune(t)[:1]), "-_=*—–―~+|#<")
	colon := strings.HasSuffix(core, ":") || strings.HasSuffix(core, "：")
	if !dashed && !colon && !strings.HasPrefix(t, ">>>") {
		return false
	}
	core = strings.ToLower(strings.Trim(core, ":： \t*"))
	if set[core] {
		return true
	}
	for _, stop := range []string{" from ", " von ", " by ", " (", " / "} {
		if head, _, ok := strings.Cut(core, stop); ok && dashed && set[strings.TrimSpace(head)] {
			return true
		}
	}
	// "---- Forwarded by Jane/Office on 3 May ----", "---- Original Message ---- From: …"
	for _, p := range []string{"forwarded by ", "original message ", "weitergeleitet von ", "原始邮件 ", "original message: "} {
		if dashed && strings.HasPrefix(core, p) && set[strings.TrimRight(p, " :")] {
			return true
		}
	}
	return false
}
