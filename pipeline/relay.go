package pipeline

import (
	"errors"
	"slices"

	"privacybot/ingest"
	"privacybot/store"
	"privacybot/ticket"
)

// maxEnclosed is more than any answer's attachments have together: ticket decides how much may go.
const maxEnclosed = 32 << 20

// relayFacts adds what is needed to see whether a staff mail holds what is not meant for the
// requester: the letter it answers, and whom else its text names.
func (p *Pipeline) relayFacts(tx *store.Tx, m ticket.Message, f *ticket.Facts) error {
	if f.Answer == nil || f.Ticket == nil || f.Answer.Kind.External() {
		return nil
	}
	raw, err := tx.LetterContent(f.Answer.ID)
	if err != nil && !errors.Is(err, ticket.ErrNotFound) {
		return err
	}
	f.AnswerText = ingest.Parse(raw, ingest.Options{}).Text
	if f.KnownParties, err = tx.PartiesElsewhere(ticket.AddressesIn(m.NewText), f.Ticket.Ref); err != nil {
		return err
	}
	requester := f.Ticket.Requester().Address.Key()
	for _, ref := range ticket.RefsIn(m.NewText) {
		t, err := tx.Ticket(ref)
		if errors.Is(err, ticket.ErrNotFound) || err == nil && t.Requester().Address.Key() != requester {
			continue
		}
		if err != nil {
			return err
		}
		f.OwnRefs = append(f.OwnRefs, ref)
	}
	return nil
}

// enclose puts the attachments of the staff mail that o names into o: those that may go, and no other.
func (p *Pipeline) enclose(tx *store.Tx, o *ticket.LetterOrder) error {
	if o.FilesOf == 0 || !o.Kind.ByPerson() {
		return nil
	}
	m, err := tx.Mail(o.FilesOf)
	if err != nil {
		return err
	}
	o.Files = slices.DeleteFunc(ingest.Files(m.Raw, maxEnclosed), func(f ticket.File) bool { return !f.Passable() })
	return nil
}
