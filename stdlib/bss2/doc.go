// Package bss2 emulates the neuron circuits of the BrainScaleS-2 chip: an AdEx
// neuron in silicon, a thousand times faster than biology, set by 10-bit codes
// and never twice the same.
//
//	chip := bss2.NewChip(72, bss2.ChipOptions{})
//	slow := bss2.Table1().With(bss2.A, 350).With(bss2.TauW, 200)
//	trials, err := chip.Neuron(0).Run(ctx, slow, bss2.Repeat(100))
//
// What the emulator has in common with the chip: the parameters, their names and
// ranges; an adaptation that is a voltage on a capacitor of its own and whose
// time constant is set by a conductance (a larger code is a shorter time);
// reset as a conductance; a readout of 10 bits at 29.41 MS/s with its noise;
// neurons that differ from one another, for ever the same; trials that differ.
//
// What it can't have: the numbers of the circuit, most of which are not
// published. Each is a field of Circuit, with where it comes from: the public
// sources of the BrainScaleS-2 software, or an assumption and the reason for it.
//
// Trials side by side use the widest vector instructions of the machine: AVX-512,
// AVX2, NEON or none. HILLOCK_SIMD=avx2 or =plain in the environment lowers that; the
// bytes are the same.
//
// Times are µs of the chip, voltages LSB of its readout (MADC), 0 to 1023.
package bss2
