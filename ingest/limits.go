package ingest

// Bounds on one mail. They are far above what honest mail needs (CASES A47, A56, M9, M10); what
// lies beyond is left out and named in Message.Damage.
const (
	maxHeaderBytes  = 1 << 20   // one header block
	maxHeaderFields = 2000      // fields in one header block
	maxFieldBytes   = 128 << 10 // one field value
	maxSubjectBytes = 8 << 10   // decoded subject
	maxNameBytes    = 512       // display name or attachment name
	maxAddresses    = 100       // per header field
	maxReferences   = 200
	maxDepth        = 20   // nested multiparts and attached mails
	maxParts        = 1000 // all parts of the mail
	maxPartText     = 4 << 20
	maxTotalText    = 8 << 20   // decoded text of all parts together
	maxNewText      = 256 << 10 // of the text, what is searched for the sender's own words
	maxNewLines     = 8000
	maxAttachments  = 1000
	maxDamage       = 40
)
