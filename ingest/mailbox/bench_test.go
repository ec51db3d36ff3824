package mailbox_test

import (
	"bytes"
	"testing"

	"privacybot/ingest/mailbox"
	"privacybot/internal/mailtest"
)

// filled is a server with n mails of 4 KB in INBOX.
func filled(b *testing.B, n int) *mailtest.IMAPServer {
	s := mailtest.IMAP(b)
	mail := append(raw(1), bytes.Repeat([]byte("0123456789abcde\n"), 256)...)
	deliveries := make([]mailtest.Delivery, n)
	for i := range deliveries {
		deliveries[i] = mailtest.Delivery{Raw: mail, At: noon}
	}
	s.DeliverMany("INBOX", deliveries)
	return s
}

// BenchmarkFetch reads a backlog of 5,000 mails; the figure to look at is mails/s.
func BenchmarkFetch(b *testing.B) {
	const mails = 5000
	c := dial(b, config(filled(b, mails)))
	b.ResetTimer()
	for b.Loop() {
		choose(b, c, "INBOX")
		items, err := c.Sizes(b.Context(), 0)
		if err != nil {
			b.Fatal(err)
		}
		got := 0
		if err := c.Fetch(b.Context(), items, func(mailbox.Mail) error { got++; return nil }); err != nil || got != mails {
			b.Fatal(got, err)
		}
	}
	b.ReportMetric(float64(mails*b.N)/b.Elapsed().Seconds(), "mails/s")
}

// BenchmarkEmptyPoll looks for new mail in a folder of 20,000 that has none.
func BenchmarkEmptyPoll(b *testing.B) {
	const mails = 20_000
	c := dial(b, config(filled(b, mails)))
	for b.Loop() {
		choose(b, c, "INBOX")
		if items, err := c.Sizes(b.Context(), mails); err != nil || len(items) != 0 {
			b.Fatal(len(items), err)
		}
	}
}
