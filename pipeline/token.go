package pipeline

import (
	"crypto/hmac"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"privacybot/ticket"
)

// Letters and digits that are not taken for one another when read aloud or copied by hand.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newRef makes a ticket reference, such as PB-7K3M-Q9XD: 40 random bits.
func newRef() string {
	s := strings.ToUpper(crockford.EncodeToString(random(5)))
	return "PB-" + s[:4] + "-" + s[4:]
}

// newCode makes a code of eight digits, such as 1234-5678.
func newCode() string {
	var n uint64
	for _, b := range random(8) {
		n = n<<8 | uint64(b)
	}
	n %= 100_000_000 // the bias of 2^64 mod 10^8 is below 10^-11
	return fmt.Sprintf("%04d-%04d", n/10_000, n%10_000)
}

// newMessageID makes an id that cannot be guessed: 128 random bits. A letter's id is known to
// its receiver only, so that an answer that carries it proves the thread (CASES A7).
func (p *Pipeline) newMessageID() string {
	return "pb." + hex.EncodeToString(random(16)) + "@" + p.cfg.Policy.Organisation.Address.Domain()
}

// threadToken binds a reference to one correspondent: 50 bits of a keyed hash. It stands in the
// subject or the reply address for mail programs that drop References.
func (p *Pipeline) threadToken(ref, address string) string {
	return crockford.EncodeToString(p.store.Keys().Token("thread", ref, ticket.AddressKey(address)))[:10]
}

func (p *Pipeline) codeHash(ref, address, code string) []byte {
	return p.store.Keys().Token("code", ref, ticket.AddressKey(address), code)
}

func (p *Pipeline) sameCode(hash []byte, ref, address, code string) bool {
	return hmac.Equal(hash, p.codeHash(ref, address, code))
}

func (p *Pipeline) supply() ticket.Supply {
	return ticket.Supply{Ref: newRef(), Code: newCode(), Hash: p.codeHash, Same: p.sameCode}
}

// A token as it stands in a subject, "[PB-7K3M-Q9XD.t8d2kx4m7w]", or in a plus address,
// "privacy+pb-7k3m-q9xd.t8d2kx4m7w@".
var threadMark = regexp.MustCompile(`(?i)(?:\[|\+)(PB-[0-9A-Z]{4}-[0-9A-Z]{4})\.([0-9a-z]{10})(?:\]|@)`)

// tokenRef finds a valid token for the sender of m and gives its reference. A reference without
// its token, or with that of somebody else, is worth nothing (A6, A8).
func (p *Pipeline) tokenRef(m ticket.Message) string {
	places := []string{m.Subject}
	for _, a := range append(append([]ticket.Address(nil), m.To...), m.Cc...) {
		places = append(places, a.Address)
	}
	for _, s := range places {
		for _, hit := range threadMark.FindAllStringSubmatch(s, 4) {
			ref := strings.ToUpper(hit[1])
			want := p.threadToken(ref, m.From.Address)
			if hmac.Equal([]byte(want), []byte(strings.ToLower(hit[2]))) {
				return ref
			}
		}
	}
	return ""
}
