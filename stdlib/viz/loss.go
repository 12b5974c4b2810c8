package viz

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"hillock/stdlib/notebook"
)

// Trained is a training's losses, such as nn.History or sbi.TrainReport.
type Trained interface {
	// Losses gives the mean training loss and the validation loss of every epoch, and
	// the validation loss's deviation, or nil.
	Losses() (train, validation, deviation []float64)
}

// Loss draws the losses over the epochs, with a band of the validation loss's
// deviation where it is known, and marks the best epoch. It fails when no epoch
// was trained.
func Loss(t Trained) (notebook.Figure, error) {
	train, validation, deviation := t.Losses()
	if len(train) == 0 || len(train) != len(validation) {
		return notebook.Figure{}, fmt.Errorf("viz: loss curve of %d epochs of training and %d of validation; want one or more of both", len(train), len(validation))
	}
	epochs := make([]float64, len(train))
	best := 0
	for i, v := range validation {
		epochs[i] = float64(i + 1)
		if v < validation[best] {
			best = i
		}
	}
	p, err := Lines([]Series{{Name: "training", X: epochs, Y: train}, {Name: "validation", X: epochs, Y: validation}}, Labels{X: "epoch", Y: "loss"})
	if err != nil {
		return notebook.Figure{}, err
	}
	if len(deviation) == len(validation) {
		var low, high []float64
		for i, v := range validation {
			low, high = append(low, v-deviation[i]), append(high, v+deviation[i])
		}
		addBand(p, epochs, low, high, colorOf(1))
	}
	mark, err := plotter.NewScatter(plotter.XYs{{X: epochs[best], Y: validation[best]}})
	if err == nil {
		mark.Color, mark.Radius = colorOf(1), vg.Points(3)
		p.Add(mark)
	}
	p.Legend.Left = false
	return notebook.Figure{Plots: [][]*plot.Plot{{p}}, Width: 6, Height: 3.2,
		Alt: fmt.Sprintf("Loss over %d epochs: training %.4g to %.4g, validation %.4g to %.4g, best %.4g at epoch %d.",
			len(train), train[0], train[len(train)-1], validation[0], validation[len(validation)-1], validation[best], best+1)}, nil
}

// addBand fills the space between two lines.
func addBand(p *plot.Plot, x, low, high []float64, c color.Color) {
	var outline plotter.XYs
	for i := range x {
		if !math.IsNaN(low[i]) && !math.IsInf(low[i], 0) {
			outline = append(outline, plotter.XY{X: x[i], Y: low[i]})
		}
	}
	for i := len(x) - 1; i >= 0; i-- {
		if !math.IsNaN(high[i]) && !math.IsInf(high[i], 0) {
			outline = append(outline, plotter.XY{X: x[i], Y: high[i]})
		}
	}
	if len(outline) < 3 {
		return
	}
	area, err := plotter.NewPolygon(outline)
	if err != nil {
		return
	}
	r, g, b, _ := c.RGBA()
	area.Color, area.LineStyle.Width = color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0x2c}, 0
	p.Add(area)
}

// Band draws the space between two lines over x, and another line over it, such
// as the simulations of a posterior beside the observation. It fails when lengths
// differ.
func Band(x, low, high, line []float64, labels Labels) (*plot.Plot, error) {
	if len(x) == 0 || len(low) != len(x) || len(high) != len(x) || len(line) != len(x) {
		return nil, fmt.Errorf("viz: band of %d places with limits of %d and %d values and a line of %d; they must be as many", len(x), len(low), len(high), len(line))
	}
	p, err := Lines([]Series{{X: x, Y: line}}, labels)
	if err != nil {
		return nil, err
	}
	addBand(p, x, low, high, colorOf(5))
	return p, nil
}
