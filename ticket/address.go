package ticket

import "strings"

// Address is a mailbox with the display name that was written beside it.
type Address struct {
	Name    string `json:"name"`
	Address string `json:"address"` // local@domain, as written, domain in ASCII (punycode)
}

// IsZero reports whether there is no address at all.
func (a Address) IsZero() bool { return a.Address == "" }

// Key is the form in which two addresses are compared: lower case, nothing else. Plus parts and
// dots are kept, so that a+x@ and a@ stay two people (CASES A16), and look-alike letters stay
// different (A14).
func (a Address) Key() string { return AddressKey(a.Address) }

// AddressKey is [Address.Key] for a bare address.
func AddressKey(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// Domain is the part after the last @, in lower case; "" when there is none.
func (a Address) Domain() string {
	if i := strings.LastIndexByte(a.Address, '@'); i >= 0 {
		return strings.ToLower(a.Address[i+1:])
	}
	return ""
}
