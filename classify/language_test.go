package classify

import (
	"strings"
	"testing"
	"testing/fstest"

	"privacybot/ticket"
)

func TestLanguage(t *testing.T) {
	c := load(t)
	for text, want := range map[string]string{
		"Please delete my account.":              "en",
		"Bitte löschen Sie mein Konto.":          "de",
		"Merci de supprimer mon compte.":         "fr",
		"Quiero que borren mi cuenta.":           "es",
		"Vorrei cancellare il mio account.":      "it",
		"Quero apagar a minha conta, por favor.": "pt",
		"Ik wil mijn account verwijderen.":       "nl",
		"Proszę usunąć moje konto.":              "pl",
		"Lütfen hesabımı silin.":                 "tr",
		"Прошу удалить мой аккаунт.":             "ru",
		"请删除我的账号。":                               "zh-Hans",
		"請刪除我的帳號。":                               "zh-Hant",
		"アカウントを削除してください。":                        "ja",
		"제 계정을 삭제해 주세요.":                         "ko",
		"Διαγράψτε τον λογαριασμό μου παρακαλώ.": "el",
		"1234567": "und",
		"":        "und",
		"Bitte kündigen. My account is 4711. LG":  "de",
		"Jag vill att ni raderar mina uppgifter.": "sv",
	} {
		if got := c.Classify(ticket.Message{NewText: text}, Context{ReceivedAt: received}).Language; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// A broken lexicon is refused with file and line.
func TestLexiconErrors(t *testing.T) {
	for text, want := range map[string]string{
		"language: X\nno colon here": "en.txt:2",
		"number: one":                "want word=7",
		"two words: a":               "has a space",
	} {
		fsys := fstest.MapFS{"lexicon/han.txt": {Data: []byte("刪删")}, "lexicon/en.txt": {Data: []byte(text)}}
		if _, err := loadLexicon(fsys); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	x, err := loadLexicon(fstest.MapFS{"lexicon/han.txt": {Data: []byte("刪删")}, "lexicon/en.txt": {Data: []byte("delete: delet*")}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"a b c": "want \"id weight", "a x: delete": "weight of a", "a 1: delete ~z delete": "window of a", "a 1:": "no elements"} {
		if _, err := loadRules(fstest.MapFS{"lexicon/rules.txt": {Data: []byte("[deletion]\n" + text)}}, x); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// Stop words of the language and the concept "stop" share a key.
func TestStopIsAlsoAConcept(t *testing.T) {
	c := load(t)
	v := c.Classify(ticket.Message{NewText: "Stop the profiling of my data."}, Context{ReceivedAt: received})
	if !v.Has(ticket.Objection) {
		t.Errorf("%v", v.Rights)
	}
}
