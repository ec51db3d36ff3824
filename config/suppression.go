package config

import (
	"net/url"
	"strings"
)

// checkSuppression makes sure that addresses go one way, and never readable over the net.
func (l *loader) checkSuppression() {
	s := l.config.Suppression
	ways := 0
	for _, set := range []bool{s.Command != "", s.URL != "", s.Mail != ""} {
		if set {
			ways++
		}
	}
	if ways > 1 {
		l.problem("suppression", "only one of command, url and mail can be given")
	}
	if u, err := url.Parse(string(s.URL)); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		l.problem("suppression.url", "is unencrypted, which is for this machine only: addresses would be readable on the way")
	}
	if !s.Token.IsZero() && s.URL == "" && !l.bad["suppression.url"] {
		l.problem("suppression.token", "is sent to suppression.url, which is not given")
	}
	if strings.EqualFold(string(s.Mail), string(l.config.Organisation.Address)) && s.Mail != "" {
		l.problem("suppression.mail", "is the privacy mailbox itself")
	}
}
