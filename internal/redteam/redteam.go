// Package redteam plays published attacks on privacy mailboxes against the real program, over a mailbox
// and a mail server on the loopback address, and reports what leaked. Its aim is an empty last column.
package redteam

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"privacybot/internal/demo"
	"privacybot/pipeline"
	"privacybot/store"
)

// Attack is one published attack.
type Attack struct {
	Name  string
	Cases string // of the list of cases, for example "A1, A2"
	Tried string // what is done, in one sentence
	play  func(*scene)
}

// Outcome is what an attack brought to light. Leaked is empty when the program withstood.
type Outcome struct {
	Name   string   `json:"attack"`
	Cases  string   `json:"cases"`
	Tried  string   `json:"tried"`
	Leaked []string `json:"leaked"`
}

// Run plays every attack on an office of its own, and gives what came of each. office configures the
// program for a world. An error says that an attack could not be played, not that it succeeded.
func Run(ctx context.Context, office func(*demo.World) pipeline.Config) ([]Outcome, error) {
	var out []Outcome
	for _, a := range Attacks() {
		leaked, err := stage(ctx, a, office)
		if err != nil {
			return out, fmt.Errorf("%s: %w", a.Name, err)
		}
		out = append(out, Outcome{Name: a.Name, Cases: a.Cases, Tried: a.Tried, Leaked: leaked})
	}
	return out, nil
}

// stage plays one attack on fresh servers and a fresh database.
func stage(ctx context.Context, a Attack, office func(*demo.World) pipeline.Config) (leaked []string, err error) {
	scratch, err := os.MkdirTemp("", "privacybot-redteam-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	clock := demo.NewClock(time.Now(), time.UTC)
	world, err := demo.NewWorld(clock.Now, nil)
	if err != nil {
		return nil, err
	}
	defer world.Close()
	s, err := store.Open(ctx, store.Config{URL: "sqlite:" + filepath.Join(scratch, "office.db"), KeyFile: filepath.Join(scratch, "office.key"), Now: clock.Now, Migrate: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	p, err := pipeline.New(office(world), s, slog.New(slog.DiscardHandler), pipeline.WithClock(clock.Now))
	if err != nil {
		return nil, err
	}
	defer p.Close()
	sc := &scene{ctx: ctx, world: world, pipeline: p, store: s, clock: clock}
	a.play(sc)
	sc.nothingPlanted()
	return append([]string{}, sc.leaked...), sc.err
}
