package responder

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-message"
)

// Page gives the HTML part of a letter as a page for a browser, with its picture inside it.
func Page(raw []byte) ([]byte, error) {
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read letter: %w", err)
	}
	var page []byte
	pictures := map[string][]byte{}
	err = e.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil {
			return err
		}
		kind, _, err := part.Header.ContentType()
		if err != nil || kind != "text/html" && kind != "image/png" {
			return err
		}
		body, err := io.ReadAll(part.Body)
		if kind == "text/html" {
			page = body
		} else {
			pictures[strings.Trim(part.Header.Get("Content-Id"), "<>")] = body
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read letter: %w", err)
	}
	if page == nil {
		return nil, errors.New("the letter has no page")
	}
	for id, png := range pictures {
		page = bytes.ReplaceAll(page, []byte("cid:"+id), []byte("data:image/png;base64,"+base64.StdEncoding.EncodeToString(png)))
	}
	return page, nil
}
