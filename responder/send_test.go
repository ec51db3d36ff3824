package responder_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"privacybot/internal/mailtest"
	"privacybot/responder"
)

var rawLetter = []byte("From: privacy@example.com\r\nTo: jane@example.org\r\nSubject: hello\r\n\r\nbody SECRETBODY\r\n")

func newSender(t *testing.T, server string, change func(*responder.SMTPConfig)) *responder.Sender {
	t.Helper()
	c := responder.SMTPConfig{Server: server, From: "privacy@example.com"}
	if change != nil {
		change(&c)
	}
	s, err := responder.NewSender(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// want checks a result, and that its error tells nothing it must not tell.
func want(t *testing.T, r responder.Result, outcome responder.Outcome, stage string, code int) {
	t.Helper()
	if r.Outcome != outcome || r.Stage != stage || r.Code != code {
		t.Errorf("got %s at %q with %d (%v), want %s at %q with %d", r.Outcome, r.Stage, r.Code, r.Err, outcome, stage, code)
	}
	if (r.Err == nil) != (outcome == responder.Delivered) {
		t.Errorf("outcome %s with error %v", r.Outcome, r.Err)
	}
	for _, secret := range []string{"jane", "example.org", "SECRET", "hunter2", "no such"} {
		if strings.Contains(strings.ToLower(fmt.Sprintf("%+v %v", r, r)), strings.ToLower(secret)) {
			t.Errorf("the result holds %q: %v", secret, r)
		}
	}
}

// The real server of the tests: several letters, one session, bytes as given.
func TestSendReusesTheConnection(t *testing.T) {
	server := mailtest.SMTP(t)
	s := newSender(t, "smtp://"+server.Addr, nil)
	raw := append(bytes.Clone(rawLetter), []byte(".\r\n..\r\nlone\nline ends\rhere\r\n.\nend")...) // A45
	for range 3 {
		want(t, s.Send(t.Context(), "jane@example.org", raw), responder.Delivered, responder.StageFinal, 250)
	}
	if n := server.Sessions(); n != 1 {
		t.Errorf("%d sessions, want 1", n)
	}
	mails := server.Mails()
	if len(mails) != 3 {
		t.Fatalf("%d mails, want 3", len(mails))
	}
	normal := "\r\n.\r\n..\r\nlone\r\nline ends\r\nhere\r\n.\r\nend\r\n"
	if got := mails[0]; got.From != "privacy@example.com" || len(got.To) != 1 || !strings.HasSuffix(string(got.Raw), strings.TrimPrefix(normal, "\r\n")) {
		t.Errorf("arrived as %q from %q to %q", got.Raw, got.From, got.To)
	}
}

func TestSendRefusalsOfTheRealServer(t *testing.T) {
	server := mailtest.SMTP(t, mailtest.FailRcpt("jane@example.org", 550, "no such user SECRET"))
	s := newSender(t, "smtp://"+server.Addr, nil)
	r := s.Send(t.Context(), "jane@example.org", rawLetter)
	want(t, r, responder.Permanent, responder.StageRcpt, 550) // C41
	if r.Status != "5.0.0" {
		t.Errorf("status %q", r.Status)
	}
	want(t, s.Send(t.Context(), "joe@example.net", rawLetter), responder.Delivered, responder.StageFinal, 250)
	if n := server.Sessions(); n != 1 {
		t.Errorf("%d sessions after a refusal, want 1", n)
	}

	server.Configure(mailtest.DropAfterData(1))
	want(t, s.Send(t.Context(), "jane@example.org", rawLetter), responder.Unknown, responder.StageFinal, 0) // C43, M15
	server.Configure(mailtest.DropAfterReply(1))
	want(t, s.Send(t.Context(), "jane@example.org", rawLetter), responder.Delivered, responder.StageFinal, 250) // C44
	server.Configure()
	want(t, s.Send(t.Context(), "jane@example.org", rawLetter), responder.Delivered, responder.StageFinal, 250) // dialled again
	server.Stop()
	want(t, s.Send(t.Context(), "jane@example.org", rawLetter), responder.Temporary, responder.StageConnect, 0) // C39
	server.Start()
	want(t, s.Send(t.Context(), "jane@example.org", rawLetter), responder.Delivered, responder.StageFinal, 250)
}

func TestSendTLSAndSigningIn(t *testing.T) {
	plain := mailtest.SMTP(t, mailtest.RequireAuth("privacy", "hunter2"))
	secure := mailtest.SMTP(t, mailtest.RequireAuth("privacy", "hunter2"), mailtest.TLS())
	noTLS := mailtest.SMTP(t, mailtest.NoTLS())
	signIn := func(s *mailtest.SMTPServer, password string) func(*responder.SMTPConfig) {
		return func(c *responder.SMTPConfig) {
			c.Username, c.Password, c.TLS = "privacy", password, &tls.Config{RootCAs: s.Pool}
		}
	}
	for name, one := range map[string]struct {
		server  string
		change  func(*responder.SMTPConfig)
		outcome responder.Outcome
		stage   string
		code    int
	}{
		"starttls":          {"smtp+starttls://" + plain.Addr, signIn(plain, "hunter2"), responder.Delivered, responder.StageFinal, 250},
		"implicit":          {"smtps://" + secure.Addr, signIn(secure, "hunter2"), responder.Delivered, responder.StageFinal, 250},
		"loopback clear":    {"smtp://" + plain.Addr, signIn(plain, "hunter2"), responder.Delivered, responder.StageFinal, 250},
		"wrong password":    {"smtps://" + secure.Addr, signIn(secure, "hunter22"), responder.Configuration, responder.StageAuth, 535}, // C42
		"not signed in":     {"smtp://" + plain.Addr, nil, responder.Configuration, responder.StageMail, 530},
		"unknown authority": {"smtps://" + secure.Addr, func(c *responder.SMTPConfig) {}, responder.Configuration, responder.StageTLS, 0}, // C47, A66
		"no starttls":       {"smtp+starttls://" + noTLS.Addr, nil, responder.Configuration, responder.StageTLS, 0},
		"no auth offered":   {"smtp://" + noTLS.Addr, signIn(noTLS, "hunter2"), responder.Configuration, responder.StageAuth, 0},
		"clear on tls port": {"smtps://" + plain.Addr, nil, responder.Configuration, responder.StageTLS, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSender(t, one.server, one.change)
			want(t, s.Send(t.Context(), "jane@example.org", rawLetter), one.outcome, one.stage, one.code)
		})
	}
}

// scripted is an SMTP server that answers one command in its own way: what M15 needs and a
// decent server does not do.
type scripted struct {
	addr  string
	heard chan string // the commands, in order
}

// answers maps the first word of a command, or "greeting" and "final", to an answer; "drop"
// closes the connection, "hang" says nothing.
func script(t *testing.T, answers map[string]string) *scripted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s := &scripted{addr: l.Addr().String(), heard: make(chan string, 1000)}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(conn, answers)
		}
	}()
	return s
}

