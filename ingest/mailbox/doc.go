// Package mailbox reads mail from an IMAP server and changes nothing there: folders are opened
// with EXAMINE, bodies are read with BODY.PEEK, no flag is set.
//
// Start at [Dial]. A [Conn] belongs to one goroutine and one folder at a time: [Conn.Select], then
// [Conn.Sizes] for what is above a UID, [Batches] to bound memory, [Conn.Fetch] for the bytes,
// [Conn.Idle] to wait. Bytes are given out only after the server's tagged OK and only when every
// announced byte arrived.
//
// No server can make a call wait for ever or fill the memory: each command has a watchdog and
// a budget of bytes, and ends with its context. After a timeout, an answer that cannot be read, or
// a cancelled command the connection is closed and errors are [ErrLost]; dial again then.
//
// A mail that cannot be fetched is named by a [PoisonError], so that it can be put aside and does
// not stop the ones behind it. When a batch loses the connection, fetch its mails one at a time
// (Batches with a count of 1) over a new connection to find the one that does it.
//
// Errors never hold the password, the user name or text of a mail.
package mailbox
