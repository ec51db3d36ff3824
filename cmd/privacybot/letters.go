package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"privacybot/ingest"
	"privacybot/internal/demo"
	"privacybot/responder"
	"privacybot/ticket"
)

type lettersCmd struct {
	Out     string   `help:"Folder to write into; made when missing." required:"" type:"path" placeholder:"DIR"`
	Lang    []string `help:"Only these languages, such as fr,ja." placeholder:"TAG"`
	Config  string   `help:"Configuration file: its organisation, its footer, its templates." type:"path" placeholder:"FILE"`
	Browser string   `help:"Browser that takes the pictures; a Chromium on the PATH when not given." placeholder:"PROGRAM"`
	Dark    bool     `help:"Take the pictures in dark colours."`
}

//go:embed letters.html
var lettersPage string

// previewLetter is one made-up letter in one language, and its files.
type previewLetter struct {
	Name, Kind, Lang, Subject string
	EML, HTML, Picture        string // names relative to the folder; Picture is empty when there is none
}

// previewLanguage is what the index shows of one language.
type previewLanguage struct {
	Tag     string
	Letters []previewLetter
}

// Run writes every letter in every language into a folder, with an index to look through. The data
// is made up; nothing is sent.
func (k lettersCmd) Run(ctx context.Context, c console) error {
	composer, err := k.composer(c)
	if err != nil {
		return err
	}
	tags := composer.Languages()
	for _, tag := range k.Lang {
		if !slices.Contains(tags, tag) {
			return wrongUse{fmt.Errorf("--lang: no letters in %q; there are %s", tag, strings.Join(tags, ", "))}
		}
	}
	if len(k.Lang) > 0 {
		tags = k.Lang
	}
	var languages []previewLanguage
	var all []previewLetter
	for _, tag := range tags {
		one, err := k.write(composer, tag)
		if err != nil {
			return err
		}
		all = append(all, one...)
		languages = append(languages, previewLanguage{tag, one})
	}
	if browser := k.findBrowser(); browser == "" {
		fmt.Fprintln(c.err, "privacybot: pictures are left out: no Chromium on the PATH; name a browser with --browser")
	} else if err := (photographer{browser: browser, folder: k.Out, dark: k.Dark}).takeAll(ctx, all); err != nil {
		return err
	} else {
		for i := range languages {
			for j := range languages[i].Letters {
				l := &languages[i].Letters[j]
				l.Picture = pictureName(l.HTML)
			}
		}
	}
	if err := k.writeIndex(languages); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s in %s: %s\n", count(len(all), "letter"), count(len(tags), "language"), filepath.Join(k.Out, "index.html"))
	return nil
}

func (k lettersCmd) composer(c console) (*responder.Composer, error) {
	if k.Config == "" {
		return responder.NewComposer(responder.Config{
			Organisation: ticket.Organisation{Name: "Example Audio", Address: ticket.Address{Address: "privacy@example.com"},
				PolicyURL: "https://www.example.com/privacy", Postal: "Example Street 1, 10115 Berlin, Germany"},
			Zone: time.UTC, Relay: true, Token: previewToken,
		})
	}
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return nil, err
	}
	p := o.pipeline
	composer, err := responder.NewComposer(responder.Config{Organisation: p.Policy.Organisation, Zone: p.Policy.Zone, Relay: p.Policy.Relay,
		Templates: p.Templates, Footer: p.Footer, Addressing: responder.Addressing(o.config.Addressing), Token: previewToken})
	if err != nil {
		return nil, wrongUse{fmt.Errorf("letters.templates: %w", err)}
	}
	return composer, nil
}

// previewToken stands where a real letter has a token that proves its thread.
func previewToken(_, _ string) string { return "0000000000" }

// write writes the letters of one language. Letters within the house are in English only.
func (k lettersCmd) write(composer *responder.Composer, tag string) ([]previewLetter, error) {
	if err := os.MkdirAll(filepath.Join(k.Out, tag), 0o755); err != nil {
		return nil, err
	}
	var out []previewLetter
	for _, s := range responder.Samples() {
		if tag != "en" && !s.Order.Kind.External() {
			continue
		}
		s.Order.Language = tag
		letter, err := composer.Compose(s.Order, "preview-"+tag+"-"+s.Name, s.Now)
		if err != nil {
			return nil, err
		}
		l := previewLetter{Name: s.Name, Kind: string(s.Order.Kind), Lang: tag, Subject: ingest.Parse(letter.Raw, ingest.Options{}).Subject,
			EML: tag + "/" + s.Name + ".eml", HTML: tag + "/" + s.Name + ".html"}
		if err := errors.Join(k.save(l.EML, letter.Raw), k.save(l.HTML, demo.HTMLPart(letter.Raw))); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func (k lettersCmd) writeIndex(languages []previewLanguage) error {
	t, err := template.New("letters").Parse(lettersPage)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, languages); err != nil {
		return err
	}
	return k.save("index.html", b.Bytes())
}

func (k lettersCmd) save(name string, content []byte) error {
	return os.WriteFile(filepath.Join(k.Out, filepath.FromSlash(name)), content, 0o644)
}
