package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"privacybot/internal/mailtest"
)

// C50: on SQLite a second worker waits for the first, and goes on when that one leaves.
func TestSecondWorkerWaitsOnSQLite(t *testing.T) {
	dir := t.TempDir()
	open := func() *Store {
		s, err := Open(t.Context(), Config{URL: "sqlite:" + dir + "/a.db", KeyFile: dir + "/a.key", Migrate: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	first, second := open(), open()
	leave, err := first.Attend(t.Context(), func() { t.Error("the first worker waits") })
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithCancel(t.Context())
	if _, err := second.Attend(short, cancel); !errors.Is(err, context.Canceled) {
		t.Fatalf("the second worker does not wait: %v", err)
	}
	told := make(chan struct{})
	done := make(chan error)
	go func() {
		leave2, err := second.Attend(t.Context(), func() { close(told) })
		if err == nil {
			err = leave2()
		}
		done <- err
	}()
	<-told
	if err := leave(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// What a dead process held is free at once; what a living one holds is not (C50, C51).
func TestRelieveTakesFromTheDeadOnly(t *testing.T) {
	dsn, key := mailtest.Postgres(t), t.TempDir()+"/a.key"
	open := func(name string) *Store {
		s, err := Open(t.Context(), Config{URL: dsn, KeyFile: key, Migrate: true, Holder: name})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	dead, alive, heir := open("dead"), open("alive"), open("heir")
	leaveDead, err := dead.Attend(t.Context(), func() {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alive.Attend(t.Context(), func() {}); err != nil {
		t.Fatal(err)
	}
	hold := func(s *Store, name string) {
		if _, got, err := s.Acquire(t.Context(), name, time.Hour); err != nil || !got {
			t.Fatalf("lease %s: %v %v", name, got, err)
		}
	}
	hold(dead, "one")
	hold(alive, "two")
	if err := leaveDead(); err != nil { // as when its connection breaks
		t.Fatal(err)
	}
	if _, err := heir.Attend(t.Context(), func() {}); err != nil {
		t.Fatal(err)
	}
	hold(heir, "one")
	if _, got, err := heir.Acquire(t.Context(), "two", time.Hour); err != nil || got {
		t.Errorf("a living process lost its lease: %v %v", got, err)
	}
}

// A restart of the server breaks every session; the processes that live on are not taken for
// dead (C11, C50).
func TestPresenceSurvivesARestartOfTheServer(t *testing.T) {
	server := mailtest.PostgresServer(t, mailtest.Fsync())
	w := newWorld(t, server.Database())
	one, two := w.open("one"), w.open("two")
	for _, s := range []*Store{one, two} {
		if _, err := s.Attend(t.Context(), func() {}); err != nil {
			t.Fatal(err)
		}
	}
	server.Stop()
	if err := one.Relieve(t.Context()); err == nil {
		t.Error("a stopped server answers")
	}
	server.Start()
	if err := one.Relieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.save(one, w.inbound("mail"))
	w.claim(one, 1)
	if err := two.Relieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.claim(two, 1); len(got) != 0 {
		t.Errorf("taken from a living process: %+v", got)
	}
}
