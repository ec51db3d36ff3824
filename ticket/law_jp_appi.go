package ticket

// jpAPPI: disclosure, correction, cessation and deletion "without delay" (art. 33 to 35), a refusal with
// an explanation (art. 36). No number of days: two weeks are the aim (CASES D53), the limit
// is the 30 days that most privacy laws grant at most.
func jpAPPI() Law {
	return Law{
		Code:      "jp-appi",
		Name:      "Japanese Act on the Protection of Personal Information",
		Articles:  "APPI art. 33 to 37",
		Source:    "Act No. 57 of 2003, as in force since 2023; guidelines of the Personal Information Protection Commission",
		Version:   1,
		Answer:    Period{Days: 30},
		Target:    Period{Days: 14},
		Authority: "Personal Information Protection Commission, www.ppc.go.jp",
		Note:      "the law says \"without delay\" and names no days: the limit is a house rule, two weeks are the aim",
	}
}
