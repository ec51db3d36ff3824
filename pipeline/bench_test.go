package pipeline_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"privacybot/internal/mailtest"
	"privacybot/pipeline"
	"privacybot/store"
)

// Sentences of requests and of everyday mail, from which the benchmark's mails are put together.
var sentences = []string{
	"Please delete my account and everything you hold about me.", "Bitte löschen Sie mein Konto.",
	"I would like a copy of all my personal data.", "Je souhaite recevoir une copie de mes données personnelles.",
	"I bought the phone last year and it never worked well.", "The support line kept me waiting for an hour.",
	"My neighbour recommended your company to me.", "We moved to a new house in spring.", "请删除我的账号。",
	"I do not want any more newsletters.", "Kind regards from a rainy town.", "The weather has been terrible all week.",
}

// backlog writes n mails: most of a few KB, some HTML of 50 KB, one in 500 with 2 MB attached.
func backlog(n int) []mailtest.Delivery {
	r := rand.New(rand.NewPCG(1, 2))
	words := func(size int) string {
		var b strings.Builder
		for b.Len() < size {
			b.WriteString(sentences[r.IntN(len(sentences))] + " ")
			if r.IntN(6) == 0 {
				b.WriteString("\r\n\r\n")
			}
		}
		return b.String()
	}
	at := time.Now().Add(-time.Hour)
	out := make([]mailtest.Delivery, n)
	for i := range out {
		head := fmt.Sprintf("Received: from mx.people.example.org by mx.corp.example.com; %s\r\nFrom: Person %d <p%d@people.example.org>\r\nTo: <%s>\r\nSubject: my data %d\r\nDate: %s\r\nMessage-ID: <b%d@people.example.org>\r\nMIME-Version: 1.0\r\n",
			at.Format(time.RFC1123Z), i, i, privacy, i, at.Format(time.RFC1123Z), i)
		switch {
		case i%500 == 499:
			head += "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + words(1500) +
				"\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 2<<20/78) + "--b--\r\n"
		case i%20 == 19:
			head += "Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>" + strings.ReplaceAll(words(3000), "\r\n\r\n", "</p><p>") + "</p>" + strings.Repeat("<div style=\"color:#333\"><span> </span></div>\r\n", 1000) + "</body></html>"
		default:
			head += "Content-Type: text/plain; charset=utf-8\r\n\r\n" + words(600+r.IntN(5000))
		}
		out[i] = mailtest.Delivery{Raw: []byte(head), At: at}
	}
	return out
}

// BenchmarkBacklog takes a backlog from Dovecot into decided tickets with queued letters, everything
// on, durable on disk. mails/s is the figure; receive and work are its parts.
func BenchmarkBacklog(b *testing.B) {
	const mails = 1000
	databases := map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + filepath.Join(b.TempDir(), "office.db") },
		"postgres": func() string { return mailtest.PostgresServer(b, mailtest.Fsync()).Database() },
	}
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			imap, smtp := mailtest.IMAP(b), mailtest.SMTP(b, mailtest.NoTLS())
			imap.DeliverMany("INBOX", backlog(mails))
			var receive, work time.Duration
			for b.Loop() {
				b.StopTimer()
				s, err := store.Open(context.Background(), store.Config{URL: databases[name](), KeyFile: filepath.Join(b.TempDir(), "office.key"), Migrate: true})
				if err != nil {
					b.Fatal(err)
				}
				p, err := pipeline.New(settings(b, imap, smtp), s, slog.New(slog.DiscardHandler))
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				began := time.Now()
				if n, err := p.Receive(context.Background()); err != nil || n != mails {
					b.Fatalf("%d mails, %v", n, err)
				}
				receive += time.Since(began)
				began = time.Now()
				if n, err := p.Work(context.Background()); err != nil || n != mails {
					b.Fatalf("%d decided, %v", n, err)
				}
				work += time.Since(began)
				b.StopTimer()
				p.Close()
				s.Close()
				b.StartTimer()
			}
			total := float64(mails * b.N)
			b.ReportMetric(total/(receive+work).Seconds(), "mails/s")
			b.ReportMetric(total/receive.Seconds(), "received/s")
			b.ReportMetric(total/work.Seconds(), "decided/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}
