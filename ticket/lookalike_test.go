package ticket_test

import (
	"strings"
	"testing"

	"golang.org/x/net/idna"
	"pgregory.net/rapid"

	"privacybot/ticket"
)

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

func TestLookAlike(t *testing.T) { // A14
	known := []string{"yealink.com", "bank.co.uk", "abc.de"}
	for domain, want := range map[string]string{
		"yealink.com": "", "mail.yealink.com": "", "YEALINK.COM": "",
		"yea1ink.com":                     "yealink.com", // 1 for l
		"yealnik.com":                     "yealink.com", // swapped
		"yeallink.com":                    "yealink.com", // one more
		"yealnk.com":                      "yealink.com", // one less
		"yealink.co":                      "yealink.com", // another ending
		"yealink.com.cn":                  "yealink.com",
		"yealink-privacy.com":             "yealink.com",
		"privacy-yealink.net":             "yealink.com",
		"yealink.com.evil.test":           "yealink.com",
		must(idna.ToASCII("yeаlink.com")): "yealink.com", // Cyrillic а
		"yealink.com.":                    "",
		"vealink.org":                     "yealink.com",
		must(idna.ToASCII("bаnk.co.uk")):  "bank.co.uk",
		"bannk.co.uk":                     "", // four letters are alike by chance
		"abd.de":                          "",
		"abc.net":                         "",
		"example.org":                     "",
		"people.example.org":              "",
		"gmail.com":                       "", "": "", ".": "", "xn--": "", "-": "",
	} {
		if got := ticket.LookAlike(domain, known); got != want {
			t.Errorf("%s looks like %q, want %q", domain, got, want)
		}
	}
	for domain, want := range map[string]bool{must(idna.ToASCII("yeаlink.com")): true, "xn--mller-kva.de": false, "xn--80ak6aa92e.com": false, "yealink.com": false, "xn--": false} {
		if got := ticket.MixedScript(domain); got != want {
			t.Errorf("%s mixes scripts: %v, want %v", domain, got, want)
		}
	}
}

// Any input is judged; a domain never imitates itself or its parent.
func TestLookAlikeOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		ticket.LookAlike(a, []string{b})
		ticket.MixedScript(a)
		if got := ticket.LookAlike("x."+b, []string{b}); b != "" && !strings.HasSuffix(b, ".") && got != "" {
			t.Fatalf("x.%q imitates %q", b, got)
		}
	})
}

// Staff are warned of a sender whose domain looks like ours, a colleague's or the requester's.
func TestWarningOfLookAlikes(t *testing.T) {
	warned := func(d ticket.Decision, kind ticket.LetterKind) string {
		return strings.Join(letter(t, d, kind).Data.Notice.Warnings, "\n")
	}
	f := facts(t)
	d := ticket.Decide(noon, f, ticket.MailCause{ID: 1, Message: from("desk@examp1e.com", "x"), Verdict: asks(ticket.Deletion)})
	if got := warned(d, ticket.LetterStaffNotice); !strings.Contains(got, "example.com") || !strings.Contains(got, "looks like") {
		t.Errorf("warnings: %s", got)
	}
	tk := opened(t, from("jane@housewares.test", "x"), asks(ticket.Deletion))
	f.Ticket, f.Supply = &tk, supply("PB-TEST-0002")
	d = ticket.Decide(noon, f, ticket.MailCause{ID: 2, Message: from("jane@housevvares.test", "send it to me"), Verdict: asks(ticket.Other)})
	if got := warned(d, ticket.LetterStaffFollowup); !strings.Contains(got, "housewares.test") {
		t.Errorf("warnings: %s", got)
	}
	d = ticket.Decide(noon, facts(t), ticket.MailCause{ID: 3, Message: from("jane@"+must(idna.ToASCII("yeаlink.test")), "x"), Verdict: asks(ticket.Deletion)})
	if got := warned(d, ticket.LetterStaffNotice); !strings.Contains(got, "alphabets") {
		t.Errorf("warnings: %s", got)
	}
	d = ticket.Decide(noon, facts(t), ticket.MailCause{ID: 3, Message: from("jane@people.elsewhere.test", "x"), Verdict: asks(ticket.Deletion)})
	if got := warned(d, ticket.LetterStaffNotice); strings.Contains(got, "looks like") || strings.Contains(got, "alphabets") {
		t.Errorf("warnings: %s", got)
	}
}
