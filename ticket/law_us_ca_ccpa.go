package ticket

// usCCPA: receipt confirmed within 10 business days, answer within 45 calendar days, at most 90
// with notice within the first 45; time for verification does not stop the clock and no end moves
// over a weekend (CASES D33 to D35). The period begins "on the day that the business receives the
// request": the aim counts that day, the limit does not. A request to opt out of sale and sharing, or to
// limit the use of sensitive data, is followed within 15 business days (§§ 7026(f), 7027(g), D37).
// The record of a request is kept for 24 months (§ 7101, D40).
func usCCPA() Law {
	return Law{
		Code:        "us-ca-ccpa",
		Name:        "California Consumer Privacy Act",
		Articles:    "11 CCR § 7021(b)",
		Source:      "California Code of Regulations, title 11, § 7021",
		Version:     2,
		Answer:      Period{Days: 45},
		Extension:   Period{Days: 45},
		Target:      Period{Days: 44},
		Acknowledge: Period{BusinessDays: 10},
		Rights: map[Right]Clock{
			Objection:   {Articles: "11 CCR § 7026(f)", Answer: Period{BusinessDays: 15}, Acknowledge: Period{BusinessDays: 10}},
			Restriction: {Articles: "11 CCR § 7027(g)", Answer: Period{BusinessDays: 15}, Acknowledge: Period{BusinessDays: 10}},
			Unsubscribe: canSpam(),
		},
		Calendars: []string{"US"},
		Authority: "California Privacy Protection Agency, cppa.ca.gov, or the Attorney General, oag.ca.gov",
		Records:   Period{Months: 24},
	}
}
