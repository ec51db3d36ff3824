package ingest

import (
	"strings"
	"unicode"
)

// ownText joins one stretch of what the sender wrote, without banners, signature and footers.
// Closings ("Best regards, Jane") stay: they are part of the letter.
func ownText(lines []line) string {
	lines = skipBanner(trimBlank(lines))
	for range 6 { // a footer may hide a signature, and the other way round
		n := len(lines)
		lines = trimBlank(cutSignature(lines))
		lines = trimBlank(cutFooter(lines))
		lines = trimBlank(cutTrailing(lines))
		if len(lines) == n {
			break
		}
	}
	return strings.TrimSpace(collapse(lines))
}

// collapse joins lines with at most one empty line between them; a program's three empty lines
// carry no more meaning than one.
func collapse(lines []line) string {
	var b strings.Builder
	blank := false
	for _, l := range lines {
		if l.blank {
			blank = true
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte('\n')
		}
		blank = false
		b.WriteString(l.s)
		b.WriteByte('\n')
	}
	return b.String()
}

func trimBlank(lines []line) []line {
	for len(lines) > 0 && lines[len(lines)-1].blank {
		lines = lines[:len(lines)-1]
	}
	for len(lines) > 0 && lines[0].blank {
		lines = lines[1:]
	}
	return lines
}

// filled counts lines that are not empty, up to limit.
func filled(lines []line, limit int) int {
	n := 0
	for _, l := range lines {
		if !l.blank {
			if n++; n >= limit {
				break
			}
		}
	}
	return n
}

// maxSignature is the number of lines that a signature may have.
const maxSignature = 60

// cutSignature cuts at the first signature separator: "-- " (RFC 3676 4.3), or a short rule above
// what looks like a contact block.
func cutSignature(lines []line) []line {
	for i, l := range lines {
		if l.blank || len(l.s) > 80 {
			continue
		}
		s := strings.TrimSpace(l.s)
		if s == "" || strings.Trim(s, "-_—–=*~ ") != "" {
			continue
		}
		rest := filled(lines[i+1:], maxSignature+1)
		switch {
		case l.s == "-- " || s == "--" && len(l.s) == 2:
			if rest <= 15 || l.s == "-- " && rest <= maxSignature || i > 0 && rest <= 30 && looksContact(lines[i+1:]) {
				if i > 0 || rest <= 5 || l.s == "-- " {
					return lines[:i]
				}
			}
		case s == "—" || s == "––" || s == "—-" || s == "__" || s == "- --" || s == "– –":
			if i > 0 && rest <= 12 {
				return lines[:i]
			}
		case len(s) >= 3 && i > 0 && rest <= 14 && looksContact(lines[i+1:]):
			return lines[:i]
		}
	}
	return lines
}

// looksContact reports whether lines are a block of names, numbers and addresses rather than prose.
func looksContact(lines []line) bool {
	contact, long := 0, 0
	for _, l := range lines {
		if l.blank {
			continue
		}
		low := strings.ToLower(l.s)
		if name, _, ok := strings.Cut(low, ":"); ok && detailLabels[strings.Trim(name, " *-•")] {
			return false
		}
		switch {
		case len(low) > 160:
			long++
		case strings.Contains(low, "@") || strings.Contains(low, "www.") || strings.Contains(low, "http") || digits(low) >= 7 ||
			strings.Contains(low, "tel") || strings.Contains(low, "phone") || strings.Contains(low, "mobil") || strings.Contains(low, "fax"):
			contact++
		}
	}
	return contact > 0 && long == 0
}

// detailLabels introduce what people tell about themselves so that their data can be found.
var detailLabels = words(`name full\ name first\ name last\ name surname username user\ name user\ id user account account\ id account\ name account\ number customer\ number customer\ id order order\ number date\ of\ birth dob birthday device serial\ number serial imei
	vorname nachname benutzername kundennummer kundennr bestellnummer geburtsdatum nom prénom identifiant date\ de\ naissance nombre usuario cuenta fecha\ de\ nacimiento nome cognome utente naam gebruikersnaam klantnummer imię nazwisko 姓名 用户名 账号 订单号 设备 名前 氏名 이름 имя`)

func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// cutTrailing takes lines off the end that a device or program put there.
func cutTrailing(lines []line) []line {
	seen := 0
	for i := len(lines) - 1; i >= 0 && seen < 6; i-- {
		if lines[i].blank {
			continue
		}
		seen++
		if isDeviceLine(lines[i].s) || len(lines[i].s) < 250 && containsAny(strings.ToLower(lines[i].s), paperPhrases) {
			// Anything behind it is more of the same ("Get the app …") or a rule above it.
			if seen <= 3 {
				return dropRulers(lines[:i])
			}
		}
		if isRuler(lines[i].s) && seen == 1 {
			return lines[:i]
		}
	}
	return lines
}

// paperPhrases ask not to print the mail.
var paperPhrases = []string{
	"consider the environment before", "think before you print", "think of the environment before", "save paper", "denken sie an die umwelt", "an die umwelt, bevor", "bevor sie diese e-mail ausdrucken", "bevor sie diese mail ausdrucken", "pensez à l'environnement", "pensons à l'environnement", "avant d'imprimer", "antes de imprimir", "prima di stampare", "denk aan het milieu", "milieu voordat u", "zanim wydrukujesz", "tänk på miljön", "打印前请考虑环境",
}

