package ticket_test

import (
	"strings"
	"testing"

	"privacybot/ticket"
)

// Whoever asks on the thread where things stand is told, in any language; strangers, officials and
// machines are not (issue 5.10, A5, A8).
func TestStatus(t *testing.T) {
	jane := "jane@example.org"
	ask := func(text string) ticket.Message {
		m := from(jane, text)
		m.MessageID = "m2@mail.example.test"
		return m
	}
	tk := opened(t, proven(from(jane, "delete my account")), asks(ticket.Deletion))
	decide := func(tk ticket.Ticket, m ticket.Message, v ticket.Verdict) ticket.Decision {
		f := facts(t)
		f.Ticket = &tk
		return ticket.Decide(noon, f, ticket.MailCause{ID: 2, Message: m, Verdict: v})
	}
	for _, text := range []string{
		"Hello, is there any news?", "What is the status of my request?", "Wie ist der Stand der Dinge?", "Bonjour, où en est ma demande ?", "¿Cuál es el estado de mi solicitud?",
		"A che punto è la mia richiesta?", "Há novidades sobre o meu pedido?", "Hoe staat het met mijn verzoek?", "Na jakim etapie jest moja sprawa?", "Talebim ne durumda?",
		"На каком этапе мой запрос?", "请问我的请求进展如何？", "その後どうなっていますか。",
	} {
		d := decide(tk, ask(text), asks(ticket.Other))
		wantLetters(t, external(d), "status "+jane)
		letter(t, d, ticket.LetterStaffFollowup)
		if o := letter(t, d, ticket.LetterStatus); o.Data.State != tk.State() || o.Data.Due.IsZero() || o.Ref != tk.Ref {
			t.Errorf("the letter says state %q, due %s, reference %q", o.Data.State, o.Data.Due, o.Ref)
		}
	}
	if !ticket.LetterStatus.Braked() {
		t.Error("no brake stands behind status letters")
	}

	question := ask("Is there any news?")
	with := func(m ticket.Message, change func(*ticket.Message)) ticket.Message { change(&m); return m }
	official, silent, child := tk, tk, opened(t, from(jane, "my daughter is nine"), asks(ticket.Child))
	official.Writer, silent.Silent = ticket.WriterAuthority, "must not be answered by a machine"
	for _, c := range []struct {
		name string
		tk   ticket.Ticket
		m    ticket.Message
	}{
		{"a stranger with the thread", tk, with(question, func(m *ticket.Message) { m.From.Address = "eve@example.net" })},
		{"an absence note", tk, with(question, func(m *ticket.Message) { m.Automatic = ticket.AutoReply })},
		{"must not be answered", tk, with(question, func(m *ticket.Message) { m.NoAutoReply = true })},
		{"two authors", tk, with(question, func(m *ticket.Message) { m.Authors = 2 })},
		{"forged", tk, with(question, func(m *ticket.Message) { m.Authentication.DMARC = ticket.Fail })},
		{"an authority's ticket", official, question},
		{"a ticket without letters", silent, question},
		{"a child's case", child, question},
		{"thanks", tk, ask("Thank you very much for your help.")},
		{"a withdrawal", tk, ask("I withdraw my request. Any news is of no interest any more.")},
	} {
		if got := strings.Join(external(decide(c.tk, c.m, asks(ticket.Other))), ","); got != "" {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}
