package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"privacybot/ticket"
)

// ticketRow is a ticket as it is stored: sealed as a whole, with what must be searched and
// counted beside it.
type ticketRow struct {
	ID            int64 `gorm:"primaryKey"`
	Ref           string
	Version       int
	State         string
	Urgent        bool
	NeedsHuman    bool
	Undeliverable bool
	ChildOpen     bool
	ReceivedAt    int64
	OpenedAt      int64
	ClosedAt      *int64
	DueAt         *int64
	TargetAt      *int64
	NextAt        *int64
	Held          bool
	KeyID         int64
	Sealed        []byte

	Wrapped []byte `gorm:"-:migration;->"` // from data_keys, when joined
}

func (ticketRow) TableName() string { return "tickets" }

type requestRow struct {
	TicketID   int64 `gorm:"primaryKey;autoIncrement:false"`
	Position   int   `gorm:"primaryKey;autoIncrement:false"`
	Right      string
	State      string
	Law        string
	ReceivedAt int64
	DueAt      *int64
	TargetAt   *int64
	ClosedAt   *int64
	Outcome    string
}

func (requestRow) TableName() string { return "requests" }

type partyRow struct {
	TicketID    int64 `gorm:"primaryKey;autoIncrement:false"`
	Position    int   `gorm:"primaryKey;autoIncrement:false"`
	Role        string
	AddressHash []byte
}

func (partyRow) TableName() string { return "parties" }

type eventRow struct {
	TicketID   int64 `gorm:"primaryKey;autoIncrement:false"`
	Seq        int64 `gorm:"primaryKey;autoIncrement:false"`
	HappenedAt int64
	Kind       string
	Sealed     []byte
}

func (eventRow) TableName() string { return "events" }

func ticketOwner(ref string) owner { return owner{"tickets", ref} }

// The version is bound in, so that an earlier state put back does not open.
func ticketPlace(ref string, version int) place {
	return place{"tickets.sealed", ref + "#" + strconv.Itoa(version)}
}

func eventPlace(ref string, seq int64) place {
	return place{"events.sealed", ref + "#" + strconv.FormatInt(seq, 10)}
}

// toRow seals t. The caller adds the row's id, OpenedAt and what it knows of an older row.
func toRow(t ticket.Ticket, key dataKey) (ticketRow, error) {
	plain, err := json.Marshal(t)
	if err != nil {
		return ticketRow{}, fmt.Errorf("encode ticket: %w", err)
	}
	sealed, err := key.seal(ticketPlace(t.Ref, t.Version), plain)
	if err != nil {
		return ticketRow{}, err
	}
	due, target := t.Due()
	return ticketRow{
		Ref: t.Ref, Version: t.Version, State: t.State(), Urgent: t.Urgent, NeedsHuman: t.NeedsHuman != "",
		Undeliverable: t.Undeliverable != "", ChildOpen: t.Child != nil && !t.Closed(),
		ReceivedAt: micros(t.ReceivedAt), ClosedAt: microsOrNull(closedAt(t)),
		DueAt: microsOrNull(due), TargetAt: microsOrNull(target), NextAt: microsOrNull(t.NextAt()),
		Held: t.LegalHold != "", KeyID: key.id, Sealed: sealed,
	}, nil
}

// closedAt is when the last request of a closed ticket was closed.
func closedAt(t ticket.Ticket) (at time.Time) {
	if !t.Closed() {
		return time.Time{}
	}
	for _, r := range t.Requests {
		if r.ClosedAt.After(at) {
			at = r.ClosedAt
		}
	}
	return at
}

// fromRow opens r, which must be joined with its wrapped key. It is the inverse of toRow.
func (k *Keys) fromRow(r ticketRow) (ticket.Ticket, error) {
	key, err := k.openDataKey(ticketOwner(r.Ref), r.KeyID, r.Wrapped)
	if err != nil {
		return ticket.Ticket{}, fmt.Errorf("ticket %s: %w", r.Ref, err)
	}
	plain, err := key.open(ticketPlace(r.Ref, r.Version), r.Sealed)
	if err != nil {
		return ticket.Ticket{}, fmt.Errorf("ticket %s: %w", r.Ref, err)
	}
	var t ticket.Ticket
	if err := json.Unmarshal(plain, &t); err != nil {
		return ticket.Ticket{}, fmt.Errorf("ticket %s: %w", r.Ref, ErrUnreadable)
	}
	return t, nil
}

