package responder

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"privacybot/ticket"
)

// Config is what the operator has settled about letters.
type Config struct {
	Organisation ticket.Organisation
	Zone         *time.Location // of the dates in letters; nil is UTC
	Templates    string         // folder whose files replace the built-in ones; "" = none
	Footer       string         // the operator's own lines below letters to requesters; "" = none
	Domain       string         // of Message-IDs that come without one; "" = that of the organisation's address
	Addressing   Addressing
	Relay        bool                             // staff's answers are passed on to requesters, so notices may say so
	Token        func(ref, address string) string // proves that an answer belongs to a ticket and an address; lower case
}

// Addressing says where the token of a ticket stands.
type Addressing string

// The ways of addressing. The token in the subject works with every mailbox; plus addressing
// needs a server that delivers privacy+anything@ to privacy@.
const (
	AddressSubject Addressing = "subject"
	AddressPlus    Addressing = "plus"
)

// Size limits of a finished letter, in bytes. Only staff's own words may make a letter longer
// than maxLetter; beyond maxLong Compose refuses.
const (
	maxLetter = 64 << 10
	maxLong   = 1 << 20
)

// ErrNotAMail says that an order's kind is not written as a mail: an alarm, or no known kind.
var ErrNotAMail = errors.New("not a letter that is sent as a mail")

// Composer writes letters. It is safe for use by several goroutines.
type Composer struct {
	config    Config
	catalogue *catalogue
}

// NewComposer reads all templates and renders every letter once in every language with made-up
// data. All problems are in the error, each with its file and line (CASES C59).
func NewComposer(c Config) (*Composer, error) {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Addressing == "" {
		c.Addressing = AddressSubject
	}
	if c.Addressing != AddressSubject && c.Addressing != AddressPlus {
		return nil, fmt.Errorf("addressing %q is neither subject nor plus", c.Addressing)
	}
	if c.Token == nil {
		return nil, errors.New("a composer needs tokens")
	}
	if _, unicode, err := recipient(c.Organisation.Address.Address); err != nil || unicode {
		return nil, errors.New("the organisation's address is not one that mail can be sent from")
	}
	if c.Domain == "" {
		c.Domain = c.Organisation.Address.Domain()
	}
	if !validMessageID("x@" + c.Domain) {
		return nil, fmt.Errorf("%q cannot be the domain of Message-IDs", c.Domain)
	}
	catalogue, err := readCatalogue(c.Templates)
	if err != nil {
		return nil, err
	}
	composer := &Composer{config: c, catalogue: catalogue}
	if err := composer.rehearse(); err != nil {
		return nil, err
	}
	return composer, nil
}

// rehearse renders the samples of every letter that a language has, and prepares what all
// letters share. English letters are made to the last byte; of the other languages what is their own,
// because the page around it is the same.
func (c *Composer) rehearse() error {
	c.catalogue.layout.learning = true
	defer func() { c.catalogue.layout.learning = false }()
	var problems []error
	samples := Samples()
	for _, tag := range c.catalogue.tags() {
		broken := map[ticket.LetterKind]bool{}
		for _, s := range samples {
			o := s.Order
			if _, found := c.catalogue.languages[tag].letters[o.Kind]; !found || broken[o.Kind] {
				continue
			}
			if err := c.rehearseOne(o, tag, s.Now); err != nil {
				problems = append(problems, err)
				broken[o.Kind] = true
			}
		}
	}
	return errors.Join(problems...)
}

func (c *Composer) rehearseOne(o ticket.LetterOrder, tag string, now time.Time) error {
	o.Language = tag
	if tag == fallback {
		_, err := c.Compose(o, "rehearsal", now)
		return err
	}
	_, blocks, err := c.render(o, tag, now)
	if err != nil {
		return err
	}
	_, err = c.catalogue.layout.blocks(blocks)
	return err
}

// Languages lists the tags of the languages that letters to requesters can be written in.
func (c *Composer) Languages() []string { return c.catalogue.tags() }

