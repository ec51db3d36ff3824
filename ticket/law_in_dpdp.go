package ticket

// inDPDP: the Rules of 2025 leave the days for rights to what the fiduciary publishes and bound grievances
// at 90 (rule 14(3)); these duties bind from May 2027. Until then a grievance is redressed within one
// month (SPDI Rules 2011, rule 5(9)). So four weeks are the aim, and the limit for a complaint is the month
// (CASES D56).
func inDPDP() Law {
	return Law{
		Code:     "in-dpdp",
		Name:     "Indian Digital Personal Data Protection Act",
		Articles: "DPDP Act s. 11 to 13, DPDP Rules r. 14(3)",
		Source:   "Digital Personal Data Protection Act 2023; DPDP Rules 2025; SPDI Rules 2011, r. 5(9)",
		Version:  1,
		Answer:   Period{Days: 90},
		Target:   Period{Days: 28},
		Rights: map[Right]Clock{
			Complaint: {Articles: "SPDI Rules 2011, r. 5(9); DPDP Act s. 13", Answer: Period{Months: 1}, Target: Period{Days: 28}},
		},
		Authority: "Data Protection Board of India, www.meity.gov.in",
		Note:      "use the days that the office has published, when they are fewer; the 90 days bind from May 2027",
	}
}
