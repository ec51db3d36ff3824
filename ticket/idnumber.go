package ticket

import (
	"math/big"
	"regexp"
	"strings"
	"unicode"
)

// idNumbers names the numbers in text by which a person can be robbed or mistaken for another: bank
// accounts, cards and national numbers. Only what passes its own check counts, and a bare row of
// digits only where a word says what it is, so that order and telephone numbers do not alarm. Numbers
// that stand in own are left out: the requester wrote them.
func idNumbers(text, own string) []string {
	own = alphanumeric(own)
	var found []string
	seen := map[string]bool{}
	for _, k := range idKinds {
		for _, at := range k.form.FindAllStringIndex(text, 50) {
			hit := alphanumeric(text[at[0]:at[1]])
			if seen[hit] || strings.Contains(own, hit) || touched(text, at[0], at[1]) || !k.valid(hit) ||
				k.words != nil && !k.words.MatchString(strings.ToLower(text[max(0, at[0]-60):at[0]])) {
				continue
			}
			seen[hit] = true
			found = append(found, k.name+" ending in "+hit[len(hit)-2:])
		}
	}
	return found
}

// touched reports whether a letter or digit stands directly beside text[i:j].
func touched(text string, i, j int) bool {
	word := func(b byte) bool {
		return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_'
	}
	return i > 0 && word(text[i-1]) || j < len(text) && word(text[j])
}

func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// idKind is one kind of number: how it is written, which words stand before it (nil: none needed), and
// its own check.
type idKind struct {
	name  string
	form  *regexp.Regexp
	words *regexp.Regexp
	valid func(string) bool
}

var idKinds = []idKind{
	{"a bank account (IBAN)", regexp.MustCompile(`(?i)[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}`), nil, iban},
	{"a payment card", regexp.MustCompile(`[2-6][0-9]{3}(?:[ -]?[0-9]{2,6}){2,4}`), nil, card},
	{"a US social security number", regexp.MustCompile(`[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}`), nil, ssn},
	{"a Chinese identity number", regexp.MustCompile(`[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]`), nil, chineseID},
	{"a Brazilian CPF", regexp.MustCompile(`[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}`), nil, cpf},
	{"a Spanish DNI or NIE", regexp.MustCompile(`(?i)[XYZ0-9][ -]?[0-9]{7}[ -]?[A-Z]`), nil, dni},
	{"an Italian codice fiscale", regexp.MustCompile(`(?i)[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]`), nil, always},
	{"a French social security number", regexp.MustCompile(`[12] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}`), nil, nir},
	{"a UK national insurance number", regexp.MustCompile(`[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]`), nil, always},
	{"a German tax number (IdNr)", regexp.MustCompile(`[1-9][0-9]{1} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}`), regexp.MustCompile(`steuer|idnr|id-nr|tax`), germanTax},
	{"a Dutch BSN", regexp.MustCompile(`[0-9]{9}`), regexp.MustCompile(`bsn|burgerservice|sofi`), bsn},
	{"a Polish PESEL", regexp.MustCompile(`[0-9]{11}`), regexp.MustCompile(`pesel`), pesel},
	{"a Canadian social insurance number", regexp.MustCompile(`[1-9][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}`), regexp.MustCompile(`\bsin\b|social insurance|assurance sociale`), luhn},
	{"a passport or identity card number", regexp.MustCompile(`(?i)[A-Z]{1,3}[0-9]{6,8}|[A-Z][0-9A-Z]{8}|[0-9]{9}`), regexp.MustCompile(`(?:passport|passeport|pasaporte|passaporto|reisepass|paspoort|护照|identity card|ausweis|carte d'identité)[^\n]{0,25}$`), hasDigits},
}

func always(string) bool { return true }

func hasDigits(s string) bool {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n >= 5
}

// ibanLengths of the countries of the registry (ISO 13616) that pay by it most.
var ibanLengths = map[string]int{"AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
	"FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31,
	"NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29}

// iban checks the length of the country and the remainder of 97 (ISO 7064). What is written behind the
// number may have been taken for a part of it.
func iban(s string) bool {
	n := ibanLengths[s[:2]]
	if n == 0 || len(s) < n {
		return false
	}
	s = s[:n]
	var digits strings.Builder
	for _, r := range s[4:] + s[:4] {
		if r >= 'A' {
			digits.WriteString(big.NewInt(int64(r-'A') + 10).String())
		} else {
			digits.WriteRune(r)
		}
	}
	v, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && new(big.Int).Mod(v, big.NewInt(97)).Int64() == 1
}

// card checks the length and first digits of the large schemes, and the Luhn digit.
func card(s string) bool {
	two := s[:2]
	ok := false
	switch {
	case s[0] == '4':
		ok = len(s) == 16 || len(s) == 13 || len(s) == 19
	case two >= "51" && two <= "55", two >= "22" && two <= "27":
		ok = len(s) == 16
	case two == "34", two == "37":
		ok = len(s) == 15
	case two == "36", two == "30", two == "38":
		ok = len(s) == 14
	case two == "35", two == "60", two == "64", two == "65", two == "62":
		ok = len(s) >= 16 && len(s) <= 19
	}
	return ok && luhn(s)
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		n := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

func ssn(s string) bool { return s[:3] != "000" && s[:3] != "666" && s[3:5] != "00" && s[5:] != "0000" }

// weighted gives the sum of the digits of s, each multiplied by its weight.
func weighted(s string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum
}

func chineseID(s string) bool {
	return len(s) == 18 && s[17] == "10X98765432"[weighted(s, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)%11]
}

func cpf(s string) bool {
	digit := func(n int) byte { return "01234567890"[(n*10%11)%11] }
	return strings.Trim(s, s[:1]) != "" && s[9] == digit(weighted(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)) && s[10] == digit(weighted(s, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2))
}

func dni(s string) bool {
	if len(s) != 9 {
		return false
	}
	number := strings.NewReplacer("X", "0", "Y", "1", "Z", "2").Replace(s[:1]) + s[1:8]
	v, ok := new(big.Int).SetString(number, 10)
	return ok && s[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[v.Int64()%23]
}

func nir(s string) bool {
	if len(s) != 15 || s[3:5] < "01" || s[3:5] > "42" {
		return false
	}
	v, ok := new(big.Int).SetString(s[:13], 10)
	key, keyed := new(big.Int).SetString(s[13:], 10)
	return ok && keyed && 97-v.Int64()%97 == key.Int64()
}

func germanTax(s string) bool {
	if len(s) != 11 {
		return false
	}
	p := 10
	for i := range 10 {
		m := (int(s[i]-'0') + p) % 10
		if m == 0 {
			m = 10
		}
		p = m * 2 % 11
	}
	return (11-p)%10 == int(s[10]-'0')
}

func bsn(s string) bool { return weighted(s, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0 && s != "000000000" }

func pesel(s string) bool {
	return (10-weighted(s, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3)%10)%10 == int(s[10]-'0')
}
