package pipeline

import (
	"crypto/tls"
	"slices"
	"sync"
	"time"

	"privacybot/ticket"
)

// vitals is what a running process knows of itself. Losing it costs nothing.
type vitals struct {
	mu    sync.Mutex
	began time.Time            // when the loops began; zero in a process without loops
	beats map[string]time.Time // last sign of life of each loop
	certs map[string]time.Time // end of the certificate that a server showed last
}

// stuckAfter is how long a loop may be silent; its longest pause is backoffMax.
const stuckAfter = 30 * time.Minute

func (v *vitals) beat(loop string, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.beats == nil {
		v.beats = map[string]time.Time{}
	}
	v.beats[loop] = now
}

// begin notes that the loops begin.
func (v *vitals) begin(now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.began = now
}

// young reports whether the loops have not had the time to show what they can.
func (v *vitals) young(now time.Time, limit time.Duration) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return !v.began.IsZero() && now.Sub(v.began) <= limit
}

// stuck names the loops that have been silent for too long.
func (v *vitals) stuck(now time.Time) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []string
	for loop, at := range v.beats {
		if now.Sub(at) > stuckAfter {
			out = append(out, loop)
		}
	}
	slices.Sort(out)
	return out
}

// certificates gives when the servers' certificates end, as far as they were seen.
func (v *vitals) certificates() map[string]time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := map[string]time.Time{}
	for server, end := range v.certs {
		out[server] = end
	}
	return out
}

// watchTLS notes the certificate of a server at each connection, after it was checked as usual.
func (v *vitals) watchTLS(server string, base *tls.Config) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if base != nil {
		c = base.Clone()
	}
	before := c.VerifyConnection
	c.VerifyConnection = func(s tls.ConnectionState) error {
		if before != nil {
			if err := before(s); err != nil {
				return err
			}
		}
		if len(s.PeerCertificates) > 0 {
			v.mu.Lock()
			defer v.mu.Unlock()
			if v.certs == nil {
				v.certs = map[string]time.Time{}
			}
			v.certs[server] = s.PeerCertificates[0].NotAfter.UTC()
		}
		return nil
	}
	return c
}

// watchServers makes both servers' certificates known.
func (p *Pipeline) watchServers() {
	p.cfg.Mailbox.TLS = p.vitals.watchTLS(ticket.TroubleMailbox, p.cfg.Mailbox.TLS)
	p.cfg.SMTP.TLS = p.vitals.watchTLS(ticket.TroubleMailServer, p.cfg.SMTP.TLS)
}
