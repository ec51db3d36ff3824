package pipeline_test

// tongue is how mail programs quote in a language, and what a privacy desk answers in it.
type tongue struct {
	name, re                             string
	from, sent, dated, to, subject, date string // of the block above a quoted mail
	original, wrote, apple, phone, bird  string
	texts                                []string
}

const who = " Corp Privacy <" + privacy + ">"

var tongues = []tongue{
	{"en", "RE:", "From:", "Sent:", "Date:", "To:", "Subject:", "Monday, November 23, 2026 9:00 AM", "Original Message",
		"On Mon, Nov 23, 2026 at 9:00 AM" + who + " wrote:", "On 23. Nov 2026, at 09:00," + who + " wrote:", "Sent from my iPhone", "On 11/23/26 9:00 AM, Corp Privacy wrote:",
		[]string{
			"Dear Ms Roe,\n\nthank you for your request of 20 November 2026 (reference PB-7K3M-Q9XD). We hold your name, your address (12 Mill Lane, Leeds LS1 4AB), your mail address jane@people.example.org and the orders 4711-0815 and 4711-0816.\n\nPlease note that invoices are kept for ten years because tax law says so.\n\nKind regards\nAnn Desk\nData Protection Officer\nCorp Ltd | 1 Example Street | London\nT +44 20 7946 0018 | desk@corp.example.com | www.corp.example.com",
			"Hi Jane,\n\nyour account was deleted today, 23 November. Backups expire within 30 days.\nIf you are not content you can complain to casework@ico.example.org.\n\nBest,\nAnn",
			"Hello Jane,\nto find your data we need two things:\n1. the serial number of the phone (on the back, 12 digits)\n2. the year you bought it\n\nNo ID please!\n\nThanks, Ann\n#1 in telephony\n#WeAreHiring",
		}},
	{"de", "AW:", "Von:", "Gesendet:", "Datum:", "An:", "Betreff:", "Montag, 23. November 2026 09:00", "Ursprüngliche Nachricht",
		"Am Mo., 23. Nov. 2026 um 09:00 Uhr schrieb" + who + ":", "Am 23.11.2026 um 09:00 schrieb" + who + ":", "Von meinem iPhone gesendet", "Am 23.11.26 um 09:00 schrieb Corp Privacy:",
		[]string{
			"Sehr geehrte Frau Roe,\n\nzu Ihrer Anfrage vom 20.11.2026 teilen wir Ihnen mit, dass wir Name, Anschrift (Mühlweg 12, 10117 Berlin), Kundennummer 100200300 und die letzten vier Ziffern Ihrer IBAN (DE89 **** 3000) speichern.\n\nHinweis: Rechnungen bewahren wir zehn Jahre auf.\n\nMit freundlichen Grüßen\nAnn Desk\nDatenschutz\nCorp GmbH, HRB 12345 B, USt-IdNr. DE123456789\nTel. +49 30 1234 5678",
			"Hallo Frau Roe,\n\nIhr Konto ist gelöscht. Der Vorgang hat die Nummer PB-7K3M-Q9XD.\nBeschwerden nimmt die Aufsichtsbehörde entgegen: poststelle@aufsicht.example.org.\n\nViele Grüße\nAnn Desk",
			"Guten Tag,\n\nbitte nennen Sie uns noch die Bestellnummer, damit wir die Daten finden. Einen Ausweis brauchen wir nicht.\n\nBeste Grüße\ni. A. Ann Desk",
		}},
	{"fr", "RE:", "De :", "Envoyé :", "Date :", "À :", "Objet :", "lundi 23 novembre 2026 09:00", "Message d'origine",
		"Le lun. 23 nov. 2026 à 09:00," + who + " a écrit :", "Le 23 nov. 2026 à 09:00," + who + " a écrit :", "Envoyé de mon iPhone", "Le 23/11/2026 à 09:00, Corp Privacy a écrit :",
		[]string{
			"Madame,\n\nen réponse à votre demande du 20 novembre, nous conservons votre nom, votre adresse électronique et vos commandes n° 2026-000123 et 2026-000124.\n\nCordialement,\nAnn Desk\nDéléguée à la protection des données\nTél. 01 23 45 67 89",
			"Bonjour,\n\nvotre compte est supprimé depuis ce matin. Les factures sont conservées dix ans (obligation légale).\n\nBien à vous,\nAnn",
			"Bonjour Madame Roe,\n\npourriez-vous nous indiquer l'adresse avec laquelle le compte a été créé ? Aucune pièce d'identité n'est nécessaire.\n\nMerci d'avance\nAnn Desk",
		}},
	{"es", "RE:", "De:", "Enviado el:", "Fecha:", "Para:", "Asunto:", "lunes, 23 de noviembre de 2026 9:00", "Mensaje original",
		"El lun, 23 nov 2026 a las 9:00," + who + " escribió:", "El 23 nov 2026, a las 9:00," + who + " escribió:", "Enviado desde mi iPhone", "El 23/11/26 a las 9:00, Corp Privacy escribió:",
		[]string{
			"Estimada Sra. Roe:\n\nle informamos de que conservamos su nombre, su correo jane@people.example.org y el historial de pedidos de 2024 a 2026.\n\nUn cordial saludo,\nAnn Desk\nProtección de datos",
			"Hola Jane:\n\nsu cuenta ha sido eliminada hoy. Nota: las facturas se guardan durante seis años.\n\nSaludos\nAnn",
			"Buenos días:\n\n¿podría indicarnos el número de serie del teléfono? Así encontraremos sus datos.\n\nGracias\nAnn Desk, tel. +34 91 123 45 67",
		}},
	{"it", "R:", "Da:", "Inviato:", "Data:", "A:", "Oggetto:", "lunedì 23 novembre 2026 09:00", "Messaggio originale",
		"Il giorno lun 23 nov 2026 alle ore 09:00" + who + " ha scritto:", "Il giorno 23 nov 2026, alle ore 09:00," + who + " ha scritto:", "Inviato da iPhone", "Il 23/11/26 09:00, Corp Privacy ha scritto:",
		[]string{
			"Gentile signora Roe,\n\nconserviamo il Suo nome, l'indirizzo e gli ordini degli ultimi due anni. La Sua richiesta ha il riferimento PB-7K3M-Q9XD.\n\nCordiali saluti\nAnn Desk\nP. IVA 01234567890",
			"Buongiorno,\n\nl'account è stato cancellato. Le fatture restano per dieci anni per obbligo di legge.\n\nDistinti saluti\nAnn",
			"Buongiorno Jane,\n\nci serve ancora il numero dell'ordine. Non inviate documenti d'identità.\n\nGrazie, Ann",
		}},
	{"nl", "Antw:", "Van:", "Verzonden:", "Datum:", "Aan:", "Onderwerp:", "maandag 23 november 2026 09:00", "Oorspronkelijk bericht",
		"Op ma 23 nov 2026 om 09:00 schreef" + who + ":", "Op 23 nov. 2026 om 09:00 heeft" + who + " het volgende geschreven:", "Verstuurd vanaf mijn iPhone", "Op 23-11-2026 om 09:00 schreef Corp Privacy:",
		[]string{
			"Beste mevrouw Roe,\n\nwij bewaren uw naam, e-mailadres en drie bestellingen (2024-11, 2025-03, 2026-07).\n\nMet vriendelijke groet,\nAnn Desk\nKvK 12345678",
			"Beste Jane,\n\nuw account is vandaag verwijderd.\n\nGroet,\nAnn",
			"Goedemorgen,\n\nkunt u ons het serienummer sturen? Een kopie van uw paspoort is niet nodig.\n\nVriendelijke groet\nAnn",
		}},
	{"pl", "ODP:", "Od:", "Wysłano:", "Data:", "Do:", "Temat:", "poniedziałek, 23 listopada 2026 09:00", "Oryginalna wiadomość",
		"pon., 23 lis 2026 o 09:00" + who + " napisał(a):", "Wiadomość napisana przez" + who + " w dniu 23 lis 2026, o godz. 09:00:", "Wysłane z iPhone'a", "W dniu 23.11.2026 o 09:00, Corp Privacy pisze:",
		[]string{
			"Szanowna Pani,\n\nprzechowujemy Pani imię i nazwisko, adres e-mail oraz numer zamówienia 2026/11/0042.\n\nZ poważaniem\nAnn Desk\nInspektor Ochrony Danych",
			"Dzień dobry,\n\nkonto zostało dziś usunięte. Faktury musimy zachować przez pięć lat.\n\nPozdrawiam\nAnn",
			"Dzień dobry,\n\nprosimy o podanie numeru seryjnego telefonu.\n\nDziękuję\nAnn Desk",
		}},
	{"pt", "RES:", "De:", "Enviado:", "Data:", "Para:", "Assunto:", "segunda-feira, 23 de novembro de 2026 09:00", "Mensagem original",
		"Em seg., 23 de nov. de 2026 às 09:00," + who + " escreveu:", "No dia 23/11/2026, às 09:00," + who + " escreveu:", "Enviado do meu iPhone", "Em 23/11/2026 09:00, Corp Privacy escreveu:",
		[]string{
			"Prezada Senhora Roe,\n\nguardamos o seu nome, o seu endereço e três pedidos (n.º 1001, 1002 e 1003).\n\nCom os melhores cumprimentos\nAnn Desk",
			"Olá Jane,\n\na sua conta foi eliminada hoje. As faturas são guardadas por cinco anos.\n\nAtenciosamente,\nAnn",
			"Bom dia,\n\npoderia indicar-nos o número de série? Não precisamos de documentos.\n\nObrigada\nAnn",
		}},
	{"sv", "SV:", "Från:", "Skickat:", "Datum:", "Till:", "Ämne:", "den 23 november 2026 09:00", "Ursprungligt meddelande",
		"Den mån 23 nov. 2026 kl 09:00 skrev" + who + ":", "23 nov. 2026 kl. 09:00 skrev" + who + ":", "Skickat från min iPhone", "Den 2026-11-23 kl. 09:00, skrev Corp Privacy:",
		[]string{
			"Hej Jane,\n\nvi har ditt namn, din e-postadress och två beställningar. Ärendet har nummer PB-7K3M-Q9XD.\n\nMed vänliga hälsningar\nAnn Desk",
			"Hej,\n\nditt konto är raderat i dag.\n\nHälsningar\nAnn",
			"Hej Jane,\n\nkan du skicka serienumret? Vi behöver ingen legitimation.\n\nTack\nAnn",
		}},
	{"da", "SV:", "Fra:", "Sendt:", "Dato:", "Til:", "Emne:", "23. november 2026 09:00", "Oprindelig meddelelse",
		"Den man. 23. nov. 2026 kl. 09.00 skrev" + who + ":", "Den 23. nov. 2026 kl. 09.00 skrev" + who + ":", "Sendt fra min iPhone", "Den 23.11.2026 kl. 09.00 skrev Corp Privacy:",
		[]string{
			"Kære Jane\n\nVi har dit navn, din adresse og to ordrer.\n\nMed venlig hilsen\nAnn Desk\nCVR 12345678",
			"Hej Jane\n\nDin konto er slettet i dag.\n\nVenlig hilsen\nAnn",
			"Hej\n\nKan du sende os serienummeret?\n\nTak\nAnn",
		}},
	{"tr", "YNT:", "Kimden:", "Gönderme Tarihi:", "Tarih:", "Kime:", "Konu:", "23 Kasım 2026 Pazartesi 09:00", "Orijinal Mesaj",
		"23 Kas 2026 Pzt, saat 09:00 tarihinde" + who + " şunu yazdı:", "23 Kas 2026 saat 09:00 tarihinde" + who + " şunları yazdı:", "iPhone'umdan gönderildi", "23.11.2026 09:00 tarihinde Corp Privacy yazdı:",
		[]string{
			"Sayın Jane Roe,\n\nadınızı, e-posta adresinizi ve iki siparişinizi saklıyoruz.\n\nSaygılarımla\nAnn Desk",
			"Merhaba,\n\nhesabınız bugün silindi.\n\nİyi günler\nAnn",
			"Merhaba Jane,\n\nseri numarasını gönderebilir misiniz?\n\nTeşekkürler\nAnn",
		}},
	{"ru", "Отв:", "От:", "Отправлено:", "Дата:", "Кому:", "Тема:", "23 ноября 2026 г. 9:00", "Исходное сообщение",
		"пн, 23 нояб. 2026 г. в 09:00," + who + ":", "23 нояб. 2026 г., в 09:00," + who + " написал(а):", "Отправлено с iPhone", "23.11.2026 09:00, Corp Privacy пишет:",
		[]string{
			"Уважаемая Джейн,\n\nмы храним ваше имя, адрес электронной почты и два заказа.\n\nС уважением,\nАнна",
			"Здравствуйте!\n\nВаша учётная запись удалена сегодня.\n\nС уважением,\nАнна",
			"Добрый день!\n\nСообщите, пожалуйста, серийный номер телефона.\n\nСпасибо,\nАнна",
		}},
	{"zh", "回复:", "发件人:", "发送时间:", "日期:", "收件人:", "主题:", "2026年11月23日 9:00", "原始邮件",
		"Corp Privacy <" + privacy + "> 于2026年11月23日周一 09:00写道：", "2026年11月23日 09:00，Corp Privacy <" + privacy + "> 写道：", "发自我的iPhone", "在 2026/11/23 9:00, Corp Privacy 写道:",
		[]string{
			"尊敬的Jane：\n\n我们保存了您的姓名、邮箱和两个订单。您的编号是PB-7K3M-Q9XD。\n\n此致\n敬礼\n隐私团队",
			"您好：\n\n您的账号今天已删除。发票依法保留十年。\n\n祝好\nAnn",
			"您好：\n\n请告诉我们设备的序列号，不需要身份证。\n\n谢谢\nAnn",
		}},
	{"ja", "RE:", "差出人:", "送信日時:", "日付:", "宛先:", "件名:", "2026年11月23日 9:00", "元のメッセージ",
		"2026年11月23日(月) 9:00 Corp Privacy <" + privacy + ">:", "2026/11/23 9:00、Corp Privacy <" + privacy + ">のメール:", "iPhoneから送信", "On 2026/11/23 9:00, Corp Privacy wrote:",
		[]string{
			"Jane様\n\nお問い合わせありがとうございます。お名前、メールアドレス、ご注文2件を保管しております。\n\nよろしくお願いいたします。\nプライバシー担当",
			"Jane様\n\nアカウントは本日削除いたしました。\n\n担当 Ann",
			"Jane様\n\n製品のシリアル番号をお知らせください。\n\n担当 Ann",
		}},
}
