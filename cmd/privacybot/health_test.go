package main_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"privacybot/ticket"
)

var healthAt = regexp.MustCompile(`health is served" listen=(\S+)`)

// get reads a page of the daemon's health server.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

// A72, BEHAVIOURS 40: what programs are told is true, and not personal.
func TestHealthServer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.set("health", `{listen: "127.0.0.1:0"}`)
	h.receive("parent@people.example.org", "Tochterfrage", "My daughter is nine years old and made an account with her name. Please delete it.")
	p := h.daemon()
	at := healthAt.FindStringSubmatch(p.errs.String())
	if at == nil {
		t.Fatalf("no address in\n%s", p.errs.String())
	}
	base := "http://" + at[1]
	until(t, "the program is ready", patience, func() bool { code, _ := get(t, base+"/readyz"); return code == http.StatusOK })
	if code, body := get(t, base+"/healthz"); code != http.StatusOK || body != "ok\n" {
		t.Errorf("healthz %d %q", code, body)
	}
	var page string
	want := []string{`privacybot_ready 1`, `privacybot_database_up 1`, `privacybot_tickets{state="child_unacknowledged"} 1`, `privacybot_mails{state="ledger"} 1`,
		`privacybot_letters{state="ready"} 0`, `privacybot_folder_last_poll_timestamp_seconds{folder="INBOX"} 1.`, `privacybot_folder_last_poll_timestamp_seconds{folder="Junk"} 1.`,
		`privacybot_server_trouble{server="mailbox"} 0`, `privacybot_key_created_timestamp_seconds 1.`, `privacybot_alarm{what="canary"} 0`, "\ngo_goroutines ", "\nprocess_open_fds "}
	until(t, "the metrics tell of the alert", patience, func() bool {
		_, page = get(t, base+"/metrics")
		return strings.Contains(page, want[2]) && strings.Contains(page, want[4])
	})
	for _, w := range want {
		if !strings.Contains(page, w) {
			t.Errorf("the metrics do not tell %s:\n%s", w, page)
		}
	}
	h.told = append(h.told, page) // looked through for secrets and personal data at the end
	if code, _ := get(t, base+"/anything"); code != http.StatusNotFound {
		t.Errorf("a page that is not there: %d", code)
	}
	out := h.fine("health")
	if !strings.Contains(out, "all is well") || !strings.Contains(out, "tickets: child_unacknowledged") {
		t.Errorf("health tells\n%s", out)
	}
	h.told = append(h.told, out, h.fine("health", "--json"))
	h.one(onCallAt, ticket.LetterEscalation)

	h.imap.Kill()
	until(t, "the program is not ready", patience, func() bool { code, _ := get(t, base+"/readyz"); return code == http.StatusServiceUnavailable })
	if r := h.run("health"); r.code != 1 || !strings.Contains(r.out, "PROBLEM") || !strings.Contains(r.out, "mailbox does not let us work") {
		t.Errorf("health of a broken office: %v", r)
	}
}

// A72: who wants others to reach it must say so.
func TestHealthElsewhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, listen := range []string{"0.0.0.0:9090", ":9090", "192.0.2.1:9090", "[::]:9090", "health.example.com:9090"} {
		h.set("health", fmt.Sprintf("{listen: %q}", listen))
		if r := h.run("check"); r.code != 2 || !strings.Contains(r.err, "health.listen: can be reached from other machines") {
			t.Errorf("%s: %v", listen, r)
		}
		h.set("health", fmt.Sprintf("{listen: %q, anywhere: true}", listen))
		h.fine("check")
	}
	h.set("health", `{listen: "9090"}`)
	if r := h.run("check"); r.code != 2 || !strings.Contains(r.err, "must be an address with a port") {
		t.Errorf("no port: %v", r)
	}
}