func (s *scripted) talk(conn net.Conn, answers map[string]string) {
	defer conn.Close()
	defaults := map[string]string{"greeting": "220 mx", "EHLO": "250-mx\r\n250 8BITMIME", "DATA": "354 go on", "QUIT": "221 bye"}
	r := bufio.NewReader(conn)
	say := func(step string) bool {
		a, found := answers[step]
		if !found {
			a = defaults[step]
		}
		switch a {
		case "drop":
			return false
		case "hang":
			r.ReadByte() // until the other side closes
			return false
		case "":
			a = "250 fine"
		}
		_, err := fmt.Fprintf(conn, "%s\r\n", a)
		return err == nil
	}
	if !say("greeting") {
		return
	}
	for {
		l, err := r.ReadString('\n')
		if err != nil {
			return
		}
		s.heard <- strings.TrimSpace(l)
		step := strings.ToUpper(strings.Fields(l + " x")[0])
		if !say(step) {
			return
		}
		if step == "DATA" && !strings.HasPrefix(answers["DATA"], "4") && !strings.HasPrefix(answers["DATA"], "5") {
			for l != ".\r\n" {
				if l, err = r.ReadString('\n'); err != nil {
					return
				}
			}
			if !say("final") {
				return
			}
		}
	}
}

// M15: what each answer at each stage means.
func TestSendOutcomesByStage(t *testing.T) {
	type row struct {
		step, stage string
		outcomes    map[string]responder.Outcome
	}
	temporary := map[string]responder.Outcome{}
	for _, a := range []string{"421 busy", "450 later", "451 4.7.1 greylisted", "452 full"} {
		temporary[a] = responder.Temporary
	}
	with := func(o responder.Outcome, answers ...string) map[string]responder.Outcome {
		m := map[string]responder.Outcome{}
		for a, o := range temporary {
			m[a] = o
		}
		for _, a := range answers {
			m[a] = o
		}
		return m
	}
	for _, one := range []row{
		{"greeting", responder.StageConnect, with(responder.Configuration, "554 not here")},
		{"MAIL", responder.StageMail, with(responder.Configuration, "530 sign in", "535 no", "550 no such sender", "553 no", "554 no")},
		{"RCPT", responder.StageRcpt, with(responder.Permanent, "550 no such user jane", "551 moved", "552 full", "553 name", "554 5.7.1 refused")},
		{"DATA", responder.StageData, with(responder.Permanent, "552 too big", "554 no")},
		{"final", responder.StageFinal, with(responder.Permanent, "550 spam", "552 too big", "554 5.6.0 no")},
	} {
		for answer, outcome := range one.outcomes {
			t.Run(one.stage+" "+answer[:3], func(t *testing.T) {
				server := script(t, map[string]string{one.step: answer})
				s := newSender(t, "smtp://"+server.addr, nil)
				var code int
				fmt.Sscan(answer, &code)
				want(t, s.Send(t.Context(), "jane@example.org", rawLetter), outcome, one.stage, code)
			})
		}
	}
}

