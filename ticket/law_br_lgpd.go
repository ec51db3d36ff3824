package ticket

// brLGPD: a simplified confirmation at once or the complete statement within 15 days of the request
// (art. 19, CASES D49). The aim counts the day of receipt. Other rights are granted "at once" or with the
// reasons why not (art. 18 §§ 3 to 5), which leaves the same aim.
func brLGPD() Law {
	return Law{
		Code:     "br-lgpd",
		Name:     "Brazilian General Data Protection Law",
		Articles: "LGPD art. 19, II",
		Source:   "Lei nº 13.709/2018",
		Version:  1,
		Answer:   Period{Days: 15},
		Target:   Period{Days: 14},

		Authority: "Autoridade Nacional de Proteção de Dados, www.gov.br/anpd",
		Note:      "a simplified confirmation is given at once (art. 19, I); the date is that of the complete statement, with origin, criteria and purpose (art. 19, II)",
	}
}
