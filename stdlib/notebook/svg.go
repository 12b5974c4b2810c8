package notebook

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// svg draws the figure as an SVG document that needs no font of the reader's
// machine and names what it shows.
func (f Figure) svg(w, h vg.Length, about string) (string, error) {
	c := &svgCanvas{Canvas: vgsvg.NewWith(vgsvg.UseWH(w, h)), used: map[font.Font]*usedFont{}}
	if err := f.draw(c); err != nil {
		return "", err
	}
	var buf bytes.Buffer
	if _, err := c.WriteTo(&buf); err != nil {
		return "", fmt.Errorf("notebook: a figure as SVG: %w", err)
	}
	styles, err := c.fontFaces()
	if err != nil {
		return "", err
	}
	// Pictures fill their place, as in a PNG, and are named what they are.
	document := strings.ReplaceAll(buf.String(), "<image x=", `<image preserveAspectRatio="none" x=`)
	document = strings.ReplaceAll(document, "data:image/jpg;base64,", "data:image/png;base64,")
	if start := strings.Index(document, "<svg"); start > 0 {
		document = document[start:]
	}
	tagEnd := strings.Index(document, ">") + 1
	title := f.Title
	if title == "" && len(f.Plots[0]) > 0 && f.Plots[0][0] != nil {
		title = f.Plots[0][0].Title.Text
	}
	if title == "" {
		title = "Plot"
	}
	return document[:tagEnd-1] + ` role="img">` + "\n" +
		"<title>" + html.EscapeString(title) + "</title>\n" +
		"<desc>" + html.EscapeString(about) + "</desc>\n" +
		"<defs><style>" + styles + "</style></defs>" + document[tagEnd:], nil
}

// svgCanvas notes which characters of which font are drawn, and leaves out the
// points of long lines that no one could see.
type svgCanvas struct {
	*vgsvg.Canvas
	used map[font.Font]*usedFont
}

type usedFont struct {
	face       font.Face
	characters map[rune]bool
}

// FillString draws text.
func (c *svgCanvas) FillString(face font.Face, at vg.Point, s string) {
	key := face.Font
	key.Size = 0
	u := c.used[key]
	if u == nil {
		u = &usedFont{face, map[rune]bool{}}
		c.used[key] = u
	}
	for _, r := range s {
		u.characters[r] = true
	}
	c.Canvas.FillString(face, at, s)
}

// Stroke draws a line.
func (c *svgCanvas) Stroke(p vg.Path) { c.Canvas.Stroke(thin(p)) }

// fontFaces gives the CSS that embeds the characters that were drawn.
func (c *svgCanvas) fontFaces() (string, error) {
	var rules []string
	for _, u := range c.used {
		var source bytes.Buffer
		if _, err := u.face.Face.WriteSourceTo(nil, &source); err != nil {
			return "", fmt.Errorf("notebook: the font %s: %w", u.face.Name(), err)
		}
		var characters []rune
		for r := range u.characters {
			characters = append(characters, r)
		}
		family, err := u.face.Face.Name(nil, 1)
		if err != nil {
			return "", fmt.Errorf("notebook: the font %s: %w", u.face.Name(), err)
		}
		data, err := subsetFont(source.Bytes(), characters)
		if err != nil { // not TrueType: the whole of it
			data = source.Bytes()
		}
		rules = append(rules, fmt.Sprintf(
			"@font-face{font-family:%q;font-style:%s;font-weight:%d;src:url(data:font/ttf;base64,%s)}",
			family, cssStyle(u.face.Font.Style), 400+100*int(u.face.Font.Weight), base64.StdEncoding.EncodeToString(data)))
	}
	slices.Sort(rules)
	return strings.Join(rules, "\n"), nil
}

// cssStyle gives a font's style as CSS writes it.
func cssStyle(s xfont.Style) string {
	switch s {
	case xfont.StyleItalic:
		return "italic"
	case xfont.StyleOblique:
		return "oblique"
	}
	return "normal"
}

// thin leaves out points of a polyline that lie within a fiftieth of a point
// (1/3600 inch) of the line without them: a trace of 10,000 samples is drawn the
// same with a tenth of the text.
func thin(p vg.Path) vg.Path {
	const few = 200
	if len(p) < few {
		return p
	}
	out := make(vg.Path, 0, len(p)/4)
	for start := 0; start < len(p); {
		end := start + 1
		for end < len(p) && p[end].Type == vg.LineComp {
			end++
		}
		if p[start].Type == vg.MoveComp || p[start].Type == vg.LineComp {
			out = appendThin(out, p[start:end])
		} else {
			out = append(out, p[start:end]...)
		}
		start = end
	}
	return out
}

// appendThin appends a run of points, thinned with an opening window: each
// stretch grows while all its points stay near its chord, looking at most 64
// points back, so that the time is linear.
func appendThin(out, run vg.Path) vg.Path {
	const tolerance, window = 0.02, 64
	out = append(out, run[0])
	anchor := 0
	for i := 2; i < len(run); i++ {
		if i-anchor < window && allNear(run[anchor:i+1], tolerance) {
			continue
		}
		anchor = i - 1
		out = append(out, run[anchor])
	}
	if len(run) > 1 {
		out = append(out, run[len(run)-1])
	}
	return out
}

// allNear says whether the points between the ends of run lie within tolerance
// of the stretch between them.
func allNear(run vg.Path, tolerance float64) bool {
	a, b := run[0].Pos, run[len(run)-1].Pos
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	square := dx*dx + dy*dy
	for _, c := range run[1 : len(run)-1] {
		px, py := float64(c.Pos.X-a.X), float64(c.Pos.Y-a.Y)
		along := 0.0
		if square > 0 {
			along = min(1, max(0, (px*dx+py*dy)/square))
		}
		if math.Hypot(px-along*dx, py-along*dy) > tolerance {
			return false
		}
	}
	return true
}
