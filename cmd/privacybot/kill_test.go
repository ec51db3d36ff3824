package main_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"privacybot/internal/mailtest"
)

// C1 to C6, C67: the process is killed at many moments, by time and by what the mail server has
// seen, and started again until all is done. No mail is lost, none opens two tickets, and a
// letter is only ever repeated under its own Message-ID.
func TestKill(t *testing.T) {
	t.Parallel()
	const mails = 30
	h := newHouse(t)
	deliveries := make([]mailtest.Delivery, mails)
	for i := range deliveries {
		deliveries[i] = mailtest.Delivery{Raw: h.raw(fmt.Sprintf("p%02d@people.example.org", i), "Loeschwunsch", "Please delete my account."), At: time.Now()}
	}
	h.imap.DeliverMany("INBOX", deliveries)

	kills := 0
	kill := func(when func(p *process)) {
		p := h.call("once").start(t)
		when(p)
		if p.running() {
			kills++
			_ = p.cmd.Process.Kill()
		}
		p.endsWithin(patience)
		h.told = append(h.told, p.errs.String())
	}
	// While it starts, reads, keeps and decides: from the first moments on, until it is quick enough
	// to send a letter.
	for delay := 20 * time.Millisecond; len(h.smtp.Mails()) == 0 && delay < patience; delay += delay/4 + 20*time.Millisecond {
		kill(func(p *process) {
			select {
			case <-time.After(delay):
			case <-p.ended:
			case <-h.arrival(1, p):
			}
		})
	}
	// While it sends: after the next letter, after two, three …, each time at once.
	for n := 1; n <= 8; n++ {
		kill(func(p *process) { <-h.arrival(len(h.smtp.Mails())+n, p) })
	}
	until(t, "a process that nobody kills does the rest", 2*patience, func() bool { return h.run("once").code == 0 && len(h.ids(deskAt)) == mails })
	t.Logf("killed %d times; %d letters for %d mails", kills, len(h.smtp.Mails()), mails)
	if kills < 10 {
		t.Errorf("killed %d times only", kills)
	}

	l := h.ledger()
	if got := fmt.Sprint(l.became()); got != fmt.Sprintf("map[ticket:%d]", mails) || l.OnServer["INBOX"] != mails {
		t.Errorf("ledger %s, on the server %v", got, l.OnServer)
	}
	requesters := map[string]int{}
	for _, x := range h.tickets() {
		requesters[x.Requester]++
	}
	for i := range mails {
		address := fmt.Sprintf("p%02d@people.example.org", i)
		if n := requesters[address]; n != 1 {
			t.Errorf("%d tickets for mail %d", n, i)
		}
		if ids := h.ids(address); len(ids) != 1 {
			t.Errorf("mail %d: letters %v, want one", i, ids)
		}
	}
	if n := len(h.smtp.Mails()); n > 2*mails+kills {
		t.Errorf("%d letters: more repeats than kills", n)
	}
}

// arrival is closed when the mail server has n letters, or the process has ended.
func (h *house) arrival(n int, p *process) <-chan struct{} {
	there := make(chan struct{})
	go func() {
		defer close(there)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for p.running() && len(h.smtp.Mails()) < n {
			<-tick.C
		}
	}()
	return there
}

// ids gives the different Message-IDs of the letters to an address.
func (h *house) ids(address string) []string {
	seen := map[string]bool{}
	for _, m := range h.smtp.To(address) {
		seen[strings.ToLower(headerOf(m.Raw, "Message-ID"))] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
