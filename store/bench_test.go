package store

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"privacybot/internal/mailtest"
	"privacybot/ticket"
)

const benchBatch = 200 // mails of 4 KB

// BenchmarkStore shows what durable, sealed storing costs: on a disk that really writes, beside
// a plain append of the same bytes to a file with one fsync for each batch.
//
//	go test ./store -run '^$' -bench Store -benchtime 20x
func BenchmarkStore(b *testing.B) {
	b.Run("Reference", benchReference)
	for _, c := range []struct {
		name string
		url  func(b *testing.B) string
	}{
		{"SQLite", func(b *testing.B) string { return "sqlite:" + filepath.Join(b.TempDir(), "bench.db") }},
		{"Postgres", func(b *testing.B) string { return mailtest.PostgresServer(b, mailtest.Fsync()).Database() }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.Run("SaveInbound", func(b *testing.B) { benchSave(b, newWorld(b, c.url(b))) })
			b.Run("ClaimAndFinish", func(b *testing.B) { benchFinish(b, newWorld(b, c.url(b)), benchBatch) })
			b.Run("ClaimAndFinishSingly", func(b *testing.B) { benchFinish(b, newWorld(b, c.url(b)), 1) })
			b.Run("OutboxRound", func(b *testing.B) { benchOutbox(b, newWorld(b, c.url(b))) })
		})
	}
}

func benchMails(w *world) []Inbound {
	in := make([]Inbound, benchBatch)
	for i := range in {
		raw := make([]byte, 2048)
		rand.Read(raw)
		in[i] = w.inbound(hex.EncodeToString(raw))
	}
	return in
}

func perSecond(b *testing.B, mails int) {
	b.ReportMetric(float64(b.N*mails)/b.Elapsed().Seconds(), "mails/s")
}

func benchReference(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "plain"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	batch := bytes.Repeat([]byte("x"), 4096*benchBatch)
	for b.Loop() {
		if _, err := f.Write(batch); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, benchBatch)
}

func benchSave(b *testing.B, w *world) {
	s := w.open("bench")
	for b.Loop() {
		b.StopTimer()
		in := benchMails(w)
		b.StartTimer()
		w.save(s, in...)
	}
	perSecond(b, benchBatch)
}

// benchFinish decides mails, together in one transaction or one by one: each opens a ticket with
// one event and one letter.
func benchFinish(b *testing.B, w *world, together int) {
	s := w.open("bench")
	for b.Loop() {
		b.StopTimer()
		w.save(s, benchMails(w)...)
		b.StartTimer()
		for range benchBatch / together {
			mails := w.claim(s, together)
			w.tx(s, func(tx *Tx) error {
				for _, m := range mails {
					if err := benchDecide(w, tx, m); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	perSecond(b, benchBatch)
}

func benchDecide(w *world, tx *Tx, m Mail) error {
	ref := fmt.Sprint("PB-", m.ID)
	address := ref + "@example.test"
	l := letter(ticket.LetterAcknowledgement, ref, ref)
	l.To = address
	_, err := tx.OpenTickets(address)
	return errors.Join(err, tx.SaveTicket(w.example(ref, address), []ticket.Event{{At: w.now, Kind: ticket.EventOpened, Text: "opened"}}),
		tx.QueueLetters([]ticket.Letter{l}),
		tx.FinishMail(MailResult{ID: m.ID, Disposition: ticket.DispTicket, Ref: ref, Reason: "why", MessageID: ref, CopyKey: ref}))
}

// benchOutbox claims letters twenty at a time and notes each as sent.
func benchOutbox(b *testing.B, w *world) {
	s := w.open("bench")
	n := 0
	for b.Loop() {
		b.StopTimer()
		w.tx(s, func(tx *Tx) error {
			for range benchBatch {
				n++
				if err := tx.QueueLetters([]ticket.Letter{letter(ticket.LetterDigest, fmt.Sprint(n), "")}); err != nil {
					return err
				}
			}
			return nil
		})
		b.StartTimer()
		for range benchBatch / 20 {
			due, err := s.ClaimLetters(b.Context(), w.now, time.Minute, 20, BrakeLimit{PerHour: 1 << 30})
			if err != nil {
				b.Fatal(err)
			}
			for _, d := range due {
				w.tx(s, func(tx *Tx) error { return tx.LetterSent(d, w.now) })
			}
		}
	}
	perSecond(b, benchBatch)
}
