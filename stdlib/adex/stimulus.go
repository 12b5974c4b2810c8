package adex

import (
	"fmt"
	"math"
)

// Stimulus is a current into the membrane over time. Step and Sampled are the
// two of this package; any type with this method will do.
type Stimulus interface {
	// Current gives the current in pA for every simulation step of dt ms: the
	// value at index k holds from k·dt to (k+1)·dt. Its length is the length of
	// the simulation in steps.
	Current(dt float64) ([]float64, error)
}

// Step is a current that is switched on at Onset and off after Runtime.
type Step struct {
	I       float64 // the current while it is on, pA
	Onset   float64 // time before it is switched on, ms, ≥ 0
	Runtime float64 // time it stays on, ms, ≥ 0
	Offset  float64 // time simulated after it is switched off, ms, ≥ 0
}

// TimeOffset is the time in ms that the thesis waits before it switches the
// current on and again after it switched it off (section 3.1, "time offset").
const TimeOffset = 0.1

// ThesisStep is the step of the thesis's simulations (section 3.1): 0.1 ms
// without current, 100 ms with i pA, 0.1 ms without. The thesis does not say
// how large i was; 2000 pA gives 21 spikes for its observation of table 4 and
// between 2 and about 70 over the ranges of table 2.
func ThesisStep(i float64) Step {
	return Step{I: i, Onset: TimeOffset, Runtime: 100, Offset: TimeOffset}
}

// maxSteps bounds the length of a simulation, so that a wrong unit is an error
// and not an exhausted memory.
const maxSteps = 1 << 30

// Current gives the step as one value per time step.
func (s Step) Current(dt float64) ([]float64, error) {
	for _, f := range []field{{"I", "pA", s.I}, {"Onset", "ms", s.Onset}, {"Runtime", "ms", s.Runtime}, {"Offset", "ms", s.Offset}} {
		if math.IsNaN(f.value) || math.IsInf(f.value, 0) {
			return nil, fmt.Errorf("adex: Step.%s is %g %s; it must be a finite number", f.name, f.value, f.unit)
		}
		if f.unit == "ms" && f.value < 0 {
			return nil, fmt.Errorf("adex: Step.%s is %g ms; a time must be 0 or above", f.name, f.value)
		}
	}
	if n := (s.Onset + s.Runtime + s.Offset) / dt; n > maxSteps {
		return nil, fmt.Errorf("adex: Step lasts %.3g steps of %g ms; at most %d are simulated in one run", n, dt, maxSteps)
	}
	on, run, off := steps(s.Onset, dt), steps(s.Runtime, dt), steps(s.Offset, dt)
	current := make([]float64, on+run+off)
	for k := on; k < on+run; k++ {
		current[k] = s.I
	}
	return current, nil
}

// Sampled is a current given by its samples, each of which holds for Dt.
type Sampled struct {
	I  []float64 // samples, pA
	Dt float64   // time between two samples, ms; 0 means one sample for each simulation step
}

// Current gives the sample that holds at each time step.
func (s Sampled) Current(dt float64) ([]float64, error) {
	if s.Dt < 0 || math.IsNaN(s.Dt) || math.IsInf(s.Dt, 0) {
		return nil, fmt.Errorf("adex: Sampled.Dt is %g ms; it must be above 0, or 0 for one sample each step", s.Dt)
	}
	for i, x := range s.I {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("adex: Sampled.I[%d] is %g pA; it must be a finite number", i, x)
		}
	}
	if s.Dt == 0 || s.Dt == dt {
		return append([]float64(nil), s.I...), nil
	}
	total := float64(len(s.I)) * s.Dt
	if total/dt > maxSteps {
		return nil, fmt.Errorf("adex: Sampled lasts %.3g steps of %g ms; at most %d are simulated in one run", total/dt, dt, maxSteps)
	}
	current := make([]float64, steps(total, dt))
	for k := range current {
		// The margin keeps a sample that starts on a step from starting one later.
		i := int(float64(k)*(dt/s.Dt) + 1e-9)
		current[k] = s.I[min(i, len(s.I)-1)]
	}
	return current, nil
}

func steps(t, dt float64) int { return int(math.Round(t / dt)) }
