package mailbox_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/internal/mailtest"
)

// Only the mail that is meant is deleted: never another one at its place, never one of a folder that was
// renumbered, never what people have marked as deleted.
func TestRemove(t *testing.T) {
	server := mailtest.IMAP(t)
	raw := func(s string) []byte { return []byte("Subject: " + s + "\r\n\r\n" + s + "\r\n") }
	for _, s := range []string{"first", "second", "third"} {
		server.Deliver("INBOX", raw(s), time.Now())
	}
	conn, err := mailbox.Dial(t.Context(), mailbox.Config{Server: "imap://" + server.Addr, Username: server.Username, Password: server.Password})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	status, err := conn.Select(t.Context(), "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	is := func(want string) func([]byte) bool {
		return func(got []byte) bool { return bytes.Equal(got, raw(want)) }
	}
	item := func(uid uint32) mailbox.Item { return mailbox.Item{UID: uid, Size: 100} }
	if _, err := conn.Remove(t.Context(), "INBOX", status.UIDValidity+1, item(2), is("second")); !errors.Is(err, mailbox.ErrRenumbered) {
		t.Errorf("renumbered: %v", err)
	}
	if _, err := conn.Remove(t.Context(), "INBOX", status.UIDValidity, item(2), is("first")); !errors.Is(err, mailbox.ErrOtherContent) {
		t.Errorf("other content: %v", err)
	}
	if did, err := conn.Remove(t.Context(), "INBOX", status.UIDValidity, item(2), is("second")); !did || err != nil {
		t.Errorf("removed %v, %v", did, err)
	}
	if did, err := conn.Remove(t.Context(), "INBOX", status.UIDValidity, item(2), is("second")); did || err != nil {
		t.Errorf("a mail that is gone: %v, %v", did, err)
	}
	if status, err = conn.Select(t.Context(), "INBOX"); err != nil || status.Messages != 2 {
		t.Errorf("%d mails are left, %v", status.Messages, err)
	}
	items, err := conn.Sizes(t.Context(), 0)
	if err != nil || len(items) != 2 || items[0].UID != 1 || items[1].UID != 3 {
		t.Errorf("left %v, %v", items, err)
	}
}
