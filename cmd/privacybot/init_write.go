package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// localZone is this machine's zone by its IANA name, as far as it can be told.
func localZone() string {
	if name := os.Getenv("TZ"); name != "" && name != "Local" {
		if _, err := time.LoadLocation(name); err == nil {
			return name
		}
	}
	if target, err := filepath.EvalSymlinks("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(target, "zoneinfo/"); ok && !strings.HasPrefix(name, "Etc/") {
			return name
		}
	}
	return "UTC"
}

// configuration writes what was answered, with the reasons beside it.
func (a *answers) configuration() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Written by \"privacybot init\". privacybot.example.yaml explains every key; \"privacybot check --config FILE\"")
	line("# names every mistake at once. Values that are not here have safe defaults.")
	line("")
	line("organisation:")
	line("  name: %s", quoted(a.Name))
	line("  address: %s        # the address that your privacy policy names", quoted(a.Address))
	line("  timezone: %s       # decides on which day a mail was received", quoted(a.Timezone))
	line("  law: %s", quoted(a.Law))
	line("  holidays: %s       # holidays that move a deadline; none: weekends only", quoted(a.Holidays))
	if a.Policy != "" {
		line("  policy_url: %s", quoted(a.Policy))
	}
	line("")
	line("# shadow: everything is done and recorded, but mail goes to staff only. \"privacybot shadow\" shows what would")
	line("# have been sent; after a week or so, write live.")
	line("mode: %s", a.Mode)
	for _, s := range []struct{ name, server string }{{"imap", a.IMAP}, {"smtp", a.SMTP}} {
		line("")
		line("%s:", s.name)
		line("  server: %s", quoted(s.server))
		line("  username: %s", quoted(a.Username))
		a.signIn(line)
	}
	line("")
	line("# For every copy of the database the key is needed: keep a copy of it elsewhere.")
	line("database: %s", quoted("sqlite:"+filepath.Join(a.State, "privacybot.db")))
	line("keys:")
	for _, f := range []struct{ key, file string }{{"file", "privacybot.key"}, {"erasures", "privacybot.erasures"}, {"audit", "privacybot.audit"}} {
		line("  %s: %s", f.key, quoted(filepath.Join(a.State, f.file)))
	}
	line("")
	line("# agent: tickets and the sorting mail; manager: the digest; oncall: alerts about children, at any hour;")
	line("# legal: mail from authorities, courts, lawyers, journalists, security researchers.")
	line("staff:")
	for _, m := range a.members() {
		line("  - {address: %s, roles: [%s]}", quoted(m.address), strings.Join(m.roles, ", "))
	}
	line("")
	line("digest: {at: \"08:00\", days: [mon, tue, wed, thu, fri]}")
	line("")
	line("# A mail to ourselves, once a day: shows that letters leave and mail is read. An alarm when it does not come back.")
	line("canary: {enabled: true, at: \"06:30\"}")
	line("")
	line("# Run with one word or a reference when mail cannot wake anybody: an SMS, a pager.")
	line("alarm: {command: \"\"}")
	line("")
	line("# Whose word about a sender counts. Without any, requesters and staff answer with codes.")
	if a.server.name == "microsoft365" && a.Border == "" {
		line("# Microsoft 365 states its findings without a name, so that they cannot be told from a forger's: DKIM")
		line("# signatures are checked here instead, which asks the DNS for the senders' domains.")
		line("authentication: {dkim_lookup: true}")
	} else {
		line("authentication: {authserv_id: %s}", quoted(a.Border))
	}
	return b.String()
}

// signIn writes how one server lets us in.
func (a *answers) signIn(line func(string, ...any)) {
	p := a.server
	if p.token == "" {
		line("  password_file: mail.password")
		return
	}
	token, flow := p.token, "client_credentials"
	if strings.Contains(token, "%s") {
		token = fmt.Sprintf(token, a.Tenant)
	}
	if p.refresh {
		flow = "refresh_token"
	}
	line("  oauth:")
	line("    flow: %s", flow)
	line("    token_url: %s", quoted(token))
	line("    client_id: %s", quoted(a.Client))
	line("    client_secret_file: client.secret")
	if p.refresh {
		line("    refresh_token_file: refresh.token")
	}
	if p.scope != "" {
		line("    scopes: [%s]", quoted(p.scope))
	}
}

type member struct {
	address string
	roles   []string
}

// members gives each address once, with all its roles.
func (a *answers) members() []member {
	var out []member
	add := func(address string, roles ...string) {
		i := slices.IndexFunc(out, func(m member) bool { return strings.EqualFold(m.address, address) })
		if i < 0 {
			out = append(out, member{address, roles})
			return
		}
		out[i].roles = append(out[i].roles, roles...)
	}
	add(a.Desk, "agent")
	add(a.Manager, "manager", "legal")
	add(a.OnCall, "oncall")
	return out
}

// quoted writes a YAML value that was checked to hold neither quotes nor backslashes. A $ before { would be
// read as a variable.
func quoted(value string) string { return "\"" + strings.ReplaceAll(value, "${", "$${") + "\"" }
