package adex

import (
	"context"
	"fmt"
	"math"

	"hillock/internal/simdadex"
)

// DefaultDt is the time step in ms of all simulations of the thesis.
const DefaultDt = 0.01

// Options are how a simulation is run and what it records. The zero value is
// the thesis's: 0.01 ms steps from rest, V recorded at each.
type Options struct {
	Dt          float64 // time step, ms; 0 means DefaultDt
	RecordEvery int     // record each RecordEvery-th step; 0 means each
	RecordW     bool    // record the adaptation current too
	SpikesOnly  bool    // record no traces, only spikes
	Start       *State  // state at time 0; nil means V = E_L, w = 0
	Reuse       *Batch  // a batch that is done with: SimulateBatch writes into its traces; nil makes new ones
}

// State is the state of an AdEx neuron.
type State struct {
	V float64 // membrane potential, mV
	W float64 // adaptation current, pA
}

// Run is a simulated trace. Sample k is the state at time k·Dt, before the step
// that starts there (Brian 2 records the same), so no sample lies above V_th.
type Run struct {
	Params   Params    // of the neuron
	Stimulus Stimulus  // that it got
	Dt       float64   // time between two samples, ms
	Duration float64   // simulated time, ms
	V        []float64 // membrane potential, mV; nil with Options.SpikesOnly
	W        []float64 // adaptation current, pA; nil without Options.RecordW
	Spikes   []float64 // start of each step that ended above V_th, ms
	Diverged bool      // the state left the finite numbers; the trace is NaN from there on
}

// chunk is how many steps are done between two looks at the context.
const chunk = 1 << 15

// Simulate integrates one neuron with forward Euler. It returns an error for
// parameters, a stimulus or options that the model cannot have, naming the
// field, and for a context that ended; what has then been simulated is dropped.
func Simulate(ctx context.Context, p Params, stimulus Stimulus, opts Options) (*Run, error) {
	opts, current, err := prepare(stimulus, opts)
	if err != nil {
		return nil, err
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if err := p.checkStep(opts.Dt); err != nil {
		return nil, err
	}
	c := coefficients(p, opts.Dt)
	state := start(p, opts)
	samples := samples(len(current), opts)
	run := &Run{Params: p, Stimulus: stimulus, Dt: opts.Dt * float64(opts.RecordEvery), Duration: float64(len(current)) * opts.Dt}
	if !opts.SpikesOnly {
		run.V = make([]float64, samples)
	}
	if opts.RecordW {
		run.W = make([]float64, samples)
	}
	var spikes []int
	for first := 0; first < len(current); first += chunk {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("adex: simulation stopped after %g of %g ms: %w", float64(first)*opts.Dt, run.Duration, err)
		}
		last := min(first+chunk, len(current))
		spikes = record(&c, &state, current[first:last], first, opts, run.V, run.W, spikes)
	}
	run.Spikes = times(spikes, opts.Dt)
	if run.Diverged = diverged(state); run.Diverged {
		oneNaN(run.V)
		oneNaN(run.W)
	}
	return run, nil
}

// record runs the steps of a chunk that starts at the step first and writes each
// RecordEvery-th state to the traces.
func record(c *simdadex.Coefficients, s *simdadex.State, current []float64, first int, opts Options, v, w []float64, spikes []int) []int {
	every := opts.RecordEvery
	if every == 1 {
		return simdadex.Run(c, s, current, part(v, first, len(current)), part(w, first, len(current)), first, spikes)
	}
	for k := 0; k < len(current); {
		at := first + k
		if at%every == 0 {
			if v != nil {
				v[at/every] = s.V * 1e3
			}
			if w != nil {
				w[at/every] = s.W * 1e12
			}
		}
		n := min(every-at%every, len(current)-k)
		spikes = simdadex.Run(c, s, current[k:k+n], nil, nil, at, spikes)
		k += n
	}
	return spikes
}

func part(x []float64, first, n int) []float64 {
	if x == nil {
		return nil
	}
	return x[first : first+n]
}

