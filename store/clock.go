package store

import "time"

// Times are kept as microseconds since 1970, UTC. Both databases compare integers alike, whereas
// times as text compare wrongly across zones in SQLite.

func micros(t time.Time) int64 { return t.UnixMicro() }

// microsOrNull gives nil, stored as NULL, for the zero time.
func microsOrNull(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	m := t.UnixMicro()
	return &m
}

func fromMicros(m int64) time.Time { return time.UnixMicro(m).UTC() }

func fromNullable(m *int64) time.Time {
	if m == nil {
		return time.Time{}
	}
	return fromMicros(*m)
}
