package ticket

// trKVKK: as soon as possible and within 30 days at the latest, free of charge (art. 13(2)). The
// complaint to the Board is open for 30 days after the answer (art. 14).
func trKVKK() Law {
	return Law{
		Code:      "tr-kvkk",
		Name:      "Turkish Personal Data Protection Law",
		Articles:  "KVKK art. 13(2)",
		Source:    "Law No. 6698; Communiqué on the procedures for applications to the controller (2018)",
		Version:   1,
		Answer:    Period{Days: 30},
		Target:    Period{Days: 28},
		Authority: "Kişisel Verileri Koruma Kurumu, www.kvkk.gov.tr",
		Note:      "a complaint to the Board is possible within 30 days of our answer and 60 of the request (art. 14)",
	}
}
