// Package store keeps everything: raw mail and where it was seen, tickets with their history,
// and letters until and after they are sent. It is the only package that knows a database.
//
// Start at [Open]. [Store.SaveInbound] takes mail in; [Store.ClaimMails] hands it out for
// deciding; [Store.InTx] is one transaction for all that follows from a decision: tickets,
// events, letters and the mail's disposition are written together or not at all.
// [Store.ClaimLetters] hands out what is to be sent. The rest is reading.
//
// Raw mail, letters, tickets, events and reasons are sealed: a data key per mail, per ticket and
// per letter without a ticket, wrapped by the operator's key, which lies in a file outside the
// database (keys.go, seal.go). Deleting a data key erases its content. What must be found by its
// value (address, Message-ID, content) stands there as a keyed hash. References, rights, states,
// times and counters stand in clear, so that the database can search and count.
//
// Leases and claims run out by the database's clock, or as soon as their process is known to have
// died ([Store.Attend]); everything else uses Config.Now. A write
// under a lease or claim that somebody else has taken meanwhile fails with [ErrLeaseLost] and
// changes nothing.
//
// The package never logs, never sends, and never decides what a mail means or how long it is kept.
// It erases only what it is told to (purge.go), and keeps a chain over all that happened (audit.go).
//
// Easy to break: inside InTx use the Tx only. A method of Store called there waits for the
// transaction that waits for it.
package store