func TestSendWhenTheConnectionFails(t *testing.T) {
	short := func(c *responder.SMTPConfig) {
		d := 80 * time.Millisecond
		c.Timeouts = responder.Timeouts{Connect: d, Command: d, Block: d, Final: d}
	}
	for _, one := range []struct {
		step    string
		outcome responder.Outcome
		stage   string
	}{
		{"greeting", responder.Temporary, responder.StageConnect},
		{"EHLO", responder.Temporary, responder.StageConnect},
		{"MAIL", responder.Temporary, responder.StageMail},
		{"RCPT", responder.Temporary, responder.StageRcpt},
		{"DATA", responder.Temporary, responder.StageData},
		{"final", responder.Unknown, responder.StageFinal}, // M15: neither code nor IsTemp tells
	} {
		for _, how := range []string{"drop", "hang"} {
			t.Run(one.stage+" "+how, func(t *testing.T) {
				server := script(t, map[string]string{one.step: how, "HELO": how})
				s := newSender(t, "smtp://"+server.addr, short)
				want(t, s.Send(t.Context(), "jane@example.org", rawLetter), one.outcome, one.stage, 0)
			})
		}
	}
	for _, step := range []string{"RSET", "QUIT"} { // C44
		server := script(t, map[string]string{step: "drop"})
		s := newSender(t, "smtp://"+server.addr, short)
		want(t, s.Send(t.Context(), "jane@example.org", rawLetter), responder.Delivered, responder.StageFinal, 250)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	// A refusal whose RSET is lost stays a refusal, and the next letter gets a fresh connection.
	server := script(t, map[string]string{"RCPT": "550 no", "RSET": "drop"})
	s := newSender(t, "smtp://"+server.addr, short)
	for range 2 {
		want(t, s.Send(t.Context(), "jane@example.org", rawLetter), responder.Permanent, responder.StageRcpt, 550)
	}
}

// Stopping cuts a conversation at once; what was not answered yet stays unknown (C8).
func TestSendStops(t *testing.T) {
	for step, outcome := range map[string]responder.Outcome{"MAIL": responder.Temporary, "final": responder.Unknown, "greeting": responder.Temporary} {
		server := script(t, map[string]string{step: "hang"})
		s := newSender(t, "smtp://"+server.addr, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		start := time.Now()
		r := s.Send(ctx, "jane@example.org", rawLetter)
		cancel()
		if r.Outcome != outcome || time.Since(start) > 5*time.Second {
			t.Errorf("%s: %v after %v, want %s", step, r, time.Since(start), outcome)
		}
	}
}

// M14, A15, A46: what is no sendable address never reaches the server.
func TestSendRecipients(t *testing.T) {
	server := script(t, nil)
	s := newSender(t, "smtp://"+server.addr, nil)
	for _, to := range []string{"", "jane", "@example.org", "jane@", "a b@example.org", `"a@b.com> ORCPT=x"@example.org`, "a@b@example.org",
		"jane@example.org\r\nRCPT TO:<x@example.net>", "jane@[127.0.0.1]", "jane@127.0.0.1", "jane@localhost", "<jane@example.org>", "jane@exa mple.org",
		".jane@example.org", "ja\x00ne@example.org", "jane\u200b\u202e@example.org"} {
		want(t, s.Send(t.Context(), to, rawLetter), responder.Permanent, responder.StageRecipient, 0)
	}
	if n := len(server.heard); n != 0 {
		t.Errorf("the server heard %d commands", n)
	}
	want(t, s.Send(t.Context(), "jäne@example.org", rawLetter), responder.Permanent, responder.StageRecipient, 0)
	want(t, s.Send(t.Context(), "jane@bücher.example", rawLetter), responder.Delivered, responder.StageFinal, 250)
	rcpt := ""
	for len(server.heard) > 0 {
		if l := <-server.heard; strings.HasPrefix(l, "RCPT") {
			rcpt = l
		}
	}
	if rcpt != "RCPT TO:<jane@xn--bcher-kva.example>" {
		t.Errorf("heard %q", rcpt)
	}
	utf8 := mailtest.SMTP(t)
	other := newSender(t, "smtp://"+utf8.Addr, nil)
	want(t, other.Send(t.Context(), "jäne@example.org", rawLetter), responder.Delivered, responder.StageFinal, 250)
}

func TestSenderConfiguration(t *testing.T) {
	for _, c := range []responder.SMTPConfig{
		{Server: "", From: "privacy@example.com"},
		{Server: "mail.example.com:25", From: "privacy@example.com"},
		{Server: "http://mail.example.com", From: "privacy@example.com"},
		{Server: "smtp://mail.example.com", From: "privacy@example.com"}, // unencrypted
		{Server: "smtps://user:pass@mail.example.com", From: "privacy@example.com"},
		{Server: "smtps://mail.example.com", From: ""},
		{Server: "smtps://mail.example.com", From: "a b@example.com"},
		{Server: "smtps://mail.example.com", From: "privacy@example.com", Username: "a", Password: "b\r\nc"}, // A69
		{Server: "smtps://mail.example.com", From: "privacy@example.com", Hello: "a b"},
	} {
		if _, err := responder.NewSender(c); err == nil {
			t.Errorf("accepted %+v", c)
		}
	}
	c := responder.SMTPConfig{Server: "smtps://mail.example.com", Password: "hunter2"}
	if s := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(s, "hunter2") {
		t.Errorf("printing shows the password: %s", s)
	}
}

func TestProbe(t *testing.T) {
	server := mailtest.SMTP(t, mailtest.RequireAuth("privacy", "hunter2"))
	good := newSender(t, "smtp://"+server.Addr, func(c *responder.SMTPConfig) { c.Username, c.Password = "privacy", "hunter2" })
	want(t, good.Probe(t.Context()), responder.Delivered, responder.StageConnect, 250)
	bad := newSender(t, "smtp://"+server.Addr, func(c *responder.SMTPConfig) { c.Username, c.Password = "privacy", "no" })
	want(t, bad.Probe(t.Context()), responder.Configuration, responder.StageAuth, 535)
	if n := len(server.Mails()); n != 0 {
		t.Errorf("probing sent %d mails", n)
	}
}

func TestBackoff(t *testing.T) { // C39
	want := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 4 * time.Hour}
	for i, d := range want {
		if got := responder.Backoff(i + 1); got != d {
			t.Errorf("after %d tries: %v, want %v", i+1, got, d)
		}
	}
	for _, odd := range []int{0, -5} {
		if got := responder.Backoff(odd); got != time.Minute {
			t.Errorf("Backoff(%d) = %v", odd, got)
		}
	}
}
