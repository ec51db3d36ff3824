// Package responder writes the letters and sends them.
//
// [Composer.Compose] takes a [ticket.LetterOrder] and gives the finished bytes of a mail, text and
// HTML from one source, the same for the same arguments. [Sender.Send] hands stored bytes to an
// SMTP server and says what became of them as a [Result]. Nothing is kept here: the store keeps
// the bytes, so that every try sends the same mail under the same Message-ID.
//
// Start at [NewComposer]: it reads and test-renders every letter in every language, so that a
// broken template stops the start and not a letter (CASES C59).
//
// Letters that leave the house copy nothing from inbound mail but the address they answer and a
// valid Message-ID (DESIGN.md 5.3): Compose drops the fields that may carry inbound text before a
// template sees them. Data cannot become markup: every value is fenced before it reaches a
// template (fence.go), so that a line of a customer's mail is never read as a heading, a code or
// a header field.
//
// Errors and results never hold an address, a secret or the text of a mail.
package responder
