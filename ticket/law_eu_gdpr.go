package ticket

// euGDPR: one month from receipt, two more with notice and reasons sent within the first (art.
// 12(3)). Regulation (EEC, Euratom) No 1182/71 art. 3: the day of receipt is not counted, a period
// in months ends with the last hour of the same date or else of the month's last day, and one that
// ends on a public holiday, Sunday or Saturday ends with the last hour of the next working day.
// Whether the clock may pause is disputed: people decide, the unpaused date stays the alarm
// (CASES D22). Four weeks is the aim, as in the ICO's advice to use one fixed number of days (D14).
func euGDPR() Law {
	return Law{
		Code:      "eu-gdpr",
		Name:      "EU General Data Protection Regulation",
		Articles:  "GDPR art. 12(3)",
		Source:    "Regulation (EU) 2016/679; Regulation (EEC, Euratom) No 1182/71; EDPB Guidelines 01/2022",
		Version:   1,
		Answer:    Period{Months: 1},
		Extension: Period{Months: 2},
		Target:    Period{Days: 28},
		Roll:      "Regulation 1182/71 art. 3(4)",
		Pause:     true,
		Calendars: append([]string{""}, euCalendars()...),
	}
}
