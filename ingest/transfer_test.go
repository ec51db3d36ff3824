package ingest

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
	"testing"

	"pgregory.net/rapid"
)

// TestTransferRoundTrip: what the standard library encodes we decode, whatever the line length, and
// the size is told right even when nothing is kept.
func TestTransferRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 400).Draw(t, "data")
		width := rapid.IntRange(1, 90).Draw(t, "width")
		var wrapped bytes.Buffer
		for i, c := range []byte(base64.StdEncoding.EncodeToString(data)) {
			if i > 0 && i%width == 0 {
				wrapped.WriteString("\r\n")
			}
			wrapped.WriteByte(c)
		}
		var d damage
		got, size := decodeBase64(wrapped.Bytes(), 1<<20, &d)
		if !bytes.Equal(got, data) || size != len(data) || len(d) > 0 {
			t.Fatalf("base64: %x of %d, %v", got, size, d)
		}
		if _, size := decodeBase64(wrapped.Bytes(), 0, &d); size != len(data) {
			t.Fatalf("counted %d of %d", size, len(data))
		}
		text := bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r"), nil), []byte("\n"), nil)
		var qp bytes.Buffer
		w := quotedprintable.NewWriter(&qp)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got, _ := decodeQP(qp.Bytes(), 1<<20, &d); !bytes.Equal(got, text) || len(d) > 0 {
			t.Fatalf("quoted-printable: %x, want %x", got, text)
		}
	})
}
