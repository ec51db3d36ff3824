package mailtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"privacybot/internal/mailtest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("", 8*3600))

func signIn(t *testing.T, s *mailtest.IMAPServer) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(s.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login(s.Username, s.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

func rawMail(n int) []byte {
	return []byte(fmt.Sprintf("From: a@example.test\r\nMessage-ID: <%d@example.test>\r\n\r\nbody %d\r\n", n, n))
}

// Both ways of delivering keep bytes, order and date, and set no flag.
func TestIMAPDeliver(t *testing.T) {
	s := mailtest.IMAP(t)
	if uid := s.Deliver("INBOX", rawMail(0), noon); uid != 1 {
		t.Fatalf("first UID %d", uid)
	}
	var many []mailtest.Delivery
	for i := 1; i <= 200; i++ {
		many = append(many, mailtest.Delivery{Raw: rawMail(i), At: noon.Add(time.Duration(i) * time.Minute)})
	}
	uids := s.DeliverMany("INBOX", many[:100])
	uids = append(uids, s.DeliverMany("INBOX", many[100:])...)
	if uids[0] != 2 || uids[199] != 201 {
		t.Fatalf("UIDs %d to %d", uids[0], uids[199])
	}
	c := signIn(t, s)
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	section := &imap.FetchItemBodySection{Peek: true}
	mails, err := c.Fetch(imap.UIDSet{{Start: 1, Stop: 201}}, &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil || len(mails) != 201 {
		t.Fatalf("%d mails, %v", len(mails), err)
	}
	for i, mail := range mails {
		if got := string(mail.FindBodySection(section)); got != string(rawMail(i)) {
			t.Fatalf("mail %d is %q", i, got)
		}
		if !mail.InternalDate.Equal(noon.Add(time.Duration(i) * time.Minute)) {
			t.Fatalf("mail %d arrived %v", i, mail.InternalDate)
		}
		if slices.Contains(mail.Flags, imap.FlagSeen) {
			t.Fatalf("mail %d has been seen", i)
		}
	}
}

func TestIMAPFolders(t *testing.T) {
	s := mailtest.IMAP(t)
	s.CreateFolder("Büro/Alt")
	c := signIn(t, s)
	list, err := c.List("", "*", &imap.ListOptions{ReturnSpecialUse: true}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string][]imap.MailboxAttr{}
	for _, box := range list {
		names[box.Mailbox] = box.Attrs
	}
	if !slices.Contains(names["Junk"], imap.MailboxAttrJunk) {
		t.Errorf("Junk has %v", names["Junk"])
	}
	for _, want := range []string{"INBOX", "Archive", "Büro/Alt"} {
		if _, ok := names[want]; !ok {
			t.Errorf("%s is missing", want)
		}
	}
	s.DeleteFolder("Archive")
}

func TestIMAPMoveExpungeFlags(t *testing.T) {
	s := mailtest.IMAP(t)
	one, two := s.Deliver("INBOX", rawMail(1), noon), s.Deliver("INBOX", rawMail(2), noon)
	s.AddFlag("INBOX", two, `\Seen`)
	if flags := s.Flags("INBOX", two); !slices.Equal(flags, []string{`\Seen`}) {
		t.Errorf("flags %v", flags)
	}
	if uid := s.MoveMail("INBOX", "Junk", one); uid != 1 {
		t.Errorf("moved to %d", uid)
	}
	if uid := s.MoveMail("Junk", "INBOX", 1); uid != 3 {
		t.Errorf("moved back to %d", uid)
	}
	s.Expunge("INBOX", two)
	if uids := s.UIDs("INBOX"); !slices.Equal(uids, []uint32{3}) {
		t.Errorf("left %v", uids)
	}
}

func TestIMAPResetUIDValidity(t *testing.T) {
	s := mailtest.IMAP(t)
	first := s.Deliver("INBOX", rawMail(1), noon)
	s.Deliver("INBOX", rawMail(2), noon)
	s.Expunge("INBOX", first)
	before := s.UIDValidity("INBOX")
	after := s.ResetUIDValidity("INBOX")
	if after == before || s.UIDValidity("INBOX") != after {
		t.Errorf("UIDVALIDITY %d, before %d", after, before)
	}
	if uids := s.UIDs("INBOX"); !slices.Equal(uids, []uint32{1}) {
		t.Errorf("UIDs %v", uids)
	}
}

func TestIMAPKillRestart(t *testing.T) {
	s := mailtest.IMAP(t)
	s.Deliver("INBOX", rawMail(1), noon)
	c, addr := signIn(t, s), s.Addr
	s.Kill()
	<-c.Closed()
	s.Restart()
	if s.Addr != addr {
		t.Errorf("moved from %s to %s", addr, s.Addr)
	}
	if uids := s.UIDs("INBOX"); len(uids) != 1 {
		t.Errorf("UIDs %v", uids)
	}
	c = signIn(t, s)
	s.DropConnections()
	<-c.Closed()
	signIn(t, s)
}

func BenchmarkDeliverMany(b *testing.B) {
	s := mailtest.IMAP(b)
	raw := []byte(strings.Repeat(string(rawMail(1)), 50))
	var many []mailtest.Delivery
	for range b.N {
		many = append(many, mailtest.Delivery{Raw: raw, At: noon})
	}
	b.ResetTimer()
	s.DeliverMany("INBOX", many)
}
