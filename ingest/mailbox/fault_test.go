package mailbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"privacybot/ingest/mailbox"
)

// answer writes what a scripted server says to one command; an error ends the connection.
type answer func(w io.Writer, tag, args string) error

var (
	errHangUp = errors.New("hang up")

	silence answer = func(io.Writer, string, string) error { return nil }
	hangUp  answer = func(io.Writer, string, string) error { return errHangUp }
)

// says answers with lines, in which TAG stands for the command's tag, and closes the connection
// when they end with HANGUP.
func says(text string) answer {
	return func(w io.Writer, tag, _ string) error {
		text, closes := strings.CutSuffix(text, "HANGUP")
		if _, err := io.WriteString(w, strings.ReplaceAll(text, "TAG", tag)); err != nil {
			return err
		}
		if closes {
			return errHangUp
		}
		return nil
	}
}

// script is what a server answers to each command; what is missing is answered well. "" is the
// greeting, and a UID command is listed without its "UID ".
type script map[string]answer

const (
	okLine  = "TAG OK done\r\n"
	capsAre = "* CAPABILITY IMAP4rev1 LITERAL+ IDLE\r\n" + okLine
	opened  = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 14] ok\r\n" + okLine
	three   = "* 1 FETCH (UID 11 RFC822.SIZE 5 INTERNALDATE \"23-Nov-2026 12:00:00 +0800\")\r\n" +
		"* 2 FETCH (UID 12 RFC822.SIZE 5 INTERNALDATE \"23-Nov-2026 12:00:00 +0800\")\r\n" +
		"* 3 FETCH (UID 13 RFC822.SIZE 5 INTERNALDATE \"23-Nov-2026 12:00:00 +0800\")\r\n" + okLine
)

func body(seq, uid int, text string) string {
	return fmt.Sprintf("* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n", seq, uid, len(text), text)
}

// fakeServer plays the script on the loopback interface until the test ends.
func fakeServer(t *testing.T, s script) mailbox.Config {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { listener.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { defer conn.Close(); s.play(conn) })
		}
	})
	return mailbox.Config{Server: "imap://" + listener.Addr().String(), Username: "privacy@example.test", Password: "hush-hush", Timeout: 300 * time.Millisecond}
}

func (s script) play(conn net.Conn) {
	defaults := script{
		"": says("* OK hello\r\n"), "CAPABILITY": says(capsAre), "EXAMINE": says(opened), "FETCH": says(three),
		"LIST": says("* LIST () \"/\" INBOX\r\n" + okLine), "LOGOUT": says("* BYE\r\n" + okLine + "HANGUP"),
		"SEARCH": says("* SEARCH 11 12 13\r\n" + okLine),
	}
	lookup := func(command string) answer {
		for _, from := range []script{s, defaults} {
			if a, ok := from[command]; ok {
				return a
			}
		}
		return says(okLine)
	}
	if lookup("")(conn, "*", "") != nil {
		return
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		tag, rest, _ := strings.Cut(lines.Text(), " ")
		command, args, _ := strings.Cut(strings.TrimPrefix(rest, "UID "), " ")
		if tag == "DONE" {
			continue
		}
		if rest == "" { // the answer to a challenge
			command, args = "REPLY", tag
		}
		if lookup(strings.ToUpper(command))(conn, tag, args) != nil {
			return
		}
	}
}

// ways tells a body FETCH from a listing and from a look whether a mail is there.
func ways(bodies, listing, look answer) answer {
	return func(w io.Writer, tag, args string) error {
		switch {
		case strings.Contains(args, "BODY"):
			return bodies(w, tag, args)
		case strings.Contains(args, "RFC822.SIZE"):
			return listing(w, tag, args)
		}
		return look(w, tag, args)
	}
}

func none(t *testing.T) func(mailbox.Mail) error {
	return func(m mailbox.Mail) error { t.Errorf("given mail %d, %d bytes", m.UID, len(m.Raw)); return nil }
}

var items = []mailbox.Item{{UID: 11, Size: 5}, {UID: 12, Size: 5}, {UID: 13, Size: 5}}

