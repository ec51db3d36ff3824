package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// browsers are the names that a Chromium goes by.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// findBrowser gives the program that takes the pictures, "" when there is none.
func (k lettersCmd) findBrowser() string {
	if k.Browser != "" {
		return k.Browser
	}
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// photographer takes a picture of each letter: phone and desktop beside each other.
type photographer struct {
	browser, folder string
	dark            bool
}

// A letter's tile on a sheet, in CSS pixels. It is taken too high and cut below the letter.
const (
	phoneWidth   = 375
	desktopWidth = 800
	tileGap      = 20
	tileWidth    = phoneWidth + desktopWidth + 2*tileGap
	tileHeight   = 2800
	perSheet     = 6
	pictureWait  = 2 * time.Minute
)

func pictureName(page string) string { return strings.TrimSuffix(page, ".html") + ".png" }

// takeAll takes the pictures of all letters. Starting the browser is what takes long, so several
// letters stand on one sheet.
func (p photographer) takeAll(ctx context.Context, all []previewLetter) error {
	work := make(chan []previewLetter)
	errs := make([]error, max(1, runtime.NumCPU()))
	var wg sync.WaitGroup
	for i := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			profile, err := os.MkdirTemp("", "privacybot-pictures-")
			if errs[i] = err; err == nil {
				defer os.RemoveAll(profile)
			}
			for sheet := range work {
				if errs[i] == nil {
					errs[i] = p.take(ctx, sheet, profile)
				}
			}
		}()
	}
	for sheet := range slices.Chunk(all, perSheet) {
		work <- sheet
	}
	close(work)
	wg.Wait()
	return errors.Join(errs...)
}

// take has the browser show letters on one sheet and cuts it into a picture for each.
func (p photographer) take(ctx context.Context, letters []previewLetter, profile string) error {
	sheet, shot := filepath.Join(profile, "sheet.html"), filepath.Join(profile, "shot.png")
	content, err := p.sheet(letters)
	if err != nil {
		return err
	}
	if err := os.WriteFile(sheet, []byte(content), 0o600); err != nil {
		return err
	}
	args := []string{"--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions", "--force-color-profile=srgb",
		"--user-data-dir=" + profile, "--screenshot=" + shot, fmt.Sprintf("--window-size=%d,%d", len(letters)*tileWidth, tileHeight)}
	if p.dark {
		args = append(args, "--blink-settings=preferredColorScheme=0")
	}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium refuses to run as root otherwise; the pages are our own
	}
	ctx, cancel := context.WithTimeout(ctx, pictureWait)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.browser, append(args, fileURL(sheet))...)
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pictures with %s: %w: %s", p.browser, err, lastLine(out))
	}
	return p.cut(shot, letters)
}

// sheet is a page with each letter twice: as wide as a phone and as a desk screen.
func (p photographer) sheet(letters []previewLetter) (string, error) {
	var b strings.Builder
	b.WriteString(`<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><body style="margin:0;white-space:nowrap;font-size:0;background:#d5dae1">`)
	for _, l := range letters {
		page, err := filepath.Abs(filepath.Join(p.folder, filepath.FromSlash(l.HTML)))
		if err != nil {
			return "", err
		}
		for _, width := range []int{phoneWidth, desktopWidth} {
			fmt.Fprintf(&b, `<iframe scrolling="no" style="border:0;width:%dpx;height:%dpx;margin-right:%dpx" src="%s"></iframe>`, width, tileHeight, tileGap, fileURL(page))
		}
	}
	return b.String(), nil
}

func fileURL(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// cut parts the sheet and takes off what is empty below each letter: the rows that are all like
// the last one.
func (p photographer) cut(shot string, letters []previewLetter) error {
	raw, err := os.ReadFile(shot)
	if err != nil {
		return fmt.Errorf("the browser took no picture: %w", err)
	}
	decoded, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	for i, l := range letters {
		tile := image.NewRGBA(image.Rect(0, 0, tileWidth-tileGap, tileHeight))
		draw.Draw(tile, tile.Bounds(), decoded, decoded.Bounds().Min.Add(image.Pt(i*tileWidth, 0)), draw.Src)
		row := func(y int) []byte { return tile.Pix[y*tile.Stride : (y+1)*tile.Stride] }
		height := tileHeight
		for height > 1 && bytes.Equal(row(height-2), row(tileHeight-1)) {
			height--
		}
		height = min(height+tileGap, tileHeight)
		var b bytes.Buffer
		if err := png.Encode(&b, tile.SubImage(image.Rect(0, 0, tileWidth-tileGap, height))); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(p.folder, filepath.FromSlash(pictureName(l.HTML))), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
