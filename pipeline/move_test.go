package pipeline_test

import (
	"testing"

	"privacybot/ticket"
)

// Mail is moved when it was decided, by what became of it; copies in a folder that is read too open no
// second ticket, and the ledger agrees with the server at every step.
func TestHandledMailIsMoved(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		o.config.Move = map[ticket.Disposition]string{ticket.DispTicket: "Privacy/Handled", ticket.DispOther: "Junk"}
		o.open()
		o.receive("jane@people.example.org", "My account", "Please delete my account.")
		o.receive("ada@people.example.org", "Headset", "Which headset fits my telephone?")
		if _, err := o.pipeline.Receive(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := o.pipeline.Move(t.Context()); n != 0 || err != nil || len(o.imap.UIDs("INBOX")) != 2 {
			t.Fatalf("moved %d before they were decided, %v", n, err)
		}
		o.once()
		if in, done, junk := len(o.imap.UIDs("INBOX")), len(o.imap.UIDs("Privacy/Handled")), len(o.imap.UIDs("Junk")); in != 0 || done != 1 || junk != 1 {
			t.Fatalf("INBOX %d, handled %d, junk %d", in, done, junk)
		}
		if got := o.dispositions(); got[ticket.DispTicket] != 1 || got[ticket.DispOther] != 1 || got[ticket.DispDuplicate] != 1 {
			t.Errorf("on the ledger: %v", got)
		}
		o.once()
		if n := len(o.tickets()); n != 1 {
			t.Errorf("%d tickets", n)
		}

		// People put it back: it is known (C33), and stays.
		o.imap.MoveMail("Privacy/Handled", "INBOX", o.imap.UIDs("Privacy/Handled")[0])
		o.once()
		o.once()
		if len(o.imap.UIDs("INBOX")) != 1 || len(o.tickets()) != 1 || len(o.smtp.To("jane@people.example.org")) != 1 {
			t.Errorf("put back: INBOX %v, %d tickets", o.imap.UIDs("INBOX"), len(o.tickets()))
		}
		o.dispositions()
	})
}

// A crash between the server's move and our note of it, a folder that people empty, or one that cannot be
// made: nothing is lost or done twice.
func TestMoveIsRepeatable(t *testing.T) {
	o := newOffice(t, "sqlite:"+t.TempDir()+"/office.db")
	o.receive("jane@people.example.org", "My account", "Please delete my account.")
	o.receive("joe@people.example.org", "My account", "Please delete my account.")
	o.once()
	o.config.Move = map[ticket.Disposition]string{ticket.DispTicket: "Privacy/Handled"}
	o.open()
	uids := o.imap.UIDs("INBOX")
	o.imap.CreateFolder("Privacy/Handled")
	o.imap.MoveMail("INBOX", "Privacy/Handled", uids[0]) // as a MOVE whose note was lost
	o.imap.Expunge("INBOX", uids[1])
	for range 2 {
		if _, err := o.pipeline.Move(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.once()
	}
	if n := len(o.imap.UIDs("Privacy/Handled")); n != 1 || len(o.tickets()) != 2 || len(o.imap.UIDs("INBOX")) != 0 {
		t.Errorf("%d handled, %d tickets", n, len(o.tickets()))
	}
	o.receive("max@people.example.org", "My account", "Please delete my account.")
	o.imap.ResetUIDValidity("INBOX")
	o.once()
	o.once()
	if n := len(o.imap.UIDs("Privacy/Handled")); n != 2 || len(o.tickets()) != 3 {
		t.Errorf("after the folder was renumbered: %d handled, %d tickets", n, len(o.tickets()))
	}
	if n := len(o.smtp.To("max@people.example.org")); n != 1 {
		t.Errorf("%d letters", n)
	}
}
