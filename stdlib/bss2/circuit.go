package bss2

import "math"

// Circuit are the numbers of the neuron circuit that turn codes into conductances,
// currents and voltages, and of its noise. Each field ends with where its number
// comes from:
//
//   - [measured]: fits to recordings that the public laboratory course of
//     BrainScaleS-2 prints (brainscales2-demos, fp_calibration);
//   - [src]: other public sources of BrainScaleS-2 and its demonstrations;
//   - [assumed]: no source gives it; chosen so that the recordings that the thesis
//     and the paper describe come out, for the reason that is given.
//
// The measured lines of leak, reset and threshold leave little freedom to the
// dataset with eight free codes: V_r lies above V_th in a fifth of its draws, E_L
// above V_th in as many, one or the other in 29 %, and such a neuron mostly stays at
// its reset. No choice of the assumed numbers makes most draws of eight codes spike
// slowly; the amortised study of the same circuits finds 2 % of its random draws to
// spike at 1 to 70 kHz.
//
// c is a code throughout. DefaultCircuit is the circuit of all chips unless
// ChipOptions give another.
type Circuit struct {
	LSB float64 // a step of the readout, mV: 1.76, as the scale of the parameters; the threshold's line has nearly slope 1 [assumed]

	// Membrane.
	CMin, CMax           float64 // C at codes 0 and 63, pF: 0.2 [assumed], 2.3 [src: about 2.2 to 2.3]
	LeakOffset, LeakStep float64 // g_L = LeakOffset + LeakStep·c, nS: 2, 1.95; linear [src], slope off a demonstration
	LeakPotential        Line    // E_L, LSB: 0.79·c − 180 [measured, codes 500 to 900]
	ResetOffset          float64 // g_R = ResetOffset + ResetStep·c, nS, before × 8: 20 [assumed]
	ResetStep            float64 // nS: 4.5, so that the fastest reset takes 0.5 µs [src]
	ResetPotential       Line    // V_r, LSB: 0.88·c − 250 [measured, codes 400 to 900]
	// Threshold is V_th, LSB: 0.99·c + 60 [measured, codes 50 to 300]. It has no
	// source follower [src], so its line lies far above the others'.
	Threshold Line
	// ComparatorDelay is the time from V_th to the start of the reset, µs: 0.5
	// [assumed: with it spikes at threshold code 620 end near 740, and demonstrations
	// show them pass 710 to 750]. The thesis's code of 516 puts V_th and the tops
	// 100 LSB lower.
	ComparatorDelay float64
	CurrentStep     float64 // I = CurrentStep·c up to CurrentKnee, half of it beyond, nA: 0.09 [assumed]
	CurrentKnee     float64 // code: 800 [src]
	HeadroomEnd     float64 // V at which currents into the membrane cease, LSB: 900 [assumed: the supply; the readout's end is never reached [src]]
	HeadroomWidth   float64 // over which they do, LSB: 60 [assumed]

	// ExpPotential is V_T, LSB: 496 at code 774, 0.35 a code. Lower codes spike
	// earlier [src]. In a public course a neuron that rests at 199 LSB, with a bias of
	// 100 and code 580, starts to spike between currents that lift it to 270 and 412
	// LSB: V_T there is between 300 and 440, so the slope is at least 0.3. At 774 it
	// must be near 496 for the rates of x_slow and x_fast. A steep line puts V_T below
	// the reset for more codes, which pins the neuron: 0.35 is near the least that the
	// course allows. [assumed]
	ExpPotential   Line
	SlopeBase      float64 // Δ_T = SlopeBase + SlopeStep·c, LSB: 8 [assumed]
	SlopeStep      float64 // LSB: 0.038 [assumed]
	ExpConductance float64 // of the exponential at V_T, nS: 135 [assumed]
	ExpCurrentMax  float64 // nA: 600 [assumed: the upstrokes of demonstrations take less than 3 µs]

	// Adaptation.
	CAdaptation        float64 // C_w, pF: 2 [assumed]
	AdaptationLeak     Line    // E_l^adapt, LSB: that of the leak with 200 codes less [src: a demonstration keeps them equal so]
	AdaptationRef      Line    // V_ref, LSB; w rests near 330 at code 500 [src: demonstration], slope as the leak's [assumed]
	TauOffset, TauStep float64 // g_τ = TauOffset + TauStep·c, nS: 1, 0.14; τ_w near 105 µs at code 100 [src: demonstration]
	AStep              float64 // g_a = AStep·c, nS: 0.23 [assumed]
	ASaturation        float64 // V − E_l^adapt at which a saturates, LSB: 120 [assumed]
	BStep              float64 // pulse current = BStep·c, nA: 0.35; w jumps by about 50 LSB [src: demonstration]
	PulseLength        float64 // of b, µs: 1.02, adaptation clock scale 7 [src]
	// WConductance is the transconductance from w to the membrane at WReference,
	// nS. It grows with g_τ to the power WExponent: with a fixed one x_slow fires
	// faster than x_fast, and b and τ_w correlate with the wrong sign; the paper
	// says that the strength of the adaptation depends on τ_w. [assumed]
	WConductance float64 // 215
	WReference   float64 // g_τ, nS: 15
	WExponent    float64 // 0.7
	// WCurrentMax is where the current of w saturates, nA: 60. It decides how many
	// draws adapt to silence: below the 56 nA of the step hardly any does, at 65 nA
	// every second; the paper calls them a small subset. At x_slow w is near it most
	// of the time, and some correlations hang on it: from 340 µs b and τ_w have −0.40,
	// −0.46, −0.53 at 55, 60 and 62 nA, a and τ_w −0.04, 0.14, 0.22. [assumed]
	WCurrentMax float64

	Noise Noise // what differs between neurons, between trials, and from moment to moment
}

