package ticket

// krPIPA: ten days for access (Act art. 35(3), Decree art. 41(4)), correction and deletion (Decree art.
// 43(3)) and the end of processing (Decree art. 44(2)). Access may be put off with the reason while that
// lasts, without a fixed second limit. Whether the end moves over a free day as in the Civil Act is left
// open here: it does not (CASES D56). The aim counts the day of receipt.
func krPIPA() Law {
	return Law{
		Code:      "kr-pipa",
		Name:      "Korean Personal Information Protection Act",
		Articles:  "PIPA art. 35 to 38, Enforcement Decree art. 41, 43, 44",
		Source:    "Personal Information Protection Act and its Enforcement Decree, as amended in 2023",
		Version:   1,
		Answer:    Period{Days: 10},
		Target:    Period{Days: 9},
		Authority: "Personal Information Protection Commission, www.pipc.go.kr, telephone 118 (privacy.kisa.or.kr)",
		Note:      "access may be put off with notice of the reason, and is given without delay when that is over (art. 35(3))",
	}
}
