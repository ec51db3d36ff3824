package mailtest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// OAuthServer is an authorization server (RFC 6749) on the loopback interface: it gives access tokens
// for client credentials and refresh tokens, and tells Dovecot which of them are good. Its methods may
// be used from any goroutine.
type OAuthServer struct {
	URL          string // http://127.0.0.1:port; tokens are asked for at URL + "/token"
	ClientID     string
	ClientSecret string
	Username     string // whose mailbox the tokens open
	Mechanisms   string // what an IMAP server with it offers; "xoauth2 oauthbearer" unless changed before its start

	mu      sync.Mutex
	refresh string
	rotate  bool
	failure int
	code    string
	life    time.Duration
	good    map[string]bool
	asked   []url.Values
}

// OAuth starts an authorization server for the test and stops it when the test ends.
func OAuth(t testing.TB) *OAuthServer {
	t.Helper()
	o := &OAuthServer{ClientID: "client-" + rand.Text()[:6], ClientSecret: rand.Text(), Username: "privacy@example.test",
		Mechanisms: "xoauth2 oauthbearer", refresh: rand.Text(), life: time.Hour, good: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", o.token)
	mux.HandleFunc("/introspect", o.introspect)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	o.URL = server.URL
	return o
}

// RefreshToken is the one that is good now.
func (o *OAuthServer) RefreshToken() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.refresh
}

// Fail answers from now on with this HTTP status and OAuth error code; 0 ends it.
func (o *OAuthServer) Fail(status int, code string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failure, o.code = status, code
}

// Rotate gives a new refresh token with every access token; the one before is void then.
func (o *OAuthServer) Rotate() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rotate = true
}

// Life is how long tokens are announced to last from now on.
func (o *OAuthServer) Life(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.life = d
}

// Revoke makes all access tokens given so far void.
func (o *OAuthServer) Revoke() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.good)
}

// Good reports whether an access token is good.
func (o *OAuthServer) Good(token string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.good[token]
}

// Asked gives the form of every request for a token so far.
func (o *OAuthServer) Asked() []url.Values {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]url.Values(nil), o.asked...)
}

func (o *OAuthServer) token(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r.ParseForm()
	o.asked = append(o.asked, r.PostForm)
	say := func(status int, answer map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(answer)
	}
	form := r.PostForm
	switch {
	case o.failure != 0:
		say(o.failure, map[string]any{"error": o.code, "error_description": "about " + form.Get("client_secret") + form.Get("refresh_token")})
		return
	case form.Get("client_id") != o.ClientID || form.Get("client_secret") != o.ClientSecret:
		say(http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	case form.Get("grant_type") == "refresh_token" && form.Get("refresh_token") != o.refresh:
		say(http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	token := rand.Text()
	o.good[token] = true
	answer := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(o.life.Seconds())}
	if o.rotate {
		o.refresh = rand.Text()
		answer["refresh_token"] = o.refresh
	}
	say(http.StatusOK, answer)
}

func (o *OAuthServer) introspect(w http.ResponseWriter, r *http.Request) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	w.Header().Set("Content-Type", "application/json")
	if o.Good(token) {
		json.NewEncoder(w).Encode(map[string]any{"active": true, "username": o.Username})
		return
	}
	w.WriteHeader(http.StatusUnauthorized)
	json.NewEncoder(w).Encode(map[string]any{"active": false})
}
