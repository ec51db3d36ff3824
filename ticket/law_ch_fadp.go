package ticket

// chFADP: as a rule 30 days, and word to the person when it takes longer, without a fixed second
// limit (CASES D51).
func chFADP() Law {
	return Law{
		Code:     "ch-fadp",
		Name:     "Swiss Federal Act on Data Protection",
		Articles: "FADP art. 25(7), DPO art. 18",
		Source:   "Federal Act on Data Protection of 25 September 2020; Data Protection Ordinance",
		Version:  1,
		Answer:   Period{Days: 30},
		Target:   Period{Days: 28},

		Authority: "Federal Data Protection and Information Commissioner, www.edoeb.admin.ch",
		Note:      "when it takes longer the person is told until when (DPO art. 18(2)); costs up to CHF 300 are announced and confirmed first (DPO art. 19)",
	}
}