func dropRulers(lines []line) []line {
	for len(lines) > 0 && (lines[len(lines)-1].blank || isRuler(lines[len(lines)-1].s)) {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// devicePhrases begin or make up the line by which a device or program names itself. A phrase that
// begins with "*" may stand anywhere in the line.
var devicePhrases = strings.Split(strings.ReplaceAll(`sent from my |sent from mail for |sent from outlook|sent from yahoo|sent from proton|sent from samsung|sent from a mobile|sent from mobile|sent from the all new|sent from gmail|sent from mailbird|sent from blue|sent from mail.ru|sent from huawei|sent from nine|sent from an |sent from email.|
sent with proton|sent with tutanota|sent with tuta|sent with airmail|sent with spark|sent with k-9|sent with aquamail|sent with fairemail|sent via the samsung|sent via |sent using |sent on the go|sent wirelessly|sent securely|
get outlook for |get bluemail for |get typeapp for |get the yahoo|get aol |download outlook|yahoo mail: |yahoo mail:|
von meinem |von unterwegs gesendet|gesendet von |gesendet mit |gesendet aus |gesendet über |gesendet via |diese nachricht wurde von meinem |outlook für |holen sie sich outlook|laden sie outlook|*kürze gesendet|
envoyé de mon|envoyé depuis |envoyé à partir |envoyé avec |envoyé par |provenance : |obtenir outlook|obtenez outlook|télécharger outlook|téléchargez outlook|provenance: courrier|
enviado desde |enviado con |enviado de |enviado do |enviado a partir |enviado pelo |enviado via |enviado por |enviado através |obtener outlook|descargar outlook|obter o outlook|obtenha o outlook|baixe o outlook|
inviato da |inviato dal |inviato con |inviato tramite |ottieni outlook|scarica outlook|verstuurd vanaf |verzonden vanaf |verzonden met |verstuurd met |verzonden via |outlook voor |download outlook|
wysłane z |wysłano z |wysłane przez |wysłano przez |pobierz program outlook|pobierz outlook|odesláno z |odoslané z |odesláno přes |získejte outlook|stáhnout outlook|
skickat från |skickades från |hämta outlook|skaffa outlook|sendt fra |sendt med |hent outlook|få outlook|skaff outlook|last ned outlook|lähetetty |hanki outlook|elküldve |küldve |az outlook beszerzése|trimis de pe |trimis din |obțineți outlook|
отправлено с |отправлено из |отправлено через |отправлено от |послано с |получить outlook|скачать outlook|скачайте outlook|надіслано з |відправлено з |στάλθηκε από |απεσταλμένο από |εστάλη από |poslano z |poslano s |изпратено от |
发自我的|发自我的|发自|來自我的|来自我的|從我的|从我的|傳送自|由 outlook|获取 outlook|取得 outlook|下載適用於|获取适用于|下载适用于|
*から送信|*iphoneから|*から送信されました|outlook for ios を入手|outlook for android を入手|windows 用メール|*나의 iphone에서 보냄|*에서 보냄|*에서 전송|*에서 보낸 메일|
تم الإرسال من|أُرسلت من|أرسلت من|نُشر من|مرسل من|נשלח מה|נשלח מ|gửi từ |được gửi từ |dikirim dari |dihantar dari |ส่งจาก|*iphone'umdan gönderildi|*gönderildi|iphone'umdan |android için outlook|*outlook'u edinin|`, "\n", ""), "|")

// isDeviceLine recognises "Sent from my iPhone" in its many languages. The line must be short:
// people also begin sentences with these words.
func isDeviceLine(s string) bool {
	low := strings.ToLower(strings.Trim(strings.ReplaceAll(s, "[", ""), " \t*_<>-–—()]|."))
	if low == "" || len(low) > 130 {
		return false
	}
	for _, p := range devicePhrases {
		if p == "" {
			continue
		}
		if p[0] == '*' {
			if len(low) <= 60 && strings.HasSuffix(low, p[1:]) && len(low) > len(p) {
				return true
			}
			continue
		}
		if rest, ok := strings.CutPrefix(low, p); ok && isDeviceWord(cut(p+rest, len(p)+28)) {
			return true
		}
	}
	return false
}

var deviceWords = strings.Fields(`iphone ipad ipod ios mac android samsung galaxy blackberry windows outlook huawei xiaomi redmi oppo vivo oneplus pixel nokia sony honor motorola surface mobile mobil handy phone telefon tablet
	http proton mail yahoo gmail gmx web.de t-online orange sfr libero tuta spark k-9 aquamail webmail post app gerät device téléphone teléfono telefono telemóvel celular dispositivo appareil urządzenia zařízení telefonu почт телефон смартфон устройств пошт
	手机 邮箱 郵箱 小米 华为 華為 荣耀 大师 大師 スマ 携帯 휴대 جهاز هاتف סלולרי điện โทร unterwegs wirelessly securely wireless verizon sprint droid vodafone lte`)

func isDeviceWord(low string) bool {
	for _, w := range deviceWords {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}
