package ticket

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
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
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/us"
)

// Holidays knows the public holidays of one country. Nil knows none; weekends are not holidays
// and count as such without any calendar.
type Holidays interface {
	// Holiday names the holiday on d, if there is one.
	Holiday(d Date) (name string, ok bool)
}

// HolidaysFor gives the calendar for a code of [HolidayCodes], in any case. "" and "none" give nil:
// only weekends are free. A code without calendar is an error.
//
// A calendar holds nation-wide days only. A day that is free in some regions or trades is left
// out, because a day too many makes an answer late, a day too few makes it early.
func HolidaysFor(code string) (Holidays, error) {
	key := strings.ToUpper(strings.TrimSpace(code))
	if key == "" || key == "NONE" {
		return nil, nil
	}
	days, ok := calendars()[key]
	if !ok {
		return nil, fmt.Errorf("no holiday calendar %q", code)
	}
	return calendar{code: key, days: days}, nil
}

// HolidayCodes lists what [HolidaysFor] knows: "none", ISO 3166 country codes, and for the United
// Kingdom its parts (GB is England and Wales).
func HolidayCodes() []string {
	return append([]string{"none"}, slices.Sorted(maps.Keys(calendars()))...)
}

type calendar struct {
	code string
	days []*cal.Holiday
}

func (c calendar) String() string { return c.code }

// Holiday asks each rule for the years around d, because a day off for 1 January may lie in the
// year before.
func (c calendar) Holiday(d Date) (string, bool) {
	for _, rule := range c.days {
		for year := d.Year - 1; year <= d.Year+1; year++ {
			actual, observed := rule.Calc(year)
			if sameDay(actual, d) {
				return rule.Name, true
			}
			if sameDay(observed, d) {
				return rule.Name + " (substitute day)", true
			}
		}
	}
	return "", false
}

// sameDay compares the library's midnight of the process's zone with d. Where that midnight does
// not exist it is an hour off; six hours more are safely within the day.
func sameDay(midnight time.Time, d Date) bool {
	return !midnight.IsZero() && DateOf(midnight.Add(6*time.Hour), midnight.Location()) == d
}

func calendars() map[string][]*cal.Holiday {
	return map[string][]*cal.Holiday{
		"AT": at.Holidays,
		"BE": be.Holidays,
		"CH": {ch.Neujahr, ch.Auffahrt, ch.Bundesfeiertag, ch.Weihnachtstag}, // all else differs by canton
		"CZ": cz.Holidays,
		"DE": de.Holidays,
		"DK": without(dk.Holidays, dk.Grundlovsdag), // by agreement, not by law
		"ES": es.Holidays,
		"FI": finland(),
		"FR": fr.Holidays,
		"GB": gb.Holidays, // England and Wales
		"GR": gr.Holidays,
		"HR": hr.Holidays,
		"IE": ie.Holidays,
		"IT": it.Holidays,
		"LT": lt.Holidays,
		"LU": luxembourg(),
		"LV": lv.Holidays,
		"NL": nl.Holidays, // with Good Friday: Algemene termijnenwet art. 3
		"NO": no.Holidays,
		"PL": pl.Holidays,
		"PT": portugal(),
		"RO": ro.Holidays,
		"SE": se.Holidays, // with the three eves: lag (1930:173) 2 §
		"SI": si.Holidays,
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

func without(all []*cal.Holiday, drop ...*cal.Holiday) []*cal.Holiday {
	return slices.DeleteFunc(slices.Clone(all), func(h *cal.Holiday) bool { return slices.Contains(drop, h) })
}

func fixed(name string, month time.Month, day int) *cal.Holiday {
	return &cal.Holiday{Name: name, Type: cal.ObservancePublic, Month: month, Day: day, Func: cal.CalcDayOfMonth}
}

// substituted is a United Kingdom bank holiday that moves from a weekend to the Monday after.
func substituted(name string, month time.Month, day int) *cal.Holiday {
	h := fixed(name, month, day)
	h.Observed = []cal.AltDay{{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 1}}
	return h
}

// secondOfJanuary makes room for the substitute of 1 January, which takes the Monday.
func secondOfJanuary() *cal.Holiday {
	h := fixed("2nd January", time.January, 2)
	h.Observed = []cal.AltDay{
		{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 2}, {Day: time.Monday, Offset: 1},
	}
	return h
}

// named gives a Christian holiday its name in the country's language.
func named(h *cal.Holiday, name string) *cal.Holiday { return h.Clone(&cal.Holiday{Name: name}) }

// portugal: Código do Trabalho art. 234(1).
func portugal() []*cal.Holiday {
	return []*cal.Holiday{
		named(aa.NewYear, "Ano Novo"),
		named(aa.GoodFriday, "Sexta-Feira Santa"),
		fixed("Dia da Liberdade", time.April, 25),
		named(aa.WorkersDay, "Dia do Trabalhador"),
		named(aa.CorpusChristi, "Corpo de Deus"),
		fixed("Dia de Portugal", time.June, 10),
		named(aa.AssumptionOfMary, "Assunção de Nossa Senhora"),
		fixed("Implantação da República", time.October, 5),
		named(aa.AllSaintsDay, "Todos os Santos"),
		fixed("Restauração da Independência", time.December, 1),
		named(aa.ImmaculateConception, "Imaculada Conceição"),
		named(aa.ChristmasDay, "Natal"),
	}
}

// finland: with the two eves that laki säädettyjen määräaikain laskemisesta (150/1930) 5 § adds.
func finland() []*cal.Holiday {
	return []*cal.Holiday{
		named(aa.NewYear, "Uudenvuodenpäivä"),
		named(aa.Epiphany, "Loppiainen"),
		named(aa.GoodFriday, "Pitkäperjantai"),
		named(aa.EasterMonday, "Toinen pääsiäispäivä"),
		named(aa.WorkersDay, "Vappu"),
		named(aa.AscensionDay, "Helatorstai"),
		{Name: "Juhannusaatto", Type: cal.ObservancePublic, Month: time.June, Day: 19,
			Weekday: time.Friday, Offset: 1, Func: cal.CalcWeekdayFrom},
		fixed("Itsenäisyyspäivä", time.December, 6),
		fixed("Jouluaatto", time.December, 24),
		named(aa.ChristmasDay, "Joulupäivä"),
		named(aa.ChristmasDay2, "Tapaninpäivä"),
	}
}

// luxembourg: Code du travail art. L. 232-2.
func luxembourg() []*cal.Holiday {
	return []*cal.Holiday{
		named(aa.NewYear, "Nouvel An"),
		named(aa.EasterMonday, "Lundi de Pâques"),
		named(aa.WorkersDay, "Fête du Travail"),
		fixed("Journée de l'Europe", time.May, 9),
		named(aa.AscensionDay, "Ascension"),
		named(aa.PentecostMonday, "Lundi de Pentecôte"),
		fixed("Fête nationale", time.June, 23),
		named(aa.AssumptionOfMary, "Assomption"),
		named(aa.AllSaintsDay, "Toussaint"),
		named(aa.ChristmasDay, "Noël"),
		named(aa.ChristmasDay2, "Saint-Étienne"),
	}
}
