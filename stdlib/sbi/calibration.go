package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// Amortized gives a posterior for any observation: an Inference of one round, or a
// type of your own.
type Amortized interface {
	// Posterior gives the posterior for an observation.
	Posterior(x []float64) (*Posterior, error)
}

// CalibrationOptions are the options of Calibrate.
type CalibrationOptions struct {
	// Prior and Simulator are where the truths and their observations come from; nil
	// means those of the Inference that is checked.
	Prior     Prior
	Simulator Simulator
	Draws     int    // of each posterior; 0 means 1,000
	Seed      uint64 // of everything
}

// Calibration is what many posteriors of known truth say about their estimator.
// All its checks come from the same runs.
type Calibration struct {
	Names  []string
	Truths [][]float64 // of every case
	Failed int         // simulations without a usable observation, left out
	Draws  int         // of each posterior

	// Ranks is, for every case and parameter, the number of draws below the truth.
	Ranks [][]int
	// Denser is, for every case, the share of draws that lie where the posterior is
	// denser than at the truth.
	Denser []float64
	// Closer is, for every case, the share of draws that lie closer than the truth to
	// a point drawn from the prior.
	Closer []float64
	// Mean and Std are the moments of every posterior, PriorStd those of the prior.
	Mean, Std [][]float64
	PriorStd  []float64
	// Rounds is how many the inference had: after more than one it is only right near
	// its own observation, and not expected to pass.
	Rounds int

	scales []bool      // the parameters whose logarithms count
	spread [][]float64 // deviation of every posterior on those scales
	wide   []float64   // that of the prior
}

// Calibrate draws n parameter vectors from the prior, simulates them, and compares
// each with its posterior: the basis of simulation-based calibration (Talts et al.
// 2018, https://arxiv.org/abs/1804.06788), expected coverage, TARP, contraction
// and z-scores. An inference of several rounds is only right near its own
// observation, so that it is not expected to pass.
func Calibrate(ctx context.Context, inf Amortized, n int, o CalibrationOptions) (*Calibration, error) {
	rounds := 0
	if s, ok := inf.(*Inference); ok {
		if o.Prior == nil {
			o.Prior = s.prior
		}
		if o.Simulator == nil {
			o.Simulator = s.simulator
		}
		rounds = len(s.reports)
	}
	if o.Draws == 0 {
		o.Draws = 1000
	}
	switch {
	case o.Prior == nil || o.Simulator == nil:
		return nil, errors.New("sbi: calibrate: no prior or no simulator; set them in CalibrationOptions")
	case n < 2 || o.Draws < 2:
		return nil, fmt.Errorf("sbi: calibrate: %d cases of %d draws; want two or more of both", n, o.Draws)
	}
	thetas := Draw(o.Prior, n, o.Seed^0xca11)
	noted, reason := noteFailures(ctx)
	xs, err := o.Simulator.Simulate(noted, thetas, o.Seed^0x51b)
	if err != nil {
		return nil, err
	}
	c := &Calibration{Names: o.Prior.Names(), Draws: o.Draws, PriorStd: o.Prior.Std(), Rounds: rounds, scales: logScales(o.Prior)}
	c.wide = c.PriorStd
	if c.scales != nil {
		c.wide = c.spreadOf(Draw(o.Prior, 10_000, o.Seed^0x3d), c.PriorStd)
	}
	var posteriors []*Posterior
	for i, x := range xs {
		if !finite(x) {
			c.Failed++
			continue
		}
		// One after another: an embedding serves one caller at a time.
		p, err := inf.Posterior(x)
		if err != nil {
			return nil, err
		}
		posteriors, c.Truths = append(posteriors, p), append(c.Truths, thetas[i])
	}
	if len(posteriors) < 2 {
		return nil, fmt.Errorf("sbi: calibrate: %d of %d simulations failed%s", c.Failed, n, because(reason()))
	}
	cases := len(posteriors)
	c.Ranks, c.Denser, c.Closer = make([][]int, cases), make([]float64, cases), make([]float64, cases)
	c.Mean, c.Std, c.spread = make([][]float64, cases), make([][]float64, cases), make([][]float64, cases)
	failed := make([]error, cases)
	err = parallel(ctx, cases, func(i int) {
		failed[i] = c.judge(ctx, i, posteriors[i], o)
	})
	for _, f := range failed {
		if err == nil {
			err = f
		}
	}
	return c, err
}

// judge compares a posterior with its truth.
func (c *Calibration) judge(ctx context.Context, i int, p *Posterior, o CalibrationOptions) error {
	truth := c.Truths[i]
	s, err := p.SampleSeed(ctx, o.Draws, o.Seed+uint64(i)*0x9e3779b9)
	if err != nil {
		return err
	}
	logs, err := p.flowLogProb(ctx, append(s.Values[:len(s.Values):len(s.Values)], truth))
	if err != nil {
		return err
	}
	point := make([]float64, len(truth))
	o.Prior.Sample(rand.New(rand.NewPCG(o.Seed^0x7a29, uint64(i))), point)
	near := c.distance(truth, point)
	c.Ranks[i] = make([]int, len(truth))
	denser, closer := 0, 0
	for k, theta := range s.Values {
		for d, v := range theta {
			if v < truth[d] {
				c.Ranks[i][d]++
			}
		}
		if logs[k] > logs[len(s.Values)] {
			denser++
		}
		if c.distance(theta, point) < near {
			closer++
		}
	}
	c.Denser[i], c.Closer[i] = float64(denser)/float64(o.Draws), float64(closer)/float64(o.Draws)
	c.Mean[i], c.Std[i] = columnMoments(s.Values)
	c.spread[i] = c.spreadOf(s.Values, c.Std[i])
	return nil
}

