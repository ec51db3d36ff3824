package ticket

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/us"
)

// euCalendars lists the calendars of countries in which Regulation 1182/71 counts free days: the
// member states, and Norway for the European Economic Area.
func euCalendars() []string {
	return []string{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"}
}

// calendars gives the holidays of each country: from the library where it has them, and for some
// countries in holiday_country.go from their statutes. The days of China, Korea, Taiwan and Turkey that follow the moon, and those that
// governments decree each year, are not among them: a period then ends earlier than it might, never later.
func calendars() map[string][]*cal.Holiday {
	return map[string][]*cal.Holiday{
		"AT": at.Holidays,
		"AU": {au.NewYear, au.GoodFriday, au.EasterMonday, au.AnzacDay, au.ChristmasDay, au.BoxingDay}, // all else differs by state
		"BE": be.Holidays,
		"CH": {ch.Neujahr, ch.Auffahrt, ch.Bundesfeiertag, ch.Weihnachtstag}, // all else differs by canton
		"BG": bg.Holidays,
		"BR": append(without(br.Holidays, br.Carnaval, br.CorpusChristi), since(2024, fixed("Consciência Negra", time.November, 20))), // feriados nacionais only
		"CA": without(ca.Holidays, ca.CivicDay, ca.EasterMonday),                                                                      // federal
		"CN": fixedChina(),
		"CY": cyprus(),
		"CZ": cz.Holidays,
		"DE": de.Holidays,
		"DK": without(dk.Holidays, dk.Grundlovsdag), // by agreement, not by law
		"EE": estonia(),
		"ES": es.Holidays,
		"FI": finland(),
		"FR": fr.Holidays,
		"GB": gb.Holidays, // England and Wales
		"GR": gr.Holidays,
		"HR": hr.Holidays,
		"HU": hungary(),
		"IE": ie.Holidays,
		"IN": {fixed("Republic Day", time.January, 26), fixed("Independence Day", time.August, 15), fixed("Gandhi Jayanti", time.October, 2)},
		"IT": it.Holidays,
		"JP": jp.Holidays,
		"KR": fixedKorea(),
		"LT": lt.Holidays,
		"LU": luxembourg(),
		"LV": lv.Holidays,
		"MT": malta(),
		"NL": nl.Holidays, // with Good Friday: Algemene termijnenwet art. 3
		"NO": no.Holidays,
		"PL": pl.Holidays,
		"PT": portugal(),
		"RO": ro.Holidays,
		"SE": se.Holidays, // with the three eves: lag (1930:173) 2 §
		"SI": si.Holidays,
		"SK": sk.Holidays,
		"TR": fixedTurkey(),
		"TW": fixedTaiwan(),
		"US": us.Holidays,

		"GB-NIR": append([]*cal.Holiday{
			substituted("St Patrick's Day", time.March, 17),
			substituted("Battle of the Boyne", time.July, 12),
		}, gb.Holidays...),
		"GB-SCT": append([]*cal.Holiday{
			secondOfJanuary(),
			substituted("St Andrew's Day", time.November, 30),
			gb.SummerHolidayScotland,
		}, without(gb.Holidays, gb.EasterMonday, gb.SummerHoliday)...),
	}
}
