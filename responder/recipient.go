package responder

import (
	"errors"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
)

// errRecipient says that an address cannot be written to; it never holds the address.
var errRecipient = errors.New("the recipient's address is not one that mail can be sent to")

// recipient checks an address before it reaches a header or an SMTP command, and gives it with
// its domain in ASCII. Quoted local parts, routes, literals and all that could end an SMTP
// argument are refused (CASES A46, CVE-2025-59937). unicode says that the local part needs
// SMTPUTF8 (M14).
func recipient(address string) (ascii string, unicode bool, err error) {
	i := strings.LastIndexByte(address, '@')
	if i < 1 || len(address) > 320 {
		return "", false, errRecipient
	}
	local, domain := address[:i], address[i+1:]
	if len(local) > 64 || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "", false, errRecipient
	}
	for _, r := range local {
		if r >= 0x80 {
			unicode = true
			if r == 0xFFFD || strings.TrimSpace(string(r)) == "" || clean(string(r)) != string(r) {
				return "", false, errRecipient
			}
			continue
		}
		if !dotAtom(string(r)) {
			return "", false, errRecipient
		}
	}
	domain, err = idna.Lookup.ToASCII(strings.TrimSuffix(domain, "."))
	if err != nil || !dotAtom(domain) || !strings.Contains(domain, ".") {
		return "", false, errRecipient
	}
	if _, err := netip.ParseAddr(domain); err == nil {
		return "", false, errRecipient // an IP address without brackets
	}
	return local + "@" + domain, unicode, nil
}
