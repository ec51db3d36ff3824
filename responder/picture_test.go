package responder

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"

	"privacybot/ticket"
)

func TestMonthIsDrawn(t *testing.T) {
	for _, days := range [][]ticket.DigestDay{
		sampleMonth(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)),
		{{Day: "2026-11-22"}, {Day: "2026-11-23"}}, // all zero
		{{Day: "2026-11-22", Open: 900000}, {Day: "no day", New: 5}},
	} {
		one, err := drawMonth(days)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := drawMonth(days)
		if !bytes.Equal(one, again) || len(one) > 30<<10 {
			t.Errorf("%d bytes, the same again: %v", len(one), bytes.Equal(one, again))
		}
		img, err := png.Decode(bytes.NewReader(one))
		if err != nil || img.Bounds().Dx() != pictureWidth {
			t.Fatalf("%v", err)
		}
		if _, _, _, a := img.At(3, 3).RGBA(); a != 0 {
			t.Error("the corner is not transparent: dark pages show a white box")
		}
	}
	if _, err := drawMonth(nil); err == nil {
		t.Error("nothing was drawn without an error")
	}
}

func TestScaleHoldsTheGreatest(t *testing.T) {
	for most := range 3000 {
		top, levels := scale(most)
		if top < float64(most) || len(levels) < 3 || len(levels) > 6 || levels[len(levels)-1].Value != top {
			t.Fatalf("up to %d: top %v, %d levels", most, top, len(levels))
		}
	}
}

func TestLengthsOfTime(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second: "2 minutes", 40 * time.Minute: "40 minutes", 3*time.Hour + 1: "4 hours", 9 * 24 * time.Hour: "9 days",
	} {
		if got := roughly(d); got != want {
			t.Errorf("%s reads %q, want %q", d, got, want)
		}
	}
	s := ticket.Speed([]time.Duration{4, 1, 3, 2}, 3)
	if s.Median != 2 || s.P90 != 4 || s.Count != 4 {
		t.Errorf("%+v", s)
	}
}

func TestPageForABrowser(t *testing.T) {
	raw := []byte("Subject: x\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<img src=\"cid:month.x@example.com\">\r\n--b--\r\n")
	page, err := Page(withPicture(raw, "x@example.com", []byte("png")))
	if err != nil || strings.TrimSpace(string(page)) != `<img src="data:image/png;base64,cG5n">` {
		t.Errorf("%q, %v", page, err)
	}
	if _, err := Page([]byte("Content-Type: text/plain\r\n\r\nx\r\n")); err == nil {
		t.Error("a letter without a page gave one")
	}
}
