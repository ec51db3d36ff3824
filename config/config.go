package config

import (
	"reflect"
	"time"
)

// Config is everything the operator settled. Load fills what the file leaves out with the values
// of [Default].
type Config struct {
	Organisation   Organisation   `yaml:"organisation"`
	Mode           string         `yaml:"mode" enum:"live,shadow"`
	IMAP           IMAP           `yaml:"imap"`
	SMTP           SMTP           `yaml:"smtp"`
	Intake         Intake         `yaml:"intake"`
	Database       Database       `yaml:"database"`
	Keys           Keys           `yaml:"keys"`
	Staff          []Staff        `yaml:"staff"`
	Recipients     []Recipient    `yaml:"recipients"`
	Routing        []Route        `yaml:"routing"`
	Digest         Digest         `yaml:"digest"`
	Child          Child          `yaml:"child"`
	Alarm          Alarm          `yaml:"alarm"`
	Authentication Authentication `yaml:"authentication"`
	Relay          Relay          `yaml:"relay"`
	Addressing     string         `yaml:"addressing" enum:"subject,plus"`
	Brakes         Brakes         `yaml:"brakes"`
	Verification   Verification   `yaml:"verification"`
	Letters        Letters        `yaml:"letters"`
	OwnLists       []string       `yaml:"own_lists"`
	Suppression    Suppression    `yaml:"suppression"`
	Retention      Retention      `yaml:"retention"`
	Disk           Disk           `yaml:"disk"`
	Canary         Canary         `yaml:"canary"`
	Health         Health         `yaml:"health"`
	Log            Log            `yaml:"log"`
}

// Values of Config.Mode and Config.Addressing.
const (
	Live    = "live"
	Shadow  = "shadow"
	Subject = "subject"
	Plus    = "plus"
)

// Organisation is the controller, as requesters know it.
type Organisation struct {
	Name          string         `yaml:"name"` // the address's domain when not given
	Address       Address        `yaml:"address"`
	Timezone      *time.Location `yaml:"timezone"` // never nil
	Law           string         `yaml:"law"`      // one of Known.Laws
	Holidays      string         `yaml:"holidays"` // one of Known.Holidays
	PolicyURL     WebURL         `yaml:"policy_url"`
	PostalAddress string         `yaml:"postal_address" lines:"many"`
}

// IMAP is the mailbox that is watched.
type IMAP struct {
	Server      Server        `yaml:"server" protocol:"imap"`
	Username    string        `yaml:"username"` // organisation.address when not given
	Password    Secret        `yaml:"password"`
	OAuth       OAuth         `yaml:"oauth"` // instead of the password
	Folders     []string      `yaml:"folders"`
	Poll        time.Duration `yaml:"poll" min:"1s" max:"1h"`
	MaxMailSize Size          `yaml:"max_mail_size" min:"64KiB" max:"256MiB"`
	Move        Move          `yaml:"move"`
}

// Move names the folders that decided mail is moved to, by what became of it; "" = it stays.
type Move struct {
	Ticket       string `yaml:"ticket"`
	Followup     string `yaml:"followup"`
	Verification string `yaml:"verification"`
	Staff        string `yaml:"staff"`
	Bounce       string `yaml:"bounce"`
	AutoReply    string `yaml:"auto_reply"`
	Receipt      string `yaml:"receipt"`
	Bulk         string `yaml:"bulk"`
	Spam         string `yaml:"spam"`
	Other        string `yaml:"other"`
	Duplicate    string `yaml:"duplicate"`
}

// Folders gives the folders that are set, by disposition.
func (m Move) Folders() map[string]string {
	out := map[string]string{}
	v := reflect.ValueOf(m)
	for i := range v.NumField() {
		if folder := v.Field(i).String(); folder != "" {
			out[v.Type().Field(i).Tag.Get("yaml")] = folder
		}
	}
	return out
}

// SMTP is the server that takes our letters. Without a password nobody logs in.
type SMTP struct {
	Server   Server `yaml:"server" protocol:"smtp"`
	Username string `yaml:"username"` // organisation.address when a password or oauth is given; else "" = no login
	Password Secret `yaml:"password"`
	OAuth    OAuth  `yaml:"oauth"` // instead of the password
}

// OAuth is how access tokens are got (OAuth 2.0, RFC 6749).
type OAuth struct {
	Flow         string   `yaml:"flow" enum:"client_credentials,refresh_token"`
	TokenURL     WebURL   `yaml:"token_url"`
	ClientID     string   `yaml:"client_id"`
	ClientSecret Secret   `yaml:"client_secret"`
	RefreshToken Secret   `yaml:"refresh_token"`
	Scopes       []string `yaml:"scopes"`
}

