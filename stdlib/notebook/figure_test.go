package notebook

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func line(title string, points int) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.X.Label.Text, p.Y.Label.Text = "time (ms)", "V (mV) & <more>"
	xys := make(plotter.XYs, points)
	for i := range xys {
		xys[i] = plotter.XY{X: float64(i) / 100, Y: -70 + 20*math.Sin(float64(i)/200)}
	}
	l, err := plotter.NewLine(xys)
	if err != nil {
		panic(err)
	}
	p.Add(l)
	return p
}

// noise is a plot whose points no line can stand for.
func noise(points int) *plot.Plot {
	p, rng := plot.New(), rand.New(rand.NewPCG(1, 2))
	xys := make(plotter.XYs, points)
	for i := range xys {
		xys[i] = plotter.XY{X: rng.Float64(), Y: rng.Float64()}
	}
	s, err := plotter.NewScatter(xys)
	if err != nil {
		panic(err)
	}
	p.Add(s)
	return p
}

func TestPlot(t *testing.T) {
	b := Represent(line("Membrane potential", 10_000))
	svg := b.Data[MIMESVG].(string)
	d := xml.NewDecoder(strings.NewReader(svg))
	text := map[string]string{}
	var element string
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			element = token.Name.Local
		case xml.CharData:
			text[element] += string(token)
		}
	}
	if !strings.Contains(text["title"], "Membrane potential") || !strings.Contains(text["style"], "@font-face") ||
		!strings.Contains(text["desc"], "V (mV) & <more> from -90 to -50 against time (ms) from 0 to 99.99") {
		t.Errorf("title %q, description %q", text["title"], text["desc"])
	}
	if len(svg) > 40_000 {
		t.Errorf("the SVG of 10,000 points has %d bytes", len(svg))
	}
	if b.Data[MIMEText] != strings.TrimSpace(text["desc"]) {
		t.Errorf("text %q", b.Data[MIMEText])
	}

	many := Figure{Plots: [][]*plot.Plot{{noise(20_000)}}}
	if b, err := many.MIMEBundle(); err != nil || b.Data[MIMESVG] != nil || b.Data[MIMEPNG] == nil {
		t.Errorf("a plot whose SVG is large has the formats %v, %v", b.Metadata, err)
	}

	img, err := png.Decode(bytes.NewReader(b.Data[MIMEPNG].([]byte)))
	if err != nil {
		t.Fatal(err)
	}
	about := b.Metadata[MIMEPNG].(map[string]any)
	if img.Bounds().Dx() != 2*about["width"].(int) || img.Bounds().Dy() != 2*about["height"].(int) || about["alt"] != b.Data[MIMEText] {
		t.Errorf("%v for %v", img.Bounds(), about)
	}
	if r, g, b, a := img.At(0, 0).RGBA(); r&g&b&a != 0xffff {
		t.Error("the corner is not white")
	}
}

func TestFigures(t *testing.T) {
	a, b, c := line("a", 10), line("b", 10), line("c", 10)
	for _, v := range []any{
		[]*plot.Plot{a, b, c}, [][]*plot.Plot{{a, b}, {c}}, Figure{Plots: [][]*plot.Plot{{a, nil}, {b, c}}, Title: "all"},
	} {
		text := Represent(v).Data[MIMEText].(string)
		for _, title := range []string{"“a”", "“b”", "“c”", "3 plots"} {
			if !strings.Contains(text, title) {
				t.Errorf("%T: %q lacks %s", v, text, title)
			}
		}
	}
	for _, f := range []Figure{
		{}, {Plots: [][]*plot.Plot{{}}}, {Plots: [][]*plot.Plot{{a}}, Width: -1}, {Plots: [][]*plot.Plot{{a}}, Height: 1e9},
		{Plots: [][]*plot.Plot{{a}}, Width: math.NaN()},
	} {
		if b, err := f.MIMEBundle(); err == nil {
			t.Errorf("%+v became %v", f, b.Data[MIMEText])
		}
	}
	if b := Represent(Figure{}); !strings.Contains(b.Data[MIMEText].(string), "without plots") {
		t.Errorf("an empty figure: %v", b.Data)
	}
	p := plot.New()
	p.Add(panics{})
	if b := Represent(p); !strings.Contains(b.Data[MIMEText].(string), "out of ink") {
		t.Errorf("a plot that panics: %v", b.Data)
	}
	if b := Represent((*plot.Plot)(nil)); b.Data[MIMEText] != "<nil>" {
		t.Errorf("a nil plot: %v", b.Data)
	}

	dir := t.TempDir()
	for _, name := range []string{"f.svg", "f.PNG"} {
		path := filepath.Join(dir, name)
		if err := (Figure{Plots: [][]*plot.Plot{{a}}}).Save(path); err != nil {
			t.Error(err)
		} else if info, _ := os.Stat(path); info.Size() < 1000 {
			t.Errorf("%s has %d bytes", name, info.Size())
		}
	}
	if err := (Figure{Plots: [][]*plot.Plot{{a}}}).Save("f.pdf"); err == nil {
		t.Error("a figure was saved as PDF")
	}
}

// panics is a plotter that can't draw.
type panics struct{}

func (panics) Plot(draw.Canvas, *plot.Plot) { panic("out of ink") }

// No point that is left out lies farther than the tolerance from what is drawn.
func TestThinKeepsLines(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, next := range map[string]func(i int) vg.Point{
		"straight": func(i int) vg.Point { return vg.Point{X: vg.Length(i) / 10, Y: 3} },
		"spikes": func(i int) vg.Point {
			return vg.Point{X: vg.Length(i) / 50, Y: vg.Length(math.Mod(float64(i), 400)) / 4}
		},
		"noise": func(i int) vg.Point { return vg.Point{X: vg.Length(i) / 50, Y: vg.Length(random.NormFloat64())} },
		"still": func(i int) vg.Point { return vg.Point{X: 1, Y: 1} },
	} {
		var p vg.Path
		p.Move(next(0))
		for i := 1; i < 5000; i++ {
			p.Line(next(i))
		}
		q := thin(p)
		if q[0].Pos != p[0].Pos || q[len(q)-1].Pos != p[len(p)-1].Pos {
			t.Errorf("%s: an end is lost", name)
		}
		k := 0
		for i := 0; i+1 < len(q); i++ {
			var between vg.Path
			between = append(between, q[i])
			for k++; k < len(p) && p[k].Pos != q[i+1].Pos; k++ {
				between = append(between, p[k])
			}
			if !allNear(append(between, q[i+1]), 0.02) {
				t.Fatalf("%s: points before %d are farther than the tolerance", name, k)
			}
		}
		if name == "straight" && len(q) > len(p)/30 {
			t.Errorf("%s: %d of %d points are left", name, len(q), len(p))
		}
	}
}
