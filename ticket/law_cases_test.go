package ticket

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Worked dates of every law, counted by hand on a calendar. The calendar named is the office's own, which
// counts only where the law accepts it.
func TestWorkedDatesOfEveryLaw(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range []struct {
		id, law                              string
		right                                Right
		received, office                     string
		legal, target, extended, acknowledge string
	}{
		{"D17", "eu-gdpr", Objection, "2027-03-05", "DE", "2027-04-05", "2027-04-02", "2027-06-07", ""},
		{"D28", "uk-gdpr", Access, "2027-09-03", "GB", "2027-10-04", "2027-10-01", "2027-12-03", ""},     // 3 October is a Sunday
		{"D28", "uk-gdpr", Access, "2026-10-30", "GB-SCT", "2026-12-01", "2026-11-27", "2027-02-01", ""}, // 30 January is a Saturday
		{"D28", "uk-gdpr", Access, "2027-10-30", "GB-SCT", "2027-12-01", "2027-11-27", "2028-01-31", ""}, // St Andrew's Day
		{"D28", "uk-gdpr", Access, "2027-10-30", "GB", "2027-11-30", "2027-11-27", "2028-01-31", ""},
		{"D28", "uk-gdpr", Access, "2027-06-12", "GB-NIR", "2027-07-13", "2027-07-10", "2027-09-13", ""}, // the Boyne
		{"D28", "uk-gdpr", Access, "2027-10-29", "DE", "2027-11-29", "2027-11-26", "2028-01-31", ""},     // an office elsewhere: England's calendar
		{"D31", "uk-gdpr", Complaint, "2026-06-19", "GB", "2026-07-20", "2026-07-17", "2026-09-21", "2026-07-19"},
		{"D33 D34 D35", "us-ca-ccpa", Access, "2026-11-23", "US", "2027-01-07", "2027-01-06", "2027-02-21", "2026-12-08"},
		{"D33", "us-ca-ccpa", Access, "2026-11-23", "DE", "2027-01-07", "2027-01-06", "2027-02-21", "2026-12-08"}, // Thanksgiving counts for California alone
		{"D37", "us-ca-ccpa", Objection, "2026-11-23", "US", "2026-12-15", "2026-12-14", "", "2026-12-08"},
		{"D37", "us-ca-ccpa", Restriction, "2027-01-04", "none", "2027-01-26", "2027-01-25", "", "2027-01-19"},
		{"D37", "us-ca-ccpa", Unsubscribe, "2027-01-04", "US", "2027-01-19", "2027-01-18", "", ""},
		{"D55", "us-state", Deletion, "2026-11-23", "US", "2027-01-07", "2027-01-06", "2027-02-21", ""},
		{"D42", "us-coppa", Deletion, "2027-01-30", "US", "2027-03-01", "2027-02-01", "", ""},
		{"D49", "br-lgpd", Access, "2027-01-31", "BR", "2027-02-15", "2027-02-14", "", ""},
		{"D50", "ca-pipeda", Access, "2027-01-31", "CA", "2027-03-02", "2027-02-28", "2027-04-01", ""},
		{"D50", "ca-pipeda", Unsubscribe, "2027-06-28", "CA", "2027-07-13", "2027-07-12", "", ""}, // Canada Day
		{"D56", "ca-quebec", Access, "2027-01-31", "CA", "2027-03-02", "2027-02-28", "", ""},
		{"D51", "ch-fadp", Access, "2027-01-31", "CH", "2027-03-02", "2027-02-28", "", ""},
		{"D52", "cn-pipl", Access, "2027-09-20", "CN", "2027-10-20", "2027-10-11", "", ""},
		{"D52", "cn-pipl", Deletion, "2027-09-20", "CN", "2027-10-12", "2027-10-11", "", ""}, // 1 October; 2 and 3 are a weekend
		{"D52", "cn-pipl", Deletion, "2027-09-20", "DE", "2027-10-12", "2027-10-11", "", ""},
		{"D53", "jp-appi", Access, "2027-04-20", "JP", "2027-05-20", "2027-05-04", "", ""},
		{"D56", "kr-pipa", Deletion, "2027-04-28", "KR", "2027-05-08", "2027-05-07", "", ""},
		{"D54", "tw-pdpa", Access, "2027-01-31", "TW", "2027-02-15", "2027-02-14", "2027-03-02", ""},
		{"D54", "tw-pdpa", Portability, "2027-01-31", "TW", "2027-02-15", "2027-02-14", "2027-03-02", ""},
		{"D54", "tw-pdpa", Correction, "2027-01-31", "TW", "2027-03-02", "2027-02-28", "2027-04-01", ""},
		{"D54", "tw-pdpa", Deletion, "2028-01-31", "TW", "2028-03-01", "2028-02-28", "2028-03-31", ""},
		{"D56", "tr-kvkk", Access, "2027-01-31", "TR", "2027-03-02", "2027-02-28", "", ""},
		{"D56", "in-dpdp", Access, "2027-01-31", "IN", "2027-05-01", "2027-02-28", "", ""},
		{"D56", "in-dpdp", Complaint, "2027-01-31", "IN", "2027-02-28", "2027-02-28", "", ""},
		{"D56", "au-privacy", Access, "2027-01-31", "AU", "2027-03-02", "2027-02-28", "", ""},
		{"D14 D15", "unknown", Access, "2027-01-29", "DE", "2027-02-28", "2027-02-26", "", ""}, // a Sunday, not moved
	} {
		tested[c.law] = true
		law, ok := LawByCode(c.law)
		if !ok {
			t.Fatalf("no law %s", c.law)
		}
		law = law.For(c.right)
		received, h := mustDate(t, c.received).utc(), mustHolidays(t, c.office)
		d := law.Deadline(received, time.UTC, h)
		dates := []string{DateOf(d.Legal, time.UTC).String(), DateOf(d.Target, time.UTC).String(), "", ""}
		if e, ok := law.ExtendedDeadline(received, time.UTC, h); ok {
			dates[2] = DateOf(e.Legal, time.UTC).String()
		}
		if a, ok := law.AcknowledgementDeadline(c.right, received, time.UTC, h); ok {
			dates[3] = DateOf(a.Legal, time.UTC).String()
		}
		if want := []string{c.legal, c.target, c.extended, c.acknowledge}; !slices.Equal(dates, want) {
			t.Errorf("%s %s %s received %s in %s: legal, target, extended, acknowledge are %q, want %q\n%s", c.id, c.law, c.right, c.received, c.office, dates, want, strings.Join(d.Proof, "\n"))
		}
	}
	for code := range Laws() {
		if !tested[code] {
			t.Errorf("no worked date for %s", code)
		}
	}
}