// Values of OAuth.Flow.
const (
	ClientCredentials = "client_credentials"
	RefreshToken      = "refresh_token"
)

// IsZero reports whether nothing was given.
func (o OAuth) IsZero() bool {
	return o.Flow == "" && o.TokenURL == "" && o.ClientID == "" && o.ClientSecret.IsZero() && o.RefreshToken.IsZero() && len(o.Scopes) == 0
}

// Intake says how the first start treats mail that was already there.
type Intake struct {
	AnswerSince Since `yaml:"answer_since"`
}

// Keys is where the operator's key lies.
type Keys struct {
	File     Path   `yaml:"file"`
	Value    Secret `yaml:"value"`    // the key file's content instead of a file; zero = none
	Command  string `yaml:"command"`  // wraps and unwraps the key file; "" = it lies there in clear
	Erasures Path   `yaml:"erasures"` // list of what was erased
	Audit    Path   `yaml:"audit"`    // the end of the audit chain
}

// RightTerms are the terms of tickets with one right; what is not given is as for all.
type RightTerms struct {
	Right       string        `yaml:"right" enum:"child,access,portability,correction,deletion,restriction,objection,unsubscribe,complaint,question,other"`
	Attachments time.Duration `yaml:"attachments" min:"0s" max:"3650d"`
	Mail        time.Duration `yaml:"mail" min:"0s" max:"3650d"`
	Personal    time.Duration `yaml:"personal" min:"0s" max:"3650d"`
	Record      time.Duration `yaml:"record" min:"0s" max:"7300d"`
}

// Disk is how full the disk with an SQLite database may get, in percent.
type Disk struct {
	Warn int `yaml:"warn" min:"1" max:"100"`
	Stop int `yaml:"stop" min:"1" max:"100"`
}

// Retention is how long what is kept.
type Retention struct {
	Attachments time.Duration `yaml:"attachments" min:"0s" max:"3650d"`
	Mail        time.Duration `yaml:"mail" min:"0s" max:"3650d"`
	Personal    time.Duration `yaml:"personal" min:"0s" max:"3650d"`
	Record      time.Duration `yaml:"record" min:"0s" max:"7300d"`
	Rights      []RightTerms  `yaml:"rights"`
	Spam        time.Duration `yaml:"spam" min:"1d" max:"3650d"`
	Automatic   time.Duration `yaml:"automatic" min:"1d" max:"3650d"`
	Other       time.Duration `yaml:"other" min:"7d" max:"3650d"`
	Daily       time.Duration `yaml:"daily" min:"7d" max:"3650d"`
	Server      bool          `yaml:"server"`
}

// Staff is one person or desk that works by mail.
type Staff struct {
	Name    string    `yaml:"name"` // the address when not given
	Address Address   `yaml:"address"`
	Aliases []Address `yaml:"aliases"`
	Roles   []string  `yaml:"roles" enum:"agent,manager,oncall,legal"` // [agent] when not given
}

// Route names who gets the mails about some tickets, instead of all agents.
type Route struct {
	Rights    []string  `yaml:"rights" enum:"child,access,portability,correction,deletion,restriction,objection,unsubscribe,complaint,question,other"`
	Languages []string  `yaml:"languages"`
	To        []Address `yaml:"to"` // members of staff
}

// Recipient is somebody to whom data was passed on, and who is told when it is corrected, deleted or
// restricted (GDPR art. 19).
type Recipient struct {
	Name     string   `yaml:"name"` // the address when not given
	Address  Address  `yaml:"address"`
	Language string   `yaml:"language"`                                      // of the letters; en when not given
	Rights   []string `yaml:"rights" enum:"correction,deletion,restriction"` // all three when not given
}

// Digest is when managers get their mail, in the organisation's zone.
type Digest struct {
	At   Clock          `yaml:"at"`
	Days []time.Weekday `yaml:"days"`
}

// Child is how fast alerts about a child's data are handled: elapsed time from receipt.
type Child struct {
	Look   time.Duration `yaml:"look" min:"1s" max:"7d"`
	Block  time.Duration `yaml:"block" min:"1s" max:"14d"`
	Done   time.Duration `yaml:"done" min:"1s" max:"30d"`
	Repeat time.Duration `yaml:"repeat" min:"1s" max:"1d"`
}

// Alarm is what to run when mail cannot wake anybody.
type Alarm struct {
	Command string `yaml:"command"`
}