// M1, C21: whatever the server is silent at, the call ends.
func TestSilentServer(t *testing.T) {
	for _, at := range []string{"", "CAPABILITY", "LOGIN", "LIST", "EXAMINE", "FETCH", "SEARCH", "IDLE", "LOGOUT"} {
		t.Run("at "+at, func(t *testing.T) {
			cfg := fakeServer(t, script{at: silence})
			c, err := mailbox.Dial(t.Context(), cfg)
			if err == nil {
				_, err = c.Folders(t.Context())
			}
			if err == nil {
				_, err = c.Select(t.Context(), "INBOX")
			}
			if err == nil && at == "SEARCH" {
				_, _, err = c.UIDs(t.Context(), "INBOX")
			}
			if err == nil {
				_, err = c.Sizes(t.Context(), 0)
			}
			if err == nil && at == "IDLE" {
				_, err = c.Idle(t.Context(), time.Minute)
			}
			if c != nil {
				defer c.Close()
			}
			if at == "LOGOUT" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, mailbox.ErrLost) || errors.Is(err, mailbox.ErrAuth) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A cancelled context ends a call at once, long before the watchdog.
func TestCancel(t *testing.T) {
	started := make(chan struct{})
	cfg := fakeServer(t, script{"FETCH": func(io.Writer, string, string) error { close(started); return nil }})
	cfg.Timeout = time.Hour
	c := dial(t, cfg)
	choose(t, c, "INBOX")
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	if err := c.Fetch(ctx, items, none(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Sizes(t.Context(), 0); !errors.Is(err, mailbox.ErrLost) {
		t.Errorf("afterwards: %v", err)
	}
}

// A server that keeps dripping is not silent, yet the command ends.
func TestDrip(t *testing.T) {
	cfg := fakeServer(t, script{"EXAMINE": func(w io.Writer, _, _ string) error {
		for {
			if _, err := io.WriteString(w, "* OK still here\r\n"); err != nil {
				return err
			}
		}
	}})
	c := dial(t, cfg)
	if _, err := c.Select(t.Context(), "INBOX"); !errors.Is(err, mailbox.ErrLost) {
		t.Errorf("got %v", err)
	}
}

// M3, C22, C23: a batch counts only when its last byte and its tagged OK came.
func TestConnectionDrops(t *testing.T) {
	whole := body(1, 11, "whole")
	cases := map[string]string{
		"before":             "HANGUP",
		"in a literal":       whole + "* 2 FETCH (UID 12 BODY[] {100}\r\nonly twenty-one bytesHANGUP",
		"after a literal":    whole + "* 2 FETCH (UID 12 BODY[] {5}\r\nwholeHANGUP",
		"before the OK":      whole + body(2, 12, "whole") + body(3, 13, "whole") + "HANGUP",
		"silent in literal":  "* 2 FETCH (UID 12 BODY[] {100}\r\nonly twenty-one bytes",
		"silent before OK":   whole,
		"answer makes sense": whole + "* 2 FETCH (UID 12  BODY[] {5}\r\nwhole)\r\n" + okLine,
	}
	for name, bodies := range cases {
		t.Run(name, func(t *testing.T) {
			cfg := fakeServer(t, script{"FETCH": ways(says(bodies), says(three), silence)})
			c := dial(t, cfg)
			choose(t, c, "INBOX")
			err := c.Fetch(t.Context(), items, none(t))
			var poison *mailbox.PoisonError
			if !errors.Is(err, mailbox.ErrLost) || errors.As(err, &poison) {
				t.Errorf("batch: %v", err)
			}
			c = dial(t, cfg)
			choose(t, c, "INBOX")
			err = c.Fetch(t.Context(), items[1:2], none(t))
			if !errors.Is(err, mailbox.ErrLost) || !errors.As(err, &poison) || poison.UID != 12 {
				t.Errorf("alone: %v", err)
			}
		})
	}
}

// M2: nobody gets us to read or hold much more than was announced.
func TestTooMuch(t *testing.T) {
	endless := func(start string) answer {
		return func(w io.Writer, tag, _ string) error {
			io.WriteString(w, start)
			chunk := strings.Repeat("x", 1<<16)
			for {
				if _, err := io.WriteString(w, chunk); err != nil {
					return err
				}
			}
		}
	}
	fetch := func(c *mailbox.Conn) error { return c.Fetch(t.Context(), items, none(t)) }
	list := func(c *mailbox.Conn) error { _, err := c.Sizes(t.Context(), 0); return err }
	search := func(c *mailbox.Conn) error { _, _, err := c.UIDs(t.Context(), "INBOX"); return err }
	cases := map[string]struct {
		script script
		call   func(*mailbox.Conn) error
	}{
		"literal of 9 GB":        {script{"FETCH": endless("* 1 FETCH (UID 11 BODY[] {9000000000}\r\n")}, fetch},
		"envelope of 9 GB":       {script{"FETCH": endless("* 1 FETCH (UID 11 ENVELOPE ({9000000000}\r\n")}, fetch},
		"literal without UID":    {script{"FETCH": says("* 1 FETCH (BODY[] {5}\r\nwhole UID 11)\r\n* 1 FETCH (UID 11 BODY[] {999999}\r\n")}, fetch},
		"endless line":           {script{"FETCH": endless("* OK ")}, list},
		"endless atom":           {script{"FETCH": endless("* ")}, list},
		"4,000 million in range": {script{"SEARCH": says("* ESEARCH (TAG \"TAG\") UID ALL 1:4294967295\r\n" + okLine)}, search},
		"nesting":                {script{"SEARCH": says("* THREAD " + strings.Repeat("(", 1_000_000) + "\r\n" + okLine)}, search},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := dial(t, fakeServer(t, tc.script))
			choose(t, c, "INBOX")
			if err := tc.call(c); err == nil {
				t.Error("no error")
			} else if len(err.Error()) > 400 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		})
	}
}

// A68: mails that nobody asked for and mails told twice are not given out.
func TestUnaskedMails(t *testing.T) {
	bodies := body(9, 99, "other") + body(1, 11, "first") + body(1, 11, "again") + "* 2 FETCH (FLAGS (\\Seen))\r\n* 7 EXPUNGE\r\n" +
		body(2, 12, "secnd") + body(3, 13, "third") + okLine
	listing := "* 9 FETCH (UID 9 RFC822.SIZE 5)\r\n" + strings.TrimSuffix(three, okLine) + three
	c := dial(t, fakeServer(t, script{"FETCH": ways(says(bodies), says(listing), silence)}))
	choose(t, c, "INBOX")
	listed, err := c.Sizes(t.Context(), 10)
	if err != nil || len(listed) != 3 || listed[0].UID != 11 {
		t.Fatalf("listed %v, %v", listed, err)
	}
	var got []string
	err = c.Fetch(t.Context(), listed, func(m mailbox.Mail) error { got = append(got, string(m.Raw)); return nil })
	if err != nil || !slices.Equal(got, []string{"first", "secnd", "third"}) {
		t.Errorf("got %q, %v", got, err)
	}
}

// M8, C30: n:* gives the last mail even when it is below n.
func TestStarRange(t *testing.T) {
	last := "* 3 FETCH (UID 13 RFC822.SIZE 5)\r\n" + okLine
	examine := says("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n" + okLine) // no UIDNEXT, so it has to ask
	c := dial(t, fakeServer(t, script{"FETCH": says(last), "EXAMINE": examine}))
	choose(t, c, "INBOX")
	if got, err := c.Sizes(t.Context(), 13); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := c.Sizes(t.Context(), 4294967295); err != nil || len(got) != 0 { // C29
		t.Errorf("above the last possible: %v, %v", got, err)
	}
}

// M5, C27: without UIDVALIDITY nothing is read.
func TestNoUIDValidity(t *testing.T) {
	for _, answer := range []string{"* 3 EXISTS\r\n" + okLine, "* OK [UIDVALIDITY 0] ok\r\n" + okLine} {
		c := dial(t, fakeServer(t, script{"EXAMINE": says(answer)}))
		if _, err := c.Select(t.Context(), "INBOX"); !errors.Is(err, mailbox.ErrNoUIDValidity) {
			t.Errorf("got %v", err)
		}
		if err := c.Fetch(t.Context(), items, none(t)); err == nil {
			t.Error("fetches from a folder that is not open")
		}
	}
}

// M7, A67: a server that claims we are signed in cannot make us skip TLS.
func TestGreetings(t *testing.T) {
	for _, greeting := range []string{"* PREAUTH welcome\r\n", "* BYE busy\r\n", "220 smtp.example.test\r\n", strings.Repeat("x", 9000), "HANGUP"} {
		for _, scheme := range []string{"imap+starttls", "imap"} {
			cfg := fakeServer(t, script{"": says(greeting)})
			cfg.Server = strings.Replace(cfg.Server, "imap", scheme, 1)
			if _, err := mailbox.Dial(t.Context(), cfg); !errors.Is(err, mailbox.ErrLost) {
				t.Errorf("%s %.20q: %v", scheme, greeting, err)
			}
		}
	}
}

// A66, A67: without STARTTLS, or with text slipped in behind it, nothing is signed in.
func TestStartTLSFails(t *testing.T) {
	for _, reply := range []string{"TAG NO not here\r\n", "TAG BAD what\r\n", "TAG OK go\r\n* CAPABILITY IMAP4rev1\r\n", "TAG OK go\r\nHANGUP", ""} {
		cfg := fakeServer(t, script{"STARTTLS": says(reply), "LOGIN": func(io.Writer, string, string) error {
			t.Error("sent the password")
			return errHangUp
		}})
		cfg.Server = strings.Replace(cfg.Server, "imap", "imap+starttls", 1)
		if _, err := mailbox.Dial(t.Context(), cfg); err == nil || errors.Is(err, mailbox.ErrAuth) {
			t.Errorf("%q: %v", reply, err)
		}
	}
}

// C24, C25, A70: refused sign-ins are told from busy servers; what the server repeats is not told on.
func TestSignInAnswers(t *testing.T) {
	cases := []struct {
		reply string
		auth  bool
	}{
		{"TAG NO [AUTHENTICATIONFAILED] bad hush-hush of privacy@example.test\r\n", true},
		{"TAG NO bad \"hush-hush\r\n", true},
		{"TAG BAD hush-hush?\r\n", true},
		{"TAG NO [EXPIRED] change it\r\n", true},
		{"TAG NO [UNAVAILABLE] hush-hush later\r\n", false},
		{"TAG NO [LIMIT] too many\r\n", false},
		{"TAG NO [INUSE] locked\r\n", false},
		{"* BYE hush-hush\r\nHANGUP", false},
	}
	for _, c := range cases {
		cfg := fakeServer(t, script{"LOGIN": says(c.reply)})
		_, err := mailbox.Dial(t.Context(), cfg)
		if err == nil || errors.Is(err, mailbox.ErrAuth) != c.auth {
			t.Errorf("%q: %v", c.reply, err)
			continue
		}
		for _, secret := range []string{"hush-hush", "privacy@example.test", "aHVzaC1odXNo"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%q in %q", secret, err)
			}
		}
	}
	cfg := fakeServer(t, script{"CAPABILITY": says("* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n" + okLine)})
	if _, err := mailbox.Dial(t.Context(), cfg); !errors.Is(err, mailbox.ErrAuth) {
		t.Errorf("LOGINDISABLED: %v", err)
	}
}

// A mail that the server has but does not give is named; those before it arrive, those behind it wait.
func TestPoison(t *testing.T) {
	only := func(refused string, refusal string) answer {
		return func(w io.Writer, tag, args string) error {
			set, _, _ := strings.Cut(args, " ")
			if set == refused || strings.Contains(set, ":") {
				return says(refusal)(w, tag, args)
			}
			return says("* 1 FETCH (UID "+set+" BODY[] {5}\r\nwhole)\r\n"+okLine)(w, tag, args)
		}
	}
	there, gone := says("* 2 FETCH (UID 12)\r\n"+okLine), says(okLine)
	cases := map[string]struct {
		bodies, look answer
		given        []uint32
		poison       bool
		fails        bool
	}{
		"refused":        {only("12", "TAG NO [SERVERBUG] cannot read it\r\n"), there, []uint32{11}, true, true},
		"refused, gone":  {only("12", "TAG NO [EXPUNGEISSUED] gone\r\n"), gone, []uint32{11, 13}, false, false},
		"no body":        {only("12", "* 2 FETCH (UID 12)\r\n"+okLine), there, []uint32{11}, true, true},
		"NIL body":       {only("12", "* 2 FETCH (UID 12 BODY[] NIL)\r\n"+okLine), there, []uint32{11}, true, true},
		"left out":       {only("12", okLine), there, []uint32{11}, true, true},
		"left out, gone": {only("12", okLine), gone, []uint32{11, 13}, false, false},
		"busy":           {only("12", "TAG NO [LIMIT] slow down\r\n"), there, []uint32{11}, false, true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := dial(t, fakeServer(t, script{"FETCH": ways(tc.bodies, says(three), tc.look)}))
			choose(t, c, "INBOX")
			var given []uint32
			err := c.Fetch(t.Context(), items, func(m mailbox.Mail) error { given = append(given, m.UID); return nil })
			var poison *mailbox.PoisonError
			if !slices.Equal(given, tc.given) || errors.As(err, &poison) != tc.poison || (err != nil) != tc.fails {
				t.Errorf("given %v, %v", given, err)
			}
			if tc.poison && (poison.UID != 12 || errors.Is(err, mailbox.ErrLost)) {
				t.Errorf("poison %v", err)
			}
			if err := c.Fetch(t.Context(), items[2:], func(mailbox.Mail) error { return nil }); err != nil {
				t.Errorf("behind it: %v", err)
			}
		})
	}
}

// A server without IDLE, or that refuses it, is waited for without it; EXISTS told again is no news.
func TestIdleFallback(t *testing.T) {
	for name, s := range map[string]script{
		"not offered": {"CAPABILITY": says("* CAPABILITY IMAP4rev1\r\n" + okLine), "IDLE": hangUp},
		"refused":     {"IDLE": says("TAG BAD no\r\n")},
		"repeats":     {"IDLE": says("+ idling\r\n* 3 EXISTS\r\n* 1 EXPUNGE\r\n* 2 EXISTS\r\n" + okLine)},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, fakeServer(t, s))
			choose(t, c, "INBOX")
			if changed, err := c.Idle(t.Context(), 10*time.Millisecond); changed || err != nil {
				t.Errorf("got %v, %v", changed, err)
			}
		})
	}
}

