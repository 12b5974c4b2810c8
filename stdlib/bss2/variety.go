package bss2

import "fmt"

// Variety says what share of trials does what while the current is on. The shares
// add up to 1. Rates are those of the chip, a thousand times the biological ones.
type Variety struct {
	Slow   float64 // spikes to the end at up to 30 kHz, as both observations of the thesis do
	Fast   float64 // spikes to the end at 30 to 80 kHz
	Pinned float64 // above 80 kHz: at the reset nearly all the time, a flat trace in which spikes are hardly seen
	Stops  float64 // adapts to silence: no spike in the last third of the recording
	Silent float64 // no spike at all
}

// Variety sorts the trials by their spikes.
func (t *Trials) Variety() Variety {
	var v Variety
	for i, s := range t.Spikes {
		share := 1 / float64(t.Len())
		duration := float64(len(t.V[i])-1) * t.Dt
		rate := 1000 * float64(len(s)) / duration // kHz
		switch {
		case len(s) == 0:
			v.Silent += share
		case rate > 80:
			v.Pinned += share
		case s[len(s)-1] < duration*2/3:
			v.Stops += share
		case rate > 30:
			v.Fast += share
		default:
			v.Slow += share
		}
	}
	return v
}

// String gives the shares in percent.
func (v Variety) String() string {
	return fmt.Sprintf("%.0f %% slow, %.0f %% fast, %.0f %% pinned to the reset, %.0f %% stop, %.0f %% silent",
		100*v.Slow, 100*v.Fast, 100*v.Pinned, 100*v.Stops, 100*v.Silent)
}
