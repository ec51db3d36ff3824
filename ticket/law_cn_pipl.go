package ticket

// cnPIPL: requests are handled "in time" (art. 50, 45, 46, 47). GB/T 35273-2020, 8.7 names 30 days or
// the statutory period. For apps, correction, deletion, closing an account and complaints are
// done within what was promised, at most 15 working days (App violation determination method of 2019, section
// VI). Whether that reaches beyond apps is not settled, so it is the limit for those rights and the aim
// for all others (CASES D52). Which days are worked is decreed every year and cannot be computed:
// weekends and the fixed holidays are left out of the count, the days of the lunar calendar are not, which
// makes the date earlier, never later.
func cnPIPL() Law {
	fifteen := Clock{
		Articles: "PIPL art. 46, 47, 50; App violation determination method (2019) VI",
		Answer:   Period{BusinessDays: 15},
	}
	return Law{
		Code:      "cn-pipl",
		Name:      "Personal Information Protection Law of the People's Republic of China",
		Articles:  "PIPL art. 50, GB/T 35273-2020, 8.7",
		Source:    "Personal Information Protection Law (2021); GB/T 35273-2020; App violation determination method, 国信办秘字〔2019〕191号",
		Version:   1,
		Answer:    Period{Days: 30},
		Target:    Period{BusinessDays: 15},
		Rights:    map[Right]Clock{Correction: fifteen, Deletion: fifteen, Restriction: fifteen, Objection: fifteen, Complaint: fifteen},
		Calendars: []string{"CN"},
		Authority: "Cyberspace Administration of China, www.12377.cn",
		Note:      "the law says \"in time\" and names no days; a refusal needs reasons, and the person may sue (art. 50)",
	}
}
