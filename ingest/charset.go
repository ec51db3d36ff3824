package ingest

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// decodeCharset turns text in some charset into UTF-8. The ladder: the declared charset where the
// bytes do not contradict it, a byte order mark, valid UTF-8, what the bytes look like,
// windows-1252. It never fails; what had to be guessed is noted.
func decodeCharset(b []byte, declared string, d *damage) string {
	if isASCII(b) && !bytes.ContainsAny(b, "\x1b+~") {
		return string(b)
	}
	name := charsetName(declared)
	if s, ok := decodeBOM(b); ok {
		return s
	}
	switch name {
	case "utf-8":
		if utf8.Valid(b) {
			return string(b)
		}
		d.note("text is not in the charset it declares")
		return guessCharset(b)
	case "", "us-ascii":
		if s, ok := decodeEscapes(b); ok {
			return s
		}
		if utf8.Valid(b) {
			return string(b)
		}
		d.note("text without a usable charset")
		return guessCharset(b)
	case "utf-7":
		return decodeUTF7(b)
	}
	if westernCharsets[name] && !isASCII(b) && utf8.Valid(b) && !bytes.ContainsAny(b, "\x1b") {
		d.note("text is not in the charset it declares") // valid multi-byte UTF-8 is no accident there
		return string(b)
	}
	s, ok := decodeNamed(b, name)
	if !ok {
		d.note("unknown charset")
		if utf8.Valid(b) {
			return string(b)
		}
		return guessCharset(b)
	}
	if bad := strings.Count(s, "\ufffd"); bad > 0 && bad*20 > utf8.RuneCountInString(s) {
		d.note("text is not in the charset it declares")
		if utf8.Valid(b) {
			return string(b)
		}
		if g := guessCharset(b); strings.Count(g, "\ufffd") < bad {
			return g
		}
	}
	return s
}

var westernCharsets = map[string]bool{"iso-8859-1": true, "windows-1252": true, "iso-8859-15": true, "windows-1250": true, "iso-8859-2": true}

// charsetAliases are names that real mail uses and no registry knows, or that mean more than they
// say (text labelled gb2312 is GBK or GB 18030, ks_c_5601-1987 is windows-949).
var charsetAliases = map[string]string{
	"utf8": "utf-8", "utf_8": "utf-8", "x-utf-8": "utf-8", "utf-8mb4": "utf-8", "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8", "cp65001": "utf-8", "65001": "utf-8",
	"ascii": "us-ascii", "us-ascii7": "us-ascii", "ansi_x3.4-1968": "us-ascii", "iso646-us": "us-ascii", "646": "us-ascii", "7bit": "us-ascii", "us": "us-ascii",
	"unknown": "", "unknown-8bit": "", "x-unknown": "", "default": "", "default_charset": "", "_default": "", "binary": "", "8bit": "", "x-user-defined": "", "charset": "", "none": "", "auto": "", "unspecified": "",
	"unicode-1-1-utf-7": "utf-7", "x-unicode-2-0-utf-7": "utf-7", "utf7": "utf-7", "csunicode11utf7": "utf-7",
	"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "936": "gb18030", "gb_2312-80": "gb18030", "euc-cn": "gb18030", "gb2312_charset": "gb18030", "chinesegb2312": "gb18030", "gb18030_charset": "gb18030",
	"ks_c_5601-1987": "euc-kr", "ks_c_5601": "euc-kr", "ks_c_5601-1989": "euc-kr", "cp949": "euc-kr", "949": "euc-kr", "uhc": "euc-kr", "x-windows-949": "euc-kr", "windows-949": "euc-kr", "ksc5601": "euc-kr",
	"x-sjis": "shift_jis", "sjis": "shift_jis", "cp932": "shift_jis", "windows-31j": "shift_jis", "ms_kanji": "shift_jis", "shift-jis": "shift_jis", "ms932": "shift_jis", "x-ms-cp932": "shift_jis",
	"x-euc-jp": "euc-jp", "eucjp": "euc-jp", "cp51932": "euc-jp", "iso-2022-jp-1": "iso-2022-jp", "iso-2022-jp-2": "iso-2022-jp", "iso-2022-jp-ms": "iso-2022-jp", "cp50220": "iso-2022-jp", "cp50221": "iso-2022-jp", "iso2022jp": "iso-2022-jp", "_iso-2022-jp$esc": "iso-2022-jp", "iso-2022-jp-3": "iso-2022-jp",
	"x-big5": "big5", "cp950": "big5", "950": "big5", "big5-hkscs": "big5", "big5hkscs": "big5", "big-5": "big5",
	"latin1": "iso-8859-1", "iso8859-1": "iso-8859-1", "iso88591": "iso-8859-1", "iso_8859-1": "iso-8859-1", "iso-8859_1": "iso-8859-1", "8859-1": "iso-8859-1", "iso8859_1": "iso-8859-1", "l1": "iso-8859-1", "iso-8859-1-windows-3.1-latin-1": "windows-1252",
	"latin2": "iso-8859-2", "latin-9": "iso-8859-15", "latin9": "iso-8859-15", "iso8859-15": "iso-8859-15", "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6",
	"cp1252": "windows-1252", "cp-1252": "windows-1252", "win-1252": "windows-1252", "1252": "windows-1252", "ansi": "windows-1252", "x-ansi": "windows-1252", "x-cp1252": "windows-1252", "westerneuropean": "windows-1252", "iso-8859-1-windows": "windows-1252",
	"cp1251": "windows-1251", "cp-1251": "windows-1251", "win-1251": "windows-1251", "x-cp1251": "windows-1251", "1251": "windows-1251", "cp1250": "windows-1250", "x-cp1250": "windows-1250", "cp1253": "windows-1253", "cp1254": "windows-1254", "cp1255": "windows-1255", "cp1256": "windows-1256", "cp1257": "windows-1257", "cp1258": "windows-1258",
	"koi8": "koi8-r", "koi8r": "koi8-r", "koi-8-r": "koi8-r", "koi8_r": "koi8-r", "koi8u": "koi8-u", "x-mac-roman": "macintosh", "mac": "macintosh", "x-macroman": "macintosh", "cp866": "ibm866", "tis620": "windows-874", "tis-620": "windows-874", "iso-8859-11": "windows-874",
}

