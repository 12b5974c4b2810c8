package nn

import "math/rand/v2"

// MaskOptions say which points of a trace weigh more in a reconstruction's loss
// (thesis, section 3.3). They help a training that stays in a local minimum, where
// all reconstructions look like the mean trace.
type MaskOptions struct {
	Points int     // drawn at random from every trace; 0 means a tenth of them, below 0 none
	Weight float64 // of a drawn point's squared error, where the others have 1; 0 means 5

	// Peaks is the number of points that are drawn at random from the peaks and
	// troughs of every trace; 0 means none.
	Peaks int
	// PeakWeight is a further factor on the weight of a drawn peak or trough; 0
	// means 5.
	PeakWeight float64
	// Window is the number of points of the window that slides over a trace; its
	// middle is a peak where it is the largest of the window, a trough where it is
	// the smallest. 0 means 15.
	Window int
}

// MaskedMSE is the loss whose mask is drawn anew for every batch.
func MaskedMSE(o MaskOptions) LossFunc {
	return func(t *Tape, output, target *Tensor, rng *rand.Rand) *Tensor {
		return t.WeightedMSE(output, target, t.Mask(target, o, rng))
	}
}

// Mask draws the weights of the points of traces, for WeightedMSE. The last
// dimension of target is the time.
func (t *Tape) Mask(target *Tensor, o MaskOptions, rng *rand.Rand) *Tensor {
	n := t.begin("mask", nil, target)
	if n == nil {
		return t.void
	}
	points := target.Dim(-1)
	switch {
	case rng == nil:
		return t.fail(n, "no source of random numbers")
	case o.Points > points || o.Peaks < 0 || o.Weight < 0 || o.PeakWeight < 0 || o.Window < 0:
		return t.fail(n, "options %+v for traces of %d points; want no more points than those, nothing else below 0", o, points)
	}
	if o.Points == 0 {
		o.Points = points / 10
	}
	if o.Window == 0 {
		o.Window = 15
	}
	weight, factor := float32(o.Weight), float32(o.PeakWeight)
	if weight == 0 {
		weight = 5
	}
	if factor == 0 {
		factor = 5
	}
	out := t.result(n, target.dims[:target.rank]...)
	out.needs = false
	places := n.rows(0, points)
	for at := 0; at < len(out.Data); at += points {
		row := out.Data[at : at+points]
		for i := range row {
			row[i], places[i] = 1, i
		}
		for _, i := range draw(places, max(o.Points, 0), rng) {
			row[i] = weight
		}
		if o.Peaks > 0 {
			for _, i := range draw(extremes(places[:0], target.Data[at:at+points], o.Window), o.Peaks, rng) {
				row[i] *= factor
			}
		}
	}
	return out
}

// draw brings n of the places to the front, at random, and gives them; all, when
// there are not more.
func draw(places []int, n int, rng *rand.Rand) []int {
	n = min(n, len(places))
	for i := range n {
		k := i + rng.IntN(len(places)-i)
		places[i], places[k] = places[k], places[i]
	}
	return places[:n]
}

// extremes appends the places of peaks and troughs: those that are larger than all
// before and none after is larger within half a window, or smaller. The ends have
// only one side and are none.
func extremes(places []int, x []float32, window int) []int {
	half := max(window/2, 1)
	for i := 1; i < len(x)-1; i++ {
		if isPeak(x, i, half, 1) || isPeak(x, i, half, -1) {
			places = append(places, i)
		}
	}
	return places
}

func isPeak(x []float32, i, half int, sign float32) bool {
	higher := false
	for d := 1; d <= half; d++ {
		if i-d >= 0 && sign*x[i-d] >= sign*x[i] {
			return false
		}
		if i+d < len(x) {
			if sign*x[i+d] > sign*x[i] {
				return false
			}
			higher = higher || x[i+d] != x[i]
		}
	}
	return higher
}
