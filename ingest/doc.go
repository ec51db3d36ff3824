// Package ingest turns the raw bytes of one mail into a [ticket.Message].
//
// Start at [Parse]. What goes in is what an IMAP server hands out; what comes out is clean text,
// the facts about sender and form, and a list of everything that was damaged.
//
// Parse never refuses and never panics: what could not be read is named in Message.Damage and the
// rest is filled in. It is bounded in depth, parts, header size, addresses, decoded text and time,
// so that a hostile mail costs no more than a large honest one. It opens no attachment, follows no
// link and, unless it is given a lookup for the DKIM check, asks no network.
//
// It says what a mail is, not what to do with it: whether an automatic mail is answered is decided
// in package ticket. The rule that is easy to break: nothing taken from a mail may leave this package
// without passing cleanText or cleanLine.
package ingest
