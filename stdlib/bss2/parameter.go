package bss2

import "fmt"

// Parameter is a parameter of a neuron circuit that has a code. The first 24 are
// stored as analog values: codes 0 to 1022, where 1023 would switch the refresh
// of the stored value off and is refused.
type Parameter int

// The parameters of a neuron, by the names that PyNN for BrainScaleS-2 gives
// them (HXNeuron), in brackets by that of the thesis's table 1.
const (
	LeakVLeak                 Parameter = iota // leak_v_leak (E_L): potential of the leak
	LeakIBias                                  // leak_i_bias (g_L): conductance of the leak
	ResetVReset                                // reset_v_reset (V_r): potential of the reset
	ResetIBias                                 // reset_i_bias (g_reset): conductance of the reset
	ThresholdVThreshold                        // threshold_v_threshold (V_th): of the spike comparator
	ConstantCurrentIOffset                     // constant_current_i_offset (I): the step's current
	AdaptationVLeak                            // adaptation_v_leak (E_l^adapt): V at which a gives no current
	AdaptationVRef                             // adaptation_v_ref (V_ref): what w decays to
	AdaptationIBiasA                           // adaptation_i_bias_a (a): subthreshold adaptation
	AdaptationIBiasTau                         // adaptation_i_bias_tau (τ_w): a conductance; larger codes are faster
	AdaptationIBiasB                           // adaptation_i_bias_b (b): current of the pulse at each spike
	ExponentialVExp                            // exponential_v_exp (V_T): where the exponential sets in
	ExponentialIBias                           // exponential_i_bias (Δ_T): mainly its slope
	ExcitatoryInputIBiasGm                     // excitatory_input_i_bias_gm: synaptic input, not emulated
	ExcitatoryInputIBiasTau                    // excitatory_input_i_bias_tau: not emulated
	ExcitatoryInputIBiasCoba                   // excitatory_input_i_bias_coba: not emulated
	ExcitatoryInputIShift                      // excitatory_input_i_shift_reference: not emulated
	ExcitatoryInputVRevCoba                    // excitatory_input_v_rev_coba: not emulated
	InhibitoryInputIBiasGm                     // inhibitory_input_i_bias_gm: not emulated
	InhibitoryInputIBiasTau                    // inhibitory_input_i_bias_tau: not emulated
	InhibitoryInputIBiasCoba                   // inhibitory_input_i_bias_coba: not emulated
	InhibitoryInputIShift                      // inhibitory_input_i_shift_reference: not emulated
	InhibitoryInputVRevCoba                    // inhibitory_input_v_rev_coba: not emulated
	MulticompartmentIBiasNMDA                  // multicompartment_i_bias_nmda: not emulated
	MembraneCapacitance                        // membrane_capacitance_capacitance (C): digital, 0 to 63
	parameters                                 // their number
)

// The parameters that the thesis varies or fixes, by its names (table 1).
const (
	ELAdapt = AdaptationVLeak
	VRef    = AdaptationVRef
	I       = ConstantCurrentIOffset
	GL      = LeakIBias
	C       = MembraneCapacitance
	GReset  = ResetIBias
	A       = AdaptationIBiasA
	TauW    = AdaptationIBiasTau
	B       = AdaptationIBiasB
	Vr      = ResetVReset
	DeltaT  = ExponentialIBias
	VT      = ExponentialVExp
	EL      = LeakVLeak
	VTh     = ThresholdVThreshold
)

// MaxCode is the largest code of an analog parameter, MaxCapacitance that of the
// membrane capacitance.
const (
	MaxCode        = 1022
	MaxCapacitance = 63
)

var parameterNames = [parameters]string{
	"leak_v_leak", "leak_i_bias", "reset_v_reset", "reset_i_bias", "threshold_v_threshold",
	"constant_current_i_offset", "adaptation_v_leak", "adaptation_v_ref", "adaptation_i_bias_a",
	"adaptation_i_bias_tau", "adaptation_i_bias_b", "exponential_v_exp", "exponential_i_bias",
	"excitatory_input_i_bias_gm", "excitatory_input_i_bias_tau", "excitatory_input_i_bias_coba",
	"excitatory_input_i_shift_reference", "excitatory_input_v_rev_coba",
	"inhibitory_input_i_bias_gm", "inhibitory_input_i_bias_tau", "inhibitory_input_i_bias_coba",
	"inhibitory_input_i_shift_reference", "inhibitory_input_v_rev_coba",
	"multicompartment_i_bias_nmda", "membrane_capacitance_capacitance",
}

var symbols = map[Parameter]string{
	ELAdapt: "E_l^adapt", VRef: "V_ref", I: "I", GL: "g_L", C: "C", GReset: "g_reset", A: "a", TauW: "τ_w",
	B: "b", Vr: "V_r", DeltaT: "Δ_T", VT: "V_T", EL: "E_L", VTh: "V_th",
}

// String gives the name that PyNN for BrainScaleS-2 has for the parameter.
func (p Parameter) String() string {
	if p < 0 || p >= parameters {
		return fmt.Sprintf("Parameter(%d)", int(p))
	}
	return parameterNames[p]
}

// Symbol gives the thesis's name of the parameter, such as τ_w, or String where
// the thesis has none.
func (p Parameter) Symbol() string {
	if s, ok := symbols[p]; ok {
		return s
	}
	return p.String()
}

// Max is the largest code of the parameter.
func (p Parameter) Max() int {
	if p == MembraneCapacitance {
		return MaxCapacitance
	}
	return MaxCode
}

// Voltage says whether the code is a voltage; the others are bias currents, but
// for the digital capacitance.
func (p Parameter) Voltage() bool {
	switch p {
	case LeakVLeak, ResetVReset, ThresholdVThreshold, AdaptationVLeak, AdaptationVRef, ExponentialVExp,
		ExcitatoryInputVRevCoba, InhibitoryInputVRevCoba:
		return true
	}
	return false
}

// Parameters gives all parameters in their order.
func Parameters() []Parameter {
	all := make([]Parameter, parameters)
	for i := range all {
		all[i] = Parameter(i)
	}
	return all
}

// ParameterNamed finds a parameter by its PyNN name or its symbol.
func ParameterNamed(name string) (Parameter, error) {
	for _, p := range Parameters() {
		if p.String() == name || p.Symbol() == name {
			return p, nil
		}
	}
	return 0, fmt.Errorf("bss2: no parameter is called %q; Parameters lists them", name)
}
