package config

import (
	"net/url"
	"strings"
)

// given reports whether key, or its file, stands in the configuration.
func (l *loader) given(key string) bool {
	_, plain := l.lines[key]
	_, file := l.lines[key+"_file"]
	return plain || file
}

// checkOAuth looks at a section that stands instead of a password.
func (l *loader) checkOAuth(server string, o OAuth) {
	base := server + ".oauth"
	if !l.given(base) {
		return
	}
	if l.given(server + ".password") {
		l.problem(base, "only one of %s.password and %s can be given", server, base)
	}
	l.need(o.TokenURL == "", base+".token_url", `"https://login.microsoftonline.com/TENANT/oauth2/v2.0/token" or "https://oauth2.googleapis.com/token"`)
	if u, err := url.Parse(string(o.TokenURL)); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		l.problem(base+".token_url", "is unencrypted, which is for this machine only: the secret would be readable on the way")
	}
	l.need(o.ClientID == "", base+".client_id", "the id under which this program is registered there")
	l.need(o.Flow == "" && !l.bad[base+".flow"], base+".flow", "client_credentials (Microsoft 365) or refresh_token (Google)")
	switch o.Flow {
	case ClientCredentials:
		l.need(o.ClientSecret.IsZero() && !l.bad[base+".client_secret_file"], base+".client_secret", `"${CLIENT_SECRET}", or `+base+".client_secret_file with the path of a file")
		if !o.RefreshToken.IsZero() {
			l.problem(base+".refresh_token", "is not used with flow: client_credentials")
		}
		l.need(len(o.Scopes) == 0, base+".scopes", `["https://outlook.office365.com/.default"]`)
	case RefreshToken:
		l.need(o.RefreshToken.IsZero() && !l.bad[base+".refresh_token_file"], base+".refresh_token", `"${REFRESH_TOKEN}", or `+base+".refresh_token_file with the path of a file")
	}
	for _, scope := range o.Scopes {
		if scope == "" || strings.ContainsAny(scope, " \t\"\\") { // RFC 6749 section 3.3
			l.problem(base+".scopes", "each scope is one word; write them as a list: [a, b]")
			break
		}
	}
}
