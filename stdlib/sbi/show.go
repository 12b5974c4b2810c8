package sbi

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"

	"hillock/internal/grouped"
	"hillock/stdlib/notebook"
	"hillock/stdlib/viz"
)

// Results show themselves in a notebook: as a figure, with their text beside it.
// The figures are viz's; made here, they need no more than the result itself.

// shown is a figure whose text is the result's own.
func shown(f notebook.Figure, err error, text string) (notebook.Bundle, error) {
	if err != nil {
		return notebook.Bundle{}, err
	}
	if f.Alt == "" {
		f.Alt = text
	}
	b, err := f.MIMEBundle()
	if err == nil {
		b.Data[notebook.MIMEText] = text
	}
	return b, err
}

// Figure draws the calibration: how the ranks' distribution differs from the
// uniform one, with the band that holds 95 % of calibrated estimators, and the
// coverage.
func (c *Calibration) Figure() (notebook.Figure, error) {
	level, covered := c.Coverage()
	_, tarp := c.TARP()
	low, high, err := UniformBands(len(c.Ranks), level, 0.95, 2)
	if err != nil {
		return notebook.Figure{}, err
	}
	values := make([][]float64, len(c.Names))
	for d := range values {
		values[d] = c.Uniform(d)
	}
	ranks, err := viz.RankECDF(c.Names, values, func(places []float64) (lower, upper []float64) {
		lower, upper, _ = UniformBands(len(c.Ranks), places, 0.95, 1) // fails where the one above does
		return lower, upper
	})
	if err != nil {
		return notebook.Figure{}, err
	}
	coverage, err := viz.Coverage([]viz.Series{{Name: "calibrated", X: level, Low: low, High: high, Color: color.Black}, {Name: "highest density", X: level, Y: covered}, {Name: "TARP", X: level, Y: tarp}})
	return notebook.Figure{Plots: [][]*plot.Plot{{ranks, coverage}}, Title: c.headline(), Width: 9, Height: 3.6}, err
}

// MIMEBundle shows the figure, and the checks as text.
func (c *Calibration) MIMEBundle() (notebook.Bundle, error) {
	f, err := c.Figure()
	return shown(f, err, c.String())
}

// Figure draws the eigenvalues on a logarithmic scale, the components of every
// direction, the stiffest on top, and where the posterior's samples lie along the
// first two.
func (s *Subspace) Figure() (notebook.Figure, error) {
	values, err := viz.Spectrum(s.Values, viz.Labels{Title: "Eigenvalues", X: "direction", Y: "eigenvalue"})
	if err != nil {
		return notebook.Figure{}, err
	}
	directions := make([]string, len(s.Vectors))
	for k := range directions {
		directions[k] = strconv.Itoa(k + 1)
	}
	parts, err := viz.HeatPlot("Directions", directions, bare(s.Names), s.Vectors)
	if err != nil {
		return notebook.Figure{}, err
	}
	f := notebook.Figure{Plots: [][]*plot.Plot{{values, parts}}, Width: 8.2, Height: math.Min(6, 2.6+0.2*float64(max(0, len(s.Names)-4)))}
	if len(s.Projections) < 2 || len(s.Vectors) < 2 {
		return f, nil
	}
	unit := ""
	if s.Scaled {
		unit = " (prior deviations)"
	}
	along := make([][]float64, 2)
	for k := range along {
		for _, p := range s.Projections {
			along[k] = append(along[k], p[k])
		}
	}
	samples, err := viz.DensityPlot(along[0], along[1], viz.Labels{Title: "Samples", X: "direction 1" + unit, Y: "direction 2" + unit})
	f.Plots[0] = append(f.Plots[0], samples)
	f.Width = 11.5
	return f, err
}

// bare takes the units off names: "τ_w (ms)" becomes "τ_w".
func bare(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i], _, _ = strings.Cut(name, " (")
	}
	return out
}

// MIMEBundle shows the figure, and eigenvalues and directions as text.
func (s *Subspace) MIMEBundle() (notebook.Bundle, error) {
	f, err := s.Figure()
	return shown(f, err, s.String())
}

// Figure draws the table as a heat map.
func (m Matrix) Figure() (notebook.Figure, error) {
	return viz.Heatmap(m.Title, bare(m.Names), m.Values)
}

// MIMEBundle shows the heat map.
func (m Matrix) MIMEBundle() (notebook.Bundle, error) {
	f, err := m.Figure()
	return shown(f, err, f.Alt)
}

// fewValues is up to how many values of an observation are drawn one by one.
const fewValues = 12

// Figure draws the observation over the bands of the middle 50 % and 90 % of
// simulations, over Predictive.Step with Predictive.Labels; where it has few values, each
// by its name in Predictive.Names beside the distribution of its own. It fails without
// simulations, and where there are more names than values.
func (p *Predictive) Figure() (notebook.Figure, error) {
	f, err := p.figure()
	if p.Failed > 0 && err == nil {
		f.Title = fmt.Sprintf("%s of %s simulations failed", grouped.Int(p.Failed), grouped.Int(p.Failed+len(p.Xs)))
	}
	return f, err
}

func (p *Predictive) figure() (notebook.Figure, error) {
	if n := len(p.Observation); n <= fewValues && len(p.Xs) > 1 {
		if len(p.Names) > n {
			return notebook.Figure{}, fmt.Errorf("sbi: predictive check of an observation of %d values with %d names", n, len(p.Names))
		}
		names := given(n, p.Names)
		for i, name := range names {
			if name == "" {
				names[i] = fmt.Sprintf("x_%d", i+1)
			}
		}
		return viz.Marginals(&Samples{Names: names, Values: p.Xs}, viz.Named("simulations"), viz.Observed(p.Observation))
	}
	x := make([]float64, len(p.Observation))
	step, labels := p.Step, p.Labels
	if step == 0 {
		step = 1
	}
	if labels.X == "" {
		labels.X = "place in the observation"
	}
	if labels.Y == "" {
		labels.Y = "value"
	}
	for i := range x {
		x[i] = float64(i) * step
	}
	var series []viz.Series
	for _, outside := range []float64{0.1, 0.5} {
		lower, upper, err := p.Band(outside)
		if err != nil {
			return notebook.Figure{}, err
		}
		series = append(series, viz.Series{Name: fmt.Sprintf("middle %.0f %% of simulations", 100*(1-outside)), X: x, Low: lower, High: upper, Color: viz.Colors()[0]})
	}
	series = append(series, viz.Series{Name: "observation", X: x, Y: p.Observation, Color: color.Black})
	band, err := viz.Lines(series, labels)
	return notebook.Figure{Plots: [][]*plot.Plot{{band}}, Width: 9, Height: 3}, err
}

// MIMEBundle shows the figure, and how the simulations compare as text.
func (p *Predictive) MIMEBundle() (notebook.Bundle, error) {
	f, err := p.Figure()
	return shown(f, err, p.String())
}