// prepare checks the options, fills in their defaults and samples the stimulus,
// in ampere.
func prepare(stimulus Stimulus, opts Options) (Options, []float64, error) {
	if opts.Dt == 0 {
		opts.Dt = DefaultDt
	}
	if !(opts.Dt > 0) || math.IsInf(opts.Dt, 0) {
		return opts, nil, fmt.Errorf("adex: Options.Dt is %g ms; a time step must be above 0", opts.Dt)
	}
	if opts.RecordEvery == 0 {
		opts.RecordEvery = 1
	}
	if opts.RecordEvery < 0 {
		return opts, nil, fmt.Errorf("adex: Options.RecordEvery is %d; it must be 1 or above", opts.RecordEvery)
	}
	if opts.SpikesOnly && opts.RecordW {
		return opts, nil, fmt.Errorf("adex: Options.SpikesOnly and Options.RecordW exclude each other")
	}
	if s := opts.Start; s != nil && (math.IsNaN(s.V+s.W) || math.IsInf(s.V+s.W, 0)) {
		return opts, nil, fmt.Errorf("adex: Options.Start is V = %g mV, w = %g pA; both must be finite", s.V, s.W)
	}
	if stimulus == nil {
		return opts, nil, fmt.Errorf("adex: no stimulus given; use Step or Sampled")
	}
	given, err := stimulus.Current(opts.Dt)
	if err != nil {
		return opts, nil, err
	}
	current := make([]float64, len(given))
	for k, x := range given {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return opts, nil, fmt.Errorf("adex: the stimulus is %g pA at step %d; it must be finite", x, k)
		}
		current[k] = x * pico
	}
	return opts, current, nil
}

func start(p Params, opts Options) simdadex.State {
	if opts.Start != nil {
		return simdadex.State{V: opts.Start.V * milli, W: opts.Start.W * pico}
	}
	return simdadex.State{V: p.EL * milli}
}

func samples(steps int, opts Options) int {
	return (steps + opts.RecordEvery - 1) / opts.RecordEvery
}

func times(steps []int, dt float64) []float64 {
	t := make([]float64, len(steps))
	for i, k := range steps {
		t[i] = float64(k) * dt
	}
	return t
}

func diverged(s simdadex.State) bool {
	sum := s.V + s.W
	return math.IsNaN(sum) || math.IsInf(sum, 0)
}

// coefficients converts the parameters to the units of the integrator, with the
// roundings that Brian 2 does: each value times its unit first.
func coefficients(p Params, dt float64) simdadex.Coefficients {
	c := simdadex.Coefficients{
		VT: p.VT * milli, GL: p.GL * nano, EL: p.EL * milli,
		DtPerC: float64(dt*milli) / float64(p.C*pico),
		A:      p.A * nano, DtPerTauW: float64(dt*milli) / float64(p.TauW*milli),
		VTh: p.VTh * milli, Vr: p.Vr * milli, B: p.B * pico,
	}
	if p.DeltaT > 0 {
		c.PerDeltaT = 1 / float64(p.DeltaT*milli)
		c.Exponential = float64(p.DeltaT*milli) * c.GL
	}
	if n := steps(p.Refractory, dt); n > 0 {
		// Brian 2 integrates V again in the n-th step after the spike's.
		c.Refractory = int64(n - 1)
	}
	return c
}

const (
	milli = 1e-3
	nano  = 1e-9
	pico  = 1e-12
)

// Time gives the time of each sample in ms.
func (r *Run) Time() []float64 {
	t := make([]float64, max(len(r.V), len(r.W)))
	for k := range t {
		t[k] = float64(k) * r.Dt
	}
	return t
}

// Len is 1: a run is one trace.
func (r *Run) Len() int { return 1 }

// Trace gives V in mV and the time between two samples in ms. The index is that
// of the only trace, 0.
func (r *Run) Trace(int) (v []float64, dt float64) { return r.V, r.Dt }

// Adaptation gives w in pA, or nil if it was not recorded, and the time between
// two samples in ms. The index is that of the only trace, 0.
func (r *Run) Adaptation(int) (w []float64, dt float64) { return r.W, r.Dt }

// Rate is the mean firing rate over the whole run in Hz.
func (r *Run) Rate() float64 {
	if r.Duration == 0 {
		return 0
	}
	return 1000 * float64(len(r.Spikes)) / r.Duration
}

// String says in one sentence what the run is.
func (r *Run) String() string {
	s := fmt.Sprintf("AdEx run of %g ms: %s", round(r.Duration), plural(len(r.Spikes), "spike"))
	if len(r.Spikes) > 0 {
		s += fmt.Sprintf(", the first at %.2f ms", r.Spikes[0])
	}
	if n := max(len(r.V), len(r.W)); n > 0 {
		s += fmt.Sprintf("; %d samples, one each %g ms", n, round(r.Dt))
	}
	if r.Diverged {
		s += "; diverged"
	}
	return s
}

func round(x float64) float64 { return math.Round(x*1e9) / 1e9 }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
