// Package pipeline is the order of the steps: what one mail, one letter and one due time go
// through (DESIGN.md section 4).
//
//	Receive  mailbox → raw mail and its location, one transaction
//	Work     raw mail → message → facts → verdict → decision → letters, one transaction
//	Deliver  letters that are due → SMTP → decision, one transaction
//	Sweep    what is due by itself: alarms, reminders, digest, sorting mail
//	Purge    what has been kept long enough, once a day
//
// Each is a method that does one round and can be called at any time; [Pipeline.Once] calls them
// until nothing is due, [Pipeline.Run] keeps calling. Nothing is handed from step to step in
// memory: rows are, so that a kill between any two statements loses and repeats nothing.
// The nudges between the loops only save waiting.
package pipeline
