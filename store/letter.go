package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"privacybot/ticket"
)

// The states of a letter.
const (
	LetterReady  = "ready" // in the outbox
	LetterHeld   = "held"  // waits for approval
	LetterSent   = "sent"  // accepted by our mail server
	LetterFailed = "failed"
)

// letterRow is a letter, joined with its ticket's reference, its wrapped key and, where asked
// for, its content.
type letterRow struct {
	ID        int64
	Kind      string
	KeyHash   []byte
	State     string
	Brake     string
	Attempts  int
	NextAt    int64
	Code      int
	CreatedAt int64
	SentAt    *int64
	FailedAt  *int64
	KeyID     int64
	Sealed    []byte

	Ref     string
	Wrapped []byte
	Content []byte
}

// letterParts is what of a letter is sealed apart from its bytes.
type letterParts struct {
	Key       string  `json:"key"`
	To        string  `json:"to"`
	MessageID string  `json:"message_id"`
	Hold      string  `json:"hold,omitempty"`
	Mails     []int64 `json:"mails,omitempty"`
}

type letterContentRow struct {
	LetterID int64 `gorm:"primaryKey;autoIncrement:false"`
	Sealed   []byte
}

func (letterContentRow) TableName() string { return "letter_contents" }

func letterPlace(hash []byte) place   { return place{"letters.sealed", string(hash)} }
func letterContent(hash []byte) place { return place{"letter_contents.sealed", string(hash)} }

// letterOwner is the ticket, whose key seals its letters too, or the letter itself.
func letterOwner(ref string, hash []byte) owner {
	if ref != "" {
		return ticketOwner(ref)
	}
	return owner{"letters", string(hash)}
}

const (
	letterColumns = `SELECT l.id, l.kind, l.key_hash, l.state, l.brake, l.attempts, l.next_at, l.code, l.created_at, l.sent_at, l.failed_at,
		l.key_id, l.sealed, COALESCE(t.ref, '') AS ref, k.wrapped`
	letterTables = ` FROM letters l LEFT JOIN tickets t ON t.id = l.ticket_id LEFT JOIN data_keys k ON k.id = l.key_id `

	selectLetters        = letterColumns + letterTables
	selectLetterContents = letterColumns + ", c.sealed AS content" + letterTables + "LEFT JOIN letter_contents c ON c.letter_id = l.id "
)

func (k *Keys) openLetter(r letterRow) (dataKey, letterParts, error) {
	key, err := k.openDataKey(letterOwner(r.Ref, r.KeyHash), r.KeyID, r.Wrapped)
	if err != nil {
		return dataKey{}, letterParts{}, err
	}
	plain, err := key.open(letterPlace(r.KeyHash), r.Sealed)
	if err != nil {
		return dataKey{}, letterParts{}, err
	}
	var parts letterParts
	if err := json.Unmarshal(plain, &parts); err != nil {
		return dataKey{}, letterParts{}, fmt.Errorf("letters.sealed: %w", ErrUnreadable)
	}
	return key, parts, nil
}

// QueueLetters puts letters into the outbox, to be sent after tx is committed. A letter whose
// key is known is left out. A letter's ticket must be stored, in tx at the latest.
func (tx *Tx) QueueLetters(letters []ticket.Letter) error {
	fresh, err := tx.unknownLetters(letters)
	if err != nil {
		return fmt.Errorf("queue letters: %w", err)
	}
	for part := range chunks(fresh) {
		if err := tx.queueLetters(part); err != nil {
			return fmt.Errorf("queue letters: %w", err)
		}
	}
	return nil
}

type newLetter struct {
	ticket.Letter
	hash []byte // of its key
}

// unknownLetters leaves out letters whose key is known. Of a ticket just saved it asks nothing: the
// insertion itself leaves them out.
func (tx *Tx) unknownLetters(letters []ticket.Letter) ([]newLetter, error) {
	var fresh []newLetter
	var ask [][]byte
	for _, l := range letters {
		n := newLetter{l, tx.s.keys.Lookup("letter", l.Key)}
		fresh = append(fresh, n)
		if _, saved := tx.tickets[l.Ref]; !saved {
			ask = append(ask, n.hash)
		}
	}
	known := map[string]bool{}
	for part := range chunks(ask) {
		var rows []letterRow
		if err := tx.db.Raw("SELECT key_hash FROM letters WHERE key_hash IN ?", part).Scan(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			known[string(r.KeyHash)] = true
		}
	}
	return slices.DeleteFunc(fresh, func(n newLetter) bool {
		double := known[string(n.hash)]
		known[string(n.hash)] = true
		return double
	}), nil
}

