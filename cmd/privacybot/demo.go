package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"privacybot/ingest"
	"privacybot/ingest/mailbox"
	"privacybot/internal/demo"
	"privacybot/pipeline"
	"privacybot/responder"
	"privacybot/store"
	"privacybot/ticket"
)

type demoCmd struct {
	Stay    bool   `help:"Keep the servers up afterwards and answer mail that is sent to them."`
	JSON    bool   `help:"Tell the story as JSON, one object a line."`
	Letters string `help:"Folder for the letters; a new one in this folder when not given." type:"path" placeholder:"DIR"`
}

// Run plays the demo. It needs no account, no configuration and no network beyond the loopback
// address, and leaves nothing behind but the letters.
func (k demoCmd) Run(ctx context.Context, c console) error {
	scratch, err := os.MkdirTemp("", "privacybot-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	clock := demo.NewClock(time.Now(), zone)
	folder := k.Letters
	if folder == "" {
		folder = "demo-letters-" + time.Now().Format("20060102-150405")
	}
	album, err := demo.NewAlbum(folder)
	if err != nil {
		return err
	}
	world, err := demo.NewWorld(clock.Now, album.Add)
	if err != nil {
		return err
	}
	defer world.Close()

	s, err := store.Open(ctx, store.Config{
		URL: "sqlite:" + filepath.Join(scratch, "demo.db"), KeyFile: filepath.Join(scratch, "demo.key"), Now: clock.Now, Migrate: true,
	})
	if err != nil {
		return err
	}
	defer s.Close()
	story := &demo.Story{World: world, Clock: clock, Tell: k.teller(c, zone)}
	p, err := pipeline.New(demoOffice(world, zone), s, slog.New(slog.DiscardHandler), pipeline.WithClock(clock.Now), pipeline.WithWatcher(story.Watch))
	if err != nil {
		return err
	}
	defer p.Close()
	story.Pipeline = p
	story.Tell.Say("Example Phones publishes " + demo.Mailbox + " in its privacy policy. This is a real mailbox (IMAP " + world.IMAP +
		"), a real mail server (SMTP " + world.SMTP + ") and the real program, on this machine only.")
	if err := story.Play(ctx); err != nil {
		return err
	}
	if err := k.summary(ctx, c, story, s, p, zone); err != nil {
		return err
	}
	if err := album.Close(); err != nil {
		return err
	}
	story.Tell.Say(fmt.Sprintf("%d letters to look at: %s", album.Count(), filepath.Join(folder, "index.html")))
	if !k.Stay {
		return nil
	}
	return stay(ctx, story, p, album, clock)
}

func (k demoCmd) teller(c console, zone *time.Location) demo.Teller {
	if k.JSON {
		return demo.Lines{Enc: plainJSON(c.out)}
	}
	screen := &demo.Screen{Out: c.out, Zone: zone, Width: 100, Colour: isTerminal(c.out)}
	if f, ok := c.out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			screen.Width = max(60, min(w, 140))
		}
	}
	return screen
}

// demoOffice is the configuration of the demo.
func demoOffice(w *demo.World, zone *time.Location) pipeline.Config {
	laws := ticket.Laws()
	holidays, err := ticket.HolidaysFor("DE")
	if err != nil {
		holidays = nil
	}
	member := func(name, local string, roles ...ticket.StaffRole) ticket.Staff {
		return ticket.Staff{Name: name, Address: local + "@demo.example", Roles: roles}
	}
	return pipeline.Config{
		Policy: ticket.Policy{
			Organisation: ticket.Organisation{Name: "Example Phones", Address: ticket.Address{Name: "Example Phones Privacy", Address: demo.Mailbox}, PolicyURL: "https://www.demo.example/privacy"},
			Zone:         zone, Law: laws["eu-gdpr"], Laws: laws, Holidays: holidays, Relay: true,
			Staff: []ticket.Staff{
				member("Privacy Desk", "desk", ticket.RoleAgentDesk), member("Olivia (on call)", "oncall", ticket.RoleOnCall),
				member("Mona (manager)", "manager", ticket.RoleManager), member("Legal", "legal", ticket.RoleLegal),
			},
			Child:       ticket.ChildClock{Look: 4 * time.Hour, Block: 24 * time.Hour, Done: 72 * time.Hour},
			ChildRepeat: 30 * time.Minute, CodeExpires: 14 * 24 * time.Hour, CodeTries: 5, NoticesPerHour: 10,
		},
		Schedule: ticket.Schedule{Hour: 8, Zone: zone, Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}},
		Mailbox:  mailbox.Config{Server: "imap://" + w.IMAP, Username: demo.Mailbox, Password: demo.Password},
		Account:  demo.Mailbox, Parse: ingest.Options{AuthservID: demo.Border, OwnAddresses: []string{demo.Mailbox}},
		SMTP: responder.SMTPConfig{Server: "smtp://" + w.SMTP, From: demo.Mailbox},
		// The demo's IMAP server tells nobody of mail that came in just before IDLE, so look often.
		AnswerSince: 72 * time.Hour, Poll: 2 * time.Second,
	}
}

// summary shows the state at the end: every mail accounted for, the tickets, the digest.
func (k demoCmd) summary(ctx context.Context, c console, story *demo.Story, s *store.Store, p *pipeline.Pipeline, zone *time.Location) error {
	l, err := p.Ledger(ctx)
	if err != nil {
		return err
	}
	onServer := 0
	for _, n := range l.OnServer {
		onServer += n
	}
	if !l.Agrees() || onServer != len(l.Rows) {
		return fmt.Errorf("the ledger and the server disagree: %d and %d mails", len(l.Rows), onServer)
	}
	tickets, err := s.Tickets(ctx, store.Filter{})
	if err != nil {
		return err
	}
	story.Tell.Act("5", fmt.Sprintf("At the end: %d mails on the server, %d on the ledger, none lost; %s.", onServer, len(l.Rows), count(len(tickets), "ticket")))
	if k.JSON {
		return nil
	}
	var table strings.Builder
	if err := ticketTable(&table, tickets, zone); err != nil {
		return err
	}
	fmt.Fprint(c.out, indent(table.String()))
	letters := story.World.Letters()
	for i := len(letters) - 1; i >= 0; i-- {
		if demo.IsDigest(letters[i]) {
			_, err := fmt.Fprintf(c.out, "\n   The manager's digest, as mailed:\n\n%s\n", indent(ingest.Parse(letters[i].Raw, ingest.Options{}).Text))
			return err
		}
	}
	return fmt.Errorf("no digest was sent")
}

// stay answers what arrives until the demo is stopped.
func stay(ctx context.Context, story *demo.Story, p *pipeline.Pipeline, album *demo.Album, clock *demo.Clock) error {
	clock.Run()
	host, port := split(story.World.SMTP)
	story.Tell.Act("6", "The servers stay up. Write to the mailbox; the answer is kept in the same folder. Ctrl-C ends.")
	story.Tell.Show("curl smtp://" + story.World.SMTP + " --mail-from you@example.org --mail-rcpt " + demo.Mailbox + " -T mail.eml")
	story.Tell.Show("swaks --server " + host + " --port " + port + " --from you@example.org --to " + demo.Mailbox + " --body 'Please delete my account'")
	err := p.Run(ctx)
	story.Tell.Flush()
	if closeErr := album.Close(); err == nil {
		err = closeErr
	}
	return err
}
