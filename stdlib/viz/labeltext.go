package viz

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// labelText draws text with lowered and lifted parts: "τ_w", "V_{reset}",
// "10^{−3}", "10⁻³". What stands behind more than one letter is left as it is,
// so that names of files and columns are.
type labelText struct{ text.Plain }

var _ text.Handler = labelText{}

// piece is a part of a line: on the line (0), below (−1) or above it (+1).
type piece struct {
	text  string
	level int
}

// Size and shift of lowered and lifted text, in parts of the font's size.
const (
	smallText = 0.72
	lowerBy   = 0.18
	liftBy    = 0.36
)

// pieces takes a line apart.
func pieces(line string) []piece {
	var out []piece
	letters := []rune(line)
	plain := 0 // where the piece on the line began
	for i := 1; i < len(letters); i++ {
		if shifted, next := scripted(letters, i); next > i {
			out = append(out, piece{string(letters[plain:i]), 0}, shifted)
			plain, i = next, next-1
			continue
		}
		if i+1 == len(letters) || letters[i] != '_' && letters[i] != '^' || !carries(letters[:i]) {
			continue
		}
		from, to, next := i+1, i+1, 0
		if letters[from] == '{' {
			from++
			for to = from; to < len(letters) && letters[to] != '}'; to++ {
			}
			next = to + 1
		} else {
			for to < len(letters) && (unicode.IsLetter(letters[to]) || unicode.IsDigit(letters[to])) {
				to++
			}
			next = to
		}
		if to == from || to > len(letters) || next > len(letters) {
			continue
		}
		level := -1
		if letters[i] == '^' {
			level = 1
		}
		out = append(out, piece{string(letters[plain:i]), 0}, piece{string(letters[from:to]), level})
		plain, i = next, next-1
	}
	return append(out, piece{string(letters[plain:]), 0})
}

// scripted gives the superscript or subscript characters from a place on, as a
// piece, and the place behind them. The typeface has no minus among its own, and
// sets subscript digits apart.
func scripted(letters []rune, from int) (p piece, next int) {
	const onLine = "0123456789+−"
	for level, shifted := range map[int]string{1: "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", -1: "₀₁₂₃₄₅₆₇₈₉₊₋"} {
		p, next = piece{level: level}, from
		for ; next < len(letters); next++ {
			k := slices.Index([]rune(shifted), letters[next])
			if k < 0 {
				break
			}
			p.text += string([]rune(onLine)[k])
		}
		if next > from {
			break
		}
	}
	return p, next
}

// carries says whether an index may follow: a letter alone, or a number.
func carries(before []rune) bool {
	last := before[len(before)-1]
	if unicode.IsDigit(last) {
		return true
	}
	return unicode.IsLetter(last) && (len(before) == 1 || !unicode.IsLetter(before[len(before)-2]))
}

// set gives the font of a piece and how far above the line it stands.
func (p piece) set(f font.Font) (font.Font, vg.Length) {
	switch p.level {
	case -1:
		return small(f), -lowerBy * f.Size
	case 1:
		return small(f), liftBy * f.Size
	}
	return f, 0
}

func small(f font.Font) font.Font {
	f.Size *= smallText
	return f
}

// unbroken gives a piece with blanks at its ends that stay: SVG leaves those of a text
// out, and each piece is one.
func unbroken(piece string) string {
	const blank = "\u00a0"
	if cut, found := strings.CutPrefix(piece, " "); found {
		piece = blank + cut
	}
	if cut, found := strings.CutSuffix(piece, " "); found {
		piece = cut + blank
	}
	return piece
}

// Box gives the width, height and depth of a line.
func (h labelText) Box(line string, f font.Font) (width, height, depth vg.Length) {
	_, height, depth = h.Plain.Box(line, f)
	return h.width(line, f), height, depth
}

func (h labelText) width(line string, f font.Font) vg.Length {
	var width vg.Length
	for _, p := range pieces(line) {
		f, _ := p.set(f)
		face := h.Fonts.Lookup(f, f.Size)
		width += face.Width(p.text)
	}
	return width
}

// Draw writes text at a place.
func (h labelText) Draw(c vg.Canvas, txt string, sty text.Style, at vg.Point) {
	txt = strings.TrimRight(txt, "\n")
	if txt == "" {
		return
	}
	c.SetColor(sty.Color)
	if sty.Rotation != 0 {
		c.Push()
		c.Rotate(sty.Rotation)
		defer c.Pop()
	}
	sin, cos := math.Sincos(sty.Rotation)
	at.X, at.Y = at.Y*vg.Length(sin)+at.X*vg.Length(cos), at.Y*vg.Length(cos)-at.X*vg.Length(sin)
	at.Y += sty.Height(txt)*vg.Length(sty.YAlign) - h.Extents(sty.Font).Ascent
	lines := h.Lines(txt)
	for i, line := range lines {
		x := at.X + vg.Length(sty.XAlign)*h.width(line, sty.Font)
		y := at.Y + vg.Length(len(lines)-i)*sty.Font.Size
		for _, p := range pieces(line) {
			if p.text == "" {
				continue
			}
			f, up := p.set(sty.Font)
			face := h.Fonts.Lookup(f, f.Size)
			c.FillString(face, vg.Point{X: x, Y: y + up}, unbroken(p.text))
			x += face.Width(p.text)
		}
	}
}
