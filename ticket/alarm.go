package ticket

import (
	"fmt"
	"time"
)

// HealthAlarm is something about the program's own work that people must know of (BEHAVIOURS 7, 40).
type HealthAlarm struct {
	What  string // one word, such as AlarmCanary: alarm.command is given it instead of a reference
	Since time.Time
	Told  int      // how often people were told of it before
	Lines []string // what is wrong, in sentences without personal data
}

// What a [HealthAlarm] is about.
const (
	AlarmPolls       = "polls"       // a folder has not been read for too long
	AlarmLedger      = "ledger"      // the server holds mails that the ledger does not know
	AlarmCanary      = "canary"      // the daily test mail did not come back, or came back as junk
	AlarmCertificate = "certificate" // a server's certificate ends soon
)

// Repeat is the pause between two words about the same.
func (a HealthAlarm) Repeat() time.Duration {
	if a.What == AlarmCertificate { // a warning days ahead
		return 24 * time.Hour
	}
	return troubleRepeat
}

// Wakes reports whether alarm.command is run for it as well: not for what can wait for the morning.
func (a HealthAlarm) Wakes() bool { return a.What != AlarmCertificate }

// HealthLetters tells managers, and alarm.command where it must not wait.
func (p Policy) HealthLetters(a HealthAlarm) []LetterOrder {
	key := fmt.Sprintf("%s/%d/%d", a.What, a.Since.Unix(), a.Told)
	var out []LetterOrder
	if p.Alarm && a.Wakes() {
		out = append(out, LetterOrder{Kind: LetterAlarm, Key: key})
	}
	for _, s := range p.WithRole(RoleManager) {
		out = append(out, LetterOrder{
			Kind: LetterHealth, Key: key + "/" + AddressKey(s.Address), To: Address{Name: s.Name, Address: s.Address},
			Language: "en", Data: LetterData{ReceivedAt: a.Since.In(p.Zone), Lines: a.Lines},
		})
	}
	return out
}
