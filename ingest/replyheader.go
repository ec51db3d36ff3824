package ingest

import (
	"strings"
	"unicode"
)

// label is what a line of a quoted header block stands for.
type label uint8

const (
	labelFrom label = 1 << iota
	labelDate
	labelTo
	labelSubject
	labelCc
	labelOther
)

// headerLabels are the words by which mail programs label the header of the mail they quote.
var headerLabels = func() map[string]label {
	m := map[string]label{}
	for l, list := range map[label]string{
		labelFrom: `from von de da van od från fra lähettäjä feladó de\ la kimden gönderen от от\ кого від από 发件人 發件人 寄件者 寄件人 差出人 送信者 送信元 보낸\ 사람 보낸사람 من מאת từ người\ gửi dari จาก
			expéditeur remitente mittente absender afsender avsändare avsender sender afzender nadawca odesílatel odosielateľ remetente expeditor отправитель відправник αποστολέας pošiljatelj no nuo saatja oт kimdən desde pengirim फ्रॉम`,
		labelDate: `sent date gesendet datum envoyé envoyé\ le enviado enviado\ el enviada\ em enviado\ em inviato data verzonden wysłano odesláno skickat sendt lähetetty elküldve dátum küldve trimis gönderildi gönderme\ tarihi tarih отправлено дата
			дата\ отправки надіслано στάλθηκε εστάλη ημερομηνία 发送时间 發送時間 发送日期 日期 时间 時間 寄件日期 傳送時間 送信日時 日時 日付 보낸\ 날짜 보낸날짜 날짜 تاريخ\ الإرسال التاريخ נשלח תאריך נשלח\ בתאריך đã\ gửi ngày gửi dikirim tanggal ส่ง วันที่ päiväys date\ d'envoi fecha enviat
			poslané poslano date/time sent\ at sent\ on date\ sent gesendet\ am päivämäärä sendt\ den dato erstellt nosūtīts išsiųsta saadetud kuupäev`,
		labelTo: `to an à a para aan do komu till til vastaanottaja címzett către kime alıcı кому προς 收件人 收件者 宛先 받는\ 사람 받는사람 수신 إلى אל đến tới kepada untuk ถึง empfänger destinataire destinatario destinatário
			ontvanger adresat per modtager mottagare получатель za prejemnik kam kellele naar pour pro`,
		labelSubject: `subject betreff objet asunto oggetto assunto onderwerp temat předmět predmet ämne emne aihe tárgy subiect konu тема θέμα 主题 主題 主旨 標題 标题 件名 제목 الموضوع נושא chủ\ đề subjek perihal เรื่อง sujet argomento re
			zadeva tēma tema teema assumpte naslov`,
		labelCc: `cc kopie copie copia cópia kopia kopio másolat 抄送 副本 копия копія κοιν 참조 نسخة עותק bcc cci bil kopi dw udw cc/bcc đồng\ gửi สำเนา ccn`,
		labelOther: `reply-to antwort\ an répondre\ à responder\ a message-id organization importance wichtigkeit priority priorität attachments anlagen pièces\ jointes adjuntos 附件 添付ファイル bijlagen załączniki вложения resent-from sent\ by
			mailed-by signed-by importancia priorité importância 重要性 return-path delivered-to mime-version content-type list-id sensitivity newsgroups x-mailer user-agent`,
	} {
		for w := range words(list) {
			m[w] |= l
		}
	}
	return m
}()

// headerLabel reads "From: value" in any of the languages; bold marks and blanks before the colon
// are tolerated.
func headerLabel(line string) (l label, value string) {
	s := strings.TrimLeft(line, " \t*_|")
	i := strings.IndexAny(s, ":：")
	if i <= 0 || i > 40 {
		return 0, ""
	}
	n := 1
	if s[i] >= 0x80 {
		if !strings.HasPrefix(s[i:], "：") {
			return headerLabelWide(s)
		}
		n = len("：")
	}
	return lookupLabel(s[:i]), strings.Trim(s[i+n:], " \t*_|")
}

// headerLabelWide is for labels whose letters share bytes with the wide colon.
func headerLabelWide(s string) (label, string) {
	for _, colon := range []string{"：", ":"} {
		if i := strings.Index(s, colon); i > 0 && i <= 40 {
			return lookupLabel(s[:i]), strings.Trim(s[i+len(colon):], " \t*_|")
		}
	}
	return 0, ""
}

func lookupLabel(word string) label {
	word = strings.ToLower(strings.Trim(word, " \t*_|"))
	if l, ok := headerLabels[word]; ok {
		return l
	}
	if word != "" && word[0] >= 0x80 && strings.ContainsFunc(word, unicode.IsSpace) { // 发 件 人
		return headerLabels[strings.Join(strings.Fields(word), "")]
	}
	return 0
}