func charsetName(declared string) string {
	name := strings.ToLower(strings.Trim(declared, " \t\"'<>;,=:[]()"))
	if i := strings.IndexAny(name, "; ,*"); i >= 0 {
		name = name[:i]
	}
	if alias, ok := charsetAliases[name]; ok {
		return alias
	}
	if len(name) > 40 {
		return ""
	}
	return name
}

// decodeNamed decodes with go-message's charset registry. Labels of ISO 8859-1 mean windows-1252
// in practice: the bytes 0x80 to 0x9f carry quotes and dashes there, control characters otherwise.
func decodeNamed(b []byte, name string) (string, bool) {
	if name == "iso-8859-1" || name == "windows-1252" {
		return decode1252(b), true
	}
	r, err := charset.Reader(name, bytes.NewReader(b))
	if err != nil {
		return "", false
	}
	out, err := io.ReadAll(r)
	if err != nil && len(out) == 0 {
		return "", false
	}
	return strings.ToValidUTF8(string(out), "\ufffd"), true
}

func decode1252(b []byte) string {
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(out)
}

func decodeBOM(b []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) && utf8.Valid(b):
		return string(b[3:]), true
	case bytes.HasPrefix(b, []byte("\xff\xfe")) && len(b)%2 == 0:
		return decodeNamed(b, "utf-16le")
	case bytes.HasPrefix(b, []byte("\xfe\xff")) && len(b)%2 == 0:
		return decodeNamed(b, "utf-16be")
	}
	return "", false
}

// decodeEscapes decodes text in ISO 2022 and HZ charsets, which look like ASCII when nothing is
// declared.
func decodeEscapes(b []byte) (string, bool) {
	switch {
	case bytes.Contains(b, []byte("\x1b$B")) || bytes.Contains(b, []byte("\x1b$@")):
		return decodeNamed(b, "iso-2022-jp")
	case bytes.Contains(b, []byte("\x1b$)C")):
		return decodeNamed(b, "iso-2022-kr")
	}
	return "", false
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
