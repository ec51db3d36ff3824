package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var metricName = regexp.MustCompile(`\bprivacybot_[a-z_]+`)

// The dashboard and the alert rules ask for what is served, and for nothing else.
func TestDashboardAndAlerts(t *testing.T) {
	source, err := os.ReadFile("metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, name := range []string{"grafana-dashboard.json", "prometheus-alerts.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "deploy", name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".json") && !json.Valid(text) {
			t.Errorf("%s is not JSON", name)
		}
		for _, metric := range metricName.FindAllString(string(text), -1) {
			asked[metric] = true
			if !strings.Contains(string(source), `metric("`+strings.TrimPrefix(metric, "privacybot_")+`"`) {
				t.Errorf("%s asks for %s, which is not served", name, metric)
			}
		}
	}
	if len(asked) < 12 {
		t.Errorf("only %d metrics are looked at", len(asked))
	}
}
