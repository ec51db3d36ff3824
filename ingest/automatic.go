package ingest

import (
	"strings"

	"privacybot/ticket"
)

// facts is what the rules about automatic mail look at. Texts are in lower case.
type facts struct {
	msg      *ticket.Message
	header   func(name string) string
	has      func(name string) bool
	opts     Options
	tree     *tree
	kind     string // top media type
	report   string // report-type parameter
	local    string // local part of From
	name     string // display name of From
	subject  string // without prefixes that answers add
	rawSubj  string // with them
	parts    subjectParts
	text     string // the beginning of the mail's text
	own      string // the beginning of what was written now
	isReply  bool   // In-Reply-To or References
	autoSub  string // Auto-Submitted keyword
	preced   string // Precedence and its kin
	fromHead string // first 400 bytes of text: bounces say early what they are
}

// rule is one reason to call a mail automatic, or to send it no automatic letter.
type rule struct {
	name string
	when func(*facts) bool
}

// judge fills the fields about automatic mail. The order is that of certainty: reports of delivery,
// receipts, replies by machines, mass mail. What only forbids an automatic letter comes last.
func judge(f *facts) {
	m := f.msg
	m.Automatic = ticket.NotAutomatic
	for _, step := range []struct {
		kind  ticket.Automatic
		rules []rule
	}{
		{ticket.Receipt, receiptRules}, {ticket.Bounce, bounceRules}, {ticket.AutoReply, autoReplyRules}, {ticket.Bulk, bulkRules},
	} {
		for _, r := range step.rules {
			if r.when(f) {
				m.Automatic = step.kind
				m.AutomaticWhy = append(m.AutomaticWhy, r.name)
			}
		}
		if m.Automatic != ticket.NotAutomatic {
			break
		}
	}
	if m.Automatic == ticket.Bounce || m.Automatic == ticket.Receipt {
		m.Report = f.fillReport()
		f.settleReport()
	}
	for _, r := range noReplyRules {
		if r.when(f) {
			m.NoAutoReply = true
			m.NoReplyWhy = append(m.NoReplyWhy, r.name)
		}
	}
	if m.Automatic != ticket.NotAutomatic {
		m.NoAutoReply = true
	}
}

// settleReport tells a delivery confirmation from a failure by the action it reports.
func (f *facts) settleReport() {
	switch f.msg.Report.Action {
	case "delivered", "relayed", "expanded":
		if f.msg.Automatic == ticket.Bounce {
			f.msg.Automatic = ticket.Receipt
		}
	}
}

// noReplyRules withhold automatic letters from mail that may well be a person's.
var noReplyRules = []rule{
	{"B3 null return path", func(f *facts) bool { return f.msg.NullSender }},
	{"B5 sender that takes no mail", func(f *facts) bool { return robotLocal(f.local) }},
	{"B6 list mail", func(f *facts) bool { return f.listMail() }},
	{"B7 precedence", func(f *facts) bool { return f.preced != "" && !f.ownList() }},
	{"B8 X-Auto-Response-Suppress", func(f *facts) bool {
		v := strings.ToLower(f.header("X-Auto-Response-Suppress"))
		return strings.Contains(v, "all") || strings.Contains(v, "oof") || strings.Contains(v, "autoreply")
	}},
	{"B29 loop", func(f *facts) bool { return len(f.values("Received")) > 100 || f.loops() }},
	{"B31 calendar", func(f *facts) bool {
		return f.tree.calendar != "" && f.tree.calendar != "none" && f.tree.calendar != "PUBLISH"
	}},
	{"B32 malformed", func(f *facts) bool { return f.msg.From.IsZero() }},
	{"A12 ambiguous sender", func(f *facts) bool { return f.msg.Authors > 1 }},
	{"A33 our own address", func(f *facts) bool { return f.isOwn(f.msg.From.Address) }},
}

func (f *facts) values(name string) []string {
	return f.tree.top.header.Values(name)
}

// isOwn reports whether an address is one of ours.
func (f *facts) isOwn(address string) bool {
	key := ticket.AddressKey(address)
	for _, own := range f.opts.OwnAddresses {
		if key != "" && ticket.AddressKey(own) == key {
			return true
		}
	}
	return false
}

// loops finds our own address in a loop header.
func (f *facts) loops() bool {
	for _, v := range f.values("X-Loop") {
		if f.isOwn(strings.Trim(v, " <>")) {
			return true
		}
	}
	return false
}

// ownList reports whether the list headers were stamped by the operator's own group or alias.
func (f *facts) ownList() bool {
	id := listID(f.header("List-Id"))
	for _, own := range f.opts.OwnLists {
		if id != "" && strings.EqualFold(listID(own), id) {
			return true
		}
	}
	return false
}

func listID(v string) string {
	if i := strings.LastIndexByte(v, '<'); i >= 0 {
		v = v[i+1:]
		if j := strings.IndexByte(v, '>'); j >= 0 {
			v = v[:j]
		}
	}
	return strings.ToLower(strings.TrimSpace(v))
}

func (f *facts) listMail() bool {
	if f.ownList() {
		return false
	}
	return f.has("List-Id") || f.has("List-Unsubscribe") || f.has("List-Post") || f.has("Mailing-List") || f.has("X-Mailing-List") || f.has("X-BeenThere")
}

// punctuation is what local parts of the same meaning differ in.
var punctuation = strings.NewReplacer("-", "", "_", "", ".", "")

// robotLocal recognises local parts that belong to programs (RFC 3834 section 2).
func robotLocal(local string) bool {
	plain := punctuation.Replace(local)
	for _, p := range []string{"noreply", "donotreply", "dontreply", "nepasrepondre", "noresponder", "nichtantworten", "keineantwort", "nonrispondere", "naoresponda", "nieodpowiadaj", "mailerdaemon", "postmaster", "maildaemon", "autoreply", "autoresponder"} {
		if strings.HasPrefix(plain, p) || p != "postmaster" && strings.HasSuffix(plain, p) {
			return true
		}
	}
	return strings.HasPrefix(local, "owner-") || strings.HasSuffix(local, "-request") || strings.HasSuffix(local, "-bounces") || strings.HasSuffix(local, "-owner") ||
		strings.HasPrefix(local, "bounce") || strings.Contains(local, "-bounces+") || local == "daemon" || local == "uucp" || local == "nobody"
}

// containsAny reports whether s contains one of the phrases.
func containsAny(s string, phrases []string) bool {
	for _, p := range phrases {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// beginsWithAny reports whether s begins with one of the phrases.
func beginsWithAny(s string, phrases []string) bool {
	for _, p := range phrases {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
