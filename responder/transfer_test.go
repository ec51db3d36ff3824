package responder

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Both encodings are byte for byte those of the standard library.
func TestEncodingsAreTheStandardOnes(t *testing.T) {
	piece := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z =\t]{60,90}`),
		rapid.SampledFrom([]string{"\n", " \n", "\t\n", "=", " ", "é", "\x00", "\xff", strings.Repeat("x", 74), strings.Repeat("x", 75), strings.Repeat("x", 76)}))
	rapid.Check(t, func(rt *rapid.T) {
		body := strings.ReplaceAll(strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(rt, "body"), ""), "\r", "")
		wire := strings.ReplaceAll(body, "\n", "\r\n")
		var quoted bytes.Buffer
		w := quotedprintable.NewWriter(&quoted)
		w.Write([]byte(wire))
		w.Close()
		if got := string(appendEncoded(nil, "quoted-printable", body)); got != quoted.String() {
			rt.Errorf("quoted-printable of %q:\n%q, the library says\n%q", body, got, quoted.String())
		}
		got := string(appendEncoded(nil, "base64", body))
		if plain := strings.ReplaceAll(got, "\r\n", ""); plain != base64.StdEncoding.EncodeToString([]byte(wire)) {
			rt.Errorf("base64 of %q: %q", body, got)
		}
		for l := range strings.SplitSeq(got, "\r\n") {
			if len(l) > encodedLine {
				rt.Errorf("a line of %d columns", len(l))
			}
		}
	})
}
