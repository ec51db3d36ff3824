package ingest

import "privacybot/ticket"

// Files gives the attachments of a mail in the order of ticket.Message.Attachments, each with its
// content decoded, up to limit bytes in all; what is beyond that is left out. Nothing is opened.
func Files(raw []byte, limit int) (files []ticket.File) {
	var d damage
	defer func() {
		if recover() != nil {
			files = nil // as with Parse, no mail stops the program; staff are told that nothing was enclosed
		}
	}()
	t := &tree{d: &d, top: readEntity(raw, true, &d), textLeft: maxTotalText, keep: true, fileLeft: limit}
	t.walk(t.top, place{first: true})
	return t.files
}

// file keeps the content of an attachment, when that was asked for.
func (t *tree) file(a ticket.Attachment, e entity) {
	if !t.keep || len(e.body) > 2*t.fileLeft+1<<10 {
		return
	}
	body, size := t.decode(e, t.fileLeft)
	if size > len(body) || size > t.fileLeft {
		return
	}
	t.fileLeft -= size
	a.Size = size
	t.files = append(t.files, ticket.File{Attachment: a, Content: append([]byte(nil), body...)})
}
