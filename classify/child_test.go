package classify

import (
	"slices"
	"testing"

	"privacybot/ticket"
)

// D44, D45, D46.
func TestChild(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		text   string
		alarm  bool
		review bool
		law    string
	}{
		{text: "My daughter is 12 and has an account with you.", alarm: true},
		{text: "i am 11 and i made an account", alarm: true},
		{text: "My son, born 3 May 2016, registered in your app.", alarm: true},
		{text: "A girl in third grade uploaded her photo to your site.", alarm: true},
		{text: "My ten-year-old registered with you.", alarm: true},
		{text: "我女儿12岁，注册了你们的账号。", alarm: true},
		{text: "Meine Tochter ist 12 Jahre alt und hat ein Konto bei Ihnen.", alarm: true},
		{text: "Meine achtjährige Tochter hat ein Konto bei Ihnen.", alarm: true},
		{text: "Minha filha de 12 anos criou uma conta.", alarm: true},
		{text: "Ma fille de 12 ans a créé un compte chez vous.", alarm: true},
		{text: "Mi hijo de nueve años tiene una cuenta con ustedes.", alarm: true},
		{text: "Моя дочь, ей 9 лет, зарегистрировалась в вашем приложении.", alarm: true},
		{text: "Moja córka ma 9 lat i założyła u was konto.", alarm: true},
		{text: "Kızım 9 yaşında ve sizde hesap açmış.", alarm: true},
		{text: "9歳の娘が御社のアプリに登録しました。", alarm: true},
		{text: "Mia figlia di 9 anni ha creato un account da voi.", alarm: true},
		{text: "Mijn dochter van 9 heeft een account bij jullie aangemaakt.", alarm: true},
		{text: "Please delete my 12-year-old account."},
		{text: "I have been a customer for 12 years, delete my account."},
		{text: "I am 31 and want my account deleted."},
		{text: "Our 12 employees need new headsets."},
		{text: "It costs less than 13 euros per account."},
		{text: "My daughter is 13 and has an account with you.", review: true},
		{text: "My daughter is 13 and has an account with you.", alarm: true, law: "cn-pipl"},
	} {
		v := c.Classify(ticket.Message{NewText: tt.text}, Context{ReceivedAt: received, DefaultLaw: tt.law})
		if got := v.Has(ticket.Child); got != tt.alarm {
			t.Errorf("%q: alarm %v, want %v (%v)", tt.text, got, tt.alarm, v.Confidence)
		}
		if got := slices.Contains(v.Review, childReview); got != tt.review {
			t.Errorf("%q: review %v, want %v", tt.text, got, tt.review)
		}
		if tt.alarm && (!v.Urgent || len(v.UrgentWhy) == 0) {
			t.Errorf("%q: an alert that is not urgent or has no evidence", tt.text)
		}
	}
}
