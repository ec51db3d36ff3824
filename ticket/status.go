package ticket

import "slices"

// asksStatus reports whether a mail of a party asks where the request stands. Staff still see the mail;
// a phrase too many costs one letter that says nothing but what the person was told before.
func asksStatus(c MailCause) bool {
	return says(c.Message.NewText, statusPhrases()) || slices.Contains(c.Verdict.Review, "reminder")
}

// answerStatus tells the requester, on the thread only, how far the request is: its state, the due date
// and the reference, nothing about what it is about (issue 5.10). It reports whether it did. A child's
// case, an official's, and what people must sort are answered by people.
func (d *draft) answerStatus(ch *Change, c MailCause) bool {
	t := ch.Ticket
	p, _ := t.Party(c.Message.From.Address)
	if !asksStatus(c) || p.Address.Key() != t.Requester().Address.Key() || p.Address.IsZero() ||
		t.Silent != "" || d.silent(c) != "" || c.Message.Authentication.DMARC == Fail || t.Child != nil || t.NeedsHuman != "" || t.Writer.Official() {
		return false
	}
	o := d.toRequester(ch, LetterStatus)
	o.Data = LetterData{ReceivedAt: o.Data.ReceivedAt, Rights: o.Data.Rights, State: t.State()}
	if rights := t.openRights(); len(rights) > 0 {
		o.Data.Rights = SortRights(rights)
	}
	if legal, _ := t.Due(); !legal.IsZero() {
		o.Data.Due = legal.In(d.facts.Policy.Zone)
	}
	d.order(d.inAnswerTo(c, o))
	return true
}

// statusPhrases are questions for the state of a request, in lower case, in the languages of the letters.
func statusPhrases() []string {
	return []string{
		"status of my", "status of the request", "status update", "any update", "any news", "an update on", "what is the status", "what's the status", "where do things stand", "where does my request stand", "where my request stands", "how far is my", "how is my request", "progress of my", "heard anything", "how much longer", "when will i hear", "when will i get", "when can i expect", "still waiting for", "are you still working",
		"stand meiner", "stand der dinge", "stand der bearbeitung", "aktueller stand", "aktuellen stand", "wie ist der stand", "wie weit sind sie", "wie weit ist", "gibt es etwas neues", "gibt es neuigkeiten", "schon etwas neues", "wann kann ich mit", "wann bekomme ich", "wann erhalte ich", "warte noch immer", "warte immer noch",
		"où en est", "ou en est ma", "état de ma demande", "état d'avancement", "avancement de ma", "des nouvelles de", "avez-vous des nouvelles", "quand aurai-je", "quand vais-je recevoir", "j'attends toujours",
		"estado de mi", "cómo va mi", "como va mi solicitud", "en qué estado", "alguna novedad", "hay novedades", "hay noticias", "cuándo recibiré", "cuándo tendré", "sigo esperando",
		"stato della mia", "a che punto", "ci sono novità", "avete novità", "quando riceverò", "quando avrò", "sto ancora aspettando",
		"estado do meu", "situação do meu", "como está o meu", "como está meu", "andamento do meu", "alguma novidade", "há novidades", "quando vou receber", "quando receberei", "continuo à espera", "ainda estou esperando",
		"status van mijn", "stand van zaken", "hoe staat het met", "hoe ver is", "hoe ver bent", "is er al nieuws", "wanneer krijg ik", "wanneer kan ik", "wacht nog steeds", "wacht nog altijd",
		"status mojej", "status mojego", "stan mojej", "na jakim etapie", "co z moim", "co z moją", "czy są jakieś wieści", "jakieś nowości", "kiedy otrzymam", "kiedy dostanę", "nadal czekam", "wciąż czekam",
		"talebimin durumu", "başvurumun durumu", "ne durumda", "hangi aşamada", "bir gelişme var mı", "haber var mı", "ne zaman alırım", "ne zaman cevap", "hâlâ bekliyorum", "hala bekliyorum",
		"статус моего", "статус запроса", "на каком этапе", "как продвигается", "есть ли новости", "есть новости", "что с моим запросом", "в каком состоянии", "когда я получу", "когда будет ответ", "до сих пор жду", "всё ещё жду", "все еще жду",
		"进展", "进度", "处理得怎么样", "到哪一步", "什么时候能收到", "什么时候有结果", "什么时候回复", "還在等", "还在等", "進度", "進展", "處理得怎麼樣",
		"進捗", "状況を教え", "状況はどう", "どうなっていますか", "どうなりましたか", "いつ届き", "いつ頃", "いつ回答", "まだ待って",
	}
}
