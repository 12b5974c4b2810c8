package viz

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// Colors are the colours of lines drawn into one plot, in their order. They can
// be told apart with the common colour vision deficiencies (Okabe and Ito 2008).
func Colors() []color.Color {
	return []color.Color{
		color.RGBA{0x00, 0x72, 0xb2, 0xff}, // blue
		color.RGBA{0xd5, 0x5e, 0x00, 0xff}, // vermilion
		color.RGBA{0x00, 0x9e, 0x73, 0xff}, // bluish green
		color.RGBA{0xcc, 0x79, 0xa7, 0xff}, // reddish purple
		color.RGBA{0xe6, 0x9f, 0x00, 0xff}, // orange
		color.RGBA{0x56, 0xb4, 0xe9, 0xff}, // sky blue
		color.RGBA{0x00, 0x00, 0x00, 0xff}, // black
		color.RGBA{0x88, 0x22, 0x55, 0xff}, // wine, in place of their yellow, which white swallows
	}
}

func colorOf(i int) color.Color {
	c := Colors()
	return c[i%len(c)]
}

// usedUp says whether the colour of line i is that of another before it, which has to be
// told apart in another way.
func usedUp(i int) bool { return i/len(Colors())%2 == 1 }

// translucent gives a colour that what lies below shines through: alpha 0 is
// invisible, 255 opaque.
func translucent(c color.Color, alpha uint8) color.NRGBA {
	r, g, b, _ := c.RGBA()
	return color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), alpha}
}

// Labels name a plot and its axes. Units belong into the labels: "time (ms)". An
// underscore or a caret after a single letter or number lowers or lifts what
// follows: "τ_w (ms)", "10^{−3}".
type Labels struct {
	Title string // above the plot
	X     string // of the horizontal axis, with its unit
	Y     string // of the vertical axis, with its unit
}

func newPlot(l Labels) *plot.Plot {
	p := plot.New()
	p.Title.Text = l.Title
	p.Title.Padding = vg.Points(4)
	p.X.Label.Text = l.X
	p.Y.Label.Text = l.Y
	for style, size := range map[*text.Style]vg.Length{
		&p.Title.TextStyle: 11, &p.X.Label.TextStyle: 10, &p.Y.Label.TextStyle: 10,
		&p.X.Tick.Label: 9, &p.Y.Tick.Label: 9, &p.Legend.TextStyle: 9,
	} {
		sans(style, size)
	}
	p.X.Tick.Length, p.Y.Tick.Length = vg.Points(5), vg.Points(5)
	p.X.Tick.Marker, p.Y.Tick.Marker = roundTicks{wanted: 6}, roundTicks{wanted: 4}
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.Padding, p.Legend.XOffs, p.Legend.YOffs = vg.Points(3), vg.Points(8), vg.Points(-4)
	return p
}

// sans sets a style to the typeface of all plots.
func sans(s *text.Style, size vg.Length) {
	s.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	s.Handler = labelText{text.Plain{Fonts: font.DefaultCache}}
}
