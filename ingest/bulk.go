package ingest

import "strings"

// bulkRules recognise mass mail and notifications. A person who writes through a discussion list is
// a person (CASES B6).
var bulkRules = []rule{
	{"B4 feedback report", func(f *facts) bool { return f.report == "feedback-report" || f.statusReport("feedback") != nil }},
	{"B1 Auto-Submitted", func(f *facts) bool { return f.autoSub != "" }},
	{"B6 one-click unsubscribe", func(f *facts) bool { return f.has("List-Unsubscribe-Post") && !f.discussion() && !f.ownList() }},
	{"B6 List-Unsubscribe of a mailing", func(f *facts) bool {
		return f.has("List-Unsubscribe") && !f.discussion() && !f.isConversation() && !f.ownList()
	}},
	{"B7 precedence of a mailing", func(f *facts) bool {
		return (f.preced == "bulk" || f.preced == "junk" || f.preced == "list") && !f.discussion() && !f.isConversation() && !f.ownList()
	}},
	{"B6 list mail from a program", func(f *facts) bool {
		return f.listMail() && (robotLocal(f.local) || notifier(f.local))
	}},
	{"B7 mass mailing header", func(f *facts) bool { return f.massHeader() }},
	{"B5 notification", func(f *facts) bool {
		return robotLocal(f.local) && !f.isReply && containsAny(f.text, []string{"unsubscribe", "abbestellen", "abmelden", "désabonner", "désinscrire", "darse de baja", "cancelar la suscripción", "disiscriv", "退订", "退訂", "配信停止", "отписаться", "uitschrijven", "wypisz"})
	}},
}

// discussion reports whether people write to each other over the list.
func (f *facts) discussion() bool {
	if robotLocal(f.local) || notifier(f.local) || f.autoSub != "" {
		return false
	}
	if post := strings.ToLower(f.header("List-Post")); post != "" {
		return !strings.HasPrefix(strings.TrimSpace(post), "no")
	}
	if f.has("Mailing-List") || f.has("X-Mailing-List") || f.has("X-BeenThere") || f.has("X-Mailman-Version") {
		return true
	}
	sender := strings.ToLower(f.header("Sender") + " " + f.header("Errors-To"))
	if containsAny(sender, []string{"owner-", "-owner@", "-admin@", "-bounces@", "-bounces+"}) || f.has("List-Subscribe") {
		return true // Majordomo, LISTSERV and old Mailman
	}
	return f.preced == "list" && !f.has("List-Unsubscribe-Post") && !f.has("Feedback-Id") || f.has("List-Id") && f.isReply || f.has("List-Id") && !f.has("List-Unsubscribe")
}

// massHeader looks for fields of systems that only send to many, or report to nobody in particular.
func (f *facts) massHeader() bool {
	for _, name := range []string{"X-Cron-Env", "X-GitHub-Reason", "X-GitLab-NotificationReason", "X-JIRA-FingerPrint", "X-Facebook-Notify", "X-Mailchimp-Campaign", "X-MC-Campaign", "X-CampaignID", "X-Campaign", "X-Campaignid", "X-Mailer-RecptId", "X-Newsletter", "X-Bulkmail", "X-Bulk-Mail", "X-Mass-Mail", "X-CSA-Complaints", "X-rpcampaign", "X-Twitter-UID", "X-LinkedIn-Class", "X-PHPList-Version", "X-SFMC-Stack", "X-Nagios-Notification", "X-Bugzilla-Type", "X-Discourse-Topic-Id", "X-Notification-Type"} {
		if f.has(name) && !f.isConversation() {
			return true
		}
	}
	return false
}

// notifier recognises local parts of programs that tell news.
func notifier(local string) bool {
	switch local {
	case "notification", "notifications", "notify", "newsletter", "newsletters", "news", "alerts", "alert", "mailing", "updates", "digest", "marketing", "mailer", "bugzilla-daemon", "bugzilla", "jira", "cron", "automailer", "announce", "announcements", "info-mailer":
		return true
	}
	return strings.HasPrefix(local, "notifications-") || strings.HasPrefix(local, "newsletter-") || strings.HasPrefix(local, "notification+")
}
