package sbi

import (
	"fmt"

	"gonum.org/v1/plot"

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
	values := make([][]float64, len(c.Names))
	for d := range values {
		values[d] = c.Uniform(d)
	}
	ranks, err := viz.RankECDF(c.Names, values, func(places []float64) (lower, upper []float64) {
		return UniformBands(len(c.Ranks), places, 0.95, 1)
	})
	if err != nil {
		return notebook.Figure{}, err
	}
	level, covered := c.Coverage()
	_, tarp := c.TARP()
	coverage, err := viz.Coverage([]viz.Series{{Name: "highest density", X: level, Y: covered}, {Name: "TARP", X: level, Y: tarp}})
	return notebook.Figure{Plots: [][]*plot.Plot{{ranks, coverage}}, Width: 9, Height: 3.6}, err
}

// MIMEBundle shows the figure, and the checks as text.
func (c *Calibration) MIMEBundle() (notebook.Bundle, error) {
	f, err := c.Figure()
	return shown(f, err, c.String())
}

// Figure draws the eigenvalues, and the parts of the stiffest and the sloppiest
// direction.
func (s *Subspace) Figure() (notebook.Figure, error) {
	var numbers []string
	for k := range s.Values {
		numbers = append(numbers, fmt.Sprint(k+1))
	}
	values, err := viz.Bars(numbers, []viz.Series{{Y: s.Values}}, viz.Labels{X: "direction", Y: "eigenvalue"})
	if err != nil {
		return notebook.Figure{}, err
	}
	directions := []viz.Series{{Name: "stiffest", Y: s.Vectors[0]}}
	if last := len(s.Vectors) - 1; last > 0 {
		directions = append(directions, viz.Series{Name: "sloppiest", Y: s.Vectors[last]})
	}
	parts, err := viz.Bars(s.Names, directions, viz.Labels{Y: "part of the direction"})
	return notebook.Figure{Plots: [][]*plot.Plot{{values, parts}}, Width: 9, Height: 3.2}, err
}

// MIMEBundle shows the figure, and eigenvalues and directions as text.
func (s *Subspace) MIMEBundle() (notebook.Bundle, error) {
	f, err := s.Figure()
	return shown(f, err, s.String())
}

// Figure draws the table as a heat map.
func (m Matrix) Figure() (notebook.Figure, error) {
	return viz.Heatmap("Correlation", m.Names, m.Values)
}

// MIMEBundle shows the heat map.
func (m Matrix) MIMEBundle() (notebook.Bundle, error) {
	f, err := m.Figure()
	return shown(f, err, f.Alt)
}

// Figure draws the observation over the band of the middle 90 % of simulations.
func (p *Predictive) Figure() (notebook.Figure, error) {
	x := make([]float64, len(p.Observation))
	for i := range x {
		x[i] = float64(i)
	}
	lower, upper := p.Band(0.1)
	band, err := viz.Band(x, lower, upper, p.Observation, viz.Labels{X: "value", Y: "observation"})
	return notebook.Figure{Plots: [][]*plot.Plot{{band}}, Width: 9, Height: 3}, err
}

// MIMEBundle shows the figure, and how the simulations compare as text.
func (p *Predictive) MIMEBundle() (notebook.Bundle, error) {
	f, err := p.Figure()
	return shown(f, err, p.String())
}
