package ingest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"privacybot/ticket"
)

// checkMessage holds for the message of any mail whatsoever: valid UTF-8, no controls, no invisible
// characters, single line headers, bounded lists, and nothing of our own marks.
func checkMessage(t testing.TB, m ticket.Message) {
	t.Helper()
	for what, s := range map[string]string{"NewText": m.NewText, "Text": m.Text, "Forwarded": m.Forwarded, "HiddenText": m.HiddenText} {
		checkString(t, what, s, "\n\t")
	}
	single := map[string]string{"MessageID": m.MessageID, "Subject": m.Subject, "From.Name": m.From.Name, "From.Address": m.From.Address, "ReturnPath": m.ReturnPath}
	for _, list := range [][]ticket.Address{m.To, m.Cc, m.ReplyTo} {
		if len(list) > maxAddresses {
			t.Errorf("%d addresses", len(list))
		}
		for _, a := range list {
			single["address "+a.Address] = a.Address
			single["name "+a.Name] = a.Name
			if strings.ContainsAny(a.Address, " <>\"") || !strings.Contains(a.Address, "@") {
				t.Errorf("address %q", a.Address)
			}
		}
	}
	for _, list := range [][]string{m.InReplyTo, m.References, m.Damage, m.AutomaticWhy, m.NoReplyWhy} {
		for _, s := range list {
			single["item "+s] = s
		}
	}
	for _, a := range m.Attachments {
		single["attachment "+a.Name] = a.Name
		single["type "+a.Type] = a.Type
		if strings.ContainsAny(a.Name, `/\`) || a.Name == ".." || a.Size < 0 {
			t.Errorf("attachment %q of %d bytes", a.Name, a.Size)
		}
	}
	if m.Report != nil {
		single["Diagnostic"], single["Recipient"], single["Status"], single["Original"] = m.Report.Diagnostic, m.Report.Recipient, m.Report.Status, m.Report.OriginalMessageID
	}
	for what, s := range single {
		checkString(t, what, s, "")
	}
	if len(m.NewText) > len(m.Text)+len(m.Forwarded)+2 {
		t.Errorf("new text of %d bytes from %d", len(m.NewText), len(m.Text))
	}
	switch m.Automatic {
	case ticket.NotAutomatic, ticket.Bounce, ticket.AutoReply, ticket.Receipt, ticket.Bulk:
	default:
		t.Errorf("automatic %q", m.Automatic)
	}
	if (m.Automatic == ticket.NotAutomatic) != (len(m.AutomaticWhy) == 0) || m.NoAutoReply == false && m.Automatic != ticket.NotAutomatic {
		t.Errorf("automatic %q without reason, or answered", m.Automatic)
	}
}

func checkString(t testing.TB, what, s, allowed string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%s is not UTF-8: %q", what, s)
	}
	for _, r := range s {
		if (r < 0x20 || r >= 0x7f && r < 0xa0) && !strings.ContainsRune(allowed, r) {
			t.Errorf("%s has control %U", what, r)
		}
		if note, drop := invisible(r); drop {
			t.Errorf("%s has %U (%s)", what, r, note)
		}
	}
}
