package store

import (
	"fmt"

	"privacybot/ticket"
)

// PartiesElsewhere gives those of addresses that are parties of another ticket than ref, people of the
// house who only handed a mail in left out. Addresses are compared by their keyed hashes.
func (tx *Tx) PartiesElsewhere(addresses []string, ref string) ([]string, error) {
	byHash := map[string]string{}
	var hashes [][]byte
	for _, a := range addresses {
		h := tx.s.addressHash(a)
		byHash[string(h)] = a
		hashes = append(hashes, h)
	}
	var out []string
	for part := range chunks(hashes) {
		var rows []partyRow
		err := tx.db.Raw(`SELECT DISTINCT p.address_hash FROM parties p JOIN tickets t ON t.id = p.ticket_id
			WHERE p.address_hash IN ? AND t.ref <> ? AND p.role <> ?`, part, ref, string(ticket.RoleReporter)).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("look for parties: %w", err)
		}
		for _, r := range rows {
			out = append(out, byHash[string(r.AddressHash)])
		}
	}
	return out, nil
}

// LetterContent gives the bytes of a letter of ours; [ticket.ErrNotFound] when it is not known or its
// content was erased.
func (tx *Tx) LetterContent(id int64) ([]byte, error) {
	var rows []letterRow
	if err := tx.db.Raw(selectLetterContents+"WHERE l.id = ?", id).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read letter %d: %w", id, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("letter %d: %w", id, ticket.ErrNotFound)
	}
	d := tx.s.delivery(rows[0])
	if d.Unreadable != nil {
		return nil, fmt.Errorf("letter %d: %w", id, ticket.ErrNotFound)
	}
	return d.Raw, nil
}
