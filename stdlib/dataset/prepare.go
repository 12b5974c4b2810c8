package dataset

import (
	"math"
	"math/rand/v2"
)

// Interpolate fills points with samples by linear interpolation, the first and
// the last in the places of the first and the last, as numpy.interp does over
// numpy.linspace.
func Interpolate(points []float32, samples []float64) {
	if len(points) == 0 || len(samples) == 0 {
		return
	}
	if len(points) == 1 || len(samples) == 1 {
		for i := range points {
			points[i] = float32(samples[0])
		}
		return
	}
	scale := float64(len(samples)-1) / float64(len(points)-1)
	for i := range points {
		at := float64(float64(i) * scale)
		k := min(int(at), len(samples)-2)
		points[i] = float32(samples[k] + float64((samples[k+1]-samples[k])*(at-float64(k))))
	}
}

// Normalise brings low to 0 and high to 1 (equation 20 of the thesis).
func Normalise(trace []float32, low, high float64) {
	l, scale := float32(low), float32(1/(high-low))
	for i, x := range trace {
		trace[i] = (x - l) * scale
	}
}

// AddNoise adds Gaussian noise to a trace, whose mean square is 10^(snr/10)
// times that of the noise; snr is in dB.
func AddNoise(trace []float32, snr float64, random *rand.Rand) {
	power := 0.0
	for _, x := range trace {
		power += float64(x) * float64(x)
	}
	deviation := math.Sqrt(power / float64(len(trace)) / math.Pow(10, snr/10))
	for i := range trace {
		trace[i] += float32(deviation * random.NormFloat64())
	}
}
