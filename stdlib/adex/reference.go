package adex

import (
	"context"
	"fmt"
	"math"
)

// ReferenceOptions are the accuracy of a reference run and what it records.
type ReferenceOptions struct {
	Tolerance float64 // error allowed in each step, relative to 1 mV and 100 pA; 0 means 1e-10
	Dt        float64 // time between two samples, also of the stimulus, ms; 0 means DefaultDt
	RecordW   bool    // record the adaptation current too
	Start     *State  // state at time 0; nil means V = E_L, w = 0
}

// Reference integrates the model itself, not its Euler steps: with the method of
// Dormand and Prince of order 5, steps of the length that the tolerance allows,
// and spikes at the very time at which V reaches V_th. It tells how far
// Simulate is from the solution of the differential equations, and costs about
// fifty times as much.
//
// Sample k of the run is the state at k·Dt. Spike times are exact, where those
// of Simulate are the starts of Euler steps.
func Reference(ctx context.Context, p Params, stimulus Stimulus, o ReferenceOptions) (*Run, error) {
	opts, current, err := prepare(stimulus, Options{Dt: o.Dt, RecordW: o.RecordW, Start: o.Start})
	if err != nil {
		return nil, err
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if o.Tolerance == 0 {
		o.Tolerance = 1e-10
	}
	if !(o.Tolerance >= 1e-13 && o.Tolerance <= 1) {
		return nil, fmt.Errorf("adex: ReferenceOptions.Tolerance is %g; it must be between 1e-13 and 1", o.Tolerance)
	}
	run := &Run{
		Params: p, Stimulus: stimulus, Dt: opts.Dt, Duration: float64(len(current)) * opts.Dt,
		V: make([]float64, len(current)),
	}
	if opts.RecordW {
		run.W = make([]float64, len(current))
	}
	r := reference{p: p, tolerance: o.Tolerance, step: opts.Dt, y: [2]float64{p.EL, 0}}
	if o.Start != nil {
		r.y = [2]float64{o.Start.V, o.Start.W}
	}
	for k := range current {
		if k%256 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("adex: reference run stopped after %g of %g ms: %w", float64(k)*opts.Dt, run.Duration, ctx.Err())
		}
		run.V[k] = r.y[0]
		if run.W != nil {
			run.W[k] = r.y[1]
		}
		r.i = current[k] / pico
		r.until(float64(k+1) * opts.Dt)
		if r.failed {
			run.Diverged = true
			for j := k + 1; j < len(current); j++ {
				run.V[j] = math.NaN()
				if run.W != nil {
					run.W[j] = math.NaN()
				}
			}
			break
		}
	}
	run.Spikes = append([]float64{}, r.spikes...)
	return run, nil
}

// reference is an integration under way. Times are ms, y is V (mV) and w (pA).
type reference struct {
	p         Params
	tolerance float64
	i         float64 // current, pA

	t, step float64
	y       [2]float64
	held    float64 // time until which V is held
	spikes  []float64
	failed  bool
}

// slope is dV/dt in mV/ms and dw/dt in pA/ms.
func (r *reference) slope(_ float64, y [2]float64) [2]float64 {
	p, x := r.p, r.i-y[1]-r.p.GL*(y[0]-r.p.EL)
	if p.DeltaT > 0 {
		x += p.GL * p.DeltaT * math.Exp((y[0]-p.VT)/p.DeltaT)
	}
	return [2]float64{x / p.C, (p.A*(y[0]-p.EL) - y[1]) / p.TauW}
}

// turned has V as the independent variable: y is t and w.
func (r *reference) turned(v float64, y [2]float64) [2]float64 {
	d := r.slope(0, [2]float64{v, y[1]})
	return [2]float64{1 / d[0], d[1] / d[0]}
}