// headerBlock recognises, at line i, the header of a quoted mail ("From: … Sent: … To: …
// Subject: …" in any language and order) and gives the line behind it.
func headerBlock(lines []line, i int) (end int, ok bool) {
	l, value := headerLabel(lines[i].s)
	if l == 0 || l == labelOther {
		return 0, false
	}
	if collapsedHeader(lines[i].s, l) {
		return i + 1, true
	}
	var seen blockEvidence
	seen.add(l, value)
	last, free := i, 0
	for j := i + 1; j < len(lines) && j < i+40; j++ {
		if lines[j].quoted || lines[j].mark {
			break
		}
		if l, value = headerLabel(lines[j].s); l != 0 {
			seen.add(l, value)
			last, free = j, 0
			continue
		}
		// Wrapped lists of recipients and empty lines between the fields.
		if free++; free > 6 || !labelAhead(lines, j+1, 6-free+1) || lines[j].blank && seen.fields > 1 && !labelAhead(lines, j+1, 1) {
			break
		}
	}
	return last + 1, seen.enough()
}

func labelAhead(lines []line, from, within int) bool {
	for j := from; j < len(lines) && j < from+within; j++ {
		if l, _ := headerLabel(lines[j].s); l != 0 {
			return true
		}
	}
	return false
}

// notesBlock recognises Lotus Notes' form at line i: the author and the date without labels, then
// "To:", "cc:" and "Subject:".
func notesBlock(lines []line, i int) bool {
	if len(lines[i].s) > 90 || !dateWithin(lines, i, 3) {
		return false
	}
	date := -1
	for j := i; j < len(lines) && j < i+7; j++ {
		l, _ := headerLabel(lines[j].s)
		switch {
		case lines[j].quoted || lines[j].mark:
			return false
		case l&labelTo != 0 && date >= 0:
			return subjectAhead(lines, j+1)
		case l != 0 && l&(labelOther|labelCc) == 0 || len(lines[j].s) > 90:
			return false
		case l == 0 && !lines[j].blank:
			if date >= 0 && j > date+2 {
				return false
			}
			if j <= i+2 && hasDateOrTime(lines[j].s) {
				date = j
			}
		}
	}
	return false
}

func dateWithin(lines []line, i, n int) bool {
	for j := i; j < len(lines) && j < i+n; j++ {
		if hasDateOrTime(lines[j].s) {
			return true
		}
	}
	return false
}

func subjectAhead(lines []line, from int) bool {
	for j := from; j < len(lines) && j < from+8; j++ {
		switch l, _ := headerLabel(lines[j].s); {
		case l&labelSubject != 0:
			return true
		case l == 0 && len(lines[j].s) > 90:
			return false
		}
	}
	return false
}

// blockEvidence is what the lines of a header block have shown.
type blockEvidence struct {
	labels   label
	fields   int
	address  bool // a From, To or Cc with an address
	dateTime bool // a date with digits
}

func (b *blockEvidence) add(l label, value string) {
	b.labels |= l
	b.fields++
	if strings.Contains(value, "@") || strings.Contains(value, "mailto:") {
		b.address = true
	}
	if l&labelDate != 0 && strings.ContainsFunc(value, unicode.IsDigit) {
		b.dateTime = true
	}
}

func (b *blockEvidence) enough() bool {
	if b.labels&labelFrom == 0 {
		// Lotus Notes writes the author above the block.
		return b.labels&labelTo != 0 && b.labels&labelSubject != 0 && b.labels&labelDate != 0 && b.fields >= 3
	}
	n := 0
	for _, l := range []label{labelDate, labelTo, labelSubject, labelCc} {
		if b.labels&l != 0 {
			n++
		}
	}
	switch {
	case n >= 2 && b.labels&labelSubject != 0:
		return true
	case n >= 2:
		return b.address
	case n == 1:
		return b.fields >= 2 && b.address && (b.dateTime || b.labels&labelSubject != 0)
	}
	return false
}

// collapsedHeader recognises a header block whose line breaks were lost.
func collapsedHeader(s string, first label) bool {
	if first&labelFrom == 0 || len(s) > 3000 {
		return false
	}
	seen := first
	rest := s
	for range 40 {
		i := strings.IndexAny(rest, ":：")
		if i < 0 {
			break
		}
		before := strings.Fields(cutFront(rest[:i], 60))
		for k := 1; k <= 2 && k <= len(before); k++ {
			seen |= lookupLabel(strings.Join(before[len(before)-k:], " ")) &^ labelFrom
		}
		rest = strings.TrimLeft(rest[i:], ":：")
	}
	return seen&labelSubject != 0 && seen&labelDate != 0 && seen&labelTo != 0
}

// cutFront keeps the last n bytes or so.
func cutFront(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[len(s)-n:], "")
}
