package mailbox_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"privacybot/ingest/mailbox"
	"privacybot/internal/mailtest"
)

// Only the named mails leave, into a folder that is made when missing, by MOVE or by COPY and UID EXPUNGE;
// what people have marked as deleted stays.
func TestMove(t *testing.T) {
	for _, can := range []string{"", "IMAP4rev1 UIDPLUS LITERAL+", "IMAP4rev1 LITERAL+"} {
		t.Run(can, func(t *testing.T) {
			s := mailtest.IMAP(t)
			var uids []uint32
			for n := range 5 {
				uids = append(uids, s.Deliver("INBOX", raw(n), noon.Add(time.Duration(n)*time.Minute)))
			}
			s.AddFlag("INBOX", uids[4], "\\Deleted")
			validity := s.UIDValidity("INBOX")
			if can != "" {
				s.Announce(can)
			}
			c := dial(t, config(s))
			choose(t, c, "INBOX")
			moved, err := c.Move(t.Context(), "INBOX", validity, []uint32{uids[0], uids[2], 4711}, "Privacy/Handled")
			if can == "IMAP4rev1 LITERAL+" {
				if !errors.Is(err, mailbox.ErrCannotMove) || !slices.Equal(s.UIDs("INBOX"), uids) {
					t.Errorf("got %v, left are %v", err, s.UIDs("INBOX"))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if left := s.UIDs("INBOX"); !slices.Equal(left, []uint32{uids[1], uids[3], uids[4]}) {
				t.Errorf("left are %v", left)
			}
			there := s.UIDs("Privacy/Handled")
			if len(there) != 2 || moved.UIDs[uids[0]] != there[0] || moved.UIDs[uids[2]] != there[1] || moved.UIDValidity != s.UIDValidity("Privacy/Handled") || moved.Folder != "Privacy/Handled" {
				t.Errorf("there are %v, told %+v", there, moved)
			}
			choose(t, c, "Privacy/Handled") // the connection goes on, reading only
			mails := fetchAll(t, c, 0)
			if len(mails) != 2 || string(mails[0].Raw) != string(raw(0)) || !mails[1].InternalDate.Equal(noon.Add(2*time.Minute)) {
				t.Errorf("read %d mails", len(mails))
			}
			if _, err := c.Move(t.Context(), "INBOX", validity, []uint32{uids[0]}, "Privacy/Handled"); err != nil {
				t.Errorf("again: %v", err) // as after a crash
			}
			if _, err := c.Move(t.Context(), "INBOX", validity+1, uids, "Privacy/Handled"); !errors.Is(err, mailbox.ErrRenumbered) {
				t.Errorf("renumbered: %v", err)
			}
			if n := len(s.UIDs("INBOX")); n != 3 {
				t.Errorf("%d left in the end", n)
			}
		})
	}
}

// A copy that fails deletes nothing.
func TestMoveFails(t *testing.T) {
	var commands []string
	note := func(a answer) answer {
		return func(w io.Writer, tag, args string) error {
			commands = append(commands, args)
			return a(w, tag, args)
		}
	}
	for _, c := range []script{
		{"CAPABILITY": says("* CAPABILITY IMAP4rev1 UIDPLUS\r\n" + okLine), "SELECT": says(opened), "COPY": says("TAG NO [OVERQUOTA] full\r\n"), "STORE": note(says(okLine)), "EXPUNGE": note(says(okLine))},
		{"CAPABILITY": says("* CAPABILITY IMAP4rev1 UIDPLUS\r\n" + okLine), "SELECT": says(opened), "COPY": hangUp, "STORE": note(says(okLine)), "EXPUNGE": note(says(okLine))},
		{"CAPABILITY": says("* CAPABILITY IMAP4rev1 MOVE\r\n" + okLine), "SELECT": says(opened), "MOVE": says("TAG NO no\r\n"), "STORE": note(says(okLine)), "EXPUNGE": note(says(okLine))},
		{"CAPABILITY": says("* CAPABILITY IMAP4rev1 MOVE\r\n" + okLine), "CREATE": says("TAG NO [NOPERM] no\r\n"), "SELECT": note(says(opened))},
	} {
		cfg := fakeServer(t, c)
		conn := dial(t, cfg)
		if _, err := conn.Move(t.Context(), "INBOX", 7, []uint32{11, 12}, "Done"); err == nil {
			t.Errorf("no error of %v", fmt.Sprint(c))
		}
		if len(commands) > 0 {
			t.Errorf("went on with %s", strings.Join(commands, ", "))
		}
	}
}
