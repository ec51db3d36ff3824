package ticket

// usState stands for the consumer privacy laws of the states beside California: 45 days, 45 more with
// notice and reasons within the first, and an appeal against a refusal. The appeal is answered
// within 45 days in Colorado and Oregon and within 60 in Virginia, Connecticut, Texas, Montana and
// Delaware: as long as nobody has settled which state it is, the shorter counts (CASES D55). The aim
// counts the day of receipt, as California's does. Mailings: ten business days (CAN-SPAM Act).
func usState() Law {
	return Law{
		Code:      "us-state",
		Name:      "consumer privacy law of a US state",
		Articles:  "such as Va. Code § 59.1-577(B), C.R.S. § 6-1-1306(2), Tex. Bus. & Com. Code § 541.052",
		Source:    "Va. Code § 59.1-577; C.R.S. § 6-1-1306; Conn. Gen. Stat. § 42-518(c); Tex. Bus. & Com. Code §§ 541.052, 541.053; ORS 646A.576",
		Version:   1,
		Answer:    Period{Days: 45},
		Extension: Period{Days: 45},
		Target:    Period{Days: 44},
		Appeal:    Period{Days: 45},
		Rights:    map[Right]Clock{Unsubscribe: canSpam()},
		Calendars: []string{"US"},
		Authority: "attorney general of your state, www.naag.org/find-my-ag",
		Note:      "which state's law it is decides on the appeal: 45 days in some, 60 in others; the shorter is counted",
	}
}

// canSpam: a sender stops within ten business days (15 U.S.C. § 7704(a)(4)).
func canSpam() Clock {
	return Clock{Articles: "CAN-SPAM Act, 15 U.S.C. § 7704(a)(4)", Answer: Period{BusinessDays: 10}}
}