const selectTickets = "SELECT t.*, k.wrapped FROM tickets t LEFT JOIN data_keys k ON k.id = t.key_id "

func ticketByRef(db *gorm.DB, ref, lock string) (ticketRow, error) {
	var rows []ticketRow
	if err := db.Raw(selectTickets+"WHERE t.ref = ?"+lock, ref).Scan(&rows).Error; err != nil {
		return ticketRow{}, fmt.Errorf("read ticket %s: %w", ref, err)
	}
	if len(rows) == 0 {
		return ticketRow{}, fmt.Errorf("ticket %s: %w", ref, ticket.ErrNotFound)
	}
	return rows[0], nil
}

// Ticket gives the ticket called ref, which nobody else can change until tx ends.
// [ticket.ErrNotFound] when there is none, [ErrErased] when its content is gone.
func (tx *Tx) Ticket(ref string) (ticket.Ticket, error) {
	row, err := ticketByRef(tx.db, ref, tx.s.engine.lockTicket)
	if err != nil {
		return ticket.Ticket{}, err
	}
	return tx.s.keys.fromRow(row)
}

const openTickets = 20 // more open tickets of one person do not make a decision better

// OpenTickets gives the open tickets that have address as a party, newest first, at most 20.
// Tickets that do not open are left out: they must not stop new mail of that person.
func (tx *Tx) OpenTickets(address string) ([]ticket.Ticket, error) {
	var rows []ticketRow
	err := tx.db.Raw(selectTickets+`WHERE t.state <> 'closed' AND t.id IN (SELECT ticket_id FROM parties WHERE address_hash = ?)
		ORDER BY t.id DESC LIMIT ?`, tx.s.addressHash(address), openTickets).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read open tickets: %w", err)
	}
	var out []ticket.Ticket
	for _, r := range rows {
		if t, err := tx.s.keys.fromRow(r); err == nil {
			out = append(out, t)
		}
	}
	return out, nil
}

func (s *Store) addressHash(address string) []byte {
	return s.keys.Lookup("address", ticket.AddressKey(address))
}

// SaveTicket writes t, whose Version must be one more than the stored one (1 for a new ticket),
// and adds events to its history. Otherwise it is [ErrConflict] and nothing is changed.
func (tx *Tx) SaveTicket(t ticket.Ticket, events []ticket.Event) error {
	id, key, err := tx.putTicket(t)
	if err != nil {
		return fmt.Errorf("save ticket %s: %w", t.Ref, err)
	}
	tx.tickets[t.Ref] = ticketKey{id, key}
	if err := tx.indexTicket(id, t); err != nil {
		return fmt.Errorf("save ticket %s: %w", t.Ref, err)
	}
	if err := tx.addEvents(id, t, key, events); err != nil {
		return fmt.Errorf("save ticket %s: %w", t.Ref, err)
	}
	return nil
}

func (tx *Tx) putTicket(t ticket.Ticket) (int64, dataKey, error) {
	if t.Version < 1 {
		return 0, dataKey{}, fmt.Errorf("version %d: a stored ticket has version 1 or more", t.Version)
	}
	if t.Version == 1 {
		return tx.insertTicket(t)
	}
	old, err := ticketByRef(tx.db, t.Ref, tx.s.engine.lockTicket)
	if err != nil {
		return 0, dataKey{}, err
	}
	if old.Version != t.Version-1 {
		return 0, dataKey{}, ErrConflict
	}
	key, err := tx.s.keys.openDataKey(ticketOwner(t.Ref), old.KeyID, old.Wrapped)
	if err != nil {
		return 0, dataKey{}, err
	}
	row, err := toRow(t, key)
	if err != nil {
		return 0, dataKey{}, err
	}
	// Select("*") writes zero values too; an id or opening time is never changed.
	done := tx.db.Model(&ticketRow{}).Where("id = ? AND version = ?", old.ID, old.Version).
		Select("*").Omit("ID", "OpenedAt", "Wrapped").Updates(&row)
	return old.ID, key, oneRow(done, ErrConflict)
}

