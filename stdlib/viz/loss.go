package viz

import (
	"errors"
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

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
	p, err := LossPlot(t, "")
	if err != nil {
		return notebook.Figure{}, err
	}
	train, validation, _ := t.Losses()
	best := smallest(validation)
	return notebook.Figure{Plots: [][]*plot.Plot{{p}}, Width: 6, Height: 3.2,
		Alt: fmt.Sprintf("Loss over %d epochs: training %.4g to %.4g, validation %.4g to %.4g, best %.4g at epoch %d.",
			len(train), train[0], train[len(train)-1], validation[0], validation[len(validation)-1], validation[best], best+1)}, nil
}

// LossPlot draws the losses into one plot, for a Grid of several trainings.
func LossPlot(t Trained, title string) (*plot.Plot, error) {
	if t == nil {
		return nil, errors.New("viz: loss curve of nil")
	}
	train, validation, deviation := t.Losses()
	if len(train) == 0 || len(train) != len(validation) {
		return nil, fmt.Errorf("viz: loss curve of %d epochs of training and %d of validation; want one or more of both", len(train), len(validation))
	}
	judged := Series{Name: "validation", Y: validation}
	if len(deviation) == len(validation) {
		judged.Low, judged.High = around(validation, deviation)
	}
	p, err := Lines([]Series{{Name: "training", Y: train}, judged}, Labels{Title: title, X: "epoch", Y: "loss"})
	if err != nil {
		return nil, err
	}
	p.X.Tick.Marker = wholeTicks{wanted: 6}
	best := smallest(validation)
	mark, err := plotter.NewScatter(plotter.XYs{{X: float64(best + 1), Y: validation[best]}})
	if err == nil { // else the best is not finite and has no place
		mark.GlyphStyle = vgdraw.GlyphStyle{Color: colorOf(1), Radius: vg.Points(3), Shape: vgdraw.RingGlyph{}}
		p.Add(mark)
	}
	return p, nil
}

// smallest is the place of the least value.
func smallest(values []float64) int {
	best := 0
	for i, v := range values {
		if v < values[best] {
			best = i
		}
	}
	return best
}

// around gives values less and plus their deviations.
func around(values, deviation []float64) (low, high []float64) {
	for i, v := range values {
		low, high = append(low, v-deviation[i]), append(high, v+deviation[i])
	}
	return low, high
}
