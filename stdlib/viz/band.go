package viz

import (
	"fmt"

	"gonum.org/v1/plot"
)

// Band draws the space between two lines over x, and another line over it, such
// as the simulations of a posterior beside the observation. It fails when lengths
// differ. For more bands, or names, use Lines.
func Band(x, low, high, line []float64, labels Labels) (*plot.Plot, error) {
	if len(x) == 0 || len(low) != len(x) || len(high) != len(x) || len(line) != len(x) {
		return nil, fmt.Errorf("viz: band of %d places with limits of %d and %d values and a line of %d; they must be as many", len(x), len(low), len(high), len(line))
	}
	return Lines([]Series{{X: x, Low: low, High: high, Color: colorOf(5)}, {X: x, Y: line, Color: colorOf(6)}}, labels)
}
