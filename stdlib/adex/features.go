package adex

import (
	"fmt"
	"math"
	"slices"
)

// Features are handcrafted summary statistics of a voltage trace: what
// electrophysiologists measure of a response to a step of current. The names
// follow IPFX of the Allen Institute and eFEL. Each is NaN where it is
// undefined, which its comment says; Vector puts a number of your choice there.
//
// Times are ms and voltages mV; for traces of a chip they are whatever unit the
// trace has.
type Features struct {
	SpikeCount float64 // spikes while the current is on
	AvgRate    float64 // SpikeCount over the time the current is on, Hz (1000 per unit of time); 0 without spikes
	Latency    float64 // first spike − onset, ms; needs a spike
	FirstISI   float64 // interval between the first two spikes, ms; needs 2 spikes
	MeanISI    float64 // mean interval between spikes, ms; needs 2 spikes
	MedianISI  float64 // median interval between spikes, ms; needs 2 spikes
	ISICV      float64 // standard deviation of the intervals (divided by their number) over their mean; needs 2 spikes
	Adapt      float64 // mean of (ISI[i+1] − ISI[i])/(ISI[i+1] + ISI[i]), −1 to 1, above 0 when the neuron slows down; needs 3 spikes

	// Means over the spikes; each needs a spike. A spike reaches from the trough
	// before it (or the onset) to the next spike (or the end of the current).
	Threshold   float64 // V where dV/dt first comes to ThresholdFraction of the spike's Upstroke, mV
	Peak        float64 // largest V up to the reset, mV
	Trough      float64 // least V after the spike, mV
	FastTrough  float64 // least V within FastWindow after the spike, mV
	SlowTrough  float64 // least V later than FastWindow after the spike, mV; spikes with nothing later don't count
	Upstroke    float64 // largest dV/dt before the peak, mV/ms
	Downstroke  float64 // least dV/dt after the peak, mV/ms
	Width       float64 // time that V is above the middle between Threshold and Peak, ms
	TroughTime  float64 // time from the spike to its trough, ms
	Amplitude   float64 // Peak − Threshold, mV
	AHPDepth    float64 // Base − Trough, mV: how far V falls below rest; needs a spike and Base
	Base        float64 // mean V before the onset, mV; needs a sample before it
	SteadyState float64 // mean V over the last tenth of the time that the current is on, mV; needs a sample there
}

// FeatureOptions say what part of a trace is measured, and how.
type FeatureOptions struct {
	Onset, End        float64 // when the current is on, ms; both 0 mean the whole trace
	FastWindow        float64 // time after a spike that belongs to the fast trough, ms; 0 means 5
	ThresholdFraction float64 // of the upstroke at which a spike begins; 0 means 0.05
}

// Measure takes the features of a trace: samples v, the time dt between two of
// them, and the spike times. It fails when there are no samples, when options
// make no sense, and when a sample in the measured part is not finite.
func Measure(v []float64, dt float64, spikes []float64, o FeatureOptions) (Features, error) {
	if len(v) == 0 {
		return Features{}, fmt.Errorf("adex: features of a trace without samples; simulate without SpikesOnly")
	}
	if !(dt > 0) || math.IsInf(dt, 0) {
		return Features{}, fmt.Errorf("adex: the time between samples is %g; it must be above 0", dt)
	}
	if o.Onset == 0 && o.End == 0 {
		o.End = float64(len(v)) * dt
	}
	if o.FastWindow == 0 {
		o.FastWindow = 5
	}
	if o.ThresholdFraction == 0 {
		o.ThresholdFraction = 0.05
	}
	if !(o.End > o.Onset && o.Onset >= 0 && o.FastWindow > 0 && o.ThresholdFraction > 0 && o.ThresholdFraction < 1) {
		return Features{}, fmt.Errorf("adex: FeatureOptions are %+v; they need 0 ≤ Onset < End, FastWindow above 0 and ThresholdFraction between 0 and 1", o)
	}
	if err := checkTrains(spikes); err != nil {
		return Features{}, err
	}
	first := min(index(o.Onset, dt), len(v))
	last := min(index(o.End, dt), len(v))
	for k, x := range v[:last] {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return Features{}, fmt.Errorf("adex: features of a trace that is %g at sample %d; leave diverged runs out", x, k)
		}
	}
	from, _ := slices.BinarySearch(spikes, o.Onset)
	to, _ := slices.BinarySearch(spikes, o.End)
	spikes = spikes[from:to]
	f := trainFeatures(spikes, o.Onset, o.End)
	f.Base = mean(v[:first])
	f.SteadyState = mean(v[max(first, last-(last-first)/10):last])
	measureSpikes(&f, v[:last], first, dt, spikes, o)
	f.Amplitude = f.Peak - f.Threshold
	f.AHPDepth = f.Base - f.Trough
	return f, nil
}

// Features measures the run. Where its stimulus is a Step, the measured part is
// the time that the current is on.
func (r *Run) Features() (Features, error) {
	var o FeatureOptions
	if s, ok := r.Stimulus.(Step); ok {
		o.Onset, o.End = s.Onset, s.Onset+s.Runtime
	}
	return Measure(r.V, r.Dt, r.Spikes, o)
}

