package study

import "time"

// Duration is the time that the rounds took to simulate and train, in whatever
// number of pieces.
func (r *Rounds) Duration() time.Duration {
	total := time.Duration(0)
	for _, report := range r.Inference.Reports() {
		total += report.Simulating + report.Fitting
	}
	return total
}
