package pipeline_test

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"privacybot/pipeline"
	"privacybot/store"
	"privacybot/ticket"
)

// CASES D57 to D60, C26: the whole life of a case's data, on both databases, with the copy on the mail
// server and a renumbered folder.
func TestPurge(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		o := newOffice(t, url)
		o.config.Retention, o.config.PurgeServer = ticket.DefaultRetention(), true
		o.config.AuditHead = filepath.Join(t.TempDir(), "audit")
		o.open()
		passport := base64.StdEncoding.EncodeToString([]byte("passport of Jane Roe"))
		o.imap.Deliver("INBOX", []byte(strings.ReplaceAll(`From: Jane Roe <jane@people.example.org>
To: <`+privacy+`>
Subject: Delete my account
Message-ID: <id@people.example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x
`+proven("jane@people.example.org")+`

--x
Content-Type: text/plain

Please delete my account and all my data.
--x
Content-Type: image/png; name=passport.png
Content-Disposition: attachment; filename=passport.png
Content-Transfer-Encoding: base64

`+passport+`
--x--
`, "\n", "\r\n")), o.clock())
		o.receive("news@shop.example.org", "Our newsletter", "Buy now", "List-Unsubscribe: <https://shop.example.org/u>", "Precedence: bulk", "List-Id: <news.shop.example.org>")
		o.once()
		ref := o.tickets()[0].Ref
		if _, err := o.pipeline.Command(t.Context(), ref, "operator", ticket.Command{Name: ticket.CmdClose, Arg: "done"}, "It is deleted."); err != nil {
			t.Fatal(err)
		}
		o.once()
		want := func(after string, steps ...pipeline.PurgeStep) {
			t.Helper()
			plan, err := o.pipeline.PurgePlan(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []pipeline.PurgeStep
			for _, i := range plan.Items {
				got = append(got, i.Step)
			}
			if len(got) != len(steps) || strings.Join(words(got), " ") != strings.Join(words(steps), " ") {
				t.Errorf("%s: due %v, want %v", after, got, steps)
			}
			o.once()
		}
		want("at once")
		o.later(8 * 24 * time.Hour)
		want("a week", pipeline.PurgeAttachments)
		o.mailHolds(t, 1, "delete my account", "passport")
		o.later(7 * 24 * time.Hour)
		want("two weeks", pipeline.PurgeMail) // the newsletter
		if n := o.onServer(t); n != 1 {
			t.Errorf("%d mails on the server, want the request alone", n)
		}
		o.later(80 * 24 * time.Hour)
		want("a quarter", pipeline.PurgeMail)
		if n := o.onServer(t); n != 0 {
			t.Errorf("%d mails on the server", n)
		}
		o.later(300 * 24 * time.Hour)
		want("a year", pipeline.PurgePersonal)
		if got := o.tickets(); len(got) != 0 {
			t.Errorf("tickets that open: %v", got)
		}
		// Whoever answers the old letter now begins anew, and no loop stops over it.
		letters := o.smtp.To("jane@people.example.org")
		o.reply("jane@people.example.org", letters[len(letters)-1], "Please delete my data again, an account is back.", proven("jane@people.example.org"))
		o.once()
		if got := o.tickets(); len(got) != 1 || got[0].Ref == ref {
			t.Errorf("after an answer to a forgotten ticket: %v", got)
		}
		o.later(400 * 24 * time.Hour)
		want("two years", pipeline.PurgeRecord)
		kept, err := store.ReadAuditHead(o.config.AuditHead)
		if err != nil || kept.Seq == 0 {
			t.Errorf("kept head %+v, %v", kept, err)
		}
		r, err := o.store.VerifyAudit(t.Context(), kept)
		if err != nil || len(r.Problems) > 0 || r.Erased == 0 {
			t.Errorf("audit %+v, %v", r, err)
		}
		if log := o.log.String(); strings.Contains(log, "people.example.org") || strings.Contains(log, "passport") {
			t.Error("the log holds personal data")
		}
	})
}

func words[T ~string](in []T) (out []string) {
	for _, w := range in {
		out = append(out, string(w))
	}
	return out
}

// onServer counts the mails in the inbox.
func (o *office) onServer(t *testing.T) int {
	t.Helper()
	l, err := o.pipeline.Ledger(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return l.OnServer["INBOX"]
}

func (o *office) mailHolds(t *testing.T, id int64, want, not string) {
	t.Helper()
	err := o.store.InTx(t.Context(), func(tx *store.Tx) error {
		m, err := tx.Mail(id)
		if raw := string(m.Raw); !strings.Contains(raw, want) || strings.Contains(raw, not) || m.Unreadable != nil {
			t.Errorf("kept of the mail: %q, %v", raw, m.Unreadable)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// CASES D60: what is on hold is shown as held and stays.
func TestPurgeLegalHold(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "office.db"))
	o.config.Retention = ticket.DefaultRetention()
	o.open()
	o.receive("jane@people.example.org", "Delete my account", "Please delete my account and all my data.", proven("jane@people.example.org"))
	o.once()
	ref := o.tickets()[0].Ref
	if _, err := o.pipeline.Command(t.Context(), ref, "operator", ticket.Command{Name: ticket.CmdClose, Arg: "done"}, "Done."); err != nil {
		t.Fatal(err)
	}
	err := o.store.InTx(t.Context(), func(tx *store.Tx) error {
		tk, err := tx.Ticket(ref)
		if err != nil {
			return err
		}
		tk.Version++
		tk.LegalHold = "proceedings"
		return tx.SaveTicket(tk, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	o.later(2000 * 24 * time.Hour)
	o.once()
	plan, err := o.pipeline.PurgePlan(t.Context())
	if err != nil || plan.Held != 2 || len(plan.Items) != 0 {
		t.Errorf("plan %+v, %v", plan, err)
	}
	if got := o.tickets(); len(got) != 1 {
		t.Error("the held ticket is gone")
	}
}

// A zero retention keeps everything.
func TestPurgeNothingSettled(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "office.db"))
	o.receive("x@spam.example.org", "Buy", "Buy now", "Precedence: bulk", "List-Id: <a.spam.example.org>")
	o.once()
	o.later(9000 * 24 * time.Hour)
	if done, err := o.pipeline.Purge(t.Context()); err != nil || len(done) != 0 {
		t.Errorf("purged %v, %v", done, err)
	}
	if _, err := os.Stat(o.config.AuditHead); err == nil {
		t.Error("a head was kept nowhere")
	}
}
