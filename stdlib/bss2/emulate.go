package bss2

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hillock/stdlib/notebook"
)

// stepsPerSample is how many steps of forward Euler lie between two samples: two
// of 17 ns. Against 8.5 ns that moves spikes by 10 to 50 times less than a trial
// differs from the next.
const stepsPerSample = 2

const step = 1 / (stepsPerSample * SampleRate) // µs

// noiseSteps is for how many steps a value of the slow noise currents holds,
// 136 ns of their several µs.
const noiseSteps = 8

// Measure emulates. The trials are spread over all cores; the same experiment
// gives the same bytes at any number of them.
func (c *Chip) Measure(ctx context.Context, neuron int, configs []Config, e Experiment) (*Trials, error) {
	if err := c.check(neuron, configs...); err != nil {
		return nil, err
	}
	e, err := e.withDefaults()
	if err != nil {
		return nil, err
	}
	n := len(configs) * e.Repeats
	t := &Trials{
		Configs: configs, Repeats: e.Repeats, Record: e.Record, Dt: e.dt(),
		V: make([][]float64, n), Spikes: make([][]float64, n),
	}
	progress := notebook.NewProgress(notebook.ProgressOptions{Total: n, Label: "emulating", Unit: "trials", After: time.Second})
	defer progress.Done()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wait.Go(func() {
			m := newMachine(c, neuron, e)
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				t.V[i], t.Spikes[i] = m.trial(configs[i/e.Repeats], e.First+i)
				progress.Add(1)
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("bss2: experiment of %d trials stopped: %w", n, err)
	}
	return t, nil
}

// machine emulates trials one after the other, with memory of its own.
type machine struct {
	circuit Circuit
	pattern pattern
	e       Experiment
	random  *rand.PCG

	on, end int       // steps: the current is switched on; the recording ends
	off     int       // the current is switched off
	record  []float64 // the recorded signal at each step from on, LSB
	nv, nw  []float64 // noise currents, each for noiseSteps steps
}

func newMachine(c *Chip, neuron int, e Experiment) *machine {
	m := &machine{circuit: c.circuit, pattern: c.pattern(neuron), e: e, random: rand.NewPCG(0, 0)}
	m.on = int(math.Round(e.Offset / step))
	m.end = m.on + stepsPerSample*(e.Samples-1) + 1
	m.off = m.on + int(math.Round(e.Runtime/step))
	m.record = make([]float64, m.end-m.on)
	blocks := (m.end + noiseSteps - 1) / noiseSteps
	m.nv, m.nw = make([]float64, blocks), make([]float64, blocks)
	return m
}

// trial emulates one trial; its number decides its noise.
func (m *machine) trial(c Config, number int) (samples, spikes []float64) {
	m.random.Seed(m.e.Seed, mix(uint64(number), 1))
	r := rand.New(m.random)
	noise := m.circuit.Noise
	code := codes(c)
	if !noise.Off {
		code = noise.reload(c, r)
	}
	q := m.circuit.quantities(c, code, &m.pattern)
	m.drift(r, q)
	spikes = m.integrate(c, q)
	return m.readOut(r), spikes
}

// drift fills in the noise currents of the trial: Ornstein–Uhlenbeck processes
// that make V and w of the resting circuit vary as the noise says.
func (m *machine) drift(r *rand.Rand, q Quantities) {
	n := m.circuit.Noise
	fill := func(to []float64, deviation, persists, tau, g float64) {
		if n.Off || deviation == 0 {
			clear(to)
			return
		}
		keep := math.Exp(-step * noiseSteps / persists)
		add := math.Sqrt(1 - keep*keep)
		// A current of time constant τ_n through a leak with τ varies V by
		// (current/g)·√(τ_n/(τ_n + τ)).
		scale := deviation * g * math.Sqrt((persists+tau)/persists)
		x := r.NormFloat64()
		for i := range to {
			to[i] = scale * x
			x = keep*x + add*r.NormFloat64()
		}
	}
	fill(m.nv, n.Membrane, n.MembraneTime, q.TauM(), q.GL)
	fill(m.nw, n.Adaptation, n.AdaptationTime, q.TauW, q.GTau)
}

// integrate runs the circuit's equations, currents in nS·LSB:
//
//	C·dV/dt = g(E − V) + h(V)(I_exp + I) − I_w + noise
//	I_exp = X/(1 + X/I_max),  X = g_exp·Δ_T·exp((V − V_T)/Δ_T)
//	I_w = sat(g_w(w − V_ref), I_wmax)
//	C_w·dw/dt = g_a·sat(V − E_l^adapt, V_sa) − g_τ(w − V_ref) + I_b + noise
//
// with sat(x, s) = x/√(1 + (x/s)²), and g, E those of the leak or, from the
// comparator's delay after a spike to the end of the refractory period, those of
// the reset: the two share a transconductor. h falls from 1 to 0 near the supply.
func (m *machine) integrate(c Config, q Quantities) (spikes []float64) {
	k := &m.circuit
	perMilli := 1000 / k.LSB // nA to nS·LSB
	var (
		dtC, dtCW    = 1e-3 * step / q.C, 1e-3 * step / q.CW
		perDeltaT    = 1 / q.DeltaT
		exponential  = k.ExpConductance * q.DeltaT
		perMax       = 1 / (k.ExpCurrentMax * perMilli)
		perHeadroom  = 1 / k.HeadroomWidth
		perSaturates = 1 / k.ASaturation
		perWMax      = 1 / (k.WCurrentMax * perMilli)
		pulse        = q.IB * perMilli
		current      = 0.0
		v, w         = q.EL, q.VRef
		untilReset   = math.Inf(1) // µs to the start of the reset, from the start of the step
		reset        = 0.0         // µs of reset left
		pulsing      = 0.0         // µs of the b pulse left
		refractory   = c.Digital.RefractoryPeriod
	)
	if !c.Digital.ExponentialEnable {
		exponential = 0
	}
	spikes = []float64{}
	for i := range m.end {
		switch i {
		case m.on:
			current = q.I * perMilli
		case m.off:
			current = 0
		}
		if i >= m.on {
			if m.e.Record == Membrane {
				m.record[i-m.on] = v
			} else {
				m.record[i-m.on] = w
			}
		}
		// Leak, reset, or both during parts of the step.
		g, ge := q.GL, q.GL*q.EL
		if untilReset < step || reset > 0 {
			from := min(untilReset, step)
			if reset > 0 {
				from = 0
			}
			length := reset
			if length == 0 {
				length = refractory
			}
			part := min(length, step-from)
			f := part / step
			g = f*q.GReset + (1-f)*q.GL
			ge = f*q.GReset*q.Vr + (1-f)*q.GL*q.EL
			reset = length - part
			untilReset = math.Inf(1)
		} else {
			untilReset -= step
		}
		ib := 0.0
		if pulsing > 0 {
			ib = pulse * min(pulsing, step) / step
			pulsing -= step
		}
		x := exponential * math.Exp(min((v-q.VT)*perDeltaT, 50))
		x /= 1 + x*perMax
		h := min(max((k.HeadroomEnd-v)*perHeadroom, 0), 1)
		iw := q.GW * (w - q.VRef)
		iw /= math.Sqrt(1 + iw*perWMax*(iw*perWMax))
		a := v - q.ELAdapt
		a /= math.Sqrt(1 + a*perSaturates*(a*perSaturates))
		dv := ge - g*v + h*(x+current) - iw + m.nv[i/noiseSteps]
		dw := q.GA*a - q.GTau*(w-q.VRef) + ib + m.nw[i/noiseSteps]
		next := min(max(v+dtC*dv, 0), 1100)
		w = min(max(w+dtCW*dw, 0), 1100)
		// The comparator is a level: a V that the reset leaves above V_th spikes again.
		if next > q.VTh && c.Digital.ThresholdEnable && reset == 0 && math.IsInf(untilReset, 1) {
			part := 0.0 // of the step, up to the spike
			if v < q.VTh {
				part = (q.VTh - v) / (next - v)
			}
			if at := (float64(i-m.on) + part) * step; at >= 0 {
				spikes = append(spikes, at)
			}
			untilReset = max(0, k.ComparatorDelay-(1-part)*step)
			pulsing = k.PulseLength
		}
		v = next
	}
	return spikes
}

// readOut turns the signal into samples: noise, 10 bits, and the points that are
// asked for.
func (m *machine) readOut(r *rand.Rand) []float64 {
	sample := func(k int) float64 {
		x := m.record[k*stepsPerSample]
		if !m.circuit.Noise.Off {
			x += m.circuit.Noise.Readout * r.NormFloat64()
		}
		return min(max(math.Round(x), 0), 1023)
	}
	if m.e.Points == 0 {
		samples := make([]float64, m.e.Samples)
		for k := range samples {
			samples[k] = sample(k)
		}
		return samples
	}
	// Linear interpolation takes two samples for each point; those between are
	// never read.
	points := make([]float64, m.e.Points)
	scale := float64(m.e.Samples-1) / float64(m.e.Points-1)
	last, left, right := -2, 0.0, 0.0
	for i := range points {
		at := float64(float64(i) * scale)
		k := min(int(at), m.e.Samples-2)
		switch k {
		case last:
		case last + 1:
			left, right = right, sample(k+1)
		default:
			left, right = sample(k), sample(k+1)
		}
		last = k
		points[i] = left + float64((right-left)*(at-float64(k)))
	}
	return points
}
