// Package adex simulates the adaptive exponential integrate-and-fire neuron
// (AdEx; Brette and Gerstner 2005):
//
//	C·dV/dt  = −g_L(V − E_L) + g_L·Δ_T·exp((V − V_T)/Δ_T) + I − w
//	τ_w·dw/dt = a(V − E_L) − w
//
// When V passes V_th the neuron has spiked: V is set to V_r and w grows by b.
//
// [Simulate] gives one neuron's trace, [SimulateBatch] thousands of them over
// all cores. Both integrate with forward Euler in float64 and test the
// threshold after each step, as Brian 2 does with method='euler', and both give
// the same bytes for the same input on every machine and any number of cores.
// [Reference] integrates the same model with a higher order, to tell how good
// Euler is at a given step.
//
// Batches use the widest vector instructions of the machine: AVX-512, AVX2, NEON or
// none. HILLOCK_SIMD=avx2 or =plain in the environment lowers that; the bytes are the
// same.
//
// Units are those of the field: pF, nS, mV, pA and ms, so that currents, nS·mV
// and pA agree without factors.
package adex