// D15, BEHAVIOURS: evidence that says little about where a person lives never buys time.
func TestWhichLawApplies(t *testing.T) {
	laws := Laws()
	named := []Evidence{{Quote: "DPDP", Rule: RuleLawNamed}}
	hint := []Evidence{{Quote: ".in", Rule: "sender's domain"}}
	for _, c := range []struct {
		office, suggested string
		why               []Evidence
		right             Right
		want              string
	}{
		{"eu-gdpr", "", nil, Access, "eu-gdpr"},
		{"eu-gdpr", "in-dpdp", named, Access, "in-dpdp"},
		{"eu-gdpr", "in-dpdp", hint, Access, "eu-gdpr"},
		{"eu-gdpr", "in-dpdp", hint, Complaint, "in-dpdp"},
		{"eu-gdpr", "uk-gdpr", hint, Access, "uk-gdpr"},
		{"eu-gdpr", "kr-pipa", hint, Deletion, "kr-pipa"},
		{"kr-pipa", "eu-gdpr", hint, Deletion, "kr-pipa"},
		{"unknown", "us-ca-ccpa", named, Access, "us-ca-ccpa"},
		{"unknown", "br-lgpd", hint, Access, "br-lgpd"}, // D15
		{"us-ca-ccpa", "eu-gdpr", hint, Objection, "us-ca-ccpa"},
		{"us-ca-ccpa", "eu-gdpr", hint, Access, "eu-gdpr"},
		{"eu-gdpr", "no-such", named, Access, "eu-gdpr"},
	} {
		p := Policy{Law: laws[c.office], Laws: laws}
		if got := p.lawFor(Verdict{Law: c.suggested, LawWhy: c.why}, c.right).Code; got != c.want {
			t.Errorf("office %s, suggested %q by %v, %s: %s, want %s", c.office, c.suggested, c.why, c.right, got, c.want)
		}
	}
}

func TestWhereToComplain(t *testing.T) { // D26, D50
	p := Policy{Law: euGDPR(), Laws: Laws()}
	one := Ticket{Requests: []Request{{Law: "ca-pipeda"}, {Law: "ca-pipeda"}}}
	if got := p.authority(one); !strings.Contains(got, "www.priv.gc.ca") {
		t.Errorf("Canada: %q", got)
	}
	one.Requests[1].Law = "eu-gdpr"
	if got := p.authority(one); got != "" {
		t.Errorf("two laws: %q", got)
	}
	for code, l := range Laws() {
		if l.Authority == "" && code != "eu-gdpr" && code != LawUnknown {
			t.Errorf("%s names no authority", code)
		}
	}
}
