package classify

import (
	"testing"

	"privacybot/ticket"
)

func TestWriters(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		text   string
		want   ticket.Writer
		urgent bool
	}{
		{"Please delete my account.", ticket.WriterPerson, false},
		{"We act for Ms Brown. Our client requests access to her data within 3 days. Smith Solicitors", ticket.WriterLawyer, true},
		{"We act for Ms Brown. Our client requests access to her data within 3 weeks. Smith Solicitors", ticket.WriterLawyer, false},
		{"I am a security researcher and found a vulnerability in your portal.", ticket.WriterResearcher, true},
		{"I am a journalist and write for the Post. May I have a comment before publication?", ticket.WriterJournalist, false},
		{"Information Commissioner's Office: we have received a complaint about your company. Our investigation has begun.", ticket.WriterAuthority, true},
		{"District Court, subpoena: you are hereby ordered to produce the records.", ticket.WriterCourt, true},
		{"My ex is stalking me and threatened to kill me, please delete my address.", ticket.WriterPerson, true},
		{"My daughter is 9 and has an account.", ticket.WriterParent, true},
		{"I am 9 years old and have an account.", ticket.WriterChild, true},
		{"As authorised agent I submit this on behalf of our customer; a power of attorney is attached. Delete her data.", ticket.WriterAgent, false},
	} {
		v := c.Classify(ticket.Message{NewText: tt.text}, Context{ReceivedAt: received})
		if v.Writer != tt.want || v.Urgent != tt.urgent {
			t.Errorf("%q: %q urgent %v, want %q urgent %v", tt.text, v.Writer, v.Urgent, tt.want, tt.urgent)
		}
	}
}

func TestLaw(t *testing.T) {
	c := load(t)
	for _, tt := range []struct{ text, from, want string }{
		{"Under the GDPR I want my data deleted.", "", "eu-gdpr"},
		{"Under the UK GDPR I want my data deleted.", "", "uk-gdpr"},
		{"As a California resident under the CCPA I want my data deleted.", "a@example.com", "us-ca-ccpa"},
		{"根据个人信息保护法，请删除我的个人信息。", "", "cn-pipl"},
		{"依個資法請刪除我的個人資料。", "", "tw-pdpa"},
		{"Com base na LGPD, solicito a exclusão dos meus dados.", "", "br-lgpd"},
		{"Delete my data. Call me: +41 44 668 18 00", "", "ch-fadp"},
		{"Delete my data according to Art. 17.", "", "eu-gdpr"},
		{"Please delete my data.", "a@mail.example.com.br", "br-lgpd"},
		{"Please delete my data.", "a@example.com", ""},
	} {
		v := c.Classify(ticket.Message{NewText: tt.text, From: ticket.Address{Address: tt.from}}, Context{ReceivedAt: received, DefaultLaw: "eu-gdpr"})
		if v.Law != tt.want {
			t.Errorf("%q from %q: %q, want %q", tt.text, tt.from, v.Law, tt.want)
		}
		if (v.Law != "") != (len(v.LawWhy) > 0) {
			t.Errorf("%q: a law without evidence", tt.text)
		}
	}
}

func TestRoutes(t *testing.T) {
	c := load(t)
	staff := func(a string) bool { return a == "desk@example.test" }
	for _, tt := range []struct {
		m        ticket.Message
		followup bool
		want     ticket.Route
	}{
		{ticket.Message{NewText: "Please delete my account.", Automatic: ticket.NotAutomatic}, false, ticket.RouteNew},
		{ticket.Message{NewText: "ok", Automatic: ticket.NotAutomatic}, true, ticket.RouteFollowup},
		{ticket.Message{NewText: "I am out of office.", Automatic: ticket.AutoReply}, true, ticket.RouteAutoReply},
		{ticket.Message{NewText: "Undelivered", Automatic: ticket.Bounce}, true, ticket.RouteBounce},
		{ticket.Message{NewText: "read", Automatic: ticket.Receipt}, true, ticket.RouteReceipt},
		{ticket.Message{NewText: "Delete my account.", Automatic: ticket.Bulk}, false, ticket.RouteBulk},
		{ticket.Message{NewText: "#note hello", From: ticket.Address{Address: "desk@example.test"}}, false, ticket.RouteStaff},
		{ticket.Message{NewText: "You have won the lottery, 5 million USD, send your bank details to claim your prize."}, false, ticket.RouteSpam},
	} {
		v := c.Classify(tt.m, Context{ReceivedAt: received, Staff: staff, Followup: tt.followup})
		if v.Route != tt.want {
			t.Errorf("%q: %s, want %s", tt.m.NewText, v.Route, tt.want)
		}
		if tt.m.Automatic == ticket.Bulk && !v.Has(ticket.Deletion) {
			t.Error("a right in bulk mail is not reported")
		}
	}
}

// A request, or a child's data, in a letter that is only attached counts (DESIGN.md 5.1, BEHAVIOURS 24).
func TestAttachedLetterIsRead(t *testing.T) {
	c := load(t)
	v := c.Classify(ticket.Message{NewText: "see attached", Forwarded: "My son is eight years old and has an account. Please delete it."}, Context{ReceivedAt: received})
	if !v.Has(ticket.Child) || !v.Has(ticket.Deletion) {
		t.Errorf("rights %v", v.Rights)
	}
}
