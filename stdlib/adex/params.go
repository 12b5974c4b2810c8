package adex

import (
	"fmt"
	"math"
)

// Params are the parameters of one AdEx neuron. C, GL and TauW have to be set;
// a zero in any other field is a value as good as another, so that the zero VTh
// puts the threshold at 0 mV, the top of the range to which the voltages of
// simulated traces are normalised.
type Params struct {
	C          float64 // membrane capacitance, pF, > 0
	GL         float64 // leak conductance g_L, nS, > 0
	EL         float64 // leak (resting) potential E_L, mV
	VT         float64 // effective threshold V_T where the exponential takes off, mV
	DeltaT     float64 // slope factor Δ_T of the exponential, mV, ≥ 0; 0 switches the exponential off
	A          float64 // subthreshold adaptation a, nS; negative values depolarise
	TauW       float64 // time constant τ_w of the adaptation, ms, > 0
	B          float64 // spike-triggered adaptation b, added to w at each spike, pA
	Vr         float64 // reset potential V_r, mV, < VTh
	VTh        float64 // spike threshold V_th, mV: a step that ends with V > VTh is a spike
	Refractory float64 // refractory time, ms, ≥ 0: V stays at Vr while w goes on
}

// Validate reports the first field whose value the model cannot have. The error
// names the field, its value and what was expected.
func (p Params) Validate() error {
	for _, f := range p.fields() {
		if math.IsNaN(f.value) || math.IsInf(f.value, 0) {
			return fmt.Errorf("adex: %s is %g %s; it must be a finite number", f.name, f.value, f.unit)
		}
	}
	switch {
	case p.C <= 0:
		return fmt.Errorf("adex: C is %g pF; a capacitance must be above 0", p.C)
	case p.GL <= 0:
		return fmt.Errorf("adex: GL is %g nS; the leak conductance must be above 0", p.GL)
	case p.DeltaT < 0:
		return fmt.Errorf("adex: DeltaT is %g mV; it must be above 0, or 0 for no exponential", p.DeltaT)
	case p.TauW <= 0:
		return fmt.Errorf("adex: TauW is %g ms; a time constant must be above 0", p.TauW)
	case p.Refractory < 0:
		return fmt.Errorf("adex: Refractory is %g ms; it must be 0 or above", p.Refractory)
	case p.Vr >= p.VTh:
		return fmt.Errorf("adex: Vr is %g mV, but a reset must lie below the threshold VTh of %g mV", p.Vr, p.VTh)
	}
	return nil
}

// TauM is the membrane time constant C/g_L in ms.
func (p Params) TauM() float64 { return p.C / p.GL }

// Rheobase is the constant current in pA above which the model has no resting
// state left: the largest current that some voltage V balances,
// (g_L + a)(V − E_L − Δ_T) at V = V_T + Δ_T·ln(1 + a/g_L). A neuron may spike
// below it where the resting state loses its stability earlier. With
// a ≤ −g_L there is no such voltage and the result is NaN; with DeltaT = 0 it is
// the current that holds V at VTh.
func (p Params) Rheobase() float64 {
	if p.DeltaT == 0 {
		return (p.GL + p.A) * (p.VTh - p.EL)
	}
	if p.A <= -p.GL {
		return math.NaN()
	}
	v := p.VT + p.DeltaT*math.Log1p(p.A/p.GL)
	return (p.GL + p.A) * (v - p.EL - p.DeltaT)
}

type field struct {
	name, unit string
	value      float64
}

func (p Params) fields() []field {
	return []field{
		{"C", "pF", p.C}, {"GL", "nS", p.GL}, {"EL", "mV", p.EL}, {"VT", "mV", p.VT},
		{"DeltaT", "mV", p.DeltaT}, {"A", "nS", p.A}, {"TauW", "ms", p.TauW}, {"B", "pA", p.B},
		{"Vr", "mV", p.Vr}, {"VTh", "mV", p.VTh}, {"Refractory", "ms", p.Refractory},
	}
}

// String writes the parameters with their units on one line.
func (p Params) String() string {
	s := fmt.Sprintf("AdEx C %g pF, g_L %g nS, E_L %g mV, V_T %g mV, Δ_T %g mV, a %g nS, τ_w %g ms, b %g pA, V_r %g mV, V_th %g mV",
		p.C, p.GL, p.EL, p.VT, p.DeltaT, p.A, p.TauW, p.B, p.Vr, p.VTh)
	if p.Refractory > 0 {
		s += fmt.Sprintf(", refractory %g ms", p.Refractory)
	}
	return s
}

// checkStep reports a time step at which forward Euler is unstable for the
// subthreshold (linear) part of the model, although the model itself is stable.
func (p Params) checkStep(dt float64) error {
	// J = [[-gL/C, -1/C], [a/τw, -1/τw]]; Euler is stable iff |1+dt·λ| ≤ 1.
	trace := -p.GL/p.C - 1/p.TauW
	det := p.GL/(p.C*p.TauW) + p.A/(p.C*p.TauW)
	if det <= 0 {
		// A saddle: one direction grows by the model's own will, the other has
		// the negative eigenvalue that Euler has to follow.
		low := trace/2 - math.Sqrt(trace*trace/4-det)
		if dt*-low > 2 {
			return coarse(dt, 2/-low)
		}
		return nil
	}
	// Jury's conditions of 1 + dt·trace + dt²·det and of the discriminant.
	limit := -trace / det // complex pair: |1+dtλ|² = 1 + dt·trace + dt²·det ≤ 1
	if disc := trace*trace/4 - det; disc >= 0 {
		limit = 2 / (-trace/2 + math.Sqrt(disc))
	}
	if dt > limit {
		return coarse(dt, limit)
	}
	return nil
}

func coarse(dt, limit float64) error {
	return fmt.Errorf("adex: Dt of %g ms is too coarse: forward Euler is unstable for these parameters above %.3g ms; take a tenth of that or less", dt, limit)
}

// ParameterNames gives the names of the fields of Params, in their order.
func ParameterNames() []string {
	var names []string
	for _, f := range (Params{}).fields() {
		names = append(names, f.name)
	}
	return names
}

// ParameterUnits gives the units of the fields of Params, in their order.
func ParameterUnits() []string {
	var units []string
	for _, f := range (Params{}).fields() {
		units = append(units, f.unit)
	}
	return units
}

// Values gives the fields in their order, as the vectors of inference have them.
func (p Params) Values() []float64 {
	var values []float64
	for _, f := range p.fields() {
		values = append(values, f.value)
	}
	return values
}

// SetValues sets the fields, in their order, to as many values as there are.
func (p *Params) SetValues(values []float64) {
	for i, to := range p.pointers() {
		if i < len(values) {
			*to = values[i]
		}
	}
}
