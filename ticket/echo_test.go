package ticket_test

import (
	"strings"
	"testing"

	"privacybot/ticket"
)

const ourLetter = `Hello,

we have received your request of 23 November 2026. We understand that you ask for the deletion of your data.
You get an answer by 23 December 2026 at the latest. To confirm that the address is yours, answer with this code:

Code: 1234-5678

If you are not satisfied you can complain to a supervisory authority.`

func TestEchoIsCut(t *testing.T) { // A24, A54
	e := ticket.NewEcho(ourLetter, "我们已经收到您的请求，您请求删除我们持有的关于您的全部个人数据。")
	for _, c := range []struct{ name, text, want string }{
		{"whole copy", "Your mail was received.\n\n" + ourLetter, "Your mail was received."},
		{"wrapped anew", "Your mail was received.\n" + strings.ReplaceAll(strings.ReplaceAll(ourLetter, "\n", " "), " of ", "\nof "), "Your mail was received."},
		{"upper case, bars", "Thanks.\n| " + strings.ToUpper(strings.ReplaceAll(ourLetter, "\n", "\n| ")), "Thanks."},
		{"words before and after", "I object!\n" + ourLetter + "\nPlease hurry.", "I object!\n\nPlease hurry."},
		{"code typed above the copy", "1234-5678\n" + ourLetter, "1234-5678"},
		{"a sentence in between", strings.Replace(ourLetter, "\n\nCode:", "\n\nI want a copy of everything you have\n\nCode:", 1), "I want a copy of everything you have"},
		{"few words alike", "You ask for the deletion of what? Delete everything.", "You ask for the deletion of what? Delete everything."},
		{"nothing alike", "What do you know about me?\n\n\nJane", "What do you know about me?\n\n\nJane"},
		{"chinese", "您好。我们已经收到您的请求，您请求删除我们持有的关于您的全部个人数据。谢谢", "您好。谢谢"},
		{"empty", "", ""},
	} {
		if got := e.Cut(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if got := ticket.NewEcho().Cut(ourLetter); got != ourLetter {
		t.Error("without letters something was cut")
	}
}