// Line is a transfer function of a voltage: At + Slope·(c − Code) between Low and
// High, which it nears softly over Width, as resting potentials do near both ends
// of their codes.
type Line struct {
	At        float64 // at Code, LSB
	Slope     float64 // LSB a code
	Code      float64 // at which the line has At, 0 to 1022
	Low, High float64 // bounds, LSB
	Width     float64 // over which the line bends to a bound, LSB; 0 bends sharply
}

// value gives the voltage at a code.
func (l Line) value(code float64) float64 {
	x := l.At + l.Slope*(code-l.Code)
	return l.Low + softplus(x-l.Low, l.Width) - softplus(x-l.High, l.Width)
}

func softplus(x, width float64) float64 {
	if width <= 0 {
		return max(0, x)
	}
	return math.Max(0, x) + width*math.Log1p(math.Exp(-math.Abs(x)/width))
}

// Noise are the standard deviations of what differs between neurons, between
// trials and from moment to moment. Off makes every trial of a neuron the same
// and its recording clean but for the 10 bits.
type Noise struct {
	Off bool // no variation from trial to trial or moment to moment

	Readout         float64 // of each sample, LSB: 2.8; with the membrane's, the 3 that are recorded [src]
	Membrane        float64 // of V at rest, LSB: 1 [assumed]
	MembraneTime    float64 // over which it persists, µs: 5 [assumed]
	Adaptation      float64 // of w, LSB: 0.7 [assumed]
	AdaptationTime  float64 // µs: 10 [assumed]
	TrialVoltage    float64 // of voltages from trial to trial, codes: 1 [assumed]
	TrialBias       float64 // of bias currents from trial to trial, codes: 0.5 [assumed]
	TrialBiasFactor float64 // and relative: 0.004 [assumed]

	// Between neurons, after calibration where there is one.
	LeakPotential     float64     // LSB: 4.5
	ResetPotential    float64     // LSB: 3
	Threshold         float64     // LSB: 5
	LeakConductance   float64     // relative: 0.08
	RawPotentials     float64     // of E_l^adapt, V_ref, V_T, LSB: 15; not calibrated [src: calix has none], value [assumed]
	RawConductances   float64     // of a, τ_w, b and w → V, relative: 0.2 [assumed]
	ExponentialSlope  float64     // relative: 0.15 [assumed]
	Current           float64     // of the step, relative: 0.1 [assumed]
	ResetConductance  float64     // relative: 0.1 [assumed]
	CalibrationFactor Calibration // what calibration leaves of the first four
}

