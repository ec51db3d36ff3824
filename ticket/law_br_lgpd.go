package ticket

// brLGPD: a simplified confirmation at once or the complete statement within 15 days of the request
// (art. 19 II, CASES D49). The aim counts the day of receipt.
func brLGPD() Law {
	return Law{
		Code:     "br-lgpd",
		Name:     "Brazilian General Data Protection Law",
		Articles: "LGPD art. 19, II",
		Source:   "Lei nº 13.709/2018",
		Version:  1,
		Answer:   Period{Days: 15},
		Target:   Period{Days: 14},
	}
}
