package ticket

import (
	"slices"
	"strings"
	"time"
)

// Policy is what the operator has settled: who he is, who works for him, which rules apply.
type Policy struct {
	Organisation Organisation
	Zone         *time.Location
	Law          Law // of a request when nothing else is known
	Laws         map[string]Law
	Holidays     Holidays // of the office; nil = none known, no holiday roll
	Staff        []Staff
	Shadow       bool   // mail goes to staff only
	Relay        bool   // staff's answers are passed on to requesters
	Attachments  string // of staff's answers: [AttachmentsHold] (also ""), [AttachmentsDrop] or [AttachmentsSend]
	Child        ChildClock
	ChildRepeat  time.Duration // between alarms that nobody acknowledges
	Alarm        bool          // alarm.command is set
	CodeExpires  time.Duration
	CodeTries    int
	// NoticesPerHour is how many notices about one sender, or one thread, staff get in an hour; what comes
	// on top is listed in one mail. 0 = no limit. Urgent tickets and children are always told at once.
	NoticesPerHour int
	Routes         []Responsible // who gets the mails about which tickets; none: all agents
	Recipients     []Recipient   // of the data, who are told when it is corrected, deleted or restricted
	Suppression    Suppression   // how mailings are stopped
}

// Organisation is the controller.
type Organisation struct {
	Name      string
	Address   Address // the published mailbox
	PolicyURL string
	Postal    string // postal address for letters, may be empty
}

// Staff is a person (or desk) who works on tickets by mail.
type Staff struct {
	Name    string
	Address string
	Aliases []string
	Roles   []StaffRole
}

// StaffRole says which mail a staff member gets.
type StaffRole string

// The roles of staff.
const (
	RoleAgentDesk StaffRole = "agent"
	RoleManager   StaffRole = "manager"
	RoleOnCall    StaffRole = "oncall"
	RoleLegal     StaffRole = "legal"
)

// Has reports whether s has role r.
func (s Staff) Has(r StaffRole) bool { return slices.Contains(s.Roles, r) }

// own reports whether address is the mailbox itself, a plus address of it included (A33, A55).
func (p Policy) own(address string) bool {
	key, mailbox := AddressKey(address), p.Organisation.Address.Key()
	local, domain, _ := strings.Cut(key, "@")
	local, _, _ = strings.Cut(local, "+")
	return key == mailbox || local+"@"+domain == mailbox
}

// StaffByAddress finds the member with this address or alias.
func (p Policy) StaffByAddress(address string) (Staff, bool) {
	key := AddressKey(address)
	for _, s := range p.Staff {
		if AddressKey(s.Address) == key {
			return s, true
		}
		for _, alias := range s.Aliases {
			if AddressKey(alias) == key {
				return s, true
			}
		}
	}
	return Staff{}, false
}

// WithRole lists the members with role r. When there is none, the next best role steps in, so
// that no mail is without a reader: legal and oncall fall to managers, managers to agents,
// agents to everybody.
func (p Policy) WithRole(r StaffRole) []Staff {
	var out []Staff
	for _, s := range p.Staff {
		if s.Has(r) {
			out = append(out, s)
		}
	}
	if len(out) > 0 {
		return out
	}
	switch r {
	case RoleLegal, RoleOnCall:
		return p.WithRole(RoleManager)
	case RoleManager:
		return p.WithRole(RoleAgentDesk)
	}
	return p.Staff
}

// lawFor gives the law that a mail's evidence points to, else the office's own. A law that is named
// counts. One that only a number, an article or a domain hints at never gives more time than the
// office's own law: a domain says little about where a person lives.
func (p Policy) lawFor(v Verdict, right Right) Law {
	l, known := p.Laws[v.Law]
	if !known {
		return p.Law
	}
	if !v.LawNamed() && l.For(right).Answer.length() > p.Law.For(right).Answer.length() {
		return p.Law
	}
	return l
}

// authority is where the requester of t can complain; "" when the laws of its requests name none, or not the
// same one.
func (p Policy) authority(t Ticket) string {
	var name string
	for i, r := range t.Requests {
		switch own := p.law(r.Law).Authority; {
		case i == 0:
			name = own
		case own != name:
			return ""
		}
	}
	return name
}

// law gives the named law, or the office's own when the name is unknown or empty.
func (p Policy) law(code string) Law {
	if l, ok := p.Laws[code]; ok {
		return l
	}
	return p.Law
}
