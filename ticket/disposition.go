package ticket

// Disposition says what became of a mail. The list is closed (DESIGN.md section 3).
type Disposition string

// The dispositions.
const (
	DispTicket       Disposition = "ticket"
	DispFollowup     Disposition = "followup"
	DispVerification Disposition = "verification"
	DispStaff        Disposition = "staff"
	DispBounce       Disposition = "bounce"
	DispAutoReply    Disposition = "auto_reply"
	DispReceipt      Disposition = "receipt"
	DispBulk         Disposition = "bulk"
	DispSpam         Disposition = "spam"
	DispOther        Disposition = "other"
	DispDuplicate    Disposition = "duplicate"
	DispQuarantine   Disposition = "quarantine"
	DispBaseline     Disposition = "baseline"
	DispPending      Disposition = "pending"
)

// Dispositions lists all of them.
func Dispositions() []Disposition {
	return []Disposition{DispTicket, DispFollowup, DispVerification, DispStaff, DispBounce,
		DispAutoReply, DispReceipt, DispBulk, DispSpam, DispOther, DispDuplicate,
		DispQuarantine, DispBaseline, DispPending}
}

// Sorted reports whether mails of this disposition are shown to people in the sorting mail.
func (d Disposition) Sorted() bool { return d == DispOther || d == DispSpam }
