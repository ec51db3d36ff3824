package ticket

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
)

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

// since lets a holiday begin in that year.
func since(year int, h *cal.Holiday) *cal.Holiday {
	h.StartYear = year
	return h
}

// orthodox is a day n days after Easter by the Julian calendar.
func orthodox(name string, n int) *cal.Holiday {
	return &cal.Holiday{Name: name, Type: cal.ObservancePublic, Offset: n, Julian: true, Func: cal.CalcEasterOffset}
}

// estonia: pühade ja tähtpäevade seadus § 2.
func estonia() []*cal.Holiday {
	return []*cal.Holiday{
		named(aa.NewYear, "Uusaasta"), fixed("Iseseisvuspäev", time.February, 24), named(aa.GoodFriday, "Suur reede"),
		fixed("Kevadpüha", time.May, 1), fixed("Võidupüha", time.June, 23), fixed("Jaanipäev", time.June, 24),
		fixed("Taasiseseisvumispäev", time.August, 20), fixed("Jõululaupäev", time.December, 24),
		named(aa.ChristmasDay, "Esimene jõulupüha"), named(aa.ChristmasDay2, "Teine jõulupüha"),
	}
}

// hungary: 2012. évi I. törvény 102. §.
func hungary() []*cal.Holiday {
	return []*cal.Holiday{
		named(aa.NewYear, "Újév"), fixed("Az 1848-as forradalom ünnepe", time.March, 15), named(aa.GoodFriday, "Nagypéntek"),
		named(aa.EasterMonday, "Húsvéthétfő"), fixed("A munka ünnepe", time.May, 1), named(aa.PentecostMonday, "Pünkösdhétfő"),
		fixed("Szent István ünnepe", time.August, 20), fixed("Az 1956-os forradalom ünnepe", time.October, 23),
		named(aa.AllSaintsDay, "Mindenszentek"), named(aa.ChristmasDay, "Karácsony"), named(aa.ChristmasDay2, "Karácsony másnapja"),
	}
}

// malta: National Holidays and Other Public Holidays Act, Cap. 252.
func malta() []*cal.Holiday {
	return []*cal.Holiday{
		named(aa.NewYear, "New Year's Day"), fixed("St Paul's Shipwreck", time.February, 10), fixed("St Joseph", time.March, 19),
		fixed("Freedom Day", time.March, 31), named(aa.GoodFriday, "Good Friday"), fixed("Worker's Day", time.May, 1),
		fixed("Sette Giugno", time.June, 7), fixed("St Peter and St Paul", time.June, 29), named(aa.AssumptionOfMary, "Santa Marija"),
		fixed("Our Lady of Victories", time.September, 8), fixed("Independence Day", time.September, 21),
		named(aa.ImmaculateConception, "Immaculate Conception"), fixed("Republic Day", time.December, 13), named(aa.ChristmasDay, "Christmas Day"),
	}
}

// cyprus: public holidays of the Republic; Easter by the Julian calendar.
func cyprus() []*cal.Holiday {
	return []*cal.Holiday{
		named(aa.NewYear, "New Year's Day"), named(aa.Epiphany, "Epiphany"), orthodox("Green Monday", -48),
		fixed("Greek Independence Day", time.March, 25), fixed("Cyprus National Day", time.April, 1), orthodox("Good Friday", -2),
		orthodox("Easter Monday", 1), fixed("Labour Day", time.May, 1), orthodox("Kataklysmos", 50),
		named(aa.AssumptionOfMary, "Assumption"), fixed("Independence Day", time.October, 1), fixed("Ochi Day", time.October, 28),
		named(aa.ChristmasDay, "Christmas Day"), named(aa.ChristmasDay2, "Second day of Christmas"),
	}
}

// fixedChina: 全国年节及纪念日放假办法 art. 2, without the days of the lunar calendar.
func fixedChina() []*cal.Holiday {
	return []*cal.Holiday{
		fixed("元旦", time.January, 1), fixed("劳动节", time.May, 1),
		fixed("国庆节", time.October, 1), fixed("国庆节", time.October, 2), fixed("国庆节", time.October, 3),
	}
}

// fixedKorea: 관공서의 공휴일에 관한 규정 art. 2, without the days of the lunar calendar and the substitute
// days.
func fixedKorea() []*cal.Holiday {
	return []*cal.Holiday{
		fixed("신정", time.January, 1), fixed("삼일절", time.March, 1), fixed("어린이날", time.May, 5), fixed("현충일", time.June, 6),
		fixed("광복절", time.August, 15), fixed("개천절", time.October, 3), fixed("한글날", time.October, 9), fixed("성탄절", time.December, 25),
	}
}

// fixedTaiwan: 紀念日及節日實施條例, without the days of the lunar and solar terms and the substitute days.
func fixedTaiwan() []*cal.Holiday {
	return []*cal.Holiday{fixed("開國紀念日", time.January, 1), fixed("和平紀念日", time.February, 28), fixed("國慶日", time.October, 10)}
}

// fixedTurkey: 2429 sayılı Kanun art. 1 and 2, without the two feasts of the lunar calendar.
func fixedTurkey() []*cal.Holiday {
	return []*cal.Holiday{
		fixed("Yılbaşı", time.January, 1), fixed("Ulusal Egemenlik ve Çocuk Bayramı", time.April, 23), fixed("Emek ve Dayanışma Günü", time.May, 1),
		fixed("Gençlik ve Spor Bayramı", time.May, 19), fixed("Demokrasi ve Millî Birlik Günü", time.July, 15),
		fixed("Zafer Bayramı", time.August, 30), fixed("Cumhuriyet Bayramı", time.October, 29),
	}
}
