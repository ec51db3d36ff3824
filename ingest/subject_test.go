package ingest

import "testing"

func TestSplitSubject(t *testing.T) {
	for in, want := range map[string]subjectParts{
		"Hello":                      {base: "hello"},
		"Re: Hello":                  {base: "hello", reply: true, any: true},
		"AW: WG: Hello":              {base: "hello", reply: true, any: true},
		"Fwd: Re: Hello":             {base: "hello", forward: true, any: true},
		"[EXTERNAL] FW: Hello":       {base: "hello", forward: true, any: true},
		"Re[2]: Hello":               {base: "hello", reply: true, any: true},
		"回复：转发: 您好":                  {base: "您好", reply: true, any: true},
		"TR : Bonjour":               {base: "bonjour", forward: true, any: true},
		"Trả lời: chào":              {base: "chào", reply: true, any: true},
		"Question: what do you hold": {base: "question: what do you hold"},
		"Re":                         {base: "re"},
		"[PRV-2026-000001]":          {base: "[prv-2026-000001]"},
	} {
		if got := splitSubject(in); got != want {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

// TestAbsenceSubjects: people begin subjects with the words that programs use (CASES B10, B11).
func TestAbsenceSubjects(t *testing.T) {
	for subject, want := range map[string]bool{
		"automatic reply: your request": true, "automatic reply": true, "out of office autoreply: x": true, "out of office until 9 november": true, "ooo: x": true,
		"abwesenheitsnotiz: x": true, "自动回复：请求": true, "[自动回复] 请求": true, "réponse automatique : x": true, "auto reply re: x": true, "(out of office) x": true,
		"automatic response system keeps my data": false, "out of office badge data": false, "auto: my car": false, "re: automatic reply: x": false, "absence of an answer": false,
		"holiday photos must go": false, "ooops, delete me": false, "delete my data": false, "urlop wypoczynkowy": false,
	} {
		if got := isOutOfOfficeSubject(subject); got != want {
			t.Errorf("%q: %v", subject, got)
		}
	}
}