func (tx *Tx) queueLetters(letters []newLetter) error {
	contents := map[string][]byte{} // sealed, by the hash of the key
	values := make([]any, len(letters))
	now := tx.s.now()
	for i, l := range letters {
		key, ticketID, err := tx.letterKey(l.Ref, l.hash)
		if err != nil {
			return fmt.Errorf("%s: %w", l.Kind, err)
		}
		plain, err := json.Marshal(letterParts{Key: l.Key, To: l.To, MessageID: l.MessageID, Hold: l.Hold, Mails: l.Mails})
		if err != nil {
			return fmt.Errorf("%s: encode: %w", l.Kind, err)
		}
		sealed, err := key.seal(letterPlace(l.hash), plain)
		if err != nil {
			return err
		}
		if contents[string(l.hash)], err = key.seal(letterContent(l.hash), l.Raw); err != nil {
			return err
		}
		state, next := LetterReady, now
		if l.Hold != "" {
			state = LetterHeld
		}
		if l.NotBefore.After(now) {
			next = l.NotBefore
		}
		values[i] = []any{ticketID, string(l.Kind), l.hash, tx.s.lookup("message-id", l.MessageID), tx.s.addressHash(l.To), state,
			priority(l.Kind), l.Kind.Braked() && !l.Unbraked, tx.s.domainHash(l.To), micros(next), micros(now), key.id, sealed}
	}
	var rows []letterRow
	err := tx.db.Raw(`INSERT INTO letters (ticket_id, kind, key_hash, message_id_hash, to_hash, state, priority, braked, domain_hash, next_at, created_at, key_id, sealed)
		VALUES `+placeholders(len(values))+` ON CONFLICT (key_hash) DO NOTHING RETURNING id, key_hash`, values...).Scan(&rows).Error
	if err != nil {
		return err
	}
	// One by one: PostgreSQL's driver copies a statement several times when it is large.
	for _, r := range rows {
		if err := tx.db.Create(&letterContentRow{LetterID: r.ID, Sealed: contents[string(r.KeyHash)]}).Error; err != nil {
			return err
		}
	}
	return nil
}

// letterKey gives the ticket's key, or a new one for a letter without ticket.
func (tx *Tx) letterKey(ref string, hash []byte) (dataKey, *int64, error) {
	if ref == "" {
		keys, err := tx.s.storeDataKeys(tx.db, []owner{letterOwner("", hash)})
		if err != nil {
			return dataKey{}, nil, err
		}
		return keys[0], nil, nil
	}
	if saved, ok := tx.tickets[ref]; ok {
		return saved.key, &saved.id, nil
	}
	row, err := ticketByRef(tx.db, ref, "")
	if err != nil {
		return dataKey{}, nil, err
	}
	key, err := tx.s.keys.openDataKey(ticketOwner(ref), row.KeyID, row.Wrapped)
	return key, &row.ID, err
}

// priority orders the outbox: what wakes people about a child goes before everything.
func priority(k ticket.LetterKind) int {
	switch k {
	case ticket.LetterEscalation, ticket.LetterAlarm:
		return 0
	}
	return 1
}

// LettersByMessageID finds letters of ours by their Message-IDs, without angle brackets, in no
// order. Unknown ids and letters whose content was erased are left out.
func (tx *Tx) LettersByMessageID(ids []string) ([]ticket.SentLetter, error) {
	var hashes [][]byte
	for _, id := range ids {
		if id != "" {
			hashes = append(hashes, tx.s.lookup("message-id", id))
		}
	}
	var out []ticket.SentLetter
	for part := range chunks(hashes) {
		var rows []letterRow
		if err := tx.db.Raw(selectLetters+"WHERE l.message_id_hash IN ?", part).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("find letters: %w", err)
		}
		for _, r := range rows {
			if _, parts, err := tx.s.keys.openLetter(r); err == nil {
				out = append(out, ticket.SentLetter{ID: r.ID, Kind: ticket.LetterKind(r.Kind), Key: parts.Key, Ref: r.Ref,
					To: parts.To, MessageID: parts.MessageID, SentAt: fromNullable(r.SentAt), Mails: parts.Mails})
			}
		}
	}
	return out, nil
}