func (tx *Tx) insertTicket(t ticket.Ticket) (int64, dataKey, error) {
	keys, err := tx.s.storeDataKeys(tx.db, []owner{ticketOwner(t.Ref)})
	if err != nil {
		return 0, dataKey{}, err
	}
	row, err := toRow(t, keys[0])
	if err != nil {
		return 0, dataKey{}, err
	}
	row.OpenedAt = micros(tx.s.now())
	done := tx.db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "ref"}}, DoNothing: true}).Omit("Wrapped").Create(&row)
	if err := oneRow(done, ErrConflict); err != nil { // the reference is taken: deciding again draws another
		return 0, dataKey{}, err
	}
	return row.ID, keys[0], nil
}

// indexTicket writes what of the requests and parties must be found and counted.
func (tx *Tx) indexTicket(id int64, t ticket.Ticket) error {
	if t.Version > 1 {
		for _, table := range []string{"requests", "parties"} {
			if err := tx.db.Exec("DELETE FROM "+table+" WHERE ticket_id = ?", id).Error; err != nil {
				return err
			}
		}
	}
	requests := make([]requestRow, len(t.Requests))
	for i, r := range t.Requests {
		requests[i] = requestRow{TicketID: id, Position: i, Right: string(r.Right), State: string(r.State), Law: r.Law,
			ReceivedAt: micros(r.ReceivedAt), DueAt: microsOrNull(r.Deadline.Legal),
			TargetAt: microsOrNull(r.Deadline.Target), ClosedAt: microsOrNull(r.ClosedAt), Outcome: string(r.Outcome)}
	}
	if len(requests) > 0 {
		if err := tx.db.Create(&requests).Error; err != nil {
			return err
		}
	}
	parties := make([]partyRow, len(t.Parties))
	for i, p := range t.Parties {
		parties[i] = partyRow{TicketID: id, Position: i, Role: string(p.Role), AddressHash: tx.s.addressHash(p.Address.Address)}
	}
	if len(parties) == 0 {
		return nil
	}
	return tx.db.Create(&parties).Error
}

func (tx *Tx) addEvents(id int64, t ticket.Ticket, key dataKey, events []ticket.Event) error {
	if len(events) == 0 {
		return nil
	}
	var last int64
	if t.Version > 1 {
		if err := tx.writeEvents(); err != nil { // its own events may be among it
			return err
		}
		if err := tx.db.Raw("SELECT COALESCE(max(seq), 0) FROM events WHERE ticket_id = ?", id).Scan(&last).Error; err != nil {
			return err
		}
	}
	for _, e := range events {
		last++
		plain, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		sealed, err := key.seal(eventPlace(t.Ref, last), plain)
		if err != nil {
			return err
		}
		row := eventRow{TicketID: id, Seq: last, HappenedAt: micros(e.At), Kind: string(e.Kind), Sealed: sealed}
		tx.events = append(tx.events, row)
		tx.note(row.Kind, t.Ref, row.Seq, row.HappenedAt, contentSum(row.Sealed))
	}
	return nil
}

// Acknowledged counts the letters to address that a rate brake may hold back and that were
// ordered since then, and gives the rights of the tickets they belong to.
func (tx *Tx) Acknowledged(address string, since time.Time) (n int, rights []ticket.Right, err error) {
	const ordered = " FROM letters WHERE to_hash = ? AND created_at >= ? AND braked"
	to, from := tx.s.addressHash(address), micros(since)
	if err := tx.db.Raw("SELECT count(*)"+ordered, to, from).Scan(&n).Error; err != nil {
		return 0, nil, fmt.Errorf("count acknowledgements: %w", err)
	}
	if n == 0 {
		return 0, nil, nil
	}
	err = tx.db.Raw(`SELECT DISTINCT "right" FROM requests WHERE ticket_id IN (SELECT ticket_id`+ordered+`)`, to, from).Scan(&rights).Error
	if err != nil {
		return 0, nil, fmt.Errorf("read acknowledged rights: %w", err)
	}
	return n, slices.Clip(ticket.SortRights(rights)), nil
}