// Without SPECIAL-USE the junk folder is known by its name.
func TestJunkByName(t *testing.T) {
	cases := map[string]string{
		"* LIST () \"/\" INBOX\r\n* LIST () \"/\" Spam\r\n":                                            "Spam",
		"* LIST () \".\" INBOX\r\n* LIST () \".\" INBOX.Junk\r\n":                                      "INBOX.Junk",
		"* LIST () \"/\" \"Junk E-mail\"\r\n* LIST (\\Junk) \"/\" Rubbish\r\n":                         "Rubbish",
		"* LIST () \"/\" Projects/Spam\r\n* LIST (\\NoSelect) \"/\" Junk\r\n":                          "",
		"* LIST (\\NoSelect) \"/\" [Gmail]\r\n* LIST () \"/\" [Gmail]/Spam\r\n* LIST () NIL INBOX\r\n": "[Gmail]/Spam",
	}
	for list, want := range cases {
		folders, err := dial(t, fakeServer(t, script{"LIST": says(list + okLine)})).Folders(t.Context())
		got := ""
		if len(folders) == 2 && folders[1].Junk {
			got = folders[1].Name
		}
		if err != nil || got != want || folders[0].Name != "INBOX" {
			t.Errorf("%q: %v, %v", list, folders, err)
		}
	}
}
