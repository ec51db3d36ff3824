package ticket

import "slices"

// Verdict is what classification says about one mail, with its reasons. It is a proposal to
// [Decide]; it never changes the message.
type Verdict struct {
	Route      Route
	Rights     []Right // in display order; [Other] alone when nothing applies
	Confidence map[Right]float64
	Evidence   []Evidence

	Urgent     bool       // child, authority, breach, threat, or a lawyer's short term
	UrgentWhy  []Evidence // Right is "" here
	NeedsHuman bool       // below the threshold, or contradictory: people sort it
	HumanWhy   string     // one sentence for staff, "" when NeedsHuman is false

	Danger []Evidence // words that say that a child is hurt, threatened or wants to hurt itself

	Language string // BCP 47: "en", "de", "zh-Hans", "zh-Hant"; "und" when unknown
	Law      string // suggested law, "" when nothing points to one
	LawWhy   []Evidence

	Writer    Writer
	WriterWhy []Evidence
	Review    []string // flags for staff: "child-exactly-13", "child-possible", "possible-access", "reminder", "text-html-differ", "hidden-text"
	Ignored   []Ignored
}

// RuleLawNamed is the rule of evidence for a law that the mail names itself.
const RuleLawNamed = "law named"

// LawNamed reports whether the mail names the law itself.
func (v Verdict) LawNamed() bool {
	return slices.ContainsFunc(v.LawWhy, func(e Evidence) bool { return e.Rule == RuleLawNamed })
}

// Evidence is one reason: the words in the mail and the rule that they met.
type Evidence struct {
	Right Right  `json:"right,omitempty"`
	Quote string `json:"quote"`
	Rule  string `json:"rule"`
}

// Ignored is a passage that met a rule but does not count, and why.
type Ignored struct {
	Quote string `json:"quote"`
	Why   string `json:"why"` // "negated", "quoted text", "footer", "hidden"
}

// Has reports whether the verdict names r.
func (v Verdict) Has(r Right) bool {
	for _, have := range v.Rights {
		if have == r {
			return true
		}
	}
	return false
}

// Route is the way a mail takes, told from its form and its writer.
type Route string

// The routes.
const (
	RouteNew       Route = "new"
	RouteFollowup  Route = "followup"
	RouteBounce    Route = "bounce"
	RouteAutoReply Route = "auto_reply"
	RouteReceipt   Route = "receipt"
	RouteBulk      Route = "bulk"
	RouteSpam      Route = "spam"
	RouteStaff     Route = "staff"
)

// Writer is the role in which the mail was written.
type Writer string

// The writers that routing tells apart; "" means the person concerned or unknown.
const (
	WriterPerson     Writer = ""
	WriterParent     Writer = "parent"
	WriterChild      Writer = "child"
	WriterAgent      Writer = "agent"
	WriterLawyer     Writer = "lawyer"
	WriterAuthority  Writer = "authority"
	WriterCourt      Writer = "court"
	WriterJournalist Writer = "journalist"
	WriterResearcher Writer = "security_researcher"
	WriterBusiness   Writer = "business"
	WriterVendor     Writer = "vendor"
)

// Official reports whether w gets no automatic letter and no code but goes to the role legal at
// once (DESIGN.md section 2, CASES D24).
func (w Writer) Official() bool {
	switch w {
	case WriterLawyer, WriterAuthority, WriterCourt, WriterJournalist, WriterResearcher:
		return true
	}
	return false
}