// Authentication is whose word about the sender of a mail counts.
type Authentication struct {
	AuthservID string `yaml:"authserv_id"` // "" = no border server is trusted
	DKIMLookup bool   `yaml:"dkim_lookup"` // check DKIM signatures ourselves, with look-ups in the DNS
}

// Relay says whether staff's answers are passed on to requesters.
type Relay struct {
	Enabled     bool   `yaml:"enabled"`
	Attachments string `yaml:"attachments" enum:"hold,drop,send"`
}

// Brakes bound automatic letters.
type Brakes struct {
	PerAddressPerDay int `yaml:"per_address_per_day" min:"1" max:"1000"`
	PerDomainPerHour int `yaml:"per_domain_per_hour" min:"1" max:"100000"`
	PerThreadPerDay  int `yaml:"per_thread_per_day" min:"1" max:"1000"`
	PerHour          int `yaml:"per_hour" min:"1" max:"100000"`
	NoticesPerHour   int `yaml:"notices_per_hour" min:"1" max:"100000"`
}

// Verification bounds the codes that show control of an address.
type Verification struct {
	Expires time.Duration `yaml:"expires" min:"1m" max:"90d"`
	Tries   int           `yaml:"tries" min:"1" max:"20"`
}

// Letters is how letters to requesters look.
type Letters struct {
	Templates Path   `yaml:"templates"` // folder with templates instead of the built-in ones; "" = none
	Footer    string `yaml:"footer" lines:"many"`
}

// Canary is the daily test mail to ourselves.
type Canary struct {
	Enabled bool          `yaml:"enabled"`
	At      Clock         `yaml:"at"`
	Within  time.Duration `yaml:"within" min:"1m" max:"12h"`
}

// Health is how the program tells other programs how it does.
type Health struct {
	Listen   string        `yaml:"listen"`   // host:port of an HTTP server; "" = none
	Anywhere bool          `yaml:"anywhere"` // Listen need not be a loopback address
	Stale    time.Duration `yaml:"stale" min:"2m" max:"1d"`
}

// Suppression is how mailings to an address are stopped. At most one of Command, URL and Mail is set.
type Suppression struct {
	Command string  `yaml:"command"`
	URL     WebURL  `yaml:"url"`
	Token   Secret  `yaml:"token"` // sent to URL
	Mail    Address `yaml:"mail"`
}

// Log is how the program reports what it does.
type Log struct {
	Level  string `yaml:"level" enum:"debug,info,warn,error"`
	Format string `yaml:"format" enum:"text,json"`
}

const day = 24 * time.Hour

// Default gives the values of a file that says nothing. The addresses and servers that a file must
// give are empty in it.
func Default() *Config {
	return &Config{
		Organisation: Organisation{Timezone: time.UTC, Law: "eu-gdpr", Holidays: "none"},
		Mode:         Live,
		IMAP: IMAP{
			Folders: []string{"INBOX"},
			Poll:    time.Minute,
			// 25 MB of attachments, the usual limit of mail providers, are 34 MB as base64.
			MaxMailSize: 40 << 20,
		},
		Intake:   Intake{AnswerSince: Since{Within: 72 * time.Hour}},
		Database: Database{Driver: SQLite, Path: "privacybot.db"},
		Keys:     Keys{File: "privacybot.key", Erasures: "privacybot.erasures", Audit: "privacybot.audit"},
		Digest: Digest{
			At:   Clock{Hour: 8},
			Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
		},
		Child: Child{
			Look: 4 * time.Hour, Block: 24 * time.Hour, Done: 72 * time.Hour, Repeat: 30 * time.Minute,
		},
		Relay:        Relay{Enabled: true, Attachments: "hold"},
		Addressing:   Subject,
		Brakes:       Brakes{PerAddressPerDay: 5, PerDomainPerHour: 30, PerThreadPerDay: 5, PerHour: 120, NoticesPerHour: 10},
		Verification: Verification{Expires: 14 * 24 * time.Hour, Tries: 5},
		Retention: Retention{
			Attachments: 7 * day, Mail: 90 * day, Personal: 365 * day, Record: 730 * day,
			Rights: []RightTerms{{Right: "child", Attachments: day, Mail: 7 * day, Personal: 365 * day, Record: 730 * day}},
			Spam:   30 * day, Automatic: 14 * day, Other: 90 * day, Daily: 30 * day,
		},
		Disk:   Disk{Warn: 90, Stop: 98},
		Canary: Canary{At: Clock{Hour: 6, Minute: 30}, Within: 30 * time.Minute},
		Health: Health{Stale: 15 * time.Minute},
		Log:    Log{Level: "info", Format: "text"},
	}
}
