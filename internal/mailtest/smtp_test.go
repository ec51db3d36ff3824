package mailtest_test

import (
	"crypto/tls"
	"errors"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"privacybot/internal/mailtest"
)

func send(t *testing.T, s *mailtest.SMTPServer, from, to string) error {
	t.Helper()
	return smtp.SendMail(s.Addr, nil, from, []string{to}, []byte("Subject: x\r\n\r\n.dot\r\n"))
}

// sendOpen sends in a session without TLS, because net/smtp checks the certificate otherwise.
func sendOpen(t *testing.T, addr, from, to string, auth smtp.Auth) error {
	t.Helper()
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if auth != nil {
		if err := c.Auth(auth); err != nil {
			return err
		}
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	w.Write([]byte("Subject: x\r\n\r\n.dot\r\n"))
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

func code(err error) int {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return reply.Code
	}
	return 0
}

func TestSMTP(t *testing.T) {
	s := mailtest.SMTP(t)
	if err := sendOpen(t, s.Addr, "", "a@example.test", nil); err != nil {
		t.Fatal(err)
	}
	mails := s.Wait(1, 10*time.Second)
	if m := mails[0]; m.From != "" || m.To[0] != "a@example.test" || string(m.Raw) != "Subject: x\r\n\r\n.dot\r\n" || m.Reply != 250 {
		t.Errorf("got %+v", m)
	}
	if len(s.To("A@example.test")) != 1 || len(s.To("b@example.test")) != 0 {
		t.Error("To finds the wrong mails")
	}
}

func TestSMTPRefusals(t *testing.T) {
	cases := []struct {
		name   string
		option mailtest.SMTPOption
		want   int
		mails  int
	}{
		{"mail", mailtest.FailMail(451, "later"), 451, 0},
		{"rcpt", mailtest.FailRcpt("gone@example.test", 550, "no such user"), 550, 0},
		{"data", mailtest.FailData(554, "spam"), 554, 1},
		{"auth", mailtest.RequireAuth("u", "p"), 530, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.SMTP(t, c.option)
			err := sendOpen(t, s.Addr, "b@example.test", "gone@example.test", nil)
			if code(err) != c.want {
				t.Errorf("got %v, want %d", err, c.want)
			}
			if got := s.Mails(); len(got) != c.mails || c.mails == 1 && got[0].Reply != c.want {
				t.Errorf("mails %+v", got)
			}
			s.Configure()
			if err := sendOpen(t, s.Addr, "b@example.test", "gone@example.test", nil); err != nil {
				t.Errorf("after Configure: %v", err)
			}
		})
	}
}

func TestSMTPAuth(t *testing.T) {
	s := mailtest.SMTP(t, mailtest.RequireAuth("u", "p"))
	if err := sendOpen(t, s.Addr, "", "a@example.test", smtp.PlainAuth("", "u", "p", "127.0.0.1")); err != nil {
		t.Error(err)
	}
	if err := sendOpen(t, s.Addr, "", "a@example.test", smtp.PlainAuth("", "u", "x", "127.0.0.1")); code(err) != 535 {
		t.Errorf("wrong password: %v", err)
	}
}

func TestSMTPDrops(t *testing.T) {
	s := mailtest.SMTP(t, mailtest.DropAfterData(1))
	if err := sendOpen(t, s.Addr, "", "a@example.test", nil); err == nil || code(err) != 0 {
		t.Errorf("got %v, want a lost connection", err)
	}
	if err := sendOpen(t, s.Addr, "", "a@example.test", nil); err != nil {
		t.Errorf("second mail: %v", err)
	}
	s.Configure(mailtest.DropAfterReply(1))
	if err := sendOpen(t, s.Addr, "", "a@example.test", nil); err == nil || code(err) != 0 {
		t.Errorf("QUIT: got %v, want a lost connection", err)
	}
	var replies []int
	for _, m := range s.Mails() {
		replies = append(replies, m.Reply)
	}
	if len(replies) != 3 || replies[0] != 0 || replies[1] != 250 || replies[2] != 250 {
		t.Errorf("replies %v", replies)
	}
}

func TestSMTPStopStart(t *testing.T) {
	s := mailtest.SMTP(t)
	s.Stop()
	if err := sendOpen(t, s.Addr, "", "a@example.test", nil); err == nil {
		t.Error("a stopped server took mail")
	}
	s.Start()
	if err := sendOpen(t, s.Addr, "", "a@example.test", nil); err != nil {
		t.Error(err)
	}
}

func TestSMTPTLS(t *testing.T) {
	s := mailtest.SMTP(t, mailtest.TLS())
	conn, err := tls.Dial("tcp", s.Addr, &tls.Config{RootCAs: s.Pool, ServerName: "localhost"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := smtp.NewClient(conn, "localhost"); err != nil {
		t.Error(err)
	}
	// STARTTLS is offered, with a certificate that nobody knows.
	s = mailtest.SMTP(t)
	var unknown *tls.CertificateVerificationError
	if err := send(t, s, "b@example.test", "a@example.test"); !errors.As(err, &unknown) {
		t.Errorf("got %v", err)
	}
	s = mailtest.SMTP(t, mailtest.NoTLS())
	if err := send(t, s, "b@example.test", "a@example.test"); err != nil {
		t.Error(err)
	}
	if host, _, _ := net.SplitHostPort(s.Addr); !strings.HasPrefix(host, "127.") {
		t.Errorf("listens on %s", host)
	}
}
