package ticket

import (
	"fmt"
	"time"
)

// Trouble is a server of ours, or a disk, that does not let us do our work.
type Trouble struct {
	Server string // TroubleMailbox or TroubleMailServer
	Since  time.Time
	Told   int      // how often people were told of it before
	Lines  []string // what is wrong, in sentences without personal data
}

// The servers of a [Trouble]; alarm.command is given this word instead of a reference.
const (
	TroubleMailbox    = "mailbox"
	TroubleMailServer = "mail-server"
	TroubleDisk       = "disk"
)

// troubleRepeat is the pause between two words about the same trouble.
const troubleRepeat = 4 * time.Hour

// DueAgain is when people are told once more of a trouble last told at that time.
func (Trouble) DueAgain(told time.Time) time.Time { return told.Add(troubleRepeat) }

// TroubleLetters tells managers, and alarm.command, that a server does not let us work (BEHAVIOURS 7).
// Of a mail server that takes no mail, and of a disk without room for one, only alarm.command can tell.
func (p Policy) TroubleLetters(t Trouble) []LetterOrder {
	key := fmt.Sprintf("%s/%d/%d", t.Server, t.Since.Unix(), t.Told)
	var out []LetterOrder
	if p.Alarm {
		out = append(out, LetterOrder{Kind: LetterAlarm, Key: key})
	}
	if t.Server != TroubleMailbox {
		return out
	}
	for _, s := range p.WithRole(RoleManager) {
		out = append(out, LetterOrder{
			Kind: LetterTrouble, Key: key + "/" + AddressKey(s.Address), To: Address{Name: s.Name, Address: s.Address},
			Language: "en", Data: LetterData{ReceivedAt: t.Since.In(p.Zone), Lines: t.Lines},
		})
	}
	return out
}