// Calibration is what is left of a spread by calibration: calibrated over
// uncalibrated.
type Calibration struct {
	// The limits that the tests of calix, the public calibration, set [src].
	LeakPotential   float64 // 0.3
	ResetPotential  float64 // 0.2
	Threshold       float64 // 0.35
	LeakConductance float64 // 0.45; that of τ_m
}

// DefaultCircuit gives the circuit that the fields of Circuit describe.
func DefaultCircuit() Circuit {
	follower := func(at, slope, code float64) Line {
		return Line{At: at, Slope: slope, Code: code, Low: 60, High: 680, Width: 25}
	}
	return Circuit{
		LSB: 1.76, CMin: 0.2, CMax: 2.3, LeakOffset: 2, LeakStep: 1.95,
		LeakPotential: follower(373, 0.79, 700), ResetPotential: follower(278, 0.88, 600),
		ResetOffset: 20, ResetStep: 4.5,
		Threshold:       Line{At: 674, Slope: 0.99, Code: 620, Low: 40, High: 840, Width: 25},
		ComparatorDelay: 0.5, CurrentStep: 0.09, CurrentKnee: 800, HeadroomEnd: 900, HeadroomWidth: 60,
		ExpPotential: follower(496, 0.35, 774), SlopeBase: 8, SlopeStep: 0.038, ExpConductance: 135, ExpCurrentMax: 600,
		CAdaptation: 2, AdaptationLeak: follower(373, 0.79, 500), AdaptationRef: follower(330, 0.79, 500),
		TauOffset: 1, TauStep: 0.14, AStep: 0.23, ASaturation: 120, BStep: 0.35, PulseLength: 1.02,
		WConductance: 215, WReference: 15, WExponent: 0.7, WCurrentMax: 60,
		Noise: Noise{
			Readout: 2.8, Membrane: 1, MembraneTime: 5, Adaptation: 0.7, AdaptationTime: 10,
			TrialVoltage: 1, TrialBias: 0.5, TrialBiasFactor: 0.004,
			LeakPotential: 4.5, ResetPotential: 3, Threshold: 5, LeakConductance: 0.08,
			RawPotentials: 15, RawConductances: 0.2, ExponentialSlope: 0.15, Current: 0.1, ResetConductance: 0.1,
			CalibrationFactor: Calibration{0.3, 0.2, 0.35, 0.45},
		},
	}
}

// Quantities are what a configured circuit works with. Voltages are LSB,
// conductances nS, capacitances pF, currents nA.
type Quantities struct {
	C       float64 // capacitance of the membrane, pF
	GL      float64 // conductance of the leak, nS
	EL      float64 // potential of the leak, LSB
	GReset  float64 // conductance of the reset, nS
	Vr      float64 // potential of the reset, LSB
	VTh     float64 // threshold of the spike comparator, LSB
	I       float64 // current of the step while it is on, nA; below 0 for a sink
	VT      float64 // where the exponential sets in, LSB
	DeltaT  float64 // slope of the exponential, LSB
	CW      float64 // capacitance of w, pF
	ELAdapt float64 // V at which a gives no current, LSB
	VRef    float64 // what w decays to, LSB
	GTau    float64 // leak conductance of w, nS
	TauW    float64 // C_w/g_τ, µs
	GA      float64 // transconductance from V to w, nS; below 0 when inverted
	IB      float64 // current of the pulse after a spike, nA; below 0 when inverted
	GW      float64 // transconductance from w to the membrane, nS
}

// TauM is the time constant of the membrane, µs.
func (q Quantities) TauM() float64 { return 1000 * q.C / q.GL }
