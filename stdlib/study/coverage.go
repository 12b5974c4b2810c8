package study

import (
	"fmt"

	"hillock/stdlib/sbi"
)

// Covered is the share of a calibration's cases whose truth lies within the
// posterior's region of highest density that holds a level, between 0 and 1.
// Below the level the posteriors are too sure, above it too cautious.
func Covered(c *sbi.Calibration, level float64) float64 {
	within := 0
	for _, share := range c.Denser {
		if share <= level {
			within++
		}
	}
	return float64(within) / float64(len(c.Denser))
}

// SetCoverage keeps the coverage at 50, 90 and 95 % under "NAME: coverage at 50 %"
// and so on.
func (r *Results) SetCoverage(name string, c *sbi.Calibration) {
	for _, percent := range []int{50, 90, 95} {
		r.Set(fmt.Sprintf("%s: coverage at %d %%", name, percent), 100*Covered(c, float64(percent)/100), "%")
	}
}