// Compose writes the letter that o asks for. messageID has no angle brackets, and gets the
// configured domain when it has none; now is the Date. The same arguments give the same bytes.
// Errors hold neither address nor text of o.
func (c *Composer) Compose(o ticket.LetterOrder, messageID string, now time.Time) (ticket.Letter, error) {
	known := false
	for _, kind := range ticket.LetterKinds() {
		known = known || kind == o.Kind
	}
	if !known {
		return ticket.Letter{}, fmt.Errorf("letter %q: %w", o.Kind, ErrNotAMail)
	}
	if !strings.Contains(messageID, "@") {
		messageID += "@" + c.config.Domain
	}
	if !validMessageID(messageID) {
		return ticket.Letter{}, fmt.Errorf("letter %s: not a valid Message-ID", o.Kind)
	}
	to, _, err := recipient(o.To.Address)
	if err != nil {
		return ticket.Letter{}, fmt.Errorf("letter %s: %w", o.Kind, err)
	}
	o.To.Address = to
	tag := fallback
	if o.Kind.External() {
		o.Data = o.Data.External() // whatever the caller left in (DESIGN.md 5.3)
		tag = c.catalogue.match(o.Language)
	}
	o.Language = c.catalogue.languages[tag].words.Language
	subject, blocks, err := c.render(o, tag, now)
	if err != nil {
		return ticket.Letter{}, err
	}
	blocks, png := illustrate(o, blocks, messageID)
	raw, err := c.write(o, tag, subject, blocks, messageID, now)
	if err != nil {
		return ticket.Letter{}, fmt.Errorf("letter %s: %w", o.Kind, err)
	}
	if png != nil && bytes.Contains(raw, []byte("multipart/alternative")) { // a letter too long for a page has no place for it
		raw = withPicture(raw, messageID, png)
	}
	if o.Kind.ByPerson() {
		raw = enclose(raw, messageID, o.Files)
	}
	letter := ticket.Letter{Kind: o.Kind, Key: o.Key, Ref: o.Ref, To: to, MessageID: messageID,
		Raw: raw, Hold: o.Hold, NotBefore: o.NotBefore}
	for _, it := range o.Data.Sorting {
		letter.Mails = append(letter.Mails, it.Mail)
	}
	return letter, nil
}

// render runs the template and reads its markup.
func (c *Composer) render(o ticket.LetterOrder, tag string, now time.Time) (string, []block, error) {
	if err := complete(o); err != nil {
		return "", nil, fmt.Errorf("letter %s: %w", o.Kind, err)
	}
	lang := c.catalogue.languages[tag]
	t := lang.letters[o.Kind]
	var b strings.Builder
	if err := t.Execute(&b, c.newView(o, lang.words, now)); err != nil {
		return "", nil, err // names the file and the line
	}
	subject, blocks, err := parseMarkup(b.String())
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", t.Name(), err)
	}
	for i := range blocks {
		blocks[i].Colon, blocks[i].RTL = lang.words.Colon, lang.words.Direction == "rtl"
	}
	if !o.Kind.External() {
		blocks = append([]block{{Kind: blockMark, Text: ticket.InternalMark}}, blocks...)
	}
	if o.Data.ShadowFor != "" {
		shadow := "Shadow mode: nothing was sent to the requester. In live mode this letter would have gone to " + string(line(o.Data.ShadowFor, maxLine)) + "."
		blocks = append([]block{{Kind: blockMark, Text: ticket.InternalMark}, {Kind: blockWarning, Text: shadow}}, blocks...)
		subject = "[shadow] " + subject
	}
	return subject, blocks, nil
}

// complete refuses orders without the data that their letter is about.
func complete(o ticket.LetterOrder) error {
	switch o.Kind {
	case ticket.LetterStaffNotice, ticket.LetterStaffFollowup, ticket.LetterEscalation:
		if o.Data.Notice == nil {
			return errors.New("the notice is missing")
		}
	case ticket.LetterDigest:
		if o.Data.Digest == nil {
			return errors.New("the digest is missing")
		}
	case ticket.LetterAnswer, ticket.LetterReferral, ticket.LetterRecipientNotice, ticket.LetterExtension:
		if strings.TrimSpace(o.Data.Answer) == "" {
			return errors.New("staff's words are missing")
		}
		if o.Kind == ticket.LetterExtension && o.Data.Due.IsZero() {
			return errors.New("the new date is missing")
		}
	case ticket.LetterMandatePerson:
		if o.Data.Code == "" {
			return errors.New("the code is missing")
		}
	case ticket.LetterClosing:
		switch o.Data.Outcome {
		case ticket.OutcomeDone, ticket.OutcomePartly, ticket.OutcomeRefused, ticket.OutcomeWithdrawn:
		default:
			return errors.New("the outcome is missing or has no letter")
		}
	}
	return nil
}
