package nn

import "math"

// Schedule gives the learning rate over training. The zero value is constant.
type Schedule struct {
	// WarmUpBatches is the number of first batches over which the rate grows
	// linearly; 0 means none. The thesis takes 2,000.
	WarmUpBatches int
	// WarmUpEvery is the number of batches between two rises; 0 means 1. The thesis
	// takes 100.
	WarmUpEvery int
	// DecayFrom is the epoch, counted from 0, at whose end the rate begins to fall;
	// it only matters with Decay. The thesis takes 70.
	DecayFrom int
	// Decay is the factor on the rate after every epoch from DecayFrom; 0 means 1.
	Decay float64
}

// Rate is the learning rate of a batch, both counted from 0 over all epochs, for
// a base rate.
func (s Schedule) Rate(base float64, batch, epoch int) float64 {
	every := max(s.WarmUpEvery, 1)
	if batch < s.WarmUpBatches {
		steps := (s.WarmUpBatches + every - 1) / every
		return base * float64(batch/every+1) / float64(steps+1)
	}
	if s.Decay > 0 && epoch > s.DecayFrom {
		return base * math.Pow(s.Decay, float64(epoch-s.DecayFrom))
	}
	return base
}
