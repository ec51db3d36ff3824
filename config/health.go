package config

import (
	"net"
	"strconv"
)

// checkHealth refuses an address that others can reach, unless that is said to be wanted: what is
// served is not personal, but tells a stranger how the house is doing (CASES A72).
func (l *loader) checkHealth() {
	h := l.config.Health
	if h.Listen == "" || l.bad["health.listen"] {
		return
	}
	host, port, err := net.SplitHostPort(h.Listen)
	if n, nerr := strconv.Atoi(port); err != nil || nerr != nil || n < 0 || n > 65535 {
		l.problem("health.listen", "must be an address with a port, such as 127.0.0.1:9090")
		return
	}
	if !loopback(host) && !h.Anywhere {
		l.problem("health.listen", "can be reached from other machines: use 127.0.0.1:%s, or say health.anywhere: true where the network in front keeps strangers out", port)
	}
}
