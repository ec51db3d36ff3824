package ingest

import (
	"encoding/binary"
	"strings"
)

const tnefMagic = 0x223e9f78

// isTNEF recognises Outlook's winmail.dat.
func isTNEF(kind string, params, dparams map[string]string) bool {
	return kind == "application/ms-tnef" || kind == "application/vnd.ms-tnef" ||
		strings.EqualFold(params["name"], "winmail.dat") || strings.EqualFold(dparams["filename"], "winmail.dat")
}

// tnefText gives the plain text body (attribute attBody, 0x800C) of a TNEF stream, "" when there is
// none. Bodies kept as compressed RTF stay unread; the plain text part beside the file has them.
func tnefText(b []byte) string {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefMagic {
		return ""
	}
	for b = b[6:]; len(b) >= 9; {
		id := binary.LittleEndian.Uint32(b[1:])
		n := int(binary.LittleEndian.Uint32(b[5:]))
		b = b[9:]
		if n < 0 || n > len(b) {
			return ""
		}
		if id&0xffff == 0x800c {
			return decodeCharset([]byte(strings.TrimRight(string(b[:n]), "\x00")), "", &damage{})
		}
		if n+2 > len(b) {
			return ""
		}
		b = b[n+2:] // checksum
	}
	return ""
}
