// Package ticket holds the nouns of privacybot and its rules: what a mail, a verdict, a
// ticket, a request and a letter are, which law sets which date, and what is to be done when
// something happens.
//
// Start at [Decide]: it takes the time, the [Facts] and a [Cause], and gives a [Decision]. Facts,
// verdict, decision and letters are four values; none writes back into an earlier one.
//
// The package is pure. It reads no clock, no random source, no file and no network, and it
// knows no library of the mail, database or terminal world. Whatever a decision needs from
// outside (the time, a fresh reference, the result of comparing a code) arrives as an argument.
package ticket
