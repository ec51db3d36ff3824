package ingest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// hostileMails are the resource attacks of CASES A47, A48, A56, A59, M9 and M10.
func hostileMails() map[string]func() []byte {
	head := "From: a@example.org\nSubject: x\nMIME-Version: 1.0\n"
	s := func(parts ...string) func() []byte { return func() []byte { return []byte(strings.Join(parts, "")) } }
	rep := strings.Repeat
	nested := func(depth int, body string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := range depth {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		return b.String() + body
	}
	text := head + "Content-Type: text/plain\n\n"
	html := head + "Content-Type: text/html\n\n"
	return map[string]func() []byte{
		"nested 5000":             s(nested(5000, "\nhello")),
		"nested 5000 big":         s(nested(5000, "\n"+rep("x\n", 4<<20))),
		"same boundary nested":    s(head, rep("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 20000)),
		"rfc822 nested":           s(head, rep("Content-Type: message/rfc822\n\n", 20000)),
		"100k parts":              s(head, "Content-Type: multipart/mixed; boundary=b\n\n", rep("--b\n\nx\n", 100000)),
		"8 MB part header":        s(head, "Content-Type: multipart/mixed; boundary=b\n\n--b\nX: ", rep("y", 8<<20), "\n\nhi\n--b--"),
		"8 MB folded part header": s(head, "Content-Type: multipart/mixed; boundary=b\n\n--b\nX: ", rep("y\n ", 3<<20), "\n\nhi\n--b--"),
		"100k header fields":      s(rep("X-A: b\n", 100000), "\nhi"),
		"20 MB header":            s("Subject: ", rep("y", 20<<20), "\n\nhi"),
		"1 MB boundary":           s(head, "Content-Type: multipart/mixed; boundary=\"", rep("b", 100<<10), "\"\n\n", rep("--"+rep("b", 50000)+"\n", 200)),
		"60k encoded words":       s("Subject: ", rep("=?utf-8?q?a?= ", 60000), "\n\nhi"),
		"60k unfinished words":    s("Subject: ", rep("=?utf-8?q?a", 60000), "\n\nhi"),
		"100k addresses":          s("From: ", rep("a@example.org, ", 100000), "\nTo: ", rep("a@example.org, ", 100000), "\n\nhi"),
		"address brackets":        s("From: ", rep("<", 100000), "a@example.org\nTo: ", rep("(", 100000), "\nCc: ", rep("\"", 99999), "\n\nhi"),
		"references bomb":         s("References: ", rep("<a@b> ", 100000), "\n\nhi"),
		"50 MB text":              s(text, rep("hello world\n", 4<<20)),
		"50 MB base64":            s(head, "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n", rep("aGVsbG8gd29ybGQK\n", 3<<20)),
		"25 MB attachment":        s(head, "Content-Type: application/pdf; name=a\nContent-Transfer-Encoding: base64\n\n", rep("aGVsbG8gd29ybGQK\n", 3<<19)),
		"1 MB word":               s(text, rep("a", 1<<20)),
		"redos":                   s(text, rep("a", 1<<20), "!\n", rep(" ", 1<<20), "\n", rep("5.1.1", 1<<18), rep("On ", 1<<18)),
		"quote lines":             s(text, rep("On 2 May 2026, a@b.example wrote:\n", 1<<17)),
		"starts of attributions":  s(text, rep("On 2 May 2026 at 10:00 a@b.example\n", 1<<17)),
		"header labels":           s(text, rep("From: a\n\n", 1<<18), rep("To: b\n", 1<<18)),
		"signature rules":         s(text, rep("--\nx\n", 1<<18), rep("____\n", 1<<18)),
		"disclaimers":             s(text, rep("Disclaimer\n", 1<<18), rep("confidentiality notice: "+rep("y", 100)+"\n\n", 1<<14)),
		"device lines":            s(text, rep("Sent from my iPhone\n", 1<<18)),
		"html nested div":         s(html, rep("<div>", 1<<20), "hi"),
		"html nested blockquote":  s(html, rep("<blockquote>x<br>", 1<<18), "hi"),
		"html stray ends":         s(html, rep("<div><b>", 1000), rep("</i></td></li>", 1<<18)),
		"html cells":              s(html, rep("<td><li><p>", 1<<18)),
		"html attributes":         s(html, "<div ", rep("a=b ", 1<<20), ">", rep("<p style='"+rep("color:red;", 50)+"'>x", 1<<12)),
		"html entities":           s(html, rep("&lt;&#x202e;&nbsp;", 1<<18)),
		"html one attribute":      s(html, "<img src=\"", rep("x", 8<<20), "\">hi"),
		"html one tag":            s(html, "<", rep("x", 8<<20)),
		"html lists":              s(html, rep("<ul><li>", 1<<17)),
		"invisible characters":    s(text, rep("a\u200b\u202e", 1<<20)),
		"utf-7":                   s(head, "Content-Type: text/plain; charset=utf-7\n\n", rep("+AGE-", 1<<20)),
		"utf-7 open":              s(head, "Content-Type: text/plain; charset=utf-7\n\n", rep("+", 4<<20)),
		"gbk":                     s(text, rep("\xc4\xfa\xba\xc3", 1<<20)),
		"iso-2022-jp":             s(head, "Content-Type: text/plain; charset=iso-2022-jp\n\n", rep("\x1b$B", 1<<20)),
		"utf-16 html":             s(head, "Content-Type: text/html; charset=utf-16le\n\n", rep("<\x00b\x00>\x00", 1<<19)),
		"boundary sniffing":       s(head, "Content-Type: multipart/mixed\n\n", rep("--\n--x\n", 1<<19)),
		"delivery status":         s(head, "Content-Type: message/delivery-status\n\n", rep("Action: failed\n\n", 1<<19)),
		"tnef": func() []byte {
			return []byte(head + "Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(append([]byte{0x78, 0x9f, 0x3e, 0x22, 0, 0}, bytes.Repeat([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 1<<18)...)))
		},
		"parameters":        s(head, "Content-Type: text/plain", rep("; name*1*=a", 10000), "\n\nhi"),
		"parameters unique": s(head, "Content-Type: text/plain; =", rep("; a =b c", 20000), "\n\nhi"),
		"pgp":               s(text, rep("-----BEGIN PGP SIGNED MESSAGE-----\n\n", 1<<16)),
		"enriched":          s(head, "Content-Type: text/enriched\n\n", rep("<param>", 1<<19)),
		"auth results":      s("From: a@example.org\nAuthentication-Results: mx.example.com; ", rep("dkim=pass header.d=b.example; ", 4000), "\n\nhi"),
		"flowed":            s(head, "Content-Type: text/plain; format=flowed\n\n", rep("> a \n", 1<<20)),
	}
}

// TestHostile measures each attack: under two seconds and 64 MB of extra heap (issue 3, point 4).
func TestHostile(t *testing.T) {
	for name, make := range hostileMails() {
		t.Run(name, func(t *testing.T) {
			raw := make()
			heap, stop := watchHeap()
			start := time.Now()
			m := Parse(raw, goldenOptions)
			took := time.Since(start)
			peak := stop()
			checkMessage(t, m)
			if took > 2*time.Second {
				t.Errorf("took %v for %d bytes", took, len(raw))
			}
			if peak > heap+64<<20 {
				t.Errorf("needed %d MB for %d MB", (peak-heap)>>20, len(raw)>>20)
			}
			if testing.Verbose() {
				t.Logf("%8d kB  %8v  %4d MB  %v", len(raw)>>10, took.Round(time.Millisecond), (max(peak, heap)-heap)>>20, m.Damage)
			}
		})
	}
}

// watchHeap gives the live heap now and a function that stops and tells the highest value seen.
func watchHeap() (start uint64, stop func() uint64) {
	runtime.GC()
	read := func() uint64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	start = read()
	done, result := make(chan struct{}), make(chan uint64)
	go func() {
		peak := start
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				result <- peak
				return
			case <-tick.C:
				peak = max(peak, read())
			}
		}
	}()
	return start, func() uint64 { close(done); return <-result }
}
