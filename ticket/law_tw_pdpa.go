package ticket

// twPDPA: access and copies within 15 days, 15 more with the reason in writing; correction, supplement,
// deletion and the end of use within 30, 30 more (art. 13, CASES D54). The aim counts the day of
// receipt and, for the longer period, is four weeks.
func twPDPA() Law {
	change := Clock{Articles: "PDPA art. 11, 13(2)", Answer: Period{Days: 30}, Extension: Period{Days: 30}, Target: Period{Days: 28}}
	return Law{
		Code:      "tw-pdpa",
		Name:      "Taiwanese Personal Data Protection Act",
		Articles:  "PDPA art. 10, 13(1)",
		Source:    "Personal Data Protection Act of 31 May 2023, art. 3, 10, 11, 13",
		Version:   1,
		Answer:    Period{Days: 15},
		Extension: Period{Days: 15},
		Target:    Period{Days: 14},
		Rights:    map[Right]Clock{Correction: change, Deletion: change, Restriction: change, Objection: change},
		Authority: "Personal Data Protection Commission, www.pdpc.gov.tw",
	}
}
