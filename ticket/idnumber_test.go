package ticket

import "testing"

// Numbers made for tests, each right by its own check, and what only looks like one.
func TestIDNumbers(t *testing.T) {
	for _, text := range []string{
		"IBAN DE89 3704 0044 0532 0130 00", "de89370400440532013000.", "NL91ABNA0417164300", "your account GB82 WEST 1234 5698 7654 32 is closed",
		"FR14 2004 1010 0505 0001 3M02 606", "card 4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005",
		"SSN 078-05-1120", "11010519491231002X", "CPF 529.982.247-25", "DNI 12345678Z", "NIE X1234567L", "RSSMRA85T10A562S",
		"2 55 08 14 168 025 38", "NI AB123456C", "Steuer-ID: 86 095 742 719", "BSN 111222333", "PESEL: 44051401359", "SIN 130 692 544", "passport no. C01X00T47",
	} {
		if len(idNumbers("Dear Jane, "+text+" is what we hold.", "")) == 0 {
			t.Errorf("%q is not found", text)
		}
		if got := idNumbers("we hold "+text, "I wrote "+text+" myself"); len(got) != 0 {
			t.Errorf("the requester's own %q alarms: %v", text, got)
		}
	}
	for _, text := range []string{
		"DE89 **** **** **** **** 00", "DE12345678901234567890", "call +49 30 1234 5678 90", "order 4000-1234-5678-9012", "invoice 2026-000123", "from 2026-11-23 to 2026-12-23",
		"our VAT number DE123456789, HRB 12345 B", "tracking 00340434161094042557", "IMEI 490154203237518", "version 3.14.159.265", "in 111222333 cases", "PB-7K3M-Q9XD", "GDPR Art. 15(1)", "10117 Berlin, Hauptstraße 12",
	} {
		if got := idNumbers("Dear Jane, "+text+" is what we hold.", ""); len(got) != 0 {
			t.Errorf("%q alarms: %v", text, got)
		}
	}
}
