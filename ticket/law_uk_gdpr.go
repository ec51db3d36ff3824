package ticket

// ukGDPR: the month is counted as in the EU, the end moves over weekends and bank holidays (ICO,
// CASES D28). Since 19 June 2026 a complaint is acknowledged within 30 days (D31). The two rules of
// article 12A (D29, D30) are acts of staff, by #pause.
func ukGDPR() Law {
	return Law{
		Code:                 "uk-gdpr",
		Name:                 "UK General Data Protection Regulation",
		Articles:             "UK GDPR art. 12A",
		Source:               "UK GDPR as amended by the Data (Use and Access) Act 2025 s. 76; DPA 2018 s. 164A; ICO guidance on the right of access",
		Version:              1,
		Answer:               Period{Months: 1},
		Extension:            Period{Months: 2},
		Target:               Period{Days: 28},
		ComplaintAcknowledge: Period{Days: 30},
		Roll:                 "ICO, right of access: how long do we have to comply",
		Pause:                true,
		PauseRule:            PauseStatutory,
		Calendars:            []string{"GB", "GB-SCT", "GB-NIR"},
		Authority:            "Information Commissioner's Office, ico.org.uk",
	}
}
