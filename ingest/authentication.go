package ingest

import (
	"bytes"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/publicsuffix"

	"privacybot/ticket"
)

// authenticate says what is known about the sender. Only the topmost Authentication-Results of the
// configured authserv-id counts, everything below it may be the sender's own (CASES A10). Without one,
// our own DKIM check speaks, if keys can be looked up. An ambiguous author is never authenticated.
func authenticate(top entity, raw []byte, m *ticket.Message, o Options) ticket.Authentication {
	if m.Authors != 1 {
		return ticket.Authentication{}
	}
	if o.AuthservID != "" {
		for _, v := range top.header.Values("Authentication-Results") {
			id, results := parseResults(v)
			if strings.EqualFold(id, o.AuthservID) {
				return readResults(results, m.From.Domain(), "authserv-id "+o.AuthservID)
			}
		}
	}
	if o.LookupTXT != nil {
		return ownDKIM(raw, m.From.Domain(), o)
	}
	return ticket.Authentication{}
}

// authResult is one "method=result prop=value …" of RFC 8601.
type authResult struct {
	method, result string
	props          map[string]string
}

// parseResults reads an Authentication-Results value leniently: comments are dropped, Microsoft's
// form without authserv-id gives "".
func parseResults(v string) (id string, results []authResult) {
	v = dropComments(unfold(v))
	for i, part := range strings.Split(v, ";") {
		words := strings.Fields(strings.ReplaceAll(strings.ReplaceAll(part, " =", "="), "= ", "="))
		if len(words) == 0 {
			continue
		}
		if i == 0 && !strings.Contains(words[0], "=") {
			id = strings.ToLower(words[0])
			continue
		}
		method, result, ok := strings.Cut(words[0], "=")
		if !ok || len(results) >= 100 {
			continue
		}
		method, _, _ = strings.Cut(strings.ToLower(method), "/")
		r := authResult{method: method, result: strings.ToLower(result), props: map[string]string{}}
		for _, w := range words[1:] {
			if k, val, ok := strings.Cut(w, "="); ok {
				r.props[strings.ToLower(k)] = strings.ToLower(strings.Trim(val, `"`))
			}
		}
		results = append(results, r)
	}
	return id, results
}

// dropComments takes comments out and makes quoted strings opaque. A sender chooses the local part of
// his envelope address, and a border server writes it truthfully into its own field: what stands in
// quotes, inside a comment as well, must never be read as a result (CASES A10). A quote that is not
// closed hides the rest, which then proves nothing.
func dropComments(s string) string {
	var b strings.Builder
	depth, quote := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++ // whatever is escaped means nothing to us
		case c == '"':
			quote = !quote
		case quote:
			if depth == 0 && c != ';' && c != '=' && c != ' ' && c != '\t' && c != '(' && c != ')' {
				b.WriteByte(c)
			}
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
			b.WriteByte(' ')
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func readResults(results []authResult, from, source string) ticket.Authentication {
	a := ticket.Authentication{Source: source, DMARC: dmarcResult(results, from)}
	for _, r := range results {
		switch r.method {
		case "dkim":
			d := r.props["header.d"]
			if d == "" {
				d = r.props["header.i"]
			}
			if aligned(domainOf(d), from) {
				a.DKIM = merge(a.DKIM, r.result)
			} else if a.DKIM == ticket.Unknown && r.result == "fail" && d == "" {
				a.DKIM = ticket.Fail
			}
		case "spf":
			d := r.props["smtp.mailfrom"]
			if d == "" {
				d = r.props["smtp.helo"]
			}
			if r.result != "pass" || aligned(domainOf(d), from) {
				a.SPF = merge(a.SPF, r.result)
			}
		}
	}
	return a
}

// dmarcResult is a pass only when every result about DMARC in the field is one.
func dmarcResult(results []authResult, from string) ticket.Result {
	result := ticket.Unknown
	for _, r := range results {
		if r.method != "dmarc" {
			continue
		}
		switch d := r.props["header.from"]; {
		case r.result == "fail" || r.result == "permerror":
			return ticket.Fail
		case r.result != "pass" || (d != "" && !aligned(d, from)):
			return ticket.Unknown
		}
		result = ticket.Pass
	}
	return result
}

// merge keeps a pass: one good signature is enough.
func merge(have ticket.Result, result string) ticket.Result {
	switch {
	case have == ticket.Pass || result == "pass":
		return ticket.Pass
	case result == "fail" || result == "hardfail" || result == "permerror":
		return ticket.Fail
	}
	return have
}

func domainOf(s string) string {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(s, "<>")), ".")
}

// aligned is DMARC's relaxed alignment: the same organisational domain (RFC 7489 3.1.1).
func aligned(a, b string) bool {
	a, b = domainOf(a), domainOf(b)
	if a == "" || b == "" {
		return false
	}
	if a == b {
		return true
	}
	orgA, errA := publicsuffix.EffectiveTLDPlusOne(a)
	orgB, errB := publicsuffix.EffectiveTLDPlusOne(b)
	return errA == nil && errB == nil && orgA == orgB
}

// ownDKIM verifies signatures ourselves. A lookup that fails for a moment proves nothing either way.
func ownDKIM(raw []byte, from string, o Options) ticket.Authentication {
	checks, err := dkim.VerifyWithOptions(bytes.NewReader(crlf(raw)), &dkim.VerifyOptions{LookupTXT: o.LookupTXT, MaxVerifications: 5})
	if err != nil && len(checks) == 0 {
		return ticket.Authentication{}
	}
	var a ticket.Authentication
	for _, c := range checks {
		if !aligned(c.Domain, from) {
			continue
		}
		switch {
		case c.Err == nil:
			return ticket.Authentication{DKIM: ticket.Pass, Source: "dkim " + domainOf(c.Domain)}
		case !dkim.IsTempFail(c.Err):
			a = ticket.Authentication{DKIM: ticket.Fail, Source: "dkim " + domainOf(c.Domain)}
		}
	}
	return a
}

// crlf gives raw with CRLF line ends, which signatures are made over.
func crlf(raw []byte) []byte {
	if bytes.Count(raw, []byte("\n")) == bytes.Count(raw, []byte("\r\n")) {
		return raw
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}
