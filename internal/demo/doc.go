// Package demo is a small world in which privacybot can be watched at work: a mailbox, a mail
// server, people who write and answer. Nothing in it reaches beyond the loopback address.
//
// [NewWorld] starts the servers and [Story] plays the sample mails over them. The program that is
// shown is the real one: the demo only holds the other ends of its connections.
package demo
