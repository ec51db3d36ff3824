package main_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A70, A71, D61: a whole office at the most talkative level; nothing planted stands in what it said, in the
// bundle that may be handed out, in the process list or in the files of the database.
func TestPlantedSecrets(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.set("log", `{level: debug, format: json}`)
	h.set("health", `{listen: "127.0.0.1:0"}`)
	h.set("mode", "shadow")
	h.receive(jane, "Zitronenfalter", "Please send me all personal data you hold about me. My number is 4711-Quittenbaum.")
	h.secrets = append(h.secrets, "Quittenbaum", "jane@")
	p := h.daemon()
	h.smtp.Wait(2, patience)
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.cmd.Process.Pid))
	if err != nil || !strings.Contains(string(line), "office.yaml") {
		t.Fatal(string(line), err)
	}
	h.told = append(h.told, string(line))
	h.told = append(h.told, h.fine("support"), h.fine("shadow"), h.fine("shadow", "--json"), h.fine("health"))
	h.imap.Kill()
	h.told = append(h.told, h.run("support").out, h.run("check", "--probe", "--wait", "1s").err, h.run("once").err)
	if shadow := h.fine("shadow"); !strings.Contains(shadow, "1 × acknowledgement") || !strings.Contains(shadow, h.ticket().Ref) {
		t.Errorf("shadow tells\n%s", shadow)
	}
	for _, name := range []string{"office.db", "office.db-wal"} {
		data, err := os.ReadFile(h.path(name))
		if err != nil && name == "office.db" {
			t.Fatal(err)
		}
		for _, planted := range []string{smtpSecret, h.imap.Password, "Quittenbaum", "Zitronenfalter", jane} {
			if len(planted) > 6 && strings.Contains(string(data), planted) {
				t.Errorf("%s holds %q", name, planted)
			}
		}
	}
}
