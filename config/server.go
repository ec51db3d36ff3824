package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// Server is where a mail server listens and how the connection is protected.
type Server struct {
	Scheme string // imaps, imap+starttls, imap, smtps, smtp+starttls, smtp
	Host   string // a name or an IP address without brackets
	Port   int
}

// IsZero reports whether no server was given.
func (s Server) IsZero() bool { return s == Server{} }

// Address gives "host:port" for dialling.
func (s Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// TLS reports whether the connection is encrypted from its first byte.
func (s Server) TLS() bool { return s.Scheme == "imaps" || s.Scheme == "smtps" }

// StartTLS reports whether the connection must be encrypted by STARTTLS before anything else.
func (s Server) StartTLS() bool { return strings.HasSuffix(s.Scheme, "+starttls") }

// String gives the server as it is written in the file.
func (s Server) String() string {
	if s.IsZero() {
		return ""
	}
	return s.Scheme + "://" + s.Address()
}

// MarshalText is [Server.String] for encoders.
func (s Server) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var defaultPorts = map[string]int{
	"imaps": 993, "imap+starttls": 143, "imap": 143,
	"smtps": 465, "smtp+starttls": 587, "smtp": 25,
}

// parseServer reads "imaps://imap.example.com:993"; the tag says whether imap or smtp is meant.
// Its errors never repeat the text, which may hold a password by mistake.
func parseServer(text string, tag reflect.StructTag) (any, error) {
	protocol := tag.Get("protocol")
	form := fmt.Sprintf("%ss://%s.example.com", protocol, protocol)
	scheme, _, found := strings.Cut(text, "://")
	if !found {
		return nil, fmt.Errorf("needs its protocol in front, such as %s", form)
	}
	port, known := defaultPorts[scheme]
	if !known || !strings.HasPrefix(scheme, protocol) {
		return nil, fmt.Errorf("must begin with %ss:// or %s+starttls://", protocol, protocol)
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("is not written like %s", form)
	}
	s := Server{Scheme: scheme, Host: u.Hostname(), Port: port}
	switch {
	case u.User != nil:
		return nil, errors.New("must not hold a user name or password; they have their own keys")
	case s.Host == "" || strings.ContainsAny(s.Host, " \t%"):
		return nil, errors.New("has no host name")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("has something behind the port; only protocol, host and port belong here")
	}
	if p := u.Port(); p != "" {
		if s.Port, err = strconv.Atoi(p); err != nil || s.Port < 1 || s.Port > 65535 {
			return nil, errors.New("has a port that is not between 1 and 65535")
		}
	}
	if !s.TLS() && !s.StartTLS() && !loopback(s.Host) {
		return nil, fmt.Errorf("is unencrypted, which is for this machine only (127.0.0.1, ::1, localhost): use %ss:// or %s+starttls://", protocol, protocol)
	}
	return s, nil
}

// loopback reports whether host is this machine, without any look-up.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}
