package ticket

import (
	"fmt"
	"path"
	"strings"
)

// What is done with the attachments of staff's answers (relay.attachments).
const (
	AttachmentsHold = "hold" // the answer waits for #send
	AttachmentsDrop = "drop" // the text goes without them
	AttachmentsSend = "send" // they go to a verified requester at once
)

const (
	// maxPicture is the size in bytes up to which a picture is taken for part of a signature.
	maxPicture = 16 << 10
	// maxEnclosed bounds the attachments of one answer in bytes; most mail servers refuse 20 MB.
	maxEnclosed = 15 << 20
)

// File is an attachment with its content, as it goes to a requester.
type File struct {
	Attachment
	Content []byte
}

// Signature reports whether a is taken for part of a signature or of the HTML form: it is neither
// passed on nor counted.
func (a Attachment) Signature() bool {
	return strings.HasPrefix(a.Type, "image/") && (a.Size <= maxPicture || a.Inline) || strings.Contains(a.Type, "pgp-signature") || strings.Contains(a.Type, "pkcs7-signature") ||
		a.Type == "text/vcard" || a.Type == "text/x-vcard" || a.Type == "text/calendar" || a.Type == "application/ics"
}

// Passable reports whether a may go to a requester at all. Never: mails, which hold other people's
// words, and what a program would run.
func (a Attachment) Passable() bool {
	if a.Signature() || strings.HasPrefix(a.Type, "message/") || strings.HasPrefix(a.Type, "multipart/") {
		return false
	}
	for _, active := range []string{"html", "svg", "javascript", "ecmascript", "x-msdownload", "x-sh", "x-ms-", "xml-dtd", "java-archive", "hta", "ms-tnef"} {
		if strings.Contains(a.Type, active) {
			return false
		}
	}
	switch strings.ToLower(path.Ext(a.Name)) {
	case ".html", ".htm", ".xhtml", ".mht", ".mhtml", ".svg", ".svgz", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".wsh", ".hta", ".exe", ".com", ".scr", ".pif", ".bat", ".cmd", ".ps1",
		".msi", ".jar", ".lnk", ".url", ".iso", ".img", ".reg", ".dll", ".sh", ".app", ".docm", ".xlsm", ".pptm", ".eml", ".msg", ".dat":
		return false
	}
	return true
}

// enclosed says what speaks against passing on the attachments of the mail, by the office's policy.
func (w *work) enclosed() []string {
	var found []string
	files := w.files()
	t := w.ch.Ticket
	to := t.Requester()
	policy := w.draft.facts.Policy.Attachments
	for _, a := range w.attachments {
		if !a.Signature() && !a.Passable() {
			found = append(found, fmt.Sprintf("The attachment %q is never passed on: it is a mail, or a program could run it. With #send the text goes without it.", cut(a.Name, 80)))
		}
	}
	switch {
	case len(files) == 0 || policy == AttachmentsDrop:
	case to.Verified.IsZero():
		found = append(found, "It has attachments ("+names(files)+"), and the requester has not shown that the address is theirs.")
	case policy != AttachmentsSend:
		found = append(found, "It has attachments: "+names(files)+". With #send they go to the requester with the text.")
	}
	return found
}

// mayEnclose refuses what #send cannot release either.
func (w *work) mayEnclose() {
	files, size := w.files(), 0
	for _, a := range files {
		size += a.Size
	}
	t := w.ch.Ticket
	switch {
	case len(files) == 0 || w.draft.facts.Policy.Attachments == AttachmentsDrop:
	case size > maxEnclosed:
		w.refuse("Its attachments have %d MB together; no more than %d MB are passed on. Answer again without them.", size>>20, maxEnclosed>>20)
	case t.Requester().Verified.IsZero() && t.needsControl():
		w.refuse("It has attachments (%s), and the requester has not shown that the address is theirs. Answer without them, or record your own check with #verified how.", names(files))
	}
}

// files are the attachments that may go with the text.
func (w *work) files() []Attachment {
	var out []Attachment
	for _, a := range w.attachments {
		if a.Passable() {
			out = append(out, a)
		}
	}
	return out
}

// enclose lets the attachments go with o, and says for the receipt what goes and what does not.
func (w *work) enclose(o *LetterOrder) {
	files := w.files()
	if len(files) > 0 && w.draft.facts.Policy.Attachments != AttachmentsDrop {
		o.FilesOf = w.draft.mailID
		w.done = append(w.done, "With it go: "+names(files)+".")
	}
	var left []Attachment
	for _, a := range w.attachments {
		if !a.Passable() && !(a.Signature() && a.Size <= maxPicture) || a.Passable() && o.FilesOf == 0 {
			left = append(left, a)
		}
	}
	if len(left) > 0 {
		w.done = append(w.done, "Not passed on: "+names(left)+".")
	}
}

func names(as []Attachment) string {
	var out []string
	for _, a := range as {
		name := a.Name
		if name == "" {
			name = a.Type
		}
		out = append(out, cut(name, 80))
	}
	return strings.Join(out, ", ")
}
