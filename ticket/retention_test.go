package ticket

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var closing = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// CASES D57: attachments go first, then the mails, then the people, then the record.
func TestRetentionSteps(t *testing.T) {
	r := DefaultRetention()
	of := func(rights ...Right) Kept {
		return Kept{Ref: "PB-1", Disposition: DispTicket, DecidedAt: closing.Add(-day), ClosedAt: closing, Rights: rights}
	}
	held, open, quarantine := of(Access), of(Access), of()
	held.Held = true
	open.ClosedAt = time.Time{}
	quarantine.Ref, quarantine.Disposition = "", DispQuarantine
	late := of(Access)
	late.DecidedAt = closing.Add(30 * day) // a thank-you after the closing counts from itself
	for name, c := range map[string]struct {
		kept  Kept
		after time.Duration
		want  [4]bool // attachments, mail, personal, record
	}{
		"a day":                {of(Access), day, [4]bool{}},
		"a week less a second": {of(Access), 7*day - time.Second, [4]bool{}},
		"a week":               {of(Access), 7 * day, [4]bool{true}},
		"a quarter":            {of(Access), 90 * day, [4]bool{true, true}},
		"a year":               {of(Access), 365 * day, [4]bool{true, true, true}},
		"two years":            {of(Access), 730 * day, [4]bool{true, true, true, true}},
		"a child after a week": {of(Child, Deletion), 7 * day, [4]bool{true, true}},
		"on hold":              {held, 9999 * day, [4]bool{}},
		"open":                 {open, 9999 * day, [4]bool{}},
		"quarantined, unseen":  {quarantine, 9999 * day, [4]bool{}},
		"a later mail":         {late, 90 * day, [4]bool{true}},
	} {
		now := closing.Add(c.after)
		var got [4]bool
		got[0], got[1] = r.MailDue(c.kept, now)
		if name != "quarantined, unseen" {
			got[2], got[3] = r.TicketDue(c.kept, now)
		}
		if got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Mail without a ticket goes by what it is.
func TestRetentionOfMailWithoutTicket(t *testing.T) {
	r := DefaultRetention()
	for d, days := range map[Disposition]int{DispSpam: 30, DispBulk: 14, DispAutoReply: 14, DispReceipt: 14, DispBounce: 14, DispDuplicate: 14, DispOther: 90, DispStaff: 90} {
		k := Kept{Disposition: d, DecidedAt: closing}
		at := closing.Add(time.Duration(days) * day)
		if _, early := r.MailDue(k, at.Add(-time.Second)); early {
			t.Errorf("%s goes before %d days", d, days)
		}
		if _, due := r.MailDue(k, at); !due {
			t.Errorf("%s stays after %d days", d, days)
		}
	}
}

// Nothing is due before Soonest, whatever it is; what is due stays due; a longer list of rights
// never shortens a term, unless a child is among them.
func TestRetentionProperties(t *testing.T) {
	r := DefaultRetention()
	r.ByRight[Complaint] = Terms{Attachments: 30 * day, Mail: 400 * day, Personal: 1000 * day, Record: 1100 * day}
	rapid.Check(t, func(t *rapid.T) {
		rights := rapid.SliceOfDistinct(rapid.SampledFrom(Rights()), func(r Right) Right { return r }).Draw(t, "rights")
		k := Kept{Ref: "PB-1", DecidedAt: closing, ClosedAt: closing, Rights: rights}
		after := time.Duration(rapid.Int64Range(0, int64(1200*day)).Draw(t, "after"))
		attachments, mail := r.MailDue(k, closing.Add(after))
		personal, record := r.TicketDue(k, closing.Add(after))
		if after < r.Soonest() && (attachments || mail || personal || record) {
			t.Fatal("due before the soonest term")
		}
		if mail && !attachments || personal && !mail || record && !personal {
			t.Fatal("a later step is due before an earlier one")
		}
		a2, m2 := r.MailDue(k, closing.Add(after+time.Hour))
		if attachments && !a2 || mail && !m2 {
			t.Fatal("what was due is due no more")
		}
		more := r.Of(append(rights, Access))
		if t0 := r.Of(rights); len(rights) > 0 && (more.Mail < t0.Mail || more.Personal < t0.Personal) {
			t.Fatal("another right shortened a term")
		}
	})
}
