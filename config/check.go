package config

import (
	"fmt"
	"slices"
	"strings"
)

// complete fills what follows from other values and makes paths absolute to the file's folder.
func (l *loader) complete() {
	c := l.config
	if c.Organisation.Name == "" {
		c.Organisation.Name = c.Organisation.Address.Domain()
	}
	if c.IMAP.Username == "" {
		c.IMAP.Username = string(c.Organisation.Address)
	}
	if c.SMTP.Username == "" && (!c.SMTP.Password.IsZero() || !c.SMTP.OAuth.IsZero()) {
		c.SMTP.Username = string(c.Organisation.Address)
	}
	for i := range c.Staff {
		s := &c.Staff[i]
		if s.Name == "" {
			s.Name = string(s.Address)
		}
		if _, given := l.lines[fmt.Sprintf("staff[%d].roles", i)]; !given {
			s.Roles = []string{"agent"}
		}
	}
	l.completeRetention()
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Name == "" {
			r.Name = string(r.Address)
		}
		if r.Language == "" {
			r.Language = "en"
		}
	}
	c.Keys.File = Path(l.resolve(string(c.Keys.File)))
	c.Keys.Erasures = Path(l.resolve(string(c.Keys.Erasures)))
	c.Keys.Audit = Path(l.resolve(string(c.Keys.Audit)))
	c.Database.Path = Path(l.resolve(string(c.Database.Path)))
	c.Letters.Templates = Path(l.resolve(string(c.Letters.Templates)))
}

// need notes that key is missing, unless it is there but has a problem already.
func (l *loader) need(missing bool, key, example string) {
	if missing && !l.bad[key] {
		l.problem(key, "is needed, such as %s", example)
	}
}

// check looks at each value beside the others.
func (l *loader) check(known Known) {
	c := l.config
	l.need(c.Organisation.Address == "", "organisation.address", "privacy@example.com")
	l.checkKnown(known)

	l.need(c.IMAP.Server.IsZero(), "imap.server", "imaps://imap.example.com")
	l.need(c.IMAP.Password.IsZero() && c.IMAP.OAuth.IsZero() && !l.given("imap.oauth"), "imap.password", `"${IMAP_PASSWORD}", or imap.password_file with the path of a file`)
	l.need(c.SMTP.Server.IsZero(), "smtp.server", "smtps://smtp.example.com")
	l.need(c.SMTP.Username != "" && c.SMTP.Password.IsZero() && !l.given("smtp.oauth"), "smtp.password", `"${SMTP_PASSWORD}", because smtp.username is given`)
	l.checkOAuth("imap", c.IMAP.OAuth)
	l.checkOAuth("smtp", c.SMTP.OAuth)
	for _, base := range []string{"imap.password", "smtp.password", "database", "keys.value", "imap.oauth.client_secret", "imap.oauth.refresh_token", "smtp.oauth.client_secret", "smtp.oauth.refresh_token", "suppression.token"} {
		_, plain := l.lines[base]
		if _, file := l.lines[base+"_file"]; plain && file {
			l.problem(base+"_file", "only one of %s and %s_file can be given", base, base)
		}
	}
	l.checkFolders()
	l.checkStaff()
	l.checkRecipients()
	l.checkRouting()
	l.checkRetention()
	if c.Disk.Stop < c.Disk.Warn && !l.bad["disk.warn"] {
		l.problem("disk.stop", "is less than disk.warn: people would be woken too late")
	}
	l.checkHealth()
	l.checkSuppression()

	if len(c.Digest.Days) == 0 {
		l.need(true, "digest.days", "[mon, tue, wed, thu, fri]: a day without digest is how a broken mailbox goes unseen")
	}
	if c.Child.Block < c.Child.Look && !l.bad["child.look"] {
		l.problem("child.block", "is shorter than child.look, but people look before they block")
	}
	if c.Child.Done < c.Child.Block && !l.bad["child.block"] {
		l.problem("child.done", "is shorter than child.block, but blocking comes before deleting")
	}
	if strings.ContainsAny(c.Authentication.AuthservID, " \t;") {
		l.problem("authentication.authserv_id", "must be the one word that stands first in your server's Authentication-Results lines")
	}
	for i, list := range c.OwnLists {
		if list == "" || strings.ContainsAny(list, " \t,;\"") {
			l.problem(fmt.Sprintf("own_lists[%d]", i), "must be a List-Id such as privacy.example.com, or the list's address")
		}
	}
}

func (l *loader) checkKnown(known Known) {
	o := &l.config.Organisation
	if err := oneOf(o.Law, known.Laws); err != nil {
		l.problem("organisation.law", "%s %s", l.shown["organisation.law"], err)
	}
	i := slices.IndexFunc(known.Holidays, func(code string) bool { return strings.EqualFold(code, o.Holidays) })
	if i >= 0 {
		o.Holidays = known.Holidays[i]
	} else {
		l.problem("organisation.holidays", "%s %s", l.shown["organisation.holidays"], oneOf(o.Holidays, known.Holidays))
	}
}

