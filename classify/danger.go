package classify

import (
	"slices"
	"strings"
	"unicode/utf8"

	"privacybot/ticket"
)

// danger finds words that say that a child is hurt, threatened or wants to hurt itself, in a mail that
// speaks of a child or is written by one. People look at once; a word too many costs them a look
// (CASES D42 to D48). A child in danger is a child's case, whether data of it are named or not.
func (c *Classifier) danger(a *analysis, v *ticket.Verdict, f childFinding) {
	if !v.Has(ticket.Child) && f.young == nil && f.self == nil && f.word == nil && f.kin == nil && !a.mentions(c, "childself") {
		return
	}
	for si, s := range a.doc.sents {
		if a.doc.sents[si].ignored == "footer" || a.doc.sents[si].ignored == "signature" {
			continue
		}
		quote := a.doc.span(s)
		text := " " + strings.NewReplacer("’", "'", "‘", "'", "\n", " ").Replace(strings.ToLower(quote)) + " "
		i := slices.IndexFunc(dangers, func(words string) bool { return strings.Contains(text, words) })
		if i < 0 {
			continue
		}
		v.Danger = append(v.Danger, ticket.Evidence{Right: ticket.Child, Quote: short(quote), Rule: "danger: " + strings.TrimSpace(dangers[i])})
	}
	if len(v.Danger) == 0 {
		return
	}
	v.Danger = v.Danger[:min(len(v.Danger), 3)]
	if !v.Has(ticket.Child) {
		v.Rights = ticket.SortRights(append(slices.DeleteFunc(slices.Clone(v.Rights), func(r ticket.Right) bool { return r == ticket.Other }), ticket.Child))
		delete(v.Confidence, ticket.Other)
		v.Confidence[ticket.Child] = accept
	}
	v.Evidence = append(slices.Clone(v.Danger), v.Evidence...)
	v.Urgent, v.UrgentWhy = true, append(v.UrgentWhy, v.Danger...)
}

