package store

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"
	"pgregory.net/rapid"

	"privacybot/ticket"
)

func (w *world) audit(s *Store, known ...AuditHead) AuditReport {
	w.t.Helper()
	return must[AuditReport](w.t)(s.VerifyAudit(w.t.Context(), known...))
}

// story makes tickets with histories, one of them erased, and gives the heads on the way.
func (w *world) story(s *Store) (heads []AuditHead) {
	w.t.Helper()
	for i := range 4 {
		tk := w.example(fmt.Sprint("PB-", i), "jane@example.test")
		for v := 1; v <= 3; v++ {
			tk.Version = v
			if v == 3 {
				tk.Requests[0].State, tk.Requests[0].ClosedAt = ticket.Answered, w.now
			}
			w.tx(s, func(tx *Tx) error {
				return tx.SaveTicket(tk, []ticket.Event{{At: w.now, Kind: ticket.EventNote, Text: "a"}, {At: w.now, Kind: ticket.EventNote, Text: "b"}})
			})
		}
		heads = append(heads, must[AuditHead](w.t)(s.AuditHead(w.t.Context())))
	}
	w.tx(s, func(tx *Tx) error { return tx.ShredTicket("PB-1") })
	return append(heads, must[AuditHead](w.t)(s.AuditHead(w.t.Context())))
}

// BEHAVIOURS 37: any row of the chain or of the history that is changed, taken out, cut off or put
// elsewhere is found; an erased ticket is no fault.
func testAudit(t *testing.T, w *world) {
	s := w.open("one")
	heads := w.story(s)
	if r := w.audit(s, heads...); len(r.Problems) != 0 || r.Entries != 25 || r.Events != 24 || r.Erased != 6 || r.Head != heads[4] {
		t.Fatalf("an honest chain: %+v", r)
	}
	last := heads[len(heads)-1]
	rapid.Check(t, func(rt *rapid.T) {
		seq := rapid.Int64Range(1, 25).Draw(rt, "entry")
		other := rapid.Int64Range(1, 25).Filter(func(n int64) bool { return n != seq }).Draw(rt, "other")
		event := rapid.IntRange(1, 6).Draw(rt, "event")
		id := rapid.SampledFrom([]int{1, 3, 4}).Draw(rt, "ticket")
		of := fmt.Sprintf(" WHERE ticket_id = %d AND seq = %d", id, event)
		at := fmt.Sprintf(" WHERE seq = %d", seq)
		attack := rapid.SampledFrom([][]string{
			{"UPDATE audit SET at = at + 1" + at},
			{"UPDATE audit SET kind = kind || 'x'" + at},
			{"UPDATE audit SET subject = subject || 'x'" + at},
			{"UPDATE audit SET item = item + 1" + at},
			{"UPDATE audit SET content = hash" + at},
			{"UPDATE audit SET hash = content" + at},
			{"DELETE FROM audit" + at},
			{fmt.Sprintf("DELETE FROM audit WHERE seq >= %d", seq)},
			{"DELETE FROM audit" + at, fmt.Sprintf("UPDATE audit SET seq = seq - 1000 WHERE seq > %d", seq), fmt.Sprintf("UPDATE audit SET seq = seq + 999 WHERE seq < %d - 900", seq)},
			{fmt.Sprintf("UPDATE audit SET seq = 1000 WHERE seq = %d", seq), fmt.Sprintf("UPDATE audit SET seq = %d WHERE seq = %d", seq, other), fmt.Sprintf("UPDATE audit SET seq = %d WHERE seq = 1000", other)},
			{"UPDATE events SET kind = 'x'" + of},
			{"UPDATE events SET happened_at = happened_at + 1" + of},
			{"UPDATE events SET sealed = " + s.emptyBlob() + of},
			{"DELETE FROM events" + of},
			{fmt.Sprintf("DELETE FROM tickets WHERE id = %d", id)},
			{fmt.Sprintf("DELETE FROM data_keys WHERE id = (SELECT key_id FROM tickets WHERE id = %d)", id)},
		}).Draw(rt, "attack")
		var report AuditReport
		err := s.db.Transaction(func(db *gorm.DB) error {
			for _, sql := range attack {
				if err := db.Exec(sql).Error; err != nil {
					return err
				}
			}
			steps := []func(*gorm.DB, *AuditReport) error{verifyEvents, verifyMissing, verifyErasures}
			if err := s.verifyChain(db, &report, []AuditHead{last}); err != nil {
				return err
			}
			for _, step := range steps {
				if err := step(db, &report); err != nil {
					return err
				}
			}
			return errUndo
		})
		if err != errUndo {
			rt.Fatal(err)
		}
		if len(report.Problems) == 0 {
			rt.Fatalf("not found: %s", strings.Join(attack, "; "))
		}
		for _, p := range report.Problems {
			if strings.Contains(p, "jane") {
				rt.Fatalf("a problem names a person: %s", p)
			}
		}
	})
	if r := w.audit(s, heads...); len(r.Problems) != 0 {
		t.Errorf("after all attacks were undone: %v", r.Problems)
	}
}

var errUndo = fmt.Errorf("undo")

func (s *Store) emptyBlob() string {
	if s.engine.serialize == "" {
		return "x''"
	}
	return "''"
}

// The whole end cut off, with the events it was for, shows against a head that was kept elsewhere.
func testAuditTruncated(t *testing.T, w *world) {
	s := w.open("one")
	heads := w.story(s)
	w.exec(s, fmt.Sprintf("DELETE FROM audit WHERE seq > %d", heads[2].Seq))
	w.exec(s, "DELETE FROM tickets WHERE ref = 'PB-3'")
	w.exec(s, "DELETE FROM data_keys WHERE id NOT IN (SELECT key_id FROM tickets)")
	if r := w.audit(s, heads[2]); strings.Contains(strings.Join(r.Problems, "\n"), "cut off") {
		t.Errorf("problems %v", r.Problems)
	}
	r := w.audit(s, heads[4])
	if !strings.Contains(strings.Join(r.Problems, "\n"), "its end was cut off") {
		t.Errorf("problems %v", r.Problems)
	}
}

// Several processes write side by side; the chain has one order.
func testAuditConcurrent(t *testing.T, w *world) {
	one := w.open("one")
	var all sync.WaitGroup
	for p := range 4 {
		s := w.open(fmt.Sprint("process ", p))
		all.Go(func() {
			for i := range 5 {
				err := s.InTx(t.Context(), func(tx *Tx) error {
					return tx.SaveTicket(w.example(fmt.Sprintf("PB-%d-%d", p, i), "jane@example.test"), []ticket.Event{{At: w.now, Kind: ticket.EventOpened}})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if r := w.audit(one); len(r.Problems) != 0 || r.Entries != 20 {
		t.Errorf("audit %+v", r)
	}
}
