package classify_test

import (
	"testing"

	"privacybot/classify"
	"privacybot/ticket"
)

// A child in danger is found in the languages of the letters, and only where there is a child (D42 to D48).
func TestDanger(t *testing.T) {
	c, err := classify.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"I am 11 and I use your app. My dad hits me when he reads my messages. Please delete them.",
		"Ich bin 10 Jahre alt. Mein Vater schlägt mich, wenn er meine Nachrichten liest. Bitte löscht sie.",
		"J'ai 11 ans. Mon père me frappe. Effacez mes messages s'il vous plaît.",
		"Tengo 10 años y mi padre me pega. Por favor borrad mis mensajes.",
		"Ho 11 anni e mio padre mi picchia. Cancellate i miei messaggi per favore.",
		"Tenho 11 anos e o meu pai bate em mim. Apaguem as minhas mensagens.",
		"Ik ben 10 jaar en mijn vader slaat me. Wis alstublieft mijn berichten.",
		"Mam 11 lat i tata bije mnie. Usuńcie moje wiadomości.",
		"11 yaşındayım, babam beni dövüyor. Lütfen mesajlarımı silin.",
		"Мне 11 лет, папа бьёт меня. Удалите мои сообщения, пожалуйста.",
		"我今年11岁，爸爸打我。请删除我的聊天记录。",
		"私は11歳です。お父さんに殴られます。メッセージを消してください。",
		"My daughter is nine. A man on your platform asked her for nude photos and threatens her.",
	} {
		v := c.Classify(ticket.Message{From: ticket.Address{Address: "x@people.example.org"}, NewText: text, Text: text}, classify.Context{})
		if len(v.Danger) == 0 || !v.Has(ticket.Child) || v.Has(ticket.Other) || !v.Urgent {
			t.Errorf("%s\n%v, danger %v, urgent %v", text, v.Rights, v.Danger, v.Urgent)
		}
	}
	for _, text := range []string{
		"My daughter is nine and made an account. Please delete it.",
		"This is a disgrace, you have abused my trust. Delete my account.",
		"I am 34. I feel threatened by your dunning letters. Send me a copy of my data.",
		"Meine Tochter ist neun. Das ist ein Missbrauch ihrer Daten, löschen Sie ihr Konto.",
		"Mi hija tiene nueve años y abrió una cuenta. Disculpen la molestia, bórrenla por favor.",
		"Please delete my data. The hit list on your site is suicidal marketing.",
	} {
		v := c.Classify(ticket.Message{From: ticket.Address{Address: "x@people.example.org"}, NewText: text, Text: text}, classify.Context{})
		if len(v.Danger) != 0 {
			t.Errorf("%s\ndanger %v", text, v.Danger)
		}
	}
}
