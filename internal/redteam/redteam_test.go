package redteam

import (
	"context"
	"strings"
	"testing"
	"time"

	"privacybot/ingest"
	"privacybot/ingest/mailbox"
	"privacybot/internal/demo"
	"privacybot/pipeline"
	"privacybot/responder"
	"privacybot/ticket"
)

// An office that trusts the attacker's own server, and one whose staff's answers are never looked
// through by a border at all: the attacks must find something there, or they find nothing anywhere.
func TestAttacksFindWhatIsWrong(t *testing.T) {
	careless := func(w *demo.World) pipeline.Config {
		laws := ticket.Laws()
		return pipeline.Config{
			Schedule: ticket.Schedule{Zone: time.UTC},
			Policy: ticket.Policy{
				Organisation: ticket.Organisation{Name: "Careless", Address: ticket.Address{Address: demo.Mailbox}}, Zone: time.UTC, Law: laws["eu-gdpr"], Laws: laws, Relay: true,
				Staff: []ticket.Staff{{Name: "Desk", Address: desk, Roles: []ticket.StaffRole{ticket.RoleAgentDesk}}, {Name: "Mona", Address: manager, Roles: []ticket.StaffRole{ticket.RoleManager}}},
				Child: ticket.ChildClock{Look: time.Hour, Block: time.Hour, Done: time.Hour}, ChildRepeat: time.Hour, CodeExpires: time.Hour, CodeTries: 1_000_000,
			},
			Mailbox: mailbox.Config{Server: "imap://" + w.IMAP, Username: demo.Mailbox, Password: demo.Password}, Account: demo.Mailbox,
			Parse: ingest.Options{AuthservID: "mx.evil.example"}, SMTP: responder.SMTPConfig{Server: "smtp://" + w.SMTP, From: demo.Mailbox}, AnswerSince: -1, Poll: time.Minute,
		}
	}
	for _, a := range Attacks() {
		want := map[string]string{"forged staff": "left by forged staff", "code guessing": "not locked"}[a.Name]
		if want == "" {
			continue
		}
		leaked, err := stage(context.Background(), a, careless)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(leaked, "\n"), want) {
			t.Errorf("%s found %q in a careless office", a.Name, leaked)
		}
	}
}
