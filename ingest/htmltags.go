package ingest

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var blockTags = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Table: true, atom.Tr: true, atom.Ul: true, atom.Ol: true, atom.Li: true,
	atom.Blockquote: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Pre: true, atom.Hr: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true,
	atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Form: true, atom.Fieldset: true, atom.Address: true, atom.Center: true,
	atom.Body: true, atom.Html: true, atom.Main: true, atom.Aside: true, atom.Nav: true, atom.Figure: true, atom.Tbody: true, atom.Thead: true,
}

var headingTags = map[atom.Atom]bool{atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true}

var voidTags = map[atom.Atom]bool{
	atom.Br: true, atom.Hr: true, atom.Img: true, atom.Input: true, atom.Meta: true, atom.Link: true, atom.Base: true,
	atom.Area: true, atom.Col: true, atom.Embed: true, atom.Param: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// silentTags hold no text for people.
var silentTags = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Noscript: true, atom.Template: true,
	atom.Object: true, atom.Iframe: true, atom.Select: true, atom.Svg: true, atom.Math: true, atom.Audio: true, atom.Video: true, atom.Noframes: true, atom.Noembed: true,
}

func attr(t *html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// quoteClasses mark the container in which a mail program puts the mail it answers.
var quoteClasses = []string{
	"gmail_quote", "gmail_extra", "yahoo_quoted", "protonmail_quote", "zmail_extra", "tutanota_quote", "moz-cite-prefix",
	"moz-email-headers-table-reply", "quoted-text", "mailru-blockquote", "gmx_quote", "fastmail-quote", "mcntgmail_quote", "x_gmail_quote", "hs_reply", "front-blockquote", "missive_quote",
	"mb_cite", "mimestream-quote", "hey-quote", "spark_quote", "skiff_quote", "qmbox", "nifty_quote", "airmail_quote",
}

// quoteIDs are ids and names with the same meaning.
var quoteIDs = []string{"yahoo_quoted", "quote", "ms-outlook-mobile-body-separator-line-quote", "reply-quote", "replyquote", "qm_quote", "isreplycontent", "mailbird-quote"}

// isQuoteBox reports whether an element wraps what is answered.
func isQuoteBox(t *html.Token) bool {
	class := " " + strings.ToLower(attr(t, "class")) + " "
	id := strings.ToLower(attr(t, "id") + attr(t, "name"))
	if t.DataAtom == atom.Blockquote {
		return !isIndent(t, class)
	}
	if t.DataAtom != atom.Div && t.DataAtom != atom.Section && t.DataAtom != atom.Span {
		return false
	}
	if class != "  " {
		for _, c := range quoteClasses {
			if strings.Contains(class, " "+c+" ") || strings.Contains(class, " "+c+"_") {
				return true
			}
		}
	}
	if id != "" {
		for _, c := range quoteIDs {
			if id == c || strings.HasPrefix(id, c) && len(c) > 8 {
				return true
			}
		}
	}
	return false
}

// isIndent recognises blockquotes by which people indent their own text.
func isIndent(t *html.Token, class string) bool {
	if attr(t, "type") == "cite" || attr(t, "cite") != "" {
		return false
	}
	style := strings.ReplaceAll(strings.ToLower(attr(t, "style")), " ", "")
	if strings.Contains(class, "quote") && !strings.Contains(class, "indent") {
		return false
	}
	return strings.Contains(class, "indent") || strings.Contains(style, "border:none") || strings.Contains(style, "border:0") || strings.Contains(style, "border:medium")
}

// isQuoteStart reports whether from this element on all is the mail that is answered.
func isQuoteStart(t *html.Token) bool {
	if t.DataAtom != atom.Div && t.DataAtom != atom.Hr && t.DataAtom != atom.A && t.DataAtom != atom.Span {
		return false
	}
	switch strings.ToLower(attr(t, "id")) {
	case "divrplyfwdmsg", "x_divrplyfwdmsg", "stopspelling", "olk_src_body_section", "mail-editor-reference-message-container",
		"reply-intro", "ms-outlook-mobile-reference-message", "editorreply", "divreplyfwdmsg":
		return true
	}
	return strings.ToLower(attr(t, "name")) == "_mailoriginal" || strings.EqualFold(attr(t, "name"), "messagereplysection")
}

func itoa(n int) string { return strconv.Itoa(n) }
