package ticket

// usCOPPA: a parent may see what is held about a child under 13, refuse further use and have it deleted
// (16 CFR § 312.6). The rule names no days, so the aim is two (CASES D42) and the limit the 30
// that most privacy laws grant at most; alerts about a child's data have the house's own, shorter
// clock besides ([ChildClock]).
func usCOPPA() Law {
	return Law{
		Code:      "us-coppa",
		Name:      "Children's Online Privacy Protection Act",
		Articles:  "16 CFR § 312.6",
		Source:    "Children's Online Privacy Protection Rule, 16 CFR part 312, as amended in 2025",
		Version:   1,
		Answer:    Period{Days: 30},
		Target:    Period{Days: 2},
		Rights:    map[Right]Clock{Unsubscribe: canSpam()},
		Calendars: []string{"US"},
		Authority: "Federal Trade Commission, reportfraud.ftc.gov",
		Note:      "the rule names no days: the limit is a house rule, two days are the aim; make sure that the writer is the parent",
	}
}
