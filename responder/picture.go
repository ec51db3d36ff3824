package responder

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"time"

	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"

	"privacybot/ticket"
)

// The picture is drawn at twice the size at which it is shown, for sharp letters on phones.
const (
	pictureWidth  = 1056
	pictureHeight = 520
)

// Colours that can be read on white and on the dark page alike; the picture itself has no background.
var (
	inkOpen   = drawing.Color{R: 0x5b, G: 0x8f, B: 0xd6, A: 255}
	inkNew    = drawing.Color{R: 0xd9, G: 0x82, B: 0x2b, A: 255}
	inkClosed = drawing.Color{R: 0x2f, G: 0xa0, B: 0x72, A: 255}
	inkText   = drawing.Color{R: 0x7d, G: 0x89, B: 0x97, A: 255}
	inkGrid   = drawing.Color{R: 0x7d, G: 0x89, B: 0x97, A: 70}
)

// drawMonth draws what was open, opened and closed on each day, as PNG: the same days give the same
// bytes. It holds figures only.
func drawMonth(days []ticket.DigestDay) ([]byte, error) {
	if len(days) < 2 {
		return nil, fmt.Errorf("a picture needs two days or more")
	}
	x, open, fresh, closed, most := make([]float64, len(days)), make([]float64, len(days)), make([]float64, len(days)), make([]float64, len(days)), 0
	ticks := []chart.Tick{{Value: 0}} // the axis begins at the first day
	for i, d := range days {
		x[i], open[i], fresh[i], closed[i] = float64(i), float64(d.Open), float64(d.New), float64(d.Closed)
		most = max(most, d.Open, d.New, d.Closed)
		if i > 0 && (len(days)-1-i)%7 == 0 {
			ticks = append(ticks, chart.Tick{Value: float64(i), Label: shortDay(d.Day)})
		}
	}
	label := chart.Style{FontSize: 26, FontColor: inkText, StrokeColor: inkGrid, StrokeWidth: 2}
	line := func(name string, y []float64, ink drawing.Color, fill uint8) chart.ContinuousSeries {
		style := chart.Style{StrokeColor: ink, StrokeWidth: 5}
		if fill > 0 {
			style.FillColor = ink.WithAlpha(fill)
		}
		return chart.ContinuousSeries{Name: name, Style: style, XValues: x, YValues: y}
	}
	step, levels := scale(most)
	c := chart.Chart{
		Width: pictureWidth, Height: pictureHeight, DPI: 92,
		Background: chart.Style{FillColor: drawing.ColorTransparent, StrokeColor: drawing.ColorTransparent, Padding: chart.Box{Top: 24, Left: 8, Right: 56, Bottom: 12}},
		Canvas:     chart.Style{FillColor: drawing.ColorTransparent},
		XAxis:      chart.XAxis{Style: label, Ticks: ticks, TickStyle: label},
		YAxis: chart.YAxis{Style: label, Ticks: levels, AxisType: chart.YAxisSecondary, Range: &chart.ContinuousRange{Min: 0, Max: step},
			GridMajorStyle: chart.Style{StrokeColor: inkGrid, StrokeWidth: 2}, GridLines: gridOf(levels)},
		Series: []chart.Series{line("open", open, inkOpen, 70), line("new", fresh, inkNew, 0), line("closed", closed, inkClosed, 0)},
	}
	var b bytes.Buffer
	if err := c.Render(chart.PNG, &b); err != nil {
		return nil, fmt.Errorf("draw: %w", err)
	}
	return smaller(b.Bytes())
}

// smaller writes a picture with a palette: sixteen steps of each colour are enough for lines and letters.
func smaller(raw []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("draw: %w", err)
	}
	size := full.Bounds()
	small, index := image.NewPaletted(size, nil), map[color.NRGBA]uint8{}
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			c, _ := color.NRGBAModel.Convert(full.At(x, y)).(color.NRGBA)
			if c = (color.NRGBA{R: sixteenth(c.R), G: sixteenth(c.G), B: sixteenth(c.B), A: sixteenth(c.A)}); c.A == 0 {
				c = color.NRGBA{}
			}
			i, known := index[c]
			if !known {
				if len(small.Palette) == 256 {
					i = uint8(small.Palette.Index(c))
				} else {
					i = uint8(len(small.Palette))
					small.Palette = append(small.Palette, c)
				}
				index[c] = i
			}
			small.SetColorIndex(x, y, i)
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
		return nil, fmt.Errorf("draw: %w", err)
	}
	return b.Bytes(), nil
}

func sixteenth(v uint8) uint8 { return uint8((int(v) + 8) / 17 * 17) }

// scale gives a round top for values up to most, and the levels below it.
func scale(most int) (top float64, levels []chart.Tick) {
	step := 1
	for _, s := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000, 1000000} {
		if step = s; most <= 4*s {
			break
		}
	}
	n := max((most+step-1)/step, 2)
	for i := range n + 1 {
		levels = append(levels, chart.Tick{Value: float64(i * step), Label: fmt.Sprint(i * step)})
	}
	return float64(n * step), levels
}

func gridOf(levels []chart.Tick) []chart.GridLine {
	var lines []chart.GridLine
	for _, l := range levels {
		lines = append(lines, chart.GridLine{Value: l.Value})
	}
	return lines
}

func shortDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 Jan")
}

// contentID names the picture of a letter (RFC 2392).
func contentID(messageID string) string { return "month." + messageID }

// withPicture puts a picture beside a finished letter, to be shown where the HTML part names it. Programs
// that show the text part show it nowhere or below; the text has the same figures.
func withPicture(raw []byte, messageID string, png []byte) []byte {
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	kept, moved := describing(string(head))
	sum := sha256.Sum256([]byte("picture " + messageID))
	boundary := "=_" + hex.EncodeToString(sum[:16])
	var b bytes.Buffer
	b.WriteString(strings.Join(kept, "\r\n") + "\r\nContent-Type: multipart/related; type=\"multipart/alternative\";\r\n boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n")
	b.WriteString(strings.Join(moved, "\r\n") + "\r\n\r\n")
	b.Write(body)
	b.WriteString("\r\n--" + boundary + "\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <" + contentID(messageID) +
		">\r\nContent-Disposition: inline; filename=\"month.png\"\r\n\r\n")
	b.Write(appendBase64(b.AvailableBuffer(), string(png)))
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return b.Bytes()
}

// describing parts the fields of a header that describe the body from all others.
func describing(head string) (kept, moved []string) {
	to := &kept
	for _, l := range strings.Split(head, "\r\n") {
		if name, _, field := strings.Cut(l, ":"); field && l[0] != ' ' && l[0] != '\t' {
			if to = &kept; strings.EqualFold(name, "Content-Type") || strings.EqualFold(name, "Content-Transfer-Encoding") {
				to = &moved
			}
		}
		*to = append(*to, l)
	}
	return kept, moved
}

// illustrate points the picture of blocks to the letter's own, or takes it out when there is nothing to draw.
func illustrate(o ticket.LetterOrder, blocks []block, messageID string) ([]block, []byte) {
	i := slices.IndexFunc(blocks, func(b block) bool { return b.Kind == blockPicture })
	if i < 0 {
		return blocks, nil
	}
	var picture []byte
	if o.Data.Digest != nil {
		picture, _ = drawMonth(o.Data.Digest.Month) // without it the figures still stand in the letter
	}
	blocks = slices.Clone(blocks)
	if picture == nil {
		return slices.Delete(blocks, i, i+1), nil
	}
	blocks[i].URL = "cid:" + contentID(messageID)
	return blocks, picture
}
