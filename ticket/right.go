package ticket

// Right is what a person asks for, in the words of DESIGN.md section 2.
type Right string

// The rights, in the order in which they are listed to people.
const (
	Child       Right = "child"       // data of a person under the age limit reached us
	Access      Right = "access"      // GDPR art. 15
	Portability Right = "portability" // GDPR art. 20
	Correction  Right = "correction"  // GDPR art. 16
	Deletion    Right = "deletion"    // GDPR art. 17
	Restriction Right = "restriction" // GDPR art. 18
	Objection   Right = "objection"   // GDPR art. 21, and consent withdrawn for a use (art. 7(3))
	Unsubscribe Right = "unsubscribe" // stop the mailings (GDPR art. 21(3))
	Complaint   Right = "complaint"   // says a wrong was done and wants it answered
	Question    Right = "question"    // about the policy or how to use a right, without using it
	Other       Right = "other"       // none of the above; always alone
)

// Rights lists every right in display order. The slice is new on every call.
func Rights() []Right {
	return []Right{Child, Access, Portability, Correction, Deletion, Restriction, Objection,
		Unsubscribe, Complaint, Question, Other}
}

// Valid reports whether r is one of the known rights.
func (r Right) Valid() bool {
	for _, known := range Rights() {
		if r == known {
			return true
		}
	}
	return false
}

// SortRights gives the distinct known rights of rs in display order; Other is dropped beside
// any other right.
func SortRights(rs []Right) []Right {
	var out []Right
	for _, known := range Rights() {
		for _, r := range rs {
			if r == known && (r != Other || len(out) == 0) {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

// NeedsAddressControl reports whether releasing the outcome of r, or the irreversible step it
// asks for, waits until the requester has shown control of the address (DESIGN.md section 2).
func (r Right) NeedsAddressControl() bool {
	return r == Access || r == Portability || r == Deletion
}
