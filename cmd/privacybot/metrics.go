package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"privacybot/pipeline"
)

// watcher serves how the program does to other programs: /healthz, /readyz and /metrics. Nothing of it
// is personal (CASES A72).
type watcher struct {
	pipeline *pipeline.Pipeline

	mu   sync.Mutex
	last pipeline.Health
	at   time.Time
}

const (
	healthFresh = 2 * time.Second // the database is not asked more often, whoever asks
	healthLimit = 10 * time.Second
)

// serveHealth listens and serves until the returned function is called. An address that cannot be
// listened on stops the start: who wants to be watched must not run unwatched.
func serveHealth(ctx context.Context, listen string, p *pipeline.Pipeline) (address string, stop func(), err error) {
	if listen == "" {
		return "", func() {}, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return "", nil, fmt.Errorf("health.listen: %w", err)
	}
	srv := &http.Server{Handler: (&watcher{pipeline: p}).routes(), ReadHeaderTimeout: healthLimit, ReadTimeout: healthLimit,
		WriteTimeout: 2 * healthLimit, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	go func() { _ = srv.Serve(l) }()
	return l.Addr().String(), func() { _ = srv.Close() }, nil
}

func (w *watcher) routes() http.Handler {
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(w, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(rw http.ResponseWriter, r *http.Request) {
		h, err := w.health(r.Context())
		var why []string
		for _, loop := range h.Stuck {
			why = append(why, "loop "+loop+" shows no sign of life")
		}
		reply(rw, why, err)
	})
	mux.HandleFunc("GET /readyz", func(rw http.ResponseWriter, r *http.Request) {
		h, err := w.health(r.Context())
		if err != nil {
			reply(rw, nil, err)
			return
		}
		reply(rw, w.pipeline.Ready(h), nil)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: healthLimit}))
	return mux
}

// reply says ok, or 503 with the reasons. What a database says stays here: it may quote its address.
func reply(rw http.ResponseWriter, why []string, err error) {
	if err != nil {
		why = []string{"the database does not answer"}
	}
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	if len(why) == 0 {
		fmt.Fprintln(rw, "ok")
		return
	}
	rw.WriteHeader(http.StatusServiceUnavailable)
	fmt.Fprintln(rw, strings.Join(why, "\n"))
}

// health asks the pipeline, at most every few seconds.
func (w *watcher) health(ctx context.Context) (pipeline.Health, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.at) < healthFresh {
		return w.last, nil
	}
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	h, err := w.pipeline.Health(ctx)
	if err != nil {
		return h, errors.New("the database does not answer")
	}
	w.last, w.at = h, time.Now()
	return h, nil
}

func metric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("privacybot_"+name, help, labels, nil)
}

var (
	metricInfo      = metric("info", "The program's version.", "version")
	metricUp        = metric("database_up", "1 when the database answers.")
	metricReady     = metric("ready", "1 when mail is being read and nothing refuses this program.")
	metricPoll      = metric("folder_last_poll_timestamp_seconds", "Last successful look at a folder.", "folder")
	metricLedger    = metric("ledger_missing_mails", "Mails on the server that the ledger does not know, at the last comparison.")
	metricCompared  = metric("ledger_compared_timestamp_seconds", "Last comparison of the ledger with the server.")
	metricTickets   = metric("tickets", "Open tickets, by what they wait for; a ticket may be in several.", "state")
	metricMails     = metric("mails", "Mails, by state.", "state")
	metricLetters   = metric("letters", "Letters not sent, by state.", "state")
	metricOldest    = metric("outbox_oldest_age_seconds", "Age of the oldest letter that is not sent; 0 when there is none.")
	metricCert      = metric("certificate_end_timestamp_seconds", "End of a server's certificate.", "server")
	metricKey       = metric("key_created_timestamp_seconds", "Making of the operator's key that is in use.")
	metricSent      = metric("canary_sent_timestamp_seconds", "When the last daily test mail was written.")
	metricBack      = metric("canary_returned_timestamp_seconds", "When it came back; 0 while it has not.")
	metricTrouble   = metric("server_trouble", "1 while a server does not let us work.", "server")
	metricAlarm     = metric("alarm", "1 while something is wrong that people are told of.", "what")
	metricStuckLoop = metric("stuck_loops", "Loops that show no sign of life.")
)

// Describe is empty: what is collected depends on the folders.
func (w *watcher) Describe(chan<- *prometheus.Desc) {}

// Collect reads the figures.
func (w *watcher) Collect(out chan<- prometheus.Metric) {
	put := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	put(metricInfo, 1, version)
	h, err := w.health(context.Background())
	put(metricUp, truth(err == nil))
	put(metricReady, truth(err == nil && len(w.pipeline.Ready(h)) == 0))
	if err != nil {
		return
	}
	for folder := range h.Folders {
		put(metricPoll, seconds(h.Figures.Polled[folder]), strings.ToValidUTF8(folder, "?"))
	}
	if h.LedgerDiffer >= 0 {
		put(metricLedger, float64(h.LedgerDiffer))
		put(metricCompared, seconds(h.LedgerAt))
	}
	for d, figures := range map[*prometheus.Desc]map[string]int{metricTickets: ticketFigures(h), metricMails: mailFigures(h), metricLetters: letterFigures(h)} {
		for state, n := range figures {
			put(d, float64(n), state)
		}
	}
	age := 0.0
	if !h.Figures.OldestReady.IsZero() {
		age = max(0, h.At.Sub(h.Figures.OldestReady).Seconds())
	}
	put(metricOldest, age)
	for server, end := range h.Certificates {
		put(metricCert, seconds(end), server)
	}
	put(metricKey, seconds(h.Key.Created))
	if h.CanaryOn {
		put(metricSent, seconds(h.Canary.SentAt))
		put(metricBack, seconds(h.Canary.BackAt))
	}
	for _, server := range []string{"mailbox", "mail-server"} {
		put(metricTrouble, truth(!h.Servers[server].IsZero()), server)
	}
	standing := map[string]bool{}
	for _, a := range h.Alarms {
		standing[a.What] = true
	}
	for _, what := range []string{"polls", "ledger", "canary", "certificate"} {
		put(metricAlarm, truth(standing[what]), what)
	}
	put(metricStuckLoop, float64(len(h.Stuck)))
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.Unix())
}
