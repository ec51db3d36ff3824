package config

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30s": 30 * time.Second, "90m": 90 * time.Minute, "14d": 14 * 24 * time.Hour, "1d12h": 36 * time.Hour, "1h30m": 90 * time.Minute,
	} {
		if got, err := duration(text); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "5", "1w", "-1d", "1.5d", "99999999d", "9999999h", "1d-2h", "2h1d", "∞"} {
		if got, err := duration(text); err == nil {
			t.Errorf("%q gave %v", text, got)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]Size{"1": 1, "500KB": 500_000, "40MiB": 40 << 20, "1 GiB": 1 << 30} {
		if got, err := size(text); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "MiB", "-1MB", "1.5MB", "99999999999999999999", "9999999999GiB", "1TB"} {
		if got, err := size(text); err == nil {
			t.Errorf("%q gave %v", text, got)
		}
	}
}

func TestServers(t *testing.T) {
	for text, want := range map[string]struct {
		server        Server
		tls, starttls bool
	}{
		"imaps://imap.example.com":         {Server{"imaps", "imap.example.com", 993}, true, false},
		"imap+starttls://imap.example.com": {Server{"imap+starttls", "imap.example.com", 143}, false, true},
		"imap://127.0.0.1:10143":           {Server{"imap", "127.0.0.1", 10143}, false, false},
		"imap://[::1]":                     {Server{"imap", "::1", 143}, false, false},
		"imap://localhost":                 {Server{"imap", "localhost", 143}, false, false},
		"imaps://[2001:db8::1]:1993/":      {Server{"imaps", "2001:db8::1", 1993}, true, false},
	} {
		got, err := parseServer(text, `protocol:"imap"`)
		if err != nil || got != want.server || want.server.TLS() != want.tls || want.server.StartTLS() != want.starttls {
			t.Errorf("%s: %+v, %v", text, got, err)
			continue
		}
		if again, err := parseServer(want.server.String(), `protocol:"imap"`); err != nil || again != want.server {
			t.Errorf("%s written as %s reads as %v, %v", text, want.server, again, err)
		}
	}
	for _, text := range []string{"imap://127.0.0.1.example.com", "imap://localhost.example.com", "imap://10.0.0.1", "imap://0.0.0.0", "imaps://%zz", "imaps://a b", "IMAPS"} {
		if got, err := parseServer(text, `protocol:"imap"`); err == nil {
			t.Errorf("%s gave %+v", text, got)
		}
	}
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]Address{
		"privacy@example.com": "privacy@example.com",
		"Privacy@Example.COM": "Privacy@example.com",
		"a+b@bücher.example":  "a+b@xn--bcher-kva.example",
	} {
		if got, err := parseAddress(text, ""); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"a@b", "a@[127.0.0.1]", "<a@example.com>", "a@example.com, b@example.com", "a b@example.com", "ä@example.com", "a@example.com\r\nBcc: b@example.com", "\"x@example.com y\"@example.com"} { // A46, M18
		if got, err := parseAddress(text, ""); err == nil {
			t.Errorf("%q gave %v", text, got)
		}
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"72h":        "2026-11-20T12:00:00Z",
		"30d":        "2026-10-24T12:00:00Z",
		"2026-11-01": "2026-11-01T00:00:00+01:00",
		"all":        "0001-01-01T00:00:00Z",
	} {
		since, err := parseSince(text, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := since.(Since).Instant(now, berlin).Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// What distance says is a metric, and one change costs one.
func TestDistance(t *testing.T) {
	word := rapid.StringMatching(`[a-c]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) || d < max(len(a), len(b))-min(len(a), len(b)) {
			t.Fatalf("distance(%q, %q) = %d", a, b, d)
		}
		if a != "" {
			i := rapid.IntRange(0, len(a)-1).Draw(t, "cut")
			if distance(a, a[:i]+a[i+1:]) != 1 {
				t.Fatalf("one letter less than %q is further than 1", a)
			}
		}
	})
}
