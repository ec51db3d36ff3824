package ingest

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"privacybot/ticket"
)

// TestOwnDKIM checks signatures that we verify ourselves: good, tampered, of a stranger's domain,
// and with a key server that does not answer.
func TestOwnDKIM(t *testing.T) {
	public, private, err := ed25519.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	sign := func(domain string) []byte {
		mail := "From: Jane <jane@example.org>\r\nTo: privacy@example.com\r\nSubject: x\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\nPlease delete my data.\r\n"
		var out bytes.Buffer
		if err := dkim.Sign(&out, strings.NewReader(mail), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: private}); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	key := func(string) ([]string, error) {
		return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
	}
	silent := func(string) ([]string, error) { return nil, &net.DNSError{IsTimeout: true, IsTemporary: true} }
	good := sign("mail.example.org")
	for name, c := range map[string]struct {
		raw    []byte
		lookup func(string) ([]string, error)
		want   ticket.Authentication
	}{
		"good":           {good, key, ticket.Authentication{DKIM: ticket.Pass, Source: "dkim mail.example.org"}},
		"bare line ends": {bytes.ReplaceAll(good, []byte("\r\n"), []byte("\n")), key, ticket.Authentication{DKIM: ticket.Pass, Source: "dkim mail.example.org"}},
		"tampered":       {bytes.Replace(good, []byte("delete"), []byte("copy"), 1), key, ticket.Authentication{DKIM: ticket.Fail, Source: "dkim mail.example.org"}},
		"not aligned":    {sign("example.net"), key, ticket.Authentication{}},
		"no answer":      {good, silent, ticket.Authentication{}},
		"no lookup":      {good, nil, ticket.Authentication{}},
		"two authors":    {append([]byte("From: evil@example.net\r\n"), good...), key, ticket.Authentication{}}, // A12
	} {
		if got := Parse(c.raw, Options{LookupTXT: c.lookup}).Authentication; got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestParseResults(t *testing.T) {
	for in, want := range map[string]string{
		"mx.example.com; dmarc=pass header.from=a.example":                                          "mx.example.com dmarc=pass",
		"mx.example.com 1; DKIM=Pass (a; b) header.d=a.example; spf=none":                           "mx.example.com dkim=pass spf=none",
		"spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=pass; dmarc=bestguesspass": " spf=pass dkim=pass dmarc=bestguesspass", // Microsoft
		"mx.example.com; none": "mx.example.com",
		"mx.example.com;\r\n\tdkim/1 = pass header.d = \"a.example\"": "mx.example.com dkim=pass",
		"": "",
	} {
		id, results := parseResults(in)
		for _, r := range results {
			id += " " + r.method + "=" + r.result
		}
		if id != want {
			t.Errorf("%q: %q, want %q", in, id, want)
		}
	}
}

// A10: the sender chooses his envelope address, and the border server writes it truthfully into its
// own field. Nothing that stands in quotes or comments there is a result.
func TestForgedResultsInsideTheBordersOwnField(t *testing.T) {
	for name, value := range map[string]string{
		"quoted local part":           `mx.corp.example.com; spf=none smtp.mailfrom="a; dmarc=pass header.from=corp.example.com"@evil.example.org`,
		"quoted local part, dkim":     `mx.corp.example.com; spf=none smtp.mailfrom="a; dkim=pass header.d=corp.example.com ;b"@evil.example.org`,
		"in a comment":                `mx.corp.example.com; spf=pass (domain of "a) ; dmarc=pass header.from=corp.example.com ("@evil.example.org) smtp.mailfrom=evil.example.org; dmarc=none`,
		"quote left open":             `mx.corp.example.com; spf=none smtp.mailfrom="a; dmarc=pass header.from=corp.example.com`,
		"escaped quote":               `mx.corp.example.com; spf=none smtp.mailfrom="a\"; dmarc=pass header.from=corp.example.com"@evil.example.org`,
		"beside the border's own":     `mx.corp.example.com; dmarc=pass header.from=corp.example.com; dmarc=none header.from=corp.example.com`,
		"for another domain":          `mx.corp.example.com; dmarc=pass header.from=evil.example.org`,
		"another server":              `mx.evil.example.org; dmarc=pass header.from=corp.example.com`,
		"our name later in the field": `mx.evil.example.org; x=mx.corp.example.com; dmarc=pass header.from=corp.example.com`,
	} {
		raw := "Authentication-Results: " + value + "\r\nFrom: desk@corp.example.com\r\nTo: privacy@corp.example.com\r\nSubject: x\r\n\r\nx\r\n"
		if a := Parse([]byte(raw), Options{AuthservID: "mx.corp.example.com"}).Authentication; a.Aligned() {
			t.Errorf("%s: counts as proven: %+v", name, a)
		}
	}
	honest := `mx.corp.example.com; spf=pass (domain of "o'neil"@corp.example.com) smtp.mailfrom="o neil"@corp.example.com; dmarc=pass (p=none) header.from=corp.example.com`
	raw := "Authentication-Results: " + honest + "\r\nFrom: desk@corp.example.com\r\nSubject: x\r\n\r\nx\r\n"
	if a := Parse([]byte(raw), Options{AuthservID: "mx.corp.example.com"}).Authentication; !a.Aligned() {
		t.Errorf("an honest pass does not count: %+v", a)
	}
}
