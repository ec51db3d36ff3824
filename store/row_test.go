package store

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"privacybot/ticket"
)

// Whatever a ticket holds comes back from its row.
func TestRowsLoseNothing(t *testing.T) {
	keys := must[*Keys](t)(parseKeys(must[[]byte](t)(newKeyFile())))
	rapid.Check(t, func(t *rapid.T) {
		want := drawTicket(t)
		key, wrapped, err := keys.newDataKey(ticketOwner(want.Ref))
		if err != nil {
			t.Fatal(err)
		}
		row, err := toRow(want, key)
		if err != nil {
			t.Fatal(err)
		}
		row.Wrapped = wrapped
		got, err := keys.fromRow(row)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		due, target := want.Due()
		for name, at := range map[string][2]time.Time{
			"due":    {due, fromNullable(row.DueAt)},
			"target": {target, fromNullable(row.TargetAt)},
			"next":   {want.NextAt(), fromNullable(row.NextAt)},
		} {
			if !at[0].Truncate(time.Microsecond).Equal(at[1]) {
				t.Fatalf("%s: %v is kept as %v", name, at[0], at[1])
			}
		}
		if row.State != want.State() || (row.ClosedAt != nil && !want.Closed()) {
			t.Fatalf("state %s, closed %v for %s", row.State, row.ClosedAt, want.State())
		}
	})
}

// A new field of the nouns must be drawn here too, or the property says nothing about it.
func TestDrawnTicketsAreFull(t *testing.T) {
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		data, err := json.Marshal(drawTicket(t))
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(data, &fields); err != nil {
			t.Fatal(err)
		}
		for name, value := range fields {
			switch value {
			case nil, "", 0.0, false:
			default:
				seen[name] = true
			}
		}
	})
	full, err := json.Marshal(ticket.Ticket{NeedsHuman: "x", Writer: "x", Silent: "x", HoldWhy: "x", Assignee: "x", Verification: &ticket.Verification{},
		Child: &ticket.ChildAlert{}, Thread: []string{"x"}, Linked: []string{"x"}, Undeliverable: "x", Flags: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	var names map[string]any
	if err := json.Unmarshal(full, &names); err != nil {
		t.Fatal(err)
	}
	for name := range names {
		if !seen[name] {
			t.Errorf("%s was never drawn", name)
		}
	}
}

var (
	drawText  = rapid.String()
	drawTexts = rapid.SliceOfN(drawText, 0, 3)
	drawTime  = rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "zero") {
			return time.Time{}
		}
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone"))
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "seconds"), rapid.Int64Range(0, 1e9-1).Draw(t, "nanoseconds")).In(zone)
	})
	drawEvidence = rapid.Custom(func(t *rapid.T) ticket.Evidence {
		return ticket.Evidence{Right: rapid.SampledFrom(ticket.Rights()).Draw(t, "right"), Quote: drawText.Draw(t, "quote"), Rule: drawText.Draw(t, "rule")}
	})
	drawRequest = rapid.Custom(func(t *rapid.T) ticket.Request {
		states := []ticket.State{ticket.Received, ticket.Acknowledged, ticket.InWork, ticket.Answered, ticket.Refused, ticket.Withdrawn, ticket.NoRequest}
		return ticket.Request{
			Right: rapid.SampledFrom(ticket.Rights()).Draw(t, "right"), State: rapid.SampledFrom(states).Draw(t, "state"),
			ReceivedAt: drawTime.Draw(t, "received"), Law: drawText.Draw(t, "law"),
			Deadline: ticket.Deadline{Legal: drawTime.Draw(t, "legal"), Target: drawTime.Draw(t, "target"), Law: drawText.Draw(t, "deadline law"),
				Version: rapid.Int().Draw(t, "version"), Proof: drawTexts.Draw(t, "proof")},
			Confidence: rapid.Float64Range(0, 1).Draw(t, "confidence"), Evidence: rapid.SliceOfN(drawEvidence, 0, 3).Draw(t, "evidence"),
			Outcome: ticket.Outcome(drawText.Draw(t, "outcome")), ClosedAt: drawTime.Draw(t, "closed"),
		}
	})
	drawParty = rapid.Custom(func(t *rapid.T) ticket.Party {
		return ticket.Party{Role: ticket.Role(drawText.Draw(t, "role")), Verified: drawTime.Draw(t, "verified"), How: drawText.Draw(t, "how"),
			Address: ticket.Address{Name: drawText.Draw(t, "name"), Address: drawText.Draw(t, "address")}}
	})
	drawVerification = rapid.Custom(func(t *rapid.T) *ticket.Verification {
		return &ticket.Verification{CodeHash: rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, "hash"), Address: drawText.Draw(t, "address"),
			AskedAt: drawTime.Draw(t, "asked"), ExpiresAt: drawTime.Draw(t, "expires"), Wrong: rapid.IntRange(0, 9).Draw(t, "wrong"),
			LockedAt: drawTime.Draw(t, "locked"), Reminded: rapid.IntRange(0, 3).Draw(t, "reminded")}
	})
	drawChild = rapid.Custom(func(t *rapid.T) *ticket.ChildAlert {
		return &ticket.ChildAlert{RaisedAt: drawTime.Draw(t, "raised"), Look: drawTime.Draw(t, "look"), Block: drawTime.Draw(t, "block"),
			Done: drawTime.Draw(t, "done"), Alarms: rapid.IntRange(0, 99).Draw(t, "alarms"), NextAlarm: drawTime.Draw(t, "next"),
			AcknowledgedAt: drawTime.Draw(t, "acknowledged"), AcknowledgedBy: drawText.Draw(t, "by"),
			BlockedAt: drawTime.Draw(t, "blocked"), DeletedAt: drawTime.Draw(t, "deleted")}
	})
)

func drawTicket(t *rapid.T) ticket.Ticket {
	out := ticket.Ticket{
		Ref: drawText.Draw(t, "ref"), Version: rapid.IntRange(1, 1<<30).Draw(t, "version"),
		ReceivedAt: drawTime.Draw(t, "received"), OpenedBy: rapid.Int64().Draw(t, "opened by"), Language: drawText.Draw(t, "language"),
		Urgent: rapid.Bool().Draw(t, "urgent"), NeedsHuman: drawText.Draw(t, "human"), Writer: ticket.Writer(drawText.Draw(t, "writer")),
		Silent: drawText.Draw(t, "silent"), HoldWhy: drawText.Draw(t, "hold"), Assignee: drawText.Draw(t, "assignee"),
		Parties: rapid.SliceOfN(drawParty, 0, 3).Draw(t, "parties"), Requests: rapid.SliceOfN(drawRequest, 0, 3).Draw(t, "requests"),
		Thread: drawTexts.Draw(t, "thread"), Linked: drawTexts.Draw(t, "linked"), Undeliverable: drawText.Draw(t, "undeliverable"),
		Flags: drawTexts.Draw(t, "flags"),
	}
	if rapid.Bool().Draw(t, "verifying") {
		out.Verification = drawVerification.Draw(t, "verification")
	}
	if rapid.Bool().Draw(t, "about a child") {
		out.Child = drawChild.Draw(t, "child")
	}
	return out
}
