package viz

import (
	"image/color"

	"gonum.org/v1/plot"
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
	}
}

func colorOf(i int) color.Color {
	c := Colors()
	return c[i%len(c)]
}

// Labels name a plot and its axes. Units belong into the labels: "time (ms)".
type Labels struct {
	Title, X, Y string
}

func newPlot(l Labels) *plot.Plot {
	p := plot.New()
	p.Title.Text = l.Title
	p.Title.TextStyle.Font.Size = 11
	p.Title.Padding = vg.Points(4)
	p.X.Label.Text = l.X
	p.Y.Label.Text = l.Y
	p.X.Label.TextStyle.Font.Size, p.Y.Label.TextStyle.Font.Size = 11, 11
	p.X.Tick.Marker, p.Y.Tick.Marker = roundTicks{wanted: 6}, roundTicks{wanted: 4}
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.TextStyle.Font.Size = 10
	p.Legend.Padding, p.Legend.XOffs, p.Legend.YOffs = vg.Points(3), vg.Points(8), vg.Points(-4)
	return p
}
