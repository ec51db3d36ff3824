package demo

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // letters may name any charset

	"privacybot/ingest"
)

// Album keeps every letter as an .eml and an HTML page in a folder, with an index to look through.
type Album struct {
	Folder string

	mu    sync.Mutex
	pages []page
	errs  []error
}

type page struct{ Number, To, Subject, Kind, HTML, EML string }

// NewAlbum makes the folder, which must not hold anything yet.
func NewAlbum(folder string) (*Album, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("folder for letters: %w", err)
	}
	return &Album{Folder: folder}, nil
}

// Add keeps one letter. Failures are told by [Album.Close].
func (a *Album) Add(s Sent) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := fmt.Sprintf("%03d", len(a.pages)+1)
	kind := string(kindOf(s))
	base := n + "-" + strings.ReplaceAll(kind, "_", "-")
	p := page{Number: n, To: s.To, Subject: ingest.Parse(s.Raw, ingest.Options{}).Subject, Kind: strings.ReplaceAll(kind, "_", " "), HTML: base + ".html", EML: base + ".eml"}
	a.pages = append(a.pages, p)
	a.errs = append(a.errs,
		os.WriteFile(filepath.Join(a.Folder, p.EML), s.Raw, 0o600),
		os.WriteFile(filepath.Join(a.Folder, p.HTML), HTMLPart(s.Raw), 0o600))
}

// HTMLPart gives the HTML of a letter as its reader's mail program gets it.
func HTMLPart(raw []byte) []byte {
	entity, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	var found []byte
	_ = entity.Walk(func(_ []int, part *message.Entity, err error) error {
		if kind, _, _ := part.Header.ContentType(); err == nil && kind == "text/html" && found == nil {
			var b bytes.Buffer
			if _, err := b.ReadFrom(part.Body); err == nil {
				found = b.Bytes()
			}
		}
		return nil
	})
	return found
}

var index = template.Must(template.New("index").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Letters of the demo</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2933;background:#fff}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.45rem .6rem;border-bottom:1px solid #e4e7eb;vertical-align:top}
a{color:#0b5cad}@media(prefers-color-scheme:dark){body{background:#14181d;color:#e4e7eb}td,th{border-color:#323f4b}a{color:#7cc4fa}}
</style>
<h1>Letters of the demo</h1><p>{{len .}} letters, in the order in which they were sent.</p>
<table><tr><th>No.</th><th>Letter</th><th>To</th><th>Subject</th><th></th></tr>
{{range .}}<tr><td>{{.Number}}</td><td><a href="{{.HTML}}">{{.Kind}}</a></td><td>{{.To}}</td><td>{{.Subject}}</td><td><a href="{{.EML}}">eml</a></td></tr>
{{end}}</table></html>
`))

// Close writes the index and gives every failure so far. More letters may follow; it can be
// called again.
func (a *Album) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var b bytes.Buffer
	if err := index.Execute(&b, a.pages); err != nil {
		return err
	}
	return errors.Join(append(a.errs, os.WriteFile(filepath.Join(a.Folder, "index.html"), b.Bytes(), 0o600))...)
}

// Count is how many letters are kept.
func (a *Album) Count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.pages)
}
