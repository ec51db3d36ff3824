package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"privacybot/store"
	"privacybot/ticket"
)

// What leaves the house is shown and confirmed; anything but a yes stops it.
func TestConfirm(t *testing.T) {
	folder := t.TempDir()
	s, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(folder, "a.db"), KeyFile: filepath.Join(folder, "a.key"), Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tk := ticket.Ticket{Ref: "PB-TEST-0001", Version: 1, ReceivedAt: time.Now(), Requests: []ticket.Request{{Right: ticket.Access, State: ticket.Received}},
		Parties: []ticket.Party{{Role: ticket.RoleRequester, Address: ticket.Address{Address: "jane@example.org"}}}}
	if err := s.InTx(t.Context(), func(tx *store.Tx) error { return tx.SaveTicket(tk, []ticket.Event{{Kind: ticket.EventOpened}}) }); err != nil {
		t.Fatal(err)
	}
	for answer, goes := range map[string]bool{"y\n": true, "Yes\n": true, "n\n": false, "\n": false, "": false} {
		var shown bytes.Buffer
		c := console{in: strings.NewReader(answer), err: &shown, asks: true}
		err := confirm(t.Context(), c, s, tk.Ref, ticket.Policy{}, order{cmd: ticket.Command{Name: "extend", Arg: "much to search"}})
		if (err == nil) != goes {
			t.Errorf("answer %q: %v", answer, err)
		}
		if !strings.Contains(shown.String(), "jane@example.org") || !strings.Contains(shown.String(), "much to search") {
			t.Errorf("shown was %q", shown.String())
		}
	}
	for name, leaves := range map[string]bool{"extend reason": true, "close done": true, "close none": false, "close None": false, "note x": false, "hold x": false, "inform x": true, "ask x": true, "release": true, "merge PB-1": false} {
		word, arg, _ := strings.Cut(name, " ")
		if got := (order{cmd: ticket.Command{Name: word, Arg: arg}}).leaves(); got != leaves {
			t.Errorf("%s leaves the house: %v", name, got)
		}
	}
}
