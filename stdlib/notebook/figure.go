package notebook

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	plottext "gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"hillock/internal/fewcolours"
)

// Figure is a grid of plots that is shown as one picture, with their axes
// aligned. A single plot needs no Figure: it shows itself.
type Figure struct {
	Plots  [][]*plot.Plot // rows of plots; nil leaves a place empty
	Title  string         // above all of them
	Width  float64        // of the whole, in inches; 0: 6 for one column, 9 for two, 12 beyond
	Height float64        // of the whole, in inches; 0: 4 for one row, 2.4 for each of several
	Alt    string         // what the picture shows, for those who can't see it; "": made from titles and axes
}

const (
	pixelsPerInch = 96      // CSS pixels
	pixelScale    = 2       // pixels of the PNG in a CSS pixel
	figureLimit   = 60      // inches
	svgLimit      = 100_000 // bytes; a figure of more lines is slower to draw than its PNG, and makes the notebook large
)

// MIMEBundle gives the figure as PNG at twice the resolution of the screen, as a
// sentence, and as SVG with its fonts embedded unless that is over 100 kB, which
// notebooks are the smaller and browsers the faster without; Save writes it all
// the same. It fails when there is nothing to draw or a plot can't be drawn.
func (f Figure) MIMEBundle() (Bundle, error) {
	w, h, err := f.size()
	if err != nil {
		return Bundle{}, err
	}
	about := f.about()
	svg, err := f.svg(w, h, about)
	if err != nil {
		return Bundle{}, err
	}
	raster, err := f.png(w, h)
	if err != nil {
		return Bundle{}, err
	}
	size := map[string]any{
		"width":  int(math.Round(w.Dots(pixelsPerInch))),
		"height": int(math.Round(h.Dots(pixelsPerInch))),
		"alt":    about,
	}
	b := Bundle{Data: map[string]any{MIMEPNG: raster, MIMEText: about}, Metadata: map[string]any{MIMEPNG: size}}
	if len(svg) <= svgLimit {
		b.Data[MIMESVG], b.Metadata[MIMESVG] = svg, map[string]any{"alt": about}
	}
	return b, nil
}

// Save writes the figure to a file: .svg or .png, by the name's ending.
func (f Figure) Save(path string) error {
	w, h, err := f.size()
	if err != nil {
		return err
	}
	var data []byte
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".svg":
		var s string
		s, err = f.svg(w, h, f.about())
		data = []byte(s)
	case ".png":
		data, err = f.png(w, h)
	default:
		return fmt.Errorf("notebook: a figure can be saved as .svg or .png, not %q", ext)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}

// gridOf puts plots into rows of at most four, nearly square.
func gridOf(plots []*plot.Plot) [][]*plot.Plot {
	columns := int(math.Ceil(math.Sqrt(float64(len(plots)))))
	columns = min(columns, 4)
	var rows [][]*plot.Plot
	for len(plots) > columns {
		rows = append(rows, plots[:columns])
		plots = plots[columns:]
	}
	return append(rows, plots)
}

func (f Figure) columns() int {
	n := 0
	for _, row := range f.Plots {
		n = max(n, len(row))
	}
	return n
}

// size gives the figure's width and height.
func (f Figure) size() (w, h vg.Length, err error) {
	rows, columns := len(f.Plots), f.columns()
	if rows == 0 || columns == 0 {
		return 0, 0, fmt.Errorf("notebook: a figure without plots")
	}
	width, height := f.Width, f.Height
	if width == 0 {
		width = []float64{6, 9, 12}[min(columns, 3)-1]
	}
	if height == 0 {
		height = 4
		if rows > 1 {
			height = min(2.4*float64(rows), figureLimit)
		}
		if f.Title != "" {
			height += 0.3
		}
	}
	for name, inches := range map[string]float64{"width": width, "height": height} {
		if !(inches >= 0.5 && inches <= figureLimit) {
			return 0, 0, fmt.Errorf("notebook: a figure's %s must be between 0.5 and %d inches, not %g", name, figureLimit, inches)
		}
	}
	return vg.Length(width) * vg.Inch, vg.Length(height) * vg.Inch, nil
}

