package mailbox

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

var errBudget = errors.New("server sent more than was asked for")

// guardConn owns the deadlines and the byte budget of a connection. The IMAP client sets deadlines
// of its own, which allow endless silence between responses and five minutes for any literal
// (CASES M1, M4); here each read has to bring something within the current silence, and all reads of one
// command together may not exceed its budget (M2).
type guardConn struct {
	net.Conn
	raw net.Conn // closed on kill, so that a TLS goodbye cannot block

	mu      sync.Mutex
	silence time.Duration
	budget  int64
	prefix  []byte // read ahead of the client, given to it first
	err     error  // why the guard ended the connection
}

// allow lets the server be silent for the given time, for ever when it is 0, and send so many bytes.
func (g *guardConn) allow(silence time.Duration, budget int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.silence, g.budget = silence, budget
	g.deadline() // also moves the one of a read that waits already
}

// deadline sets the deadline of reading; g.mu is held.
func (g *guardConn) deadline() {
	if g.silence > 0 {
		g.Conn.SetReadDeadline(time.Now().Add(g.silence))
	} else {
		g.Conn.SetReadDeadline(time.Time{})
	}
}

func (g *guardConn) Read(b []byte) (int, error) {
	g.mu.Lock()
	if len(g.prefix) > 0 {
		n := copy(b, g.prefix)
		g.prefix = g.prefix[n:]
		g.mu.Unlock()
		return n, nil
	}
	g.deadline()
	g.mu.Unlock()
	n, err := g.Conn.Read(b)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.budget -= int64(n)
	var timeout net.Error
	switch {
	case g.budget < 0:
		err = errBudget
		g.note(err)
		g.raw.Close()
	case errors.As(err, &timeout) && timeout.Timeout():
		g.note(fmt.Errorf("server was silent for %v", g.silence))
	case err != nil:
		g.note(err)
	}
	return n, err
}

// SetReadDeadline ignores the client's deadlines.
func (g *guardConn) SetReadDeadline(time.Time) error { return nil }

// SetDeadline keeps the write half only.
func (g *guardConn) SetDeadline(t time.Time) error { return g.Conn.SetWriteDeadline(t) }

// Close ends the connection at once.
func (g *guardConn) Close() error { return g.raw.Close() }

// note keeps the first reason; g.mu is held.
func (g *guardConn) note(err error) {
	if g.err == nil {
		g.err = err
	}
}

// reason is why the connection ended, nil when the guard saw nothing wrong.
func (g *guardConn) reason() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}
