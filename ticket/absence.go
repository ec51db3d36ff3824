package ticket

import "strings"

// absences are what the program of an absent person says, in lower case.
var absences = []string{
	"out of the office", "out of office", "on vacation", "annual leave", "on leave", "maternity leave", "parental leave", "on holiday",
	"away from the office", "away from my desk", "limited access to e", "no access to e", "upon my return", "when i return", "i will be back", "i'll be back", "back in the office", "automatic reply", "automated reply", "automatic response", "no longer with the company", "mailbox is not monitored",
	"nicht im büro", "nicht im hause", "außer haus", "im urlaub", "in elternzeit", "abwesend", "abwesenheit", "nach meiner rückkehr", "wieder erreichbar", "nicht erreichbar", "automatische antwort",
	"absent du bureau", "absente du bureau", "suis absent", "suis actuellement absent", "suis en congé", "en vacances", "de retour le", "réponse automatique",
	"fuera de la oficina", "de vacaciones", "estoy ausente", "estaré ausente", "respuesta automática", "fuori ufficio", "in ferie", "sono assente", "sarò assente", "risposta automatica",
	"fora do escritório", "de férias", "estou ausente", "resposta automática", "afwezig", "met vakantie", "op vakantie", "niet op kantoor", "automatisch antwoord",
	"poza biurem", "na urlopie", "jestem nieobecn", "automatyczna odpowiedź", "mimo kancelář", "na dovolené", "på semester", "på ferie", "ikke på kontoret", "inte på kontoret", "lomalla", "izindeyim", "ofis dışında",
	"в отпуске", "нет на месте", "отсутствую", "автоматический ответ", "у відпустці", "εκτός γραφείου", "休假", "外出", "不在办公室", "自动回复", "自動回覆", "不在にして", "休暇", "自動返信", "휴가", "부재중", "자동 회신",
}

// away reports whether text reads like an absence note, which comes without any mark in the header
// from some programs. It is asked only where taking a machine for a person does harm.
func away(text string) bool {
	text = strings.ToLower(cut(strings.Join(strings.Fields(text), " "), 1500))
	for _, a := range absences {
		if strings.Contains(text, a) {
			return true
		}
	}
	return false
}