// draw puts the figure on a canvas. A plot that can't be drawn (plotters panic
// on what they can't place, and draw code may come from a cell) is an error.
func (f Figure) draw(canvas vg.CanvasSizer) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("notebook: a plot could not be drawn: %v", r)
		}
	}()
	dc := draw.New(canvas)
	dc.SetColor(color.White) // opaque, so that dark pages can be read
	dc.Fill(dc.Rectangle.Path())

	if f.Title != "" {
		style := plottext.Style{
			Color:   color.Black,
			Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: 12},
			XAlign:  draw.XCenter,
			YAlign:  draw.YTop,
			Handler: plot.DefaultTextHandler,
		}
		pad := vg.Points(6)
		dc.FillText(style, vg.Point{X: dc.Center().X, Y: dc.Max.Y - pad}, f.Title)
		dc.Max.Y -= style.Height(f.Title) + 2*pad
	}

	rows, columns := len(f.Plots), f.columns()
	if rows == 1 && columns == 1 {
		if p := f.Plots[0][0]; p != nil {
			p.Draw(draw.Crop(dc, 4, -8, 4, -6))
		}
		return nil
	}
	grid := make([][]*plot.Plot, rows)
	for i, row := range f.Plots {
		grid[i] = append(append([]*plot.Plot(nil), row...), make([]*plot.Plot, columns-len(row))...)
	}
	tiles := draw.Tiles{
		Rows: rows, Cols: columns,
		PadTop: 6, PadBottom: 6, PadLeft: 6, PadRight: 10,
		PadX: 12, PadY: 12,
	}
	canvases := plot.Align(grid, tiles, dc)
	for i, row := range grid {
		for j, p := range row {
			if p != nil {
				p.Draw(canvases[i][j])
			}
		}
	}
	return nil
}

func (f Figure) png(w, h vg.Length) ([]byte, error) {
	canvas := vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(pixelScale*pixelsPerInch))
	if err := f.draw(canvas); err != nil {
		return nil, err
	}
	data, err := encodePNG(fewcolours.Paletted(canvas.Image()))
	if err != nil {
		return nil, fmt.Errorf("notebook: a figure as PNG: %w", err)
	}
	return data, nil
}

// about says in a sentence what the figure shows.
func (f Figure) about() string {
	if f.Alt != "" {
		return f.Alt
	}
	var sentences []string
	for _, row := range f.Plots {
		for _, p := range row {
			if p != nil {
				sentences = append(sentences, aboutPlot(p))
			}
		}
	}
	if len(sentences) == 1 && f.Title == "" {
		return sentences[0]
	}
	head := fmt.Sprintf("Figure of %d plots", len(sentences))
	if f.Title != "" {
		head = fmt.Sprintf("Figure “%s” of %d plots", f.Title, len(sentences))
	}
	if len(sentences) > 16 {
		sentences = append(sentences[:16], "…")
	}
	return head + ". " + strings.Join(sentences, " ")
}

// aboutPlot gives a plot's title, axes and ranges.
func aboutPlot(p *plot.Plot) string {
	name := "Plot"
	if p.Title.Text != "" {
		name = "Plot “" + p.Title.Text + "”"
	}
	axis := func(letter string, a plot.Axis) string {
		s := letter
		if a.Label.Text != "" {
			s = a.Label.Text
		}
		if math.IsInf(a.Min, 0) || math.IsInf(a.Max, 0) {
			return s + " without data"
		}
		return fmt.Sprintf("%s from %.4g to %.4g", s, a.Min, a.Max)
	}
	return fmt.Sprintf("%s: %s against %s.", name, axis("y", p.Y), axis("x", p.X))
}
