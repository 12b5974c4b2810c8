package bss2

import (
	"math"
	"math/rand/v2"
)

// drift is the noise currents of a trial: Ornstein–Uhlenbeck processes that make
// V and w of the resting circuit vary as the noise says.
type drift struct {
	v, w   process
	random *rand.Rand
}

// process is an Ornstein–Uhlenbeck process of variance 1, and its scale.
type process struct {
	x, keep, add, scale float64
}

func newDrift(n Noise, q Quantities, random *rand.Rand) drift {
	process := func(deviation, persists, tau, g float64) process {
		if n.Off || deviation == 0 {
			return process{}
		}
		keep := math.Exp(-step * noiseSteps / persists)
		return process{
			x: random.NormFloat64(), keep: keep, add: math.Sqrt(1 - keep*keep),
			// A current of time constant τ_n through a leak with τ varies V by
			// (current/g)·√(τ_n/(τ_n + τ)).
			scale: deviation * g * math.Sqrt((persists+tau)/persists),
		}
	}
	return drift{
		v: process(n.Membrane, n.MembraneTime, q.TauM(), q.GL), w: process(n.Adaptation, n.AdaptationTime, q.TauW, q.GTau),
		random: random,
	}
}

// next gives the currents for the next noiseSteps steps, nS·LSB.
func (d *drift) next() (v, w float64) {
	return d.v.next(d.random), d.w.next(d.random)
}

func (p *process) next(random *rand.Rand) float64 {
	if p.scale == 0 {
		return 0
	}
	now := p.scale * p.x
	p.x = float64(p.keep*p.x) + float64(p.add*random.NormFloat64())
	return now
}

// readout is the recording of a trial: noise, 10 bits, and the points that are
// asked for.
type readout struct {
	points []float64
	random *rand.Rand
	noise  float64 // LSB

	samples     int // recorded, if points are samples: 0 points are interpolated
	scale       float64
	filled      int
	left, right float64 // the last two samples
}

func newReadout(e Experiment, n Noise, random *rand.Rand) readout {
	r := readout{random: random, noise: n.Readout, samples: e.Samples, points: make([]float64, e.Samples)}
	if e.Points > 0 {
		r.points = make([]float64, e.Points)
		r.scale = float64(e.Samples-1) / float64(e.Points-1)
	}
	if n.Off {
		r.noise = 0
	}
	return r
}

// place is the sample at or before a point, and how far the point lies from it.
func (r *readout) place(point int) (sample int, beyond float64) {
	at := float64(float64(point) * r.scale)
	sample = min(int(at), r.samples-2)
	return sample, at - float64(sample)
}

// wants says whether a sample is one that the next point needs. Others are never
// read.
func (r *readout) wants(sample int) bool {
	if r.scale == 0 {
		return true
	}
	if r.filled == len(r.points) {
		return false
	}
	k, _ := r.place(r.filled)
	if sample == k || sample == k+1 {
		return true
	}
	return false
}

// sample takes a sample that it wants.
func (r *readout) sample(k int, x float64) {
	if r.noise > 0 {
		x += float64(r.noise * r.random.NormFloat64())
	}
	x = min(max(math.Round(x), 0), 1023)
	if r.scale == 0 {
		r.points[k] = x
		return
	}
	r.left, r.right = r.right, x
	for r.filled < len(r.points) {
		from, beyond := r.place(r.filled)
		if from+1 != k {
			return
		}
		r.points[r.filled] = r.left + float64((r.right-r.left)*beyond)
		r.filled++
	}
}
