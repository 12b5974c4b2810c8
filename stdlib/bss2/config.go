package bss2

import (
	"fmt"
	"strings"
)

// CurrentType is the direction of the constant current.
type CurrentType int

// A source raises the membrane potential, a sink lowers it.
const (
	Source CurrentType = iota
	Sink
)

// Config is what a neuron circuit is set to: the codes of its parameters and its
// digital settings. Table1 is where to start from; With changes a code.
type Config struct {
	Codes   [parameters]int // of each Parameter: 0 to 1022, the capacitance 0 to 63
	Digital Digital         // switches and the refractory period
}

// Digital are the settings of a circuit that are bits, by their PyNN names.
type Digital struct {
	ResetEnableMultiplication bool        // reset_enable_multiplication: reset conductance × 8
	ResetEnableDivision       bool        // reset_enable_division: reset conductance ÷ 8
	LeakEnableMultiplication  bool        // leak_enable_multiplication: leak conductance × 8
	LeakEnableDivision        bool        // leak_enable_division: leak conductance ÷ 8
	ThresholdEnable           bool        // threshold_enable: the circuit can spike
	AdaptationEnable          bool        // adaptation_enable: w acts on the membrane
	AdaptationEnablePulse     bool        // adaptation_enable_pulse: a spike raises w
	AdaptationInvertA         bool        // adaptation_invert_a: a lowers w
	AdaptationInvertB         bool        // adaptation_invert_b: a spike lowers w
	ExponentialEnable         bool        // exponential_enable: the exponential current flows
	ConstantCurrentType       CurrentType // constant_current_type
	RefractoryPeriod          float64     // time of the reset after a spike, µs, 0.02 to 1000
}

// Table1 gives the fixed values of the thesis's table 1 with the digital
// settings of its table 7. These are also the codes of its observation x_fast.
func Table1() Config {
	var c Config
	for p, code := range map[Parameter]int{
		ELAdapt: 500, VRef: 492, I: 618, GL: 68, C: 63, GReset: 742, A: 160, TauW: 107, B: 509, Vr: 636,
		DeltaT: 560, VT: 774, EL: 836, VTh: 516,
	} {
		c.Codes[p] = code
	}
	c.Digital = Digital{
		ResetEnableMultiplication: true, ThresholdEnable: true, AdaptationEnable: true, AdaptationEnablePulse: true,
		ExponentialEnable: true, ConstantCurrentType: Source, RefractoryPeriod: 3,
	}
	return c
}

// XSlow gives the codes of the thesis's slowly spiking observation (table 5).
func XSlow() Config { return Table1().With(A, 350).With(TauW, 200) }

// XFast gives the codes of the thesis's fast spiking observation (table 5).
func XFast() Config { return Table1() }

// With gives a copy with another code for a parameter. A code that is out of
// range is kept and refused when the configuration is used.
func (c Config) With(p Parameter, code int) Config {
	if p >= 0 && p < parameters {
		c.Codes[p] = code
	}
	return c
}

// Code gives the code of a parameter.
func (c Config) Code(p Parameter) int {
	if p < 0 || p >= parameters {
		return 0
	}
	return c.Codes[p]
}

// Validate reports the first code or setting that the circuit cannot have.
func (c Config) Validate() error {
	for i, code := range c.Codes {
		p := Parameter(i)
		if code == MaxCode+1 && p.Max() == MaxCode {
			return fmt.Errorf("bss2: %v (%s) is 1023, which would switch off the refresh of the stored value; the largest code is %d", p, p.Symbol(), MaxCode)
		}
		if code < 0 || code > p.Max() {
			return fmt.Errorf("bss2: %v (%s) is %d; its codes go from 0 to %d", p, p.Symbol(), code, p.Max())
		}
	}
	d := c.Digital
	switch {
	case d.ResetEnableMultiplication && d.ResetEnableDivision:
		return fmt.Errorf("bss2: the reset is multiplied and divided; enable one of the two")
	case d.LeakEnableMultiplication && d.LeakEnableDivision:
		return fmt.Errorf("bss2: the leak is multiplied and divided; enable one of the two")
	case d.ConstantCurrentType != Source && d.ConstantCurrentType != Sink:
		return fmt.Errorf("bss2: ConstantCurrentType is %d; it must be Source or Sink", d.ConstantCurrentType)
	case !(d.RefractoryPeriod >= 0.02 && d.RefractoryPeriod <= 1000):
		return fmt.Errorf("bss2: RefractoryPeriod is %g µs; it must be between 0.02 and 1000", d.RefractoryPeriod)
	}
	return nil
}

// String gives the codes that differ from table 1.
func (c Config) String() string {
	base := Table1()
	var diff []string
	for _, p := range Parameters() {
		if c.Codes[p] != base.Codes[p] {
			diff = append(diff, fmt.Sprintf("%s %d", p.Symbol(), c.Codes[p]))
		}
	}
	s := "table 1"
	if len(diff) > 0 {
		s += " with " + strings.Join(diff, ", ")
	}
	if c.Digital != base.Digital {
		s += ", other digital settings"
	}
	return s
}

// PyNN gives the configuration as the parameters of an HXNeuron.
func (c Config) PyNN() map[string]any {
	m := map[string]any{}
	for _, p := range Parameters() {
		m[p.String()] = c.Codes[p]
	}
	d := c.Digital
	m["reset_enable_multiplication"], m["reset_enable_division"] = d.ResetEnableMultiplication, d.ResetEnableDivision
	m["leak_enable_multiplication"], m["leak_enable_division"] = d.LeakEnableMultiplication, d.LeakEnableDivision
	m["threshold_enable"], m["exponential_enable"] = d.ThresholdEnable, d.ExponentialEnable
	m["adaptation_enable"], m["adaptation_enable_pulse"] = d.AdaptationEnable, d.AdaptationEnablePulse
	m["adaptation_invert_a"], m["adaptation_invert_b"] = d.AdaptationInvertA, d.AdaptationInvertB
	m["constant_current_type"] = map[CurrentType]string{Source: "source", Sink: "sink"}[d.ConstantCurrentType]
	return m
}
