package ingest

import "bytes"

// Object identifiers of RFC 5652, as they stand in DER.
var (
	oidSignedData = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}
	oidData       = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}
)

// signedContent takes the signed mail out of an opaque S/MIME part (RFC 8551 smime-type=signed-data)
// without a full CMS parser: the octets behind the id-data identifier are the content. The signature
// is not checked; inner header fields other than the MIME ones are never used (CASES A49).
func signedContent(e entity, params map[string]string, d *damage) ([]byte, bool) {
	if params["smime-type"] == "enveloped-data" {
		return nil, false
	}
	der, _ := decodeTransfer(e.body, transferName(e.header.Get("Content-Transfer-Encoding"), d), maxPartText, &damage{})
	i := bytes.Index(der[:min(len(der), 64)], oidSignedData)
	if i < 0 {
		return nil, false
	}
	der = der[i+len(oidSignedData):]
	if i = bytes.Index(der[:min(len(der), 256)], oidData); i < 0 {
		return nil, false
	}
	content := octets(der[i+len(oidData):], 0)
	return content, len(content) > 0
}

// octets reads the octet string at the start of b, whether it is wrapped in [0], in one piece or in
// several, of known length or not.
func octets(b []byte, depth int) []byte {
	tag, content, _, ok := berValue(b)
	if !ok || depth > 4 {
		return nil
	}
	switch tag {
	case 0xa0:
		return octets(content, depth+1)
	case 0x04:
		return content
	case 0x24:
		var out []byte
		for len(content) > 0 {
			tag, piece, more, ok := berValue(content)
			if !ok || tag != 0x04 {
				break
			}
			out = append(out, piece...)
			content = more
		}
		return out
	}
	return nil
}

// berValue reads one tag, its content and what follows. For indefinite length the content runs to
// the end of b; the caller stops at what does not fit.
func berValue(b []byte) (tag byte, content, rest []byte, ok bool) {
	if len(b) < 2 {
		return 0, nil, nil, false
	}
	tag, n, p := b[0], int(b[1]), 2
	switch {
	case n == 0x80:
		return tag, b[2:], nil, true
	case n > 0x84:
		return 0, nil, nil, false
	case n > 0x80:
		k := n & 0x7f
		if len(b) < 2+k {
			return 0, nil, nil, false
		}
		n = 0
		for _, c := range b[2 : 2+k] {
			n = n<<8 | int(c)
		}
		p += k
	}
	if n < 0 || n > len(b)-p {
		n = len(b) - p // cut off: keep what is there
	}
	return tag, b[p : p+n], b[p+n:], true
}
