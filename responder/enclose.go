package responder

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"path"
	"strconv"
	"strings"

	"privacybot/ticket"
)

// enclose puts files beside a finished letter as plain attachments: nothing in them is shown by
// itself, and the name is all that is told of them. The same arguments give the same bytes.
func enclose(raw []byte, messageID string, files []ticket.File) []byte {
	if len(files) == 0 {
		return raw
	}
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	kept, moved := describing(string(head)) // the fields that describe the body go with it
	sum := sha256.Sum256([]byte("enclosed " + messageID))
	boundary := "=_" + hex.EncodeToString(sum[:16])
	var b bytes.Buffer
	b.WriteString(strings.Join(kept, "\r\n") + "\r\nContent-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n")
	b.WriteString(strings.Join(moved, "\r\n") + "\r\n\r\n")
	b.Write(body)
	for i, f := range files {
		b.WriteString("\r\n--" + boundary + "\r\nContent-Type: " + mediaType(f.Type) + "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: " +
			mime.FormatMediaType("attachment", map[string]string{"filename": fileName(f.Name, i)}) + "\r\n\r\n")
		b.Write(appendBase64(b.AvailableBuffer(), string(f.Content)))
	}
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return b.Bytes()
}

// plainTypes are the media types that are told as they are; everything else is a row of bytes.
var plainTypes = map[string]bool{
	"application/pdf": true, "application/zip": true, "application/json": true, "text/csv": true, "text/plain": true, "image/png": true, "image/jpeg": true, "image/gif": true,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": true, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": true,
	"application/vnd.oasis.opendocument.text": true, "application/vnd.oasis.opendocument.spreadsheet": true,
}

func mediaType(t string) string {
	if plainTypes[t] {
		return t
	}
	return "application/octet-stream"
}

// fileName leaves of a name what is one line without directions (CASES A44).
func fileName(name string, i int) string {
	name = path.Base(strings.ReplaceAll(string(line(name, 120)), `\`, "/"))
	if name = strings.Trim(name, " ./"); name == "" {
		name = "attachment-" + strconv.Itoa(i+1)
	}
	return name
}
