package ticket

// LawUnknown is the code of requests whose law nobody has settled.
const LawUnknown = "unknown"

// unknownLaw stands in until people settle which law applies: the shortest plausible period, no
// weekend or holiday gained, nothing to extend or pause (CASES D14, D15). Signs of Brazil choose
// br-lgpd instead.
func unknownLaw() Law {
	return Law{
		Code:     LawUnknown,
		Name:     "no law settled yet",
		Articles: "shortest plausible period",
		Source:   "house rule",
		Version:  1,
		Answer:   Period{Days: 30},
		Target:   Period{Days: 28},
		Note:     "settle the law with #law; until then the shortest plausible period counts",
	}
}
