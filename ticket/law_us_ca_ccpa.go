package ticket

// usCCPA: receipt confirmed within 10 business days, answer within 45 calendar days, at most 90
// with notice within the first 45; time for verification does not stop the clock and no end moves
// over a weekend (CASES D33 to D35). The period begins "on the day that the business receives the
// request": the aim counts that day, the limit does not.
func usCCPA() Law {
	return Law{
		Code:        "us-ca-ccpa",
		Name:        "California Consumer Privacy Act",
		Articles:    "11 CCR § 7021(b)",
		Source:      "California Code of Regulations, title 11, § 7021",
		Version:     1,
		Answer:      Period{Days: 45},
		Extension:   Period{Days: 45},
		Target:      Period{Days: 44},
		Acknowledge: Period{BusinessDays: 10},
	}
}
