package study

import (
	"fmt"

	"hillock/stdlib/viz"
)

// Traces gives observations of the simulator as traces that viz draws, in the
// source's units: mV over ms, or LSB over µs.
func (s Simulator) Traces(xs ...[]float64) (viz.Rows, error) {
	d, err := s.Source.Describe()
	if err != nil {
		return viz.Rows{}, fmt.Errorf("study: %w", err)
	}
	samples, points := s.lengths()
	rows := viz.Rows{Dt: d.SampleTime * float64(samples-1) / float64(points-1), Time: d.TimeUnit, Unit: d.TraceUnit}
	for i, x := range xs {
		if len(x) != points {
			return viz.Rows{}, fmt.Errorf("study: trace %d has %d points; those of the simulator have %d", i, len(x), points)
		}
		row := make([]float64, points)
		for k, v := range x {
			row[k] = d.Low + v*(d.High-d.Low)
		}
		rows.Values = append(rows.Values, row)
	}
	return rows, nil
}
