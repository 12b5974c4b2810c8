package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"
)

func checkRange(lower, upper float64) error {
	if !(lower < upper) || math.IsInf(lower, 0) || math.IsInf(upper, 0) {
		return fmt.Errorf("range %g to %g; want finite bounds, the lower below the upper", lower, upper)
	}
	return nil
}

// uniform is the uniform distribution.
type uniform struct{ lower, upper float64 }

func (m uniform) sample(rng *rand.Rand) float64 { return m.lower + (m.upper-m.lower)*rng.Float64() }

func (m uniform) within(x float64) bool { return x >= m.lower && x <= m.upper }

func (m uniform) logProb(x float64) float64 {
	if !m.within(x) {
		return math.Inf(-1)
	}
	return -math.Log(m.upper - m.lower)
}

func (m uniform) bounds() (lower, upper float64) { return m.lower, m.upper }

func (m uniform) moments() (mean, std float64) {
	return (m.lower + m.upper) / 2, (m.upper - m.lower) / math.Sqrt(12)
}

func (m uniform) clip(lower, upper float64) marginal {
	if c := (uniform{max(m.lower, lower), min(m.upper, upper)}); c.lower < c.upper {
		return c
	}
	return m
}

func (m uniform) check() error { return checkRange(m.lower, m.upper) }

// codes is the uniform distribution over whole numbers; its density is that of
// the box half a code wider on both sides.
type codes struct{ lower, upper float64 }

func (m codes) sample(rng *rand.Rand) float64 {
	return m.lower + float64(rng.IntN(int(m.upper-m.lower)+1))
}

func (m codes) within(x float64) bool { return x >= m.lower-0.5 && x <= m.upper+0.5 }

func (m codes) logProb(x float64) float64 {
	if !m.within(x) {
		return math.Inf(-1)
	}
	return -math.Log(m.upper - m.lower + 1)
}

func (m codes) bounds() (lower, upper float64) { return m.lower - 0.5, m.upper + 0.5 }

func (m codes) moments() (mean, std float64) {
	n := m.upper - m.lower + 1
	return (m.lower + m.upper) / 2, math.Sqrt((n*n - 1) / 12)
}

func (m codes) clip(lower, upper float64) marginal {
	if c := (codes{max(m.lower, math.Ceil(lower)), min(m.upper, math.Floor(upper))}); c.lower <= c.upper {
		return c
	}
	return m
}

func (m codes) check() error { return checkRange(m.lower, m.upper) }

// normal is the normal distribution.
type normal struct{ mean, std float64 }

func (m normal) sample(rng *rand.Rand) float64 { return m.mean + m.std*rng.NormFloat64() }

func (m normal) within(x float64) bool {
	z := (x - m.mean) / m.std
	return !math.IsInf(z*z, 1)
}

func (m normal) logProb(x float64) float64 {
	z := (x - m.mean) / m.std
	return -z*z/2 - math.Log(m.std) - math.Log(2*math.Pi)/2
}

func (m normal) bounds() (lower, upper float64) { return math.Inf(-1), math.Inf(1) }

func (m normal) moments() (mean, std float64) { return m.mean, m.std }

func (m normal) clip(_, _ float64) marginal { return m }

func (m normal) check() error {
	if !(m.std > 0) || math.IsInf(m.std, 0) || math.IsNaN(m.mean) || math.IsInf(m.mean, 0) {
		return fmt.Errorf("mean %g and standard deviation %g; want finite values, the deviation above 0", m.mean, m.std)
	}
	return nil
}

// logNormal has a normal logarithm, of mean and standard deviation.
type logNormal struct{ mean, std float64 }

func (m logNormal) sample(rng *rand.Rand) float64 {
	return math.Exp(m.mean + m.std*rng.NormFloat64())
}

func (m logNormal) within(x float64) bool {
	return x > 0 && normal(m).within(math.Log(x))
}

func (m logNormal) logProb(x float64) float64 {
	if !m.within(x) {
		return math.Inf(-1)
	}
	return normal(m).logProb(math.Log(x)) - math.Log(x)
}

func (m logNormal) bounds() (lower, upper float64) { return 0, math.Inf(1) }

func (m logNormal) moments() (mean, std float64) {
	mean = math.Exp(m.mean + m.std*m.std/2)
	return mean, mean * math.Sqrt(math.Expm1(m.std*m.std))
}

func (m logNormal) clip(_, _ float64) marginal { return m }

func (m logNormal) check() error {
	if err := normal(m).check(); err != nil {
		return fmt.Errorf("logarithm of %w", err)
	}
	return nil
}

// logUniform has a uniform logarithm.
type logUniform struct{ lower, upper float64 }

func (m logUniform) sample(rng *rand.Rand) float64 {
	return min(max(m.lower*math.Exp(rng.Float64()*math.Log(m.upper/m.lower)), m.lower), m.upper)
}

func (m logUniform) within(x float64) bool { return x >= m.lower && x <= m.upper }

func (m logUniform) logProb(x float64) float64 {
	if !m.within(x) {
		return math.Inf(-1)
	}
	return -math.Log(x) - math.Log(math.Log(m.upper/m.lower))
}

func (m logUniform) bounds() (lower, upper float64) { return m.lower, m.upper }

// moments are those of exp(c + h·u), u uniform from −1 to 1: with s = sinh(h)/h the
// mean is exp(c)·s, and the variance exp(2c)·s·(cosh h − s).
func (m logUniform) moments() (mean, std float64) {
	h := (math.Log(m.upper) - math.Log(m.lower)) / 2
	s := math.Sinh(h) / h
	excess := math.Cosh(h) - s
	if h < 1 { // of narrow ranges differences would lose their digits
		h = math.Log1p((m.upper-m.lower)/m.lower) / 2
		s, excess = math.Sinh(h)/h, 0
		for k, term := 1.0, h*h/2; term > 1e-17*excess; k++ {
			excess += term * 2 * k / (2*k + 1)
			term *= h * h / ((2*k + 1) * (2*k + 2))
		}
	}
	middle := math.Sqrt(m.lower) * math.Sqrt(m.upper)
	return middle * s, middle * math.Sqrt(s) * math.Sqrt(excess)
}

func (m logUniform) clip(lower, upper float64) marginal {
	if c := (logUniform{max(m.lower, lower), min(m.upper, upper)}); c.lower < c.upper {
		return c
	}
	return m
}

func (m logUniform) check() error {
	if !(m.lower > 0) {
		return fmt.Errorf("lower bound %g; want above 0", m.lower)
	}
	return checkRange(m.lower, m.upper)
}

func (m uniform) String() string { return fmt.Sprintf("uniform from %g to %g", m.lower, m.upper) }

func (m codes) String() string { return fmt.Sprintf("whole from %g to %g", m.lower, m.upper) }

func (m normal) String() string {
	return fmt.Sprintf("normal around %g with deviation %g", m.mean, m.std)
}

func (m logNormal) String() string {
	return fmt.Sprintf("log-normal around %.4g, logarithm's deviation %g", math.Exp(m.mean), m.std)
}

func (m logUniform) String() string {
	return fmt.Sprintf("log-uniform from %g to %g", m.lower, m.upper)
}
