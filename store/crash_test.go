package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

// The crash test runs this program again, as the process that is killed.
func TestMain(m *testing.M) {
	if spec := os.Getenv("STORE_CRASH"); spec != "" {
		if err := decideAndDie(spec); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// CASES C3, C12: kill -9 before each statement of a decision in turn. Each time nothing of it is
// there; after the last, all of it is there.
func testCrash(t *testing.T, w *world) {
	s := w.open("parent")
	w.save(s, w.inbound("mail"))
	counts := func() string {
		var out []string
		for _, table := range []string{"tickets", "requests", "parties", "events", "letters", "letter_contents", "mails WHERE state = 'done'", "data_keys"} {
			out = append(out, strconv.Itoa(w.count(s, table)))
		}
		return strings.Join(out, " ")
	}
	for n := 1; ; n++ {
		if n > 60 {
			t.Fatal("the decision never ends")
		}
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), fmt.Sprintf("STORE_CRASH=%d\n%s\n%s", n, w.url, w.key))
		out, err := child.CombinedOutput()
		if err == nil {
			if got := counts(); got != "1 1 1 1 2 2 1 3" {
				t.Errorf("finished with %s", got)
			}
			if n < 10 {
				t.Errorf("only %d statements were tried", n)
			}
			return
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != -1 {
			t.Fatalf("before statement %d: %v: %s", n, err, out)
		}
		if got := counts(); got != "0 0 0 0 0 0 0 1" {
			t.Errorf("killed before statement %d: %s", n, got)
		}
	}
}

// decideAndDie decides the mail in the database and kills itself before the n-th statement.
func decideAndDie(spec string) error {
	part := strings.Split(spec, "\n")
	n, err := strconv.Atoi(part[0])
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := Open(ctx, Config{URL: part[1], KeyFile: part[2]})
	if err != nil {
		return err
	}
	var mails []Mail
	// PostgreSQL may need a moment to see that the process before is gone and to let its row go.
	for deadline := time.Now().Add(20 * time.Second); len(mails) == 0; {
		if mails, err = s.ClaimMails(ctx, -time.Second, 1, 1<<20); err != nil { // runs out at once, for the next process
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("the mail is not to be had")
		}
	}
	statements := 0
	die := func(*gorm.DB) {
		if statements++; statements == n {
			if self, err := os.FindProcess(os.Getpid()); err == nil {
				self.Kill()
			}
			select {}
		}
	}
	cb := s.db.Callback()
	err = errors.Join(
		cb.Create().Before("gorm:create").Register("die", die), cb.Query().Before("gorm:query").Register("die", die),
		cb.Update().Before("gorm:update").Register("die", die), cb.Delete().Before("gorm:delete").Register("die", die),
		cb.Row().Before("gorm:row").Register("die", die), cb.Raw().Before("gorm:raw").Register("die", die))
	if err != nil {
		return err
	}
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	return s.InTx(ctx, func(tx *Tx) error {
		tk := (&world{now: at}).example("PB-1", "jane@example.test")
		if err := tx.SaveTicket(tk, []ticket.Event{{At: at, Kind: ticket.EventOpened}}); err != nil {
			return err
		}
		if err := tx.QueueLetters([]ticket.Letter{letter(ticket.LetterAcknowledgement, "a", "PB-1"), letter(ticket.LetterSorting, "b", "")}); err != nil {
			return err
		}
		if err := tx.FinishMail(MailResult{ID: mails[0].ID, Disposition: ticket.DispTicket, Reason: "why", Ref: "PB-1"}); err != nil {
			return err
		}
		die(nil) // between the last statement and the commit
		return nil
	})
}
