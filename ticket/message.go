package ticket

import "time"

// Message is one parsed mail. All text is valid UTF-8 without control characters (tab and
// newline excepted), bidirectional overrides or zero-width characters; header values are single
// lines. Nothing in it is trusted: it says what the mail claims.
type Message struct {
	MessageID  string   // without angle brackets; "" when absent or not a valid msg-id (RFC 5322 3.6.4)
	InReplyTo  []string // valid msg-ids without angle brackets
	References []string

	From       Address   // the first valid author; zero when there is none
	Authors    int       // distinct author addresses over all From fields; only 1 is unambiguous (CASES A12)
	ReplyTo    []Address // shown to staff as a warning, never written to (A3)
	ReturnPath string    // address of the topmost Return-Path field
	NullSender bool      // Return-Path was present and empty, "<>"
	To, Cc     []Address
	// DeliveredTo are the envelope recipients as Delivered-To, X-Original-To and Envelope-To name them. Like
	// everything here they may be made up.
	DeliveredTo []string
	Subject     string
	Date        time.Time // as claimed by the sender; zero when unreadable
	ReceivedAt  time.Time // the server's INTERNALDATE, set by whoever fetched the mail

	NewText     string   // what the sender wrote now: no quotes, signature, disclaimer; forwarded text is kept
	Text        string   // all of it, from HTML if need be
	Forwarded   string   // the forwarded part of NewText or an attached mail's text, "" when nothing was forwarded
	Original    Original // who wrote what was forwarded, as far as it says so
	HiddenText  string   // text that an HTML mail does not show its reader (white on white, display:none)
	TextDiffers bool     // text/plain and text/html say different things (A39)
	Attachments []Attachment

	Automatic    Automatic
	AutomaticWhy []string // the rules that spoke, e.g. "B1 Auto-Submitted: auto-replied"
	NoAutoReply  bool     // a person may have written it, but it must get no automatic letter (B5 to B9, B29, B32)
	NoReplyWhy   []string // the rules behind NoAutoReply
	Report       *Report  // set when Automatic is Bounce or Receipt

	Program string // what names the program that wrote the mail: it claims so, and nothing is proven by it

	Authentication Authentication
	Damage         []string // what could not be read as it should; empty for a clean mail
}

// Original is the author and the date of a mail that was forwarded, as the forwarded text claims.
type Original struct {
	From Address   `json:"from"`
	Date time.Time `json:"date,omitzero"`
}

// Attachment describes a part that is not the mail's text. Its content is never opened.
type Attachment struct {
	Name string `json:"name"` // sanitised: no path, no control characters; "" when unnamed
	Type string `json:"type"` // media type, lower case
	Size int    `json:"size"` // decoded bytes

	Inline bool `json:"-"` // belongs to the HTML form, such as the picture in a signature
}

// Automatic says whether a machine wrote the mail (RFC 3834).
type Automatic string

// The kinds of automatic mail.
const (
	NotAutomatic Automatic = "no"
	Bounce       Automatic = "bounce"     // delivery status (RFC 3464) or its older look-alikes
	AutoReply    Automatic = "auto_reply" // out of office, challenge-response, ticket systems
	Receipt      Automatic = "receipt"    // read receipt (RFC 8098) or delivery confirmation
	Bulk         Automatic = "bulk"       // lists, newsletters, notifications
)

// Report is what a bounce or receipt says about one of our letters.
type Report struct {
	OriginalMessageID string // of the returned or reported mail, without angle brackets
	Recipient         string // original recipient if given, else final recipient
	Action            string // failed, delayed, delivered, relayed, expanded; "" when unknown
	Status            string // RFC 3463 code such as "5.1.1"; "" when unknown
	Diagnostic        string // the other server's words, one line, at most 300 characters
}

// Permanent reports whether the letter will not arrive: failed with a 5.x.x status or without
// any status.
func (r Report) Permanent() bool {
	return r.Action == "failed" && (r.Status == "" || r.Status[0] == '5')
}

// Authentication is what is known about the sender: from the operator's own border server
// (RFC 8601, only the configured authserv-id counts, CASES A10) or from our own DKIM check.
type Authentication struct {
	DMARC  Result // aligned with the From domain
	DKIM   Result // a signature of the From domain (relaxed alignment) verified
	SPF    Result
	Source string // "authserv-id <name>", "dkim <domain>", "" when nothing is known
}

// Aligned reports whether the author's domain is proven: DMARC passed, or an aligned DKIM
// signature verified and DMARC did not fail.
func (a Authentication) Aligned() bool {
	return a.DMARC == Pass || (a.DKIM == Pass && a.DMARC != Fail)
}

// Result of one authentication method (RFC 8601 section 2.7).
type Result string

// Results that matter here; everything else reads as Unknown.
const (
	Unknown Result = ""
	Pass    Result = "pass"
	Fail    Result = "fail"
)
