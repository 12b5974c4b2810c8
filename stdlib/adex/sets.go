package adex

import "math/rand/v2"

// Ranges are bounds for parameters drawn at random: each field is uniform
// between Low and High, and fixed where the two are equal.
type Ranges struct {
	Low, High Params // the bounds; a parameter that has the same in both is fixed
}

// Table2 gives the ranges of the thesis's simulated dataset (table 2): a
// 30–1000 nS, b 0–200 pA, τ_w 30–800 ms, V_r −70 to −50 mV; the rest fixed.
// The threshold of 0 mV is the top of the thesis's range of voltages.
func Table2() Ranges {
	base := Params{C: 100, GL: 10, EL: -70, VT: -50, DeltaT: 2}
	r := Ranges{Low: base, High: base}
	r.Low.A, r.High.A = 30, 1000
	r.Low.B, r.High.B = 0, 200
	r.Low.TauW, r.High.TauW = 30, 800
	r.Low.Vr, r.High.Vr = -70, -50
	return r
}

// Table4 gives the parameters of the thesis's simulated observation (table 4,
// the rest as in table 2), shown in its figure 15.
func Table4() Params {
	p := Table2().Low
	p.A, p.B, p.Vr, p.TauW = 80, 80, -55, 50
	return p
}

// Draw draws n parameter sets from the ranges. The same seed gives the same
// sets, and the first k of them do not depend on n.
func Draw(n int, ranges Ranges, seed uint64) []Params {
	random := rand.New(rand.NewPCG(seed, 0x41644578)) // a stream of its own: "AdEx"
	sets := make([]Params, max(n, 0))
	for i := range sets {
		sets[i] = ranges.draw(random)
	}
	return sets
}

func (r Ranges) draw(random *rand.Rand) Params {
	p := r.Low
	low, high := r.Low.pointers(), r.High.pointers()
	for i, to := range p.pointers() {
		if *low[i] != *high[i] {
			*to = *low[i] + float64((*high[i]-*low[i])*random.Float64())
		}
	}
	return p
}

func (p *Params) pointers() []*float64 {
	return []*float64{&p.C, &p.GL, &p.EL, &p.VT, &p.DeltaT, &p.A, &p.TauW, &p.B, &p.Vr, &p.VTh, &p.Refractory}
}

// Pattern is a parameter set with a current for which it fires in a way that
// has a name.
type Pattern struct {
	Name   string  // of the pattern, such as "regular bursting"
	Params Params  // of its neuron
	I      float64 // current of the step, pA
}

// Step is the pattern's stimulus, on for runtime ms from time 0.
func (p Pattern) Step(runtime float64) Step { return Step{I: p.I, Runtime: runtime} }

// Patterns gives the eight firing patterns of Naud, Marcille, Clopath and
// Gerstner 2008 (figure 4), with the values that Brian 2's example of that
// paper uses to reproduce the figures. V_T is −50 mV, Δ_T 2 mV and the threshold
// 0 mV in all.
func Patterns() []Pattern {
	return []Pattern{
		pattern("tonic", 200, 10, -70, 2, 30, 0, -58, 500),
		pattern("adaptation", 200, 12, -70, 2, 300, 60, -58, 500),
		pattern("initial burst", 130, 18, -58, 4, 150, 120, -50, 400),
		pattern("regular bursting", 200, 10, -58, 2, 120, 100, -46, 210),
		pattern("delayed accelerating", 200, 12, -70, -10, 300, 0, -58, 300),
		pattern("delayed regular bursting", 100, 10, -65, -10, 90, 30, -47, 110),
		pattern("transient", 100, 10, -65, 10, 90, 100, -47, 180),
		pattern("irregular", 100, 12, -60, -11, 130, 30, -48, 160),
	}
}

func pattern(name string, c, gl, el, a, tauW, b, vr, i float64) Pattern {
	return Pattern{Name: name, I: i, Params: Params{C: c, GL: gl, EL: el, VT: -50, DeltaT: 2, A: a, TauW: tauW, B: b, Vr: vr}}
}
