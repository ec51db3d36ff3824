package ticket

// caPIPEDA: 30 days after receipt, at most 30 more with a notice sent within the first 30; silence
// counts as refusal (s. 8(3) to (5), CASES D50).
func caPIPEDA() Law {
	return Law{
		Code:      "ca-pipeda",
		Name:      "Canadian Personal Information Protection and Electronic Documents Act",
		Articles:  "PIPEDA s. 8(3)",
		Source:    "S.C. 2000, c. 5, s. 8",
		Version:   2,
		Answer:    Period{Days: 30},
		Extension: Period{Days: 30},
		Target:    Period{Days: 28},
		Rights:    map[Right]Clock{Unsubscribe: casl()},
		Calendars: []string{"CA"},
		Authority: "Office of the Privacy Commissioner of Canada, www.priv.gc.ca",
		Note:      "silence counts as refusal; requested data is kept as long as the person may still complain (s. 8(8))",
	}
}
