package ticket

import (
	"slices"
	"time"
)

// DigestDay is one day of the picture of the last days.
type DigestDay struct {
	Day    string // "2026-11-23", local
	New    int    // tickets opened on it
	Closed int
	Open   int // at its end
}

// DigestGroup counts the requests for one right or under one law.
type DigestGroup struct {
	Name    string
	New     int // within the last 30 days
	Closed  int
	Open    int
	Overdue int
}

// DigestAge counts open requests by their days since receipt.
type DigestAge struct {
	From, To int // days; To 0 = and more
	Open     int
}

// DigestSpeed says how long something took.
type DigestSpeed struct {
	Count    int // within the last 30 days
	Median   time.Duration
	P90      time.Duration // nine of ten took no longer
	InTarget int           // how many were within the target
}

// Speed gives the figures of these durations. A value of the list is given, never one between two.
func Speed(took []time.Duration, inTarget int) DigestSpeed {
	if len(took) == 0 {
		return DigestSpeed{}
	}
	sorted := slices.Sorted(slices.Values(took))
	at := func(percent int) time.Duration { return sorted[(len(sorted)*percent+99)/100-1] }
	return DigestSpeed{Count: len(took), Median: at(50), P90: at(90), InTarget: inTarget}
}

// DigestAges gives the steps of the ageing, empty.
func DigestAges() []DigestAge {
	return []DigestAge{{From: 0, To: 7}, {From: 8, To: 14}, {From: 15, To: 21}, {From: 22, To: 28}, {From: 29}}
}
