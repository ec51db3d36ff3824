package ticket

// auPrivacy: "within a reasonable period" (APP 12.4, 13.5), which the OAIC reads as 30 calendar days. A
// complaint is answered within 30 days before the Commissioner takes it up (s. 40(1A)).
func auPrivacy() Law {
	return Law{
		Code:      "au-privacy",
		Name:      "Australian Privacy Act",
		Articles:  "APP 12.4, 13.5",
		Source:    "Privacy Act 1988 (Cth), schedule 1; OAIC, APP guidelines, chapters 12 and 13",
		Version:   1,
		Answer:    Period{Days: 30},
		Target:    Period{Days: 28},
		Authority: "Office of the Australian Information Commissioner, www.oaic.gov.au",
		Note:      "the Act says \"reasonable\"; 30 days are the Commissioner's reading",
	}
}
