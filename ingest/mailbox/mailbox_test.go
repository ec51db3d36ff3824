package mailbox_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"privacybot/ingest/mailbox"
	"privacybot/internal/mailtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("", 8*3600))

func raw(n int) []byte {
	return fmt.Appendf(nil, "From: a%d@example.test\r\nSubject: %d\r\n\r\n%s\r\n", n, n, strings.Repeat("x", n%70))
}

func config(s *mailtest.IMAPServer) mailbox.Config {
	return mailbox.Config{Server: "imap://" + s.Addr, Username: s.Username, Password: s.Password, Timeout: 20 * time.Second}
}

func dial(t testing.TB, cfg mailbox.Config) *mailbox.Conn {
	t.Helper()
	c, err := mailbox.Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func choose(t testing.TB, c *mailbox.Conn, folder string) mailbox.Status {
	t.Helper()
	status, err := c.Select(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// fetchAll reads everything above after.
func fetchAll(t testing.TB, c *mailbox.Conn, after uint32) []mailbox.Mail {
	t.Helper()
	items, err := c.Sizes(t.Context(), after)
	if err != nil {
		t.Fatal(err)
	}
	var mails []mailbox.Mail
	if err := c.Fetch(t.Context(), items, func(m mailbox.Mail) error { mails = append(mails, m); return nil }); err != nil {
		t.Fatal(err)
	}
	return mails
}

func uids(mails []mailbox.Mail) (out []uint32) {
	for _, m := range mails {
		out = append(out, m.UID)
	}
	return out
}

func TestReadsBytesAndDatesInOrder(t *testing.T) {
	s := mailtest.IMAP(t)
	var deliveries []mailtest.Delivery
	for i := range 1200 { // more than two commands
		deliveries = append(deliveries, mailtest.Delivery{Raw: raw(i), At: noon.Add(time.Duration(i) * time.Minute)})
	}
	s.DeliverMany("INBOX", deliveries)
	c := dial(t, config(s))
	status := choose(t, c, "INBOX")
	if status.Messages != 1200 || status.UIDNext != 1201 || status.UIDValidity != s.UIDValidity("INBOX") {
		t.Errorf("status %+v", status)
	}
	mails := fetchAll(t, c, 0)
	if len(mails) != 1200 {
		t.Fatalf("%d mails", len(mails))
	}
	for i, m := range mails {
		if m.UID != uint32(i+1) || !bytes.Equal(m.Raw, raw(i)) || m.Partial || !m.InternalDate.Equal(deliveries[i].At) {
			t.Fatalf("mail %d: %+v", i, m)
		}
	}
	// C32: reading sets no flag, and a flag set by others hides nothing.
	if flags := s.Flags("INBOX", 7); len(flags) != 0 {
		t.Errorf("reading set %v", flags)
	}
	s.AddFlag("INBOX", 1200, `\Seen`)
	if got := uids(fetchAll(t, c, 1198)); !slices.Equal(got, []uint32{1199, 1200}) {
		t.Errorf("above 1198: %v", got)
	}
	// C30, M8: n:* gives the last mail although it is below n.
	if got := fetchAll(t, c, 1200); len(got) != 0 {
		t.Errorf("above the last: %v", uids(got))
	}
	all, validity, err := c.UIDs(t.Context(), "INBOX")
	if err != nil || len(all) != 1200 || all[0] != 1 || all[1199] != 1200 || validity != status.UIDValidity {
		t.Errorf("UIDs %d, %d, %v", len(all), validity, err)
	}
}

func TestTLS(t *testing.T) {
	s := mailtest.IMAP(t)
	s.Deliver("INBOX", raw(1), noon)
	for _, server := range []string{"imaps://" + s.TLSAddr, "imap+starttls://" + s.Addr} {
		cfg := config(s)
		cfg.Server = server
		// A66: a certificate that nobody vouches for is refused before the password is sent.
		_, err := mailbox.Dial(t.Context(), cfg)
		var unknown *tls.CertificateVerificationError
		if !errors.As(err, &unknown) || errors.Is(err, mailbox.ErrAuth) {
			t.Errorf("%s, unknown certificate: %v", server, err)
		}
		cfg.TLS = &tls.Config{RootCAs: s.Pool, ServerName: "imap.example.test"}
		if _, err := mailbox.Dial(t.Context(), cfg); !errors.As(err, &unknown) {
			t.Errorf("%s, wrong name: %v", server, err)
		}
		cfg.TLS = &tls.Config{RootCAs: s.Pool}
		c := dial(t, cfg)
		choose(t, c, "INBOX")
		if got := fetchAll(t, c, 0); len(got) != 1 || !bytes.Equal(got[0].Raw, raw(1)) {
			t.Errorf("%s: %v", server, got)
		}
	}
}

// C25, A70: a refused sign-in is told apart, and no error holds the password.
func TestSignInRefused(t *testing.T) {
	s := mailtest.IMAP(t)
	cfg := config(s)
	cfg.Password = "correct horse \" \\ bätt\r\nery"
	_, err := mailbox.Dial(t.Context(), cfg)
	if !errors.Is(err, mailbox.ErrAuth) || errors.Is(err, mailbox.ErrLost) {
		t.Errorf("got %v", err)
	}
	if strings.Contains(err.Error(), "horse") {
		t.Errorf("password in %q", err)
	}
}

func TestFolders(t *testing.T) {
	s := mailtest.IMAP(t)
	s.CreateFolder("Büro/Alt")
	cases := []struct {
		configured []string
		want       []mailbox.Folder
		missing    string
	}{
		{nil, []mailbox.Folder{{Name: "INBOX"}, {Name: "Junk", Junk: true}}, ""}, // C34
		{[]string{"Büro/Alt", "inbox", "Junk"}, []mailbox.Folder{{Name: "Büro/Alt"}, {Name: "INBOX"}, {Name: "Junk", Junk: true}}, ""},
		{[]string{"INBOX", "junk", "Gone"}, []mailbox.Folder{{Name: "INBOX"}, {Name: "Junk", Junk: true}}, "junk, Gone"}, // C35: what is there can be read
	}
	for _, c := range cases {
		cfg := config(s)
		cfg.Folders = c.configured
		got, err := dial(t, cfg).Folders(t.Context())
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: got %v, %v", c.configured, got, err)
		}
		if c.missing != "" && (!errors.Is(err, mailbox.ErrNoFolder) || !strings.HasSuffix(err.Error(), c.missing)) {
			t.Errorf("%v: error %v", c.configured, err)
		}
	}
	c := dial(t, config(s))
	if _, err := c.Select(t.Context(), "Gone"); !errors.Is(err, mailbox.ErrNoFolder) { // C35
		t.Errorf("select: %v", err)
	}
	choose(t, c, "INBOX")
}

// C31: mail that goes between listing and fetching is left out, the rest arrives.
func TestExpungedWhileFetching(t *testing.T) {
	s := mailtest.IMAP(t)
	for i := range 6 {
		s.Deliver("INBOX", raw(i), noon)
	}
	c := dial(t, config(s))
	choose(t, c, "INBOX")
	items, err := c.Sizes(t.Context(), 0)
	if err != nil || len(items) != 6 {
		t.Fatal(items, err)
	}
	s.Expunge("INBOX", 2)
	s.MoveMail("INBOX", "Archive", 5)
	var got []uint32
	err = c.Fetch(t.Context(), items, func(m mailbox.Mail) error { got = append(got, m.UID); return nil })
	if err != nil || !slices.Equal(got, []uint32{1, 3, 4, 6}) {
		t.Errorf("got %v, %v", got, err)
	}
	if err := c.Fetch(t.Context(), items[1:2], func(mailbox.Mail) error { return errors.New("gone mail") }); err != nil {
		t.Error(err)
	}
	// C33: a mail that comes back has a new UID.
	s.MoveMail("Archive", "INBOX", 1)
	choose(t, c, "INBOX")
	if got := uids(fetchAll(t, c, 6)); !slices.Equal(got, []uint32{7}) {
		t.Errorf("came back as %v", got)
	}
}

// M2: of a mail above the limit only the beginning is fetched; its neighbours come whole.
func TestPartial(t *testing.T) {
	s := mailtest.IMAP(t)
	large := append(raw(1), bytes.Repeat([]byte("0123456789abcde\n"), 3<<16)...)
	s.Deliver("INBOX", raw(2), noon)
	s.Deliver("INBOX", large, noon)
	s.Deliver("INBOX", raw(3), noon)
	cfg := config(s)
	cfg.MaxMailSize = 2 << 20
	c := dial(t, cfg)
	choose(t, c, "INBOX")
	mails := fetchAll(t, c, 0)
	if len(mails) != 3 || mails[0].Partial || !mails[1].Partial || mails[2].Partial {
		t.Fatalf("%d mails", len(mails))
	}
	if len(mails[1].Raw) != mailbox.PartialBytes || !bytes.HasPrefix(mails[1].Raw, raw(1)) {
		t.Errorf("%d bytes", len(mails[1].Raw))
	}
}

func TestFetchStopsAtCallersError(t *testing.T) {
	s := mailtest.IMAP(t)
	s.Deliver("INBOX", raw(1), noon)
	s.Deliver("INBOX", raw(2), noon)
	c := dial(t, config(s))
	choose(t, c, "INBOX")
	items, _ := c.Sizes(t.Context(), 0)
	full := errors.New("disk full")
	if err := c.Fetch(t.Context(), items, func(mailbox.Mail) error { return full }); err != full {
		t.Errorf("got %v", err)
	}
	if got := fetchAll(t, c, 0); len(got) != 2 {
		t.Errorf("afterwards %d mails", len(got))
	}
}

func TestIdle(t *testing.T) {
	s := mailtest.IMAP(t)
	s.Deliver("INBOX", raw(1), noon)
	cfg := config(s)
	cfg.IdleTimeout = 15 * time.Second
	c := dial(t, cfg)
	choose(t, c, "INBOX")

	if changed, err := c.Idle(t.Context(), 10*time.Millisecond); changed || err != nil {
		t.Errorf("nothing new: %v, %v", changed, err)
	}
	s.Deliver("INBOX", raw(2), noon)
	if changed, err := c.Idle(t.Context(), time.Minute); !changed || err != nil {
		t.Errorf("delivered: %v, %v", changed, err)
	}
	// What was announced is found without opening the folder again.
	if got := uids(fetchAll(t, c, 1)); !slices.Equal(got, []uint32{2}) {
		t.Errorf("got %v", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if changed, err := c.Idle(ctx, time.Minute); changed || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("context ended: %v, %v", changed, err)
	}
	choose(t, c, "INBOX") // the connection is still good
	// Mail announced during another command is not waited for.
	s.Deliver("INBOX", raw(3), noon)
	if got := uids(fetchAll(t, c, 1)); !slices.Contains(got, 2) {
		t.Errorf("got %v", got)
	}
	if changed, err := c.Idle(t.Context(), time.Minute); !changed || err != nil {
		t.Errorf("announced before: %v, %v", changed, err)
	}
}

// C21, C68: the server dies, and the connection is lost at once, in IDLE and before a command.
func TestServerDies(t *testing.T) {
	s := mailtest.IMAP(t)
	s.Deliver("INBOX", raw(1), noon)
	c := dial(t, config(s))
	choose(t, c, "INBOX")
	idle := make(chan error, 1)
	go func() { _, err := c.Idle(t.Context(), time.Minute); idle <- err }()
	s.Kill()
	if err := <-idle; !errors.Is(err, mailbox.ErrLost) {
		t.Errorf("idle: %v", err)
	}
	if _, err := c.Select(t.Context(), "INBOX"); !errors.Is(err, mailbox.ErrLost) {
		t.Errorf("select: %v", err)
	}
	s.Restart()
	c = dial(t, config(s))
	choose(t, c, "INBOX")
	if got := fetchAll(t, c, 0); len(got) != 1 {
		t.Errorf("%d mails", len(got))
	}
}

// C26: a renumbered folder is told by its UIDVALIDITY.
func TestUIDValidityChanges(t *testing.T) {
	s := mailtest.IMAP(t)
	s.Deliver("INBOX", raw(1), noon)
	before := choose(t, dial(t, config(s)), "INBOX")
	s.ResetUIDValidity("INBOX")
	after := choose(t, dial(t, config(s)), "INBOX")
	if before.UIDValidity == after.UIDValidity {
		t.Errorf("UIDVALIDITY stayed %d", after.UIDValidity)
	}
}

func TestBatches(t *testing.T) {
	item := func(sizes ...int64) (items []mailbox.Item) {
		for i, size := range sizes {
			items = append(items, mailbox.Item{UID: uint32(i + 1), Size: size})
		}
		return items
	}
	cases := []struct {
		sizes []int64
		bytes int64
		count int
		want  []int // mails per batch
	}{
		{nil, 10, 10, nil},
		{[]int64{3, 3, 3, 3}, 10, 10, []int{3, 1}},
		{[]int64{3, 30, 3}, 10, 10, []int{1, 1, 1}},
		{[]int64{30}, 10, 10, []int{1}},
		{[]int64{1, 1, 1, 1, 1}, 10, 2, []int{2, 2, 1}},
		{[]int64{1, 1, 1}, 0, 0, []int{3}},
		{[]int64{1, 1, 1}, 10, 1, []int{1, 1, 1}},
	}
	for _, c := range cases {
		var got []int
		next := uint32(1)
		for _, batch := range mailbox.Batches(item(c.sizes...), c.bytes, c.count) {
			got = append(got, len(batch))
			for _, it := range batch {
				if it.UID != next {
					t.Errorf("%v: uid %d, want %d", c.sizes, it.UID, next)
				}
				next++
			}
		}
		if !slices.Equal(got, c.want) || int(next) != len(c.sizes)+1 {
			t.Errorf("%v: got %v, want %v", c.sizes, got, c.want)
		}
	}
}
