package ticket

import "strings"

// webmail are providers whose mailboxes belong to people who have nothing to do with one another, by the
// first label or the whole domain.
var webmail = func() map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(`gmail googlemail hotmail outlook live msn yahoo ymail rocketmail aol icloud me.com mac.com gmx web.de
		t-online.de freenet.de posteo mailbox.org proton.me protonmail pm.me tutanota tuta.io fastmail zoho mail.com mail.ru inbox.ru list.ru bk.ru yandex ya.ru rambler.ru ukr.net
		qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com 189.cn naver.com daum.net hanmail.net nate.com
		docomo.ne.jp ezweb.ne.jp softbank.ne.jp biglobe.ne.jp nifty.com orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it
		tin.it bluewin.ch telenet.be skynet.be ziggo.nl kpnmail.nl hetnet.nl xs4all.nl seznam.cz centrum.cz wp.pl o2.pl onet.pl interia.pl abv.bg
		uol.com.br bol.com.br terra.com.br ig.com.br comcast.net verizon.net att.net sbcglobal.net cox.net charter.net shaw.ca rogers.com btinternet.com
		sky.com virginmedia.com talktalk.net bigpond.com optusnet.com.au rediffmail.com telia.com online.no privaterelay.appleid.com duck.com`) {
		m[name] = true
	}
	return m
}()

// Webmail reports whether domain is a provider that gives everybody a mailbox: many people there who write
// on one day have nothing in common.
func Webmail(domain string) bool {
	domain = strings.ToLower(domain)
	first, rest, _ := strings.Cut(domain, ".")
	return webmail[domain] || webmail[first] && strings.Count(rest, ".") <= 1 // yahoo.co.uk
}
