package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// provider is what is known about a mail host.
type provider struct {
	name, imap, smtp, border string
	token, scope             string // of OAuth 2.0; "" = a password
	refresh                  bool   // a refresh token rather than the client's own credentials
}

func providers() []provider {
	return []provider{
		{name: "microsoft365", imap: "imaps://outlook.office365.com:993", smtp: "smtp+starttls://smtp.office365.com:587",
			token: "https://login.microsoftonline.com/%s/oauth2/v2.0/token", scope: "https://outlook.office365.com/.default"},
		{name: "google", imap: "imaps://imap.gmail.com:993", smtp: "smtps://smtp.gmail.com:465", border: "mx.google.com",
			token: "https://oauth2.googleapis.com/token", refresh: true},
		{name: "other"},
	}
}

func needed(value string) error {
	if value == "" {
		return errors.New("is needed")
	}
	return nil
}

func bare(value string) error {
	if strings.ContainsAny(value, " \t\"\\\r\n;{}") {
		return errors.New("must be one word")
	}
	return nil
}

func word(value string) error { return errors.Join(needed(value), bare(value)) }

const (
	addressForm  = "organisation: {address: \"%s\"}\n"
	zoneForm     = "organisation: {timezone: \"%s\"}\n"
	lawForm      = "organisation: {law: \"%s\"}\n"
	holidayForm  = "organisation: {holidays: \"%s\"}\n"
	policyForm   = "organisation: {policy_url: \"%s\"}\n"
	nameForm     = "organisation: {name: \"%s\"}\n"
	imapForm     = "imap: {server: \"%s\"}\n"
	smtpForm     = "smtp: {server: \"%s\"}\n"
	staffForm    = "staff: [{address: \"%s\"}]\n"
	modeForm     = "mode: \"%s\"\n"
	borderForm   = "authentication: {authserv_id: \"%s\"}\n"
	usernameForm = "imap: {username: \"%s\"}\n"
)

// ask goes through all questions.
func (a *answers) ask() error {
	domain := func() string { _, d, _ := strings.Cut(a.Address, "@"); return d }
	for _, q := range []struct {
		flag, ask string
		into      *string
		byDefault func() string
		check     func(string) error
	}{
		{"address", "Which address does your privacy policy name?", &a.Address, none, wellFormed(addressForm, "organisation.address")},
		{"name", "The organisation's name, as people know it", &a.Name, domain, wellFormed(nameForm, "organisation.name")},
		{"timezone", "Time zone, as an IANA name such as Europe/Berlin", &a.Timezone, localZone, wellFormed(zoneForm, "organisation.timezone")},
		{"law", "Law of a request when nothing points to another one: " + strings.Join(slices.Sorted(slices.Values(known().Laws)), ", "), &a.Law, always("eu-gdpr"), wellFormed(lawForm, "organisation.law")},
		{"holidays", "Country whose public holidays count, such as DE, or none", &a.Holidays, always("none"), wellFormed(holidayForm, "organisation.holidays")},
		{"policy", "Web address of the privacy policy (may be left empty)", &a.Policy, none, optional(wellFormed(policyForm, "organisation.policy_url"))},
		{"provider", "Who runs your mail: microsoft365, google or other", &a.Provider, always("other"), a.choose},
	} {
		value, err := a.question(q.flag, *q.into, q.ask, q.byDefault(), q.check)
		if err != nil {
			return err
		}
		*q.into = value
	}
	if err := a.askServers(); err != nil {
		return err
	}
	return a.askStaff()
}

func none() string { return "" }

func always(s string) func() string { return func() string { return s } }

func optional(check func(string) error) func(string) error {
	return func(value string) error {
		if value == "" {
			return nil
		}
		return check(value)
	}
}

// choose takes a provider by its name or number.
func (a *answers) choose(value string) error {
	for i, p := range providers() {
		if strings.EqualFold(value, p.name) || value == fmt.Sprint(i+1) {
			a.server = p
			return nil
		}
	}
	return errors.New("must be microsoft365, google or other")
}

// askServers asks for what is not known about the provider, and for the secrets.
func (a *answers) askServers() error {
	p := &a.server
	domain := strings.SplitN(a.Address, "@", 2)[1]
	imap, smtp := p.imap, p.smtp
	if imap == "" {
		imap, smtp = "imaps://imap."+domain, "smtps://smtp."+domain
	}
	ask := func(flag string, into *string, text, byDefault string, check func(string) error, known bool) (err error) {
		if known && *into == "" {
			*into = byDefault
			return nil
		}
		*into, err = a.question(flag, *into, text, byDefault, check)
		return err
	}
	if err := errors.Join(
		ask("imap", &a.IMAP, "IMAP server (imaps://…, or imap+starttls://…)", imap, wellFormed(imapForm, "imap.server"), p.imap != ""),
		ask("smtp", &a.SMTP, "SMTP server (smtps://…, or smtp+starttls://…)", smtp, wellFormed(smtpForm, "smtp.server"), p.smtp != ""),
		ask("username", &a.Username, "Name to sign in with", a.Address, wellFormed(usernameForm, "imap.username"), false),
		ask("border", &a.Border, "Name under which your mail server writes Authentication-Results (empty: nobody's mail counts as proven, codes are asked)",
			p.border, wellFormed(borderForm, "authentication.authserv_id"), p.border != "" || p.token != ""),
	); err != nil {
		return err
	}
	if p.token == "" {
		return a.secret(envPassword, "Password of "+a.Username, "mail.password")
	}
	if !p.refresh {
		if err := ask("tenant", &a.Tenant, "Tenant id (directory id)", "", word, false); err != nil {
			return err
		}
	}
	if err := ask("client", &a.Client, "Client id (application id)", "", word, false); err != nil {
		return err
	}
	if err := a.secret(envClient, "Client secret", "client.secret"); err != nil || !p.refresh {
		return err
	}
	return a.secret(envRefresh, "Refresh token", "refresh.token")
}

func (a *answers) askStaff() error {
	check := wellFormed(staffForm, "staff[0].address")
	for _, q := range []struct {
		flag, ask string
		into      *string
		byDefault func() string
	}{
		{"desk", "Who works on requests (an address of a person or a desk)", &a.Desk, none},
		{"on-call", "Who is woken for a child's data, at any hour", &a.OnCall, func() string { return a.Desk }},
		{"manager", "Who gets the daily digest", &a.Manager, func() string { return a.Desk }},
	} {
		value, err := a.question(q.flag, *q.into, q.ask, q.byDefault(), func(v string) error {
			if strings.EqualFold(v, a.Address) {
				return errors.New("is the privacy mailbox itself: mail to staff would come back in a circle")
			}
			return check(v)
		})
		if err != nil {
			return err
		}
		*q.into = value
	}
	return wellFormed(modeForm, "mode")(a.Mode)
}
