package ingest

import (
	"strings"
	"unicode/utf8"
)

// guessCharset decodes bytes that are not UTF-8 and whose charset nobody tells, by what they look
// like; windows-1252 when nothing speaks for anything else.
func guessCharset(b []byte) string {
	if mostlyUTF8(b) {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	if name := likelyCharset(b[:min(len(b), 16<<10)]); name != "" {
		if s, ok := decodeNamed(b, name); ok {
			return s
		}
	}
	return decode1252(b)
}

// mostlyUTF8 reports whether b is UTF-8 with a few broken bytes, as after a careless cut.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return good >= 3 && good >= 4*bad
}

// likelyCharset names the legacy charset that b looks like, or "".
func likelyCharset(b []byte) string {
	var s byteStats
	s.count(b)
	switch {
	case s.high < 4:
		return ""
	case s.sjisKana*3 > s.high/2 && s.sjisBad == 0:
		return "shift_jis"
	case s.pairs*2 >= s.high*19/20 && s.pairs >= 3: // nearly all high bytes come in pairs A1-FE
		switch {
		case s.eucKana*3 >= s.pairs:
			return "euc-jp"
		case s.hangul == s.pairs || s.hangul*20 >= s.pairs*19 && s.commonHan*10 < s.pairs:
			return "euc-kr"
		case s.commonHan*10 >= s.pairs || s.han*10 >= s.pairs*9:
			return "gb18030"
		}
	}
	return cyrillic(s)
}

func cyrillic(s byteStats) string {
	if s.runs*3 < s.high*2 || s.high*2 < s.letters || s.high < 6 {
		return "" // accents in a western text stand alone, Cyrillic comes in words
	}
	if s.c0df > s.e0ff {
		return "koi8-r"
	}
	return "windows-1251"
}

// byteStats is what the high bytes of a text look like.
type byteStats struct {
	high, letters          int // bytes >= 0x80; ASCII letters
	runs                   int // high bytes in runs of three and more
	c0df, e0ff             int
	pairs                  int // pairs of bytes A1-FE
	hangul, han, commonHan int // pairs in the Hangul block of EUC-KR, in level 1 of GB 2312, very common Chinese characters
	eucKana                int
	sjisKana, sjisBad      int
}

func (s *byteStats) count(b []byte) {
	run := 0
	for _, c := range b {
		if c >= 0x80 {
			s.high++
			run++
			if c >= 0xc0 && c < 0xe0 {
				s.c0df++
			} else if c >= 0xe0 {
				s.e0ff++
			}
			continue
		}
		if run >= 3 {
			s.runs += run
		}
		run = 0
		if c|0x20 >= 'a' && c|0x20 <= 'z' {
			s.letters++
		}
	}
	if run >= 3 {
		s.runs += run
	}
	s.countPairs(b)
	s.countSJIS(b)
}

// commonHan are some of the commonest characters in GB 2312: the, is, not, I, have, you, he, this …
const commonHanGB = "\xb5\xc4\xca\xc7\xb2\xbb\xce\xd2\xd3\xd0\xc4\xfa\xc4\xe3\xcb\xfb\xd5\xe2\xc1\xcb\xd4\xda\xc8\xcb\xd2\xbb\xb8\xf6\xc7\xeb\xc9\xbe\xb3\xfd\xca\xfd\xbe\xdd\xd5\xca\xba\xc5\xb8\xf8\xa3\xac\xa1\xa3\xb9\xab\xcb\xbe"

func (s *byteStats) countPairs(b []byte) {
	for i := 0; i+1 < len(b); {
		c, t := b[i], b[i+1]
		if c < 0x80 {
			i++
			continue
		}
		if c < 0xa1 || t < 0xa1 || t == 0xff || c == 0xff {
			i++
			continue
		}
		s.pairs++
		if c >= 0xb0 && c <= 0xc8 {
			s.hangul++
		}
		if c >= 0xb0 && c <= 0xd7 || c == 0xa3 || c == 0xa1 {
			s.han++
		}
		if c == 0xa4 || c == 0xa5 {
			s.eucKana++
		}
		for j := 0; j+1 < len(commonHanGB); j += 2 {
			if commonHanGB[j] == c && commonHanGB[j+1] == t {
				s.commonHan++
				break
			}
		}
		i += 2
	}
}

func (s *byteStats) countSJIS(b []byte) {
	for i := 0; i+1 < len(b); {
		c, t := b[i], b[i+1]
		switch {
		case c < 0x80 || c >= 0xa1 && c <= 0xdf:
			i++
		case t < 0x40 || t == 0x7f || t > 0xfc || c == 0x80 || c == 0xa0 || c > 0xfc:
			s.sjisBad++
			i++
		default:
			if c == 0x82 && t >= 0x9f && t <= 0xf1 || c == 0x83 && t >= 0x40 && t <= 0x96 {
				s.sjisKana++
			}
			i += 2
		}
	}
}
