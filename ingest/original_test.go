package ingest

import (
	"testing"
	"time"
)

// BEHAVIOURS 35: the author and the date of a forwarded mail, as programs write them.
func TestOriginal(t *testing.T) {
	const head = "From: desk@example.com\r\nTo: privacy@example.com\r\nSubject: Fwd: my data\r\nMessage-ID: <f@example.com>\r\n"
	day := time.Date(2026, 11, 20, 9, 41, 0, 0, time.UTC)
	for name, raw := range map[string]string{
		"Gmail":       head + "\r\nFYI\r\n\r\n---------- Forwarded message ---------\r\nFrom: Jane Roe <jane@example.org>\r\nDate: Fri, Nov 20, 2026 at 9:41 AM\r\nSubject: my data\r\nTo: <desk@example.com>\r\n\r\nPlease delete my account.\r\n",
		"Outlook":     head + "\r\nFYI\r\n\r\nFrom: Jane Roe <jane@example.org>\r\nSent: Friday, November 20, 2026 9:41 AM\r\nTo: Desk <desk@example.com>\r\nSubject: my data\r\n\r\nPlease delete my account.\r\n",
		"Outlook de":  head + "\r\nzur Info\r\n\r\n-----Ursprüngliche Nachricht-----\r\nVon: Jane Roe [mailto:jane@example.org]\r\nGesendet: 20.11.2026 09:41\r\nAn: Desk\r\nBetreff: my data\r\n\r\nBitte löschen.\r\n",
		"Thunderbird": head + "\r\nFYI\r\n\r\n-------- Forwarded Message --------\r\nSubject: my data\r\nDate: Fri, 20 Nov 2026 09:41:00 +0000\r\nFrom: Jane Roe <jane@example.org>\r\nTo: desk@example.com\r\n\r\nPlease delete my account.\r\n",
		"attached": head + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee attached\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" +
			"From: Jane Roe <jane@example.org>\r\nDate: Fri, 20 Nov 2026 09:41:00 +0000\r\nSubject: my data\r\n\r\nPlease delete my account.\r\n--b--\r\n",
	} {
		o := Parse([]byte(raw), Options{}).Original
		if o.From.Address != "jane@example.org" || !o.Date.Equal(day) {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if o := Parse([]byte(head+"\r\nplease delete my account\r\n"), Options{}).Original; !o.From.IsZero() || !o.Date.IsZero() {
		t.Errorf("nothing was forwarded: %+v", o)
	}
}
