package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"privacybot/config"
	"privacybot/ticket"
)

// What the reference of the configuration says is what the rules' own default is.
func TestRetentionDefaults(t *testing.T) {
	if diff := cmp.Diff(ticket.DefaultRetention(), retentionOf(config.Default().Retention)); diff != "" {
		t.Error(diff)
	}
}