// dangers are the words, in lower case, in the twelve languages of the letters and their neighbours. A
// blank at an end is an end of a word.
var dangers = phrases(`
	hits me| hit me |beats me| beat me |hurts me|hurting me|hits her|hits him|beats her|beats him|touches me|touched me|touching me|touched my daughter|touched my son|
	kill myself|kill herself|kill himself|killing myself|want to die|wants to die|don't want to live|doesn't want to live|do not want to live|suicid|self-harm|self harm|
	cut myself|cutting myself|cuts herself|cuts himself|hurt myself|hurts herself|hurts himself|abused by|abuses me|being abused|is abused|abusing me|abusing her|abusing him|child abuse|sexual abuse|molested|molesting|molester|groomed| grooming|
	naked photo|naked pic|nude photo|nude pic| nudes|sextort|sexual|threatens me|threatened me|threatens her|threatens him|threatens to |blackmail|afraid of my dad|afraid of my father|afraid of my mo|
	afraid of him|scared of my|scared of him|afraid to go home|scared to go home|run away from home|running away from home|locks me in|locked me in|raped|kidnap|
	schlägt mich|schlagen mich|schlaegt mich|verprügelt|tut mir weh|tun mir weh|fasst mich an|hat mich angefasst|mich umbringen|sich umbringen|umbringen will|nicht mehr leben|will sterben|selbstmord|suizid|selbstverletz|ritze mich|ritzt sich|
	missbraucht mich|mich missbraucht|missbraucht wird|sexuell|kindesmissbrauch|misshandel|nacktbild|nacktfoto|bedroht mich|bedroht sie|bedroht ihn|erpresst|erpressung|angst vor meinem|angst vor meiner|angst vor ihm|angst nach hause|von zu hause weg|sperrt mich ein|vergewaltig|
	me frappe|me tape|me bat |me fait mal|me touche |m'a touché|me suicider|me tuer|veux mourir|veut mourir|plus envie de vivre|plus vivre|suicide|me scarifi|se scarifi|automutil|abus sexuel|abuse de moi|maltrait|attouchement|photos nues|photo nue|photos de moi nue|
	me menace|la menace |le menace |chantage|peur de mon père|peur de mon pere|peur de mon papa|peur de ma mère|peur de lui|peur de rentrer|viol |violée|fuguer|
	me pega|me golpea|me hace daño|me toca |me tocó|suicid|matarme|quiero morir|quiere morir|no quiero vivir|me corto |se corta |autolesi|abusa de mí|abusa de mi|abuso sexual|abusó de|maltrat|fotos desnud|foto desnud|me amenaza|la amenaza |lo amenaza |chantaj|
	miedo a mi padre|miedo de mi padre|miedo a mi papá|miedo de mi papá|violaron|violación|
	mi picchia|mi fa del male|mi tocca|mi ha toccat|uccidermi|ammazzarmi|voglio morire|vuole morire|non voglio più vivere|mi taglio|si taglia |autolesion|abusa di me|abusi sessuali|abuso sessuale|maltratta|foto nud|mi minaccia|la minaccia |lo minaccia |ricatt|paura di mio padre|paura di papà|paura di lui|stupr|
	me bate |me bate.|bate em mim|me machuca|me toca|tocou em mim|me matar|quero morrer|quer morrer|não quero viver|nao quero viver|me corto|se corta|automutila|abusa de mim|abuso sexual|fotos nua|foto nua|me ameaça|ameaça a minha|chantage|medo do meu pai|medo da minha mãe|medo dele|estupr|
	slaat me|slaat mij|doet me pijn|doet mij pijn|raakt me aan|raakt mij aan|zelfmoord|mezelf iets aan|wil dood|wil sterven|niet meer leven|snijd mezelf|snijdt zichzelf|zelfbeschadig|misbruikt me|misbruikt mij|wordt misbruikt|mishandel|naaktfoto|seksue|bedreigt me|bedreigt mij|bedreigt haar|bedreigt hem|gechanteerd|chantage|bang voor mijn|bang voor hem|verkracht|
	bije mnie|mnie bije|krzywdzi mnie|dotyka mnie|dotykał mnie|zabić się|się zabić|chcę umrzeć|chce umrzeć|nie chcę żyć|samobój|tnę się|tnie się|samookalecz|molestuj|molestow|wykorzystuje mnie|wykorzystuje seks|nagie zdjęc|nagich zdjęć|grozi mi|grozi jej|grozi mu|szantaż|boję się taty|boję się ojca|boję się mamy|boję się go|zgwałc|
	beni dövüyor|bana vuruyor|beni dövü|canımı yakıyor|bana dokun|kendimi öldür|intihar|ölmek istiyor|yaşamak istemiyor|kendimi kes|kendini kes|istismar|taciz|çıplak foto|çıplak resim|tehdit ed|şantaj|babamdan kork|annemden kork|ondan korkuyorum|tecavüz|
	бьет меня|бьёт меня|меня бьет|меня бьёт|меня бьют|избива|делает мне больно|трогает меня|меня трога|убить себя|покончить с собой|хочу умереть|хочет умереть|не хочу жить|не хочет жить|самоуби|суицид|режу себя|режет себя|насилие|насилу|домогат|растл|голые фото|голых фото|угрожает мне|мне угрожа|угрожает ей|угрожает ему|шантаж|боюсь папу|боюсь отца|боюсь маму|боюсь его|изнасил|
	打我|虐待|家暴|摸我|猥亵|猥褻|性侵|自杀|自殺|想死|不想活|自残|自殘|割腕|裸照|威胁我|威脅我|勒索|害怕爸爸|害怕妈妈|怕爸爸|怕我爸|怕我妈|强奸|強姦|
	殴られ|殴る|叩かれ|暴力をふる|暴力を振る|触られ|死にたい|生きたくない|自傷|リストカット|性的|裸の写真|裸の画像|脅され|脅迫|パパが怖い|お父さんが怖い|お母さんが怖い|家に帰りたくない|いじめられ|レイプ`)

// phrases splits a list at bars; the line ends are for the eye.
func phrases(list string) []string {
	var out []string
	for p := range strings.SplitSeq(strings.NewReplacer("\n", "", "\t", "").Replace(list), "|") {
		if utf8.RuneCountInString(strings.TrimSpace(p)) > 1 {
			out = append(out, p)
		}
	}
	return out
}
