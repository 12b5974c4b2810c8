package simd

import "math"

// Log gives ln x of a normal x above 0 to 6·10⁻¹⁶ of itself or, where that is
// more, a rounding of its exponent times ln 2: the exponent apart,
// ln m = 2 artanh((m − 1)/(m + 1)) for m from √½ to √2.
func Log(x float64) float64 {
	bits := math.Float64bits(x)
	t := bits + logShift
	n := math.Float64frombits(t>>52|logMagic) - logUnmagic
	m := math.Float64frombits(bits - t&logExponent + logOne)
	f := m - 1
	s := f / (f + 2)
	z := float64(s * s)
	q := logSeries[0]
	for _, c := range logSeries[1:] {
		q = math.FMA(q, z, c)
	}
	return math.FMA(n, math.Ln2, float64(s*q))
}

// LogTerms is how many terms of the series follow the first; the next would be
// 1·10⁻¹⁷ of it.
const LogTerms = 9

const (
	logExponent = 0x7ff << 52                 // the exponent field
	logOne      = 1023 << 52                  // that of numbers from 1 to 2
	logShift    = logOne - 0x3fe6a09e667f3bcd // with it √½ has the exponent field of 1
	logMagic    = (1023 + 52) << 52           // 2⁵², whose lowest bits are an integer
	logUnmagic  = 1<<52 + 1023
)

// LogConstant is the index of a constant of Log in LogConstants.
type LogConstant int

// The constants of Log. Those of the series begin at LogSeries, with the last.
const (
	LogShift LogConstant = iota
	LogExponent
	LogOne
	LogMagic
	LogUnmagic
	LogTwo
	LogLn2
	LogSeries
)

// LogConstants gives the values in the order of their indices; the bits of the
// first four are integers.
func LogConstants() []float64 {
	c := []float64{
		math.Float64frombits(logShift), math.Float64frombits(logExponent), 1, math.Float64frombits(logMagic),
		logUnmagic, 2, math.Ln2,
	}
	return append(c, logSeries[:]...)
}

var logSeries = [LogTerms + 1]float64{2. / 19, 2. / 17, 2. / 15, 2. / 13, 2. / 11, 2. / 9, 2. / 7, 2. / 5, 2. / 3, 2}
