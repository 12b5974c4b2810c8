package bss2

import "math"

// Circuit are the numbers of the neuron circuit that turn codes into conductances,
// currents and voltages, and of its noise. [src] marks what the public sources of
// BrainScaleS-2 or their demonstrations say, [assumed] what no source gives:
// values chosen so that the recordings that the thesis describes come out.
//
// c is a code throughout. DefaultCircuit is the circuit of all chips unless
// ChipOptions give another.
type Circuit struct {
	LSB float64 // a step of the readout, mV: 1.76, as the scale of the parameters [assumed]

	// Membrane.
	CMin, CMax           float64 // C at codes 0 and 63, pF: 0.2 [assumed], 2.3 [src: about 2.2 to 2.3]
	LeakOffset, LeakStep float64 // g_L = LeakOffset + LeakStep·c, nS: 2, 1.95; linear [src], slope off a public demonstration
	LeakPotential        Line    // E_L, LSB; near 315 to 400 at code 700 [src]
	ResetOffset          float64 // g_R = ResetOffset + ResetStep·c, nS, before × 8: 20 [assumed]
	ResetStep            float64 // nS: 4.5, so that the fastest reset takes 0.5 µs [src]
	ResetPotential       Line    // V_r, LSB; about 400 at code 600 [src]
	Threshold            Line    // V_th, LSB; it has no source follower [src], spikes pass 740 at code 620 [src]
	ComparatorDelay      float64 // from V_th to the start of the reset, µs: 0.5 [assumed: spike tops near 720, recordings clip above 750 [src]]
	CurrentStep          float64 // I = CurrentStep·c up to CurrentKnee, half of it beyond, nA: 0.09 [assumed]
	CurrentKnee          float64 // code: 800 [src]
	HeadroomEnd          float64 // V at which currents into the membrane cease, LSB: 900 [assumed: the supply]
	HeadroomWidth        float64 // over which they do, LSB: 60 [assumed]

	// Exponential.
	ExpPotential       Line    // V_T, LSB; lower codes spike earlier [src], values [assumed]
	SlopeBase          float64 // Δ_T = SlopeBase + SlopeStep·c, LSB: 8 [assumed]
	SlopeStep          float64 // LSB: 0.038 [assumed]
	ExpConductance     float64 // of the exponential at V_T, nS: 135 [assumed]
	ExpCurrentMax      float64 // nA: 600 [assumed]
	CAdaptation        float64 // C_w, pF: 2 [assumed]
	AdaptationLeak     Line    // E_l^adapt, LSB; the leak's less 200 codes [src: demonstration]
	AdaptationRef      Line    // V_ref, LSB; w rests near 330 at code 500 [src: demonstration]
	TauOffset, TauStep float64 // g_τ = TauOffset + TauStep·c, nS: 1, 0.14; τ_w near 105 µs at code 100 [src: demonstration]
	AStep              float64 // g_a = AStep·c, nS: 0.11 [assumed]
	ASaturation        float64 // V − E_l^adapt at which a saturates, LSB: 140 [assumed]
	BStep              float64 // pulse current = BStep·c, nA: 0.35; w jumps by about 50 LSB [src: demonstration]
	PulseLength        float64 // of b, µs: 1.02, adaptation clock scale 7 [src]
	// WConductance is the transconductance from w to the membrane at WReference,
	// nS. It grows with g_τ to the power WExponent: with a fixed one x_slow fires
	// faster than x_fast, and b and τ_w correlate with the wrong sign; the paper
	// says that the strength of the adaptation depends on τ_w. [inferred]
	WConductance float64 // 165
	WReference   float64 // g_τ, nS: 15
	WExponent    float64 // 0.8
	WCurrentMax  float64 // nA: 65 [assumed; else high codes of a and τ_w silence the neuron]

	Noise Noise
}

// Line is a transfer function of a voltage: At + Slope·(c − Code) between Low and
// High, which it nears softly over Width. All in LSB but Code and Slope.
type Line struct {
	At, Slope, Code  float64
	Low, High, Width float64
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
	LeakPotential     float64 // LSB: 4.5
	ResetPotential    float64 // LSB: 3
	Threshold         float64 // LSB: 5
	LeakConductance   float64 // relative: 0.08
	RawPotentials     float64 // of E_l^adapt, V_ref, V_T, LSB: 15; not calibrated [src: calix has none], value [assumed]
	RawConductances   float64 // of a, τ_w, b and w → V, relative: 0.2 [assumed]
	ExponentialSlope  float64 // relative: 0.15 [assumed]
	Current           float64 // of the step, relative: 0.1 [assumed]
	ResetConductance  float64 // relative: 0.1 [assumed]
	CalibrationFactor Calibration
}

// Calibration is what is left of a spread by calibration: calibrated over
// uncalibrated.
type Calibration struct {
	LeakPotential, ResetPotential, Threshold, LeakConductance float64 // 0.3, 0.2, 0.35, 0.45 [src: the limits of calix's tests]
}

// DefaultCircuit gives the circuit that the fields of Circuit describe.
func DefaultCircuit() Circuit {
	follower := func(at, slope, code float64) Line {
		return Line{At: at, Slope: slope, Code: code, Low: 40, High: 780, Width: 25}
	}
	return Circuit{
		LSB: 1.76, CMin: 0.2, CMax: 2.3, LeakOffset: 2, LeakStep: 1.95,
		LeakPotential: follower(325, 0.85, 700), ResetPotential: follower(375, 0.85, 600),
		ResetOffset: 20, ResetStep: 4.5,
		Threshold:       Line{At: 740, Slope: 0.8, Code: 620, Low: 40, High: 840, Width: 25},
		ComparatorDelay: 0.5, CurrentStep: 0.09, CurrentKnee: 800, HeadroomEnd: 900, HeadroomWidth: 60,
		ExpPotential: follower(478, 0.45, 774), SlopeBase: 8, SlopeStep: 0.038, ExpConductance: 135, ExpCurrentMax: 600,
		CAdaptation: 2, AdaptationLeak: follower(350, 0.85, 500), AdaptationRef: follower(330, 0.85, 500),
		TauOffset: 1, TauStep: 0.14, AStep: 0.11, ASaturation: 140, BStep: 0.35, PulseLength: 1.02,
		WConductance: 165, WReference: 15, WExponent: 0.8, WCurrentMax: 65,
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
	C, GL, EL, GReset, Vr, VTh float64
	I                          float64 // of the step while it is on
	VT, DeltaT                 float64
	CW, ELAdapt, VRef          float64
	GTau                       float64 // leak conductance of w
	TauW                       float64 // C_w/g_τ, µs
	GA                         float64 // transconductance from V to w; below 0 when inverted
	IB                         float64 // of the pulse after a spike; below 0 when inverted
	GW                         float64 // transconductance from w to the membrane
}

// TauM is the time constant of the membrane, µs.
func (q Quantities) TauM() float64 { return 1000 * q.C / q.GL }
