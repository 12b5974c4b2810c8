package viz

import (
	"fmt"

	"gonum.org/v1/plot"
)

// Rounds draws a value per round of several runs, such as the log-probability of
// the truth, with their mean as a thick black line where there are more than two.
// values has a row a run; runs may differ in length, and NaN leaves a round out.
// names may be nil. It fails when there is no run, or names are not as many.
func Rounds(names []string, values [][]float64, labels Labels) (*plot.Plot, error) {
	if len(values) == 0 || names != nil && len(names) != len(values) {
		return nil, fmt.Errorf("viz: rounds of %d runs with %d names", len(values), len(names))
	}
	if labels.X == "" {
		labels.X = "round"
	}
	var series []Series
	longest := 0
	for i, v := range values {
		s := Series{Y: v, Color: colorOf(i), Dashed: usedUp(i)}
		if names != nil {
			s.Name = names[i]
		}
		if len(values) > 2 {
			s.Color = translucent(s.Color, 0xb0)
		}
		series, longest = append(series, s), max(longest, len(v))
	}
	if len(values) > 2 {
		mean := Series{Name: "mean", Color: colorOf(6)}
		for k := range longest {
			sum, count := 0.0, 0.0
			for _, v := range values {
				if k < len(v) && finite(v[k]) {
					sum, count = sum+v[k], count+1
				}
			}
			mean.Y = append(mean.Y, sum/count)
		}
		series = append(series, mean)
	}
	p, err := Curves(series, labels)
	if err != nil {
		return nil, err
	}
	p.X.Tick.Marker = wholeTicks{wanted: 10}
	return p, nil
}