// until integrates to a time, over spikes.
func (r *reference) until(end float64) {
	for r.t < end && !r.failed {
		if r.held > r.t {
			to := min(r.held, end)
			goal := r.p.A * (r.y[0] - r.p.EL)
			r.y[1] = goal + (r.y[1]-goal)*math.Exp((r.t-to)/r.p.TauW)
			r.t = to
			continue
		}
		h := min(r.step, end-r.t)
		y, bad := dormandPrince(r.slope, r.t, r.y, h)
		if bad = bad / r.tolerance; bad <= 1 && y[0] <= r.p.VTh {
			if r.t += h; end-r.t < 1e-12*end {
				r.t = end
			}
			r.y = y
			if longer := h * grow(bad); h == r.step || longer > r.step {
				r.step = longer // a step cut short by the end says less
			}
			continue
		}
		if !(y[0] <= r.p.VTh) && r.toThreshold(r.t+h) {
			continue
		}
		if math.IsNaN(bad) || bad <= 1 {
			bad = 100
		}
		if r.step = h * min(0.5, grow(bad)); r.t+r.step == r.t {
			r.failed = true
		}
	}
}

// toThreshold goes to V_th with V as the independent variable, which lands on it
// exactly, and resets. It fails, and changes nothing, when V does not rise all
// the way or gets there only after the given time.
func (r *reference) toThreshold(latest float64) bool {
	v, y := r.y[0], [2]float64{r.t, r.y[1]}
	if r.slope(0, r.y)[0] <= 0 {
		return false
	}
	for h := r.p.VTh - v; v < r.p.VTh; {
		h = min(h, r.p.VTh-v)
		next, bad := dormandPrince(r.turned, v, y, h)
		// An error in the time matters as much as V rises in it.
		if bad /= r.tolerance; bad <= 1 && next[0] >= y[0] {
			v, y = v+h, next
			if r.p.VTh-v < 1e-12*math.Max(1, math.Abs(v)) {
				v = r.p.VTh
			}
			h *= grow(bad)
			continue
		}
		if h *= min(0.5, grow(bad)); !(h > 1e-13) || y[0] > latest {
			return false
		}
	}
	if y[0] > latest {
		return false
	}
	r.spikes = append(r.spikes, y[0])
	r.t, r.y = y[0], [2]float64{r.p.Vr, y[1] + r.p.B}
	r.held = r.t + r.p.Refractory
	r.step = min(r.step, r.p.TauM()/100)
	return true
}

// grow is the factor for the next step after one with an error, relative to the
// tolerance.
func grow(bad float64) float64 {
	if !(bad > 0) {
		return 4
	}
	return math.Min(4, math.Max(0.1, 0.9*math.Pow(bad, -0.2)))
}

// The method of Dormand and Prince 1980, RK5(4)7M: stages and the weights of the
// solution of order 5 and of its difference from the one of order 4.
var (
	stageTimes = [7]float64{0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1}
	stages     = [7][6]float64{
		{},
		{1. / 5},
		{3. / 40, 9. / 40},
		{44. / 45, -56. / 15, 32. / 9},
		{19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
		{9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
		{35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
	}
	differences = [7]float64{
		35./384 - 5179./57600, 0, 500./1113 - 7571./16695, 125./192 - 393./640,
		-2187./6784 + 92097./339200, 11./84 - 187./2100, -1. / 40,
	}
)

// dormandPrince does one step of length h from y at x and estimates its error:
// the larger of those of both variables, w being measured in 100 pA.
func dormandPrince(f func(float64, [2]float64) [2]float64, x float64, y [2]float64, h float64) (next [2]float64, bad float64) {
	var k [7][2]float64
	for s := range k {
		z := y
		for j := range s {
			z[0] += h * stages[s][j] * k[j][0]
			z[1] += h * stages[s][j] * k[j][1]
		}
		next = z // the last stage is the solution
		k[s] = f(x+stageTimes[s]*h, z)
	}
	var e [2]float64
	for s := range k {
		e[0] += h * differences[s] * k[s][0]
		e[1] += h * differences[s] * k[s][1]
	}
	return next, math.Max(math.Abs(e[0]), math.Abs(e[1])/100)
}
