package ticket

// caQuebec: 30 days after receipt; silence counts as refusal. The law knows no extension without the
// Commission's leave (ss. 32, 46).
func caQuebec() Law {
	return Law{
		Code:      "ca-quebec",
		Name:      "Quebec Act respecting the protection of personal information in the private sector",
		Articles:  "CQLR c. P-39.1, s. 32",
		Source:    "CQLR c. P-39.1, as amended by Law 25 (2021, c. 25)",
		Version:   1,
		Answer:    Period{Days: 30},
		Target:    Period{Days: 28},
		Rights:    map[Right]Clock{Unsubscribe: casl()},
		Calendars: []string{"CA"},
		Authority: "Commission d'accès à l'information, www.cai.gouv.qc.ca",
		Note:      "silence counts as refusal; a refusal needs the reasons, the provision and the way to the Commission within 30 days (s. 34)",
	}
}

// casl: mailings stop without delay, at the latest within ten business days (CASL s. 11(3)).
func casl() Clock {
	return Clock{Articles: "Canada's Anti-Spam Legislation s. 11(3)", Answer: Period{BusinessDays: 10}}
}
