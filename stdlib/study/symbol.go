package study

import (
	"hillock/stdlib/bss2"
	"hillock/stdlib/dataset"
)

// symbols are the thesis's names of the AdEx neuron's parameters.
var symbols = map[string]string{
	"C": "C", "GL": "g_L", "EL": "E_L", "VT": "V_T", "DeltaT": "Δ_T", "A": "a", "TauW": "τ_w", "B": "b",
	"Vr": "V_r", "VTh": "V_th", "Refractory": "τ_ref",
}

// symbol is the name of a source's parameter in plots and tables: the thesis's,
// with the unit where it is not a code.
func symbol(p dataset.Parameter) string {
	if s, ok := symbols[p.Name]; ok {
		return s + " (" + p.Unit + ")"
	}
	if code, err := bss2.ParameterNamed(p.Name); err == nil {
		return code.Symbol()
	}
	return p.Name
}
