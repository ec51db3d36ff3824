package config

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// edit changes the minimal file: lines are replaced by their section, or added.
func edit(lines ...string) string {
	text := minimal
	for _, line := range lines {
		section, _, _ := strings.Cut(line, ":")
		var kept []string
		for _, have := range strings.SplitAfter(text, "\n") {
			if !strings.HasPrefix(have, section+":") {
				kept = append(kept, have)
			}
		}
		text = strings.Join(kept, "") + line + "\n"
	}
	return text
}

func TestProblems(t *testing.T) { // C58
	const (
		imap  = `imap: {server: "imaps://imap.example.com", password: "${IMAP_PASSWORD}", `
		staff = `staff: [{address: desk@example.com}, `
	)
	for _, c := range []struct{ name, text, want string }{
		// The file.
		{"empty", "", `organisation.address: is needed, such as privacy@example.com`},
		{"comments only", "# nothing\n", `staff: is needed, such as [{address: desk@example.com`},
		{"no yaml", "organisation: [\n", `not valid YAML: sequence end token ']' not found; check the indentation`},
		{"tab", "imap:\n\tserver: x\n", "found character '\t' that cannot start any token"},
		{"binary", "\x7fELF\x00", `the file is not text in UTF-8`},
		{"latin-1", "organisation: {name: \"M\xfcller\"}", `the file is not text in UTF-8`},
		{"huge", strings.Repeat("# long\n", 100000), `is larger than 128 KiB`},
		{"many keys", "a: {" + strings.Repeat("b: c, ", 8000), `more keys and values than a configuration needs`},
		{"many lines", "a: |\n" + strings.Repeat("\r", 60000), `the file has more than 5000 lines`},
		{"deep flow", strings.Repeat("[", 6000), `nested too deeply (line 1)`},
		{"deep list", strings.Repeat("- ", 6000) + "x", `nested too deeply (line 1)`},
		{"two documents", minimal + "---\nmode: live\n", `a second document begins here`},
		{"anchor", edit("mode: &a live"), `put it in quotes`},
		{"alias as password", edit("smtp: {server: \"smtps://smtp.example.com\", password: *secret}"), `put it in quotes (line 4)`},
		{"list at the top", "- a\n", `must hold keys`},
		{"text at the top", "hello", `must hold keys`},

		// Keys.
		{"misspelt key", edit(imap + `pasword: x}`), `imap.pasword: no such key; did you mean password?`},
		{"swapped letters", edit(imap + `flodres: x}`), `imap.flodres: no such key; did you mean folders?`},
		{"other name", edit(`smtp: {server: "smtps://smtp.example.com", user: x}`), `smtp.user: no such key; did you mean username?`},
		{"wrong section", edit(`timezone: UTC`), `timezone: no such key; did you mean organisation.timezone?`},
		{"american", edit(`organization: {}`), `organization: no such key; did you mean organisation?`},
		{"unknown key", edit(`log: {wxyz: 1}`), `log.wxyz: no such key; here can stand format, level`},
		{"unknown in list", edit(staff + `{adress: b@example.com}]`), `staff[1].adress: no such key; did you mean address?`},
		{"file for no secret", edit(`log: {level_file: x}`), `log.level_file: no such key; did you mean level?`},
		{"twice", "mode: live\n" + minimal + "mode: shadow\n", `mode is given twice, first on line 1 (line 6)`},
		{"section is text", edit("digest: daily"), `digest: must hold keys`},
		{"text is section", edit("mode: {a: b}"), `mode: must be one value`},
		{"list is text", edit(imap + `folders: INBOX}`), `imap.folders: must be a list: write [a, b]`},
		{"staff is section", edit("staff: {address: desk@example.com}"), `staff: must be a list`},

		// Environment and files.
		{"variable not set", edit(`imap: {server: "imaps://imap.example.com", password: "${NONE}"}`), `imap.password: environment variable NONE is not set`},
		{"variable empty", edit(`imap: {server: "imaps://imap.example.com", password: "${EMPTY}"}`), `imap.password: environment variable EMPTY is empty`},
		{"variable broken", edit(`mode: "${live"`), `mode: holds ${ without a name and }`},
		{"password empty", edit(`imap: {server: "imaps://imap.example.com", password: ""}`), `imap.password: is empty`},
		{"password null", edit(`imap: {server: "imaps://imap.example.com", password: }`), `imap.password: is empty`},
		{"password missing", edit(`imap: {server: "imaps://imap.example.com"}`), `imap.password: is needed, such as "${IMAP_PASSWORD}"`},
		{"password with newline", edit(`imap: {server: "imaps://imap.example.com", password: "a\nb"}`), `imap.password: holds a line break`}, // A69
		{"no such file", edit(`imap: {server: "imaps://imap.example.com", password_file: /etc/imap.pass}`), `imap.password_file: no such file /etc/imap.pass`},
		{"relative file", edit(`imap: {server: "imaps://imap.example.com", password_file: imap.pass}`), `imap.password_file: no such file /etc/privacybot/imap.pass`},
		{"empty file", edit(`imap: {server: "imaps://imap.example.com", password_file: /run/empty}`), `imap.password_file: /run/empty is empty`},
		{"file with two lines", edit(`imap: {server: "imaps://imap.example.com", password_file: /run/two}`), `imap.password_file: /run/two holds a line break`},
		{"large file", edit(`imap: {server: "imaps://imap.example.com", password_file: /run/large}`), `imap.password_file: /run/large is larger than 16 KiB`},
		{"no file named", edit(`imap: {server: "imaps://imap.example.com", password_file: ""}`), `imap.password_file: names no file`},
		{"both", edit(imap + `password_file: /run/good}`), `imap.password_file: only one of imap.password and imap.password_file`},

		// Values.
		{"address", edit(`organisation: {address: privacy}`), `organisation.address: "privacy" is not a mail address`},
		{"address with name", edit(`organisation: {address: "Privacy <privacy@example.com>"}`), `must be the bare address`},
		{"address local", edit(`organisation: {address: privacy@localhost}`), `has no full domain behind the @`},
		{"address odd", edit(`organisation: {address: "ä@example.com"}`), `before the @`},
		{"address null", edit(`organisation: {address: }`), `organisation.address: is needed`},
		{"name with newline", edit(`organisation: {address: privacy@example.com, name: "A\r\nBcc: x"}`), `organisation.name: "A\r\nBcc: x" holds a line break`},
		{"zone", edit(`organisation: {address: privacy@example.com, timezone: Europe/Berln}`), `organisation.timezone: "Europe/Berln" is not a time zone`}, // C55
		{"zone local", edit(`organisation: {address: privacy@example.com, timezone: Local}`), `"Local" is not a time zone`},
		{"law", edit(`organisation: {address: privacy@example.com, law: gdpr}`), `organisation.law: "gdpr" must be one of eu-gdpr, uk-gdpr, us-ca-ccpa, unknown: did you mean eu-gdpr?`},
		{"holidays", edit(`organisation: {address: privacy@example.com, holidays: UK}`), `organisation.holidays: "UK" must be one of none, DE, FR, GB, GB-SCT: did you mean GB?`},
		{"policy url", edit(`organisation: {address: privacy@example.com, policy_url: www.example.com}`), `organisation.policy_url: "www.example.com" is not a web address`},
		{"mode", edit(`mode: shadwo`), `mode: "shadwo" must be one of live, shadow: did you mean shadow?`},
		{"mode empty", edit(`mode: ""`), `mode: is empty`},
		{"addressing", edit(`addressing: +`), `addressing: "+" must be one of subject, plus`},
		{"server bare", edit(`smtp: {server: smtp.example.com}`), `smtp.server: needs its protocol in front, such as smtps://smtp.example.com`},
		{"server scheme", edit(`smtp: {server: "imaps://smtp.example.com"}`), `smtp.server: must begin with smtps:// or smtp+starttls://`},
		{"server with user", edit(`smtp: {server: "smtps://u:p@smtp.example.com"}`), `smtp.server: must not hold a user name or password`},
		{"server with path", edit(`smtp: {server: "smtps://smtp.example.com/x"}`), `smtp.server: has something behind the port`},
		{"server port", edit(`smtp: {server: "smtps://smtp.example.com:99999"}`), `smtp.server: has a port that is not between 1 and 65535`},
		{"server no host", edit(`smtp: {server: "smtps://:465"}`), `smtp.server: has no host name`},
		{"server missing", edit(`smtp: {}`), `smtp.server: is needed`},
		{"unencrypted", edit(`smtp: {server: "smtp://smtp.example.com"}`), `smtp.server: is unencrypted, which is for this machine only`}, // A66
		{"unencrypted private", edit(`smtp: {server: "smtp://192.168.1.2"}`), `smtp.server: is unencrypted`},
		{"username alone", edit(`smtp: {server: "smtps://smtp.example.com", username: x}`), `smtp.password: is needed`},
		{"folder twice", edit(imap + `folders: [INBOX, INBOX]}`), `imap.folders[1]: "INBOX" is given twice`},
		{"no folder", edit(imap + `folders: []}`), `imap.folders: is needed, such as [INBOX]`},
		{"folder empty", edit(imap + `folders: [""]}`), `imap.folders[0]: is empty`},
		{"poll without unit", edit(imap + `poll: 60}`), `imap.poll: "60" needs a unit`},
		{"poll too long", edit(imap + `poll: 1d}`), `imap.poll: "1d" is too long: at most 1h`},
		{"poll zero", edit(imap + `poll: 0s}`), `imap.poll: "0s" is too short: at least 1s`},
		{"size", edit(imap + `max_mail_size: big}`), `imap.max_mail_size: "big" is not a size`},
		{"size too large", edit(imap + `max_mail_size: 2GiB}`), `too large: at most 256MiB`},
		{"since", edit(`intake: {answer_since: yesterday}`), `intake.answer_since: "yesterday" must be a duration such as 72h or 30d, a day`},
		{"database", edit(`database: privacybot.db`), `database: must be sqlite:FILE or postgres://`},
		{"database engine", edit(`database: "mysql://x"`), `database: must begin with sqlite: or postgres://`},
		{"database in memory", edit(`database: "sqlite::memory:"`), `database: must name a plain file`},
		{"database no file", edit(`database: "sqlite:"`), `database: names no file`},
		{"database no host", edit(`database: "postgres:///x"`), `database: names no host`},
		{"database no name", edit(`database: "postgres://h/"`), `database: names no database`},
		{"database bad password", edit(`database: "postgres://u:a%zz@h/x"`), `database: is not a valid postgres:// address; in a password write %40 for @`},
		{"key file empty", edit(`keys: {file: ""}`), `keys.file: is needed`},
		{"key is database", edit(`keys: {file: privacybot.db}`), `keys.file: is the same file as the database`},
		{"time", edit(`digest: {at: "8:00"}`), `digest.at: "8:00" is not a time of day like 08:00`},
		{"time late", edit(`digest: {at: "24:00"}`), `digest.at: "24:00" is not a time of day`},
		{"day", edit(`digest: {days: [mon, sunnday]}`), `digest.days[1]: "sunnday" is not a day`},
		{"no day", edit(`digest: {days: []}`), `digest.days: is needed`},
		{"child order", edit(`child: {look: 5h, block: 4h}`), `child.block: is shorter than child.look`},
		{"child order done", edit(`child: {done: 1h}`), `child.done: is shorter than child.block`},
		{"negative", edit(`child: {look: -1h}`), `child.look: "-1h" is not a duration`},
		{"brakes", edit(`brakes: {per_hour: 0}`), `brakes.per_hour: "0" must be a whole number from 1 to 100000`},
		{"tries", edit(`verification: {tries: many}`), `verification.tries: "many" must be a whole number from 1 to 20`},
		{"bool", edit(`relay: {enabled: maybe}`), `relay.enabled: "maybe" must be true or false`},
		{"authserv", edit(`authentication: {authserv_id: "mx.example.com; dmarc=pass"}`), `authentication.authserv_id: must be the one word`},
		{"templates", edit(`letters: {templates: none-such}`), `letters.templates: no such folder /etc/privacybot/none-such`},
		{"own list", edit(`own_lists: ["a b"]`), `own_lists[0]: must be a List-Id`},
		{"log level", edit(`log: {level: warning}`), `log.level: "warning" must be one of debug, info, warn, error: did you mean warn?`},

		// Staff.
		{"no staff", edit(`staff: []`), `staff: is needed`},
		{"role", edit(`staff: [{address: desk@example.com, roles: [agnet]}]`), `staff[0].roles[0]: "agnet" must be one of agent, manager, oncall, legal: did you mean agent?`},
		{"no role", edit(`staff: [{address: desk@example.com, roles: []}]`), `staff[0].roles: must name at least one`},
		{"no address", edit(`staff: [{name: Desk}]`), `staff[0].address: is needed`},
		{"twice the same", edit(staff + `{address: DESK@example.com}]`), `staff[1].address: is the same as staff[0].address`},
		{"route to nobody", edit(`routing: [{rights: [access]}]`), `routing[0].to: is needed`},
		{"route to a stranger", edit(`routing: [{rights: [access], to: [a@example.net]}]`), `routing[0].to[0]: is no address of staff`},
		{"route for nothing", edit(`routing: [{to: [desk@example.com]}]`), `routing[0]: must name rights or languages`},
		{"recipient without address", edit(`recipients: [{name: Host}]`), `recipients[0].address: is needed`},
		{"recipient is staff", edit(`recipients: [{address: Desk@example.com}]`), `recipients[0].address: is a member of staff`},
		{"recipient twice", edit(`recipients: [{address: a@example.net}, {address: A@example.net}]`), `recipients[1].address: is given twice`},
		{"recipient's right", edit(`recipients: [{address: a@example.net, rights: [access]}]`), `correction`},
		{"alias the same", edit(staff + `{address: b@example.com, aliases: [desk@example.com]}]`), `staff[1].aliases[0]: is the same as staff[0].address`},
		{"circle", edit(staff + `{address: Privacy@example.com}]`), `staff[1].address: is the privacy mailbox itself (organisation.address)`}, // A55
		{"circle by login", edit(imap+`username: box@example.com}`, staff+`{address: box@example.com}]`), `staff[1].address: is the privacy mailbox itself (imap.username)`},
		{"circle by list", edit(`own_lists: [team@example.com]`, staff+`{address: team@example.com}]`), `staff[1].address: is the privacy mailbox itself (own_lists)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			w.files["run/empty"] = &fstest.MapFile{Data: []byte("\n"), Mode: 0o600}
			w.files["run/two"] = &fstest.MapFile{Data: []byte("a\nb\n"), Mode: 0o600}
			w.files["run/good"] = &fstest.MapFile{Data: []byte("a"), Mode: 0o600}
			w.files["run/large"] = &fstest.MapFile{Data: make([]byte, maxSecret+1), Mode: 0o600}
			config, problems := w.load(c.text)
			if config != nil {
				t.Error("a configuration with a problem was accepted")
			}
			for _, p := range problems {
				if strings.Contains(p.String(), c.want) {
					return
				}
			}
			t.Errorf("want %q, got %q", c.want, problems)
		})
	}
}

func TestNoSuchConfiguration(t *testing.T) {
	_, problems := Load("/none.yaml", newWorld().sources(), known)
	if len(problems) != 1 || problems[0].String() != "no such file /none.yaml" {
		t.Errorf("got %q", problems)
	}
	from := newWorld().sources()
	from.ReadFile = func(string) ([]byte, error) { return nil, fs.ErrPermission }
	if _, problems = Load("x.yaml", from, known); len(problems) != 1 || problems[0].Text != "no permission to read x.yaml" {
		t.Errorf("got %q", problems)
	}
	from.ReadFile = func(string) ([]byte, error) { return nil, errors.New("read x.yaml: is a directory") }
	if _, problems = Load("x.yaml", from, known); len(problems) != 1 || problems[0].Text != "cannot be read: read x.yaml: is a directory" {
		t.Errorf("got %q", problems)
	}
}

func TestAllProblemsAtOnceInFileOrder(t *testing.T) {
	_, problems := newWorld().load(`organisation:
  address: privacy
  law: eu-gpdr
imap:
  server: imap.example.com
  poll: 5
smtp:
  servr: "smtps://smtp.example.com"
mode: on
`)
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	want := []string{
		`organisation.address: "privacy" is not a mail address (line 2)`,
		`organisation.law: "eu-gpdr" must be one of eu-gdpr, uk-gdpr, us-ca-ccpa, unknown: did you mean eu-gdpr? (line 3)`,
		`imap.password: is needed, such as "${IMAP_PASSWORD}", or imap.password_file with the path of a file (line 4)`,
		`imap.server: needs its protocol in front, such as imaps://imap.example.com (line 5)`,
		`imap.poll: "5" needs a unit, such as 30s, 90m, 12h or 14d (line 6)`,
		`smtp.server: is needed, such as smtps://smtp.example.com (line 7)`,
		`smtp.servr: no such key; did you mean server? (line 8)`,
		`mode: "on" must be one of live, shadow (line 9)`,
		`staff: is needed, such as [{address: desk@example.com, roles: [agent, manager, oncall, legal]}]: somebody must get the requests`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestProblemsAreBounded(t *testing.T) {
	_, problems := newWorld().load(strings.Repeat("mode: live\n", 500))
	if len(problems) != maxProblems+1 {
		t.Errorf("%d problems", len(problems))
	}
}

func TestWarningsDoNotStop(t *testing.T) { // A70
	w := newWorld()
	w.files["etc/privacybot/privacybot.key"] = &fstest.MapFile{Mode: 0o644}
	w.files["run/imap"] = &fstest.MapFile{Data: []byte("x"), Mode: 0o644}
	w.files["etc/privacybot/open.yaml"] = &fstest.MapFile{Mode: 0o644, Data: []byte(edit(
		`imap: {server: "imaps://imap.example.com", password_file: /run/imap}`,
		`smtp: {server: "smtps://smtp.example.com", password: hunter2}`,
		`database: "postgres://u@db.example.com/x?sslmode=disable"`))}
	c, problems := Load("/etc/privacybot/open.yaml", w.sources(), known)
	if c == nil {
		t.Fatal(problems)
	}
	all := ""
	for _, p := range problems {
		if !p.Warning {
			t.Errorf("not a warning: %s", p)
		}
		all += p.String() + "\n"
	}
	for _, want := range []string{
		"warning: imap.password_file: /run/imap can be read by everybody on this machine: chmod 600 /run/imap",
		"warning: keys.file: /etc/privacybot/privacybot.key can be read by others",
		"warning: /etc/privacybot/open.yaml holds a password and can be read by others: chmod 600",
		"warning: database: sslmode=disable",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	if len(problems) != 4 {
		t.Errorf("%d problems:\n%s", len(problems), all)
	}

	w.files["etc/privacybot/env.yaml"] = &fstest.MapFile{Mode: 0o644, Data: []byte(minimal)}
	w.files["etc/privacybot/privacybot.key"].Mode = 0o600
	if _, problems := Load("/etc/privacybot/env.yaml", w.sources(), known); len(problems) > 0 {
		t.Errorf("a file without secrets may be open: %q", problems)
	}
}