// on gives parameter d on its scale.
func (c *Calibration) on(d int, v float64) float64 {
	if c.scales != nil && c.scales[d] {
		return math.Log(v)
	}
	return v
}

// spreadOf gives the deviations of draws on the parameters' scales; std are those
// without logarithms.
func (c *Calibration) spreadOf(draws [][]float64, std []float64) []float64 {
	spread := append([]float64(nil), std...)
	for d := range spread {
		if c.scales == nil || !c.scales[d] {
			continue
		}
		logs := make([]float64, len(draws))
		for k, theta := range draws {
			logs[k] = math.Log(theta[d])
		}
		_, spread[d] = stat.PopMeanStdDev(logs, nil)
	}
	return spread
}

// distance is that of parameters in units of the prior's deviations.
func (c *Calibration) distance(a, b []float64) float64 {
	sum := 0.0
	for d := range a {
		e := (c.on(d, a[d]) - c.on(d, b[d])) / c.wide[d]
		sum += e * e
	}
	return sum
}

// Uniform gives the ranks of a parameter as shares between 0 and 1, uniform when
// the estimator is calibrated.
func (c *Calibration) Uniform(parameter int) []float64 {
	u := make([]float64, len(c.Ranks))
	for i, r := range c.Ranks {
		u[i] = (float64(r[parameter]) + 0.5) / float64(c.Draws+1)
	}
	return u
}

// KS gives, for every parameter, the p-value of the Kolmogorov-Smirnov test that
// its ranks are uniform: small ones, below 0.05 over the number of parameters, say
// that the posteriors are wrong.
func (c *Calibration) KS() []float64 {
	p := make([]float64, len(c.Names))
	for d := range p {
		p[d] = ksUniform(c.Uniform(d))
	}
	return p
}

// Coverage gives the share of cases whose truth lies within the region of highest
// density of every level: expected coverage (Hermans et al. 2022,
// https://arxiv.org/abs/2110.06581). Below the level the posteriors are too sure.
func (c *Calibration) Coverage() (level, covered []float64) { return shares(c.Denser) }

// TARP gives the share of cases whose truth lies within the region of every level
// around a random point (Lemos et al. 2023, https://arxiv.org/abs/2302.03026).
// Unlike Coverage it needs no density, and sees posteriors that ignore the
// observation.
func (c *Calibration) TARP() (level, covered []float64) { return shares(c.Closer) }

// shares gives the distribution function of values between 0 and 1.
func shares(values []float64) (level, covered []float64) {
	const steps = 50
	for k := range steps + 1 {
		at, below := float64(k)/steps, 0
		for _, v := range values {
			if v <= at {
				below++
			}
		}
		level, covered = append(level, at), append(covered, float64(below)/float64(len(values)))
	}
	return level, covered
}

// CoverageKS and TARPKS are the p-values of the Kolmogorov-Smirnov test that
// coverage is as wide as it says.
func (c *Calibration) CoverageKS() float64 { return ksUniform(c.Denser) }

// TARPKS is CoverageKS for TARP.
func (c *Calibration) TARPKS() float64 { return ksUniform(c.Closer) }

// Error is the calibration error of every parameter: the median, over 20 central
// intervals, of the difference between the share of truths within and the level.
func (c *Calibration) Error() []float64 {
	const intervals = 20
	out := make([]float64, len(c.Names))
	for d := range out {
		u := c.Uniform(d)
		var gaps []float64
		for k := range intervals {
			level, within := 0.005+0.99*float64(k)/(intervals-1), 0
			for _, v := range u {
				if math.Abs(v-0.5) <= level/2 {
					within++
				}
			}
			gaps = append(gaps, math.Abs(float64(within)/float64(len(u))-level))
		}
		out[d] = quantile(gaps, 0.5)
	}
	return out
}

// Contraction is, for every parameter, the mean over the cases of one minus the
// share of the prior's variance that is left: 0 when nothing was learned, 1 when
// everything. Of parameters with a LogUniform or LogNormal prior it is that of the
// logarithm.
func (c *Calibration) Contraction() []float64 {
	out := make([]float64, len(c.Names))
	for _, spread := range c.spread {
		for d, s := range spread {
			out[d] += (1 - s*s/(c.wide[d]*c.wide[d])) / float64(len(c.spread))
		}
	}
	return out
}

// ZScores gives, for every case and parameter, how many deviations of the
// posterior its mean lies above the truth.
func (c *Calibration) ZScores() [][]float64 {
	out := make([][]float64, len(c.Mean))
	for i, mean := range c.Mean {
		out[i] = make([]float64, len(mean))
		for d := range mean {
			out[i][d] = (mean[d] - c.Truths[i][d]) / c.Std[i][d]
		}
	}
	return out
}

// String gives the checks as a table.
func (c *Calibration) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d posteriors of %d draws", len(c.Ranks), c.Draws)
	if c.Failed > 0 {
		fmt.Fprintf(&b, " (%d simulations failed)", c.Failed)
	}
	fmt.Fprintf(&b, "; coverage p = %.2g, TARP p = %.2g\n", c.CoverageKS(), c.TARPKS())
	if c.Rounds > 1 {
		fmt.Fprintf(&b, "(after %d rounds an estimator is only right near its own observation, and not expected to pass)\n", c.Rounds)
	}
	fmt.Fprintf(&b, "%-12s %10s %10s %12s\n", "", "SBC p", "error", "contraction")
	ks, gaps, contraction := c.KS(), c.Error(), c.Contraction()
	for d, name := range c.Names {
		fmt.Fprintf(&b, "%-12s %10.2g %10.3f %12.3f\n", name, ks[d], gaps[d], contraction[d])
	}
	return b.String()
}