// Sent gives the bytes of letters to requesters that were sent, as far as they are kept: those with one of
// these Message-IDs, and the latest on the ticket with this reference, at most n. It is for reading mail, not
// for deciding, and runs outside a transaction.
func (s *Store) Sent(ctx context.Context, ids []string, ref string, n int) ([][]byte, error) {
	hashes := [][]byte{}
	for _, id := range ids {
		if id != "" {
			hashes = append(hashes, s.lookup("message-id", id))
		}
	}
	var kinds []string
	for _, k := range ticket.LetterKinds() {
		if k.External() {
			kinds = append(kinds, string(k))
		}
	}
	var rows []letterRow
	err := s.db.WithContext(ctx).Raw(selectLetterContents+"WHERE (l.message_id_hash IN ? OR ? <> '' AND t.ref = ?) AND l.state = 'sent' AND l.kind IN ? ORDER BY l.id DESC LIMIT ?",
		hashes, ref, ref, kinds, n).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read sent letters: %w", err)
	}
	var out [][]byte
	for _, r := range rows {
		if d := s.delivery(r); d.Unreadable == nil {
			out = append(out, d.Raw)
		}
	}
	return out, nil
}

// ReleaseHeld lets the held letters of a ticket go and counts them.
func (tx *Tx) ReleaseHeld(ref string) (n int, err error) {
	done := tx.db.Exec(`UPDATE letters SET state = 'ready' WHERE state = 'held'
		AND ticket_id = (SELECT id FROM tickets WHERE ref = ?)`, ref)
	if done.Error != nil {
		return 0, fmt.Errorf("release letters of %s: %w", ref, done.Error)
	}
	return int(done.RowsAffected), nil
}

// LetterState is a letter as people are shown it.
type LetterState struct {
	ID             int64
	Kind           ticket.LetterKind
	Key, Ref       string
	To, MessageID  string
	State          string // one of the Letter… states
	Hold           string // why it waits or waited for approval
	Brake          string // which brake puts it off until NextAt: address, domain, thread; "" = none
	Attempts, Code int    // Code: the mail server's last reply code, 0 = none
	CreatedAt      time.Time
	NextAt         time.Time // next try, while ready
	SentAt         time.Time
	FailedAt       time.Time
	Unreadable     error // why Key, To, MessageID and Hold are empty; nil when they are not
}

// Letters lists all letters of a ticket, oldest first.
func (s *Store) Letters(ctx context.Context, ref string) ([]LetterState, error) {
	return s.letterStates(s.db.WithContext(ctx).Raw(selectLetters+"WHERE t.ref = ? ORDER BY l.id", ref))
}

// Held lists the letters of a ticket that wait for approval, oldest first; with ref "" those of
// all tickets.
func (s *Store) Held(ctx context.Context, ref string) ([]LetterState, error) {
	return s.letterStates(s.db.WithContext(ctx).Raw(selectLetters+"WHERE l.state = 'held' AND (? = '' OR t.ref = ?) ORDER BY l.id", ref, ref))
}

func (s *Store) letterStates(query *gorm.DB) ([]LetterState, error) {
	var rows []letterRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read letters: %w", err)
	}
	out := make([]LetterState, len(rows))
	for i, r := range rows {
		_, parts, err := s.keys.openLetter(r)
		out[i] = LetterState{ID: r.ID, Kind: ticket.LetterKind(r.Kind), Key: parts.Key, Ref: r.Ref, To: parts.To, MessageID: parts.MessageID,
			State: r.State, Hold: parts.Hold, Brake: r.Brake, Attempts: r.Attempts, Code: r.Code, CreatedAt: fromMicros(r.CreatedAt),
			NextAt: fromMicros(r.NextAt), SentAt: fromNullable(r.SentAt), FailedAt: fromNullable(r.FailedAt), Unreadable: err}
	}
	return out, nil
}
