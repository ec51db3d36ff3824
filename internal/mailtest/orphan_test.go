package mailtest_test

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"privacybot/internal/mailtest"
)

// Servers are gone, with their files, when the test process is killed without a chance to clean up.
func TestKilledTestLeavesNothing(t *testing.T) {
	const asChild = "MAILTEST_CHILD"
	if os.Getenv(asChild) != "" {
		dsn, err := url.Parse(mailtest.Postgres(t))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("\nready %s %s\n", mailtest.IMAP(t).Addr, dsn.Query().Get("host"))
		select {} // until killed
	}
	child := exec.Command(os.Args[0], "-test.run=^TestKilledTestLeavesNothing$")
	child.Env = append(os.Environ(), asChild+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var imap, socket string
	for lines := bufio.NewScanner(out); imap == "" && lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "ready" {
			imap, socket = fields[1], fields[2]
		}
	}
	child.Process.Kill()
	child.Wait()
	if imap == "" {
		t.Fatal("the child did not start its servers")
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		conn, dialErr := net.Dial("tcp", imap)
		if dialErr == nil {
			conn.Close()
		}
		_, statErr := os.Stat(socket)
		if dialErr != nil && os.IsNotExist(statErr) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %s (%v), %s (%v)", imap, dialErr, socket, statErr)
		}
	}
}
