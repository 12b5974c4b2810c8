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

	"hillock/internal/simd"
	"hillock/internal/simdchip"
	"hillock/stdlib/notebook"
)

// stepsPerSample is how many steps of forward Euler lie between two samples: two
// of 17 ns. Against 8.5 ns that moves spikes by 10 to 50 times less than a trial
// differs from the next.
const stepsPerSample = 2

const step = 1 / (stepsPerSample * SampleRate) // µs

// noiseSteps is for how many steps a value of the slow noise currents holds,
// 0.54 µs of their several µs.
const noiseSteps = 32

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
	// Few trials are spread over the cores, many fill the lanes of blocks.
	workers := runtime.GOMAXPROCS(0)
	size := min(simdchip.Lanes, max(1, (n+workers-1)/workers))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(workers, n) {
		wait.Go(func() {
			m := newMachine(c, neuron, e)
			for ctx.Err() == nil {
				first := (int(next.Add(1)) - 1) * size
				if first >= n {
					return
				}
				last := min(first+size, n)
				m.run(ctx, t, first, last)
				progress.Add(last - first)
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("bss2: experiment of %d trials stopped: %w", n, err)
	}
	return t, nil
}

// machine emulates trials, some of them side by side.
type machine struct {
	circuit Circuit
	pattern pattern
	e       Experiment
	level   simd.Level

	on, off, end int // steps: current on, current off, end of the recording

	lanes          [simdchip.Lanes]lane
	block          *simdchip.Block
	noiseV, noiseW [simdchip.Lanes]float64
	rows           [simdchip.Rows * simdchip.Lanes]float64 // of the recorded signal
}

// lane is a trial under way.
type lane struct {
	circuit simdchip.Circuit
	state   simdchip.State
	current float64 // of the step, nS·LSB
	drift   drift
	readout readout
	spikes  []float64
}

func newMachine(c *Chip, neuron int, e Experiment) *machine {
	m := &machine{circuit: c.circuit, pattern: c.pattern(neuron), e: e, level: simd.Best(), block: new(simdchip.Block)}
	m.on = int(math.Round(e.Offset / step))
	m.off = m.on + int(math.Round(e.Runtime/step))
	m.end = m.on + stepsPerSample*(e.Samples-1) + 1
	return m
}

// fewest is the number of trials from which a block of them is faster than one
// after the other.
const fewest = 8

// run emulates the trials from first to last, at most as many as a block has
// lanes.
func (m *machine) run(ctx context.Context, t *Trials, first, last int) {
	lanes := m.lanes[:last-first]
	for k := range lanes {
		m.begin(&lanes[k], t.Configs[(first+k)/m.e.Repeats], m.e.First+first+k)
	}
	together := simdchip.Vectorised(m.level) && len(lanes) >= fewest
	if together {
		for k := range m.lanes {
			l := &lanes[min(k, len(lanes)-1)] // lanes that are left over repeat the last trial
			m.block.Set(k, l.circuit, l.state)
			m.block.SetCurrent(k, 0)
		}
	}
	for at := 0; at < m.end; {
		if at%noiseSteps == 0 {
			if at%(256*noiseSteps) == 0 && ctx.Err() != nil {
				return
			}
			for k := range lanes {
				m.noiseV[k], m.noiseW[k] = lanes[k].drift.next()
			}
		}
		if together && (at == m.on || at == m.off) {
			for k := range lanes {
				m.block.SetCurrent(k, lanes[k].at(m, at))
			}
		}
		n := min(simdchip.Rows, noiseSteps-at%noiseSteps, m.end-at)
		for _, change := range []int{m.on, m.off} {
			if at < change {
				n = min(n, change-at)
			}
		}
		if together {
			m.together(lanes, at, n)
		} else {
			m.oneByOne(lanes, at, n)
		}
		m.record(lanes, at, n)
		at += n
	}
	for k := range lanes {
		t.V[first+k], t.Spikes[first+k] = lanes[k].readout.points, lanes[k].spikes
	}
}

// begin sets a lane up for a trial, whose number decides its noise.
func (m *machine) begin(l *lane, c Config, number int) {
	random := rand.New(rand.NewPCG(m.e.Seed, mix(uint64(number), 1)))
	noise := m.circuit.Noise
	code := codes(c)
	if !noise.Off {
		code = noise.reload(c, random)
	}
	q := m.circuit.quantities(c, code, &m.pattern)
	perNano := 1000 / m.circuit.LSB // nA to nS·LSB
	*l = lane{
		circuit: m.circuit.integrator(c, q),
		state:   simdchip.State{V: q.EL, W: q.VRef},
		current: q.I * perNano,
		drift:   newDrift(noise, q, random),
		readout: newReadout(m.e, noise, random),
		spikes:  []float64{},
	}
}

// at is the constant current at a step.
func (l *lane) at(m *machine, step int) float64 {
	if step >= m.on && step < m.off {
		return l.current
	}
	return 0
}

// spike notes a spike, unless it was before the current was switched on.
func (l *lane) spike(m *machine, at int, part float64) {
	if t := (float64(at-m.on) + part) * step; t >= 0 {
		l.spikes = append(l.spikes, t)
	}
}

func (m *machine) together(lanes []lane, at, n int) {
	v, w := m.rows[:n*simdchip.Lanes], []float64(nil)
	if m.e.Record == Adaptation {
		v, w = nil, v
	}
	m.block.Run(m.level, m.noiseV[:], m.noiseW[:], n, v, w, func(k, step int, part float64) {
		if k < len(lanes) {
			lanes[k].spike(m, at+step, part)
		}
	})
}

func (m *machine) oneByOne(lanes []lane, at, n int) {
	var signal [simdchip.Rows]float64
	v, w := signal[:n], []float64(nil)
	if m.e.Record == Adaptation {
		v, w = nil, v
	}
	for k := range lanes {
		l := &lanes[k]
		simdchip.Run(&l.circuit, &l.state, l.at(m, at), m.noiseV[k], m.noiseW[k], v, w, func(step int, part float64) {
			l.spike(m, at+step, part)
		})
		for i, x := range signal[:n] {
			m.rows[i*simdchip.Lanes+k] = x
		}
	}
}

// record hands those of n rows to the readout that it samples.
func (m *machine) record(lanes []lane, at, n int) {
	for i := range n {
		since := at + i - m.on
		if since < 0 || since%stepsPerSample != 0 {
			continue
		}
		if sample := since / stepsPerSample; lanes[0].readout.wants(sample) {
			for k := range lanes {
				lanes[k].readout.sample(sample, m.rows[i*simdchip.Lanes+k])
			}
		}
	}
}

// integrator gives the numbers of the circuit's equations, in LSB, nS and steps:
//
//	C·dV/dt = g(E − V) + h(V)(I_exp + I) − I_w + noise
//	I_exp = X/(1 + X/I_max),  X = g_exp·Δ_T·exp((V − V_T)/Δ_T)
//	I_w = sat(g_w(w − V_ref), I_wmax)
//	C_w·dw/dt = g_a·sat(V − E_l^adapt, V_sa) − g_τ(w − V_ref) + I_b + noise
//
// with sat(x, s) = x/√(1 + (x/s)²), and g, E those of the leak or, from the
// comparator's delay after a spike to the end of the refractory period, those of
// the reset: the two share a transconductor. h falls from 1 to 0 near the supply.
// A g that brings V to E within a step brings it there by its end: at small
// capacitances the steps would otherwise overshoot, and grow.
func (k *Circuit) integrator(c Config, q Quantities) simdchip.Circuit {
	perNano := 1000 / k.LSB // nA to nS·LSB
	i := simdchip.Circuit{
		VT: q.VT, PerDeltaT: 1 / q.DeltaT, Exponential: k.ExpConductance * q.DeltaT, PerMax: 1 / (k.ExpCurrentMax * perNano),
		GW: q.GW, VRef: q.VRef, PerWMax: 1 / (k.WCurrentMax * perNano),
		ELAdapt: q.ELAdapt, PerSaturation: 1 / k.ASaturation, HeadroomEnd: k.HeadroomEnd, PerHeadroom: 1 / k.HeadroomWidth,
		GL: min(q.GL, q.C/(1e-3*step)), EL: q.EL, GReset: min(q.GReset, q.C/(1e-3*step)), Vr: q.Vr,
		Refractory: c.Digital.RefractoryPeriod / step, Delay: k.ComparatorDelay / step,
		DtPerC: 1e-3 * step / q.C, DtPerCW: 1e-3 * step / q.CW,
		GA: q.GA, GTau: q.GTau, Pulse: q.IB * perNano, PulseLength: k.PulseLength / step, VTh: q.VTh,
	}
	if !c.Digital.ExponentialEnable {
		i.Exponential = 0
	}
	if !c.Digital.ThresholdEnable {
		i.VTh = math.Inf(1)
	}
	return i
}
