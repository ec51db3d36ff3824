package classify

import (
	"strconv"
	"strings"
	"testing"

	"privacybot/classify/corpus"
	"privacybot/ticket"
)

// BenchmarkClassify judges the mails of the corpus one after the other.
func BenchmarkClassify(b *testing.B) {
	c := load(b)
	mails, err := corpus.Load("testdata/corpus")
	if err != nil {
		b.Fatal(err)
	}
	msgs := make([]ticket.Message, len(mails))
	for i, m := range mails {
		msgs[i] = m.Message()
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		c.Classify(msgs[n%len(msgs)], Context{ReceivedAt: received, DefaultLaw: "eu-gdpr"})
	}
}

// BenchmarkLong shows that time grows with length up to the 32 KB that are read, and not beyond.
func BenchmarkLong(b *testing.B) {
	c := load(b)
	for _, kb := range []int{1, 8, 32, 1024} {
		text := strings.Repeat("Please delete my account, do not send me your newsletter and tell me what you know about me. ", kb*1024/90)
		b.Run(strconv.Itoa(kb)+"KB", func(b *testing.B) {
			for b.Loop() {
				c.Classify(ticket.Message{NewText: text}, Context{ReceivedAt: received})
			}
		})
	}
}