func (l *loader) checkFolders() {
	for disposition, folder := range l.config.IMAP.Move.Folders() {
		if strings.EqualFold(folder, "INBOX") || strings.HasPrefix(folder, "/") || strings.HasSuffix(folder, "/") || strings.Contains(folder, "//") {
			l.problem("imap.move."+disposition, "must be a folder other than the inbox, such as Privacy/Handled")
		}
	}
	l.need(len(l.config.IMAP.Folders) == 0, "imap.folders", "[INBOX]")
	for i, folder := range l.config.IMAP.Folders {
		key := fmt.Sprintf("imap.folders[%d]", i)
		switch {
		case l.bad[key]:
		case folder == "":
			l.problem(key, "is empty")
		case slices.Contains(l.config.IMAP.Folders[:i], folder):
			l.problem(key, "%s is given twice", l.shown[key])
		}
	}
}

// checkStaff looks for members that would get each other's mail, or their own in a circle.
func (l *loader) checkStaff() {
	l.need(len(l.config.Staff) == 0, "staff", "[{address: desk@example.com, roles: [agent, manager, oncall, legal]}]: somebody must get the requests")
	own := map[string]string{strings.ToLower(l.config.IMAP.Username): "imap.username"}
	own[strings.ToLower(string(l.config.Organisation.Address))] = "organisation.address"
	for _, list := range l.config.OwnLists {
		own[strings.ToLower(list)] = "own_lists"
	}
	seen := map[string]string{}
	for i, s := range l.config.Staff {
		base := fmt.Sprintf("staff[%d]", i)
		l.need(s.Address == "", base+".address", "desk@example.com")
		for j, address := range append([]Address{s.Address}, s.Aliases...) {
			key := base + ".address"
			if j > 0 {
				key = fmt.Sprintf("%s.aliases[%d]", base, j-1)
			}
			folded := strings.ToLower(string(address))
			switch where, mine := own[folded], seen[folded]; {
			case folded == "":
			case where != "":
				l.problem(key, "is the privacy mailbox itself (%s): mail to staff would come back in a circle", where)
			case mine != "":
				l.problem(key, "is the same as %s", mine)
			default:
				seen[folded] = key
			}
		}
		if len(s.Roles) == 0 && !l.bad[base+".roles"] {
			l.problem(base+".roles", "must name at least one of agent, manager, oncall, legal")
		}
	}
}

// checkRouting looks for routes that lead to nobody.
func (l *loader) checkRouting() {
	for i, r := range l.config.Routing {
		key := fmt.Sprintf("routing[%d]", i)
		l.need(len(r.To) == 0, key+".to", "[desk@example.com]")
		if len(r.Rights)+len(r.Languages) == 0 && !l.bad[key+".rights"] {
			l.problem(key, "must name rights or languages")
		}
		for j, to := range r.To {
			if !slices.ContainsFunc(l.config.Staff, func(s Staff) bool { return strings.EqualFold(string(s.Address), string(to)) }) {
				l.problem(fmt.Sprintf("%s.to[%d]", key, j), "is no address of staff")
			}
		}
	}
}

// checkRecipients looks for recipients of the data that are members of the house.
func (l *loader) checkRecipients() {
	for i, r := range l.config.Recipients {
		key := fmt.Sprintf("recipients[%d].address", i)
		l.need(r.Address == "", key, "privacy@processor.example.net")
		folded := strings.ToLower(string(r.Address))
		switch {
		case folded == "":
		case folded == strings.ToLower(string(l.config.Organisation.Address)):
			l.problem(key, "is the privacy mailbox itself")
		case slices.ContainsFunc(l.config.Staff, func(s Staff) bool { return strings.ToLower(string(s.Address)) == folded }):
			l.problem(key, "is a member of staff")
		case slices.ContainsFunc(l.config.Recipients[:i], func(o Recipient) bool { return strings.ToLower(string(o.Address)) == folded }):
			l.problem(key, "is given twice")
		}
	}
}

// checkFiles looks at the files that the configuration names, and at itself.
func (l *loader) checkFiles(path string) {
	c := l.config
	l.need(c.Keys.File == "" && c.Keys.Value.IsZero(), "keys.file", "privacybot.key")
	if c.Keys.Command != "" && !c.Keys.Value.IsZero() {
		l.problem("keys.command", "has nothing to unwrap: the keys come from keys.value")
	}
	if c.Keys.File != "" && c.Keys.File == c.Database.Path {
		l.problem("keys.file", "is the same file as the database")
	}
	if l.open(string(c.Keys.File), 0o077) {
		l.warning("keys.file", "%s can be read by others, and with it the database: chmod 600 %s", c.Keys.File, c.Keys.File)
	}
	if l.inline && path != "-" && l.open(path, 0o077) {
		l.warning("", "%s holds a password and can be read by others: chmod 600 %s, or use ${NAME} or a _file key", path, path)
	}
	if c.Database.plaintext() {
		l.warning("database", "sslmode=disable sends everything to another machine unencrypted")
	}
	if folder := string(c.Letters.Templates); folder != "" && l.from.Stat != nil {
		if info, err := l.from.Stat(folder); err != nil || !info.IsDir() {
			l.problem("letters.templates", "no such folder %s", folder)
		}
	}
}