func trainFeatures(spikes []float64, onset, end float64) Features {
	nan := math.NaN()
	f := Features{
		SpikeCount: float64(len(spikes)), AvgRate: 1000 * float64(len(spikes)) / (end - onset),
		Latency: nan, FirstISI: nan, MeanISI: nan, MedianISI: nan, ISICV: nan, Adapt: nan,
	}
	if len(spikes) == 0 {
		return f
	}
	f.Latency = spikes[0] - onset
	if len(spikes) == 1 {
		return f
	}
	isi := make([]float64, len(spikes)-1)
	for i := range isi {
		isi[i] = spikes[i+1] - spikes[i]
	}
	f.FirstISI, f.MeanISI = isi[0], mean(isi)
	square := 0.0
	for _, x := range isi {
		square += (x - f.MeanISI) * (x - f.MeanISI)
	}
	f.ISICV = math.Sqrt(square/float64(len(isi))) / f.MeanISI
	if len(isi) > 1 {
		f.Adapt = 0
		for i := range len(isi) - 1 {
			f.Adapt += (isi[i+1] - isi[i]) / (isi[i+1] + isi[i])
		}
		f.Adapt /= float64(len(isi) - 1)
	}
	slices.Sort(isi)
	n := len(isi)
	f.MedianISI = (isi[(n-1)/2] + isi[n/2]) / 2
	return f
}

// measureSpikes fills in the means over the spikes.
func measureSpikes(f *Features, v []float64, first int, dt float64, spikes []float64, o FeatureOptions) {
	var m [9]average
	start := first // of the upstroke: the trough before
	for i, t := range spikes {
		// The spike's sample is the last before the reset.
		at := min(index(t, dt), len(v)-1)
		next := len(v)
		if i+1 < len(spikes) {
			next = min(index(spikes[i+1], dt), len(v))
		}
		if start >= at || at+1 >= next {
			start = min(at+1, len(v)-1)
			continue
		}
		peak := start
		for k := start; k <= at; k++ {
			if v[k] > v[peak] {
				peak = k
			}
		}
		up := math.Inf(-1)
		for k := start; k < peak; k++ {
			up = max(up, (v[k+1]-v[k])/dt)
		}
		begin := start
		for begin < peak && (v[begin+1]-v[begin])/dt < o.ThresholdFraction*up {
			begin++
		}
		down, trough := math.Inf(1), at+1
		fastEnd := min(next, index(t+o.FastWindow, dt)+1)
		for k := peak; k+1 < next; k++ {
			down = min(down, (v[k+1]-v[k])/dt)
			if k >= at && v[k+1] < v[trough] {
				trough = k + 1
			}
		}
		half, above := (v[begin]+v[peak])/2, 0
		for k := begin; k < next && (k <= peak || v[k] > half); k++ {
			if v[k] > half {
				above++
			}
		}
		m[0].add(v[begin])
		m[1].add(v[peak])
		m[2].add(v[trough])
		m[3].add(least(v[at+1 : max(at+2, fastEnd)]))
		m[4].add(least(v[max(at+1, fastEnd):max(at+1, fastEnd, next)]))
		m[5].add(up)
		m[6].add(down)
		m[7].add(float64(above) * dt)
		m[8].add(float64(trough)*dt - t)
		start = trough
	}
	for i, to := range []*float64{&f.Threshold, &f.Peak, &f.Trough, &f.FastTrough, &f.SlowTrough, &f.Upstroke, &f.Downstroke, &f.Width, &f.TroughTime} {
		*to = m[i].mean()
	}
}

// average takes the mean of what is finite.
type average struct {
	sum float64
	n   int
}

func (a *average) add(x float64) {
	if !math.IsInf(x, 0) {
		a.sum += x
		a.n++
	}
}

func (a *average) mean() float64 { return a.sum / float64(a.n) }

func mean(x []float64) float64 {
	var a average
	for _, y := range x {
		a.add(y)
	}
	return a.mean()
}

func least(x []float64) float64 {
	m := math.Inf(1)
	for _, y := range x {
		m = min(m, y)
	}
	return m
}

// index is the sample at a time, with a margin for times that are a multiple of
// dt but for their last bits.
func index(t, dt float64) int { return int(math.Ceil(t/dt - 1e-6)) }

// FeatureNames gives the names of the values of Vector, in their order.
func FeatureNames() []string {
	return []string{
		"spike count", "average rate", "latency", "first ISI", "mean ISI", "median ISI", "ISI CV", "adaptation",
		"threshold", "peak", "trough", "fast trough", "slow trough", "upstroke", "downstroke", "width", "trough time",
		"amplitude", "AHP depth", "base", "steady state",
	}
}

// Vector gives the features in the order of FeatureNames, with missing in the
// place of each that is undefined.
func (f Features) Vector(missing float64) []float64 {
	v := []float64{
		f.SpikeCount, f.AvgRate, f.Latency, f.FirstISI, f.MeanISI, f.MedianISI, f.ISICV, f.Adapt,
		f.Threshold, f.Peak, f.Trough, f.FastTrough, f.SlowTrough, f.Upstroke, f.Downstroke, f.Width, f.TroughTime,
		f.Amplitude, f.AHPDepth, f.Base, f.SteadyState,
	}
	for i, x := range v {
		if math.IsNaN(x) {
			v[i] = missing
		}
	}
	return v
}
